"""Does each format find its own faults at their lines, blame no clean row, and hand over the same example?"""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.readiness.data_profile import DataProfile
from bot.readiness.fact import Trouble, Unavailable
from bot.sources import datasets

Json = dict[str, Any]
USER: Json = {"role": "user", "content": "My parcel is late."}
YES: Json = {"role": "assistant", "content": "delivery"}
NO: Json = {"role": "assistant", "content": "refund"}


def jsonl(*rows: Any) -> bytes:
    return "".join((row if isinstance(row, str) else json.dumps(row)) + "\n" for row in rows).encode()


def profile(form: str, method: str, *rows: Any) -> DataProfile:
    found = datasets.profile(jsonl(*rows), form, method)
    assert isinstance(found, DataProfile), found
    return found


PREFERENCE: Json = {"input": {"messages": [USER]}, "preferred_output": [YES], "non_preferred_output": [NO]}
PAIR: Json = {"prompt": "My parcel is late.", "chosen": "delivery", "rejected": "refund"}
THUMB: Json = {"prompt": "My parcel is late.", "completion": "delivery", "label": True}
TURNS: Json = {
    "conversations": [{"from": "human", "value": "My parcel is late."}, {"from": "gpt", "value": "delivery"}]
}
ALPACA: Json = {"instruction": "Sort it.", "input": "My parcel is late.", "output": "delivery"}
CHAT: Json = {"messages": [USER, YES]}
BEDROCK: Json = {
    "schemaVersion": "bedrock-conversation-2024",
    "system": [{"text": "Sort it."}],
    "messages": [
        {"role": "user", "content": [{"text": "late"}]},
        {"role": "assistant", "content": [{"text": "delivery"}]},
    ],
}
VERTEX: Json = {
    "contents": [{"role": "user", "parts": [{"text": "late"}]}, {"role": "model", "parts": [{"text": "delivery"}]}]
}
RANKED: Json = {"instruction": "Sort it.", "chosen": "delivery", "rejected": "refund"}
RANKED_TURNS: Json = {
    "conversations": [{"from": "human", "value": "late"}],
    "chosen": {"from": "gpt", "value": "delivery"},
    "rejected": {"from": "gpt", "value": "refund"},
}

