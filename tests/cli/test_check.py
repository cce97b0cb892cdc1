"""Does `tunegate check` give the service's verdict, offline, in every format and with the right exit code?"""

import json
import os
import re
import shutil
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.cli import main
from bot.readiness.checks import CHECKS
from bot.readiness.revalidation import Occasion
from bot.settings import shipped
from bot.wiring import policy

Check = Callable[..., tuple[int, str, str]]
DAY = ["--today", "2026-11-24"]


@pytest.fixture
def check(capsys: pytest.CaptureFixture[str]) -> Check:
    def run(*arguments: object) -> tuple[int, str, str]:
        code = main(["check", *map(str, arguments)])
        said = capsys.readouterr()
        return code, said.out, said.err

    return run


@pytest.fixture
def ready(tmp_path: Path) -> Path:
    """A copy of the ready example, to be changed."""
    return Path(shutil.copytree(shipped("examples") / "ready", tmp_path / "ready"))


def changed(folder: Path, old: str, new: str) -> Path:
    path = folder / "finetune-proposal.yaml"
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))
    return path


def findings(output: str) -> list[dict[str, Any]]:
    return [finding for proposal in json.loads(output)["proposals"] for finding in proposal["findings"]]


def test_a_ready_proposal_is_0_and_leaves_people_to_the_service(check: Check, ready: Path) -> None:
    code, out, err = check(ready, "--format", "json", *DAY)
    assert (code, err) == (0, "")
    said = json.loads(out)
    assert (said["format"], said["verdict"]) == (1, "ready")
    assert said["policy"]["name"] == "default"
    assert said["policy"]["sha256"] == policy().sha256
    [proposal] = said["proposals"]
    assert proposal["path"] == "finetune-proposal.yaml"
    assert (proposal["adapter"], proposal["verdict"], proposal["next_step"]) == ("ticket-router", "ready", None)
    people = ["owner-exists", "owner-accepts", "backup-named"]
    assert proposal["left_to_the_service"] == ["bar-not-moved", "eval-fresh", "signal-is-stable", *people]
    assert set(proposal["items"]) == {"eval", "behavior", "data", "owner", "cost"}
    assert all(item["holds"] for item in proposal["items"].values())
    assert {f["check"] for f in proposal["findings"]} == {c.id for c in CHECKS if Occasion.PROPOSAL in c.asked_at}
    keys = ["check", "item", "outcome", "enforcement", "level", "where", "field", "line", "message", "remark", "fix"]
    assert list(proposal["findings"][0]) == [*keys, "condition", "grade", "source", "rows", "working", "asked_by"]
    [working] = [f["working"] for f in proposal["findings"] if f["working"]]
    figures = {entry["name"]: (entry["value"], entry["from"]) for entry in working["entries"]}
    assert figures["net12"] == ("12355.00", "computed")
    assert figures["unit_cost_tuned"] == ("0.0003", "proposal")
    [owner] = [f for f in proposal["findings"] if f["check"] == "owner-exists"]
    assert (owner["outcome"], owner["where"]) == ("unverified", "service")


def test_a_proposal_that_is_not_ready_is_1_and_says_what_is_next(check: Check) -> None:
    code, out, _ = check(shipped("examples") / "not-yet", *DAY)
    assert code == 1
    assert "NOT YET  " in out.splitlines()[0]
    assert "finetune-proposal.yaml (product-expert)" in out.splitlines()[0]
    assert "1. line 10: Retrieval: look up" in out
    assert "\x1b" not in out


def test_the_worst_verdict_of_several_counts(check: Check) -> None:
    code, out, _ = check(shipped("examples"), "--format", "json", *DAY)
    said = json.loads(out)
    assert (code, said["verdict"]) == (1, "not_yet")
    assert sorted(p["verdict"] for p in said["proposals"]) == ["not_yet", "not_yet", "ready"]


def test_problems_of_the_file_are_findings_of_the_proposal(check: Check, ready: Path) -> None:
    path = changed(ready, "summary:", "sumary:")
    code, out, _ = check(path, "--format", "json", *DAY)
    assert code == 1
    [problem] = [f for f in findings(out) if f["check"] == "proposal"]
    assert (problem["item"], problem["enforcement"], problem["outcome"], problem["line"]) == (None, "hard", "failed", 4)
    assert "`summary`" in problem["fix"]
    assert {f["check"] for f in findings(out)} == {
        "proposal",
        *(c.id for c in CHECKS if Occasion.PROPOSAL in c.asked_at),
    }  # judged as far as it reads


def test_a_false_claim_names_both_numbers_at_its_line(check: Check, ready: Path) -> None:
    path = changed(ready, "examples: 540", "examples: 5400")
    code, out, _ = check(path, "--format", "json", *DAY)
    [found] = [f for f in findings(out) if f["outcome"] == "failed"]
    line = path.read_text().splitlines()[found["line"] - 1]
    assert code == 1
    assert "5,400" in found["message"]
    assert "540" in found["message"]
    assert "examples: 5400" in line


