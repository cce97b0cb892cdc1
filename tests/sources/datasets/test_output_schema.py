"""Is an answer that its schema refuses found with the place and the reason, and does no schema keep the service busy?"""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.readiness.data_profile import DataProfile
from bot.readiness.fact import Trouble
from bot.sources.datasets import json_schema, profile
from bot.sources.datasets.json_schema import JsonSchema
from bot.sources.datasets.output_schema import is_constrained

URGENCY = {"enum": ["low", "normal", "high"]}
TICKET: dict[str, Any] = {
    "type": "object",
    "properties": {
        "category": {"type": "string"},
        "urgency": URGENCY,
        "items": {"type": "array", "items": {"type": "integer"}},
    },
    "required": ["category", "urgency"],
    "additionalProperties": False,
}
GOOD = json.dumps({"category": "refund", "urgency": "low"})


def chat(answer: str | dict[str, Any], asked: str = "Where is it?", **more: Any) -> str:
    said = {"role": "assistant", "content": answer} if isinstance(answer, str) else {"role": "assistant", **answer}
    return json.dumps({"messages": [{"role": "user", "content": asked}, said], **more})


def call(name: str, arguments: dict[str, Any]) -> dict[str, Any]:
    return {
        "tool_calls": [{"id": "c1", "type": "function", "function": {"name": name, "arguments": json.dumps(arguments)}}]
    }


def tool(name: str, parameters: Any) -> dict[str, Any]:
    return {"type": "function", "function": {"name": name, "parameters": parameters}}


def held(
    rows: list[str],
    schema: Any = TICKET,
    output: str | None = "structured",
    form: str = "openai-chat",
    method: str = "sft",
) -> DataProfile:
    raw = schema if isinstance(schema, bytes) else json.dumps(schema).encode()
    found = profile("\n".join(rows).encode(), form, method, {"schema": raw}, output=output)
    assert isinstance(found, DataProfile)
    return found


def refused(found: DataProfile) -> list[tuple[int, str]]:
    return [(loss.line, loss.code) for loss in found.losses if loss.code.startswith("output_")]


@pytest.mark.parametrize(
    ("answer", "code", "said"),
    [
        ('{"category": "refund", "urgency": "soon"}', "output_schema", "at `urgency`: the value is not one of"),
        ('{"category": "refund", "urgency": "low", "items": [1, "2"]}', "output_schema", "at `items[1]`"),
        ('{"category": "refund"}', "output_schema", "urgency"),
        ('{"category": "refund", "urgency": "low", "mood": 1}', "output_schema", "mood"),
        ("[]", "output_schema", "object"),
        ('{"category": "refund", "urgency": "low"', "output_json", "no JSON"),
        (f"```json\n{GOOD}\n```", "output_json", "fences"),
        ('{"category": "a", "category": "b", "urgency": "low"}', "output_json", "twice"),
        ("It is a refund.", "output_json", "no JSON"),
    ],
)
def test_a_misfit_is_found_at_its_line_with_place_and_reason(answer: str, code: str, said: str) -> None:
    found = held([chat(GOOD), chat(answer, "And what now?")])
    assert (found.misfits, found.lost["schema"], found.effective) == (1, 1, 1)
    assert refused(found) == [(2, code)]
    assert said in next(loss.message for loss in found.losses if loss.code == code)


def test_no_value_of_an_answer_is_told() -> None:
    found = held([chat(json.dumps({"category": ["Anna Costa"], "urgency": "Anna Costa" * 50}))])
    assert found.misfits == 1
    assert all("Anna" not in loss.message and len(loss.message) < 400 for loss in found.losses)


def test_fields_that_may_be_left_out_and_other_orders_are_no_misfits() -> None:
    rows = [chat(GOOD, f"Question {n}?") for n in range(5)]
    rows.append(chat('{"urgency": "high", "items": [], "category": "x"}', "And that?"))
    rows.append(chat(json.dumps({"category": "x", "urgency": "low"}, indent=2), "And this?"))
    found = held(rows)
    assert (found.misfits, found.losses, found.schema) == (0, (), None)


def test_a_row_is_lost_once_and_a_copy_that_does_not_fit_takes_no_row_with_it() -> None:
    bad = '{"category" "refund", "urgency": "low"}'  # but for a colon the same
    found = held([chat(GOOD), chat(bad), chat("no", "Another one?"), chat("no", "Another one?")])
    assert found.misfits == 3
    assert (found.lost["duplicate"], found.lost["schema"], found.effective) == (2, 1, 1)


def test_labels_stand_without_quotes_where_the_schema_is_of_texts() -> None:
    labels = {"type": "string", "enum": ["refund", "delivery", "1"]}
    found = held([chat("refund", "a b"), chat('"refund"', "c d"), chat("1", "e f"), chat("refunds", "g h")], labels)
    assert refused(found) == [(4, "output_json")]


