"""Is the way forward the shortest, cheapest lever first, from what was found, and never one that was tried and failed?"""

from dataclasses import replace
from typing import Any, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.readiness.check import Dossier
from bot.readiness.checks import CHECKS
from bot.readiness.levers import LADDER
from bot.readiness.panel import deliberate, unreadable
from bot.readiness.schema.failure import Reason
from bot.readiness.strict_yaml import Problem
from bot.readiness.verdict import Decision, Verdict, causes
from bot.readiness.way import Cell, Lever, Passage, Way
from tests.dossiers import READY, READY_FACTS, dossier

SHORT, MEETS = {"right": 140, "wrong": 60}, {"right": 198, "wrong": 2}
BASELINE = READY_FACTS["evals"]["eval.baseline"]
TRIED = READY[READY.index("tried:") : READY.index("eval:\n")]
GATES = ["prompt", "retrieval", "reasoning", "task", "data"]


def built(
    *changes: tuple[str, str], runs: dict[str, dict[str, int]] | None = None, excused: str = "", **facts: Any
) -> Dossier:
    """Build the ready dossier with other levers: `runs` by lever, `excused` lines, all else as it is."""
    text = READY
    evals = {"eval.baseline": BASELINE}
    if runs is not None:
        linked = "".join(f"  {lever}: {{artifact: e/{lever}.json, rows: e/{lever}.jsonl}}\n" for lever in runs)
        text = text.replace(TRIED, f"tried:\n{linked}{excused}" if linked or excused else "")
        evals |= {f"tried.{lever}": run for lever, run in runs.items()}
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new)
    return dossier(text, {**READY_FACTS, "evals": evals, **facts})


def judged(*changes: tuple[str, str], **more: Any) -> Verdict:
    return deliberate(built(*changes, **more), CHECKS)


def levers(verdict: Verdict) -> list[Lever]:
    return [step.lever for step in verdict.way.steps]


def stop(way: Way) -> str | None:
    """Name the gate at which the walk ends; those before it were met, those behind it were not reached."""
    passages = [gate.passage for gate in way.walk]
    assert [gate.name for gate in way.walk] == GATES
    ends = [n for n, passage in enumerate(passages) if passage in (Passage.STOPPED, Passage.DOUBTED)]
    if not ends:
        return None
    (end,) = ends
    assert set(passages[:end]) <= {Passage.PASSED, Passage.NOT_ASKED}
    assert set(passages[end + 1 :]) <= {Passage.AHEAD}
    assert way.walk[end].seen
    return GATES[end]


def reason(name: str, kind: str = "behavior") -> tuple[str, str]:
    return "kind: behavior, signal: stable, reason: classification", f"kind: {kind}, signal: stable, reason: {name}"


def test_a_ready_one_has_no_steps_but_the_technique_that_fits_its_rows() -> None:
    verdict = judged()
    assert verdict.decision is Decision.READY
    assert (verdict.way.steps, verdict.way.left) == ((), 0)
    assert verdict.way.fit is not None
    assert (verdict.way.fit.method, verdict.way.fit.technique) == ("sft", "LoRA")
    assert stop(verdict.way) is None
    assert (verdict.way.claimed, verdict.way.shown) == (Cell("behavior", "stable"), None)


def test_one_that_is_not_ready_is_told_no_technique() -> None:
    assert judged(("threshold: 0.9\n", "threshold: 0.5\n")).way.fit is None


def test_what_was_not_tried_is_named_in_the_order_of_the_hierarchy_what_speaks_to_the_failure_first() -> None:
    verdict = judged(runs={})
    assert levers(verdict) == [Lever.PROMPT, Lever.FEW_SHOT, Lever.DECODING]
    assert stop(verdict.way) == "prompt"
    assert all("`tried." in step.do for step in verdict.way.steps)
    assert "`goods-misrouted`" in verdict.way.steps[1].do


