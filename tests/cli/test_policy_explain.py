"""Does `tunegate policy explain` name each value's layer, line and reason, and `tunegate check` judge by the same files?"""

import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.cli import main
from bot.readiness.policy import OWN
from bot.readiness.policy_values import flat
from bot.settings import shipped
from bot.wiring import policy

Run = Callable[..., tuple[int, str, str]]
ORGANISATION = "version: 1\nname: acme\nchecks:\n  holdout-large-enough:\n    floor: {value: 500, source: our audit}\n"
DAY = ["--today", "2026-11-24"]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    def typed(*arguments: object) -> tuple[int, str, str]:
        code = main([*map(str, arguments)])
        said = capsys.readouterr()
        return code, said.out, said.err

    return typed


@pytest.fixture
def organisation(tmp_path: Path) -> Path:
    path = tmp_path / "policy.yaml"
    path.write_text(ORGANISATION)
    return path


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A clone of a repository that holds the ready example and a policy on its default branch."""
    origin = Path(shutil.copytree(shipped("examples") / "ready", tmp_path / "origin"))
    (origin / ".tunegate.yaml").write_text("version: 1\nchecks: {holdout-large-enough: {floor: {value: 300}}}\n")
    git(origin, "init", "-q", "-b", "main")
    git(origin, "add", "-A")
    git(origin, "-c", "user.name=a", "-c", "user.email=a@example.com", "commit", "-q", "-m", "first")
    git(tmp_path, "clone", "-q", str(origin), "clone")
    return tmp_path / "clone"


def git(where: Path, *arguments: str) -> None:
    subprocess.run(["git", "-C", str(where), *arguments], check=True, capture_output=True)


def test_every_value_is_explained_with_its_source(run: Run) -> None:
    code, out, err = run("policy", "explain", "--json")
    assert (code, err) == (0, "")
    said = json.loads(out)
    assert len(said["values"]) == len(flat(policy()))
    assert all(each["layer"] == "built-in" for each in said["values"])
    settings = [e for e in said["values"] if e["key"].startswith("checks.") and e["key"].split(".")[2] not in OWN]  # fmt: skip
    assert all(each["source"] for each in settings)


def test_a_value_of_the_organisation_names_file_line_and_reason(run: Run, organisation: Path) -> None:
    code, out, _ = run("policy", "explain", "--file", organisation, "--check", "holdout-large-enough")
    assert code == 0
    assert f"  floor: 500 <- organisation {organisation}:5 (our audit), built in: 200" in out.splitlines()
    assert "  enforcement: soft" in out.splitlines()


def test_a_repository_s_file_that_loosens_is_told(run: Run, organisation: Path, tmp_path: Path) -> None:
    own = tmp_path / "own.yaml"
    own.write_text("version: 1\nchecks:\n  holdout-large-enough:\n    floor: {value: 100}\n")
    code, out, _ = run("policy", "explain", "--file", organisation, "--file", own, "--json")
    assert code == 0
    said = json.loads(out)
    [told] = said["complaints"]
    assert (told["where"], told["grave"]) == (f"{own}:4", False)
    assert [e["value"] for e in said["values"] if e["key"] == "checks.holdout-large-enough.floor"] == [500]


def test_tiers_are_explained(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "p.yaml"
    path.write_text(
        "version: 1\ntiers:\n  - name: big\n    when: {requests_per_day: {at_least: 100000}}\n"
        "    checks: {eval-fresh: {enforcement: hard}}\n"
    )
    _, out, _ = run("policy", "explain", "--file", path)
    assert f"  big, when requests_per_day is at least 100,000 ({path}:3)" in out.splitlines()
    assert "    checks.eval-fresh.enforcement: hard" in out.splitlines()


def test_a_built_in_policy_is_explained_with_what_it_changes(run: Run) -> None:
    _, out, _ = run("policy", "explain", "--base", "strict", "--check", "gain-is-real")
    assert "  bound_above: -0.02 <- built-in policies/strict.yaml:13 (READINESS), built in: nothing" in out.splitlines()


def test_a_broken_file_is_1_and_a_missing_one_2(run: Run, tmp_path: Path) -> None:
    broken = tmp_path / "broken.yaml"
    broken.write_text("version: 1\nchekcs: {}\n")
    code, out, _ = run("policy", "explain", "--file", broken)
    assert code == 1
    assert f"! {broken}:2: The field `chekcs` is not known here. Did you mean `checks`?" in out.splitlines()
    assert run("policy", "explain", "--file", tmp_path / "none.yaml")[0] == 2
    assert run("policy", "explain", "--check", "no-such")[0] == 2
    assert run("policy", "explain", *["--file", broken] * 3)[0] == 2


def test_check_judges_by_the_organisation_s_file(run: Run, organisation: Path) -> None:
    ready = shipped("examples") / "ready"
    code, out, err = run("check", ready, "--policy", organisation, *DAY)
    assert (code, err) == (1, "")
    assert f"Asked by the organisation's policy ({organisation} line 5)." in out
    assert f"Policy acme, by {organisation}" in out
    assert run("check", ready, "--policy", "starter", *DAY)[0] == 0
    assert run("check", ready, "--policy", organisation.parent / "none.yaml", *DAY)[0] == 2


def test_check_says_when_a_policy_cannot_be_read_and_is_not_ready(run: Run, tmp_path: Path) -> None:
    broken = tmp_path / "broken.yaml"
    broken.write_text("version: 1\nchekcs: {}\n")
    code, out, _ = run("check", shipped("examples") / "ready", "--policy", broken, *DAY)
    assert code == 3
    assert "the policy cannot be read in full" in out


def test_check_takes_the_repository_s_policy_from_the_default_branch_alone(run: Run, clone: Path) -> None:
    code, out, _ = run("check", clone, "--format", "json", *DAY)
    assert code == 1
    assert json.loads(out)["policy"]["files"] == [".tunegate.yaml"]
    git(clone, "checkout", "-q", "-b", "tune")
    (clone / ".tunegate.yaml").unlink()
    assert run("check", clone, *DAY)[0] == 1


def test_check_says_so_where_the_default_branch_is_not_known(run: Run, clone: Path) -> None:
    git(clone, "remote", "remove", "origin")
    code, _, err = run("check", clone, *DAY)
    assert code == 0
    assert ".tunegate.yaml is passed over. The default branch is not known here." in err


def test_the_organisation_s_word_on_a_model_is_explained_and_decides(run: Run, tmp_path: Path) -> None:
    word = tmp_path / "policy.yaml"
    word.write_text(
        "version: 1\nmodels:\n  - provider: together\n    match: meta-llama/*\n    servable_until: 2027-01-31\n    source: our contract\n"
    )
    code, out, _ = run("policy", "explain", "--file", word)
    assert code == 0
    told = f"  together/meta-llama/*; servable until 2027-01-31 (our contract) <- organisation {word}:3"
    assert told in out.splitlines()
    _, out, _ = run("policy", "explain", "--file", word, "--json")
    assert json.loads(out)["models"][0]["where"] == f"{word}:3"
    _, out, _ = run("check", shipped("examples") / "ready", "--policy", word, *DAY, "--format", "json")
    (proposal,) = json.loads(out)["proposals"]
    ends = next(each for each in proposal["findings"] if each["check"] == "base-model-outlives-commitment")
    assert "can be served until 2027-01-31" in ends["remark"]