def test_a_schema_without_a_type_lets_no_prose_through() -> None:
    assert held([chat("It is a refund.")], {"required": ["category"]}).misfits == 1


@pytest.mark.parametrize(
    "wrap",
    [
        lambda schema: {"type": "json_schema", "json_schema": {"name": "ticket", "strict": True, "schema": schema}},
        lambda schema: {
            "response_format": {"type": "json_schema", "json_schema": {"name": "ticket", "schema": schema}}
        },
        lambda schema: {"format": {"type": "json_schema", "name": "ticket", "schema": schema}},
        lambda schema: {"name": "ticket", "strict": True, "schema": schema},
    ],
)
def test_the_schema_is_taken_out_of_a_request_to_an_api(wrap: Any) -> None:
    assert refused(held([chat(GOOD), chat('{"category": "x"}', "And now?")], wrap(TICKET))) == [(2, "output_schema")]


def test_fields_named_like_the_parts_of_a_request_are_fields() -> None:
    schema = {
        "type": "object",
        "properties": {"schema": {"type": "string"}, "format": {"type": "integer"}},
        "required": ["schema"],
    }
    assert held([chat('{"schema": "a"}')], schema).misfits == 0


def doubling(depth: int) -> dict[str, Any]:
    twice = {f"d{n}": {"allOf": [{"$ref": f"#/$defs/d{n + 1}"}] * 2} for n in range(depth)}
    return {"$defs": {**twice, f"d{depth}": {"type": "object"}}, "$ref": "#/$defs/d0"}


@pytest.mark.parametrize(
    ("schema", "said", "trouble"),
    [
        (b"{", "no JSON", Trouble.DEFINITIVE),
        (b"[]", "no object", Trouble.DEFINITIVE),
        ({"title": "Ticket"}, "every value holds", Trouble.DEFINITIVE),
        ({"type": "strin"}, "no JSON Schema, at `type`", Trouble.DEFINITIVE),
        ({"type": "string", "pattern": "(a"}, "no JSON Schema", Trouble.DEFINITIVE),
        ({"$ref": "#/$defs/none"}, "not there", Trouble.DEFINITIVE),
        ({"$ref": "https://127.0.0.1:9/s.json"}, "not fetched", Trouble.NOT_SUPPORTED),
        ({"$ref": "file:///etc/hostname"}, "not fetched", Trouble.NOT_SUPPORTED),
        ({"type": "object", "$dynamicRef": "#node"}, "not read yet", Trouble.NOT_SUPPORTED),
        (doubling(60), "asks too much", Trouble.DEFINITIVE),
        (b'{"$comment": "' + b"x" * json_schema.MAX_BYTES + b'"}', "bytes", Trouble.DEFINITIVE),
        (
            {
                "$defs": {f"d{n}": {"$ref": f"#/$defs/d{n + 1}"} for n in range(4000)} | {"d4000": {}},
                "$ref": "#/$defs/d0",
            },
            "too long a chain",
            Trouble.DEFINITIVE,
        ),
    ],
)
def test_a_schema_that_cannot_be_used_is_told_and_the_rows_are_counted_all_the_same(
    schema: Any, said: str, trouble: Trouble
) -> None:
    found = held([chat(GOOD)], schema)
    assert found.schema is not None
    assert said in found.schema.reason
    assert found.schema.trouble is trouble
    assert (found.misfits, found.valid, found.effective, "schema" in found.lost) == (None, 1, 1, False)


def test_a_schema_that_refers_to_itself_is_held_to_at_any_depth() -> None:
    tree = {
        "type": "object",
        "properties": {"v": {"type": "integer"}, "sub": {"type": "array", "items": {"$ref": "#"}}},
    }
    deep: dict[str, Any] = {"v": "x"}
    for _ in range(25):
        deep = {"v": 1, "sub": [deep]}
    schema = JsonSchema(tree)
    assert schema.misfit(deep)[0].startswith("sub[0].sub[0]")
    assert schema.fits(deep["sub"][0] | {"sub": []})


def test_a_pattern_that_goes_back_and_forth_is_stopped() -> None:
    schema = JsonSchema({"type": "string", "pattern": "^(?!x)(a+)+$"})
    assert schema.fits("aaa")
    assert not schema.fits("a" * 60 + "b")


def test_a_call_is_held_to_the_tools_of_its_own_row() -> None:
    find = tool("find", {"type": "object", "properties": {"id": {"type": "integer"}}, "required": ["id"]})
    rows = [
        chat(call("find", {"id": 1}), "first one", tools=[find]),
        chat(call("find", {"id": "Anna"}), "second one", tools=[find, tool("stop", {})]),
        chat(call("stop", {}), "third one", tools=[find]),
        chat(call("stop", {"now": True}), "fourth one", tools=[find, tool("stop", {"type": "dict"})]),
        chat(call("anything", {}), "fifth one"),
    ]
    found = held(rows, output="tool_calls")
    assert [(fault.line, fault.code) for fault in found.faults] == [(2, "tool_arguments_schema"), (3, "tool_unknown")]
    assert "Anna" not in found.faults[0].message
    assert (found.calling, found.calling_nothing) == (3, 1)
    assert refused(found) == [(5, "output_schema")]  # whose arguments nothing else holds to anything


