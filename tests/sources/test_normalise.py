"""When are two texts the same example?"""

import pytest
from hypothesis import given, settings
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
@settings(deadline=None)
def test_a_normal_form_is_one_line_whatever_the_text(text: str) -> None:
    assert b"\n" not in normal(text)
    assert normal(f"  {text}\n") == normal(text)


@given(st.text(alphabet=st.characters(max_codepoint=127)))
def test_plain_and_full_text_go_the_same_way(text: str) -> None:
    # a letter beyond ASCII takes the other path through the same rules
    assert normal(f"{text} д") == (
        normal(text) + b" \xd0\xb4" if any(map(str.isalnum, text.replace("_", "a"))) else "д".encode()
    )
