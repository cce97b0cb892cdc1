"""Do we find in real artifacts of real tools what is known of them, and notice when they were edited?"""

import json
from typing import Any

import pytest

from bot.readiness.eval_report import EvalMetric, EvalReport
from bot.sources import evals
from tests.sources.corpus import CORPUS, expected

EXPECTED = expected("evals")
FOLDER = CORPUS / "evals"
LM_EVAL = {name: facts for name, facts in EXPECTED.items() if name.startswith("lm-eval/")}
WHOLE = {
    name: facts for name, facts in LM_EVAL.items() if all(s["task_hash_reproduced"] for s in facts["samples"].values())
}


def files_of(name: str) -> tuple[bytes, bytes]:
    (samples,) = EXPECTED[name]["samples_files"].values()
    return (FOLDER / name).read_bytes(), (FOLDER / "lm-eval" / samples).read_bytes()


def read(artifact: bytes, rows: bytes | None) -> EvalReport:
    report = evals.read(artifact, rows, None)
    assert isinstance(report, EvalReport), report
    return report


def metric_of(report: EvalReport, known: dict[str, Any]) -> EvalMetric:
    (found,) = (
        m for m in report.metrics if (m.task, m.name, m.variant) == (known["task"], known["metric"], known["variant"])
    )
    return found


@pytest.mark.parametrize("name", LM_EVAL)
def test_a_run_of_lm_eval_says_what_is_known_of_it(name: str) -> None:
    facts, report = EXPECTED[name], read(*files_of(name))
    assert (report.format, report.tool_version, report.status) == ("lm-eval", facts["tool_version"], facts["status"])
    assert (report.model, report.adapter) == (facts["model_id"], facts["adapter_id"])
    assert (report.started_at, report.limit, report.mock) == (
        facts["started_at"],
        facts["limit"],
        facts["dummy_or_mock"],
    )
    assert len(report.metrics) == len(facts["metrics"])
    for known in facts["metrics"]:
        metric = metric_of(report, known)
        assert (metric.value, metric.stderr, metric.n) == (known["value"], known["stderr"], known["n_scored"])
        assert metric.direction == known["direction"]


@pytest.mark.parametrize("name", WHOLE)
def test_whole_rows_reproduce_hashes_and_values(name: str) -> None:
    report = read(*files_of(name))
    assert report.rows_note is None
    assert report.warnings == ()
    for known in EXPECTED[name]["metrics"]:
        metric = metric_of(report, known)
        assert metric.recomputed == pytest.approx(known["recomputed_from_rows"], abs=1e-9)
        assert len(metric.items) == known["item_count"]


def test_items_are_distinct_by_what_was_asked_and_not_by_the_tools_id() -> None:
    artifact, rows = files_of("lm-eval/made_baseline_results.json")
    questions = {json.loads(line)["doc"]["question"] for line in rows.splitlines()}
    metric = read(artifact, rows).metrics[0]
    assert len({item.key for item in metric.items}) == len(questions) < len(metric.items)


def test_baseline_and_tuned_run_are_of_the_same_items() -> None:
    one, two = (read(*files_of(f"lm-eval/made_{which}_results.json")) for which in ("baseline", "tuned"))
    assert [item.key for item in one.metrics[0].items] == [item.key for item in two.metrics[0].items]


def test_rows_cut_in_a_public_repository_are_incomplete_and_prove_nothing() -> None:
    name = next(iter(set(LM_EVAL) - set(WHOLE)))
    report = read(*files_of(name))
    assert report.rows_note is not None
    assert "rows are missing" in report.rows_note
    assert all(metric.recomputed is None and not metric.items for metric in report.metrics)


def edited(rows: bytes, line: int, **changes: Any) -> bytes:
    lines = rows.splitlines()
    lines[line] = json.dumps(json.loads(lines[line]) | changes, ensure_ascii=False).encode()
    return b"\n".join(lines) + b"\n"


@pytest.mark.parametrize("name", WHOLE)
def test_an_edited_value_is_not_what_its_rows_give(name: str) -> None:
    artifact, rows = files_of(name)
    document = json.loads(artifact)
    document["results"]["ticket_gen"]["exact_match,strict"] -= 0.1
    metric = read(json.dumps(document).encode(), rows).metrics[0]
    assert metric.recomputed is not None
    assert metric.value is not None
    assert metric.recomputed - metric.value == pytest.approx(0.1)


@pytest.mark.parametrize("name", WHOLE)
def test_an_edited_score_is_noticed(name: str) -> None:
    artifact, rows = files_of(name)
    line = next(n for n, text in enumerate(rows.splitlines()) if json.loads(text)["exact_match"] == 1.0)
    report = read(artifact, edited(rows, line, exact_match=0.0))
    assert any(m.recomputed is not None and m.recomputed != pytest.approx(m.value, abs=1e-4) for m in report.metrics)


@pytest.mark.parametrize("name", WHOLE)
def test_an_edited_n_is_not_the_number_of_rows(name: str) -> None:
    artifact, rows = files_of(name)
    document = json.loads(artifact)
    document["n-samples"]["ticket_gen"]["effective"] += 100
    document["n-samples"]["ticket_gen"]["original"] += 100
    metric = read(json.dumps(document).encode(), rows).metrics[0]
    assert metric.n == len(metric.items) + 100


@pytest.mark.parametrize("name", WHOLE)
def test_missing_rows_are_noticed(name: str) -> None:
    artifact, rows = files_of(name)
    note = read(artifact, b"\n".join(rows.splitlines()[:-7])).rows_note
    assert note is not None
    assert "the file holds" in note


@pytest.mark.parametrize("name", WHOLE)
def test_swapped_rows_are_noticed(name: str) -> None:
    artifact, rows = files_of(name)
    lines = rows.splitlines()
    lines[0], lines[1] = lines[1], lines[0]
    note = read(artifact, b"\n".join(lines)).rows_note
    assert note is not None
    assert "do not reproduce the task's hash" in note


@pytest.mark.parametrize("part", ["document", "prompt", "target"])
def test_an_edited_part_of_a_row_is_noticed_and_named(part: str) -> None:
    artifact, rows = files_of("lm-eval/made_baseline_results.json")
    row = json.loads(rows.splitlines()[17])
    changes = {
        "document": {"doc": row["doc"] | {"answer": "0"}},
        "prompt": {"arguments": {"gen_args_0": {"arg_0": "another question", "arg_1": {}}}},
        "target": {"target": "0"},
    }[part]
    note = read(artifact, edited(rows, 17, **changes)).rows_note
    assert note == f"in 1 of 400 rows the {part} is not the one that its hash was made from"
