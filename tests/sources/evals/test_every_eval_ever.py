"""What does a record of Every Eval Ever say, whose rows are they, and what does it only pretend to know?"""

import hashlib
import json
from typing import Any

import pytest

from bot.readiness.eval_report import Direction, EvalReport
from bot.readiness.fact import Unavailable
from bot.sources import evals
from bot.sources.evals.items import Wanted
from tests.sources.evals import made
from tests.sources.evals.made_records import Json, jsonl, record, result, row, sidecar

ROWS = jsonl(row(1, 1.0), row(2, 0.0, output="5"))


def names(report: EvalReport) -> list[tuple[str, str | None, str | None]]:
    return [(metric.task, metric.name, metric.variant) for metric in report.metrics]


def test_a_run_of_an_own_harness_is_read_with_its_rows() -> None:
    spread = {"uncertainty": {"standard_error": {"value": 0.1}, "num_samples": 2, "standard_deviation": 0.5}}
    report = made.one(record(result(details=spread), detailed_evaluation_results=sidecar(ROWS)), ROWS)
    assert (report.format, report.tool_version, report.status) == ("Every Eval Ever", "own-harness 1.2", "unknown")
    assert (report.model, report.claims_only, report.rows_note) == ("acme/base", False, None)
    assert report.started_at == "2026-11-22T12:43:38+00:00"
    assert report.warnings == ()
    (metric,) = report.metrics
    assert (metric.task, metric.name, metric.value) == ("tickets", "exact_match", 0.5)
    assert (metric.stderr, metric.n, metric.recomputed) == (0.1, 2, 0.5)
    assert (metric.direction, metric.rescored) == (Direction.HIGHER, "number")
    assert [(item.native_id, item.score) for item in metric.items] == [("t-1", 1.0), ("t-2", 0.0)]
    assert report.rows_sha256 == hashlib.sha256(ROWS).hexdigest()


def test_a_record_of_schema_0_2_without_a_library_is_read() -> None:
    old = record(result(metric=None), schema_version="0.2.0")
    del old["eval_library"]
    report = made.one(old)
    assert (report.tool_version, report.warnings) == (None, ())
    assert names(report) == [("tickets", None, None)]


@pytest.mark.parametrize("version", ["0.1.0", "1.0.0", "0.30", 3, None])
def test_another_version_of_the_schema_is_told(version: Any) -> None:
    assert any("its schema version is" in w for w in made.one(record(result(), schema_version=version)).warnings)


@pytest.mark.parametrize(
    "library", ["inspect_ai", "lm_eval", "lm-eval", "lm-evaluation-harness", "helm", "alpaca_eval"]
)
def test_the_direction_of_a_converted_record_is_no_evidence(library: str) -> None:
    report = made.one(record(result(), library=library))
    assert report.metrics[0].direction is None
    assert any("converted from another tool's log" in warning for warning in report.warnings)


def test_a_converter_is_also_known_by_the_source_that_it_writes() -> None:
    source = {"source_type": "evaluation_run", "source_name": "lm-evaluation-harness"}
    assert made.one(record(result(), library="mine", source_metadata=source)).metrics[0].direction is None


@pytest.mark.parametrize(
    ("lower", "direction"), [(True, Direction.LOWER), (False, Direction.HIGHER), (None, None), (1, None)]
)
def test_the_direction_of_a_record_of_its_own_is_taken(lower: Any, direction: Direction | None) -> None:
    assert made.one(record(result(config={"lower_is_better": lower}))).metrics[0].direction is direction


def test_what_a_converter_calls_its_description_is_the_name_of_the_metric() -> None:
    entry = result("tickets/strict", metric=None, config={"evaluation_description": "exact_match (filter: strict)"})
    assert names(made.one(record(entry, library="lm_eval"))) == [("tickets/strict", "exact_match", None)]
    assert names(made.one(record(entry))) == [("tickets/strict", None, None)]


