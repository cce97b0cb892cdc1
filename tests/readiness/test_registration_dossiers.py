"""Is an honest tuned model ready, whatever it is for, and never readier for having done worse?"""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.readiness.checks import CHECKS
from bot.readiness.finding import Finding
from bot.readiness.panel import deliberate
from bot.readiness.policy import Policy
from bot.readiness.verdict import Decision, Verdict
from tests.dossiers import POLICY, READY, READY_FACTS, dossier

RUNS = """\
  untuned: {artifact: evals/u.json, rows: evals/u.jsonl}
  candidate: {artifact: evals/c.json, rows: evals/c.jsonl}
  threshold_source"""
SLICE = """\
  regression:
    - name: general-qa
      baseline: {artifact: evals/g.json, rows: evals/g.jsonl}
      candidate: {artifact: evals/h.json, rows: evals/h.jsonl}
      metric: {name: acc, direction: higher}
"""
REGISTRATION = READY.replace("  threshold_source", RUNS, 1)
EXCUSE = next(line for line in READY.splitlines(keepends=True) if "regression:" in line)
BEFORE = {"right": 150, "wrong": 50, "started_at": "2025-12-01T12:00:00+00:00"}
UNTUNED = {"right": 100, "wrong": 100, "started_at": "2025-12-01T12:00:00+00:00"}


def judged(candidate: dict[str, Any], text: str = REGISTRATION, **runs: Any) -> Verdict:
    evals = {"eval.baseline": BEFORE, "eval.untuned": UNTUNED, "eval.candidate": candidate, **runs}
    return deliberate(dossier(text, {**READY_FACTS, "evals": evals}), CHECKS)


def blocking(verdict: Verdict) -> list[str]:
    return [f"{j.finding.check}: {j.finding.message}" for j in verdict.judged if j.blocks]


def of(check: str, verdict: Verdict) -> list[Finding]:
    return [j.finding for j in verdict.judged if j.finding.check == check]


def test_a_tuned_model_that_gains_is_ready() -> None:
    assert blocking(judged({"right": 186, "wrong": 14})) == []


def test_one_that_is_as_good_and_cheaper_than_a_good_prompt_is_ready() -> None:
    text = REGISTRATION.replace("reason: classification", "reason: cost_or_latency").replace(
        "  threshold", "  budget: {cost_per_request: 0.001}\n  threshold", 1
    )
    large = {**BEFORE, "right": 188, "wrong": 12}
    assert blocking(judged({"right": 186, "wrong": 14}, text, **{"eval.baseline": large})) == []
    found = judged({"right": 182, "wrong": 18}, text, **{"eval.baseline": large})
    assert [line.partition(":")[0] for line in blocking(found)] == ["gain-is-real"]


def test_one_that_remembers_what_it_knew_is_ready_and_one_that_forgot_is_not() -> None:
    text = REGISTRATION.replace(EXCUSE, SLICE)
    general = {"name": "acc", "keys": "q", "right": 400, "wrong": 100}
    for right, ready in ((397, True), (380, False)):
        after = {"name": "acc", "keys": "q", "right": right, "wrong": 500 - right}
        slices = {"eval.regression[0].baseline": general, "eval.regression[0].candidate": after}
        found = judged({"right": 186, "wrong": 14}, text, **slices)
        assert (found.decision is Decision.READY) is ready, blocking(found)


def test_where_lower_is_better_the_mirrored_runs_are_ready_too() -> None:
    text = REGISTRATION.replace("name: exact_match, direction: higher", "name: error_rate, direction: lower")
    text = text.replace("threshold: 0.9", "threshold: 0.1")

    def errors(right: int) -> dict[str, Any]:
        return {**BEFORE, "name": "error_rate", "right": 0, "wrong": 0, "blocks": [[0, right], [1, 200 - right]]}

    found = judged(errors(186), text, **{"eval.baseline": errors(150), "eval.untuned": errors(100)})
    assert blocking(found) == []


