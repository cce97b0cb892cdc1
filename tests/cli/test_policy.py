"""Do `tunegate policy validate`, `test` and `simulate` say what is wrong, and what would change, to people and to programs?"""

import json
import os
import pty
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from bot.cli import main
from bot.ports import Concluded
from bot.report.as_json import as_json
from bot.settings import shipped
from bot.storage.database import Database
from bot.storage.ledger import Ledger
from bot.wiring import policy as default
from bot.wiring.offline import judge, working_tree

Policy = Callable[..., tuple[int, str, str]]
RULE = """\
version: 1
name: acme
rules:
  approved-providers:
    item: house
    enforcement: soft
    title: The training runs where we have a contract
    message: We have no contract with this provider.
    fix: Train elsewhere.
    at: training.provider
    require: "!has(proposal.training.provider) || proposal.training.provider in ['openai']"
"""
CASE = """\
# A provider that we have no contract with.
# like: ready
# expect-verdict: not_yet
training:
  provider: together  # expect: approved-providers failed
"""


@pytest.fixture
def policy(capsys: pytest.CaptureFixture[str]) -> Policy:
    def run(*arguments: object) -> tuple[int, str, str]:
        code = main(["policy", *map(str, arguments)])
        said = capsys.readouterr()
        return code, said.out, said.err

    return run


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "policy.yaml").write_text(RULE)
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "together.yaml").write_text(CASE)
    return tmp_path


def test_a_good_policy_can_be_used(policy: Policy, folder: Path) -> None:
    file = folder / "policy.yaml"
    assert policy("validate", file) == (0, f"{file}: can be used\n", "")


def test_problems_are_told_as_editors_read_them(policy: Policy, folder: Path) -> None:
    bad = folder / "bad.yaml"
    bad.write_text(RULE.replace("soft", "sft").replace("training.provider in", "training.provder in"))
    code, out, _ = policy("validate", folder / "policy.yaml", bad)
    assert code == 1
    assert f"{bad}:6: `rules.approved-providers.enforcement` is one of: hard, soft" in out
    assert "policy.yaml: can be used" in out
    bad.write_text(RULE.replace("training.provider in", "training.provder in"))
    code, out, _ = policy("validate", bad, "--json")
    (told,) = json.loads(out)
    assert (code, told["valid"], told["problems"][0]["line"]) == (1, False, 11)
    assert told["problems"][0]["fix"] == "Did you mean `provider`?"


@pytest.mark.parametrize("command", ["validate", "test", "simulate"])
def test_a_file_that_is_not_there_is_named(policy: Policy, tmp_path: Path, command: str) -> None:
    code, out, err = policy(command, tmp_path / "none.yaml")
    assert (code, out) == (2, "")
    assert "none.yaml" in err


@pytest.mark.parametrize("given", [".", "policy.yaml"])
def test_the_cases_beside_a_policy_are_run(policy: Policy, folder: Path, given: str) -> None:
    code, out, _ = policy("test", folder / given)
    assert (code, out) == (0, "+ together\n\n1 passed, 0 failed\n")


def test_a_case_that_comes_out_otherwise_is_told_at_its_line(policy: Policy, folder: Path) -> None:
    (folder / "tests" / "openai.yaml").write_text(CASE.replace("provider: together", "provider: openai"))
    code, out, _ = policy("test", folder)
    assert code == 1
    assert "line 5: approved-providers: expected failed, found passed (line 5)" in out
    assert "the file: verdict: expected not_yet, found ready" in out
    assert "1 passed, 1 failed" in out
    code, out, _ = policy("test", folder, "--json")
    found = {case["name"]: case for case in json.loads(out)["cases"]}
    assert (code, found["together"]["holds"], found["openai"]["differences"][0]["line"]) == (1, True, 5)


@pytest.mark.parametrize(
    ("case", "trouble"),
    [
        ("# like: ready\nsummary: x\n", "expects nothing"),
        ("summary: x  # expect: no-such-check failed\n", "`no-such-check` is neither a check nor a rule"),
        ("summary: x  # expect: approved-providers wrong\n", "names no outcome"),
        ("sumary: x  # expect: approved-providers passed\n", "line 1: The field `sumary` is not known"),
        (
            "# like: ready\nsummary: x\ntraining: {provider: opnai}  # expect: approved-providers failed\n",
            "line 3: `training.provider`",
        ),
        ("# like: redy\nsummary: x  # expect: approved-providers passed\n", "write `# like: ready`"),
        ("# opened: soon\nsummary: x\n", "no date"),
        ("# expect-verdict: maybe\nsummary: x\n", "none of ready"),
        ("summary: x  # expect-file: approved-providers passed\n---\neval: {}\n", "no fact is of the kind `eval`"),
        (
            "summary: x  # expect-file: approved-providers passed\n---\ndata: {data.train: {}}\n",
            "cannot be built: KeyError",
        ),
        (
            "summary: x  # expect-file: approved-providers passed\n---\nevals: {e: {right: 900000000}}\n",
            "at most 200,000",
        ),
        ("summary: x  # expect-file: approved-providers passed\n---\na: &a [*a]\n", "line 1 below ---"),
    ],
    ids=["nothing", "check", "outcome", "field", "word", "like", "date", "verdict", "kind", "facts", "many", "alias"],
)
def test_a_case_that_cannot_be_read_fails_in_words(policy: Policy, folder: Path, case: str, trouble: str) -> None:
    (folder / "tests" / "odd.yaml").write_text(case)
    code, out, _ = policy("test", folder)
    assert code == 1
    assert trouble in out


