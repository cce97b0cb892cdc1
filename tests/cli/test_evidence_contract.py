"""Can a program rely on what `tunegate evidence eval --json` writes, whatever file it is given, also when it fails?"""

import gzip
import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bot.cli import main
from bot.sources import evals
from tests.cli.test_evidence import KEYS, METRIC_KEYS
from tests.sources.corpus import CORPUS, ROOT, expected
from tests.sources.lm_eval_files import Run, sample

Said = tuple[int, str, str]
Ask = Callable[..., Said]
HELD: dict[str, Any] = {"id": "a", "input": "one", "target": "1", "output": "1"}
TWO = [{"name": "exact_match", "value": 1.0, "n": 1}, {"name": "f1", "value": 1.0, "n": 1}]


@pytest.fixture
def ask(capsys: pytest.CaptureFixture[str]) -> Ask:
    def run(*arguments: object) -> Said:
        code = main(["evidence", "eval", *map(str, arguments), "--json"])
        said = capsys.readouterr()
        return code, said.out, said.err

    return run


def held(said: Said) -> dict[str, Any] | None:
    """Hold an answer to the contract: one document with these keys, or nothing and two lines."""
    code, out, err = said
    lines = [line for line in err.splitlines() if not line.startswith(("warning: ", "reading "))]
    if code != 0:
        assert out == ""
        assert code in (1, 2)
        assert 1 <= len(lines) <= 2
        assert lines[0].startswith("tunegate evidence: ")
        assert all(line.startswith("  ") for line in lines[1:])
        return None
    assert lines == []
    found: dict[str, Any] = json.loads(out, parse_constant=pytest.fail)
    assert found.keys() == KEYS
    assert all(metric.keys() == METRIC_KEYS for metric in found["metrics"])
    assert [f"warning: {warning}" for warning in found["warnings"]] == [
        line for line in err.splitlines() if line.startswith("warning: ")
    ]
    return found


def native(path: Path, *metrics: dict[str, Any], **more: Any) -> Path:
    path.write_text(json.dumps({"format": "tunegate-eval/1", "metrics": list(metrics or TWO[:1])} | more))
    return path


def rows(path: Path, *scores: dict[str, Any]) -> Path:
    path.write_text("".join(json.dumps(HELD | more) + "\n" for more in scores or ({"score": 1},)))
    return path


def test_every_real_artifact_is_answered_as_programs_expect(ask: Ask) -> None:
    expected("evals")
    formats, nameless = set(), 0
    for path in sorted(path for path in (CORPUS / "evals").rglob("*") if path.is_file()):
        found = held(ask(path))
        if found is not None:
            formats.add(found["format"])
            nameless += sum(metric["name"] is None for metric in found["metrics"])
    assert formats == {
        "DeepEval", "Every Eval Ever", "HELM", "Hugging Face model card", "Inspect", "MLflow", "Ragas", "lm-eval",
        "logged table", "promptfoo",
    }  # fmt: skip
    assert nameless > 0


def test_every_real_artifact_is_answered_too_where_rows_are_not_its_own(ask: Ask, tmp_path: Path) -> None:
    expected("evals")
    foreign = rows(tmp_path / "rows.jsonl")
    answers = [
        held(ask(path, "--rows", foreign))
        for path in sorted(path for path in (CORPUS / "evals").rglob("*") if path.is_file())
    ]
    assert not any(answers)  # none of them swallows rows in silence


def test_a_format_that_takes_no_rows_says_what_to_do(ask: Ask, tmp_path: Path) -> None:
    table = tmp_path / "result.csv"
    table.write_text("user_input,response,reference,exact_match\nq,a,a,1\n")
    found = held(ask(table))
    assert found is not None
    assert found["format"] == "Ragas"
    code, out, err = ask(table, "--rows", rows(tmp_path / "rows.jsonl"))
    assert (code, out) == (1, "")
    assert err.splitlines() == [
        "tunegate evidence: Rows are linked, but a file of Ragas holds its rows itself.",
        "  Leave `rows` out, and link this file alone.",
    ]


def two_runs(path: Path) -> Path:
    results: list[dict[str, Any]] = [
        {"provider": {"id": "p", "label": label}, "success": score == 1, "score": score, "vars": {"q": f"case {n}"},
         "promptIdx": score, "testIdx": n}
        for label, score in (("base", 0), ("tuned", 1))
        for n in range(2)
    ]  # fmt: skip
    path.write_text("".join(json.dumps(row) + "\n" for row in results))
    return path


