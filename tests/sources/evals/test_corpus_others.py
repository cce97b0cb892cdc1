"""Do we find in real files of Every Eval Ever, HELM, Hugging Face and Git LFS what is known of them, and no more?"""

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from bot.readiness.eval_report import EvalMetric, EvalReport
from bot.readiness.fact import Trouble, Unavailable
from bot.sources import evals
from tests.sources.corpus import CORPUS, expected

FOLDER = CORPUS / "evals"
EXPECTED = expected("evals")
RECORDS = [name for name in EXPECTED if name.startswith("eee/")]
RUNS = [name for name in EXPECTED if name.startswith("helm/")]
CARD = "hf-model-index/made_README.md"


def read(artifact: bytes, rows: bytes | None = None, beside: Path | None = None) -> EvalReport:
    siblings = {
        n: (beside / n).read_bytes() for n in evals.siblings(artifact) if beside is not None and (beside / n).is_file()
    }
    report = evals.read(artifact, rows, siblings=siblings)
    assert isinstance(report, EvalReport), report
    return report


def helm(name: str, file: str = "stats.json") -> EvalReport:
    return read((FOLDER / name / file).read_bytes(), beside=FOLDER / name)


def metric_of(report: EvalReport, name: str, variant: str | None) -> EvalMetric:
    (found,) = (metric for metric in report.metrics if (metric.name, metric.variant) == (name, variant))
    return found


@pytest.mark.parametrize("name", RECORDS)
def test_a_record_says_what_is_known_of_it(name: str) -> None:
    facts, report = EXPECTED[name], read((FOLDER / name).read_bytes())
    assert (report.format, report.tool_version) == ("Every Eval Ever", facts["tool_version"])
    assert (report.status, report.model, report.adapter) == (facts["status"], facts["model_id"], facts["adapter_id"])
    assert report.started_at == facts["started_at"]
    assert report.claims_only is not facts["is_run"]
    assert len(report.metrics) == len(facts["metrics"])
    document = json.loads((FOLDER / name).read_text())
    for place, (metric, known) in enumerate(zip(report.metrics, facts["metrics"], strict=True)):
        assert (metric.task, metric.name, metric.variant) == (known["task"], known["metric"], None)
        assert (metric.value, metric.stderr, metric.n) == (known["value"], known["stderr"], known["n_scored"])
        assert metric.direction == known["direction"]
        assert metric.pointer == f"/evaluation_results/{place}/score_details/score"
        assert document["evaluation_results"][place]["score_details"]["score"] == metric.value


def test_the_rows_of_a_record_are_those_that_it_was_written_with() -> None:
    (name,) = (name for name in RECORDS if "sidecar" in EXPECTED[name])
    sidecar = EXPECTED[name]["sidecar"]
    rows = (FOLDER / "eee" / sidecar["file"]).read_bytes()
    assert hashlib.sha256(rows).hexdigest() == sidecar["declared_checksum"]
    report = read((FOLDER / name).read_bytes(), rows)
    assert (report.rows_note is None) is sidecar["checksum_matches"]
    assert report.rows_sha256 == sidecar["sha256"]
    (metric,) = report.metrics
    assert len(metric.items) == sidecar["lines"] == sidecar["declared_rows"]
    assert (metric.items[0].native_id, metric.recomputed) == ("demo_0001", 1.0)


@pytest.mark.parametrize("name", RUNS)
def test_a_run_of_helm_says_what_is_known_of_it(name: str) -> None:
    facts, report = EXPECTED[name], helm(name)
    assert (report.format, report.tool_version, report.status) == ("HELM", facts["tool_version"], facts["status"])
    assert (report.model, report.adapter) == (facts["model_id"], facts["adapter_id"])
    assert (report.started_at, report.limit) == (facts["started_at"], facts["limit"])
    (task,) = {metric.task for metric in report.metrics}
    model = facts["model_id"].replace("/", "_")
    assert facts["task"] in (f"{task},model={model}", f"{task}:model={model}")
    for known in facts["metrics"]:
        metric = metric_of(report, known["metric"], known["variant"])
        assert (metric.value, metric.n, metric.direction) == (known["value"], known["n_scored"], known["direction"])
        assert metric.stderr is None  # the deviation of one mean says nothing
        assert metric.recomputed == pytest.approx(known["recomputed_from_rows"], abs=1e-12)
        assert len(metric.items) == known["n_scored"] > 0


