"""Is every fact that is known of the real artifacts found in them, and none of what is known passed over in silence?"""

import hashlib
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from bot.readiness.baseline import Measured
from bot.readiness.eval_report import EvalMetric, EvalReport
from bot.readiness.fact import Grade, Known, Source
from bot.readiness.pairing import Pairing, Rules, pair
from bot.sources import evals
from tests.sources.corpus import CORPUS, expected

EXPECTED = expected("evals")
FOLDER = CORPUS / "evals"
PAIRS = EXPECTED.pop("_pairs")
ROWS = {  # rows that lie beside an artifact
    "mlflow/runs_get_tuned-adapter.json": "mlflow/eval_results_table.json",
    **{
        name: f"lm-eval/{next(iter(k['samples_files'].values()))}"
        for name, k in EXPECTED.items()
        if "samples_files" in k
    },
    **{name: f"eee/{known['sidecar']['file']}" for name, known in EXPECTED.items() if "sidecar" in known},
}
# parts of an artifact that are read with another one, or no artifact: tests of their formats hold them to what is known
PARTS = {"mlflow/get_history_exact_match.json", "mlflow/eval_results_table.json"}
NONE = {name for name in EXPECTED if name.startswith("git-lfs/")}
FILES = sorted(set(EXPECTED) - PARTS - NONE)
FORMATS = {
    "inspect": "Inspect", "promptfoo-jsonl": "promptfoo", "promptfoo-csv": "promptfoo", "mlflow": "MLflow",
    "deepeval": "DeepEval", "rows-csv": "Ragas", "rows-jsonl": "Ragas", "wandb-table": "logged table", "eee": "Every Eval Ever",
    "helm": "HELM", "hf-model-index": "Hugging Face model card",
}  # fmt: skip


def reports(name: str) -> tuple[EvalReport, ...]:
    path = FOLDER / name
    beside = {file.name: file.read_bytes() for file in path.iterdir()} if path.is_dir() else {}
    raw = beside["stats.json"] if beside else path.read_bytes()
    rows = (FOLDER / ROWS[name]).read_bytes() if name in ROWS else None
    found = evals.read_all(raw, rows, siblings=beside)
    assert isinstance(found, tuple), found
    return found


def _model(report: EvalReport, known: Any) -> bool:
    # a card names the tuned model, and its base as what answered
    return known in (report.model, report.run)


def _status(report: EvalReport, known: str) -> bool:
    return report.claims_only if known == "claim only" else report.status == known


def _same_instant(one: str | None, two: str | None) -> bool:
    return (one and one[:19]) == (two and two[:19])


OF_THE_REPORT: dict[str, Callable[[EvalReport, Any], bool]] = {
    "format": lambda r, k: r.format.casefold() == FORMATS.get(k, k).casefold(),
    "tool_version": lambda r, k: r.tool_version in (k, None) if r.format == "Ragas" else r.tool_version == k,
    "status": _status,
    "started_at": lambda r, k: _same_instant(r.started_at, k),
    "finished_at": lambda r, k: _same_instant(r.finished_at, k),
    "model_id": _model,
    "base_model": lambda r, k: r.model == k,
    "adapter_id": lambda r, k: r.adapter == k,
    "limit": lambda r, k: r.limit == k,
    "dummy_or_mock": lambda r, k: r.mock is k,
    "is_run": lambda r, k: r.claims_only is not k,
    "item_count": lambda r, k: {len(m.items) for m in r.metrics} <= {k or 0},
}
# what a field of the artifact says that no check asks for, or that another entry or test holds; `note` is prose
NOT_ASKED = {
    *("note", "layout", "schema_version", "native_status", "time_source", "adapter_id_source", "tool_version_in_file"),
    *("metadata", "epochs", "declared_dataset_samples", "rows_in_file", "rows_with_error", "instances", "row_count"),
    *("base_model_revision", "code_revision", "task_hashes", "samples_files", "retrieved_at", "source_type", "sidecar"),
    *(
        "lifecycle_stage",
        "run_id",
        "run_name",
        "dataset",
        "scorers_digest",
        "distinct_sample_ids",
        "rows_table",
        "task",
    ),
}
OF_A_METRIC: dict[str, Callable[[EvalMetric, Any], bool]] = {
    "value": lambda m, k: m.value == pytest.approx(k) if k is not None else m.value is None,
    "stderr": lambda m, k: m.stderr == pytest.approx(k) if k is not None else m.stderr is None,
    "n_scored": lambda m, k: m.n == k,
    "direction": lambda m, k: m.direction == k,
    "recomputed_from_rows": lambda m, k: m.recomputed == pytest.approx(k, abs=1e-9) if k is not None else True,
    "item_count": lambda m, k: len(m.items) == (k or 0) or m.recomputed is None,
    "n_errored": lambda m, k: sum(item.errored for item in m.items) == k,
}
NAMES_IT = {"metric", "task", "variant", "split", "dataset"}
METRIC_NOT_ASKED = {
    *(
        "direction_source",
        "unit",
        "min_score",
        "max_score",
        "n_source",
        "n_total",
        "n_unscored",
        "rows_used",
        "native_count",
    ),
    *("native_sum", "native_divisor", "value_with_errors_as_failures", "is_nan", "step", "history", "overwritten"),
    *("threshold", "passed", "verified", "dataset_revision", "expect_warning"),
}