def test_of_several_runs_what_differs_is_null_and_a_warning_names_them(ask: Ask, tmp_path: Path) -> None:
    path = two_runs(tmp_path / "runs.jsonl")
    found = held(ask(path))
    assert found is not None
    assert {metric["subject"] for metric in found["metrics"]} == {"base", "tuned"}
    assert found["warnings"][0] == "the file holds 2 runs: `base`, `tuned`; what differs between them is null"
    one = held(ask(path, "--run", "tuned"))
    assert one is not None
    assert {metric["subject"] for metric in one["metrics"]} == {"tuned"}
    assert not any("runs" in warning for warning in one["warnings"])
    code, out, err = ask(path, "--run", "nope")
    assert (code, out) == (1, "")
    assert err.splitlines() == ["tunegate evidence: The file holds no run `nope`.", "  It holds: base, tuned."]


def test_a_run_is_not_asked_for_by_name_where_there_is_one_without(ask: Ask, tmp_path: Path) -> None:
    code, out, err = ask(native(tmp_path / "a.json"), "--run", "base")
    assert (code, out) == (1, "")
    assert err.splitlines()[1] == "  Leave `--run` out."


@pytest.mark.parametrize("as_rows", [False, True])
def test_a_folder_is_answered_by_its_files(ask: Ask, tmp_path: Path, as_rows: bool) -> None:
    artifact = native(tmp_path / "b.json")
    rows(tmp_path / "a.jsonl")
    code, out, err = ask(artifact, "--rows", tmp_path) if as_rows else ask(tmp_path)
    assert (code, out) == (2, "")
    assert err.splitlines() == [
        f"tunegate evidence: {tmp_path} is a folder, not a file of results or rows.",
        "  Name one of its files: a.jsonl, b.json",
    ]


@pytest.mark.parametrize(
    ("name", "begin", "what", "todo"),
    [
        ("r.jsonl.gz", gzip.compress(b"{}", mtime=0), "compressed by gzip", "`gunzip --keep r.jsonl.gz`"),
        ("r.jsonl.zst", b"\x28\xb5\x2f\xfd rest", "compressed by zstd", "`unzstd r.jsonl.zst`"),
        ("r.parquet", b"PAR1 rest", "Parquet", "JSONL"),
    ],
)
@pytest.mark.parametrize("as_rows", [False, True])
def test_a_packed_file_is_told_as_such(
    ask: Ask, tmp_path: Path, name: str, begin: bytes, what: str, todo: str, as_rows: bool
) -> None:
    packed, artifact = tmp_path / name, native(tmp_path / "a.json")
    packed.write_bytes(begin)
    code, out, err = ask(artifact, "--rows", packed) if as_rows else ask(packed)
    assert (code, out) == (1, "")
    first, second = err.splitlines()
    assert first == f"tunegate evidence: {packed} is {what}, which is not read."
    assert todo in second


def test_rows_in_a_zip_are_told_as_such_though_a_log_of_inspect_is_one(ask: Ask, tmp_path: Path) -> None:
    packed = tmp_path / "r.zip"
    packed.write_bytes(b"PK\x03\x04 rest")
    code, out, err = ask(native(tmp_path / "a.json"), "--rows", packed)
    assert (code, out) == (1, "")
    assert "is a zip archive" in err.splitlines()[0]
    assert "`unzip r.zip`" in err.splitlines()[1]


@pytest.mark.parametrize("as_rows", [False, True])
def test_a_file_beyond_the_limit_is_not_even_read(ask: Ask, tmp_path: Path, as_rows: bool) -> None:
    large, artifact = tmp_path / "large.jsonl", native(tmp_path / "a.json")
    with large.open("wb") as file:
        file.truncate(200_000_000)  # holds no blocks
    code, out, err = ask(artifact, "--rows", large) if as_rows else ask(large)
    assert (code, out) == (2, "")
    first, second = err.splitlines()
    assert first == f"tunegate evidence: {large} has 200,000,000 bytes; at most 100,000,000 are read."
    assert "Write fewer rows" in second


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes here")
@pytest.mark.parametrize("most", [10, 1_000])
def test_a_pipe_is_read_up_to_the_limit(ask: Ask, tmp_path: Path, most: int, monkeypatch: pytest.MonkeyPatch) -> None:
    pipe, artifact = tmp_path / "pipe", native(tmp_path / "a.json")
    content = rows(tmp_path / "r.jsonl").read_bytes()
    if most < len(content):
        artifact.write_text("{}")
    monkeypatch.setattr(evals, "MAX_ROWS_BYTES", most)
    os.mkfifo(pipe)

    def write() -> None:
        pipe.write_bytes(content)

    writer = threading.Thread(target=write, daemon=True)
    writer.start()
    found = ask(artifact, "--rows", pipe)
    writer.join(10)
    if most < len(content):
        assert found[:2] == (2, "")
        assert f"has more bytes; at most {most:,} are read" in found[2]
    else:
        document = held(found)
        assert document is not None
        assert document["metrics"][0]["recomputed"] == 1.0


