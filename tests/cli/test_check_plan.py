"""Is a proposal whose data is still to come ready on condition, in every format, and one with an incredible plan not yet?"""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.cli import main
from bot.settings import shipped

Check = Callable[..., tuple[int, str]]
DAY = ["--today", "2026-11-24"]
PLAN = """\
  curation_plan:
    pilot: data/pilot.jsonl
    target: 1500
    by: 2027-02-01
    source: docs/labelling.md
    labelers: 3
    review: double
    cost: 3200
"""
CONDITIONS = ["1,500 examples by 2027-02-01", "an audit of their labels", "a pinned training file"]
WAITS = f"{', '.join(CONDITIONS)}; until then it is not registered"


@pytest.fixture
def check(capsys: pytest.CaptureFixture[str]) -> Check:
    def run(*arguments: object) -> tuple[int, str]:
        code = main(["check", *map(str, arguments), *DAY])
        return code, capsys.readouterr().out

    return run


@pytest.fixture
def planned(tmp_path: Path) -> Path:
    """A copy of the ready example, its training file replaced by a plan and by sixty of its rows."""
    folder = Path(shutil.copytree(shipped("examples") / "ready", tmp_path / "planned"))
    rows = (folder / "data/train.jsonl").read_text().splitlines(keepends=True)
    (folder / "data/pilot.jsonl").write_text("".join(rows[:60]))
    (folder / "docs/labelling.md").write_text(
        "Tickets of last quarter, labelled by three people of the support team.\n"
    )
    for gone in ("data/train.jsonl", "data/audit.csv"):
        (folder / gone).unlink()
    train = "  train: {path: data/train.jsonl, format: openai-chat, examples: 540}\n"
    rewritten(folder, train, PLAN)
    rewritten(folder, "  label_audit: data/audit.csv\n", "")
    rewritten(folder, "data: 0, data_source: existing-labels", "data: 3200, data_source: hand-labelled")
    rewritten(folder, "  claimed: {savings_12_months: 17155, payback_days: 33}\n", "")
    return folder


def rewritten(folder: Path, old: str, new: str) -> None:
    path = folder / "finetune-proposal.yaml"
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


def test_a_credible_plan_is_0_and_says_what_it_waits_for(check: Check, planned: Path) -> None:
    code, out = check(planned, "--format", "json")
    told = json.loads(out)
    [proposal] = told["proposals"]
    blocking = [f["message"] for f in proposal["findings"] if f["level"] == "failure" and f["where"] == "here"]
    assert (code, told["verdict"], blocking) == (0, "ready_on_condition", [])
    assert proposal["conditions"] == CONDITIONS
    assert (proposal["verdict"], proposal["next_step"]) == ("ready_on_condition", None)
    assert all(item["holds"] for item in proposal["items"].values())
    lines = (planned / "finetune-proposal.yaml").read_text().splitlines()
    waiting = {f["check"]: lines[f["line"] - 1].strip() for f in proposal["findings"] if f["condition"]}
    assert waiting == {
        "examples-above-minimum": "target: 1500",
        "enough-examples": "target: 1500",
        "labels-audited": "curation_plan:",
        "snapshot-pinned": "pilot: data/pilot.jsonl",
        "data-fits-reason": "pilot: data/pilot.jsonl",
    }


def test_people_read_what_it_waits_for_first(check: Check, planned: Path) -> None:
    code, out = check(planned)
    first, second = out.splitlines()[:2]
    assert code == 0
    assert first == "READY ON CONDITION  finetune-proposal.yaml (ticket-router): 5 of 5 items hold"
    assert second == f"  On condition: {WAITS}."
    assert "+ Data      holds on condition" in out
    assert f"::Ready on condition: 5 of 5 items hold; {WAITS}" in check(planned, "--format", "github")[1]


def test_a_scanner_is_told_too(check: Check, planned: Path) -> None:
    results = json.loads(check(planned, "--format", "sarif")[1])["runs"][0]["results"]
    [plan] = [each for each in results if each["ruleId"] == "enough-examples"]
    assert plan["kind"] == "pass"
    assert f"On condition: {CONDITIONS[0]}" in plan["message"]["text"]


@pytest.mark.parametrize(
    ("old", "new", "values"),
    [
        ("target: 1500", "target: 150", ("150", "200")),
        ("target: 1500", "target: 15000", ("14,940 rows", "3 labelers", "49 working days", "100 a day")),
        ("by: 2027-02-01", "by: 2027-06-01", ("2027-06-01", "6 months", "2026-11-24")),
        ("by: 2027-02-01", "by: 2026-11-01", ("2026-11-01", "2026-11-24")),
        ("cost: 3200", "cost: 320", ("320 USD", "3,200 USD", "ops_cost.one_time.data")),
        ("source: docs/labelling.md", "source: docs/nowhere.md", ("docs/nowhere.md",)),
        ("source: docs/labelling.md", "source: data/pilot.jsonl", ("data/pilot.jsonl", "own pilot")),
        ("pilot: data/pilot.jsonl", "pilot: data/none.jsonl", ("data/none.jsonl",)),
    ],
)
def test_an_incredible_plan_is_1_and_names_both_values_at_its_line(
    check: Check, planned: Path, old: str, new: str, values: tuple[str, ...]
) -> None:
    rewritten(planned, old, new)
    code, out = check(planned, "--format", "json")
    told = json.loads(out)
    [proposal] = told["proposals"]
    assert (code, told["verdict"], proposal["conditions"]) == (1, "not_yet", [])
    said = proposal["next_step"]["message"]
    assert all(value in said for value in values), said
    lines = (planned / "finetune-proposal.yaml").read_text().splitlines()
    [line] = {f["line"] for f in proposal["findings"] if f["message"] == said}
    at = "by:" if "target: 15000" in new else new
    assert lines[line - 1].strip().startswith(at)


def test_a_pilot_that_is_no_good_is_not_yet(check: Check, planned: Path) -> None:
    pilot = planned / "data/pilot.jsonl"
    rows = pilot.read_text().splitlines(keepends=True)
    pilot.write_text("".join(rows[:40] + rows[:20]))
    code, out = check(planned, "--format", "json")
    failed = {f["check"]: f["message"] for f in json.loads(out)["proposals"][0]["findings"] if f["outcome"] == "failed"}
    assert code == 1
    assert set(failed) == {"enough-examples", "duplicates-collapsed"}
    assert "40 effective examples (60 rows)" in failed["enough-examples"]


def test_without_the_plan_there_is_nothing_to_count(check: Check, planned: Path) -> None:
    rewritten(planned, PLAN, "")
    code, out = check(planned, "--format", "json")
    assert (code, json.loads(out)["verdict"]) == (1, "not_yet")
    assert "There is no training file to count." in out