def test_a_policy_with_problems_is_not_tested(policy: Policy, folder: Path) -> None:
    (folder / "policy.yaml").write_text(RULE.replace("house", "hous"))
    code, out, _ = policy("test", folder)
    assert code == 1
    assert "policy.yaml:5:" in out


def test_no_tests_are_no_pass(policy: Policy, folder: Path) -> None:
    (folder / "tests" / "together.yaml").unlink()
    code, out, err = policy("test", folder)
    assert (code, out) == (2, "")
    assert "no tests in" in err


@pytest.fixture
def reviewed(database: Database, database_url: str, monkeypatch: pytest.MonkeyPatch) -> Database:
    """A database with three reviewed pull requests, one of them twice."""
    monkeypatch.setenv("DATABASE_URL", database_url)
    for number, example in enumerate(("ready", "false-claim", "not-yet", "ready"), 1):
        answer, dossiers = replace(judge(default()), offline=False).answer(
            ["finetune-proposal.yaml"], working_tree(shipped("examples") / example), date(2026, 11, 24)
        )
        told = {**as_json(answer), "pull_request": {"repository": "acme/router", "number": number % 4 or 1}}
        dossier = {"proposals": dossiers}
        Ledger(database).record(
            Concluded(1, number % 4 or 1, "a" * 40, "b" * 40, answer.policy_sha256, "0.1.0", 1, "x", dossier, told)
        )
    return database


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    pool = Database(database_url, connections=2)
    yield pool
    pool.close()


@pytest.mark.usefixtures("reviewed")
def test_a_policy_is_simulated_on_what_was_reviewed(policy: Policy, folder: Path) -> None:
    code, out, _ = policy("simulate", folder / "policy.yaml")
    assert code == 0
    table = [line.split() for line in out.splitlines() if line.startswith("acme/router#")]
    assert ["acme/router#1", "finetune-proposal.yaml", "cannot_tell", "->", "not_yet", "approved-providers"] in table
    assert "1 of 3 verdicts would change" in out
    code, out, _ = policy("simulate", folder / "policy.yaml", "--json", "--last", 1)
    found = json.loads(out)
    assert (code, found["judged"], found["changed"], found["verdicts"][0]["number"]) == (0, 1, 1, 1)
    assert found["verdicts"][0]["deciding"][0]["after"] == "failed (soft)"


@pytest.mark.usefixtures("reviewed")
def test_what_changes_nothing_says_so(policy: Policy, folder: Path) -> None:
    (folder / "policy.yaml").write_text("version: 1\nname: acme\n")
    code, out, err = policy("simulate", folder / "policy.yaml")
    assert code == 0
    assert (out, err) == ("0 of 3 verdicts would change\n", "")


@pytest.mark.usefixtures("reviewed")
def test_a_person_at_a_terminal_is_shown_how_far_it_is(folder: Path, database_url: str) -> None:
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "bot", "policy", "simulate", str(folder / "policy.yaml")]
    environment = {**os.environ, "DATABASE_URL": database_url}
    with subprocess.Popen(command, stderr=theirs, stdout=subprocess.PIPE, text=True, env=environment) as running:
        out, _ = running.communicate(timeout=120)
        os.close(theirs)
        seen = b""
        with suppress(OSError):
            while part := os.read(ours, 4096):
                seen += part
    os.close(ours)
    assert b"3 of 3 reviews" in seen
    assert "verdicts would change" in out


def test_a_policy_with_problems_is_not_simulated(policy: Policy, folder: Path) -> None:
    (folder / "policy.yaml").write_text(RULE.replace("house", "hous"))
    code, out, err = policy("simulate", folder / "policy.yaml")
    assert (code, out) == (1, "")
    assert "policy.yaml:5:" in err


@pytest.mark.parametrize("last", ["0", "-1", "many", "1.5"])
def test_a_number_of_pull_requests_is_a_whole_one(policy: Policy, folder: Path, last: str) -> None:
    with pytest.raises(SystemExit):
        policy("simulate", folder / "policy.yaml", "--last", last)
