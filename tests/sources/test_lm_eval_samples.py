"""What do samples of lm-eval prove: which rows errored, what a value is recomputed to, which items are the same?"""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.readiness.eval_report import EvalMetric, EvalReport
from bot.readiness.fact import Unavailable
from bot.sources import evals
from tests.sources.lm_eval_files import Json, Run, sample


def read(run: Run) -> EvalReport:
    report = evals.read(run.artifact(), run.samples(), None)
    assert isinstance(report, EvalReport), report
    return report


def only(report: EvalReport) -> EvalMetric:
    (metric,) = report.metrics
    return metric


def some_rows(count: int = 4) -> list[Json]:
    return [sample(n, answer="64" if n % 2 else "65") for n in range(count)]


@pytest.mark.parametrize("empty", [[[""]], [["  \n"]], [[None]], [["None"]], [], [[]]])
def test_an_empty_or_null_answer_is_an_error_of_the_run(empty: Any) -> None:
    rows = [sample(0), sample(1, answer="", score=0.0, resps=empty)]
    metric = only(read(Run(rows)))
    assert [(item.score, item.errored) for item in metric.items] == [(1.0, False), (None, True)]
    assert metric.recomputed == metric.value == 0.5  # the artifact's own value counts it as the tool does


def test_none_is_an_answer_where_it_is_a_label() -> None:
    rows = [sample(0), sample(1, answer="None", target="None"), sample(2, answer="None", target="64")]
    assert [item.errored for item in only(read(Run(rows))).items] == [False, False, False]


def test_wrong_answers_and_unmatched_filters_are_no_errors() -> None:
    rows = [sample(0, answer="[invalid]", resps=[["I cannot tell"]]), sample(1, answer="no")]
    assert [item.errored for item in only(read(Run(rows))).items] == [False, False]


@pytest.mark.parametrize(
    ("name", "rows", "value", "recomputed"),
    [
        ("perplexity", [-1.0, -2.0, -3.0], 7.38905609893065, 7.38905609893065),
        ("word_perplexity", [[-10.0, 5], [-20.0, 9]], 8.5, None),
        ("f1", [[1, 0], [1, 1]], 0.66, None),
        ("bleu", [["a", "b"], ["c", "d"]], 12.0, None),
        ("bleu", ["a", "b"], 12.0, None),
        ("acc", [1, 0, True, False], 0.5, 0.5),
        ("acc", ["True", "False"], 0.5, None),
        ("own_metric", [1.0, 0.0], 0.5, 0.5),  # of a task's own code: a mean, as the rows show
        ("own_metric", [1.0, 0.0], 0.9, None),  # something else: no accusation
    ],
)
def test_a_value_is_recomputed_as_the_tool_does_or_not_at_all(
    name: str, rows: list[Any], value: float, recomputed: float | None
) -> None:
    samples = [sample(n) | {"metrics": [name], name: score} for n, score in enumerate(rows)]
    report = read(Run(samples, config={"metric_list": []}, results={f"{name},none": value}))
    (metric,) = (m for m in report.metrics if m.name == name)
    assert metric.recomputed == (None if recomputed is None else pytest.approx(recomputed))
    assert metric.value == value


def test_a_task_may_name_its_own_aggregation() -> None:
    entry = {"metric": "exact_match", "aggregation": "median"}
    rows = [sample(n, score=score) for n, score in enumerate([0.0, 0.0, 1.0])]
    assert only(read(Run(rows, value=0.0, config={"metric_list": [entry]}))).recomputed == 0.0
    entry = {"metric": "exact_match", "aggregation": "def agg(items): return 1"}
    assert only(read(Run(rows, value=1.0, config={"metric_list": [entry]}))).recomputed is None


def test_an_exact_match_is_scored_anew() -> None:
    rows = [
        sample(0),
        sample(1, answer="64.0", score=0.0),
        sample(2, answer="64", score=0.0),
        sample(3, answer="7", score=1),
    ]
    metric = only(read(Run(rows)))
    assert metric.rescored == "number"
    assert [(item.score, item.tolerant, item.contradicts) for item in metric.items] == [
        (1.0, None, False),
        (0.0, 1.0, False),
        (0.0, 1.0, True),
        (1.0, None, True),
    ]


