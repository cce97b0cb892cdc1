"""Is a plan for data judged like the data itself where it can be, and does it never get more than a conditional yes?"""

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.readiness import training_data
from bot.readiness.checks import CHECKS
from bot.readiness.curation import working_days
from bot.readiness.finding import Item, Outcome
from bot.readiness.panel import deliberate
from bot.readiness.verdict import Decision, Verdict
from tests.dossiers import READY, READY_FACTS, TODAY, dossier

PLAN = {
    "pilot": "data/pilot.jsonl",
    "target": "1500",
    "by": "2026-05-01",
    "source": "docs/labelling.md",
    "labelers": "3",
    "review": "double",
    "cost": "3200",
}
CONDITIONS = ("1,500 examples by 2026-05-01", "an audit of their labels", "a pinned training file")


def planned(**changes: str) -> str:
    """Put a plan in the place of the training file of the ready proposal."""
    fields = "".join(f"    {name}: {value}\n" for name, value in (PLAN | changes).items())
    text = READY.replace("  train: {path: data/train.jsonl, examples: 500}\n", f"  curation_plan:\n{fields}")
    text = text.replace("  label_audit: data/audit.csv\n", "")
    # what the labels cost is paid back within the half year that the policy asks for
    text = text.replace("data: 0, data_source: existing-labels", "data: 3200, data_source: hand-labelled")
    return text.replace("  claimed: {savings_12_months: 17155, payback_days: 33}\n", "")


def judged(profile: dict[str, Any] | None = None, text: str = "", **changes: str) -> Verdict:
    facts = {key: value for key, value in READY_FACTS.items() if key != "data"}
    facts["data"] = {"data.curation_plan.pilot": profile or {"rows": 60, "split": {}}}
    facts["texts"] = {**facts["texts"], "data.curation_plan.source": {"text": "How they are labelled."}}
    return deliberate(dossier(text or planned(**changes), facts), CHECKS)


def test_a_plan_that_holds_makes_a_proposal_ready_on_condition() -> None:
    verdict = judged()
    assert verdict.decision is Decision.READY_ON_CONDITION, [j.finding for j in verdict.judged if j.blocks]
    assert verdict.conditions == CONDITIONS
    assert all(item.holds for item in verdict.items)
    on_condition = {j.finding.check for j in verdict.judged if j.finding.condition}
    assert on_condition == {
        "enough-examples",
        "examples-above-minimum",
        "labels-audited",
        "snapshot-pinned",
        "data-fits-reason",
    }


def test_nothing_of_the_data_is_unverified_for_the_pilot_s_size() -> None:
    of_data = [j.finding for j in judged({"rows": 50, "split": {}}).judged if j.finding.item is Item.DATA]
    assert {finding.outcome for finding in of_data} <= {Outcome.PASSED, Outcome.NOT_APPLICABLE}


def test_findings_on_a_pilot_point_at_it_and_never_at_a_file_that_is_not_there() -> None:
    bad = {
        "rows": 60,
        "copies": 25,
        "faulty": 5,
        "faults": [{"code": "no_target", "line": 7}],
        "conflicts": 9,
        "split": {"shared": 3},
        "leaked": 9,
        "leaked_items": ["k1", "k2", "k3"],
        "secrets": {"OpenAI key": [3]},
        "signal": {"verdict": "knowledge", "rows": 60, "novelty": 0.9, "rows_with": 0.9, "distinct": 0.9, "questions": 0.9},
    }  # fmt: skip
    verdict = judged(bad)
    failed = {j.finding.check for j in verdict.judged if j.finding.outcome is Outcome.FAILED}
    assert {
        "data-teaches-behavior",
        "examples-well-formed",
        "enough-examples",
        "duplicates-collapsed",
        "labels-agree",
        "no-train-eval-leak",
        "split-respects-groups",
        "no-secrets",
    } <= failed
    gone = judged({"unavailable": "the store answered 503"})
    for found in (*verdict.judged, *gone.judged):
        assert not found.finding.at.startswith("data.train"), found.finding
        assert "training file" not in found.finding.message, found.finding


@pytest.mark.parametrize(
    ("changes", "check"),
    [
        ({"target": "499"}, "enough-examples"),
        ({"target": "150"}, "examples-above-minimum"),
        ({"by": "2026-07-02"}, "enough-examples"),
        ({"labelers": "0"}, "enough-examples"),
        ({"cost": "3201"}, "enough-examples"),
        ({"source": "null"}, "enough-examples"),
        ({"pilot": "null"}, "examples-well-formed"),
    ],
)
def test_a_plan_that_is_not_credible_is_not_yet_and_says_it_once(changes: dict[str, str], check: str) -> None:
    verdict = judged(**changes)
    assert (verdict.decision, verdict.conditions) == (Decision.NOT_YET, ())
    causes = {j.finding.check for j in verdict.judged if j.blocks and j.finding.because is None}
    assert causes == {check}
    assert verdict.next_step is not None
    assert verdict.next_step.check == check


