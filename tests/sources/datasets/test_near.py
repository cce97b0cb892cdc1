"""Are rows that are nearly alike found, all of them, and no honest set taken for copies?"""

import json
import random
import subprocess
import sys
from collections.abc import Sequence
from itertools import combinations
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.readiness.data_profile import DataProfile
from bot.sources import datasets
from bot.sources.datasets.compared import ALIKE, Compared
from bot.sources.datasets.near import Rows, near_duplicates
from bot.sources.datasets.recurring import Recurring
from bot.sources.datasets.words import Piece, Words

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


FEW_WORDS = st.lists(st.sampled_from("abc"), max_size=7).map(" ".join)


@given(st.lists(st.tuples(FEW_WORDS, FEW_WORDS, FEW_WORDS, st.booleans()), min_size=2, max_size=12))
def test_pairs_are_compared_at_once_as_one_by_one(rows: list[tuple[str, str, str, bool]]) -> None:
    pieces: list[Piece] = []
    words = Words(pieces.append)
    for line, (system, user, answer, mark) in enumerate(rows):
        context = f"{system} {user}".strip()
        words.add(line, context.encode(), user.encode(), answer.encode(), mark)
    words.finish()
    (piece,) = pieces
    spans = (each.runs(3) for each in (piece.context, piece.user, piece.answer))
    by_user = np.array([line % 3 == 0 for line in range(len(rows))])
    template = np.sort(piece.threes[:2])
    compared = Compared(piece.threes, *spans, piece.marks.astype(np.int64), by_user, template)
    pairs = np.array(list(combinations(range(len(rows)), 2)), np.int64)
    at_once = compared.pairs(pairs[:, 0], pairs[:, 1]).tolist()
    assert at_once == [compared.alike(first, second) for first, second in pairs.tolist()]


@given(st.lists(st.lists(st.integers(0, 40), max_size=20), max_size=10))
def test_a_run_that_comes_again_is_known(pieces: list[list[int]]) -> None:
    runs = [run for piece in pieces for run in piece]
    recurring = Recurring((np.array(piece, np.uint32) for piece in pieces), len(runs))
    # few runs among many places: none is taken for another
    assert recurring.among(np.array(runs, np.uint32)).tolist() == [runs.count(run) > 1 for run in runs]


@pytest.mark.parametrize("system", ["", "Sort.", PROMPT])
@pytest.mark.parametrize("length", [2, 5, 25])
def test_no_pair_is_missed_for_the_words_that_only_one_of_it_has(system: str, length: int) -> None:
    # the longer one has all runs of the shorter one, and no more of its own than a row that is alike may have
    questions = [text(length + 60) for _ in range(40)]
    longer = [
        " ".join([question, *(f"x{n}y{each}" for each in range((length + 58) * 3 // 7))])
        for n, question in enumerate(questions)
    ]
    short = [chat(f"x{n}a x{n}b", "refund", system) for n in range(40)]
    assert all(alike(one, two) >= ALIKE for one, two in zip(questions, longer, strict=True))
    found = looked([*(chat(each, "refund", system) for each in (*questions, *longer)), *short])
    assert 39 <= found.near_duplicates <= 40  # MinHash may miss one of thousands


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