GOOD: list[tuple[str, str, Json]] = [
    ("openai-preference", "dpo", PREFERENCE),
    ("openai-preference", "orpo", PREFERENCE | {"meta": {"user_id": 7}}),
    ("trl", "dpo", PAIR),
    ("trl", "dpo", {"prompt": [USER], "chosen": [YES], "rejected": [NO]}),
    ("trl", "orpo", {"chosen": [USER, YES], "rejected": [USER, NO]}),
    ("trl", "sft", {"prompt": "late", "completion": " delivery"}),
    ("trl", "sft", CHAT),
    ("trl", "rft", {"prompt": [USER], "reference": "delivery"}),
    ("trl", "continued_pretraining", {"text": "A long text."}),
    ("kto", "kto", THUMB),
    ("kto", "kto", {"prompt": [USER], "completion": [YES], "label": False}),
    ("sharegpt", "sft", TURNS),
    ("sharegpt", "sft", TURNS | {"system": "Sort it."}),
    ("alpaca", "sft", ALPACA),
    ("alpaca", "distillation", ALPACA | {"history": [["before", "answer"]], "system": "Sort it."}),
    ("axolotl", "sft", CHAT),
    ("axolotl", "sft", ALPACA),
    ("axolotl", "dpo", PAIR),
    ("llama-factory", "sft", TURNS),
    ("llama-factory", "dpo", RANKED),
    ("llama-factory", "dpo", RANKED_TURNS),
    ("together", "sft", CHAT),
    ("together", "sft", {"prompt": "late", "completion": "delivery"}),
    ("together", "dpo", PREFERENCE),
    ("bedrock", "sft", BEDROCK),
    ("bedrock", "sft", {"prompt": "late", "completion": "delivery"}),
    ("vertex", "sft", VERTEX),
    ("vertex", "rft", {"contents": VERTEX["contents"][:1], "references": {"a": "delivery"}}),
]
BAD: list[tuple[str, str, Any, str]] = [
    ("openai-preference", "dpo", PREFERENCE | {"preferred_output": [NO]}, "preferred_equals_rejected"),
    ("openai-preference", "dpo", PREFERENCE | {"preferred_output": []}, "completions_count"),
    ("openai-preference", "dpo", PREFERENCE | {"preferred_output": "delivery"}, "completions_count"),
    ("openai-preference", "dpo", PREFERENCE | {"preferred_output": [USER]}, "unknown_role"),
    (
        "openai-preference",
        "dpo",
        PREFERENCE | {"preferred_output": [{"role": "assistant", "content": " "}]},
        "empty_content",
    ),
    ("openai-preference", "dpo", {"input": {"messages": [USER]}, "preferred_output": [YES]}, "missing_field"),
    ("openai-preference", "dpo", PREFERENCE | {"input": [USER]}, "field_type"),
    ("openai-preference", "dpo", PREFERENCE | {"input": {"messages": [USER, YES]}}, "last_role"),
    ("openai-preference", "dpo", PREFERENCE | {"note": 1}, "unknown_field"),
    ("trl", "dpo", PAIR | {"rejected": "Delivery!"}, "preferred_equals_rejected"),
    ("trl", "dpo", {"chosen": "a b", "rejected": "a c"}, "missing_field"),
    ("trl", "dpo", {"chosen": [USER, YES], "rejected": [USER]}, "rejected_is_prefix"),
    ("trl", "dpo", {"chosen": [USER, YES], "rejected": [NO]}, "missing_field"),
    ("trl", "dpo", {"prompt": [USER], "chosen": [YES], "rejected": "refund"}, "mixed_shapes"),
    ("trl", "dpo", PAIR | {"chosen": ""}, "empty_content"),
    ("trl", "dpo", PAIR | {"chosen": 7}, "content_type"),
    ("trl", "sft", {"prompt": "late"}, "missing_field"),
    ("trl", "sft", {"prompt": "late", "completion": "delivery", "extra": 1}, "unknown_field"),
    ("kto", "kto", THUMB | {"label": "true"}, "label_type"),
    ("kto", "kto", THUMB | {"label": 1}, "label_type"),
    ("kto", "kto", {"prompt": "late", "completion": "delivery"}, "missing_field"),
    ("sharegpt", "sft", {"conversations": "late"}, "messages_type"),
    ("sharegpt", "sft", {"conversations": [{"from": "human"}]}, "missing_field"),
    ("sharegpt", "sft", {"conversations": [{"from": "who", "value": "late"}]}, "unknown_role"),
    ("sharegpt", "sft", {"conversations": [*TURNS["conversations"][:1], *TURNS["conversations"]]}, "alternation"),
    ("sharegpt", "sft", {"conversations": TURNS["conversations"][:1]}, "no_assistant"),
    (
        "sharegpt",
        "sft",
        {"conversations": [{"from": "human", "value": 7}, {"from": "gpt", "value": "x"}]},
        "content_type",
    ),
    ("alpaca", "sft", {"instruction": "Sort it."}, "missing_field"),
    ("alpaca", "sft", ALPACA | {"output": ""}, "empty_content"),
    ("alpaca", "sft", ALPACA | {"output": {"a": 1}}, "content_type"),
    ("alpaca", "sft", ALPACA | {"history": [["a"]]}, "field_type"),
    ("axolotl", "sft", {"question": "a"}, "missing_field"),
    ("together", "sft", {"messages": [USER, USER, YES]}, "alternation"),
    ("llama-factory", "dpo", RANKED | {"chosen": 7}, "content_type"),
    (
        "llama-factory",
        "dpo",
        {"conversations": RANKED_TURNS["conversations"], "chosen": RANKED_TURNS["chosen"]},
        "missing_field",
    ),
    ("bedrock", "sft", BEDROCK | {"schemaVersion": "1"}, "missing_field"),
    ("bedrock", "sft", BEDROCK | {"messages": [{"role": "user", "content": "late"}]}, "content_type"),
    ("bedrock", "sft", BEDROCK | {"messages": [{"role": "user", "content": [{"image": {}}]}]}, "content_type"),
    ("vertex", "sft", {"contents": [{"role": "assistant", "parts": [{"text": "x"}]}]}, "unknown_role"),
    ("vertex", "sft", {"contents": VERTEX["contents"][:1]}, "no_assistant"),
    ("vertex", "sft", {"contents": []}, "messages_type"),
    *((form, method, "{half", "json") for form, method, _ in GOOD[::5]),
    *((form, method, "", "blank_line") for form, method, _ in GOOD[::5]),
    *(
        (form, method, json.dumps(row)[:-1] + ', "meta": 1, "meta": 2}', "duplicate_key")
        for form, method, row in GOOD[::7]
    ),
]


