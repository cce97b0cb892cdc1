"""Which traps do results and samples of lm-eval hold? Each is a small run written by hand."""

import json
from typing import Any

import pytest

from bot.readiness.eval_report import Direction, EvalMetric, EvalReport
from bot.readiness.fact import Unavailable
from bot.sources import evals
from tests.sources.lm_eval_files import Json, Run, sample


def read(run: Run, rows: bytes | None = b"its own") -> EvalReport:
    report = evals.read(run.artifact(), run.samples() if rows == b"its own" else rows, None)
    assert isinstance(report, EvalReport), report
    return report


def only(report: EvalReport) -> EvalMetric:
    (metric,) = report.metrics
    return metric


def some_rows(count: int = 4, **changes: Any) -> list[Json]:
    return [sample(n, answer="64" if n % 2 else "65", **changes) for n in range(count)]


def test_only_keys_with_a_comma_are_metrics() -> None:
    extra = {"sample_len": 4, "name": "tickets", "samples": 4, "acc_norm,none": 0.5, "acc_norm_stderr,none": 0.1}
    report = read(Run(some_rows(), results=extra))
    assert [(m.name, m.variant) for m in report.metrics] == [("exact_match", "none"), ("acc_norm", "none")]
    assert report.metrics[0].stderr is None  # "N/A"
    assert report.metrics[1].stderr == 0.1
    assert report.metrics[0].pointer == "/results/tickets/exact_match,none"


def test_n_is_what_was_evaluated_and_not_the_size_of_the_data_set() -> None:
    counts = {"n-samples": {"tickets": {"original": 200, "effective": 4}}}
    report = read(Run(some_rows(), others=counts))
    assert only(report).n == 4


@pytest.mark.parametrize(
    ("counts", "limit", "found"),
    [
        ((200, 50), 50, 50.0),
        ((200, 50), 0.25, 0.25),
        ((200, 50), None, 50.0),  # `--samples` leaves no limit behind
        ((200, 200), 500, None),  # a limit that cut nothing
        ((200, 200), None, None),
    ],
)
def test_a_run_that_was_cut_says_so(counts: tuple[int, int], limit: float | None, found: float | None) -> None:
    others = {
        "n-samples": {"tickets": {"original": counts[0], "effective": counts[1]}},
        "config": {"model": "hf", "limit": limit},
    }
    assert read(Run(some_rows(), others=others), None).limit == found


@pytest.mark.parametrize(
    ("arguments", "model", "adapter"),
    [
        ("pretrained=acme/base,peft=acme/lora,dtype=auto", "acme/base", "acme/lora"),
        ("pretrained=acme/base,peft=None", "acme/base", None),
        ({"pretrained": "acme/base", "peft": "acme/lora"}, "acme/base", "acme/lora"),
        ({"pretrained": "acme/base", "lora_local_path": "adapters/one"}, "acme/base", "adapters/one"),
        ("model=gpt-4.1,base_url=https://example.org/v1", "gpt-4.1", None),
        ({}, None, None),
        (None, None, None),
        (["pretrained=x"], None, None),
    ],
)
def test_model_and_adapter_are_found_in_the_arguments(arguments: Any, model: str | None, adapter: str | None) -> None:
    others = {"config": {"model": "hf", "model_args": arguments, "limit": None}, "model_name": "3ykv54sv"}
    report = read(Run(some_rows(), others=others), None)
    assert (report.model, report.adapter) == (model, adapter)


def test_the_dummy_model_is_a_mock() -> None:
    assert read(Run(some_rows(), others={"config": {"model": "dummy"}}), None).mock
    assert read(Run(some_rows(), others={"model_source": "dummy"}), None).mock
    assert not read(Run(some_rows()), None).mock


@pytest.mark.parametrize(
    ("date", "started"),
    [
        (1_795_351_876.02, "2026-11-22T12:51:16+00:00"),
        (1_795_351_876_020, "2026-11-22T12:51:16+00:00"),
        ("soon", None),
        (10**300, None),
    ],
)
def test_the_time_is_the_start_in_utc(date: Any, started: str | None) -> None:
    assert read(Run(some_rows(), others={"date": date}), None).started_at == started


@pytest.mark.parametrize(
    ("higher", "direction"), [(True, Direction.HIGHER), (False, Direction.LOWER), (None, None), ("yes", None)]
)
def test_the_direction_is_the_artifacts_or_unknown(higher: Any, direction: Direction | None) -> None:
    report = read(Run(some_rows(), others={"higher_is_better": {"tickets": {"exact_match": higher}}}), None)
    assert only(report).direction is direction


def test_two_filters_are_two_metrics_each_with_its_own_rows() -> None:
    strict = [sample(n, answer="64" if n else "65", filter="strict") for n in range(4)]
    number = [sample(n, answer="64", filter="number") for n in range(4)]
    results = {"exact_match,strict": 0.75, "exact_match,number": 1.0}
    run = Run(strict + number, results=results, others={"n-samples": {"tickets": {"original": 4, "effective": 4}}})
    report = read(run)
    found = {m.variant: (m.value, m.recomputed, len(m.items)) for m in report.metrics if m.variant != "none"}
    assert found == {"strict": (0.75, 0.75, 4), "number": (1.0, 1.0, 4)}
    assert report.rows_note is None


