"""Is what should stand in no data set found by kind and line, and is what only looks like it left alone?"""

import random
import re
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.readiness.data_profile import DataProfile
from bot.sources.datasets import numbers, profile
from bot.sources.datasets.scan import Example
from bot.sources.datasets.secrets import Secrets

DRAW = random.Random(3)


def made(alphabet: str, length: int) -> str:
    """Make up the random part of a key, so that no key stands in this file."""
    return "".join(DRAW.choice(alphabet) for _ in range(length))


WORD = string.ascii_letters + string.digits
UPPER = string.ascii_uppercase + string.digits
KEYS = {
    "AWS access key": "AK" + "IA" + made(UPPER, 16),
    "GitHub token": "gh" + "p_" + made(WORD, 36),
    "GitLab token": "glp" + "at-" + made(WORD, 20),
    "Slack token": "xo" + "xb-" + made(string.digits, 12) + "-" + made(WORD, 24),
    "Stripe key": "sk_" + "live_" + made(WORD, 24),
    "API key of a model provider": "s" + "k-ant-" + made(WORD, 40),
    "Google API key": "AI" + "za" + made(WORD, 35),
    "private key": "-----BEGIN RSA " + "PRIVATE KEY-----",
    "JSON web token": ".".join(("ey" + "J" + made(WORD, 20), "ey" + "J" + made(WORD, 40), made(WORD, 43))),
    "password in an address": "postgresql://service:" + made(WORD, 16) + "@db.internal/main",
}
PERSONAL = {
    "e-mail address": "anna.costa@" + "posteo.de",
    "US social security number": "219-" + "09-" + "9998",
    "payment card number": "4111 1111 " + "1111 1111",
    "IBAN": "DE89 3704 0044 " + "0532 0130 00",
}


def spotted(*texts: str) -> dict[str, tuple[int, tuple[int, ...]]]:
    looking = Secrets()
    for line, text in enumerate(texts, 1):
        looking.see(line, Example(text, "an answer"))
    found = looking.found()
    return {each.kind: (each.rows, each.lines) for each in (*found["secrets"], *found["personal"])}


@pytest.mark.parametrize("kind", [*KEYS, *PERSONAL])
def test_each_kind_is_found_at_its_lines(kind: str) -> None:
    text = {**KEYS, **PERSONAL}[kind]
    assert spotted("nothing here", f"my key is {text}, keep it", text, "nor here")[kind] == (2, (2, 3))


def test_a_find_is_looked_for_in_the_answer_too() -> None:
    looking = Secrets()
    looking.see(1, Example("What is it?", KEYS["GitHub token"]))
    looking.see(2, Example("Which?", "this one", rejected=KEYS["Slack token"]))
    assert [(each.kind, each.lines) for each in looking.found()["secrets"]] == [
        ("GitHub token", (1,)),
        ("Slack token", (2,)),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "AK" + "IAIOSFODNN7EXAMPLE",
        "gh" + "p_" + "x" * 36,
        "s" + "k-your-api-key-goes-right-here",
        "postgresql://user:password_placeholder@host/db",
        "https://example.org/a:b@c",
        "git@" + "github.com:acme/router.git is an address",
        "write to someone@example.com or a@b.test",
        "order 4111 1111 1111 1112",
        "ids 1234567890123456 and 0000000000000000",
        "2026-11-25 12:30:45.123456 +0000",
        "tel. 000-12-3456",
        "a sk-etch, ask-me-anything, task-1",
        "commit 0123456789abcdef0123456789abcdef01234567",
        "GB12 is a road, GB82 WEST 1234 5698 7654 33 is mistyped",
        "eyJhbGciOiJIUzI1NiJ9 alone is no token",
    ],
)
def test_what_only_looks_like_it_is_left_alone(text: str) -> None:
    found = spotted(text)
    found.pop("e-mail address", None) if text.startswith("git@") else None
    assert found == {}


def test_the_first_twenty_lines_are_kept_and_all_rows_counted() -> None:
    rows, lines = spotted(*[KEYS["AWS access key"]] * 50)["AWS access key"]
    assert (rows, lines) == (50, tuple(range(1, 21)))


@given(st.text(max_size=400))
def test_no_text_raises(text: str) -> None:
    spotted(text)


def test_a_profile_says_what_was_spotted_and_never_the_text() -> None:
    row = '{"messages": [{"role": "user", "content": "Use %s"}, {"role": "assistant", "content": "ok"}]}\n'
    found = profile((row % KEYS["AWS access key"]).encode(), "openai-chat", "sft")
    assert isinstance(found, DataProfile)
    assert [each.kind for each in found.secrets] == ["AWS access key"]
    assert KEYS["AWS access key"] not in repr(found)


def test_what_the_instructions_of_all_rows_hold_is_told_of_each() -> None:
    looking = Secrets()
    system = f"Use the key {KEYS['GitHub token']} for all."
    for line in (1, 2, 3):
        looking.see(line, Example(f"{system} Ticket {line}. ", "an answer", user=f"Ticket {line}.", system=system))
    assert [(each.kind, each.rows, each.lines) for each in looking.found()["secrets"]] == [
        ("GitHub token", 3, (1, 2, 3))
    ]


def test_what_begins_in_the_instructions_and_ends_after_them_is_found() -> None:
    looking = Secrets()
    system = "You pay with the card 3782"
    for line in (1, 2):
        looking.see(line, Example(f"{system} 822463 10005 please. ", "ok", user="822463 10005 please.", system=system))
    assert [(each.kind, each.rows) for each in looking.found()["personal"]] == [("payment card number", 2)]


def test_of_many_rows_each_find_is_told_at_its_line() -> None:
    looking = Secrets()
    kinds = {name: text for name, text in {**KEYS, **PERSONAL}.items() if name != "password in an address"}
    expected: dict[str, list[int]] = {}
    for line in range(1, 601):
        kind = DRAW.choice([*kinds, *[""] * 60])
        text = f"{'words of a ticket ' * DRAW.randint(1, 40)}{kinds.get(kind, 'and 12-34 at 2026-1-5')}"
        looking.see(line, Example(f"{text} ", "ok", user=text))
        if kind:
            expected.setdefault(kind, []).append(line)
    found = looking.found()
    assert {each.kind: list(each.lines) for each in (*found["secrets"], *found["personal"])} == expected


@given(st.lists(st.text("019 -AZaé日", max_size=24), max_size=6))
def test_no_text_with_the_shape_of_a_number_is_passed_over(texts: list[str]) -> None:
    shape = re.compile(r"[0-9]{3}[ -][0-9]{2}|[0-9]{13}|[A-Z]{2}[0-9]{2}")
    assert numbers.perhaps(texts) == {place for place, text in enumerate(texts) if shape.search(text)}
