"""Are rows that are nearly alike found, all of them, and no honest set taken for copies?"""

import json
import random
import subprocess
import sys
from collections.abc import Sequence
from itertools import combinations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.readiness.data_profile import DataProfile
from bot.sources import datasets
from bot.sources.datasets.near import ALIKE, Rows, near_duplicates
from bot.sources.datasets.words import Words

DRAW = random.Random(5)
VOCABULARY = [
    a + b + c
    for a in ("ba", "co", "du", "fe", "gi")
    for b in ("lar", "men", "tos", "ruk")
    for c in ("a", "in", "ed", "o")
]
PROMPT = "You sort the tickets of a shop. " + " ".join(
    f"Rule {n}: category {n} is for matters of kind {n}." for n in range(40)
)


def text(words: int) -> str:
    return " ".join(DRAW.choices(VOCABULARY, k=words))


def edited(words: str, count: int = 2) -> str:
    own = words.split()
    for at in DRAW.sample(range(len(own)), count):
        own[at] = f"x{DRAW.randrange(10**9)}"
    return " ".join(own)


def chat(asked: str, answer: str, system: str = "Sort the ticket.") -> dict[str, Any]:
    roles = (("system", system), ("user", asked), ("assistant", answer))
    return {"messages": [{"role": role, "content": content} for role, content in roles if content]}


def looked(rows: Sequence[dict[str, Any]], form: str = "openai-chat", method: str = "sft") -> DataProfile:
    found = datasets.profile("\n".join(map(json.dumps, rows)).encode(), form, method)
    assert isinstance(found, DataProfile), found
    return found


def alike(one: str, two: str) -> float:
    first, second = ({tuple(w[n : n + 3]) for n in range(len(w) - 2)} for w in (one.split(), two.split()))
    return len(first & second) / len(first | second)


def test_rows_with_two_words_changed_are_found() -> None:
    texts = [text(DRAW.randint(35, 75)) for _ in range(1_500)]
    copies = [edited(words) for words in texts]
    answers = [f"label {DRAW.randrange(20)}" for _ in texts]
    found = looked([*map(chat, texts, answers), *map(chat, copies, answers)])
    near = sum(alike(one, two) >= ALIKE for one, two in zip(texts, copies, strict=True))
    assert 0.99 * near <= found.near_duplicates <= near
    assert found.lost["near_duplicate"] == found.near_duplicates
    assert found.effective == 3_000 - found.near_duplicates


def test_the_later_row_is_named_with_the_line_of_the_first() -> None:
    kept = text(40)
    rows = [chat(text(40), "refund") for _ in range(20)]
    rows[6], rows[11], rows[15] = chat(kept, "refund"), chat(edited(kept, 1), "refund"), chat(edited(kept, 1), "refund")
    found = looked(rows)
    assert [(each.code, each.line) for each in found.losses] == [("near_duplicate", 12), ("near_duplicate", 16)]
    assert all("line 7:" in each.message for each in found.losses)


def test_another_answer_makes_another_example() -> None:
    texts = [text(40) for _ in range(100)]
    rows = [*(chat(words, "refund") for words in texts), *(chat(edited(words, 1), "delivery") for words in texts)]
    assert looked(rows).near_duplicates == 0


@pytest.mark.parametrize("system", ["", "Sort.", PROMPT])
def test_short_questions_under_one_prompt_are_different_ones(system: str) -> None:
    rows = [chat(text(DRAW.randint(2, 6)), DRAW.choice(("refund", "delivery")), system) for _ in range(400)]
    found = looked(rows)
    assert found.near_duplicates <= 0.01 * found.valid  # few of them happen to be nearly the same


def test_texts_within_one_template_are_different_ones() -> None:
    rows = [chat(f"{PROMPT} The ticket: {text(12)}. Answer with one word.", "refund", "") for _ in range(300)]
    assert looked(rows).near_duplicates == 0