def test_rows_of_two_metrics_may_lie_in_two_files_but_those_of_one_may_not(ask: Ask, tmp_path: Path) -> None:
    artifact = native(tmp_path / "a.json", *TWO)
    exact = rows(tmp_path / "exact.jsonl", {"scores": {"exact_match": 1}})
    f1 = rows(tmp_path / "f1.jsonl", {"scores": {"f1": 1}})
    both = held(ask(artifact, "--rows", exact, "--rows", f1))
    assert both is not None
    assert [metric["recomputed"] for metric in both["metrics"]] == [1.0, 1.0]
    code, out, err = ask(artifact, "--rows", exact, "--rows", exact)
    assert (code, out) == (1, "")
    assert "Two files hold rows of */exact_match/*" in err
    assert "into one file" in err.splitlines()[1]


def test_what_no_key_is_for_stands_among_the_warnings(ask: Ask, tmp_path: Path) -> None:
    artifact = native(tmp_path / "a.json", mock=True, limit=50)
    found = held(ask(artifact, "--rows", rows(tmp_path / "r.jsonl", {"score": 0}, {"error": "timeout"})))
    assert found is not None
    assert found["warnings"] == [
        "a mock model answered",
        "the run was cut to 50 items",
        "of 2 rows 1 errored",
        "1 row contradicts its score of exact_match: a",
    ]


def test_rows_without_texts_are_an_aggregate(ask: Ask, tmp_path: Path) -> None:
    artifact, hashed = native(tmp_path / "a.json"), tmp_path / "r.jsonl"
    hashed.write_text(json.dumps({"item": "a" * 64, "score": 1}) + "\n")
    found = held(ask(artifact, "--rows", hashed))
    assert found is not None
    assert (found["grade"], found["items"], found["metrics"][0]["recomputed"]) == ("C", 1, 1.0)
    assert any("digests or ids and no texts" in warning for warning in found["warnings"])
    plain = held(ask(artifact, "--rows", rows(tmp_path / "p.jsonl")))
    assert plain is not None
    assert plain["grade"] == "B"


def test_no_number_is_written_as_null(ask: Ask, tmp_path: Path) -> None:
    artifact = tmp_path / "results.json"
    run = json.loads(Run([sample(n) for n in range(4)]).artifact())
    run["results"]["tickets"]["exact_match,none"] = None
    artifact.write_text(json.dumps(run))
    found = held(ask(artifact))
    assert found is not None
    assert found["metrics"][0]["value"] is None


def test_a_name_that_no_file_can_have_is_a_matter_of_usage(ask: Ask) -> None:
    code, out, err = ask("a" * 5_000)
    assert (code, out) == (2, "")
    assert err.count("\n") == 1


@pytest.mark.parametrize("as_json", [False, True])
def test_an_alphabet_that_the_terminal_lacks_stops_nothing(tmp_path: Path, as_json: bool) -> None:
    artifact = native(tmp_path / "a.json", {"name": "точность", "value": 1.0, "n": 1})
    command = [sys.executable, "-m", "bot", "evidence", "eval", str(artifact), *(["--json"] if as_json else [])]
    done = subprocess.run(
        command, capture_output=True, cwd=ROOT, env=os.environ | {"PYTHONIOENCODING": "ascii"}, check=False
    )
    assert (done.returncode, done.stderr) == (0, b"")
    assert b"\\u0442\\u043e" in done.stdout
    if as_json:
        assert json.loads(done.stdout)["metrics"][0]["name"] == "точность"


def test_people_read_each_warning_once(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    hashed = tmp_path / "r.jsonl"
    hashed.write_text(json.dumps({"item": "a" * 64, "score": 1}) + "\n")
    assert main(["evidence", "eval", str(native(tmp_path / "a.json")), "--rows", str(hashed)]) == 0
    said = capsys.readouterr()
    assert (said.out + said.err).count("digests or ids") == 1
