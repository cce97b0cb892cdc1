"""Does `tunegate evidence eval` show a log of Inspect in both of its forms, also one whose run failed?"""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from bot.cli import main
from tests.sources.evals.inspect_made import FOUR, archive, data, log, packed, sample


@pytest.mark.parametrize(("name", "write"), [("run.eval", packed), ("run.json", data)])
def test_both_forms_are_shown(name: str, write: object, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert callable(write)
    (tmp_path / name).write_bytes(write(log(samples=[*FOUR[:3], sample(3, "C", answer="other")])))
    assert main(["evidence", "eval", str(tmp_path / name), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    (metric,) = found["metrics"]
    assert found["warnings"] == ["1 row contradicts its score of tickets / accuracy / match: t3"]
    assert (found["format"], found["status"], found["grade"], found["items"]) == ("Inspect", "complete", "B", 4)
    assert (metric["value"], metric["recomputed"]) == (0.5, 0.75)


def test_a_run_that_failed_is_shown_as_such_and_not_as_a_file_without_the_metric(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "run.eval"
    path.write_bytes(packed(log(status="error", results=None)))
    assert main(["evidence", "eval", str(path)]) == 0
    assert "Inspect 0.3.285: one run, error, grade C" in capsys.readouterr().out
    assert main(["evidence", "eval", str(path), "--metric", "accuracy"]) == 1
    assert "No metric fits" in capsys.readouterr().err


def test_a_file_that_says_nothing_is_told_in_two_lines(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "run.eval"
    path.write_bytes(archive())
    assert main(["evidence", "eval", str(path)]) == 1
    path.write_bytes(packed(log())[:-5])
    capsys.readouterr()
    assert main(["evidence", "eval", str(path)]) == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith("tunegate evidence: The log is cut short")
    assert said.err.count("\n") == 2


def test_the_unpacking_library_is_imported_for_packed_logs_only() -> None:
    code = "import sys, bot.sources.evals; print([name for name in sys.modules if 'zstd' in name])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
