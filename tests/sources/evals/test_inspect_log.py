"""What does a log of Inspect say, and which of its traps would make a wrong number of it?"""

import copy
import json
from typing import Any

import pytest

from bot.readiness.eval_report import EvalMetric, EvalReport
from bot.readiness.fact import Grade, Known, Unavailable
from bot.sources import evals
from bot.sources.evals.items import Wanted
from tests.sources.evals import made
from tests.sources.evals.inspect_made import (
    FOUR,
    Json,
    log,
    packed,
    sample,
    score,
)
from tests.sources.test_gather import Files, gather


def metric(document: Json) -> EvalMetric:
    (found,) = made.one(document).metrics
    return found


def test_both_layouts_say_the_same() -> None:
    document = log()
    plain, report = made.one(document), made.one(packed(document))
    assert plain == report
    assert (report.format, report.tool_version, report.status, report.model) == (
        "Inspect",
        "0.3.285",
        "complete",
        "openai/gpt-4.1",
    )
    assert (report.started_at, report.finished_at) == ("2026-11-22T12:52:40+00:00", "2026-11-22T12:53:44+00:00")
    assert (report.limit, report.mock, report.has_rows, report.judge, report.adapter) == (None, False, True, None, None)
    (found,) = report.metrics
    assert (found.task, found.name, found.variant, found.value, found.n) == ("tickets", "accuracy", "match", 0.5, 4)
    assert (found.recomputed, found.stderr, found.direction, found.rescored) == (0.5, 0.1, None, "text")
    assert found.pointer == "/results/scores/0/metrics/accuracy/value"
    assert [(item.native_id, item.score) for item in found.items] == [("t0", 1), ("t1", 0), ("t2", 1), ("t3", 0)]


@pytest.mark.parametrize("status", ["error", "started", "cancelled"])
@pytest.mark.parametrize("write", [made.data, packed])
def test_a_run_without_results_has_no_metric(status: str, write: Any) -> None:
    report = made.one(write(log(status=status, results=None)))
    assert report.status == ("error" if status == "error" else "partial")
    assert report.metrics == ()


def test_the_size_of_the_data_set_is_never_n() -> None:
    assert metric(log()).n == 4
    assert metric(log(score(0.5, None))).n == 4
    without = log(score(0.5, None))
    del without["results"]["completed_samples"]
    assert metric(without).n is None


@pytest.mark.parametrize("version", [None, 2])
def test_a_log_need_not_say_its_version(version: int | None) -> None:
    assert made.one(log(version=version)).warnings == ()
    assert "version 3" in made.one(log(version=3)).warnings[0]


@pytest.mark.parametrize(
    ("config", "limit"),
    [
        ({"limit": 3}, 3),
        ({"limit": [10, 25]}, 15),
        ({"limit": [10, 5]}, 0),
        ({"limit": 2376}, None),
        ({"limit": 5000}, None),
        ({"sample_id": ["t0", "t1"]}, 2),
        ({"sample_id": "t0"}, 1),
        ({"limit": 1, "sample_id": ["t0", "t1"]}, 1),
        ({"limit": None, "sample_id": None}, None),
        ({"limit": "x"}, None),
    ],
)
def test_a_limit_is_what_cut_the_run(config: Json, limit: float | None) -> None:
    assert made.one(log(config=config)).limit == limit


def test_a_limit_counts_where_the_whole_is_not_known() -> None:
    assert made.one(log(config={"limit": 3}, about={"config": {"limit": 3}, "dataset": {}})).limit == 3


@pytest.mark.parametrize(
    ("model", "mock"),
    [("mockllm/model", True), ("none/none", True), ("none", True), ("openai/mockllm", False), ("nonesuch/x", False)],
)
def test_a_mock_model_is_known(model: str, mock: bool) -> None:
    assert made.one(log(about={"model": model})).mock is mock


def test_an_invalidated_log_proves_nothing() -> None:
    report = made.one(log(invalidated=True))
    assert report.rows_note == "the log marks samples of it as invalid"
    assert report.metrics[0].items == ()


@pytest.mark.parametrize(
    ("place", "key"),
    [("model_args", "adapter"), ("model_args", "lora-path"), ("metadata", "adapter_id")],
)
def test_an_adapter_is_found_in_arguments_and_metadata(place: str, key: str) -> None:
    assert made.one(log(about={place: {key: "acme/tickets-lora"}})).adapter == "acme/tickets-lora"
    assert made.one(log(metadata={key: "acme/tickets-lora"})).adapter == "acme/tickets-lora"


def test_secrets_of_arguments_and_metadata_are_never_told() -> None:
    secret = {"api_key": "sk-secret", "headers": {"authorization": "sk-secret"}}
    grader = {"model": "openai/gpt-4.1", "model_args": secret, "base_url": "https://u:sk-secret@host"}
    document = log(score(0.5, 4, params={"grader": grader} | secret), about={"model_args": secret}, metadata=secret)
    assert "sk-secret" not in repr(made.one(document))


# ---- who scored


