"""What does a table of Ragas say, in each container that it comes in?"""

import json
from typing import Any

import pytest

from bot.readiness.eval_report import EvalReport
from bot.readiness.fact import Unavailable
from bot.sources import evals
from bot.sources.evals.items import Wanted

ROWS: list[dict[str, Any]] = [
    {"user_input": "a", "retrieved_contexts": ["x, y"], "response": "1", "reference": "1", "faithfulness": 0.5, "exact_match": 1},
    {"user_input": "b", "retrieved_contexts": [], "response": "2", "reference": "3", "faithfulness": None, "exact_match": 0},
    {"user_input": "c", "retrieved_contexts": ["z"], "response": "4", "reference": "4.0", "faithfulness": 1.0, "exact_match": 0},
]  # fmt: skip
JSONL = "".join(json.dumps(row) + "\n" for row in ROWS).encode()
CSV = (
    b"user_input,retrieved_contexts,response,reference,faithfulness,exact_match\n"
    b"a,\"['x, y']\",1,1,0.5,1\n"
    b"b,[],2,3,nan,0\n"
    b"c,['z'],4,4.0,1.0,0\n"
)
CONTAINERS = {"jsonl": JSONL, "csv": CSV, "list": json.dumps(ROWS, indent=1).encode()}


def read(artifact: bytes, wanted: Wanted | None = None) -> EvalReport:
    report = evals.read(artifact, None, wanted=wanted or Wanted())
    assert isinstance(report, EvalReport), report
    return report


@pytest.mark.parametrize("container", CONTAINERS)
def test_columns_of_numbers_are_metrics_and_others_are_none(container: str) -> None:
    report = read(CONTAINERS[container])
    assert (report.format, report.status, report.started_at, report.model) == ("Ragas", "unknown", None, None)
    assert [(m.name, m.value, m.recomputed, m.n, m.direction) for m in report.metrics] == [
        ("faithfulness", 0.75, 0.75, 2, None),
        ("exact_match", pytest.approx(1 / 3), pytest.approx(1 / 3), 3, None),
    ]


@pytest.mark.parametrize("container", CONTAINERS)
def test_a_sample_without_a_number_is_counted(container: str) -> None:
    report = read(CONTAINERS[container])
    assert [item.score for item in report.metrics[0].items] == [0.5, None, 1.0]
    assert report.warnings == ("1 of 3 samples have no number of `faithfulness`; its mean leaves them out",)


@pytest.mark.parametrize("container", CONTAINERS)
def test_answers_are_scored_anew(container: str) -> None:
    metric = read(CONTAINERS[container]).metrics[1]
    assert metric.rescored == "number"
    assert [item.tolerant for item in metric.items] == [None, None, 1.0]


def test_every_container_holds_the_same_items() -> None:
    one, *others = (read(artifact).metrics[1].items for artifact in CONTAINERS.values())
    assert [[item.key for item in items] for items in others] == [[item.key for item in one]] * 2


def test_only_the_items_that_were_asked_for_are_kept() -> None:
    report = read(CSV, Wanted(name="exact_match"))
    assert [(m.name, m.value, len(m.items)) for m in report.metrics] == [
        ("faithfulness", 0.75, 0),
        ("exact_match", pytest.approx(1 / 3), 3),
    ]
    assert report.warnings == ()


def test_a_metric_that_no_sample_has_is_none_unless_it_is_asked_for() -> None:
    empty = b"user_input,response,context_recall,exact_match\na,1,,1\n"
    assert [m.name for m in read(empty).metrics] == ["exact_match"]
    asked = read(empty, Wanted(name="context_recall")).metrics[0]
    assert (asked.name, asked.value, asked.n, len(asked.items)) == ("context_recall", None, 0, 1)


def test_a_word_in_the_column_that_was_asked_for_is_named_by_its_line() -> None:
    fact = evals.read(CSV.replace(b"4.0,1.0,0", b"4.0,1.0,wrong"), None, wanted=Wanted(name="exact_match"))
    assert isinstance(fact, Unavailable)
    assert fact.reason == "In line 4 of the rows, a score is no number."


@pytest.mark.parametrize(
    ("artifact", "reason"),
    [
        (b"user_input,response\na,b\n", "has no column of numbers"),
        (b"user_input,response,acc\na,b\n", "has 2 cells, the header has 3"),
        (b'{"user_input": "a", "response": "b", "acc": 1}\n{"user_input": "a", "acc": NaN}\n', "holds NaN"),
        (b"user_input,response,acc\na,b,1e999\n", "no column of numbers"),
    ],
)
def test_what_cannot_be_read_is_said(artifact: bytes, reason: str) -> None:
    fact = evals.read(artifact, None)
    assert isinstance(fact, Unavailable)
    assert reason in fact.reason


def test_rows_beside_a_table_are_refused() -> None:
    fact = evals.read(CSV, CSV)
    assert isinstance(fact, Unavailable)
    assert "holds its rows itself" in fact.reason
