"""Does Tunegate's own form say what its specification says?"""

import json
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.readiness.eval_report import Direction, EvalItem, EvalReport
from bot.readiness.fact import Trouble, Unavailable
from bot.sources import evals
from tests.sources.corpus import ROOT

Json = dict[str, Any]
METRIC: Json = {"task": "tickets", "name": "exact_match", "direction": "higher", "value": 0.5, "n": 2}
ROWS: list[Json] = [
    {"id": "a", "input": "one", "target": "1", "output": "1", "score": 1},
    {"id": "b", "input": "two", "target": "2", "output": "3", "score": 0},
]


def artifact(*metrics: Json, **fields: Any) -> bytes:
    return json.dumps({"format": "tunegate-eval/1", "metrics": list(metrics or (METRIC,))} | fields).encode()


def jsonl(*rows: Json) -> bytes:
    return "".join(json.dumps(row) + "\n" for row in rows).encode()


def read(document: bytes, rows: bytes | None = None) -> EvalReport:
    report = evals.read(document, rows, None)
    assert isinstance(report, EvalReport), report
    return report


def refused(document: bytes, rows: bytes | None = None) -> str:
    fact = evals.read(document, rows, None)
    assert isinstance(fact, Unavailable), fact
    assert fact.trouble is Trouble.DEFINITIVE
    assert fact.fix
    return fact.reason


def test_the_example_of_the_specification_is_read_as_it_says() -> None:
    page = (ROOT / "docs/native-eval-format.md").read_text()
    document, rows = re.findall(r"```json\n(.*?)```", page, re.S)
    report = read(document.encode(), rows.encode())
    assert (report.model, report.tool_version, report.status) == ("anthropic/claude-sonnet", "in-house 2.3", "complete")
    assert report.started_at == "2026-11-02T09:30:00+00:00"
    exact, rouge = report.metrics
    assert (exact.name, exact.variant, exact.value, exact.n) == ("exact_match", None, 0.666667, 3)
    assert exact.recomputed == pytest.approx(2 / 3)
    assert (rouge.name, rouge.variant, rouge.recomputed) == ("rouge", "l", pytest.approx(0.8))
    assert [item.errored for item in exact.items] == [False, False, False, True]
    assert {item.native_id for item in exact.items} == {"t-1", "t-2", "t-3", "t-4"}


def test_every_field_of_the_artifact_is_told_in_the_specification() -> None:
    page = (ROOT / "docs/native-eval-format.md").read_text()
    fields = [
        "tool",
        "model",
        "adapter",
        "started_at",
        "status",
        "limit",
        "mock",
        "input",
        "target",
        "output",
        "score",
        "scores",
    ]
    assert all(f"`{field}`" in page for field in fields)


def test_fields_are_found() -> None:
    report = read(
        artifact(
            adapter="acme/lora", model="m", status="partial", limit=50, mock=True, started_at="2026-11-02T10:30+01:00"
        )
    )
    assert (report.adapter, report.model, report.status, report.limit, report.mock) == (
        "acme/lora",
        "m",
        "partial",
        50,
        True,
    )
    assert report.started_at == "2026-11-02T09:30:00+00:00"
    assert report.metrics[0].direction is Direction.HIGHER
    assert report.metrics[0].pointer == "/metrics/0/value"
    assert not report.has_rows


def test_rows_give_value_and_items_that_are_scored_anew() -> None:
    rows = [*ROWS, {"id": "c", "input": "three", "target": "3", "output": "3.0", "score": 0}]
    metric = read(artifact(METRIC | {"value": 0.333333, "n": 3}), jsonl(*rows)).metrics[0]
    assert metric.recomputed == pytest.approx(1 / 3)
    assert metric.rescored == "number"
    assert [(i.score, i.tolerant, i.contradicts) for i in metric.items] == [
        (1.0, None, False),
        (0.0, None, False),
        (0.0, 1.0, False),
    ]
    assert metric.composition is not None
    assert metric.composition.items == 3


def test_no_text_of_a_row_outlives_the_walk() -> None:
    rows = [row | {"input": "a secret question", "output": "a secret answer"} for row in ROWS]
    assert "secret" not in repr(read(artifact(), jsonl(*rows)))


@pytest.mark.parametrize(
    ("row", "score", "errored"),
    [
        ({"error": "timeout"}, None, True),
        ({"error": "timeout", "score": 0}, None, True),
        ({"output": None, "score": 0}, None, True),
        ({"score": None}, None, False),
        ({}, None, False),
        ({"error": None, "score": True}, 1.0, False),
        ({"error": "", "score": 0.25}, 0.25, False),
        ({"output": "", "score": 0}, 0.0, False),
    ],
)
def test_errored_and_unscored_rows_have_no_score(row: Json, score: float | None, errored: bool) -> None:
    item = read(artifact(), jsonl(*ROWS, {"input": "three"} | row)).metrics[0].items[-1]
    assert (item.score, item.errored) == (score, errored)
    assert item.native_id == "3"


def test_the_value_counts_the_scores_of_errored_rows_as_the_tool_does() -> None:
    rows = jsonl(*ROWS, {"input": "three", "error": "timeout", "score": 0})
    assert read(artifact(METRIC | {"value": 0.333333, "n": 3}), rows).metrics[0].recomputed == pytest.approx(1 / 3)