def test_the_number_of_samples_of_a_run_of_helm_is_that_of_its_trials_and_no_n() -> None:
    spread = {"uncertainty": {"num_samples": 1}}
    assert made.one(record(result(details=spread), library="helm")).metrics[0].n is None
    assert made.one(record(result(details=spread))).metrics[0].n == 1


@pytest.mark.parametrize("kind", ["documentation", None, "x", 1])
def test_what_no_run_is_said_to_be_behind_is_a_claim(kind: Any) -> None:
    report = made.one(record(result(), kind=kind))
    assert report.claims_only
    assert len(report.warnings) == 1


def test_results_of_the_same_name_are_told_apart() -> None:
    same = record(result(evaluation_result_id="a"), result(evaluation_result_id="b"), result(), result("other"))
    assert names(made.one(same)) == [
        ("tickets", "exact_match", "a"), ("tickets", "exact_match", "b"), ("tickets", "exact_match", "3"),
        ("other", "exact_match", None),
    ]  # fmt: skip


def test_without_a_time_of_its_own_the_oldest_of_its_results_counts() -> None:
    each = [result(evaluation_timestamp=str(1795351418 + n)) for n in (60, 0)]
    assert made.one(record(*each, evaluation_timestamp=None)).started_at == "2026-11-22T12:43:38+00:00"
    assert made.one(record(result(), evaluation_timestamp="soon")).started_at is None


def test_a_judge_and_an_adapter_are_found() -> None:
    judged = result(
        "style", config={"llm_scoring": {"judges": [{"model_info": {"id": "acme/judge"}}], "input_prompt": ""}}
    )
    model = {"id": "acme/lora", "additional_details": {"adapter": "acme/lora", "base_model": "acme/base"}}
    report = made.one(record(result(), judged, model_info=model))
    assert (report.judge, report.model, report.adapter) == ("acme/judge", "acme/base", "acme/lora")
    assert made.one(record(result(), judged), wanted=Wanted("tickets", "exact_match")).judge is None


def noted(rows: bytes, **stated: Any) -> EvalReport:
    return made.one(record(result(), detailed_evaluation_results=sidecar(ROWS) | stated), rows)


def test_rows_that_were_edited_prove_nothing() -> None:
    report = noted(ROWS.replace(b'"score": 0.0', b'"score": 1.0'))
    assert report.rows_note is not None
    assert report.rows_note.startswith("the record was written with other rows: their sha256 was")
    assert report.metrics[0].items == ()
    assert report.metrics[0].recomputed is None


def test_rows_that_are_cut_are_told_by_their_number() -> None:
    assert noted(ROWS.splitlines()[0]).rows_note == "the record was written with 2 rows, and the file holds 1"


def test_a_digest_of_md5_counts_as_well() -> None:
    md5 = hashlib.md5(ROWS, usedforsecurity=False).hexdigest()
    assert noted(ROWS, hash_algorithm="md5", checksum=md5.upper()).rows_note is None
    assert noted(ROWS, hash_algorithm="md5", checksum="0" * 32).rows_note is not None


def test_rows_of_another_run_prove_nothing() -> None:
    rows = jsonl(row(1, 1.0), row(2, 1.0, evaluation_id="other/1"))
    report = made.one(record(result()), rows)
    assert report.rows_note == "1 of 2 rows are of another run: their `evaluation_id` is not the record's"


def test_a_row_names_its_result_by_id_and_else_by_the_evaluation() -> None:
    two = record(result("a", evaluation_result_id="r1"), result("b", evaluation_result_id="r2"))
    rows = jsonl(
        row(1, 1.0, evaluation_name="x", evaluation_result_id="r2"),
        row(2, 0.0, evaluation_name="a"),
        row(3, 0.0, evaluation_result_id="r9"),
    )
    report = made.one(two, rows)
    assert [[item.native_id for item in metric.items] for metric in report.metrics] == [["t-2"], ["t-1"]]
    assert report.warnings == ("rows of `tickets` could be of several results, or are of none: they count for nothing",)


