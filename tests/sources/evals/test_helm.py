"""What does a run of HELM say, file by file, and is N what the instances give?"""

import json
from typing import Any

import pytest

from bot.readiness.eval_report import EvalMetric, EvalReport
from bot.readiness.fact import Unavailable
from bot.sources import evals
from bot.sources.evals.items import Wanted
from tests.sources.evals.made_records import folder, helm, instance, request, spec, stat

WORST = {"perturbation": {"name": "robustness", "robustness": True, "fairness": False, "computed_on": "worst"}}
TYPOS = {
    "perturbation": {"name": "typos", "robustness": True, "fairness": False, "computed_on": "perturbed", "prob": 0.1}
}
STATS = [stat("exact_match", 0.5), stat("exact_match", 1.0, split="valid"), stat("num_prompt_tokens", 12.0)]
ROWS = [
    instance("id1", stat("exact_match", 1.0)),
    instance("id2", stat("exact_match", 0.0)),
    instance("id3", stat("exact_match", 1.0, split="valid")),
]


def read(*files: Any, wanted: Wanted | None = None) -> EvalReport:
    report = helm(folder(*files), wanted or Wanted())
    assert isinstance(report, EvalReport), report
    return report


def refused(*files: Any) -> str:
    fact = helm(folder(*files))
    assert isinstance(fact, Unavailable), fact
    assert fact.fix
    return fact.reason


def metrics(report: EvalReport) -> dict[tuple[str | None, str | None], EvalMetric]:
    found = {(metric.name, metric.variant): metric for metric in report.metrics}
    assert len(found) == len(report.metrics)
    return found


def test_n_comes_from_the_instances_and_splits_are_kept_apart() -> None:
    report = read(STATS, ROWS, spec())
    test, valid = metrics(report)["exact_match", "test"], metrics(report)["exact_match", "valid"]
    assert (test.task, test.value, test.n, test.recomputed, len(test.items)) == ("tickets:lang=en", 0.5, 2, 0.5, 2)
    assert (valid.value, valid.n) == (1.0, 1)
    assert (test.stderr, test.direction, report.started_at) == (None, None, None)
    assert len(report.metrics) == 2  # tokens are no metric
    assert (report.model, report.has_rows, report.hashed) == ("acme/base", True, True)


def test_only_the_metric_that_is_asked_for_gets_its_items_and_all_get_their_n() -> None:
    report = read(STATS, ROWS, spec(), wanted=Wanted(None, "exact_match", "test"))
    assert [(m.variant, m.n, len(m.items)) for m in report.metrics] == [("test", 2, 2), ("valid", 1, 0)]


def test_a_run_without_its_other_files_has_no_n_and_says_so() -> None:
    report = read(STATS)
    assert [(m.task, m.n, m.items) for m in report.metrics] == [("", None, ())] * 2
    assert (report.model, report.has_rows, report.scorer) == (None, False, None)
    assert [w.split("`")[1] for w in report.warnings] == ["run_spec.json", "per_instance_stats.json"]


@pytest.mark.parametrize(
    ("name", "task"),
    [
        ("tickets:lang=en,model=a,method=x", "tickets:lang=en,method=x"),
        ("tickets:model=a", "tickets"),
        ("tickets:model=a,model_deployment=b,k=1", "tickets:k=1"),
        ("tickets:submodel=a", "tickets:submodel=a"),
        ("model=a", "model=a"),
    ],
)
def test_the_task_is_the_same_whatever_the_model(name: str, task: str) -> None:
    assert {metric.task for metric in read(STATS, ROWS, spec(name)).metrics} == {task}


@pytest.mark.parametrize(("limit", "found"), [(3, 3.0), (2, 2.0), (4, None), (None, None), ("3", None)])
def test_a_limit_that_cut_nothing_is_none(limit: Any, found: float | None) -> None:
    assert read(STATS, ROWS, spec(limit=limit)).limit == found


def test_perturbations_are_variants_with_their_settings() -> None:
    stats = [stat("exact_match", 1.0), stat("exact_match", 0.0, **TYPOS), stat("exact_match", 0.0, **WORST)]
    rows = [
        instance("id1", stat("exact_match", 1.0)),
        instance("id1", stat("exact_match", 0.0, **TYPOS), **TYPOS),
    ]
    found = metrics(read(stats, rows, spec()))
    assert [variant for _, variant in found] == ["test", "test typos prob=0.1", "test robustness worst"]
    assert [metric.n for metric in found.values()] == [1, 1, None]
    assert [metric.recomputed for metric in found.values()] == [1.0, 0.0, None]


def test_the_worst_case_of_a_run_that_was_not_perturbed_is_left_out() -> None:
    assert len(read([stat("exact_match", 1.0), stat("exact_match", 1.0, **WORST)], ROWS, spec()).metrics) == 1
    assert len(read([stat("exact_match", 1.0), stat("exact_match", 1.0, **WORST)]).metrics) == 2


def test_of_several_trials_the_mean_of_their_means_is_taken_and_n_is_that_of_instances() -> None:
    rows = [
        instance("id1", stat("exact_match", 1.0)),
        instance("id2", stat("exact_match", 0.0)),
        instance("id1", stat("exact_match", 1.0), trial=1),
        instance("id2", stat("exact_match", 0.0, count=0), trial=1),
    ]
    (metric,) = read([stat("exact_match", 1.5, count=2)], rows, spec()).metrics
    assert (metric.value, metric.recomputed, metric.n, len(metric.items)) == (0.75, 0.75, 2, 4)
    assert len({item.key for item in metric.items}) == 2


