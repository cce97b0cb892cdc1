"""Do we count real training files as they were counted independently, and blame none of their rows?"""

import gzip

import pytest

from bot.readiness.data_profile import DataProfile
from bot.sources import datasets
from tests.sources.corpus import CORPUS, expected

EXPECTED = {name: facts for name, facts in expected("datasets").items() if not name.startswith("_")}
CHAT = [name for name, facts in EXPECTED.items() if facts["profile"] == "openai-chat SFT"]


def content(name: str) -> bytes:
    raw = (CORPUS / "datasets" / name).read_bytes()
    return gzip.decompress(raw) if name.endswith(".gz") else raw


def profile(name: str, form: str = "openai-chat") -> DataProfile:
    found = datasets.profile(content(name), form, "sft")
    assert isinstance(found, DataProfile), found
    return found


@pytest.mark.parametrize("name", CHAT)
def test_rows_and_copies_are_counted_as_known(name: str) -> None:
    found = profile(name)
    assert (found.rows, found.duplicates) == (EXPECTED[name]["rows"], EXPECTED[name]["exact_duplicate_rows"])
    assert (found.valid, found.faults) == (found.rows, ())
    assert found.lost["duplicate"] == found.duplicates
    assert found.effective == found.rows - sum(found.lost.values())
    # sets that are made from templates hold rows that differ in a name; none is taken for a set of copies
    assert found.near_duplicates <= 0.25 * found.rows


@pytest.mark.parametrize("name", CHAT)
def test_the_format_is_told_by_the_rows(name: str) -> None:
    assert profile(name, "auto") == profile(name)


@pytest.mark.parametrize(
    ("name", "labels"),
    [
        ("blind_clinc_domain_label.jsonl.gz", 10),
        ("w_ticket_priority_label.jsonl", 4),
        ("blind_covid_question_similarity.jsonl.gz", 2),
    ],
)
def test_labels_are_a_closed_set(name: str, labels: int) -> None:
    found = profile(name)
    assert found.closed_set
    assert len(found.labels) == labels
    assert sum(label.rows for label in found.labels) == found.rows - found.duplicates


@pytest.mark.parametrize(
    "name", ["p_gsm8k_reasoning.jsonl.gz", "p_covid_faq.jsonl.gz", "w_tone_polite.jsonl", "p_text2sql_atis.jsonl.gz"]
)
def test_free_answers_are_no_closed_set(name: str) -> None:
    found = profile(name)
    assert not found.closed_set
    assert found.labels == ()