@pytest.mark.parametrize("name", RUNS)
def test_no_real_answer_contradicts_its_score(name: str) -> None:
    assert not [item for metric in helm(name).metrics for item in metric.items if item.contradicts]


def test_the_state_of_a_run_identifies_its_instances_by_their_texts() -> None:
    (with_state,) = (name for name in RUNS if (FOLDER / name / "scenario_state.json").is_file())
    report, ids_alone = helm(with_state), helm(next(name for name in RUNS if name != with_state))
    assert (report.hashed, ids_alone.hashed) == (False, True)
    assert metric_of(report, "exact_match", "test").rescored == "text"
    assert metric_of(ids_alone, "exact_match", "test").rescored is None
    assert any("scenario_state.json" in warning for warning in ids_alone.warnings)


@pytest.mark.parametrize("file", ["per_instance_stats.json", "run_spec.json", "scenario_state.json"])
def test_any_file_of_a_run_leads_to_the_others(file: str) -> None:
    (name,) = (name for name in RUNS if (FOLDER / name / "scenario_state.json").is_file())
    assert helm(name, file) == helm(name)


@pytest.mark.parametrize("file", ["per_instance_stats.json", "run_spec.json"])
def test_a_file_of_a_run_without_its_numbers_is_answered_with_the_file_that_holds_them(file: str) -> None:
    fact = evals.read((FOLDER / RUNS[0] / file).read_bytes(), None)
    assert isinstance(fact, Unavailable)
    assert f"the `{file}` of a HELM run" in fact.reason
    assert "Link `stats.json`" in (fact.fix or "")


def test_an_edited_mean_is_not_what_the_instances_give() -> None:
    stats = json.loads((FOLDER / RUNS[0] / "stats.json").read_text())
    (own,) = (s for s in stats if s["name"] == {"name": "exact_match", "split": "test"})
    own["mean"] = 0.9
    metric = metric_of(read(json.dumps(stats).encode(), beside=FOLDER / RUNS[0]), "exact_match", "test")
    assert (metric.value, metric.recomputed) == (0.9, pytest.approx(1 / 9))


def test_a_model_card_claims_what_is_known_of_it() -> None:
    facts, report = EXPECTED[CARD], read((FOLDER / CARD).read_bytes())
    assert facts["status"] == "claim only"
    assert report.claims_only
    assert (report.run, report.model) == (facts["model_id"], facts["base_model"])
    assert (report.started_at, report.adapter, report.has_rows) == (facts["started_at"], facts["adapter_id"], False)
    for metric, known in zip(report.metrics, facts["metrics"], strict=True):
        assert (metric.task, metric.name, metric.variant) == (known["dataset"], known["metric"], known.get("split"))
        assert (metric.value, metric.n, metric.direction) == (known["value"], known["n_scored"], known["direction"])
    expected_warning: list[Any] = [m["expect_warning"] for m in facts["metrics"] if "expect_warning" in m]
    assert len(expected_warning) == 1
    assert any(w.startswith("percentages or shares? 71.5") and "0.715" in w for w in report.warnings)


def test_a_pointer_of_git_lfs_is_not_the_artifact() -> None:
    (name,) = (name for name in EXPECTED if name.startswith("git-lfs/"))
    fact = evals.read((FOLDER / name).read_bytes(), None)
    assert isinstance(fact, Unavailable)
    assert fact.trouble is Trouble.DEFINITIVE
    assert fact.reason == (
        f"The artifact is a pointer of Git LFS, not the file itself (of {EXPECTED[name]['size']:,} bytes)."
    )