def test_a_few_rows_with_words_changed_are_no_large_set() -> None:
    seeds = [text(50) for _ in range(4)]
    rows = [chat(edited(DRAW.choice(seeds), 1), "refund", PROMPT) for _ in range(600)]
    assert looked(rows).effective <= 0.1 * len(rows)


def test_passages_differ_where_questions_do_not() -> None:
    rows = [chat("Is this allowed? Answer yes or no.", "yes", f"The contract says: {text(60)}") for _ in range(200)]
    assert looked(rows).near_duplicates == 0


def test_several_answers_to_one_question_are_several_examples() -> None:
    questions = [text(30) for _ in range(100)]
    assert looked([chat(q, text(25)) for q in questions for _ in range(4)]).near_duplicates == 0


def test_of_preferences_the_pair_counts_and_of_thumbs_the_thumb() -> None:
    asked, good, bad = text(30), text(60), text(30)
    pairs = [{"prompt": asked, "chosen": good, "rejected": text(30)} for _ in range(20)]
    assert looked(pairs, "trl", "dpo").near_duplicates == 0
    pairs = [{"prompt": asked, "chosen": edited(good, 1), "rejected": bad} for _ in range(20)]
    assert looked(pairs, "trl", "dpo").near_duplicates == 19
    thumbs = [{"prompt": asked, "completion": edited(good, 1), "label": n == 0} for n in range(10)]
    assert looked(thumbs, "kto", "kto").near_duplicates == 8


def test_scripts_without_blanks_are_compared_character_by_character() -> None:
    signs = [chr(code) for code in range(0x4E00, 0x4E00 + 400)]
    texts = ["".join(DRAW.choices(signs, k=60)) for _ in range(50)]
    rows = [*(chat(words, "好") for words in texts), *(chat(words[:30] + "新" + words[31:], "好") for words in texts)]
    assert looked(rows).near_duplicates == 50


def test_the_same_file_gives_the_same_rows_in_every_process() -> None:
    seeds = [text(40) for _ in range(30)]
    rows = [chat(edited(DRAW.choice(seeds), DRAW.randint(1, 4)), "refund") for _ in range(200)]
    code = "import sys; from bot.sources import datasets; print(datasets.profile(sys.stdin.buffer.read(), 'auto', 'sft').losses)"
    raw = "\n".join(map(json.dumps, rows)).encode()
    said = {
        subprocess.run([sys.executable, "-c", code], input=raw, capture_output=True, check=True).stdout
        for _ in range(2)
    }
    assert len(said) == 1


@given(st.lists(st.lists(st.sampled_from("abcdefgh"), max_size=12).map(" ".join), max_size=30, unique=True))
def test_each_row_is_alike_to_the_earlier_one_that_stays(texts: list[str]) -> None:
    rows = Rows()
    words = Words(rows.take)
    for line, one in enumerate(texts):
        words.add(line, one.encode(), b"", b"same")
    words.finish()
    near = near_duplicates(rows)
    assert all(first < row and first not in near for row, first in near.items())


@given(st.lists(st.text(max_size=60), max_size=20))
def test_no_text_raises(texts: list[str]) -> None:
    found = looked([chat(one or "?", one or "!") for one in texts]) if texts else None
    if found is not None:
        assert found.effective == found.rows - sum(found.lost.values())
        assert found.effective >= (1 if found.valid else 0)


def test_two_rows_are_enough() -> None:
    kept = text(40)
    for one, two in combinations([kept, edited(kept, 1)], 2):
        assert looked([chat(one, "refund"), chat(two, "refund")]).near_duplicates == 1


def test_of_very_many_short_rows_none_is_taken_for_another() -> None:
    rows = Rows()
    words = Words(rows.take)
    for line in range(200_000):  # among so many, 32 bits of a hash are the same for some (two, as it happens)
        words.add(line, b"ticket %d" % line, b"", b"refund")
    words.finish()
    assert near_duplicates(rows) == {}
