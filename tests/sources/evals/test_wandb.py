"""Does the reader of W&B's runs take the numbers of a summary, and nothing of the tool's own?"""

import json
from typing import Any

import pytest

from bot.sources.evals.items import Wanted
from tests.sources.corpus import CORPUS
from tests.sources.evals.made import WANDB, metric, one, refused

FILE = {
    "_runtime": 62.5,
    "_timestamp": 1795351480.0,
    "_step": 4,
    "_wandb": {"runtime": 62},
    "acc": 0.5,
    "a/b": {"max": 1},
}


def test_a_run_as_the_store_fetches_it() -> None:
    report = one(WANDB)
    assert (report.format, report.status, report.model, report.adapter) == (
        "W&B", "complete", "Qwen/Qwen2.5-7B-Instruct", "acme/lora",
    )  # fmt: skip
    assert (report.started_at, report.finished_at) == ("2026-11-22T12:43:38+00:00", "2026-11-22T12:50:00+00:00")
    assert [(m.name, m.value, m.n, m.pointer) for m in report.metrics] == [
        ("eval.exact_match", 0.5, None, "/summaryMetrics/eval/exact_match"),
        ("eval.f1", None, None, "/summaryMetrics/eval/f1"),
        ("loss", 0.25, None, "/summaryMetrics/loss"),
    ]
    assert not report.has_rows


def test_a_summary_and_a_configuration_may_be_json_in_a_text() -> None:
    texts = WANDB | {name: json.dumps(WANDB[name]) for name in ("summaryMetrics", "config")}
    report = one(texts)
    assert [(m.name, m.value) for m in report.metrics] == [(m.name, m.value) for m in one(WANDB).metrics]
    assert {m.pointer for m in report.metrics} == {"/summaryMetrics"}
    assert report.model == "Qwen/Qwen2.5-7B-Instruct"


def test_a_summary_alone() -> None:
    report = one(FILE)
    assert [(m.name, m.value, m.pointer) for m in report.metrics] == [("acc", 0.5, "/acc"), ("a/b.max", 1, "/a~1b/max")]
    assert (report.status, report.model) == ("unknown", None)
    assert (report.started_at, report.finished_at) == ("2026-11-22T12:43:37+00:00", "2026-11-22T12:44:40+00:00")


@pytest.mark.parametrize("change", [{"_timestamp": "x"}, {"_timestamp": None}, {"_timestamp": 1e300}])
def test_a_time_that_is_none_is_not_made_up(change: dict[str, Any]) -> None:
    report = one(FILE | change)
    assert (report.started_at, report.finished_at) == (None, None)


@pytest.mark.parametrize(
    ("state", "status"),
    [
        ("running", "partial"),
        ("CRASHED", "error"),
        ("killed", "error"),
        ("odd", "unknown"),
        (None, "unknown"),
        ([], "unknown"),
    ],
)
def test_the_state_of_a_run(state: Any, status: str) -> None:
    assert one(WANDB | {"state": state}).status == status


def test_a_real_table_is_the_rows_of_a_run() -> None:
    rows = (CORPUS / "evals/wandb/made_samples.table.json").read_bytes()
    document = WANDB | {"summaryMetrics": {"exact_match": 0.59, "other": 1}}
    report = one(document, rows, Wanted(name="exact_match"))
    read = metric(report, "exact_match")
    assert (read.value, read.recomputed, len(read.items)) == (0.59, pytest.approx(0.59), 200)
    assert report.rows_note is None
    assert one(document, rows, Wanted(name="other")).rows_note == "they hold no scores of `other`"


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"summaryMetrics": []}, "The summary of the W&B run is no object."),
        ({"summaryMetrics": "{"}, "The summary of the W&B run is no JSON"),
        ({"config": [1]}, "The configuration of the W&B run is no object."),
        ({"summaryMetrics": {f"m{n}": n for n in range(5_001)}}, "more than 5,000 numbers"),
    ],
)
def test_a_run_that_cannot_be_read_says_why(change: dict[str, Any], reason: str) -> None:
    assert reason in refused(WANDB | change).reason


def test_one_key_of_the_tool_is_not_enough_to_recognise_it() -> None:
    assert "of no format that is known" in refused({"_step": 1, "acc": 1}).reason
