"""Does `tunegate evidence eval` say what the bot sees in a file, to people and to programs?"""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bot.cli import main
from tests.sources.evals.made_records import folder, instance, spec, stat
from tests.sources.lm_eval_files import Run, sample

Evidence = Callable[..., tuple[int, str, str]]
KEYS = {
    "format", "tool_version", "status", "metrics", "items", "model", "adapter", "started_at", "finished_at", "holdout_digest",
    "grade", "warnings",
}  # fmt: skip
METRIC_KEYS = {"subject", "task", "name", "variant", "value", "stderr", "n_scored", "direction", "recomputed"}


@pytest.fixture
def evidence(capsys: pytest.CaptureFixture[str]) -> Evidence:
    def run(*arguments: object) -> tuple[int, str, str]:
        code = main(["evidence", "eval", *map(str, arguments)])
        said = capsys.readouterr()
        return code, said.out, said.err

    return run


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    run = Run([sample(n, answer="64" if n % 4 else "65") for n in range(40)])
    artifact, rows = tmp_path / "results.json", tmp_path / "samples.jsonl"
    artifact.write_bytes(run.artifact())
    rows.write_bytes(run.samples())
    return artifact, rows


def document(said: tuple[int, str, str]) -> dict[str, Any]:
    code, out, _ = said
    assert code == 0, said
    found: dict[str, Any] = json.loads(out)
    return found


def test_the_document_has_every_key_that_programs_rely_on(evidence: Evidence, files: tuple[Path, Path]) -> None:
    found = document(evidence(files[0], "--rows", files[1], "--json"))
    assert found.keys() == KEYS
    (metric,) = found["metrics"]
    assert metric.keys() == METRIC_KEYS
    assert (found["format"], found["status"], found["items"], found["grade"]) == ("lm-eval", "complete", 40, "B")
    assert (metric["task"], metric["name"], metric["variant"]) == ("tickets", "exact_match", "none")
    assert (metric["value"], metric["recomputed"], metric["n_scored"]) == (0.75, 0.75, 40)
    assert (found["holdout_digest"] or "").isalnum()
    assert found["warnings"] == []


def test_without_rows_nothing_is_recomputed_and_the_grade_is_lower(
    evidence: Evidence, files: tuple[Path, Path]
) -> None:
    found = document(evidence(files[0], "--json"))
    assert (found["items"], found["grade"], found["holdout_digest"]) == (0, "C", None)
    assert found["metrics"][0]["recomputed"] is None


@pytest.mark.parametrize("selector", ["tickets/exact_match/none", "exact_match/none", "exact_match", "*/exact_match/*"])
def test_a_metric_is_chosen_by_as_much_of_its_name_as_is_needed(
    evidence: Evidence, files: tuple[Path, Path], selector: str
) -> None:
    assert len(document(evidence(files[0], "--metric", selector, "--json"))["metrics"]) == 1


def test_a_metric_that_is_not_there_is_answered_by_those_that_are(evidence: Evidence, files: tuple[Path, Path]) -> None:
    code, out, err = evidence(files[0], "--metric", "f1", "--json")
    assert (code, out) == (1, "")
    assert "tickets/exact_match/none" in err


def test_an_edited_number_is_seen_beside_what_the_rows_give(evidence: Evidence, files: tuple[Path, Path]) -> None:
    text = files[0].read_text()
    assert '"exact_match,none": 0.75' in text
    files[0].write_text(text.replace('"exact_match,none": 0.75', '"exact_match,none": 0.55'))
    (metric,) = document(evidence(files[0], "--rows", files[1], "--json"))["metrics"]
    assert (metric["value"], metric["recomputed"]) == (0.55, 0.75)
    code, out, _ = evidence(files[0], "--rows", files[1])
    assert code == 0
    assert "0.55  (N 40; 40 rows, they give 0.75; higher is better)" in out


def test_a_flipped_score_is_named(evidence: Evidence, files: tuple[Path, Path]) -> None:
    rows = [json.loads(line) for line in files[1].read_text().splitlines()]
    rows[3]["exact_match"] = 0.0
    files[1].write_text("".join(json.dumps(row) + "\n" for row in rows))
    found = document(evidence(files[0], "--rows", files[1], "--json"))
    assert found["warnings"] == ["1 row contradicts its score of tickets / exact_match / none: 3"]


def test_warnings_go_to_stderr_and_stdout_stays_one_document(evidence: Evidence, tmp_path: Path) -> None:
    run = Run([sample(n) for n in range(5)], others={"task_hashes": {}})
    artifact, rows = tmp_path / "r.json", tmp_path / "s.jsonl"
    artifact.write_bytes(run.artifact())
    rows.write_bytes(run.samples())
    said = evidence(artifact, "--rows", rows, "--json")
    assert document(said)["warnings"]
    assert said[2].startswith("warning: no task hash")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "is empty"),
        (b"{}", "no format that is known"),
        (b"\xff\xfe", "is not UTF-8"),
        (b"[" * 100_000, "nested deeper"),
        (b'{"results": {"a": NaN}}', "NaN"),
        (b'{"a": 1e999}', "out of range"),
        (b'{"acc": 0.3, "acc": 0.9}', "twice"),
    ],
)
def test_a_file_that_says_nothing_is_told_in_two_lines(
    evidence: Evidence, tmp_path: Path, content: bytes, said: str
) -> None:
    path = tmp_path / "artifact.json"
    path.write_bytes(content)
    code, out, err = evidence(path, "--json")
    assert (code, out) == (1, "")
    what, todo = err.splitlines()
    assert said in what
    assert todo.startswith("  Link ")


def test_a_file_that_is_not_there_is_a_matter_of_usage(evidence: Evidence, tmp_path: Path) -> None:
    code, out, err = evidence(tmp_path / "nope.json")
    assert (code, out) == (2, "")
    assert "No such file" in err


def test_a_selector_without_a_name_is_refused(evidence: Evidence, files: tuple[Path, Path]) -> None:
    with pytest.raises(SystemExit) as refused:
        evidence(files[0], "--metric", "tickets/*/none")
    assert refused.value.code == 2


@pytest.mark.parametrize("named", [".", "stats.json", "per_instance_stats.json"])
def test_a_run_of_helm_is_read_from_its_folder_and_from_any_of_its_files(
    evidence: Evidence, tmp_path: Path, named: str
) -> None:
    rows = [instance("id1", stat("exact_match", 1.0)), instance("id2", stat("exact_match", 0.0))]
    for name, content in folder([stat("exact_match", 0.5)], rows, spec()).items():
        (tmp_path / name).write_bytes(content)
    found = document(evidence(tmp_path / named, "--json"))
    (metric,) = found["metrics"]
    assert (found["format"], found["model"], found["items"], found["grade"]) == ("HELM", "acme/base", 2, "C")
    assert (metric["task"], metric["variant"], metric["n_scored"]) == ("tickets:lang=en", "test", 2)
    assert (metric["value"], metric["recomputed"]) == (0.5, 0.5)


def test_a_folder_without_a_run_is_a_matter_of_usage(evidence: Evidence, tmp_path: Path) -> None:
    code, out, err = evidence(tmp_path)
    assert (code, out) == (2, "")
    assert (
        err
        == f"tunegate evidence: {tmp_path} is a folder, not a file of results or rows.\n  No file in it ends in .json or the like.\n"
    )
