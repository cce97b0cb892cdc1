"""Is a training row that is in the held-out set found, and no other blamed for the words that all rows share?"""

import json
import random
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.readiness.data_profile import DataProfile
from bot.readiness.fact import Trouble
from bot.sources import normalise
from bot.sources.datasets import profile

DRAW = random.Random(11)
WORDS = [
    f"{a}{b}"
    for a in ("bel", "cor", "dan", "fer", "gol", "hes", "jin", "kra", "lom", "nur")
    for b in ("ap", "it", "os", "um", "ek", "an")
]


def ticket(words: int = 40) -> str:
    return " ".join(DRAW.choices(WORDS, k=words))


def chat(
    asked: str,
    answer: str = "refund",
    system: str = "Sort the ticket into one of six categories, as JSON and nothing else.",
) -> str:
    roles = (("system", system), ("user", asked), ("assistant", answer))
    return json.dumps({"messages": [{"role": role, "content": content} for role, content in roles if content]})


def held(*asked: str) -> bytes:
    return "".join(json.dumps({"input": text, "target": "refund"}) + "\n" for text in asked).encode()


def looked(rows: Sequence[str], holdout: bytes) -> DataProfile:
    found = profile("\n".join(rows).encode(), "openai-chat", "sft", {"holdout": holdout})
    assert isinstance(found, DataProfile)
    return found


SET = [ticket() for _ in range(300)]
CLEAN = [chat(ticket()) for _ in range(600)]


def test_rows_that_share_only_their_prompt_are_not_blamed() -> None:
    found = looked(CLEAN, held(*SET))
    assert (found.leaked, found.leaked_items, found.held_out) == (0, (), 300)


def test_the_same_question_is_found_whatever_its_case_and_blanks() -> None:
    found = looked([*CLEAN, chat(SET[7].upper() + "  !"), chat(SET[9])], held(*SET))
    assert (found.leaked, found.leaked_lines) == (2, (601, 602))
    assert set(found.leaked_items) == {normalise.key(SET[7], "refund"), normalise.key(SET[9], "refund")}


def test_thirteen_words_in_a_row_are_found_within_another_text() -> None:
    part = " ".join(SET[3].split()[10:23])
    found = looked([*CLEAN, chat(f"{ticket(10)} {part} {ticket(10)}")], held(*SET))
    assert (found.leaked, found.leaked_lines, found.leaked_items) == (1, (601,), (normalise.key(SET[3], "refund"),))


def test_twelve_words_in_a_row_are_none() -> None:
    part = " ".join(SET[3].split()[10:22])
    assert looked([*CLEAN, chat(f"{ticket(10)} {part} {ticket(10)}")], held(*SET)).leaked == 0


def test_of_short_items_eight_words_tell_when_they_are_most_of_it() -> None:
    short = ticket(10)
    found = looked([*CLEAN, chat(f"{ticket(5)} {' '.join(short.split()[1:9])}")], held(*SET, short))
    assert found.leaked_items == (normalise.key(short, "refund"),)
    longer = f"{short} {ticket(4)}"  # of which they are hardly more than half
    assert looked([*CLEAN, chat(f"{ticket(5)} {' '.join(short.split()[1:9])}")], held(*SET, longer)).leaked == 0


def test_a_form_that_all_users_fill_in_is_cut_out() -> None:
    form = "Dear support team, I am writing to you because of the order that I placed in your shop on"
    found = looked([chat(f"{form} {ticket()}") for _ in range(400)], held(*(f"{form} {text}" for text in SET)))
    assert found.leaked == 0


def test_planted_leaks_are_all_found_and_nothing_else() -> None:
    planted = DRAW.sample(range(300), 40)
    rows = CLEAN + [chat(f"{ticket(6)} {' '.join(SET[n].split()[:32])}") for n in planted]
    found = looked(rows, held(*SET))
    assert found.leaked == 40
    assert set(found.leaked_items) == {normalise.key(SET[n], "refund") for n in planted}


def test_a_held_out_set_of_chat_rows_is_read_too() -> None:
    found = looked([*CLEAN, chat(SET[0])], "\n".join(chat(text) for text in SET).encode())
    assert found.leaked_items == (normalise.key(SET[0], "refund"),)


@pytest.mark.parametrize("raw", [b"", b'{"a": 1}\n', b"[1]", b"\xff\xfe", b'{"input": ""}\n'])
def test_a_held_out_set_that_cannot_be_read_is_told_and_the_rows_are_counted_all_the_same(raw: bytes) -> None:
    found = looked(CLEAN[:3], raw)
    assert (found.rows, found.leaked) == (3, None)
    assert found.holdout is not None
    assert found.holdout.trouble is Trouble.DEFINITIVE
    assert found.holdout.fix


@given(st.lists(st.text(max_size=80), min_size=1, max_size=8), st.lists(st.text(max_size=80), max_size=8))
def test_no_text_raises(items: list[str], rows: list[str]) -> None:
    found = profile("\n".join(map(chat, rows)).encode(), "openai-chat", "sft", {"holdout": held(*items)})
    if isinstance(found, DataProfile) and found.holdout is None:
        assert found.leaked is not None
        assert found.leaked <= found.valid
        asked = {normalise.normal(text) for text in items} - {b""}
        assert found.leaked >= sum(
            1 for text in rows if normalise.has_words(normalise.normal(text)) and normalise.normal(text) in asked
        )


SYLLABLES = [chr(code) for code in range(0xAC00, 0xAC00 + 300)]


def korean(words: int) -> str:
    return " ".join("".join(DRAW.choices(SYLLABLES, k=DRAW.randint(2, 4))) for _ in range(words))


def test_what_a_user_begins_with_is_looked_at_in_scripts_whose_words_have_blanks_between_them() -> None:
    asked = [korean(12) for _ in range(30)]
    rows = [chat(korean(30)) for _ in range(100)]
    found = looked([*rows, chat(f"{asked[4]} {korean(25)}")], held(*asked))
    assert (found.leaked, found.leaked_lines) == (1, (101,))


@pytest.mark.parametrize("system", ["", "Sort the ticket."])
@pytest.mark.parametrize("words", [1, 2, 3, 9, 14, 21])
def test_the_part_of_an_item_is_found_wherever_it_stands(system: str, words: int) -> None:
    asked = ticket(24)
    part = " ".join(asked.split()[:words])
    rows = [
        chat(each, system=system)
        for each in (f"{part} {ticket(9)}", f"{ticket(9)} {part}", f"{ticket(4)} {part} {ticket(4)}")
    ]
    found = looked([*CLEAN, *rows], held(asked, *SET[:20]))
    assert found.leaked_lines == ((601, 602, 603) if words >= 13 else ())
