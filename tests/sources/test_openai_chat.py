"""Is every faulty row of a conversation named at its line, and no clean row ever blamed?"""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.readiness.data_profile import DataProfile
from bot.readiness.fact import Unavailable
from bot.sources import datasets

Json = dict[str, Any]
SYSTEM: Json = {"role": "system", "content": "Sort the ticket."}
USER: Json = {"role": "user", "content": "My parcel is late."}
ANSWER: Json = {"role": "assistant", "content": "delivery"}
CALL: Json = {
    "role": "assistant",
    "content": None,
    "tool_calls": [{"id": "c1", "type": "function", "function": {"name": "track", "arguments": '{"order": 7}'}}],
}
RESULT: Json = {"role": "tool", "tool_call_id": "c1", "content": "in Lisbon"}
TOOLS = [{"type": "function", "function": {"name": "track", "parameters": {"type": "object"}}}]


def row(*messages: Any, **fields: Any) -> bytes:
    return json.dumps({"messages": list(messages)} | fields).encode()


def call(**function: Any) -> Json:
    return CALL | {"tool_calls": [{"id": "c1", "type": "function", "function": function}]}


def profile(*rows: bytes, form: str = "openai-chat", method: str | None = "sft") -> DataProfile:
    found = datasets.profile(b"\n".join(rows) + b"\n", form, method)
    assert isinstance(found, DataProfile), found
    return found


FAULTY: list[tuple[str, bytes]] = [
    ("json", b"{oops"),
    ("json", row(USER, ANSWER)[:-9]),
    ("json", b"[1]"),
    ("json", b'"text"'),
    ("json", row(USER, ANSWER) + b" {}"),
    ("json", row(USER, ANSWER)[:-1] + b', "meta": NaN}'),
    ("json", b"[" * 100_000),
    ("json", row(USER, ANSWER)[:-1] + b', "meta": ' + b"[" * 70 + b"]" * 70 + b"}"),
    ("blank_line", b""),
    ("blank_line", b"  \t "),
    ("duplicate_key", row(USER, ANSWER)[:-1] + b', "messages": []}'),
    ("duplicate_key", b'{"messages": [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b", "content": "c"}]}'),
    ("duplicate_key", b'{"messages": [{"role": "user", "content": "a\\u003a"}, {"role": "assistant", "content": "b", "content": "c"}]}'),
    ("duplicate_key", b'{"messages": [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b", "\\u0063ontent": "c"}]}'),
    ("encoding", row(USER, ANSWER).replace(b"late", b"l\xff\xfete")),
    ("encoding", row(USER, ANSWER).replace(b"late", b"\\ud800 late")),
    ("encoding", b"\xef\xbb\xbf" + row(USER, ANSWER)),
    ("too_long", row(USER, ANSWER | {"content": "x" * 1_000_001})),
    ("missing_field", b"{}"),
    ("missing_field", b'{"prompt": "a", "completion": "b"}'),
    ("missing_field", row({"content": "a"}, ANSWER)),
    ("missing_field", row(USER, {"role": "assistant"})),
    ("missing_field", row(USER, CALL, {"role": "tool", "content": "x"}, ANSWER, tools=TOOLS)),
    ("missing_field", row(USER, call(arguments="{}"), RESULT, ANSWER)),
    ("missing_field", row(USER, CALL | {"tool_calls": [{"function": {"name": "track", "arguments": "{}"}}]}, ANSWER)),
    ("unknown_field", row(USER, ANSWER, id=7)),
    ("unknown_field", row(USER, ANSWER | {"mood": "calm"})),
    ("unknown_field", row(USER | {"tool_calls": CALL["tool_calls"]}, ANSWER)),
    ("field_type", row(USER, ANSWER, tools="track")),
    ("field_type", row(USER, ANSWER, parallel_tool_calls="yes")),
    ("field_type", row(USER | {"name": 7}, ANSWER)),
    ("field_type", row(USER, CALL | {"tool_calls": {"id": "c1"}}, ANSWER)),
    ("messages_type", row()),
    ("messages_type", b'{"messages": "hello"}'),
    ("messages_type", b'{"messages": null}'),
    ("messages_type", row(USER, "delivery")),
    ("unknown_role", row(USER | {"role": "human"}, ANSWER)),
    ("unknown_role", row(USER | {"role": None}, ANSWER)),
    ("unknown_role", row(USER | {"role": ["user"]}, ANSWER)),
    ("content_type", row(USER | {"content": 7}, ANSWER)),
    ("content_type", row(USER | {"content": [{"type": "text", "text": "a"}]}, ANSWER)),
    ("content_type", row(USER | {"content": {}}, ANSWER)),
    ("content_type", row(USER, ANSWER | {"content": None})),
    ("empty_content", row(USER | {"content": ""}, ANSWER)),
    ("empty_content", row(USER, ANSWER | {"content": " \n\t"})),
    ("empty_content", row(SYSTEM | {"content": ""}, USER, ANSWER)),
    ("system_position", row(USER, SYSTEM, ANSWER)),
    ("system_position", row(SYSTEM, SYSTEM, USER, ANSWER)),
    ("system_position", row(SYSTEM, SYSTEM | {"role": "developer"}, USER, ANSWER)),
    ("no_user", row(SYSTEM, ANSWER)),
    ("no_user", row(SYSTEM)),
    ("no_assistant", row(SYSTEM, USER)),
    ("last_role", row(USER, ANSWER, USER)),
    ("last_role", row(USER, CALL, RESULT)),
    ("weight", row(USER, ANSWER | {"weight": 2})),
    ("weight", row(USER, ANSWER | {"weight": True})),
    ("weight", row(USER, ANSWER | {"weight": 0.5})),
    ("weight", row(USER, ANSWER | {"weight": 0})),
    ("tool_arguments_json", row(USER, call(name="track", arguments="order 7"), RESULT, ANSWER)),
    ("tool_arguments_json", row(USER, call(name="track", arguments={"order": 7}), RESULT, ANSWER)),
    ("tool_arguments_json", row(USER, call(name="track", arguments="[1]"), RESULT, ANSWER)),
    ("tool_arguments_json", row(USER, call(name="track"), RESULT, ANSWER)),
    ("tool_result_without_call", row(USER, RESULT, ANSWER)),
    ("tool_result_without_call", row(USER, CALL, RESULT | {"tool_call_id": "c2"}, ANSWER)),
    ("tool_result_without_call", row(USER, CALL, RESULT, RESULT, ANSWER)),
    ("tool_result_without_call", row(USER, {"role": "function", "name": "track", "content": "x"}, ANSWER)),
]  # fmt: skip

