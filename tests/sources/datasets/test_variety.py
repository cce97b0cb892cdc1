"""Are inputs of one template seen, and others not taken for them?"""

import random

import pytest

from bot.sources.datasets.scan import Example
from bot.sources.datasets.variety import Variety, distinct_2, variety

NAMES = ["Anna", "Bert", "Clara Miller", "\u00c9mile", "Olga O'Neill"]
WORDS = [
    "parcel",
    "lamp",
    "late",
    "broken",
    "again",
    "blue",
    "desk",
    "order",
    "where",
    "today",
    "refund",
    "please",
    "money",
    "account",
]


def seen(*users: str, target: str | None = "ok") -> Variety:
    return variety([(line, Example(f"Be kind. {user}", target, user=user)) for line, user in enumerate(users, 1)])


def said(rng: random.Random, words: int = 12) -> str:
    return " ".join(rng.choice(WORDS) for _ in range(words))


def test_inputs_that_differ_in_names_and_numbers_are_of_one_template() -> None:
    rng = random.Random(1)
    free = [said(rng) for _ in range(20)]
    made = [f"Where is order {n} of {NAMES[n % 5]}, sent on 2026-11-{n:02}?" for n in range(1, 31)]
    found = seen(*free, *made)
    assert (found.inputs, found.template, found.line) == (50, 30, 21)


def test_instructions_that_all_inputs_share_are_no_template() -> None:
    rng = random.Random(1)
    before = "Read the ticket below and answer with one of the labels that follow, nothing else: refund, delivery. "
    after = "\nAnswer with the label only, in lower case and without a full stop, please, as was said above."
    found = seen(*(f"{before}{said(rng)}{after}" for _ in range(40)))
    assert (found.inputs, found.template) == (40, 1)
    assert seen(*(f"{before * 300}{n}" for n in range(40))).inputs == 1  # beyond what is looked at


def test_an_input_counts_once_however_many_answers_it_has() -> None:
    rng = random.Random(1)
    asked = [said(rng) for _ in range(10)]
    found = seen(*(asked * 8))
    assert (found.rows, found.inputs, found.template) == (80, 10, 1)


@pytest.mark.parametrize(
    "text",
    ['{{"pressure": {n}, "valve": "open"}}', "<row id='{n}'>a valve is open</row>", "| {n} | a valve is open |", "Order {n}", "{n}, {n}"],
)  # fmt: skip
def test_data_and_bare_numbers_are_no_template(text: str) -> None:
    assert seen(*(text.format(n=n) for n in range(20))).template == 1


def test_a_long_input_is_nobodys_template() -> None:
    assert seen(*(f"Order {n}: " + "the lamp is broken again and " * 40 for n in range(5))).template == 1


def test_thumbs_down_are_no_answers_of_the_set() -> None:
    rows = [(n, Example("q", said(random.Random(n), 50), user=f"q{n}", wanted=n % 2 == 0)) for n in range(60)]
    assert variety(rows).answer_bigrams is None  # 30 x 49 pairs are too few; all 60 would be enough


def test_without_a_users_words_the_whole_context_is_the_input() -> None:
    assert variety([(n, Example(f"text {n}", None)) for n in range(5)]).inputs == 5


def test_distinct_2_is_the_share_of_different_neighbours() -> None:
    assert distinct_2(["a b a b a"] * 1_000) == pytest.approx(2 / 4_000)
    assert distinct_2([" ".join(f"w{n}" for n in range(k * 100, k * 100 + 101)) for k in range(30)]) == 1
    assert distinct_2(["too few words"]) is None
    assert distinct_2(["\u6211\u4eec\u4eca\u5929\u53d1\u8d27" * 20] * 30) == pytest.approx(6 / (119 * 30))


def test_the_share_is_taken_over_the_same_number_of_words() -> None:
    texts = [said(random.Random(n), 150) for n in range(2_000)]
    assert distinct_2(texts) == distinct_2(texts[:200])
