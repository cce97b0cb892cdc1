"""What is a production sample made of, and does it compare with the rows of an eval?"""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.readiness.fact import Trouble
from bot.sources import datasets
from bot.sources.evals import native
from bot.sources.evals.items import EVERYTHING
from bot.sources.trouble import Unreadable


def jsonl(*rows: Any) -> bytes:
    return "\n".join(json.dumps(row, ensure_ascii=False) for row in rows).encode()


def chat(asked: str, answer: str | None, **more: Any) -> dict[str, Any]:
    messages = [{"role": "system", "content": "Sort the ticket into one of thirty categories."}]
    messages.append({"role": "user", "content": asked})
    return {"messages": messages + ([{"role": "assistant", "content": answer}] if answer else []), **more}


CALL = {"id": "c1", "type": "function", "function": {"name": "search", "arguments": '{"q": "parcel"}'}}


def test_of_a_chat_counts_what_the_user_sees() -> None:
    found = datasets.composition(
        jsonl(chat("Where is it?", "delivery"), chat("\u0413\u0434\u0435 \u043e\u043d?", None))
    )
    assert (found.items, found.lengths) == (2, (7, 12))
    assert found.scripts == {"LATIN": 1, "CYRILLIC": 1}
    assert sum(found.labels.values()) == 1


def test_a_chat_and_the_row_of_an_eval_that_ask_the_same_are_made_of_the_same() -> None:
    questions = [(f"Where is parcel {n}?", "delivery" if n % 3 else "refund") for n in range(30)]
    sample = datasets.composition(jsonl(*(chat(asked, answer) for asked, answer in questions)))
    rows = jsonl(*({"input": asked, "target": answer, "score": 1} for asked, answer in questions))
    (report,) = native.read(native.Document(rows, head=json.loads(rows.splitlines()[0]), lines=rows), None, EVERYTHING)
    assert report.metrics[0].composition == sample


def test_rows_of_input_are_read_too_and_copies_count_once() -> None:
    rows = [{"input": "a b", "target": "x"}, {"input": "A b!", "target": "X"}, {"input": {"ticket": "c"}}]
    found = datasets.composition(jsonl(*rows))
    assert (found.items, len(found.labels)) == (2, 1)
    assert datasets.composition(json.dumps(rows).encode()) == found


def test_tools_are_those_that_are_offered_or_called() -> None:
    offered = [{"type": "function", "function": {"name": "refund", "parameters": {}}}]
    messages = [
        {"role": "user", "content": "Where is it?"},
        {"role": "assistant", "content": None, "tool_calls": [CALL]},
        {"role": "tool", "tool_call_id": "c1", "content": "in Lisbon"},
        {"role": "assistant", "content": "In Lisbon."},
    ]
    found = datasets.composition(jsonl({"messages": messages, "tools": offered}))
    assert found.tools == {"refund": 1, "search": 1}
    assert found.lengths == (len('Where is it?\nsearch {"q": "parcel"}\nin Lisbon'),)


def test_a_few_broken_rows_are_passed_over_and_more_are_not() -> None:
    good = [chat(f"question {n}", "yes") for n in range(38)]
    broken = {"messages": [{"role": "user"}]}
    assert datasets.composition(jsonl(*good, broken, {"messages": []})).items == 38
    with pytest.raises(Unreadable) as caught:
        datasets.composition(jsonl(*good[:37], broken, {"prompt": "x"}))
    assert "2 of 39 rows of the sample cannot be read; line 38: `messages[0]` has no `content`." in str(caught.value)


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (b"", "is empty"),
        (b"\xff\xfe\x00", "UTF-8"),
        (b"PK\x03\x04", ""),
        (b'{"input": ""}', "neither `messages` nor `input`"),
        (b'{"input": "a"}\n[1]', "Line 2 of the rows is no JSON object"),
        (b'{"messages": [{"role": "system", "content": "x"}]}', "Nothing is asked"),
        (b'{"messages": 1}', "no list of messages"),
        (b'{"a": {' * 500, "Line 1"),
    ],
)
def test_what_is_no_sample_is_said(raw: bytes, said: str) -> None:
    with pytest.raises(Unreadable) as caught:
        datasets.composition(raw)
    assert said in caught.value.fact.reason
    assert caught.value.fact.fix


def test_a_form_that_is_not_read_yet_is_nobodys_fault() -> None:
    with pytest.raises(Unreadable) as caught:
        datasets.composition(jsonl({"conversations": []}), "sharegpt")
    assert caught.value.fact.trouble is Trouble.NOT_SUPPORTED


ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["role", "content", "tool_calls", "function", "name", "id", "arguments", "tools"]), inner
        )
    ),
    max_leaves=10,
)


@given(
    st.lists(st.dictionaries(st.sampled_from(["messages", "input", "target", "tools", "functions"]), ANY), max_size=4)
)
def test_whatever_the_rows_hold(rows: list[dict[str, Any]]) -> None:
    try:
        found = datasets.composition(jsonl(*rows))
    except Unreadable:
        return
    assert 0 < found.items == len(found.lengths)