CLEAN: list[bytes] = [
    row(USER, ANSWER),
    row(SYSTEM, USER, ANSWER),
    row(SYSTEM | {"role": "developer"}, USER, ANSWER),
    row(SYSTEM, USER, ANSWER, USER | {"content": "And this?"}, ANSWER),
    row(USER, USER | {"content": "Twice in a row."}, ANSWER),
    row(USER | {"name": "ana"}, ANSWER, meta={"user_id": 7, "messages": [], "n": 1.5}),
    row(USER, ANSWER | {"weight": 0}, USER | {"content": "And this?"}, ANSWER | {"weight": 1}),
    row(USER, CALL, RESULT, ANSWER, tools=TOOLS, parallel_tool_calls=False),
    row(USER | {"content": "Call."}, CALL, tools=TOOLS),
    row(USER | {"content": "Call once more."}, {k: v for k, v in CALL.items() if k != "content"}, tools=TOOLS),
    row(USER, CALL | {"content": ""}, RESULT | {"content": ""}, ANSWER),
    row(USER, {"role": "assistant", "function_call": {"name": "track", "arguments": "{}"}}, {"role": "function", "name": "track", "content": "x"}, ANSWER),
    row(USER | {"content": "Something bad."}, {"role": "assistant", "content": None, "refusal": "I cannot."}),
    row(USER | {"content": 'A key, "like": this: one'}, ANSWER),
    row(USER | {"content": "Déjà vu 😀"}, ANSWER).replace(b"vu", b"\\u003a vu"),
    b"  " + row(USER | {"content": "Blanks around."}, ANSWER) + b" \r",
]  # fmt: skip


@pytest.mark.parametrize(("code", "faulty"), FAULTY, ids=[f"{n}-{code}" for n, (code, _) in enumerate(FAULTY)])
def test_a_faulty_row_is_named_at_its_line_and_its_neighbours_are_not(code: str, faulty: bytes) -> None:
    found = profile(CLEAN[0], faulty, CLEAN[1])
    assert [(fault.code, fault.line) for fault in found.faults] == [(code, 2)]
    assert found.fault_counts == {code: 1}
    assert (found.rows, found.valid, found.effective) == (3, 2, 2)
    message = found.faults[0].message
    assert message.endswith(".")
    assert len(message) < 300


@pytest.mark.parametrize("clean", CLEAN, ids=range(len(CLEAN)))
def test_a_clean_row_is_not_blamed(clean: bytes) -> None:
    found = profile(clean)
    assert (found.valid, found.faults) == (1, ())


def test_the_first_twenty_faults_are_kept_and_all_are_counted() -> None:
    found = profile(*([b"{oops"] * 30 + [row(USER)] * 5 + [row(USER, ANSWER)]))
    assert [fault.line for fault in found.faults] == list(range(1, 21))
    assert found.fault_counts == {"json": 30, "no_assistant": 5}
    assert (found.rows, found.valid) == (36, 1)


