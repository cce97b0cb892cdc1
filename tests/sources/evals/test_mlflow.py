"""Does the reader of MLflow's runs see what was overwritten, deleted and never a number?"""

from typing import Any

import pytest

from bot.readiness.fact import Trouble
from bot.sources.evals.items import Wanted
from tests.sources.corpus import CORPUS, expected
from tests.sources.evals.made import Json, data, jsonl, logged, metric, mlflow, one, refused, table

FOLDER = CORPUS / "evals" / "mlflow"
NAMES = ("runs_get_prompt-rag-baseline.json", "runs_get_tuned-adapter.json", "runs_get_classic.json")
ROWS = data(table("input", "target", "output", "exact", rows=[["a", "1", "1", 1], ["b", "2", "3", 0]]))


def dataset(rows: Any, context: str | None = None) -> Json:
    tags = [{"key": "mlflow.data.context", "value": context}] if context else []
    return {"tags": tags, "dataset": {"name": "d", "digest": "572cbfb6", "profile": f'{{"num_rows": {rows}}}'}}


@pytest.mark.parametrize("name", NAMES)
def test_a_real_run_says_what_is_known_of_it(name: str) -> None:
    facts = expected("evals")[f"mlflow/{name}"]
    report = one((FOLDER / name).read_bytes())
    assert (report.format, report.status, report.run) == ("MLflow", facts["status"], None)
    assert (report.started_at, report.finished_at) == (facts["started_at"], facts["finished_at"])
    assert (report.model, report.adapter, report.scorer) == (
        facts["model_id"], facts["adapter_id"], facts["scorers_digest"],
    )  # fmt: skip
    assert report.tool_version == facts["tool_version"]
    assert [(m.name, m.value, m.n, m.direction) for m in report.metrics] == [
        (m["metric"], m["value"], m["n_scored"], m["direction"]) for m in facts["metrics"]
    ]
    assert not report.has_rows


def test_the_rows_of_a_real_run_do_not_support_a_value_that_was_overwritten() -> None:
    facts = expected("evals")["mlflow/runs_get_tuned-adapter.json"]
    rows = (FOLDER / facts["rows_table"]["file"]).read_bytes()
    report = one((FOLDER / NAMES[1]).read_bytes(), rows, Wanted(name="exact_match"))
    read = metric(report, "exact_match")
    assert len(read.items) == facts["rows_table"]["item_count"]
    assert read.recomputed == pytest.approx(facts["rows_table"]["mean_exact_match"])
    assert read.value == 0.716
    assert report.rows_note is None
    assert report.rows_sha256 is not None


def test_a_value_that_was_overwritten_is_told_by_the_history_that_the_store_adds() -> None:
    history = expected("evals")["mlflow/get_history_exact_match.json"]["values"]
    document = mlflow(logged("exact_match", 0.716, 1), logged("loss", 2.0))
    document["metric_history"] = {"exact_match": history, "loss": [2.0, 2.0], "gone": [1, 2]}
    assert one(document).warnings == ("`exact_match` was logged 2 times: 0.715 was replaced by 0.716",)
    assert one(document, wanted=Wanted(name="loss")).warnings == ()
    document["metric_history"] = {"exact_match": [{"value": 0.7, "step": 0}, {"value": "NaN"}, {"value": 0.716}]}
    assert one(document).warnings == ("`exact_match` was logged 3 times: 0.7 was replaced by 0.716",)


@pytest.mark.parametrize("history", [[], "x", {"exact_match": 7}, {"exact_match": [0.5]}, {"exact_match": []}, None])
def test_a_history_that_tells_nothing_is_no_warning(history: Any) -> None:
    assert one(mlflow(logged("exact_match", 0.5)) | {"metric_history": history}).warnings == ()


def test_of_a_metric_that_stands_twice_the_last_step_counts_and_both_are_told() -> None:
    report = one(mlflow(logged("acc", 0.9, 5), logged("acc", 0.4, 2)))
    assert [(m.value, m.pointer) for m in report.metrics] == [(0.9, "/run/data/metrics/0/value")]
    assert report.warnings == ("`acc` was logged 2 times: 0.4 was replaced by 0.9",)


def test_what_is_no_number_has_no_value_and_what_is_no_metric_is_none() -> None:
    report = one(mlflow(logged("a", "NaN"), logged("b", "Infinity"), logged("c", "high"), logged("d", None),
                        logged("system/cpu", 1), logged("", 1), {"key": 1}, [], logged("e", True), logged("f", 10**200)))  # fmt: skip
    assert [(m.name, m.value) for m in report.metrics] == [("a", None), ("b", None)]