def test_traces_of_calls_may_end_in_words_and_offer_other_tools_each_time() -> None:
    tools = [
        tool(name, {"type": "object", "properties": {"q": {"type": "string"}}}) for name in ("find", "stop", "ask")
    ]
    asked = {"role": "user", "content": "Where is it?"}
    trace = [
        asked,
        {"role": "assistant", **call("find", {"q": "it"})},
        {"role": "tool", "tool_call_id": "c1", "content": "here"},
    ]
    rows = [
        json.dumps({"messages": [*trace, {"role": "assistant", "content": "It is here."}], "tools": tools[:n]})
        for n in (1, 2, 3)
    ]
    found = held(rows, output="tool_calls")
    assert (found.faults, found.misfits, found.calling) == ((), 0, 0)


def test_an_attempt_that_is_not_learnt_may_call_wrongly() -> None:
    find = tool("find", {"type": "object", "required": ["id"]})
    messages = [
        {"role": "user", "content": "Where is it?"},
        {"role": "assistant", "weight": 0, **call("find", {})},
        {"role": "tool", "tool_call_id": "c1", "content": "id is missing"},
        {"role": "assistant", **call("find", {"id": 1})},
    ]
    assert held([json.dumps({"messages": messages, "tools": [find]})], output="tool_calls").faults == ()


def test_of_preferences_the_preferred_answer_is_judged_and_of_thumbs_that_with_its_thumb_up() -> None:
    def pair(good: str, bad: str) -> str:
        sides = {"preferred_output": good, "non_preferred_output": bad}
        asked = {"input": {"messages": [{"role": "user", "content": "Where is it?"}]}}
        return json.dumps(asked | {name: [{"role": "assistant", "content": said}] for name, said in sides.items()})

    found = held([pair(GOOD, "It is a refund."), pair("It is.", GOOD)], form="openai-preference", method="dpo")
    assert refused(found) == [(2, "output_json")]
    thumbs = [
        json.dumps({"prompt": "Where?", "completion": text, "label": up}) for text, up in (("no", False), ("yes", True))
    ]
    assert refused(held(thumbs, form="kto", method="kto")) == [(2, "output_json")]


@pytest.mark.parametrize(
    ("schema", "choice"),
    [
        ({"enum": ["a", "b"]}, True),
        (
            {"type": "object", "properties": {"u": URGENCY, "ok": {"type": "boolean"}}, "additionalProperties": False},
            True,
        ),
        (
            {
                "type": "object",
                "properties": {"u": {"$ref": "#/$defs/u"}},
                "additionalProperties": False,
                "$defs": {"u": URGENCY},
            },
            True,
        ),
        ({"type": "array", "items": URGENCY, "uniqueItems": True}, True),
        ({"type": "string", "pattern": r"^[A-Z]{3}-\d{4}$"}, True),
        ({"type": ["integer", "null"], "minimum": 1, "maximum": 5}, True),
        ({"anyOf": [URGENCY, {"type": "null"}]}, True),
        (TICKET, False),
        ({"type": "object", "properties": {"u": URGENCY}}, False),
        ({"type": "array", "items": URGENCY}, False),
        ({"type": "string", "pattern": "^.*$"}, False),
        ({"type": "string", "pattern": r"^[^x]{1,9}$"}, False),
        ({"type": "string", "pattern": "^[a-z ]{1,500}$"}, False),
        ({"type": "integer", "minimum": 1, "maximum": 5_000}, False),
        ({"$ref": "#"}, False),
    ],
)
def test_only_what_leaves_a_choice_is_constrained(schema: dict[str, Any], choice: bool) -> None:
    assert is_constrained(schema) is choice


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=8),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(["type", "properties", "items", "$ref", "enum", "allOf", "pattern", "required", "x"]),
                inner,
                max_size=4,
            )
        ),
        max_leaves=12,
    ),
    st.text(max_size=30),
)
def test_no_schema_and_no_answer_raises(schema: Any, answer: str) -> None:
    found = profile(chat(answer).encode(), "openai-chat", "sft", {"schema": json.dumps(schema).encode()})
    assert isinstance(found, DataProfile)
    assert (found.misfits is None) == (found.schema is not None)
    row = chat(call("x", {"a": answer}), tools=[tool("x", schema)]).encode()
    assert isinstance(profile(row, "openai-chat", "sft"), DataProfile)