@pytest.mark.parametrize(
    "config",
    [
        {"process_results": "def process_results(doc, results): ..."},
        {"doc_to_choice": ["a", "b"]},
        {"output_type": "multiple_choice"},
        {"metric_list": [{"metric": "exact_match", "ignore_numbers": True}]},
        {"metric_list": [{"metric": "exact_match", "regexes_to_ignore": [","]}]},
    ],
)
def test_what_the_tasks_own_rules_decide_is_not_scored_anew(config: Json) -> None:
    rows = [sample(0, score=0.0), sample(1, answer="7", score=1.0)]
    metric = only(read(Run(rows, config=config)))
    assert metric.rescored is None
    assert [(item.tolerant, item.contradicts) for item in metric.items] == [(None, False)] * 2


def test_one_of_several_targets_is_not_ours_to_score() -> None:
    rows = [sample(0, answer="another", target="['64', 'sixty-four']", score=1.0)]
    metric = only(read(Run(rows)))
    assert metric.rescored is None
    assert not metric.items[0].contradicts


def test_the_same_question_with_other_few_shot_examples_is_the_same_item() -> None:
    def shot(number: int, question: str, examples: str) -> Json:
        prompt = {"gen_args_0": {"arg_0": f"{examples}\n\nQuestion: {question}", "arg_1": {}}}
        return sample(number, doc={"id": number, "question": question}, arguments=prompt)

    rows = [shot(0, "Refund?", "A: 1"), shot(1, "refund", "B: 2"), shot(2, "Delivery?", "A: 1")]
    metric = only(read(Run(rows, config={"num_fewshot": 1, "doc_to_text": "Question: {{ question }}"})))
    assert [item.key for item in metric.items].count(metric.items[0].key) == 2
    assert len({item.key for item in metric.items}) == 2


def test_choices_tell_items_apart_where_the_question_is_the_same() -> None:
    def choice(number: int, options: list[str]) -> Json:
        arguments = {f"gen_args_{n}": {"arg_0": "Which one?", "arg_1": option} for n, option in enumerate(options)}
        return sample(number, arguments=arguments, target="1", score=1.0)

    rows = [choice(0, ["a", "b"]), choice(1, ["a", "c"]), choice(2, ["a", "b"])]
    assert len({item.key for item in only(read(Run(rows))).items}) == 2


def test_a_chat_prompt_is_hashed_as_the_tool_hashes_it() -> None:
    chat = json.dumps([{"role": "user", "content": "Refund?"}])
    rows = [sample(0, arguments={"gen_args_0": {"arg_0": [chat], "arg_1": {}}})]
    assert read(Run(rows)).rows_note is None


@pytest.mark.parametrize("score", [1e308, -1e308, 10**400])
def test_numbers_that_cannot_be_reckoned_with_are_no_scores(score: Any) -> None:
    rows = [sample(n, score=score) for n in range(3)]
    report = evals.read(Run(some_rows(3)).artifact(), Run(rows).samples(), None)
    assert isinstance(report, EvalReport)
    assert only(report).recomputed is None


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@given(
    st.sampled_from(sorted(json.loads(Run(some_rows()).artifact()))),
    JSON_VALUES,
    st.sampled_from(sorted(sample(0))),
    JSON_VALUES,
)
@settings(max_examples=150)
def test_no_value_in_any_place_breaks_the_reader(part: str, value: Any, column: str, entry: Any) -> None:
    run = Run(some_rows())
    artifact = json.loads(run.artifact()) | {part: value}
    rows = [json.loads(line) for line in run.samples().splitlines()]
    rows[1][column] = entry
    lines = "\n".join(json.dumps(row) for row in rows)
    assert isinstance(evals.read(json.dumps(artifact).encode(), lines.encode(), None), EvalReport | Unavailable)


@given(st.integers(0, 10_000), st.binary(max_size=4), st.booleans())
@settings(max_examples=200)
def test_no_damage_to_the_bytes_breaks_the_reader(at: int, damage: bytes, in_rows: bool) -> None:
    run = Run(some_rows())
    artifact, rows = run.artifact(), run.samples()
    if in_rows:
        rows = rows[: at % len(rows)] + damage + rows[at % len(rows) + 1 :]
    else:
        artifact = artifact[: at % len(artifact)] + damage + artifact[at % len(artifact) + 1 :]
    assert isinstance(evals.read(artifact, rows, None), EvalReport | Unavailable)


@given(st.binary(max_size=300), st.none() | st.binary(max_size=300))
@settings(max_examples=300)
def test_any_bytes_are_answered(artifact: bytes, rows: bytes | None) -> None:
    assert isinstance(evals.read(artifact, rows, None), EvalReport | Unavailable)
