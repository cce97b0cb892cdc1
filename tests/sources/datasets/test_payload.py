"""Is a fact that no input holds seen, and nothing else taken for one?"""

import json
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.readiness.data_profile import DataProfile, Signal
from bot.sources.datasets import profile
from bot.sources.datasets.payload import SAMPLE, Payload
from bot.sources.datasets.scan import Example

DRAW = random.Random(5)
NAMES = [
    f"{a}{b}"
    for a in ("Alder", "Birch", "Cedar", "Dogwood", "Elm", "Fir")
    for b in ("bank", "field", "gate", "mill", "wick")
]


def judged(*rows: tuple[str, str, str]) -> Signal:
    """Judge rows of instructions, question and answer."""
    roles = ("system", "user", "assistant")
    lines = [
        json.dumps({"messages": [{"role": r, "content": c} for r, c in zip(roles, row, strict=True)]}) for row in rows
    ]
    found = profile("\n".join(lines).encode(), "openai-chat", "sft")
    assert isinstance(found, DataProfile)
    assert found.signal is not None
    return found.signal


def fact(n: int) -> tuple[str, str]:
    return (
        f"Who supplies part {n}?",
        f"{NAMES[n % 30]} of {NAMES[n * 7 % 30]}road {n * 13} supplies it since {1900 + n % 120}.",
    )


def test_facts_that_stand_nowhere_are_knowledge_with_their_lines() -> None:
    found = judged(*(("Answer.", *fact(n)) for n in range(300)))
    assert found.verdict == "knowledge"
    line, words = found.lines[0]
    assert 1 <= line <= 300
    assert 1 <= len(words) <= 5


def test_the_same_facts_with_their_passage_are_behavior() -> None:
    found = judged(*(("Answer from the passage: " + fact(n)[1], *fact(n)) for n in range(300)))
    assert (found.verdict, found.novelty, found.lines) == ("behavior", 0.0, ())


def test_facts_in_a_skin_of_json_are_knowledge_all_the_same() -> None:
    found = judged(
        *(("Answer in JSON.", fact(n)[0], json.dumps({"answer": fact(n)[1], "ok": True})) for n in range(300))
    )
    assert found.verdict == "knowledge"


@pytest.mark.parametrize("share", [0.0, 0.1, 0.3, 0.7])
def test_the_share_of_rows_with_facts_is_the_share_that_was_mixed_in(share: float) -> None:
    facts = [("Answer.", *fact(n)) for n in range(int(400 * share))]
    plain = [("Sort it.", f"My parcel {n} is late", "delivery") for n in range(400 - len(facts))]
    assert judged(*facts, *plain).rows_with == pytest.approx(share, abs=0.02)


def test_labels_and_templates_are_no_facts() -> None:
    found = judged(
        *(("Sort it.", f"Ticket {n} speaks of money", DRAW.choice(("refund", "delivery", "login"))) for n in range(300))
    )
    assert (found.verdict, found.novelty) == ("behavior", 0.0)


def test_below_200_rows_nothing_is_said() -> None:
    assert judged(*(("Answer.", *fact(n)) for n in range(199))).verdict == "too_few"


def test_of_a_large_set_a_sample_is_looked_at_whatever_its_order() -> None:
    rows = [Example(f"Answer. {fact(n)[0]}", fact(n)[1], user=fact(n)[0]) for n in range(SAMPLE + 2_000)]

    def looked(order: list[Example]) -> Signal:
        looking = Payload()
        for line, row in enumerate(order, 1):
            looking.see(line, row)
        found = looking.found()["signal"]
        assert isinstance(found, Signal)
        return found

    one, other = looked(rows), looked(rows[::-1])
    assert one.rows == SAMPLE
    assert (one.novelty, one.rows_with, one.distinct) == (other.novelty, other.rows_with, other.distinct)


def test_rows_without_an_answer_give_no_signal() -> None:
    looking = Payload()
    looking.see(1, Example("a text", None))
    assert looking.found() == {"signal": None}


@given(st.lists(st.tuples(st.text(max_size=60), st.text(max_size=60)), max_size=20))
def test_no_text_raises(rows: list[tuple[str, str]]) -> None:
    looking = Payload()
    for line, (asked, answer) in enumerate(rows, 1):
        looking.see(line, Example(asked, answer, user=asked))
    looking.found()
