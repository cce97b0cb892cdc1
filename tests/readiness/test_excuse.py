"""Is a field left out only with a code that the policy accepts there, and that nothing else in the proposal contradicts?"""

from datetime import date
from typing import get_args

import pytest

from bot.docs import proposal_schema
from bot.readiness.excuse import Accepted, Refused, judged
from bot.readiness.proposal import Proposal, read
from bot.readiness.schema.parts import Code
from tests.dossiers import POLICY


def _proposal(text: str) -> Proposal:
    reading = read(f"version: 1\nadapter: router\n{text}".encode(), opened_on=date(2026, 1, 1))
    assert reading.proposal is not None
    assert not reading.problems
    return reading.proposal


def _excused(field: str, code: str) -> str:
    section, name = field.split(".")
    return f"{section}: {{{name}: {{not_applicable: {code}, why: We say so.}}}}\n"


def test_a_field_that_is_given_or_left_out_needs_no_excuse() -> None:
    assert judged(_proposal(""), POLICY, "tried.few_shot") is None
    assert judged(_proposal("tried: {few_shot: {artifact: a.json}}\n"), POLICY, "tried.few_shot") is None


def test_an_accepted_code_is_told_with_its_reason() -> None:
    found = judged(_proposal(_excused("tried.tool_use", "nothing_to_call")), POLICY, "tried.tool_use")
    assert found == Accepted("nothing_to_call", "We say so.")


@pytest.mark.parametrize(
    ("field", "code", "fix"),
    [
        ("tried.prompt", "input_is_complete", "Give the field."),
        ("tried.tool_use", "not_launched", "Accepted here: `nothing_to_call`; or give the field."),
        ("training.seed", "no_users", "Accepted here: `not_offered_by_provider`; or give the field."),
    ],
)
def test_a_code_that_is_not_for_this_field_is_refused_with_those_that_are(field: str, code: str, fix: str) -> None:
    found = judged(_proposal(_excused(field, code)), POLICY, field)
    assert found == Refused(f"The policy does not accept `{code}` for `{field}`.", fix)


@pytest.mark.parametrize(
    ("rest", "field", "code", "because"),
    [
        ("task: {kind: tool_use}", "tried.tool_use", "nothing_to_call", "`task.kind` is `tool_use`"),
        ("task: {output: tool_calls}", "tried.tool_use", "nothing_to_call", "`task.output` is `tool_calls`"),
        (
            "eval: {baseline: {subject: prompt+retrieval}}",
            *("tried.retrieval", "nothing_to_retrieve", "`eval.baseline.subject` is `prompt+retrieval`"),
        ),
        (
            "task: {kind: retrieval_interface}",
            *("tried.retrieval", "input_is_complete", "`task.kind` is `retrieval_interface`"),
        ),
        (
            "",
            *("tried.few_shot", "over_latency_budget"),
            "`eval.budget.p95_ms` and `ops_cost.latency.baseline_p95_ms` are not given",
        ),
        (
            "eval: {budget: {p95_ms: 300}}",
            *("tried.few_shot", "over_cost_budget", "`eval.budget.cost_per_request` is not given"),
        ),
        (
            "task: {output: closed_set}",
            *("tried.structured_decoding", "free_text_output"),
            "`task.output` is `closed_set`, which is not `free_text`",
        ),
        (
            "failure: {reason: reasoning}",
            *("tried.reasoning_model", "over_cost_budget", "`failure.reason` is `reasoning`"),
        ),
        (
            "",
            *("tried.oracle_context", "retrieval_is_tuned"),
            "`failure.reason` is not given, which is not `retrieval_interface`",
        ),
    ],
)
def test_a_code_that_another_field_contradicts_is_refused(rest: str, field: str, code: str, because: str) -> None:
    found = judged(_proposal(f"{_excused(field, code)}{rest}\n"), POLICY, field)
    assert isinstance(found, Refused)
    assert found.message == f"`{field}` is left out as `{code}`, but {because}."


@pytest.mark.parametrize("budget", ["eval: {budget: {p95_ms: 300}}", "ops_cost: {latency: {baseline_p95_ms: 900}}"])
def test_a_latency_that_is_stated_somewhere_is_a_ground(budget: str) -> None:
    proposal = _proposal(f"{_excused('tried.few_shot', 'over_latency_budget')}{budget}\n")
    assert isinstance(judged(proposal, POLICY, "tried.few_shot"), Accepted)


def test_the_table_names_only_fields_and_codes_that_there_are() -> None:
    schema = proposal_schema()
    for field, codes in POLICY.accepted_codes.items():
        assert set(codes) <= set(get_args(Code)), field
        rules = [rule for code in codes.values() for rule in (*code.only, *code.never, *code.needs)]
        for path in (field, *rules):
            for name in path.split("."):
                assert f'"{name}"' in schema, path