def test_rows_that_could_be_of_several_results_count_for_none() -> None:
    report = made.one(record(result(), result(metric="f1")), ROWS)
    assert [metric.items for metric in report.metrics] == [(), ()]
    assert "could be of several results" in report.warnings[0]


def test_rows_of_the_only_result_need_not_repeat_its_name() -> None:
    report = made.one(record(result("accuracy on tickets for scorer match"), library="inspect_ai"), ROWS)
    assert len(report.metrics[0].items) == 2


def test_rows_that_stumbled_or_have_several_right_answers_are_not_held_against_their_scores() -> None:
    several = row(2, 0.0)
    several["input"]["reference"] = ["4", "four"]
    taken = row(3, 1.0, output="The answer is 4.")
    taken["answer_attribution"] = [{"extracted_value": "4", "is_terminal": True}]
    rows = jsonl(row(1, 0.0, error="timeout"), several, taken, row(4, 0.0))
    (metric,) = made.one(record(result()), rows).metrics
    assert [(item.errored, item.contradicts) for item in metric.items] == [
        (True, False), (False, False), (False, False), (False, True),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "kind", [{}, {"metric_id": "tickets/exact_match"}, {"metric_id": "x", "metric_kind": "Pass Rate"}]
)
def test_of_a_mean_an_edited_value_is_not_what_the_rows_give(kind: Json) -> None:
    (metric,) = made.one(record(result(score=0.9, config=kind)), ROWS).metrics
    assert (metric.value, metric.recomputed) == (0.9, 0.5)


def test_what_may_be_no_mean_of_its_rows_is_not_computed_anew_unless_it_is_one() -> None:
    report = made.one(record(result(score=0.9, metric="f1_macro")), ROWS)
    assert (report.metrics[0].recomputed, len(report.metrics[0].items)) == (None, 2)
    assert report.warnings == (
        "how `f1_macro` is put together from its rows is not known here: its value cannot be computed anew",
    )
    assert made.one(record(result(score=0.5, metric="f1_macro")), ROWS).metrics[0].recomputed == 0.5


def test_a_percentage_is_not_held_against_rows_of_zeros_and_ones() -> None:
    report = made.one(record(result(score=50.0, config={"metric_unit": "percent"})), ROWS)
    assert report.metrics[0].recomputed is None
    assert report.warnings == ("`exact_match` is in percent and its rows are not: its value cannot be computed anew",)


def test_minus_one_is_no_score_where_the_record_says_so() -> None:
    config = {"score_type": "levels", "has_unknown_level": True}
    rows = jsonl(row(1, 1), row(2, -1))
    (metric,) = made.one(record(result(config=config)), rows).metrics
    assert [item.score for item in metric.items] == [1.0, None]
    assert made.one(record(result()), rows).metrics[0].items[1].score == -1.0


def test_an_item_without_text_is_known_by_its_hash() -> None:
    bare: Json = {"input": {"raw": "", "reference": []}, "sample_hash": "a" * 64}
    (metric,) = made.one(record(result()), jsonl(row(1, 1, **bare), row(2, 1, **bare))).metrics
    assert metric.hashed
    assert len({item.key for item in metric.items}) == 1


@pytest.mark.parametrize(
    ("artifact", "rows", "reason"),
    [
        (row(1, 1.0), None, "holds rows of Every Eval Ever, not the record"),
        (record(result()), b"\n", "The file of rows is empty."),
        (record(result()), b'{"sample_id": "a"}\n', "Line 1 of the rows is no row of Every Eval Ever"),
        (record(*[result()] * 5001), None, "more than 5,000 results"),
    ],
)
def test_what_cannot_be_read_is_said(artifact: Json, rows: bytes | None, reason: str) -> None:
    fact = evals.read(json.dumps(artifact).encode(), rows)
    assert isinstance(fact, Unavailable)
    assert reason in fact.reason


def test_a_record_without_results_is_no_run_that_ended_well() -> None:
    assert made.one(record()).status == "error"