@pytest.mark.parametrize(
    ("name", "params", "about", "judge"),
    [
        ("model_graded_qa", {"model": "openai/gpt-4.1"}, {}, "openai/gpt-4.1"),
        ("model_graded_qa", {"model": ["b/y", {"model": "a/x"}]}, {}, "a/x, b/y"),
        ("model_graded_fact", {}, {"model_roles": {"grader": {"model": "a/x"}}}, "a/x"),
        ("model_graded_fact", {"model_role": "critic"}, {"model_roles": {"critic": {"model": "a/x"}}}, "a/x"),
        ("model_graded_fact", {"model_role": {"name": "critic"}}, {"model_roles": {"critic": "a/x"}}, "a/x"),
        ("model_graded_qa", {"model_role": "grader"}, {}, "openai/gpt-4.1"),
        ("model_graded_qa1", {}, {"model": None}, "the model itself"),
        ("own", {"judge_model": "a/x", "judge_template": "grade/it"}, {}, "a/x"),
        ("own", {"grader_model": {"model": "a/x", "model_args": {"key": "s"}}}, {}, "a/x"),
        ("own", {}, {"model_roles": {"judge": {"model": "a/x"}}}, "a/x"),
        ("own", {"judge": "You are a strict judge."}, {}, None),
        ("own", {"judge": "https://u:p@host/v1"}, {}, None),
        ("match", {"numeric": True}, {}, None),
    ],
)
def test_the_judge_is_the_model_that_scored(name: str, params: Json, about: Json, judge: str | None) -> None:
    samples = [sample(0, "C", scorer=name)]
    assert made.one(log(score(1.0, 1, name=name, params=params), samples=samples, about=about)).judge == judge


def test_only_the_wanted_metrics_scorer_counts_as_judge() -> None:
    document = log(score(0.5, 4), score(0.5, 4, name="own", params={"judge": "a/x"}))
    assert made.one(document, wanted=Wanted(None, "accuracy", "match")).judge is None
    assert made.one(document, wanted=Wanted(None, "accuracy", "own")).judge == "a/x"


def test_the_digest_of_scoring_changes_with_its_parameters() -> None:
    told = {
        made.one(log(score(0.5, 4, params=params))).scorer for params in ({}, {"numeric": True}, {"location": "any"})
    }
    assert len(told) == 3
    assert made.one(log(about={"task_version": 1})).scorer not in told
    assert made.one(log(), wanted=Wanted(name="f1")).scorer is None


# ---- what is refused


def test_an_older_layout_is_told_as_such() -> None:
    document = log(results={"scorer": {"name": "match"}, "metrics": {"accuracy": {"value": 0.5}}})
    assert "of an older layout" in made.refused(document).reason


def test_a_linked_log_is_gathered_with_the_samples_that_it_holds() -> None:
    files = Files({"tickets/evals/run.eval": packed(log())})
    fact = gather({"eval": {"baseline": {"artifact": "evals/run.eval"}}}, files).evals["eval.baseline"]
    assert isinstance(fact, Known)
    assert (fact.source.grade, fact.value.format, len(fact.value.metrics[0].items)) == (Grade.B, "Inspect", 4)
    assert files.reads == {"tickets/evals/run.eval": 1}


def test_rows_beside_a_log_are_refused() -> None:
    assert "holds its rows itself" in made.refused(packed(log()), b'{"input": "a"}\n').reason


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"samples": [{"epoch": 1}]}, "Sample 1 of the log has no `id`."),
        ({"samples": [{"id": "a", "epoch": "x"}]}, "Sample 1 of the log has no `epoch`."),
    ],
)
def test_samples_that_cannot_be_told_apart_are_refused(changes: Json, reason: str) -> None:
    assert reason in made.refused(log(**{"rows": 1} | changes)).reason


def test_too_many_metrics_and_samples_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    entry = score(0.5, 4)
    entry["metrics"] = {f"m{n}": {"name": f"m{n}", "value": 1.0} for n in range(1_001)}
    assert "more than 1,000 metrics" in made.refused(log(entry)).reason
    monkeypatch.setattr("bot.sources.evals.inspect_rows.MAX_ROWS", 3)
    assert "more than 3 samples" in made.refused(log()).reason


@pytest.mark.parametrize("wrong", [None, 1, True, "x", [], {}, [None], [[]], {"a": {}}, 10**400, -1])
def test_no_value_in_any_place_breaks_the_reader(wrong: Any) -> None:
    document = log(score(0.5, 2, reducer="mode", params={"model": "a"}), samples=[*FOUR[:2], sample(0, epoch=2)])

    def walk(place: Any) -> None:
        for key in list(place) if isinstance(place, dict) else range(len(place)):
            kept = place[key]
            place[key] = copy.deepcopy(wrong)
            for artifact in (json.dumps(document).encode(), packed(document) if isinstance(document, dict) else b""):
                assert isinstance(evals.read(artifact, None), EvalReport | Unavailable)
            place[key] = kept
            if isinstance(kept, dict | list):
                walk(kept)

    walk(document)
