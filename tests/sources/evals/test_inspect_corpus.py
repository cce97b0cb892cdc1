"""Do we find in real logs of Inspect what is known of them, and notice when they were edited?"""

import io
import json
from contextlib import closing
from typing import Any

import pytest
from backports.zstd import zipfile

from bot.readiness.eval_report import EvalReport
from bot.sources import evals
from bot.sources.reading_process import ReadingProcesses
from tests.sources.corpus import CORPUS, expected

LOGS = {name: facts for name, facts in expected("evals").items() if name.startswith("inspect/")}
PACKED = [name for name in LOGS if name.endswith("n100.eval")]


def read(artifact: bytes) -> EvalReport:
    report = evals.read(artifact, None)
    assert isinstance(report, EvalReport), report
    return report


def real(name: str) -> EvalReport:
    return read((CORPUS / "evals" / name).read_bytes())


def rewritten(name: str, **changes: Any) -> bytes:
    """Write a log anew with other members, as Inspect's own writer packs them."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(CORPUS / "evals" / name) as old,
        zipfile.ZipFile(out, "w", zipfile.ZIP_ZSTANDARD) as new,
    ):
        for info in old.infolist():
            content = old.read(info)
            if (change := changes.get(info.filename.removesuffix(".json"))) is not None:
                content = json.dumps(change(json.loads(content))).encode()
            new.writestr(info.filename, content)
    return out.getvalue()


@pytest.mark.parametrize("name", LOGS)
def test_a_log_says_what_is_known_of_it(name: str) -> None:
    facts, report = LOGS[name], real(name)
    assert (report.format, report.tool_version, report.status) == (
        "Inspect",
        facts["tool_version"],
        facts["status"],
    )
    assert (report.model, report.adapter, report.mock) == (
        facts["model_id"],
        facts["adapter_id"],
        facts["dummy_or_mock"],
    )
    assert (report.started_at, report.finished_at, report.limit) == (
        facts["started_at"],
        facts["finished_at"],
        facts["limit"],
    )
    assert report.has_rows == (facts["rows_in_file"] > 0)
    assert (report.rows_note, report.run, report.warnings) == (None, None, ())


@pytest.mark.parametrize("name", LOGS)
def test_its_metrics_have_the_known_values_and_rows(name: str) -> None:
    facts, report = LOGS[name], real(name)
    found = {(metric.task, metric.name, metric.variant): metric for metric in report.metrics}
    assert found.keys() == {(known["task"], known["metric"], known["variant"]) for known in facts["metrics"]}
    for known in facts["metrics"]:
        metric = found[known["task"], known["metric"], known["variant"]]
        assert (metric.value, metric.stderr, metric.n) == (known["value"], known["stderr"], known["n_scored"])
        assert metric.n != facts["declared_dataset_samples"] or known["n_total"] == metric.n
        assert metric.direction == known["direction"]
        assert len(metric.items) == known["item_count"] == len({item.native_id for item in metric.items})
        assert sum(item.errored for item in metric.items) == facts["rows_with_error"]
        assert not any(item.contradicts for item in metric.items)
        if known["recomputed_from_rows"] is None:
            assert metric.recomputed is None
        else:
            assert metric.recomputed == pytest.approx(known["recomputed_from_rows"], abs=1e-12)


def test_baseline_and_tuned_run_are_of_the_same_items() -> None:
    one, other = (real(name) for name in PACKED)
    assert one.holdout_digest == other.holdout_digest is not None
    assert one.scorer == other.scorer is not None
    assert {item.key for item in one.metrics[0].items} == {item.key for item in other.metrics[0].items}


def test_items_are_distinct_by_what_was_asked_and_not_by_the_tools_id() -> None:
    with zipfile.ZipFile(CORPUS / "evals" / PACKED[0]) as log:
        asked = {(one["input"], one["target"]) for one in json.loads(log.read("summaries.json"))}
    for metric in real(PACKED[0]).metrics:
        assert len({item.key for item in metric.items}) == len(asked) < len(metric.items)


def test_the_judge_is_the_grader_that_the_scorer_names() -> None:
    assert real("inspect/eee_data_with_llm_scoring.json").judge == "google/gemini-2.0-flash-001"
    assert real(PACKED[0]).judge is None


@pytest.mark.parametrize("name", PACKED)
def test_an_edited_value_is_not_what_its_rows_give(name: str) -> None:
    def edit(head: Any) -> Any:
        head["results"]["scores"][0]["metrics"]["accuracy"]["value"] -= 0.1
        return head

    metric = read(rewritten(name, header=edit)).metrics[0]
    assert metric.recomputed is not None
    assert metric.value is not None
    assert metric.recomputed - metric.value == pytest.approx(0.1)


@pytest.mark.parametrize("name", PACKED)
def test_an_edited_score_contradicts_its_answer(name: str) -> None:
    def edit(summaries: Any) -> Any:
        wrong = next(one for one in summaries if one["scores"]["match"]["value"] == "I")
        wrong["scores"]["match"]["value"] = wrong["scores"]["includes"]["value"] = "C"
        return summaries

    report = read(rewritten(name, summaries=edit))
    for metric in report.metrics:
        assert metric.recomputed == pytest.approx((metric.value or 0) + 0.01)
        assert sum(item.contradicts for item in metric.items) == 1


@pytest.mark.parametrize("name", PACKED)
def test_missing_samples_are_noticed(name: str) -> None:
    report = read(rewritten(name, summaries=lambda summaries: summaries[:-7]))
    assert report.rows_note == "the log holds 93 of the 100 samples that it says were completed"
    assert all(not metric.items for metric in report.metrics)


def test_a_log_goes_through_the_reading_process_as_the_bytes_that_it_is() -> None:
    artifact = (CORPUS / "evals" / PACKED[0]).read_bytes()
    with closing(ReadingProcesses(count=1)) as processes:
        assert processes.eval_report(artifact, None) == read(artifact)
