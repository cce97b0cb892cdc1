"""What do a run file of DeepEval and a dump of its results say, and which traps do they hold?"""

import json
from typing import Any

import pytest

from bot.readiness.eval_report import Direction, EvalReport
from bot.readiness.fact import Unavailable
from bot.sources import evals
from bot.sources.evals.items import Wanted

Json = dict[str, Any]


def case(
    number: int, score: float | None, *, name: str = "Exact Match", success: bool | None = None, **more: Any
) -> Json:
    scored = {"name": name, "threshold": 0.5, "success": bool(score) if success is None else success, "score": score}
    return {
        "name": f"test_{number}",
        "input": f"Question {number}?",
        "actualOutput": "refund" if score else "delivery",
        "expectedOutput": "refund",
        "metricsData": [scored | more],
    }


def run_file(*cases: Json, scores: list[float] | None = None, **more: Any) -> bytes:
    found = [data["score"] for one in cases for data in one["metricsData"] if data["score"] is not None]
    own = {"metric": "Exact Match", "scores": found if scores is None else scores, "passes": 1, "fails": 1, "errors": 0}
    return json.dumps({"testCases": list(cases), "metricsScores": [own]} | more).encode()


def dump(*cases: Json) -> bytes:
    snake = {
        "actualOutput": "actual_output", "expectedOutput": "expected_output", "metricsData": "metrics_data",
    }  # fmt: skip
    return json.dumps({"test_results": [{snake.get(k, k): v for k, v in one.items()} for one in cases]}).encode()


def read(artifact: bytes, wanted: Wanted | None = None) -> EvalReport:
    report = evals.read(artifact, None, wanted=wanted or Wanted())
    assert isinstance(report, EvalReport), report
    return report


CASES = [case(1, 1.0), case(2, 0.0), case(3, 1.0), case(4, 0.0)]


@pytest.mark.parametrize("artifact", [run_file(*CASES), dump(*CASES)], ids=["run file", "dump"])
def test_value_rows_and_direction_are_found_in_both_layouts(artifact: bytes) -> None:
    report = read(artifact)
    assert (report.format, report.status, report.started_at, report.has_rows) == ("DeepEval", "complete", None, True)
    (metric,) = report.metrics
    assert (metric.name, metric.value, metric.recomputed, metric.n) == ("Exact Match", 0.5, 0.5, 4)
    assert metric.direction is Direction.HIGHER
    assert metric.rescored == "text"
    assert [item.native_id for item in metric.items] == ["test_1", "test_2", "test_3", "test_4"]
    assert len({item.key for item in metric.items}) == 4


def test_both_layouts_hold_the_same_items() -> None:
    one, other = (read(artifact).metrics[0].items for artifact in (run_file(*CASES), dump(*CASES)))
    assert one == other


def test_a_number_that_was_edited_is_not_what_the_rows_give() -> None:
    (metric,) = read(run_file(*CASES, scores=[0.0, 0.0, 0.0, 1.0])).metrics
    assert (metric.value, metric.recomputed) == (0.25, 0.5)
    assert metric.pointer == "/metricsScores/0/scores"
    (metric,) = read(dump(*CASES)).metrics
    assert metric.pointer == "/test_results/0/metrics_data/0/score"


@pytest.mark.parametrize(
    ("cases", "direction"),
    [
        ([case(1, 0.1, success=True), case(2, 0.9, success=False)], Direction.LOWER),
        ([case(1, 0.9, success=True)], Direction.HIGHER),
        ([case(1, 0.5, success=True)], None),
        ([case(1, 0.9, success=True), case(2, 0.8, success=False)], None),
        ([case(1, 0.9, threshold=None)], None),
    ],
)
def test_the_direction_follows_from_which_scores_pass_the_threshold(
    cases: list[Json], direction: Direction | None
) -> None:
    assert read(run_file(*cases)).metrics[0].direction is direction


def test_a_threshold_that_contradicts_itself_is_told() -> None:
    assert "better both ways" in read(run_file(case(1, 0.9, success=True), case(2, 0.8, success=False))).warnings[0]