def test_a_statistic_that_two_kinds_of_metrics_reckon_counts_once_and_not_at_all_where_they_differ() -> None:
    twice = [
        instance("id1", stat("exact_match", 1.0), stat("f1_score", 1.0)),
        instance("id1", stat("exact_match", 1.0)),
    ]
    stats = [stat("exact_match", 1.0), stat("f1_score", 0.5)]
    assert [metric.n for metric in read(stats, twice, spec()).metrics] == [1, 1]
    twice[1] = instance("id1", stat("f1_score", 0.0))
    report = read(stats, twice, spec())
    assert [(metric.n, len(metric.items)) for metric in report.metrics] == [(1, 1), (None, 0)]
    assert any("no single instance has its own statistic of `f1_score`" in warning for warning in report.warnings)


def state() -> list[Any]:
    return [
        request("id1", "Where is it?", ["Berlin"], [" Berlin"]),
        request("id2", "Who is it?", ["Ana"], ["B"], output_mapping={"A": "Eva", "B": "Ana"}),
        request("id4", "And what?", ["one", "two"], ["one"]),
        request("id5", "And when?", ["noon"], ["noon"], result={"success": False, "completions": []}),
    ]


def test_texts_of_the_state_identify_the_instances_and_score_them_anew() -> None:
    rows = [instance(f"id{n}", stat("exact_match", 0.0), stat("inference_runtime", 0.0)) for n in (1, 2, 4, 5)]
    report = read([stat("exact_match", 0.0), stat("inference_runtime", 0.0)], rows, spec(), state())
    exact, runtime = report.metrics
    assert not report.hashed
    assert exact.rescored == "text"
    # right but for a blank; the letter stands for the right answer; several answers are right; it stumbled
    assert [item.tolerant for item in exact.items] == [1.0, 1.0, None, None]
    assert [item.contradicts for item in exact.items] == [False, True, False, False]
    assert [item.errored for item in exact.items] == [False, False, False, True]
    assert (runtime.rescored, [item.contradicts for item in runtime.items]) == (None, [False] * 4)


def test_runs_of_the_same_scenario_are_of_the_same_instances() -> None:
    other = [instance("id2", stat("exact_match", 1.0)), instance("id1", stat("exact_match", 0.0))]
    one, two = (read([stat("exact_match", 0.5)], rows, spec()) for rows in (ROWS[:2], other))
    assert one.holdout_digest == two.holdout_digest is not None
    assert one.scorer == two.scorer is not None
    assert one.scorer != read(STATS, ROWS, spec(metric_specs=[])).scorer


def test_the_stand_in_for_a_model_is_a_mock() -> None:
    assert read(STATS, ROWS, spec(adapter_spec={"model": "simple/model1"})).mock
    assert not read(STATS, ROWS, spec()).mock


@pytest.mark.parametrize("dump", [json.dumps, lambda given: json.dumps(given, indent=2), lambda given: json.dumps(given, indent=1, separators=(",", ":"))])  # fmt: skip
def test_what_lies_beside_a_file_is_told_by_its_first_bytes(dump: Any) -> None:
    names = {"stats.json": STATS, "per_instance_stats.json": ROWS, "run_spec.json": spec(), "scenario_state.json": {"adapter_spec": {}, "request_states": []}}  # fmt: skip
    for name, content in names.items():
        assert set(evals.siblings(dump(content).encode())) == set(names) - {name}
    assert evals.siblings(b'{"results": {}, "configs": {}, "versions": {}}') == ()
    assert evals.siblings(b'{"name": "x", "metrics": []}') == ()


def test_rows_that_are_linked_beside_a_run_are_refused() -> None:
    fact = evals.read(json.dumps(STATS).encode(), b'{"input": "a", "score": 1}\n')
    assert isinstance(fact, Unavailable)
    assert "lie beside its `stats.json`" in fact.reason


@pytest.mark.parametrize(
    ("files", "reason"),
    [
        (([*STATS, STATS[0]], ROWS), "holds `exact_match` of `test` twice"),
        (([stat("x" * 299, 1.0, split="y" * 9)], ROWS), "a name of more than 300 characters"),
        ((STATS, {"a": 1}), "`per_instance_stats.json` beside the artifact is no such file of HELM."),
        ((STATS, [{"stats": []}]), "Entry 1 of `per_instance_stats.json` has no `instance_id`."),
        ((STATS, [instance("i", {"name": {"name": "f1_score"}, "count": 1, "sum": None})]), "`f1_score` has no count"),
        (([stat("f1_score", 1.0)] * 20_001, ROWS), "more than 20,000 statistics"),
    ],
)
def test_what_cannot_be_read_is_said(files: tuple[Any, ...], reason: str) -> None:
    assert reason in refused(*files)


@pytest.mark.parametrize("wrong", [b"{", b'[{"a": NaN}]', b"[" * 100, b'[{"a": 1, "a": 2}]', b"\xff"])
def test_a_broken_file_beside_it_is_named(wrong: bytes) -> None:
    files = folder(STATS, ROWS, spec()) | {"per_instance_stats.json": wrong}
    fact = helm(files)
    assert isinstance(fact, Unavailable)
    assert fact.reason.startswith("`per_instance_stats.json` beside the artifact ")