def test_a_lever_may_be_left_out_by_a_code_that_the_policy_takes_here() -> None:
    excused = "  retrieval: {not_applicable: input_is_complete, why: x}\n  reasoning_model: {not_applicable: over_latency_budget, why: x}\n"
    verdict = judged(runs=dict.fromkeys(("prompt", "few_shot", "structured_decoding"), SHORT), excused=excused)
    (step,) = [step for step in verdict.way.steps if step.lever is Lever.TOOLS]
    assert "`{not_applicable: nothing_to_call, why: ...}`" in step.do
    without = judged(
        ("kind: classification", "kind: tool_use"),
        runs=dict.fromkeys(("prompt", "few_shot", "structured_decoding"), SHORT),
        excused=excused,
    )
    assert "not_applicable" not in next(s for s in without.way.steps if s.lever is Lever.TOOLS).do


@pytest.mark.parametrize(
    ("name", "kind", "runs", "advised", "gate"),
    [
        ("knowledge", "knowledge", {}, [Lever.RETRIEVAL, Lever.ORACLE, Lever.TOOLS], "retrieval"),
        ("knowledge", "knowledge", {"retrieval": SHORT}, [Lever.ORACLE, Lever.TOOLS], "retrieval"),
        ("knowledge", "knowledge", {"retrieval": SHORT, "oracle_context": MEETS}, [Lever.RETRIEVAL, Lever.TOOLS], "retrieval"),
        ("knowledge", "knowledge", {"retrieval": SHORT, "oracle_context": {"right": 139, "wrong": 61}}, [Lever.BEHAVIOR, Lever.TOOLS], "retrieval"),
        ("reasoning", "behavior", {"prompt": SHORT}, [Lever.TOOLS, Lever.REASONING], "retrieval"),
        ("persona", "behavior", {"prompt": SHORT}, [Lever.FEW_SHOT], "prompt"),
        ("persona", "behavior", {}, [Lever.PROMPT, Lever.FEW_SHOT], "prompt"),
        ("hallucination", "behavior", {"retrieval": SHORT, "tool_use": SHORT}, [Lever.DECODING, Lever.ORACLE], "prompt"),
    ],
)  # fmt: skip
def test_a_reason_that_no_tune_helps_is_sent_to_the_levers_that_do(
    name: str, kind: str, runs: dict[str, dict[str, int]], advised: list[Lever], gate: str
) -> None:
    verdict = judged(reason(name, kind), runs=runs)
    assert verdict.decision is Decision.NOT_YET
    assert sorted(set(levers(verdict)) - {Lever.EVALS}) == sorted(advised)
    assert stop(verdict.way) == gate


def test_a_prompted_model_that_is_good_enough_ends_the_matter() -> None:
    verdict = judged(("examples: 500", "examples: 5000"), evals={"eval.baseline": {**BASELINE, **MEETS}})
    assert levers(verdict) == [Lever.SHIP]
    assert verdict.way.left > 0
    assert "Ship the prompted model" in verdict.way.steps[0].do
    assert (stop(verdict.way), verdict.way.walk[0].lever) == ("prompt", Lever.SHIP)


def test_a_lever_that_meets_the_bar_is_shipped() -> None:
    excused = "  tool_use: {not_applicable: nothing_to_call, why: x}\n  oracle_context: {not_applicable: input_is_complete, why: x}\n"
    runs = dict.fromkeys(("prompt", "few_shot", "structured_decoding", "retrieval"), SHORT)
    verdict = judged(runs={**runs, "reasoning_model": MEETS}, excused=excused)
    assert levers(verdict) == [Lever.SHIP]
    assert stop(verdict.way) == "reasoning"


def test_few_rows_become_examples_in_the_prompt_and_where_that_fell_short_more_rows_are_asked_for() -> None:
    few = {"data.train": {"rows": 90, "split": {}}}
    small = ("examples: 500", "examples: 90")
    tried = judged(small, data=few)
    assert levers(tried)[0] is Lever.DATA
    assert "curation_plan" in tried.way.steps[0].do
    assert stop(tried.way) == "data"
    assert levers(judged(small, runs={"prompt": SHORT}, data=few))[0] is Lever.FEW_SHOT


