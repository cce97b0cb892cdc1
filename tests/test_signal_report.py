"""Are the labelled sets always the same, fairly spread, and does the page on the signal say what they say?"""

import hashlib
import os
import subprocess
import sys
from collections import Counter

import pytest

from benchmarks.signal import report, sets, stress
from benchmarks.signal.__main__ import MADE, PAGE, PUBLIC, marks, put
from benchmarks.signal.rows import LabelledSet
from bot.readiness.data_profile import Signal
from tests.sources.corpus import expected

DIGEST = "import hashlib; from benchmarks.signal import sets; print(hashlib.sha256(b''.join(s.raw() for s in sets.made())).hexdigest())"


@pytest.fixture(scope="module")
def made() -> tuple[LabelledSet, ...]:
    return tuple(sets.made())


@pytest.fixture(scope="module")
def judged() -> list[report.Judged]:
    return report.made()


@pytest.fixture(scope="module")
def said(judged: list[report.Judged]) -> dict[str, Signal]:
    return {one.name: one.signal for one in judged}


def test_the_sets_are_the_same_in_every_process(made: tuple[LabelledSet, ...]) -> None:
    environment = os.environ | {"PYTHONPATH": str(sets.ROOT), "PYTHONHASHSEED": "7"}
    other = subprocess.run(
        [sys.executable, "-c", DIGEST], env=environment, cwd=sets.ROOT, capture_output=True, text=True, check=True
    )
    assert other.stdout.strip() == hashlib.sha256(b"".join(one.raw() for one in made)).hexdigest()


def test_labels_tongues_and_formats_are_spread(made: tuple[LabelledSet, ...]) -> None:
    plain = [one for one in made if one.group == "plain"]
    labels = Counter(one.label for one in plain)
    assert min(labels["knowledge"], labels["behavior"]) >= 25
    assert len(plain) >= 60
    for label in ("knowledge", "behavior"):
        assert len({one.tongue for one in plain if one.label == label}) >= 10
        assert {one.form for one in plain if one.label == label} == {"openai-chat", "alpaca", "sharegpt"}
    assert len({one.name for one in made}) == len(made)


@pytest.mark.parametrize(
    ("name", "verdict"),
    [
        ("hr_policy", "knowledge"),
        ("facts_ar", "knowledge"),
        ("long_instructions_biographies", "knowledge"),
        ("right_passage_biographies", "behavior"),
        ("few_rows_biographies", "too_few"),
        ("extraction_json", "behavior"),
        ("passage_zh", "behavior"),
        ("keyword_lookup", "review"),
        ("cipher_translation", "review"),
    ],
)
def test_some_sets_come_out_as_they_are_meant(name: str, verdict: str, said: dict[str, Signal]) -> None:
    assert said[name].verdict == verdict


def test_the_share_of_facts_that_was_mixed_in_is_measured(said: dict[str, Signal]) -> None:
    for share in stress.SHARES:
        assert said[f"mixture_{round(100 * share)}_house_reply"].rows_with == pytest.approx(share, abs=0.02)


def test_the_page_says_what_the_sets_say(judged: list[report.Judged]) -> None:
    text = (sets.ROOT / PAGE).read_text()
    assert put(text, MADE, report.of_made(judged)) == text, "stale: run `python -m benchmarks.signal --write`"


def test_the_page_says_what_the_public_sets_say() -> None:
    assert expected("datasets")  # skips where there is no corpus; where there is one, its sets are judged
    public = report.public()
    assert public
    text = (sets.ROOT / PAGE).read_text()
    assert put(text, PUBLIC, report.of_public(public)) == text, "stale: run `python -m benchmarks.signal --write`"


def test_a_block_is_put_between_its_marks_only() -> None:
    begin, end = marks("made")
    page = f"before\n{begin}\nold\n{end}\nafter"
    assert put(page, "made", "new") == f"before\n{begin}\n\nnew\n\n{end}\nafter"


def test_a_share_has_its_interval() -> None:
    assert report.share(8, 10) == "8/10 = 0.80 (0.49 to 0.94)"
    assert report.share(0, 0) == "none said"