@pytest.mark.parametrize(("form", "method", "row"), GOOD)
def test_a_clean_row_is_never_blamed(form: str, method: str, row: Json) -> None:
    found = profile(form, method, row)
    assert (found.valid, found.faults) == (1, ())


@pytest.mark.parametrize(("form", "method", "row", "code"), BAD)
def test_a_faulty_row_is_found_at_its_own_line(form: str, method: str, row: Any, code: str) -> None:
    fitting = [clean for known, way, clean in GOOD if (known, way) == (form, method)]
    good = next((clean for clean in fitting if isinstance(row, dict) and clean.keys() >= row.keys()), fitting[0])
    found = profile(form, method, good, good | {"meta": 1} if form in ("trl", "kto") else good, row, good)
    assert [(fault.line, fault.code) for fault in found.faults] == [(3, code)]
    assert (found.rows, found.valid) == (4, 3)


def test_a_file_holds_to_the_form_of_its_first_row() -> None:
    found = profile("axolotl", "sft", CHAT, ALPACA, CHAT)
    assert [(fault.line, fault.code) for fault in found.faults] == [(2, "mixed_shapes")]


def test_pairs_that_differ_only_in_the_rejected_answer_are_no_copies() -> None:
    found = profile("trl", "dpo", PAIR, PAIR | {"rejected": "login"}, PAIR)
    assert (found.effective, found.duplicates) == (2, 1)


def test_the_same_answer_up_and_down_is_no_copy() -> None:
    found = profile("kto", "kto", THUMB, THUMB | {"label": False}, THUMB)
    assert (found.effective, found.duplicates) == (2, 1)


@pytest.mark.parametrize(
    ("form", "method"),
    [
        ("openai-chat", "dpo"),
        ("openai-preference", "sft"),
        ("kto", "dpo"),
        ("alpaca", "kto"),
        ("trl", "kto"),
        ("vertex", "orpo"),
    ],
)
def test_rows_that_cannot_serve_the_method_are_told_with_those_that_can(form: str, method: str) -> None:
    fact = datasets.profile(jsonl(CHAT), form, method)
    assert isinstance(fact, Unavailable)
    assert fact.trouble is Trouble.DEFINITIVE
    assert f"rows of the format `{form}` hold none" in fact.reason
    assert fact.fix is not None
    assert "Link rows of the format" in fact.fix


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["role", "content", "messages", "from", "value", "parts", "text", "a"]), inner, max_size=3
        )
    ),
    max_leaves=8,
)


@settings(max_examples=300)
@given(st.sampled_from(GOOD), st.data())
def test_no_row_raises_anything_but_a_fault(case: tuple[str, str, Json], data: st.DataObject) -> None:
    form, method, good = case
    row = {key: data.draw(JSON) if data.draw(st.booleans()) else value for key, value in good.items()}
    found = profile(form, method, row)
    assert found.rows == 1