def metric_of(report: EvalReport, known: dict[str, Any]) -> EvalMetric:
    name = known["metric"]
    fitting = [m for m in report.metrics if (m.name or "").casefold() == (name or "").casefold()]
    for key, part in (("variant", "variant"), ("task", "task")):
        if len(fitting) > 1:
            fitting = [m for m in fitting if getattr(m, part) == known.get(key)] or fitting
    assert len(fitting) == 1, (known, [(m.task, m.name, m.variant) for m in report.metrics])
    return fitting[0]


def subjects(name: str) -> Iterator[tuple[EvalReport, dict[str, Any]]]:
    """Walk the runs of a file with what is known of each."""
    known, found = EXPECTED[name], reports(name)
    if "subjects" not in known:
        assert len(found) == 1
        yield found[0], known
        return
    assert {report.run for report in found} == {subject["label"] for subject in known["subjects"]}
    for report in found:
        (subject,) = (each for each in known["subjects"] if each["label"] == report.run)
        yield report, {**{key: value for key, value in known.items() if key != "subjects"}, **subject}


@pytest.mark.parametrize("name", FILES)
def test_every_fact_of_a_run_is_found(name: str) -> None:
    for report, known in subjects(name):
        for key, value in known.items():
            if key in OF_THE_REPORT and not (key == "item_count" and name in ROWS):
                assert OF_THE_REPORT[key](report, value), (key, value, report)
            else:
                assert key in {
                    *NOT_ASKED,
                    "metrics",
                    "samples",
                    "label",
                    "n_rows",
                    "n_errored",
                    "distinct_vars",
                    "item_count",
                }
        if "n_rows" in known:
            assert {len(metric.items) for metric in report.metrics} == {known["n_rows"]}


@pytest.mark.parametrize("name", FILES)
def test_every_fact_of_a_metric_is_found(name: str) -> None:
    for report, known in subjects(name):
        for stated in known["metrics"]:
            metric = metric_of(report, stated)
            for key, value in stated.items():
                if key == "recomputed_from_rows" and report.rows_note:
                    assert metric.recomputed is None  # rows that are not whole prove nothing
                elif key in OF_A_METRIC:
                    assert OF_A_METRIC[key](metric, value), (key, value, metric.name, metric.value, metric.n)
                else:
                    assert key in NAMES_IT | METRIC_NOT_ASKED, key


@pytest.mark.parametrize("name", sorted(name for name in EXPECTED if "samples" in EXPECTED[name]))
def test_the_held_out_set_has_the_digest_that_is_known(name: str) -> None:
    (samples,) = EXPECTED[name]["samples"].values()
    assert samples["doc_hash_reproduced"]
    (report,) = reports(name)
    assert report.holdout_digest == samples["heldout_digest"]
    assert (report.rows_note is None) is samples["task_hash_reproduced"]


def measured(samples: str, known: dict[str, Any], at: str) -> Measured:
    (name,) = (name for name, rows in ROWS.items() if rows == samples)
    (report,) = reports(name)
    (metric,) = (m for m in report.metrics if (m.name, m.variant) == (known["metric"], known["variant"]))
    return Measured(at, Known(report, Source(name, Grade.B, hashlib.sha256(name.encode()).hexdigest())), metric)


@pytest.mark.parametrize("known", PAIRS, ids=lambda known: str(known["variant"]))
def test_a_pair_of_runs_compares_as_is_known(known: dict[str, Any]) -> None:
    before, after = (
        measured(known["baseline"], known, "eval.baseline"),
        measured(known["tuned"], known, "eval.candidate"),
    )
    assert (before.report.value.holdout_digest == after.report.value.holdout_digest) is known["same_heldout_set"]
    found = pair(after, before, higher=True, rules=Rules(0.95, 0.8, 0.05))
    assert isinstance(found, Pairing)
    # documents that ask the same are one item here, so that repetitions add no certainty: fewer pairs than the tool's ids
    assert found.n <= known["n_paired"]
    wins, losses = _by_id(before, after)
    assert (wins, losses, known["n_paired"] - wins - losses) == (known["wins"], known["losses"], known["ties"])
    assert found.gain == pytest.approx(known["gain_abs"], abs=0.02)
    assert found.p_gain == pytest.approx(known["p_one_sided_exact_mcnemar"], rel=20)
    assert found.p_gain < 1e-4


def _by_id(before: Measured, after: Measured) -> tuple[int, int]:
    scores = {item.native_id: item.score or 0.0 for item in before.metric.items}
    differences = [(item.score or 0.0) - scores[item.native_id] for item in after.metric.items]
    return sum(d > 0 for d in differences), sum(d < 0 for d in differences)


def test_every_file_of_the_corpus_is_known_of() -> None:
    parts = {*ROWS.values(), "EXPECTED.json", "SOURCES.md"}
    for path in FOLDER.rglob("*"):
        name = path.relative_to(FOLDER).as_posix()
        if path.is_file() and name not in parts and name not in EXPECTED:
            whole = [known for known in EXPECTED if name.startswith(f"{known}/")]
            assert whole or name.startswith(("eee/", "mlflow/artifacts_list")), name
            assert not name.startswith("eee/") or name.endswith(".schema.json")
