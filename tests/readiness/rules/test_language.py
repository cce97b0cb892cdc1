"""Is an expression held to the types of what it looks at, within bounds, and told what is wrong in words?"""

import pytest

from bot.readiness.rules.language import MAX_EXPRESSION, holds, refusals
from tests.readiness.rules.asked import given

TRUE = [
    "proposal.adapter == 'ticket-router'",
    "proposal.eval.threshold >= 0.9",
    "proposal.training.seed.value == 42",
    "proposal.tried.tool_use.not_applicable == 'nothing_to_call'",
    "proposal.eval.regression.why.contains('labels')",
    "proposal.eval.holdout.sampled.from == 'production'",
    "proposal.data.production_sample.uri.endsWith('.jsonl')",
    "'shadow' in proposal.serving.rollout.value",
    "proposal.failure.modes.all(m, m.name != '' && has(m.rows))",
    "!has(proposal.eval.judge) && !has(proposal.eval.candidate)",
    "proposal.ops_cost.benefit.value_12_months == null",
    "days(opened_on, proposal.owner.until) == 365",
    "proposal.owner.until >= '2026-12-31'",
    "facts.evals['eval.baseline'].grade == 'B'",
    "facts.evals['eval.baseline'].value.metrics.exists(m, m.name == 'exact_match' && m.value == 0.75 && m.n == 200)",
    "!('eval.untuned' in facts.evals)",
    "facts.data['data.train'].value.effective == 500",
    "facts.people['first-owner'].value.member",
    "facts.consents['pull_request'].grade in ['A', 'B']",
    "facts.configs['training.config'].value.method == 'sft'",
    "facts.configs['training.config'].value.data_files == ['data/train.jsonl']",
    "facts.samples['data.production_sample'].value.labels['a'] == 120",
    "facts.unavailable.size() == 0",
    "findings.exists(f, f.check == 'enough-examples' && f.outcome == 'passed' && f.item == 'data')",
    "findings.filter(f, f.outcome == 'failed').size() == 0",
    "proposal.training.base_model.matches('^acme/')",
]


@pytest.mark.parametrize("expression", TRUE)
def test_an_expression_looks_at_proposal_facts_and_findings(expression: str) -> None:
    assert list(refusals(expression)) == []
    assert holds(expression, given()).holds is True
    assert holds(f"!({expression})", given()).holds is False


@pytest.mark.parametrize(
    ("expression", "column", "message", "fix"),
    [
        ("proposal.training.provder == 'x'", 18, "`provder` is not known", "Did you mean `provider`?"),
        ("proposal.failure.modes.all(m, m.nam == 'x')", 32, "`nam` is not known", "Did you mean `name`?"),
        ("facts.evals['x'].value.metrics[0].items.size() > 0", 34, "`items` is not known", "Known here: `task`"),
        ("proposl.adapter == 'x'", 8, "`proposl.adapter` is not known", "`proposal`"),
        ("random() > 1", 7, "`random` is not known", "CEL's own functions"),
        ("proposal.eval.threshold > 1", 25, "`>` does not go with (double, int)", "500.0"),
        ("proposal.adapter > 1", 18, "`>` does not go with (string, int)", "one type"),
        ("proposal.adapter + 'x' == 'y'", 18, "texts cannot be joined", "by itself"),
        ("proposal.adapter", 1, "gives a text, not yes or no", "Compare it"),
        ("1 + 1", 1, "gives a whole number", "Compare it"),
        ("proposal.adapter == (", 22, "this is no expression", "brackets"),
        ("(" * 300 + "true" + ")" * 300, 1, "nested too deeply", "two rules"),
        ("'" + "x" * MAX_EXPRESSION + "' == ''", 1, "longer than 2,000", "two rules"),
    ],
    ids=["field", "in-a-loop", "rows", "variable", "function", "int", "type", "joined", "text", "number", "syntax", "deep", "long"],
)  # fmt: skip
def test_what_does_not_fit_is_refused_at_its_column(expression: str, column: int, message: str, fix: str) -> None:
    first = next(refusals(expression))
    assert (first.line, first.column) == (1, column)
    assert message in first.message
    assert fix in first.fix


@pytest.mark.parametrize("brackets", ["(", "[", "!", "-", "1+", "'", "\x00", "\ud800", "{"])
def test_no_text_stops_the_compiler(brackets: str) -> None:
    assert list(refusals(brackets))
    assert list(refusals(brackets * 901))
    list(refusals(f"{brackets * 900}true"))  # twice "not" is nothing: refused or not, nothing stops


def test_a_refusal_names_the_line_within_the_expression() -> None:
    (refusal,) = refusals("proposal.scope == 'adapter' &&\n  proposal.adaptr == 'x'")
    assert (refusal.line, refusal.fix) == (2, "Did you mean `adapter`?")


@pytest.mark.parametrize(
    ("expression", "trouble"),
    [
        ("proposal.eval.judge.model.startsWith('x')", "a value that is not given"),
        ("proposal.experiment.budget <= 500.0", "a value that is not given"),
        ("facts.evals['eval.untuned'].value.metrics.size() == 0", "`eval.untuned`, which is not given"),
        ("days('soon', opened_on) > 1", "it stopped with"),
        ("proposal.failure.modes[7].name == 'x'", "it stopped with"),
        ("[1, 2][0] / 0 == 1", "it stopped with"),
        ("findings.all(f, findings.all(g, findings.all(h, f.check != '' || g.check != h.check)))", "10,000 steps"),
    ],
    ids=["text", "amount", "fact", "date", "index", "zero", "steps"],
)
def test_what_is_not_there_gives_no_answer(expression: str, trouble: str) -> None:
    assert list(refusals(expression)) == []
    truth = holds(expression, given())
    assert truth.holds is None
    assert trouble in truth.trouble


def test_a_pattern_that_would_take_for_ever_elsewhere_is_answered() -> None:
    assert holds(
        "proposal.task.description.matches('^(a+)+$') || proposal.adapter.matches('^([a-z]+-?)+$')", given()
    ).holds
