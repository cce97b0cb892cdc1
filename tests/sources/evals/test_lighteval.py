"""What does a result of lighteval say, in its older and its newer layout?"""

import json
from typing import Any

import pytest

from bot.readiness.eval_report import Direction, EvalReport
from bot.readiness.fact import Trouble, Unavailable
from bot.sources import evals
from bot.sources.evals.items import Wanted
from tests.sources.evals import made
from tests.sources.evals.made_records import jsonl, lighteval

METRICS = [
    {"metric_name": "em", "higher_is_better": True, "category": "3", "corpus_level_fn": "mean"},
    {"metric_name": ["ppl", "bpb"], "higher_is_better": {"ppl": False, "bpb": False}, "category": "5"},
]
DOCS = {"original_num_docs": 1319, "effective_num_docs": 200}
OLD = lighteval(
    {"lighteval|tickets|0": {"em": 0.5, "em_stderr": 0.035, "ppl": 3.5}, "all": {"em": 0.5, "em_stderr": 0.035}},
    {"lighteval|tickets": {"name": "tickets", "metric": METRICS, **DOCS}},
    max_samples=200,
)
NEW = lighteval(
    {"tickets|0": {"em": 0.5, "em_stderr": 0.035, "ppl": 3.5}, "all": {"em": 0.5, "em_stderr": 0.035}},
    {"tickets|0": {"name": "tickets", "metrics": METRICS, **DOCS}},
    max_samples=200,
    model_name="acme/base",
    model_config={"model_name": "acme/base", "generation_parameters": {}},
)


def read(artifact: Any, wanted: Wanted | None = None) -> EvalReport:
    return made.one(artifact, wanted=wanted or Wanted())


@pytest.mark.parametrize(("artifact", "task"), [(OLD, "lighteval|tickets|0"), (NEW, "tickets|0")], ids=["old", "new"])
def test_values_errors_n_and_direction_are_found_in_both_layouts(artifact: Any, task: str) -> None:
    report = read(artifact)
    assert (report.format, report.status, report.tool_version) == (
        "lighteval", "complete", "203045a8431bc9b77245c9998e05fc54509ea07f",
    )  # fmt: skip
    assert (report.model, report.adapter, report.limit) == ("acme/base", None, 200.0)
    em, ppl = report.metrics  # `all` would be the one task again
    assert (em.task, em.name, em.value, em.stderr, em.n) == (task, "em", 0.5, 0.035, 200)
    assert (em.direction, ppl.direction) == (Direction.HIGHER, Direction.LOWER)
    assert (em.pointer, ppl.stderr) == (f"/results/{task}/em", None)
    assert report.warnings == ("its rows are Parquet files, which are not read here: nothing proves its values",)


def test_the_clock_of_the_process_is_no_time_of_day() -> None:
    assert (read(OLD).started_at, read(OLD).finished_at) == (None, None)
    real = lighteval({"t|0": {"em": 1}}, start_time=1795351418.5, end_time=1795351478.5)
    assert (read(real).started_at, read(real).finished_at) == ("2026-11-22T12:43:38+00:00", "2026-11-22T12:44:38+00:00")


@pytest.mark.parametrize("odd", [True, "1795351418", None, -1, 10**400])
def test_no_other_start_is_taken_for_a_time(odd: Any) -> None:
    assert read(lighteval({"t|0": {"em": 1}}, start_time=odd)).started_at is None


@pytest.mark.parametrize("docs", [{}, {"original_num_docs": -1, "effective_num_docs": -1}])
def test_where_the_number_of_samples_is_not_known_it_is_not_made_up(docs: Any) -> None:
    report = read(lighteval({"t|0": {"em": 1}}, {"t|0": docs}, max_samples=10))
    assert (report.metrics[0].n, report.limit) == (None, 10.0)
    assert report.warnings[-1] == "it does not say over how many samples its values are"


def test_a_limit_that_cut_nothing_is_none() -> None:
    whole = {"original_num_docs": 200, "effective_num_docs": 200}
    assert read(lighteval({"t|0": {"em": 1}}, {"t|0": whole}, max_samples=500)).limit is None
    assert read(lighteval({"t|0": {"em": 1}}, {"t|0": whole, "u|0": DOCS}, max_samples=500)).limit == 500.0


def test_the_error_of_an_average_is_none_of_its_own() -> None:
    each = {"acc": 0.5, "acc_stderr": 0.1}
    several = lighteval({"mmlu:a|5": each, "mmlu:b|5": each, "mmlu:_average|5": each, "all": each})
    assert [(m.task, m.stderr) for m in read(several).metrics] == [
        ("mmlu:a|5", 0.1), ("mmlu:b|5", 0.1), ("mmlu:_average|5", None), ("all", None),
    ]  # fmt: skip


def test_the_base_of_an_adapter_is_the_model() -> None:
    config = {"model_name": "acme/lora", "base_model": "acme/base"}
    report = read(lighteval({"t|0": {"em": 1}}, model_name="acme/lora", model_config=config))
    assert (report.model, report.adapter) == ("acme/base", "acme/lora")


def test_versions_of_the_tasks_that_count_tell_runs_apart() -> None:
    other = json.loads(json.dumps(NEW))
    other["versions"]["tickets|0"] = 1
    assert read(NEW).scorer != read(other).scorer
    other["versions"] = {"tickets|0": 0, "elsewhere|0": 7}
    assert read(NEW).scorer == read(other, Wanted("tickets|0", "em")).scorer
    assert read(NEW | {"versions": {}}).scorer is None


def test_an_unknown_commit_and_the_dummy_model_are_known_as_such() -> None:
    report = read(lighteval({"t|0": {"em": 1}}, lighteval_sha="?", model_name="dummy"))
    assert (report.tool_version, report.mock) == (None, True)


def test_rows_in_our_own_form_can_be_linked_beside_it() -> None:
    rows = jsonl({"input": "a", "target": "1", "scores": {"em": 1, "ppl": 3}}, {"input": "b", "scores": {"em": 0}})
    report = made.one(OLD, rows)
    assert (report.metrics[0].recomputed, len(report.metrics[0].items), report.has_rows) == (0.5, 2, True)
    assert report.warnings == ()


def test_rows_as_the_tool_writes_them_are_not_read_yet() -> None:
    fact = evals.read(json.dumps(OLD).encode(), b"PAR1\x15\x04")
    assert isinstance(fact, Unavailable)
    assert fact.trouble is Trouble.NOT_SUPPORTED
    assert "Parquet" in fact.reason


def test_a_result_without_values_is_no_run_that_ended_well() -> None:
    assert read(lighteval({})).status == "error"
    assert read(lighteval({"t|0": {"em_stderr": 0.1}})).status == "error"


def test_too_many_metrics_are_refused() -> None:
    fact = evals.read(json.dumps(lighteval({"t|0": {f"m{n}": 1 for n in range(5001)}})).encode(), None)
    assert isinstance(fact, Unavailable)
    assert "more than 5,000 metrics" in fact.reason