def test_old_samples_do_not_say_their_filter_and_stand_in_its_order() -> None:
    rows = [sample(n, answer="65") for n in range(3)] + [sample(n, answer="64") for n in range(3)]
    for row in rows:
        del row["filter"], row["metrics"]
    artifact = json.loads(Run(rows, others={"n-samples": {"tickets": {"effective": 3}}}).artifact())
    artifact["results"]["tickets"] = {"exact_match,strict": 0.0, "exact_match,loose": 1.0}
    report = evals.read(json.dumps(artifact).encode(), Run(rows).samples(), None)
    assert isinstance(report, EvalReport)
    assert [(m.variant, m.recomputed) for m in report.metrics] == [("strict", 0.0), ("loose", 1.0)]


def with_second_task(run: Run) -> bytes:
    artifact = json.loads(run.artifact())
    for part in ("results", "configs", "versions", "higher_is_better", "n-samples"):
        artifact[part] = {"refunds": artifact[part]["tickets"], **artifact[part]}
    artifact["task_hashes"] = {"refunds": "0" * 64, **artifact["task_hashes"]}
    return json.dumps(artifact).encode()


def test_of_several_tasks_the_hash_tells_whose_rows_these_are() -> None:
    run = Run(some_rows())
    report = evals.read(with_second_task(run), run.samples(), None)
    assert isinstance(report, EvalReport)
    assert {m.task: len(m.items) for m in report.metrics} == {"refunds": 0, "tickets": 4}
    assert report.rows_note is None


def test_rows_of_no_task_of_the_run_prove_nothing() -> None:
    run, others = Run(some_rows()), Run(some_rows(6))
    report = evals.read(with_second_task(run), others.samples(), None)
    assert isinstance(report, EvalReport)
    assert report.rows_note is not None
    assert all(not m.items for m in report.metrics)


def test_rows_without_hashes_slipped_among_others_are_noticed() -> None:
    run = Run(some_rows())
    stranger = sample(9, answer="65")
    for name in ("doc_hash", "prompt_hash", "target_hash"):
        del stranger[name]
    rows = run.samples() + (json.dumps(stranger) + "\n").encode()
    report = evals.read(run.artifact(), rows, None)
    assert isinstance(report, EvalReport)
    assert report.rows_note == "the file holds 5 rows, the run wrote 4"


def test_a_run_whose_artifact_holds_no_task_hash_is_read_with_a_remark() -> None:
    report = read(Run(some_rows(), others={"task_hashes": {}}))
    assert report.rows_note is None
    assert report.warnings == ("no task hash ties the rows to this run, only their number and their scores",)
    assert only(report).recomputed == 0.5


def test_a_group_of_tasks_has_a_value_and_no_rows() -> None:
    run = Run(some_rows())
    artifact = json.loads(run.artifact())
    artifact["results"]["all"] = {"alias": "all", "exact_match,none": 0.5, "sample_count": {"exact_match,none": 4}}
    report = evals.read(json.dumps(artifact).encode(), run.samples(), None)
    assert isinstance(report, EvalReport)
    group = report.metrics[1]
    assert (group.task, group.value, group.n, group.items) == ("all", 0.5, 4, ())


def test_without_rows_there_is_an_aggregate_only() -> None:
    report = read(Run(some_rows()), None)
    assert not report.has_rows
    assert (only(report).recomputed, only(report).items) == (None, ())


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        (b"", "The file of rows is empty."),
        (b'{"id": 1}\n', "Line 1 of the rows is no sample of lm-eval."),
        (b'{"doc": 1, "doc": 2}\n', "Line 1 of the rows has the key `doc` twice in one object."),
        (b"[1]\n", "Line 1 of the rows is no JSON object."),
        (b"\n{oops\n", "Line 2 of the rows is no JSON"),
        (b'{"score": NaN}', "Line 1 of the rows holds NaN, which is no JSON."),
    ],
)
def test_rows_that_cannot_be_read_are_named_by_line(rows: bytes, reason: str) -> None:
    fact = evals.read(Run(some_rows()).artifact(), rows, None)
    assert isinstance(fact, Unavailable)
    assert fact.reason.startswith(reason)


def test_samples_linked_as_artifact_are_told_apart_from_results() -> None:
    fact = evals.read(Run(some_rows()).samples(), None, None)
    assert isinstance(fact, Unavailable)
    assert fact.reason == "The artifact holds samples of lm-eval, not its results."


def test_a_run_that_is_named_in_a_file_of_one_is_not_needed() -> None:
    report = evals.read(Run(some_rows()).artifact(), None, "baseline")
    assert isinstance(report, EvalReport)
    assert report.warnings == ("`run: baseline` is not needed: the file of lm-eval holds one run",)


def test_results_without_metrics_are_a_run_that_failed() -> None:
    artifact = json.loads(Run(some_rows()).artifact())
    artifact["results"] = {}
    report = evals.read(json.dumps(artifact).encode(), None, None)
    assert isinstance(report, EvalReport)
    assert (report.status, report.metrics) == ("error", ())


def test_names_that_fit_no_sentence_are_refused_and_others_are_shown_safely() -> None:
    fact = evals.read(Run(some_rows(), results={f"{'x' * 400},none": 1.0}).artifact(), None, None)
    assert isinstance(fact, Unavailable)
    assert "a name of more than 300 characters" in fact.reason
    others = {"config": {"model_args": {"pretrained": "a`<b>\n" + "c" * 1000}}}
    model = read(Run(some_rows(), others=others), None).model
    assert model is not None
    assert model.startswith("a??b??ccc")
    assert len(model) <= 300
    rows = [sample(0) | {"doc_id": "`1`\n2"}, sample(1)]
    assert only(read(Run(rows))).items[0].native_id == "?1??2"
