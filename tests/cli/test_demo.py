"""Does `tunegate demo --once --json` run anywhere, say one JSON array, and leave nothing behind?"""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

KEYS = ["repository", "number", "head_sha", "conclusion", "title", "verdict", "items", "annotations"]


@pytest.fixture
def place() -> Iterator[Path]:
    """A folder that every account may enter, for root hands PostgreSQL to another one."""
    with tempfile.TemporaryDirectory(prefix="tg-") as made:
        Path(made).chmod(0o711)
        yield Path(made)


def test_the_demo_gets_its_three_verdicts_in_an_empty_folder(place: Path) -> None:
    temporary, empty = place / "t", place / "empty"
    temporary.mkdir(mode=0o711)
    empty.mkdir()
    done = subprocess.run(
        [sys.executable, "-m", "bot", "demo", "--once", "--json"],
        cwd=empty,
        env={**os.environ, "TMPDIR": str(temporary), "PYTHONPATH": str(Path(__file__).resolve().parents[2])},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    shown = json.loads(done.stdout)
    assert [list(entry) for entry in shown] == [KEYS] * 3
    assert [entry["conclusion"] for entry in shown] == ["success", "failure", "failure"]
    assert [entry["verdict"] for entry in shown] == ["ready", "not_yet", "not_yet"]
    assert all(set(entry["items"]) == {"eval", "behavior", "data", "owner", "cost"} for entry in shown)
    annotations = [annotation for entry in shown for annotation in entry["annotations"]]
    assert len(annotations) >= 2
    assert all(list(a) == ["path", "line", "level", "message"] for a in annotations)
    assert list(empty.iterdir()) == []
    assert list(temporary.iterdir()) == []


def test_json_goes_with_once() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "bot", "demo", "--json"], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 2
    assert "--once" in done.stderr