def test_a_file_is_counted_whatever_ends_its_lines() -> None:
    rows = [CLEAN[0], CLEAN[3]]
    for raw in (b"\n".join(rows), b"\n".join(rows) + b"\n", b"\r\n".join(rows) + b"\r\n"):
        found = datasets.profile(raw, "openai-chat", "sft")
        assert isinstance(found, DataProfile)
        assert (found.rows, found.valid) == (2, 2)


def test_for_reinforcement_the_user_speaks_last_and_more_fields_are_the_graders() -> None:
    found = profile(row(SYSTEM, USER, reference="delivery"), row(USER, ANSWER), form="openai-rft", method=None)
    assert [(fault.code, fault.line) for fault in found.faults] == [("last_role", 2)]
    assert not found.closed_set
    assert profile(row(USER, reference=1), method="rft").valid == 1


def test_prompts_of_reinforcement_are_distinct_by_what_is_asked() -> None:
    found = profile(row(USER, reference="a"), row(USER, reference="b"), row(USER | {"content": "Else?"}), method="rft")
    assert (found.effective, found.duplicates) == (2, 1)


def test_for_continued_pretraining_anyone_speaks_last() -> None:
    found = profile(row(USER), row(SYSTEM), row(USER, ANSWER), method="continued_pretraining")
    assert found.valid == 3


CONTENT = st.text(min_size=1).filter(lambda text: text.strip() and not any("\ud800" <= c <= "\udfff" for c in text))


@st.composite
def conversations(draw: st.DrawFn) -> Json:
    """A clean conversation."""
    system = [{"role": "system", "content": draw(CONTENT)}] if draw(st.booleans()) else []
    turns = draw(st.lists(st.tuples(CONTENT, CONTENT), min_size=1, max_size=3))
    talk = [
        m for asked, said in turns for m in ({"role": "user", "content": asked}, {"role": "assistant", "content": said})
    ]
    meta = draw(
        st.none()
        | st.dictionaries(
            st.text(alphabet=st.characters(codec="utf-8")),
            st.integers() | st.text(alphabet=st.characters(codec="utf-8")),
        )
    )
    return {"messages": system + talk} | ({"meta": meta} if meta is not None else {})


@given(st.lists(conversations(), min_size=1, max_size=8), st.booleans(), st.booleans())
@settings(max_examples=200)
def test_no_clean_row_is_ever_blamed(rows: list[Json], ascii_only: bool, compact: bool) -> None:
    separators = (",", ":") if compact else None
    found = profile(*(json.dumps(r, ensure_ascii=ascii_only, separators=separators).encode() for r in rows))
    assert found.faults == ()
    assert (found.rows, found.valid) == (len(rows), len(rows))


@given(st.lists(st.sampled_from(FAULTY), min_size=1, max_size=6), st.randoms(use_true_random=False))
@settings(max_examples=60)
def test_among_faulty_rows_each_is_named_at_its_own_line(faulty: list[tuple[str, bytes]], chance: Any) -> None:
    rows: list[tuple[str | None, bytes]] = [*faulty, *((None, clean) for clean in CLEAN)]
    chance.shuffle(rows)
    found = profile(CLEAN[0], *(raw for _, raw in rows))
    assert [(f.code, f.line) for f in found.faults] == [(code, n) for n, (code, _) in enumerate(rows, 2) if code]


@given(st.lists(st.binary(max_size=80)), st.sampled_from(["openai-chat", "openai-rft", "text", "auto", "trl"]))
@settings(max_examples=300)
def test_any_bytes_are_counted_or_answered(lines: list[bytes], form: str) -> None:
    raw = b"\n".join(lines)
    for method in ("sft", "continued_pretraining"):
        found = datasets.profile(raw, form, method)
        assert isinstance(found, DataProfile | Unavailable)
        if isinstance(found, DataProfile):
            assert found.rows == len(raw.removesuffix(b"\n").split(b"\n")) if raw else found.rows == 0
            assert sum(found.fault_counts.values()) == found.rows - found.valid


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.floats(allow_nan=False) | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


@given(st.sampled_from(["messages", "tools", "functions", "parallel_tool_calls", "meta"]), JSON_VALUES)
@settings(max_examples=150)
def test_no_value_of_a_rows_field_breaks_the_count(field: str, value: Any) -> None:
    assert profile(json.dumps({"messages": [USER, ANSWER]} | {field: value}).encode()).rows == 1


@given(
    st.sampled_from([*USER, "name", "weight", "tool_calls", "tool_call_id", "function_call", "refusal"]),
    JSON_VALUES,
    st.sampled_from(["user", "assistant", "tool", "function"]),
)
@settings(max_examples=300)
def test_no_value_of_a_messages_field_breaks_the_count(field: str, value: Any, role: str) -> None:
    message = {"role": role, "content": "text"} | {field: value}
    assert profile(json.dumps({"messages": [USER, CALL, message, ANSWER]}).encode()).rows == 1