def test_what_could_not_be_read_is_annotated_once_for_all_checks_that_need_it() -> None:
    found = judged({"unavailable": "the store answered 503"})
    told = [j.finding.check for j in found.judged if j.blocks and j.finding.because is None]
    assert told == ["eval-readable"]
    assert found.decision is Decision.CANNOT_TELL


def test_a_metric_that_no_run_holds_is_told_once_and_not_of_every_run() -> None:
    found = judged({"right": 186, "wrong": 14}, REGISTRATION.replace("name: exact_match", "name: exact_mach"))
    told = [j.finding.check for j in found.judged if j.blocks and j.finding.because is None]
    assert told == ["pass-criteria-written"]
    elsewhere = judged({"right": 186, "wrong": 14, "name": "f1"})
    told = [(j.finding.check, j.finding.at) for j in elsewhere.judged if j.blocks and j.finding.because is None]
    assert told == [("eval-readable", "eval.candidate")]


def test_without_slices_only_the_plan_says_so() -> None:
    found = judged({"right": 186, "wrong": 14}, REGISTRATION.replace(EXCUSE, ""))
    told = [j.finding.check for j in found.judged if j.blocks and j.finding.because is None]
    assert told == ["regression-slices-planned"]
    assert [f.because for f in of("no-regression", found)] == ["regression-slices-planned"]


def test_what_is_inconclusive_says_so_first_and_gives_the_n() -> None:
    small = {"right": 45, "wrong": 5}
    found = judged(
        {"right": 48, "wrong": 2}, **{"eval.untuned": small, "eval.baseline": {**BEFORE, "right": 40, "wrong": 10}}
    )
    inconclusive = [f.message for f in of("gain-is-real", found) if f.message.startswith("Inconclusive:")]
    assert len(inconclusive) == 1
    assert "about 133 would tell" in inconclusive[0]


def bounded(value: float) -> Policy:
    """Take the default policy with a least lower bound of the difference to the baseline."""
    check = POLICY.checks["gain-is-real"]
    bound = check.settings["bound_above"].model_copy(update={"value": value})
    check = check.model_copy(update={"settings": {**check.settings, "bound_above": bound}})
    return POLICY.model_copy(update={"checks": {**POLICY.checks, "gain-is-real": check}})


@pytest.mark.parametrize(("lost", "asked", "passes"), [(1, -0.02, True), (4, -0.02, False), (4, -0.04, True)])
def test_a_policy_may_ask_that_a_loss_is_ruled_out(lost: int, asked: float, passes: bool) -> None:
    evals = {"eval.baseline": BEFORE, "eval.untuned": UNTUNED}
    evals["eval.candidate"] = {"right": 150 - lost, "wrong": 50 + lost}
    verdict = deliberate(dossier(REGISTRATION, {**READY_FACTS, "evals": evals}, policy=bounded(asked)), CHECKS)
    against = next(f for f in of("gain-is-real", verdict) if f.at == "eval.baseline")
    assert (against.outcome == "passed") is passes, against.message
    if not passes:
        assert against.message.startswith("Inconclusive:")
        assert "would tell" in against.message


@settings(max_examples=30)
@given(st.integers(150, 199), st.integers(0, 8), st.sampled_from(["cost", "quality"]))
def test_a_worse_tuned_model_never_gets_a_better_verdict(right: int, errored: int, benefit: str) -> None:
    text = REGISTRATION.replace("kind: cost}", f"kind: {benefit}}}")

    def rank(right: int, errored: int) -> int:
        blocks = [[1, right], [0, 200 - right - errored], [None, errored]]
        found = of("gain-is-real", judged({"blocks": [b for b in blocks if b[1] > 0]}, text))
        return max(("passed", "unverified", "failed").index(f.outcome) for f in found)

    errored = min(errored, 200 - right)
    before = rank(right, errored)
    assert rank(right - 1, errored) >= before
    assert rank(right - 1, errored + 1) >= before
