"""Does the reader of Langfuse's experiments keep runs, sources and levels of scores apart?"""

from typing import Any

import pytest

from bot.readiness.eval_report import EvalReport
from bot.sources import evals
from bot.sources.evals.items import Wanted
from bot.sources.normalise import key
from tests.sources.evals.made import data, experiment, item, items, jsonl, metric, one, refused, runs, score

ITEMS = [
    item(1, score("exact", 1), score("tone", 0.5)),
    item(2, score("exact", 0), score("verdict", "good", kind="CATEGORICAL"), output="5"),
    item(3, score("exact", True, kind="BOOLEAN")),
]


@pytest.mark.parametrize("artifact", [items(*ITEMS), ITEMS, jsonl(ITEMS)])
def test_items_are_read_as_a_reply_as_a_list_and_one_a_line(artifact: Any) -> None:
    report = one(artifact)
    assert (report.format, report.status, report.run) == ("Langfuse", "unknown", "prompted")
    assert (report.started_at, report.finished_at) == ("2026-11-22T10:00:01+00:00", "2026-11-22T10:01:03+00:00")
    assert [m.name for m in report.metrics] == ["exact", "tone"]
    exact, tone = report.metrics
    assert (exact.value, exact.recomputed, exact.n) == (pytest.approx(2 / 3), pytest.approx(2 / 3), 3)
    assert (tone.value, tone.n, [i.score for i in tone.items]) == (0.5, 1, [0.5, None, None])
    assert [i.native_id for i in exact.items] == ["item-1", "item-2", "item-3"]
    assert exact.items[0].key == key('{"question": "What is case 1?"}', "4")


def test_a_score_that_answer_and_target_contradict_is_found() -> None:
    assert [i.contradicts for i in metric(one([item(1, score("exact", 0)), item(2, score("exact", 1))]), "exact").items] == [
        True, False,
    ]  # fmt: skip
    assert not metric(one([item(1, score("harm", 0))]), "harm").items[0].contradicts


def test_experiments_of_one_file_are_runs() -> None:
    artifact = items(*ITEMS, item(1, score("exact", 0), run="tuned"), item(2, score("exact", 0), run="tuned"))
    found = runs(artifact)
    assert list(found) == ["prompted", "tuned"]
    assert metric(found["tuned"], "exact").value == 0
    report = evals.read(data(artifact), None, "tuned")
    assert isinstance(report, EvalReport)
    assert report.run == "tuned"
    fact = refused(artifact)
    assert fact.reason == "The file holds 2 runs, and it does not say which is meant: `prompted`, `tuned`."


def test_experiments_that_share_a_name_are_told_apart_by_their_id() -> None:
    artifact = [item(1, score("exact", 1), experimentId="x"), item(2, score("exact", 1), experimentId="y")]
    assert list(runs(artifact)) == ["prompted / x", "prompted / y"]


def test_sources_of_one_name_are_kept_apart() -> None:
    artifact = [item(1, score("ok", 1, "EVAL"), score("ok", 0, "ANNOTATION")), item(2, score("ok", 1, "EVAL"))]
    report = one(artifact)
    assert [(m.name, m.variant, m.value, m.n) for m in report.metrics] == [
        ("ok", "eval", 1, 2), ("ok", "annotation", 0, 1),
    ]  # fmt: skip


def test_of_several_scores_the_latest_counts_and_is_told() -> None:
    late, early = score("ok", 1, at="2026-11-22T12:00:00Z"), score("ok", 0)
    report = one([item(1, late, early), item(2, early)])
    assert [i.score for i in metric(report, "ok").items] == [1, 0]
    assert report.warnings == ("1 items have several scores `ok`: the latest of each counts",)
    assert one([item(1, late, early)], wanted=Wanted(name="other")).warnings == ()


def test_an_item_that_stumbled_is_no_wrong_answer() -> None:
    (found,) = metric(one([item(1, score("ok", 0), level="ERROR")]), "ok").items
    assert (found.score, found.errored) == (None, True)


def test_a_page_is_not_the_whole() -> None:
    report = one(items(*ITEMS, cursor="abc"))
    assert report.status == "partial"
    assert report.warnings == ("the file holds the first page of a reply only",)


@pytest.mark.parametrize("wrap", [True, False])
def test_scores_of_a_run_and_the_items_beside_it(wrap: bool) -> None:
    whole = experiment("prompted", 3, score("exact", 2 / 3), score("f1", 0.7), score("grade", "A", kind="CATEGORICAL"))
    artifact = items(whole) if wrap else whole
    alone = one(artifact)
    at = "/data/0/scores/0/value" if wrap else "/scores/0/value"
    assert [(m.name, m.n) for m in alone.metrics] == [("exact", 3), ("f1", 3)]
    assert (alone.metrics[0].pointer, alone.model, alone.has_rows) == (at, "gpt-4.1", False)
    assert alone.started_at == "2026-11-22T09:59:00+00:00"
    for rows in (data(items(*ITEMS)), data(ITEMS), jsonl(ITEMS)):
        report = one(artifact, rows)
        assert [m.name for m in report.metrics] == ["exact", "f1", "tone"]
        exact, f1, _ = report.metrics
        assert (exact.recomputed, len(exact.items)) == (pytest.approx(2 / 3), 3)
        assert (f1.recomputed, f1.items) == (None, ())
        assert report.has_rows


def test_a_score_of_a_run_that_is_no_mean_of_its_items_is_not_accused_of_it() -> None:
    report = one(experiment("prompted", 3, score("exact", 0.9)), jsonl(ITEMS))
    assert (metric(report, "exact").value, metric(report, "exact").recomputed) == (0.9, None)


@pytest.mark.parametrize(
    ("artifact", "rows", "reason"),
    [
        ({"id": "r", "datasetRunItems": []}, None, "a dataset run of Langfuse v3"),
        ([item(1) | {"scores": []}], None, "holds no score that is a number"),
        ([{k: v for k, v in item(1).items() if k != "scores"}], None, "Item 1 of the file holds no `scores`"),
        ([{k: v for k, v in item(1).items() if k != "input"}], None, "Item 1 of the file holds no `input`"),
        ([*ITEMS, {"x": 1}], None, "Item 4 of the file is no experiment item"),
        (items(experiment("a", 1), {"x": 1}), None, "Entry 2 of the file is no experiment"),
        (items(*ITEMS), b"{}", "holds its rows itself"),
        (experiment("tuned", 3), jsonl(ITEMS), "The rows are of the experiment `prompted`"),
        (experiment("prompted", 3), b"", "The file of rows is empty"),
        (experiment("prompted", 3), b'{"data": [], "meta": {}}', "The file of rows is empty"),
        (experiment("prompted", 3), b"[1]", "Line 1 of the rows is no JSON object"),
    ],
)
def test_what_cannot_be_read_says_why(artifact: Any, rows: bytes | None, reason: str) -> None:
    assert reason in refused(artifact, rows).reason
