"""Does the quick way make the very example that the format's reader makes, and leave every other row to that reader?"""

import json
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.sources.datasets import openai_chat
from bot.sources.datasets.plain_chat import quickly
from bot.sources.datasets.scan import MAX_DEPTH, MAX_ROW_BYTES, Example, Faulty, example_of

READ = openai_chat.reader("sft")
SYSTEM = {"role": "system", "content": "Sort the ticket: one word."}
USER = {"role": "user", "content": 'My parcel: "lost"?'}
ANSWER = {"role": "assistant", "content": '{"category": "delivery"}'}
CHAT = [SYSTEM, USER, ANSWER]


def line(messages: list[dict[str, Any]], **more: Any) -> bytes:
    return json.dumps({"messages": messages, **more}).encode()


def read(text: bytes) -> Example | None:
    try:
        return example_of(text, READ)
    except Faulty:
        return None


def same(one: Example, other: Example | None) -> bool:
    if other is None or one.row != other.row:
        return False
    return msgspec.structs.replace(one, given={}) == msgspec.structs.replace(other, given={})


@pytest.mark.parametrize(
    "text",
    [
        line(CHAT),
        line([USER, ANSWER]),
        line([{**SYSTEM, "role": "developer"}, USER, ANSWER]),
        line([USER, ANSWER, {**USER, "content": "And now?"}, ANSWER]),
        line(CHAT, meta={"user": "a:b", "at": [1, {"c": None}]}),
        b"  " + line(CHAT) + b" ",
    ],
)
def test_a_plain_conversation_is_read_at_once(text: bytes) -> None:
    found = quickly(text)
    assert found is not None
    assert same(found, read(text))


@pytest.mark.parametrize(
    "text",
    [
        line([USER, {**ANSWER, "weight": 0}]),
        line([USER, {**ANSWER, "tool_calls": []}]),
        line([USER, {**ANSWER, "content": " \n"}]),
        line([USER, {**ANSWER, "content": ""}]),
        line([USER, {**ANSWER, "content": None}]),
        line([USER, {**ANSWER, "content": 5}]),
        line([USER, ANSWER, {**USER, "role": "tool"}]),
        line([USER, SYSTEM, ANSWER]),
        line([SYSTEM, ANSWER]),
        line([USER]),
        line([]),
        line(CHAT, tools=[]),
        line(CHAT, note="x"),
        b'{"messages": [], ' + line(CHAT)[1:],
        line(CHAT).replace(b'"content": "My', b'"content": "a", "content": "My'),
        # the key that is dropped and the colon that is escaped outweigh each other
        line(CHAT).replace(b'"content": "My parcel:', b'"content": "a", "content": "My parcel\\u003a'),
        line(CHAT).replace(b'"content": "My parcel:', b'"content": "a", "content": "My parcel\\u003A'),
        line(CHAT, meta={"a": 1}).replace(b'{"a": 1}', b'{"a": 1, "a": 2}'),
        line(CHAT, meta={"a": 1}).replace(b'{"a": 1}', b"[" * MAX_DEPTH + b"]" * MAX_DEPTH),
        line(CHAT, meta={"a": 1}).replace(b'{"a": 1}', b"NaN"),
        line([USER, {**ANSWER, "content": "x" * MAX_ROW_BYTES}]),
        line(CHAT)[:-1],
        b"\xef\xbb\xbf" + line(CHAT),
        line([USER, {**ANSWER, "content": "half \ud83d"}]),
        b"",
        b"[]",
    ],
)
def test_all_else_is_left_to_the_reader(text: bytes) -> None:
    assert quickly(text) is None


TEXTS = st.text('ab: \n\\"{\u00a0é', max_size=8) | st.none()
MESSAGES = st.fixed_dictionaries(
    {"role": st.sampled_from(["system", "user", "user", "assistant", "assistant", "tool"]), "content": TEXTS},
    optional={"weight": st.sampled_from([0, 1, 2])},
)


@given(
    st.lists(MESSAGES, max_size=4),
    st.dictionaries(st.sampled_from(["meta", "tools", "x"]), st.none() | st.just([]) | st.just({"a:": "b:"})),
    st.sampled_from(
        [("", ""), ('"role"', '"role": "user", "role"'), (":", "\\u003a"), ('"content"', '"\\u0063ontent"')]
    ),
    st.booleans(),
)
def test_never_another_example(
    messages: list[dict[str, Any]], more: dict[str, Any], change: tuple[str, str], ascii: bool
) -> None:
    given = json.dumps({"messages": messages, **more}, ensure_ascii=ascii)
    text = (given.replace(*change, 1) if change[0] else given).encode()
    found = quickly(text)
    assert found is None or same(found, read(text))


def test_where_the_answer_is_not_what_is_learnt_there_is_no_quick_way() -> None:
    assert openai_chat.quick_reader("sft") is quickly
    assert openai_chat.quick_reader("rft") is None
    assert openai_chat.quick_reader("continued_pretraining") is None