@pytest.mark.parametrize(
    ("inputs", "n", "told"),
    [
        ([], None, False),
        ([dataset(200)], 200, False),
        ([dataset(5000, "training"), dataset(200, "eval")], 200, False),
        ([dataset(5000, "train")], None, False),
        ([dataset(200), dataset(200, "test")], 200, False),
        ([dataset(100), dataset(200)], None, True),
        ([dataset('"200"')], None, False),
        ([dataset(-1)], None, False),
        ([dataset("[")], None, False),
        ([[], "x", {"dataset": []}], None, False),
    ],
)
def test_n_is_the_size_of_the_data_set_that_was_evaluated(inputs: list[Any], n: int | None, told: bool) -> None:
    document = mlflow(logged("acc", 0.5))
    document["run"]["inputs"] = {"dataset_inputs": inputs}
    report = one(document)
    assert metric(report, "acc").n == n
    assert bool(report.warnings) is told


@pytest.mark.parametrize(
    ("info", "status"),
    [
        ({}, "complete"),
        ({"status": "RUNNING"}, "partial"),
        ({"status": "FAILED"}, "error"),
        ({"status": "KILLED"}, "error"),
        ({"status": "NEW"}, "unknown"),
        ({"status": ["FINISHED"]}, "unknown"),
        ({"lifecycle_stage": "deleted"}, "error"),
    ],
)
def test_the_state_of_a_run(info: Json, status: str) -> None:
    assert one(mlflow(logged("acc", 0.5), info=info)).status == status


def test_a_deleted_run_says_so() -> None:
    report = one(mlflow(logged("acc", 0.5), info={"lifecycle_stage": "deleted"}))
    assert report.warnings == ("the run was deleted in MLflow",)


def test_model_adapter_and_scorers_are_found_under_their_usual_names() -> None:
    report = one(mlflow(
        logged("acc", 0.5),
        params=[{"key": "model", "value": "router"}, {"key": "Base-Model", "value": "Qwen/Qwen2.5"}, [], {"key": 1}],
        tags=[{"key": "base_model", "value": "other"}, {"key": "peft_model", "value": "None"},
              {"key": "lora_path", "value": "acme/lora"}, {"key": "mlflow.genaiEvaluate.scorersDigest", "value": "ab"}],
    ))  # fmt: skip
    assert (report.model, report.adapter, report.scorer) == ("Qwen/Qwen2.5", "acme/lora", "ab")


@pytest.mark.parametrize("name", ["exact", "exact/mean"])
def test_rows_of_a_table_and_rows_of_our_own_belong_to_the_mean_of_their_column(name: str) -> None:
    own = jsonl(
        [{"input": "a", "target": "1", "scores": {"exact": 1}}, {"input": "b", "target": "2", "scores": {"exact": 0}}]
    )
    document = mlflow(logged(name, 0.5), logged("exact/variance", 0.25))
    for rows in (ROWS, own):
        report = one(document, rows, Wanted(name=name))
        read = metric(report, name)
        assert (read.recomputed, len(read.items), report.has_rows) == (0.5, 2, True)
        assert metric(report, "exact/variance").items == ()
    assert [i.key for i in metric(one(document, ROWS), name).items] == [
        i.key for i in metric(one(document, own, Wanted(name=name)), name).items
    ]


def test_a_column_of_scores_may_say_that_it_is_one() -> None:
    rows = data(table("inputs", "tone/score", rows=[["a", 0.5], ["b", 1]]))
    assert metric(one(mlflow(logged("tone/mean", 0.75)), rows), "tone/mean").recomputed == 0.75


def test_rows_without_the_metric_that_counts_prove_nothing() -> None:
    report = one(mlflow(logged("f1", 0.5)), ROWS, Wanted(name="f1"))
    assert report.rows_note == "they hold no scores of `f1`"
    assert one(mlflow(logged("f1", 0.5)), ROWS).rows_note is None  # nobody asked for one


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        (b'{"columns": ["a"], "data": [[1, 2]]}', "Row 1 of the table has another number of cells"),
        (b'{"columns": ["a"]}', "no list of `columns` and of `data`"),
        (b'{"columns": ["a"], "data": ', "The table that is linked as `rows` is no JSON"),
        (b'{"columns": ["a"], "data": []}', "The table holds no row"),
        (b"[]", "The file of rows is empty"),
    ],
)
def test_rows_that_cannot_be_read_say_why(rows: bytes, reason: str) -> None:
    assert reason in refused(mlflow(logged("acc", 0.5)), rows).reason


@pytest.mark.parametrize(
    ("name", "what"),
    [
        ("get_history_exact_match.json", "the history of one metric"),
        ("artifacts_list_classic.json", "list of a run's files"),
    ],
)
def test_other_replies_of_mlflow_say_what_to_link(name: str, what: str) -> None:
    fact = refused((FOLDER / name).read_bytes())
    assert fact.trouble is Trouble.DEFINITIVE
    assert what in fact.reason
    assert fact.fix is not None
    assert "mlflow://HOST/RUN_ID" in fact.fix