def test_a_metric_that_stumbled_has_no_score_and_counts_as_an_error() -> None:
    report = read(
        run_file(*CASES, case(5, None, error="rate limit"), case(6, 0.0, error="timeout"), scores=[1, 0, 1, 0])
    )
    (metric,) = report.metrics
    assert [item.errored for item in metric.items] == [False] * 4 + [True] * 2
    assert (metric.n, metric.recomputed) == (4, 0.5)
    assert report.warnings == ("2 of 6 test cases have no score of `Exact Match`",)


def test_model_and_judges_are_found() -> None:
    judged = case(1, 0.8, name="Correctness [GEval]", evaluationModel="gpt-4.1")
    report = read(run_file(judged, hyperparameters={"model": "acme/base", "prompt": "v3"}))
    assert (report.model, report.judge) == ("acme/base", "gpt-4.1")
    other = read(run_file(*CASES, judged), Wanted(name="Exact Match"))
    assert other.judge is None
    assert [len(metric.items) for metric in other.metrics] == [4, 0]


def test_a_conversation_is_known_by_what_the_user_said() -> None:
    turns = [{"role": "user", "content": "Hello"}, {"role": "assistant", "content": "Yes?"}]
    talk = {"name": "t", "turns": turns, "metricsData": CASES[0]["metricsData"]}
    report = read(json.dumps({"testCases": [], "conversationalTestCases": [talk, talk | {"turns": []}]}).encode())
    first, second = report.metrics[0].items
    assert first.key != second.key


def test_answers_that_contradict_their_score_are_found() -> None:
    (metric,) = read(run_file(case(1, 0.0) | {"actualOutput": "refund"}, case(2, 1.0) | {"actualOutput": "no"})).metrics
    assert [(item.tolerant, item.contradicts) for item in metric.items] == [(1.0, True), (None, True)]


def test_a_run_without_test_cases_failed() -> None:
    report = read(b'{"testCases": [], "metricsScores": []}')
    assert (report.status, report.metrics, report.has_rows) == ("error", (), False)


def test_scores_that_no_test_case_holds_are_told() -> None:
    report = read(run_file(*CASES, metricsScores=[{"metric": "Other", "scores": [1.0]}]))
    assert report.warnings == ("no test case was scored by `Other`",)


@pytest.mark.parametrize(
    ("cases", "reason"),
    [
        ([case(1, 1.0) | {"metricsData": [{"score": 1}]}], "A metric of test case 1 has no name."),
        ([case(1, 1.0) | {"metricsData": case(1, 1.0)["metricsData"] * 2}], "has two metrics named `Exact Match`"),
        ([case(1, 1.0, name="x" * 299), case(1, 1.0, name="x" * 400)], None),
    ],
)
def test_what_is_ambiguous_is_refused(cases: list[Json], reason: str | None) -> None:
    fact = evals.read(json.dumps({"testCases": cases}).encode(), None)
    if reason is None:
        assert isinstance(fact, EvalReport)  # a name that is too long is cut
    else:
        assert isinstance(fact, Unavailable)
        assert reason in fact.reason


def test_rows_beside_a_file_that_holds_its_own_are_refused() -> None:
    fact = evals.read(run_file(*CASES), b'{"input": "a", "score": 1}\n')
    assert isinstance(fact, Unavailable)
    assert "a file of DeepEval holds its rows itself" in fact.reason


@pytest.mark.parametrize("value", [None, 1, "x", [], {}, [1], [None], {"a": 1}, [[]], True])
@pytest.mark.parametrize("part", ["testCases", "metricsScores", "hyperparameters", "case", "data"])
def test_no_value_in_any_place_breaks_the_reader(part: str, value: Any) -> None:
    head = json.loads(run_file(*CASES))
    if part == "case":
        head["testCases"][1] = value
    elif part == "data":
        head["testCases"][1]["metricsData"] = value
    else:
        head[part] = value
    assert isinstance(evals.read(json.dumps(head).encode(), None), EvalReport | Unavailable)
