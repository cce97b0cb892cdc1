"""Does a test fail for what the bot sent, and only for that? The samples, run as any test is."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.peers.npm import need
from tests.peers.openapi import DESCRIPTION

need(DESCRIPTION)

ROOT = Path(__file__).resolve().parents[2]
SAMPLES = Path(__file__).with_name("samples_of_calls.py")
NAMES = re.findall(r"^def test_(\w+)\(", SAMPLES.read_text(), re.MULTILINE)


@pytest.fixture(scope="module")
def run() -> str:
    command = [sys.executable, "-m", "pytest", str(SAMPLES), "-n", "0", "-rA"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
    return done.stdout + done.stderr


@pytest.mark.parametrize("name", NAMES)
def test_the_sample_ends_as_its_name_says(run: str, name: str) -> None:
    passed = re.search(rf"^PASSED \S+::test_{name}$", run, re.MULTILINE) is not None
    reported = re.search(rf"^ERROR \S+::test_{name}( - |$)", run, re.MULTILINE) is not None
    assert passed, run  # the test itself goes well: only afterwards it is said what was sent
    assert reported is name.startswith("wrong"), run


def test_the_report_names_the_request_and_its_problem(run: str) -> None:
    sent = r"POST http://127\.0\.0\.1:\d+/repos/acme/models/issues/5/comments \{\"text\": \"hello\"\}"
    problems = r"    body: 'body' is a required property"
    assert re.search(rf"{sent}\n{problems}\n", run), run