def test_what_changes_still_stays_in_the_prompt() -> None:
    volatile = ("signal: stable", "signal: volatile")
    assert Lever.SETTLE in levers(judged(volatile))
    assert levers(judged(volatile, runs={}))[:2] == [Lever.PROMPT, Lever.FEW_SHOT]
    assert judged(volatile).way.claimed == Cell("behavior", "volatile")


def test_the_evidence_may_speak_for_another_field_of_the_square() -> None:
    signal = {"verdict": "knowledge", "rows": 500, "novelty": 0.9, "rows_with": 0.9, "distinct": 1.0, "questions": 0.9}
    verdict = judged(data={"data.train": {"rows": 500, "split": {}, "signal": signal}})
    assert (verdict.way.claimed, verdict.way.shown) == (Cell("behavior", "stable"), Cell("knowledge", "stable"))


def test_what_is_left_when_the_gates_are_behind_stands_in_other_items() -> None:
    verdict = judged(("until: 2027-01-01", "until: 2026-02-01"), ("  rollback: docs/rollback.md\n", ""))
    assert levers(verdict) == [Lever.OWNER, Lever.OWNER]
    assert stop(verdict.way) is None


def test_a_doubt_stops_the_walk_as_a_doubt() -> None:
    verdict = judged(evals={"eval.baseline": {"unavailable": "time-out"}})
    assert verdict.decision is Decision.CANNOT_TELL
    assert verdict.way.walk[0].passage is Passage.DOUBTED
    assert stop(verdict.way) == "prompt"
    assert verdict.way.steps


def test_gates_that_nobody_asks_of_an_experiment_are_not_passed() -> None:
    experiment = ("version: 1\n", "version: 1\nscope: experiment\nexperiment: {budget: 400, ends: 2026-01-20}\n")
    assert judged(experiment).way.walk[-1].passage is Passage.NOT_ASKED


def test_a_policy_that_turns_the_levers_off_advises_all_the_same() -> None:
    known = built(runs={})
    checks = {name: entry for name, entry in known.policy.checks.items() if name != "cheaper-levers-tried"}
    lean = replace(known, policy=known.policy.model_copy(update={"checks": checks}))
    assert deliberate(lean, CHECKS).way.walk


def test_a_file_that_cannot_be_read_is_to_be_mended() -> None:
    way = unreadable([Problem(3, "", "This is no YAML.", "Correct it.")]).way
    assert [(step.lever, step.line, step.do) for step in way.steps] == [(Lever.FORM, 3, "Correct it.")]


@settings(max_examples=40, deadline=None)
@given(
    st.sampled_from(get_args(Reason)),
    st.sampled_from(("behavior", "knowledge")),
    st.sampled_from(("stable", "volatile")),
    st.dictionaries(st.sampled_from([*LADDER, Lever.ORACLE]), st.sampled_from(("short", "meets"))),
    st.integers(0, 600),
)
def test_no_lever_is_advised_that_was_tried_and_failed(
    name: str, kind: str, signal: str, tried: dict[Lever, str], rows: int
) -> None:
    runs = {str(lever): SHORT if how == "short" else MEETS for lever, how in tried.items()}
    stated = f"kind: {kind}, signal: {signal}, reason: {name}"
    verdict = judged((reason("x")[0], stated), runs=runs, data={"data.train": {"rows": rows, "split": {}}})
    failed = {lever for lever, how in tried.items() if how == "short"}
    if tried.get(Lever.ORACLE) == "meets":  # the evidence says that better retrieval would do
        failed -= {Lever.RETRIEVAL}
    advised = levers(verdict)
    assert not failed & set(advised)
    assert len(advised) <= 3
    assert (not advised) is verdict.decision.is_ready
    assert 0 <= verdict.way.left <= len(causes(verdict))
    assert all(step.seen and step.do for step in verdict.way.steps)
    stop(verdict.way)