def test_a_training_file_beside_a_plan_is_judged_itself() -> None:
    text = READY.replace("data:\n", "data:\n  curation_plan: {pilot: data/pilot.jsonl, target: 1500}\n")
    verdict = deliberate(dossier(text, READY_FACTS), CHECKS)
    assert (verdict.decision, verdict.conditions) == (Decision.READY, ())


def test_a_candidate_that_is_still_to_come_opens_no_condition() -> None:
    verdict = deliberate(dossier(READY.replace("eval:\n", "eval:\n  candidate: null\n")), CHECKS)
    assert (verdict.decision, verdict.conditions) == (Decision.READY, ())


def test_what_waits_for_the_whole_file_is_told_to_every_check() -> None:
    assert training_data.condition(dossier(planned())) == "1,500 examples by 2026-05-01"
    assert training_data.condition(dossier(planned(by="null", target="null"))) == "the planned examples"
    assert training_data.condition(dossier(READY)) is None


def test_two_amounts_that_differ_look_different() -> None:
    step = judged(cost="3200.4").next_step
    assert step is not None
    assert step.message == "The plan costs 3,200.4 USD, `ops_cost.one_time.data` says 3,200 USD."


ANYTHING = st.sampled_from(
    [
        "null",
        "0",
        "1",
        "49",
        "1000000000000000",
        "0.001",
        "2026-01-01",
        "9999-12-31",
        "0001-01-01",
        "x",
        "double",
        "None",
    ]
)
METHODS = st.sampled_from(["sft", "dpo", "rft", "continued_pretraining", "rlhf", "null"])
PROFILES = st.fixed_dictionaries(
    {"rows": st.integers(0, 70), "copies": st.just(0), "tokens": st.integers(0, 10)},
    optional={"labels": st.integers(0, 3)},
) | st.just({"unavailable": "it is so", "trouble": "definitive"})


@settings(max_examples=100)
@given(st.dictionaries(st.sampled_from(sorted(PLAN)), ANYTHING), METHODS, PROFILES)
def test_no_plan_breaks_a_check_or_is_ready_without_a_condition(
    changes: dict[str, str], method: str, profile: dict[str, Any]
) -> None:
    text = planned(**changes).replace("training: {method: sft}", f"training: {{method: {method}}}")
    verdict = judged(profile, text)
    assert not [j.finding for j in verdict.judged if j.finding.outcome is Outcome.BROKEN]
    assert all(j.finding.fix for j in verdict.judged if j.finding.outcome is Outcome.FAILED)
    assert verdict.decision not in (Decision.READY, Decision.READY_WITH_WAIVERS)
    assert all("data.train" not in j.finding.at for j in verdict.judged)


BEST_FIRST = [Decision.READY_ON_CONDITION, Decision.CANNOT_TELL, Decision.NOT_YET]


@settings(max_examples=40)
@given(
    st.integers(40, 600),
    st.integers(150, 3_000),
    st.integers(1, 200),
    st.integers(0, 4),
    st.sampled_from(["none", "double", "spot checks"]),
)
def test_a_plan_that_promises_less_never_gets_a_better_verdict(
    rows: int, target: int, days: int, labelers: int, review: str
) -> None:
    def rank(rows: int, target: int, days: int, labelers: int, review: str) -> int:
        by = str(TODAY + timedelta(days=days))
        pilot = {"rows": rows, "split": {}}
        decision = judged(pilot, target=str(target), by=by, labelers=str(labelers), review=review).decision
        return BEST_FIRST.index(decision)

    before = rank(rows, target, days, labelers, review)
    assert rank(rows, target, days, max(labelers - 1, 0), review) >= before
    assert rank(rows, target, days, labelers, "double") >= before
    if days > 1 and TODAY + timedelta(days=days) <= date(2026, 7, 1):
        assert rank(rows, target, days - 1, labelers, review) >= before
    if rows < target:  # a pilot of the plan's whole size is a training file
        assert rank(rows - 1, target, days, labelers, review) >= before


@pytest.mark.parametrize(
    ("after", "until", "days"),
    [
        ("2026-01-01", "2026-01-02", 1),  # Thursday to Friday
        ("2026-01-02", "2026-01-04", 0),  # Friday to Sunday
        ("2026-01-02", "2026-01-05", 1),
        ("2026-01-01", "2026-01-08", 5),
        ("2026-01-03", "2026-01-31", 20),  # Saturday to Saturday
        ("2026-01-01", "2026-01-01", 0),
        ("2026-01-01", "2025-12-01", 0),
        ("2026-01-01", "9999-12-31", 2_080_316),
    ],
)
def test_working_days_are_mondays_to_fridays(after: str, until: str, days: int) -> None:
    assert working_days(date.fromisoformat(after), date.fromisoformat(until)) == days


@given(st.dates(date(2020, 1, 1), date(2030, 1, 1)), st.integers(0, 400))
def test_working_days_are_as_counted_one_by_one(after: date, days: int) -> None:
    every = [after + timedelta(days=n) for n in range(1, days + 1)]
    assert working_days(after, after + timedelta(days=days)) == sum(day.weekday() < 5 for day in every)
