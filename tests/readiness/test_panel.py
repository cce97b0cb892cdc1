"""Does the panel let every check speak alone, hold evidence to its grade, and tell one cause once?"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

import pytest

from bot.readiness.check import Check, Dossier
from bot.readiness.checks import CHECKS
from bot.readiness.evidence import Evidence
from bot.readiness.fact import Known, Trouble, Unavailable
from bot.readiness.finding import Finding, Item, Outcome
from bot.readiness.panel import deliberate, unreadable
from bot.readiness.policy import CheckPolicy, Enforcement, Policy
from bot.readiness.proposal import read
from bot.readiness.revalidation import Occasion
from bot.readiness.strict_yaml import Problem
from bot.readiness.verdict import Decision
from tests.dossiers import POLICY, READY, READY_FACTS, TODAY, dossier, source

NO_RUN = re.sub(r"tried:\n(  .*\n)+", "", READY).replace(
    "  baseline: {artifact: evals/results.json, rows: evals/rows.jsonl}\n", ""
)


def asked(run: Callable[[Dossier], Iterable[Finding]], **policy: str) -> list[Finding]:
    check = Check("a-check", Item.EVAL, "Is it so?", run)
    case = dossier(
        policy=POLICY.model_copy(
            update={"checks": {"a-check": CheckPolicy.model_validate({"enforcement": "hard", **policy})}}
        )
    )
    return [j.finding for j in deliberate(case, (check,)).judged]


def speaking(begin: Callable[[Check], Finding]) -> Callable[[Dossier], Iterator[Finding]]:
    def run(_: Dossier) -> Iterator[Finding]:
        yield begin(Check("a-check", Item.EVAL, "Is it so?", run))

    return run


def with_policy(check: str, **changes: object) -> Policy:
    return POLICY.model_copy(
        update={"checks": {**POLICY.checks, check: POLICY.checks[check].model_copy(update=changes)}}
    )


def outcomes(case: Dossier, problems: Iterable[Problem] = ()) -> dict[str, list[tuple[str, str | None]]]:
    found: dict[str, list[tuple[str, str | None]]] = {}
    for judged in deliberate(case, CHECKS, problems).judged:
        finding = judged.finding
        if finding.outcome not in (Outcome.PASSED, Outcome.NOT_APPLICABLE):
            found.setdefault(finding.check, []).append((finding.outcome.value, finding.because))
    return found


def test_a_proposal_with_all_its_evidence_is_ready() -> None:
    verdict = deliberate(dossier(), CHECKS)
    assert verdict.decision is Decision.READY
    assert all(item.holds for item in verdict.items)
    assert verdict.next_step is None


def test_a_candidate_that_is_not_there_yet_is_no_condition() -> None:
    assert (
        deliberate(dossier(READY.replace("eval:\n", "eval:\n  candidate: null\n")), CHECKS).decision is Decision.READY
    )


def test_a_check_that_stops_or_is_silent_is_broken_and_hides_no_other() -> None:
    def stops(_: Dossier) -> Iterator[Finding]:
        raise KeyError("a secret")
        yield

    for run in (stops, lambda _: ()):
        (finding,) = asked(run)
        assert finding.outcome is Outcome.BROKEN
        assert "secret" not in finding.message
    verdict = deliberate(dossier(), (Check("broken", Item.EVAL, "?", stops), *CHECKS))
    assert {j.finding.check for j in verdict.judged} == {
        "broken",
        *(check.id for check in CHECKS if Occasion.PROPOSAL in check.asked_at),
    }


def test_the_same_dossier_gives_the_same_verdict_in_the_same_order() -> None:
    text = READY.replace("kind: behavior", "kind: knowledge").replace("2027-01-01", "2026-12-31")
    facts = {**READY_FACTS, "evals": {"eval.baseline": {"name": "mark", "scores": [3, 4, 5, 4] * 60}}}
    text = text.replace("exact_match", "mark").replace("threshold: 0.9", "threshold: 4.05")
    assert deliberate(dossier(text, facts), CHECKS) == deliberate(dossier(text, facts), CHECKS)


def test_a_pass_below_the_policys_grade_is_unverified_with_how_to_raise_it() -> None:
    (finding,) = asked(speaking(lambda c: c.passed("Yes.", at="eval", source=source("C"))), least_grade="B")
    assert finding.outcome is Outcome.UNVERIFIED
    assert finding.message == "Yes. The evidence is of grade C, the policy asks for B."
    assert finding.fix
    assert (
        asked(speaking(lambda c: c.passed("Yes.", at="eval", source=source("B"))), least_grade="B")[0].outcome
        == "passed"
    )


def test_a_pass_below_the_grade_is_none_on_condition_either() -> None:
    (finding,) = asked(
        speaking(lambda c: c.passed("Yes.", at="eval", source=source("D"), condition="more")), least_grade="B"
    )
    assert (finding.outcome, finding.condition) == (Outcome.UNVERIFIED, None)


def test_a_typed_word_is_the_lowest_grade() -> None:
    (finding,) = asked(speaking(lambda c: c.passed("Yes.", at="eval")), least_grade="C")
    assert finding.outcome is Outcome.UNVERIFIED
    assert "own word is of grade D" in finding.message
    assert asked(speaking(lambda c: c.passed("Yes.", at="eval")))[0].outcome == "passed"
    assert asked(speaking(lambda c: c.passed("Yes.", at="eval", stated=True)), least_grade="A")[0].outcome == "passed"


def test_a_failure_needs_no_grade() -> None:
    (finding,) = asked(speaking(lambda c: c.failed("No.", at="eval", fix="Do.", source=source("D"))), least_grade="A")
    assert finding.outcome is Outcome.FAILED


@pytest.mark.parametrize("trouble", list(Trouble))
def test_what_is_definitive_failed_and_what_passes_or_is_not_built_is_unverified(trouble: Trouble) -> None:
    (finding,) = asked(speaking(lambda c: c.unavailable(Unavailable("it is so", trouble), at="eval", what="No luck")))
    assert finding.outcome == ("failed" if trouble is Trouble.DEFINITIVE else "unverified")
    assert finding.service_only is (trouble is Trouble.SERVICE_ONLY)
    assert finding.fix


def test_too_low_a_grade_is_told_once() -> None:
    facts = {**READY_FACTS, "evals": {"eval.baseline": {"right": 150, "wrong": 50, "grade": "C"}}}
    found = outcomes(dossier(facts=facts))
    assert found["eval-readable"] == [("unverified", None)]
    assert found["pass-criteria-written"] == [("unverified", "eval-readable")]
    assert found["baseline-falls-short"] == [("unverified", "eval-readable")]


def test_a_missing_run_is_told_once() -> None:
    found = outcomes(dossier(NO_RUN))
    assert found["eval-readable"] == [("failed", None)]
    for check in ("pass-criteria-written", "baseline-falls-short", "holdout-large-enough"):
        assert found[check] == [("failed", "eval-readable")]


def test_knowledge_that_changes_is_told_once() -> None:
    text = READY.replace("kind: behavior, signal: stable", "kind: knowledge, signal: volatile")
    assert outcomes(dossier(text)) == {
        "failure-is-behavior": [("failed", None)],
        "signal-is-stable": [("failed", "failure-is-behavior")],
    }


def test_too_few_examples_are_told_once_by_the_check_that_cannot_be_waived() -> None:
    facts = {**READY_FACTS, "data": {"data.train": {"rows": 150, "split": {}}}}
    found = outcomes(dossier(READY.replace("examples: 500", "examples: 150"), facts))
    assert found == {
        "examples-above-minimum": [("failed", None)],
        "enough-examples": [("failed", "examples-above-minimum")],
    }
    facts = {**READY_FACTS, "data": {"data.train": {"rows": 499, "split": {}}}}
    assert outcomes(dossier(READY, facts)) == {"enough-examples": [("failed", None)]}


@pytest.mark.parametrize("enforcement", ["off", "advisory"])
def test_a_cause_that_does_not_block_explains_nothing(enforcement: str) -> None:
    policy = with_policy("eval-readable", enforcement=Enforcement(enforcement))
    text = NO_RUN
    assert outcomes(dossier(text, policy=policy))["pass-criteria-written"] == [("failed", None)]
    assert outcomes(dossier(text, policy=policy))["baseline-falls-short"] == [("failed", None)]


def test_a_failure_is_not_explained_by_a_doubt() -> None:
    check = Check(
        "cause",
        Item.EVAL,
        "?",
        speaking(lambda c: replace(c.unverified("Who knows.", at="x", fix="Do."), check="cause")),
    )
    other = Check(
        "other",
        Item.EVAL,
        "?",
        speaking(lambda c: replace(c.failed("No.", at="y", fix="Do.", because="cause"), check="other")),
    )
    policies = {name: CheckPolicy(enforcement=Enforcement.HARD) for name in ("cause", "other")}
    verdict = deliberate(dossier(policy=POLICY.model_copy(update={"checks": policies})), (check, other))
    assert [j.finding.because for j in verdict.judged] == [None, None]


def test_problems_of_form_make_it_not_yet_and_all_else_is_judged() -> None:
    text = READY.replace("2027-01-01", "soon").replace("examples: 500", "examples: 5000")
    reading = read(text.encode(), opened_on=TODAY)
    found = outcomes(dossier(text), reading.problems)
    assert found["proposal"] == [("failed", None)]
    assert found["owner-stays-12-months"] == [("failed", "proposal")]
    assert found["enough-examples"] == [("failed", None)]
    verdict = deliberate(dossier(text), CHECKS, reading.problems)
    assert verdict.decision is Decision.NOT_YET
    assert verdict.next_step is not None
    assert verdict.next_step.check == "proposal"


def test_a_problem_of_form_does_not_hide_what_evidence_says_beside_it() -> None:
    text = READY.replace("artifact: evals/results.json", "artifact: evals/results.json, note: x")
    reading = read(text.encode(), opened_on=TODAY)
    facts = {**READY_FACTS, "evals": {"eval.baseline": {"right": 195, "wrong": 5}}}
    assert outcomes(dossier(text, facts), reading.problems)["baseline-falls-short"] == [("failed", None)]


def test_a_problem_of_form_somewhere_in_a_section_does_not_explain_what_the_whole_of_it_says() -> None:
    text = READY.replace("requests: 10000", "requests: 1000").replace("benefit:", "note: x\n  benefit:")
    reading = read(text.encode(), opened_on=TODAY)
    assert outcomes(dossier(text), reading.problems)["gain-justifies-cost"] == [("failed", None)]


def test_a_file_that_cannot_be_read_is_not_yet_and_no_item_holds() -> None:
    verdict = unreadable(read(b"\xff", opened_on=TODAY).problems)
    assert verdict.decision is Decision.NOT_YET
    assert not any(item.holds for item in verdict.items)
    assert unreadable(()).decision is Decision.CANNOT_TELL


def test_an_experiment_answers_only_eval_and_behavior() -> None:
    head, _, _ = READY.partition("data:\n")
    text = head + "scope: experiment\nexperiment: {budget: 500, ends: 2026-01-31}\n"
    verdict = deliberate(dossier(text), CHECKS)
    assert verdict.decision is Decision.READY
    assert {j.finding.item for j in verdict.judged} == {Item.EVAL, Item.BEHAVIOR}
    assert [item.item for item in verdict.items if item.holds] == [Item.EVAL, Item.BEHAVIOR]


def test_an_experiment_for_cost_tells_itself_which_costs_are_missing() -> None:
    head, _, _ = READY.replace("reason: classification", "reason: cost_or_latency").partition("data:\n")
    text = head + "scope: experiment\nexperiment: {budget: 500, ends: 2026-01-31}\nowner: {primary: first-owner}\n"
    text = text.replace(
        "  threshold", "  budget: {cost_per_request: 0.001}\n  untuned: {artifact: b.json, rows: b.jsonl}\n  threshold"
    )
    runs = {"eval.baseline": {"right": 190, "wrong": 10}, "eval.untuned": {"right": 140, "wrong": 60}}
    facts = {**READY_FACTS, "evals": {at: {**run, "started_at": "2025-12-01"} for at, run in runs.items()}}
    assert outcomes(dossier(text, facts)) == {"baseline-falls-short": [("failed", None)]}


def test_a_check_that_is_off_is_not_asked() -> None:
    policy = with_policy("owner-exists", enforcement=Enforcement.OFF)
    verdict = deliberate(dossier(policy=policy), CHECKS)
    assert "owner-exists" not in {j.finding.check for j in verdict.judged}


@pytest.mark.parametrize("kind", ["evals", "data", "people", "samples", "bars", "consents", "plans", "schedules"])
@pytest.mark.parametrize("trouble", [*Trouble, None])
def test_a_fact_that_is_not_there_is_never_green(kind: str, trouble: Trouble | None) -> None:
    case = dossier()
    facts = getattr(case.evidence, kind)
    gone = {} if trouble is None else {at: Unavailable("it is so", trouble) for at in facts}
    verdict = deliberate(replace(case, evidence=replace(case.evidence, **{kind: gone})), CHECKS)
    assert verdict.decision is (Decision.NOT_YET if trouble is Trouble.DEFINITIVE else Decision.CANNOT_TELL)
    assert not deliberate(replace(case, evidence=Evidence()), CHECKS).decision.is_ready


def test_a_fact_of_too_low_a_grade_is_never_green() -> None:
    case = dossier()
    for kind in ("evals", "data"):
        facts = getattr(case.evidence, kind)
        low = {at: Known(fact.value, source("C")) for at, fact in facts.items()}
        verdict = deliberate(replace(case, evidence=replace(case.evidence, **{kind: low})), CHECKS)
        assert verdict.decision is Decision.CANNOT_TELL


def test_rows_of_digests_are_an_aggregate_unless_the_policy_accepts_them() -> None:
    facts = {**READY_FACTS, "evals": {"eval.baseline": {**READY_FACTS["evals"]["eval.baseline"], "hashed": True}}}
    verdict = deliberate(dossier(facts=facts), CHECKS)
    assert verdict.decision is Decision.CANNOT_TELL
    assert verdict.next_step is not None
    assert (verdict.next_step.check, "`accept_hashed_rows`" in verdict.next_step.fix) == ("eval-readable", True)
    own = POLICY.checks["eval-readable"].settings
    accepted = own["accept_hashed_rows"].model_copy(update={"value": True})
    accepting = with_policy("eval-readable", settings={**own, "accept_hashed_rows": accepted})
    assert deliberate(dossier(facts=facts, policy=accepting), CHECKS).decision is Decision.READY


def test_whoever_is_not_there_is_told_once_and_not_as_somebody_who_has_not_accepted_too() -> None:
    facts = {
        **READY_FACTS,
        "people": {
            "first-owner": {"member": True},
            "second-owner": {"unavailable": "`second-owner` is called `second` by now", "trouble": "definitive"},
        },
        "consents": {"pull_request": {"by": [["first-owner", "author"], ["second", "comment"]]}},
    }
    assert outcomes(dossier(facts=facts)) == {
        "owner-accepts": [("failed", "backup-named")],
        "backup-named": [("failed", None)],
    }