@pytest.mark.parametrize(
    "uri",
    [
        "https://evals.example/train.jsonl",
        "hf://datasets/acme/evals@main/train.jsonl",
        "s3://bucket/train.jsonl?version=1",
        "gs://bucket/train.jsonl",
        "az://container/train.jsonl",
        "mlflow://mlflow.example/run1/train.jsonl",
        "wandb://acme/router/run1/train.jsonl",
        "actions://7312/evals/train.jsonl",
    ],
)
def test_a_link_out_of_the_repository_is_left_unverified_and_told_at_its_line(
    check: Check, ready: Path, uri: str
) -> None:
    path = changed(ready, "{path: data/train.jsonl,", f"{{path: '{uri}',")
    code, out, _ = check(path, "--format", "json", *DAY)
    assert (code, json.loads(out)["verdict"]) == (3, "cannot_tell")
    said = f"Offline no link is followed out of the repository; the service follows {uri.partition(':')[0]}:// links."
    told = [found for found in findings(out) if said in found["message"]]
    assert told
    assert {found["outcome"] for found in told} == {"unverified"}
    assert all("pull request" in found["fix"] for found in told)
    assert all(uri in path.read_text().splitlines()[found["line"] - 1] for found in told)


def test_dates_count_from_the_day_that_is_given(check: Check, ready: Path) -> None:
    assert check(ready, "--today", "2026-11-24")[0] == 0
    code, out, _ = check(ready, "--today", "2028-06-01")
    assert code == 1
    assert "owner-stays-12-months" in out


def test_paths_are_told_from_the_repository_s_root(check: Check, ready: Path) -> None:
    (ready.parent / ".git").mkdir()
    _, out, _ = check(ready, "--format", "github", *DAY)
    assert "::notice file=ready/finetune-proposal.yaml,line=1,title=Fine-tune readiness::Ready" in out


def test_workflow_commands_stay_one_line_each(check: Check, ready: Path) -> None:
    path = changed(ready, "summary: Sort", "'sum\\n::error::x%0A,:': 1\nsummary: Sort")
    _, out, _ = check(path, "--format", "github", *DAY)
    assert all(re.match(r"::(error|warning|notice) file=", line) for line in out.splitlines()), out


def test_sarif_is_valid_in_its_essentials(check: Check) -> None:
    code, out, _ = check(shipped("examples") / "false-claim", "--format", "sarif", *DAY)
    log = json.loads(out)
    assert (code, log["version"]) == (1, "2.1.0")
    [run] = log["runs"]
    rules = {rule["id"] for rule in run["tool"]["driver"]["rules"]}
    assert rules == {check.id for check in CHECKS} | {"proposal"}
    assert all(result["ruleId"] in rules for result in run["results"])
    errors = [r for r in run["results"] if r["level"] == "error"]
    assert any("5,000" in r["message"]["text"] for r in errors)
    assert all(r["locations"][0]["physicalLocation"]["region"]["startLine"] >= 1 for r in run["results"])


@pytest.mark.parametrize("made", ["nothing", "empty folder", "a folder as a file"])
def test_nothing_to_judge_is_2_and_says_what_to_do(check: Check, tmp_path: Path, made: str) -> None:
    if made == "a folder as a file":
        (tmp_path / "finetune-proposal.yaml").mkdir()
    code, out, err = check(tmp_path / "none" if made == "nothing" else tmp_path)
    assert (code, out) == (2, "")
    assert err.startswith("tunegate check: ")
    assert len(err.splitlines()) == 1


def test_a_file_of_which_nothing_can_be_read_is_2(check: Check, tmp_path: Path) -> None:
    path = tmp_path / "finetune-proposal.yaml"
    path.write_bytes(b"\xff\xfe\x00")
    code, out, err = check(path, *DAY)
    assert code == 2
    assert "UTF-16" in out
    assert "no proposal could be read" in err


def test_a_link_out_of_the_working_tree_is_refused(check: Check, ready: Path) -> None:
    outside = ready.parent / "outside.json"
    shutil.copy(ready / "evals/baseline_results.json", outside)
    (ready / "evals/linked.json").symlink_to(outside)
    (ready / ".git").mkdir()
    path = changed(ready, "evals/baseline_results.json", "evals/linked.json")
    code, out, _ = check(path, "--format", "json", *DAY)
    assert code == 1
    assert any("symbolic link" in f["message"] for f in findings(out))


@pytest.mark.parametrize("arguments", [[], ["--format", "xml", "."], ["--today", "tomorrow", "."]])
def test_wrong_usage_is_2(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["check", *arguments])
    assert stopped.value.code == 2
    assert capsys.readouterr().err.startswith("usage: tunegate")