def test_rows_are_distinct_by_input_and_target_and_never_by_id() -> None:
    rows = [
        {"id": "a", "input": "Where is it?", "target": "delivery", "score": 1},
        {"id": "b", "input": "where is it", "target": "Delivery", "score": 1},
        {"id": "c", "input": "where is it", "target": "refund", "score": 1},
        {"id": "a", "input": {"ticket": 1}, "target": ["x"], "score": 1},
    ]
    keys = [item.key for item in read(artifact(), jsonl(*rows)).metrics[0].items]
    assert keys[0] == keys[1]
    assert len(set(keys)) == 3


def test_several_metrics_and_tasks_each_get_their_rows() -> None:
    metrics = [METRIC, METRIC | {"name": "f1", "variant": "micro"}, METRIC | {"task": "refunds"}]
    rows = [
        {"task": "tickets", "input": "a", "scores": {"exact_match": 1, "f1/micro": 0.5}},
        {"task": "tickets", "input": "b", "scores": {"exact_match": 0}},
        {"task": "tickets", "input": "c", "error": "timeout"},
        {"task": "refunds", "input": "d", "score": 1},
    ]
    found = read(artifact(*metrics), jsonl(*rows)).metrics
    assert [(m.task, m.name, [i.score for i in m.items]) for m in found] == [
        ("tickets", "exact_match", [1.0, 0.0, None]),
        ("tickets", "f1", [0.5, None]),
        ("refunds", "exact_match", [1.0]),
    ]


def test_rows_alone_are_an_artifact() -> None:
    report = read(jsonl(*ROWS))
    assert (report.format, report.status, report.has_rows) == ("tunegate-eval/1 rows", "unknown", True)
    metric = report.metrics[0]
    assert (metric.task, metric.name, metric.value, metric.recomputed, metric.n) == ("", "score", 0.5, 0.5, 2)


def test_rows_alone_may_name_tasks_metrics_and_variants() -> None:
    rows = [
        {"task": "t", "input": "a", "scores": {"exact_match": 1, "f1/micro": 0.5}},
        {"task": "t", "input": "b", "scores": {"exact_match": 0}},
        {"task": "u", "input": "c", "scores": {"exact_match": 1}},
    ]
    found = [(m.task, m.name, m.variant, m.value, m.n) for m in read(jsonl(*rows)).metrics]
    assert found == [
        ("t", "exact_match", None, 0.5, 2),
        ("t", "f1", "micro", 0.5, 1),
        ("u", "exact_match", None, 1.0, 1),
    ]


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        (artifact(format="tunegate-eval/2"), "another version"),
        (artifact(metrics=[]), "`metrics` is a list of 1 to 1,000 metrics"),
        (artifact(metrics={}), "`metrics` is a list"),
        (artifact({"value": 1, "n": 1}), "`metrics[0]` needs a `name`"),
        (artifact(METRIC, METRIC), "two metrics have the same task, name and variant"),
        (artifact(METRIC | {"direction": "up"}), "neither higher nor lower"),
        (artifact(METRIC | {"value": "0.5"}), "needs a number as `value`"),
        (artifact(METRIC | {"n": -1}), "a count as `n`"),
        (artifact(METRIC | {"n": 1.5}), "a count as `n`"),
        (artifact(status="done"), "`status` is none of complete, partial, error"),
        (artifact(limit="50"), "`limit` is a number or null"),
        (artifact(mock="no"), "`mock` true or false"),
        (artifact(started_at="yesterday"), "`started_at` is no time"),
        (artifact(started_at="2026-11-02T10:30"), "no time zone"),
    ],
)
def test_an_artifact_that_leaves_the_form_is_told_where(document: bytes, reason: str) -> None:
    assert reason in refused(document)


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        (b"", "empty"),
        (jsonl(ROWS[0], {"target": "2", "score": 1}), "Line 2 of the rows has no `input`"),
        (jsonl(ROWS[0] | {"scores": {"exact_match": 1}}), "both `score` and `scores`"),
        (jsonl(ROWS[0] | {"score": "one"}), "a score is no number"),
        (jsonl({"input": "a", "scores": [1]}), "`scores` is no object"),
        (jsonl(ROWS[0] | {"task": "refunds"}), "a task that the artifact does not hold"),
        (jsonl(ROWS[0] | {"task": 1}), "`task` is no text"),
        (b'{"input": "a", "score": 1, "score": 0}', "the key `score` twice"),
    ],
)
def test_rows_that_leave_the_form_are_told_by_line(rows: bytes, reason: str) -> None:
    assert reason in refused(artifact(), rows)


def test_a_row_that_could_belong_to_several_metrics_or_tasks_is_refused() -> None:
    two = artifact(METRIC, METRIC | {"name": "f1"})
    assert "`score` could belong to 2 metrics" in refused(two, jsonl(*ROWS))
    two = artifact(METRIC, METRIC | {"task": "refunds"})
    assert "does not say its `task`" in refused(two, jsonl(*ROWS))


def test_rows_linked_twice_over_are_refused() -> None:
    assert "The artifact holds rows" in refused(jsonl(*ROWS), jsonl(*ROWS))


@given(st.lists(st.sampled_from([0, 1, 0.5, None]), min_size=1, max_size=30))
def test_the_value_is_the_mean_of_the_scores_that_are_given(scores: list[float | None]) -> None:
    rows = jsonl(*({"input": str(n), "score": score} for n, score in enumerate(scores)))
    metric = read(artifact(), rows).metrics[0]
    known = [score for score in scores if score is not None]
    assert metric.recomputed == (pytest.approx(sum(known) / len(known)) if known else None)
    assert len(metric.items) == len(scores)
    assert all(isinstance(item, EvalItem) for item in metric.items)
