"""When are two texts the same example?"""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.sources.normalise import key, normal


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ("Where is my parcel?", "where is   my parcel"),
        ("Where is my parcel?", "Where is my\nparcel …"),
        ("STRASSE", "straße"),
        ("ﬁne　print", "fine print"),
        ("Ａ１", "a1"),
        ("e\u0301te\u0301", "été"),
        ("zero\u200bwidth", "zerowidth"),
    ],
)
def test_form_does_not_tell_examples_apart(one: str, two: str) -> None:
    assert normal(one) == normal(two)
    assert key(one, "refund") == key(two, "Refund.")


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ("refund", "refunds"),
        ("order 12", "order 13"),
        ("numpy.bool", "numpy.bool_"),
        ("राम की", "राम का"),  # vowels are marks
        ("😀", "😡"),  # texts without words keep their signs
        ("<=", ">="),
    ],
)
def test_content_does(one: str, two: str) -> None:
    assert normal(one) != normal(two)


def test_nothing_moves_from_the_input_to_the_target() -> None:
    assert key("a b", "c") != key("a", "b c")
    assert key("😀\n😡", "🎉") != key("😀", "😡\n🎉")


@given(st.text())
def test_a_normal_form_is_one_line_whatever_the_text(text: str) -> None:
    assert b"\n" not in normal(text)
    assert normal(f"  {text}\n") == normal(text)


@given(st.text(alphabet=st.characters(max_codepoint=127)))
def test_plain_and_full_text_go_the_same_way(text: str) -> None:
    # a letter beyond ASCII takes the other path through the same rules
    assert normal(f"{text} д") == (
        normal(text) + b" \xd0\xb4" if any(map(str.isalnum, text.replace("_", "a"))) else "д".encode()
    )


SHOWN_AS_NOTHING = [
    "\u2065", "\ufff0", "\U000e0001", "\U000e0fff", "\x01", "\x7f", "\x9f", "\u0e31", "\u064b\u064b", "\u0483",
]  # fmt: skip


@pytest.mark.parametrize("slipped", SHOWN_AS_NOTHING)
def test_a_sign_that_shows_as_nothing_on_a_latin_letter_makes_no_other_text(slipped: str) -> None:
    assert normal(f"ref{slipped}und") == normal("refund")


@pytest.mark.parametrize(
    ("one", "other"), [("a\tb", "ab"), ("\u1000\u103c\u103d\u1031\u1038", "\u1000\u103c\u103d\u1038")]
)
def test_blanks_and_marks_of_a_script_tell_texts_apart(one: str, other: str) -> None:
    assert normal(one) != normal(other)


@pytest.mark.parametrize("slipped", ["\u200b", "\x01", "\u3164", "\ufe0f"])
def test_a_text_without_words_is_no_other_one_for_a_sign_that_shows_as_nothing(slipped: str) -> None:
    assert normal(f"?{slipped}!") == normal("?!")


@pytest.mark.parametrize("text", ["\u0e01\u0e34", "\u0628\u064e", "\u044f\u0483"])
def test_a_mark_repeated_on_its_letter_makes_no_other_text(text: str) -> None:
    assert normal(text + text[-1] * 3) == normal(text)


def test_only_so_many_marks_on_one_letter_are_told_apart() -> None:
    marks = "".join(map(chr, range(0x0E34, 0x0E3A)))
    assert normal("\u0e01" + marks) == normal("\u0e01" + marks[:-1])
    assert len({normal("\u0e01" + marks[:n]) for n in range(6)}) == 6


def test_every_sign_of_format_and_control_shows_as_nothing() -> None:
    signs = (chr(code) for code in range(0x110000) if unicodedata.category(chr(code)) in ("Cf", "Cc"))
    left = [
        f"U+{ord(sign):04X}" for sign in signs if not sign.isspace() and normal(f"a{sign}b\u00e9") != normal("ab\u00e9")
    ]
    assert left == []