def test_init_writes_a_proposal_in_which_every_item_is_still_to_be_answered(
    check: Check, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["init", str(tmp_path)]) == 0
    assert "tunegate check" in capsys.readouterr().out
    code, out, _ = check(tmp_path, "--format", "json")
    assert code == 1
    assert not [f for f in findings(out) if f["check"] == "proposal"]
    [proposal] = json.loads(out)["proposals"]
    assert {item["outcome"] for item in proposal["items"].values()} == {"failed"}
    assert main(["init", str(tmp_path)]) == 2  # never over a file that is there
    assert "left as it is" in capsys.readouterr().err


FILLED = {
    "requests": "10000",
    "source": "docs/usage.csv",
    "unit_cost": "0.0003",
    "training": "200",
    "data": "0",
    "eval": "0",
    "engineer_hours": "10",
    "hours_per_month": "3",
    "revalidation": "50",
    "kind": "cost",
}


def test_what_init_writes_holds_for_cost_and_time_once_its_blanks_are_filled(
    check: Check, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["init", str(tmp_path)]) == 0
    capsys.readouterr()
    path = tmp_path / "finetune-proposal.yaml"
    head, _, cost = path.read_text().partition("ops_cost:")
    for name, value in FILLED.items():
        cost, filled = re.subn(rf"^( +{name}:) *(#.*)?$", rf"\1 {value} \2", cost, flags=re.MULTILINE)
        assert filled
    path.write_text(f"{head}ops_cost:{cost.replace('unit_cost: 0.0003', 'unit_cost: 0.005', 1)}")
    (tmp_path / "docs").mkdir()
    days = [f"{date.today() - timedelta(days=n)},10000" for n in range(30)]  # noqa: DTZ011  # as init itself
    (tmp_path / "docs/usage.csv").write_text("\n".join(["date,requests", *days]))
    _, out, _ = check(tmp_path, "--format", "json")
    [proposal] = json.loads(out)["proposals"]
    open_ = {f["check"] for f in proposal["findings"] if f["outcome"] not in ("passed", "not_applicable")}
    assert proposal["items"]["cost"]["outcome"] == "passed"
    assert not open_ & {"owner-stays-12-months", "revalidation-scheduled", "retune-planned", "rollout-planned"}


def test_what_init_writes_is_ready_once_its_blanks_are_filled(
    check: Check, ready: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = ready / "finetune-proposal.yaml"
    example = yaml.safe_load(path.read_text())
    path.unlink()
    assert main(["init", str(path)]) == 0
    capsys.readouterr()
    listed = re.sub(r"^  # (modes|regression): .*$", r"  \1:", path.read_text(), flags=re.MULTILINE)
    blank = yaml.safe_load(listed)
    blank["ops_cost"]["as_of"] = None  # which init fills with its own day
    path.write_text(yaml.safe_dump(filled(blank, example)))
    code, out, _ = check(ready, "--format", "json", *DAY)
    [proposal] = json.loads(out)["proposals"]
    assert {item["outcome"] for item in proposal["items"].values()} == {"passed"}, proposal["next_step"]
    assert (code, proposal["verdict"]) == (0, "ready")


def filled(blank: Any, example: Any) -> Any:
    """Fill what is empty, and nothing else, with what the example says there."""
    if isinstance(blank, dict):
        there = example if isinstance(example, dict) else {}
        return {name: filled(value, there.get(name)) for name, value in blank.items()}
    return example if blank is None else blank


def test_a_folder_that_cannot_be_read_is_no_reason_to_pass_over_it(
    check: Check, ready: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    walk = os.walk

    def closed(top: Any, onerror: Any) -> Any:
        onerror(PermissionError(13, "Permission denied", str(ready / "closed")))
        return walk(top, onerror=onerror)

    monkeypatch.setattr("os.walk", closed)
    code, out, err = check(ready, *DAY)
    assert (code, out) == (2, "")
    assert "closed: Permission denied" in err


def test_proposals_outside_git_are_told_from_the_folder_given(check: Check, ready: Path) -> None:
    shutil.copytree(ready, ready.parent / "other")
    _, out, _ = check(ready.parent, "--format", "json", *DAY)
    paths = [proposal["path"] for proposal in json.loads(out)["proposals"]]
    assert paths == ["other/finetune-proposal.yaml", "ready/finetune-proposal.yaml"]


def test_a_crash_is_never_taken_for_a_verdict(check: Check, ready: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def crash(*_: Any, **__: Any) -> None:
        raise RuntimeError("a defect")

    monkeypatch.setattr("bot.cli.check.judge", crash)
    code, _, err = check(ready, *DAY)
    assert code == 70
    assert "our own fault (RuntimeError)" in err


def test_what_is_left_to_the_service_is_no_error_of_the_job(check: Check, ready: Path) -> None:
    code, out, _ = check(ready, "--format", "github", *DAY)
    assert code == 0
    assert "::error" not in out


def test_a_day_at_the_end_of_the_calendar_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["check", "--today", "9999-12-31", "."])
    assert stopped.value.code == 2
    assert "9999-12-31" in capsys.readouterr().err
