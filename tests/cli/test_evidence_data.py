"""Does `tunegate evidence data` say what the bot sees in a training file, to people and to programs?"""

import json
import os
import pty
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, get_args

import pytest

from bot.cli import _PROFILES, main
from bot.readiness.schema.data import Train

Evidence = Callable[..., tuple[int, str, str]]
KEYS = {
    "profile", "rows", "valid", "effective", "waterfall", "faults", "exact_duplicates", "near_duplicates", "conflicts", "leaked",
    "signal", "digest", "seconds",
}  # fmt: skip


@pytest.fixture
def evidence(capsys: pytest.CaptureFixture[str]) -> Evidence:
    def run(*arguments: object) -> tuple[int, str, str]:
        code = main(["evidence", "data", *map(str, arguments)])
        said = capsys.readouterr()
        return code, said.out, said.err

    return run


def chat(asked: str, answer: str) -> str:
    return json.dumps({"messages": [{"role": "user", "content": asked}, {"role": "assistant", "content": answer}]})


@pytest.fixture
def train(tmp_path: Path) -> Path:
    rows = [chat(f"Where is parcel {n} of this week, please?", "delivery") for n in range(30)]
    rows += [rows[3], chat("Where is parcel 4 of this week, please?", "refund"), *["{half"] * 25]
    path = tmp_path / "train.jsonl"
    path.write_text("\n".join(rows) + "\n")
    return path


def test_the_document_has_every_key_and_every_faulty_row(evidence: Evidence, train: Path) -> None:
    code, out, err = evidence(train, "--json")
    found: dict[str, Any] = json.loads(out)
    assert (code, err) == (0, "")
    assert found.keys() >= KEYS
    assert (found["profile"], found["rows"], found["valid"], found["effective"]) == ("openai-chat", 57, 32, 31)
    assert (found["exact_duplicates"], found["conflicts"], found["leaked"]) == (1, 1, None)
    assert [fault["line"] for fault in found["faults"]] == list(range(31, 58))
    assert [fault["code"] for fault in found["faults"]] == ["duplicate", "conflict", *["json"] * 25]
    assert "line 4" in found["faults"][0]["message"]
    assert "line 5" in found["faults"][1]["message"]
    assert found["signal"]["verdict"] == "too_few"
    assert [(step["step"], step["rows"]) for step in found["waterfall"]] == [
        ("rows", 57),
        ("fault", 32),
        ("duplicate", 31),
        ("near_duplicate", 31),
        ("leak", 31),
        ("conflict", 31),
        ("effective", 31),
    ]


def test_rows_of_the_held_out_set_are_found(evidence: Evidence, train: Path, tmp_path: Path) -> None:
    holdout = tmp_path / "holdout.jsonl"
    holdout.write_text(json.dumps({"input": "WHERE is parcel 7 of this week, please", "target": "delivery"}) + "\n")
    code, out, _ = evidence(train, "--holdout", holdout)
    assert code == 0
    assert "held-out items              1  of 1 are in these rows" in out
    assert "and 7 more; --json lists them all" in out


def test_what_cannot_be_read_is_1_and_nothing_on_stdout(evidence: Evidence, train: Path, tmp_path: Path) -> None:
    assert evidence(train, "--method", "dpo")[:2] == (1, "")
    holdout = tmp_path / "holdout.jsonl"
    holdout.write_text("[]")
    code, out, err = evidence(train, "--holdout", holdout)
    assert (code, "held-out set is empty" in err) == (1, True)
    assert "57 rows" in out  # the rows are told all the same


def test_a_file_that_is_not_there_is_2(evidence: Evidence, tmp_path: Path) -> None:
    code, out, err = evidence(tmp_path / "none.jsonl")
    assert (code, out) == (2, "")
    assert "No such file" in err


def test_the_formats_are_those_of_a_proposal() -> None:
    assert set(_PROFILES) == set(get_args(Train.model_fields["format"].annotation))


def test_a_terminal_is_shown_how_far_it_is_and_stdout_stays_one_document(tmp_path: Path) -> None:
    path = tmp_path / "train.jsonl"
    path.write_text("".join(chat(f"Where is parcel {n}? {'x' * 400}", "delivery") + "\n" for n in range(11_000)))
    master, slave = pty.openpty()
    command = [sys.executable, "-m", "bot", "evidence", "data", str(path), "--json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=slave) as process:
        os.close(slave)
        said, shown = process.communicate()[0], b""
        with suppress(OSError):  # the other end is closed
            while piece := os.read(master, 65_536):
                shown += piece
    os.close(master)
    assert json.loads(said)["rows"] == 11_000
    assert b"5,000 rows" in shown
    assert b"%" in shown
