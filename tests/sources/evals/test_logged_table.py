"""Does the reader of logged tables tell scores from all else that is a number?"""

from typing import Any

import pytest

from bot.sources.evals.items import Wanted
from bot.sources.normalise import key
from tests.sources.corpus import CORPUS, expected
from tests.sources.evals.made import metric, one, refused, table


@pytest.mark.parametrize("name", ["mlflow/eval_results_table.json", "wandb/made_samples.table.json"])
def test_a_real_table_says_what_is_known_of_it(name: str) -> None:
    facts = expected("evals")[name]
    report = one((CORPUS / "evals" / name).read_bytes())
    assert (report.status, report.started_at, report.model, report.adapter) == ("unknown", None, None, None)
    read = metric(report, "exact_match")
    value = facts["mean_exact_match"] if "mean_exact_match" in facts else facts["metrics"][0]["value"]
    assert (read.value, read.recomputed) == (pytest.approx(value), pytest.approx(value))
    assert (read.n, len(read.items), read.direction) == (facts["item_count"], facts["item_count"], None)
    assert len(report.metrics) == 1
    assert report.hashed  # no inputs: by their ids alone
    assert report.warnings == ("the table has no column of inputs, so that its rows are told apart by `id`",)


def test_columns_are_told_by_their_usual_names() -> None:
    report = one(table(
        "Row ID", "Question", "Expected Output", "Answer", "prediction", "step", "exact", "tone", "ok", "note", "_internal",
        rows=[[7, "a", 1, 3, 1, 0, 1, 0.5, True, "x", 1], [8, "b", 2, 3, 1, 0, 0, None, False, "y", 1],
              [9, "c", 2, 3, 2, 0, 0, "NaN", True, None, 1]],
    ))  # fmt: skip
    assert [m.name for m in report.metrics] == ["exact", "tone", "ok"]
    exact, tone, ok = report.metrics
    assert (exact.value, tone.value, ok.value) == (pytest.approx(1 / 3), 0.5, pytest.approx(2 / 3))
    assert (exact.n, tone.n, ok.n) == (3, 1, 3)
    assert exact.pointer == "/columns/6"
    assert [(i.native_id, i.key) for i in exact.items][:2] == [("7", key("a", "1")), ("8", key("b", "2"))]
    assert [i.contradicts for i in exact.items] == [False, False, True]  # 2 is 2, and is no 0
    assert [i.contradicts for i in tone.items] == [False, False, False]
    assert not report.hashed
    assert report.warnings == ()


def test_an_answer_is_the_target_only_where_another_column_is_the_answer() -> None:
    alone = one(table("question", "answer", "exact", rows=[["a", "1", 1]]))
    beside = one(table("question", "answer", "output", "exact", rows=[["a", "1", "1", 1]]))
    assert metric(alone, "exact").items[0].key == key("a", "")
    assert metric(beside, "exact").items[0].key == key("a", "1")


def test_a_row_that_stumbled_is_no_wrong_answer() -> None:
    rows = [["a", 1, None], ["b", 0, "timeout"], ["c", 0, ""], ["d", 0, False]]
    items = metric(one(table("input", "exact", "error", rows=rows)), "exact").items
    assert [(i.score, i.errored) for i in items] == [(1, False), (None, True), (0, False), (0, False)]


def test_rows_that_nothing_identifies_are_told_apart_by_their_place() -> None:
    report = one(table("exact", rows=[[1], [1]]))
    assert len({i.key for i in metric(report, "exact").items}) == 2
    assert "told apart by their place" in report.warnings[0]


def test_only_the_metric_that_counts_keeps_its_items() -> None:
    report = one(table("input", "a", "b", rows=[["x", 1, 0.5]]), wanted=Wanted(name="a"))
    assert (len(metric(report, "a").items), len(metric(report, "b").items)) == (1, 0)
    assert metric(report, "b").value == 0.5


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        (table("input", "note", rows=[["a", "b"]]), "no column of numbers that could be scores"),
        (table("input", "exact", rows=[]), "The table holds no row"),
        (table("input", "input", rows=[["a", "b"]]), "names a column twice"),
        (table("input", "exact", rows=[["a"]]), "Row 1 of the table has another number of cells"),
        ({"columns": [1], "data": [[1]]}, "no list of `columns` and of `data`"),
        ({"columns": ["a"], "data": [{"a": 1}]}, "Row 1 of the table has another number of cells"),
        ({"columns": [f"c{n}" for n in range(1_001)], "data": []}, "larger than 1,000 columns"),
        (table("input", "x" * 301, rows=[["a", 1]]), "a name of more than 300 characters"),
    ],
)
def test_a_table_that_cannot_be_read_says_why(document: Any, reason: str) -> None:
    assert reason in refused(document).reason


def test_rows_beside_a_table_are_not_needed() -> None:
    assert "holds its rows itself" in refused(table("input", "exact", rows=[["a", 1]]), b"{}").reason
