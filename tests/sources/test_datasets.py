"""Which format has a training file, what of it counts, and what is said of a file that is not read?"""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.readiness.data_profile import DataProfile
from bot.readiness.fact import Trouble, Unavailable
from bot.sources import datasets

Json = dict[str, Any]


def chat(question: str, answer: str, **fields: Any) -> Json:
    return {"messages": [{"role": "user", "content": question}, {"role": "assistant", "content": answer}]} | fields


def jsonl(*rows: Json) -> bytes:
    return "".join(json.dumps(row) + "\n" for row in rows).encode()


def profile(*rows: Json, form: str = "openai-chat", method: str | None = "sft") -> DataProfile:
    found = datasets.profile(jsonl(*rows), form, method)
    assert isinstance(found, DataProfile), found
    return found


def refused(raw: bytes, form: str = "openai-chat", method: str | None = "sft") -> Unavailable:
    fact = datasets.profile(raw, form, method)
    assert isinstance(fact, Unavailable), fact
    return fact


def test_copies_collapse_on_the_whole_context_and_the_target() -> None:
    found = profile(
        chat("Where is it?", "delivery"),
        chat("where  is it", "Delivery."),
        chat("Where is it?", "refund"),
        chat("Where is mine?", "delivery"),
        {"messages": [{"role": "system", "content": "Sort."}, *chat("Where is it?", "delivery")["messages"]]},
    )
    assert (found.valid, found.duplicates, found.near_duplicates) == (5, 1, 0)


def test_a_unique_id_beside_the_messages_makes_no_new_example() -> None:
    found = profile(*(chat("Where is it?", "delivery", meta={"id": n}) for n in range(5)))
    assert (found.effective, found.duplicates) == (1, 4)


def test_the_same_question_with_other_tools_is_another_example() -> None:
    tools = [[{"type": "function", "function": {"name": name}}] for name in ("track", "refund", "track")]
    assert profile(*(chat("Do it", "done", tools=offered) for offered in tools)).effective == 2


def test_calls_are_what_the_assistant_says() -> None:
    def calls(order: int) -> Json:
        function = {"name": "track", "arguments": json.dumps({"order": order})}
        answer = {
            "role": "assistant",
            "content": None,
            "tool_calls": [{"id": "c", "type": "function", "function": function}],
        }
        return {"messages": [{"role": "user", "content": "Track it."}, answer]}

    assert profile(calls(1), calls(2), calls(1)).effective == 2


def test_faulty_rows_never_count_as_effective() -> None:
    found = datasets.profile(
        jsonl(chat("a", "b")) + b"{oops\n" + jsonl(chat("a", "b"), chat("c", "")), "openai-chat", "sft"
    )
    assert isinstance(found, DataProfile)
    assert (found.rows, found.valid, found.effective, found.duplicates) == (4, 2, 1, 1)


def test_an_empty_file_has_no_rows() -> None:
    for form in ("openai-chat", "auto"):
        found = datasets.profile(b"", form, "sft")
        assert isinstance(found, DataProfile)
        assert (found.format, found.rows, found.closed_set) == ("openai-chat", 0, False)


def labelled(counts: dict[str, int]) -> DataProfile:
    return profile(*(chat(f"Ticket {label} {n}", label) for label, count in counts.items() for n in range(count)))


@pytest.mark.parametrize(
    "counts",
    [
        {"refund": 90, "delivery": 90, "login": 90},
        {"yes": 200, "no": 5},
        {json.dumps({"category": name, "urgency": "high"}): 90 for name in "abcdef"},
        {f"label {n}": 10 for n in range(50)},
        {f"label {n}": 10 for n in range(30)} | {"rare": 1, "rarer": 1},
    ],
)
def test_a_few_targets_that_come_again_are_a_closed_set(counts: dict[str, int]) -> None:
    found = labelled(counts)
    assert found.closed_set
    assert {label.rows for label in found.labels} == set(counts.values())
    assert len(found.labels) == len(counts)
    assert found.labels[0].rows == max(counts.values())


@pytest.mark.parametrize(
    "counts",
    [
        {f"answer {n}": 1 for n in range(700)},
        {"I cannot help with that.": 250} | {f"answer {n}": 1 for n in range(50)},  # canned answers beside free ones
        {"always the same": 300},
        {f"label {n}": 2 for n in range(1001)},
        {"refund": 5, "delivery": 1},
        {},
    ],
)
def test_free_answers_and_a_single_one_are_no_closed_set(counts: dict[str, int]) -> None:
    found = labelled(counts)
    assert not found.closed_set
    assert found.labels == ()


def test_copies_do_not_close_a_set() -> None:
    rows = [chat(f"Question {n}", f"answer {n}") for n in range(40)]
    assert not profile(*(rows * 20)).closed_set


def test_labels_are_written_for_people_and_cut() -> None:
    long = "`x`\n" + "y" * 500
    found = labelled({long: 20, "short": 30})
    assert [label.label[:5] for label in found.labels] == ["short", "?x??y"]
    assert all(len(label.label) <= 100 for label in found.labels)


def text(*texts: str, **fields: Any) -> DataProfile:
    return profile(*({"text": one} | fields for one in texts), form="text", method="continued_pretraining")


def test_tokens_of_text_are_characters_by_four_of_what_is_distinct() -> None:
    once = text("word " * 400)
    assert once.tokens == pytest.approx(500, abs=1)
    assert text("word " * 400, "word " * 400).tokens == once.tokens
    assert text("word " * 400, "other " * 400).tokens == pytest.approx(1100, abs=1)


def test_blanks_and_signs_are_no_tokens() -> None:
    assert text("word" + " " * 100_000 + "\u200b" * 1000 + "." * 1000).tokens == 1


def test_rows_of_text_may_hold_what_the_team_likes() -> None:
    found = text("one", "two", source="wiki", id=7)
    assert (found.valid, found.format, found.closed_set) == (2, "text", False)


@pytest.mark.parametrize(
    ("row", "code"),
    [({"body": "x"}, "missing_field"), ({"text": 7}, "content_type"), ({"text": " \n"}, "empty_content")],
)
def test_a_faulty_row_of_text_is_named(row: Json, code: str) -> None:
    found = profile({"text": "fine"}, row, form="text", method="continued_pretraining")
    assert [(fault.code, fault.line) for fault in found.faults] == [(code, 2)]


@pytest.mark.parametrize(
    ("row", "form"),
    [
        (chat("a", "b"), "openai-chat"),
        ({"text": "a"}, "text"),
        ({"input": {"messages": []}, "preferred_output": [], "non_preferred_output": []}, "openai-preference"),
        ({"prompt": "a", "chosen": "b", "rejected": "c"}, "trl"),
        ({"prompt": "a", "completion": "b"}, "trl"),
        ({"prompt": "a", "completion": "b", "label": True}, "kto"),
        ({"conversations": [{"from": "human", "value": "a"}]}, "sharegpt"),
        ({"instruction": "a", "input": "", "output": "b"}, "alpaca"),
        ({"contents": [{"role": "user", "parts": []}]}, "vertex"),
        ({"schemaVersion": "bedrock-conversation-2024", "system": [], "messages": []}, "bedrock"),
    ],
)
def test_the_format_is_told_by_the_rows(row: Json, form: str) -> None:
    raw = b"\n{oops\n" + jsonl(row)
    method = {"text": "continued_pretraining", "openai-preference": "dpo", "kto": "kto"}.get(form, "sft")
    found = datasets.profile(raw, "auto", "dpo" if "chosen" in row else method)
    assert isinstance(found, DataProfile)
    assert found.format == form


def test_rows_of_no_known_format_are_answered_with_their_keys() -> None:
    fact = refused(jsonl({"question": "a", "answer`": "b"}), "auto")
    assert fact.trouble is Trouble.DEFINITIVE
    assert "`question`, `answer?`" in fact.reason


@pytest.mark.parametrize("method", ["dpo", "orpo", "kto"])
def test_conversations_hold_no_preference_to_learn(method: str) -> None:
    fact = refused(jsonl(chat("a", "b")), "openai-chat", method)
    assert fact.trouble is Trouble.DEFINITIVE
    assert method in fact.reason


@pytest.mark.parametrize("method", [None, "sft", "distillation", "rft"])
def test_text_alone_holds_no_answers_to_learn(method: str | None) -> None:
    fact = refused(jsonl({"text": "a"}), "text", method)
    assert fact.trouble is Trouble.DEFINITIVE
    assert "rows of the format `text` hold none" in fact.reason


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 2)), max_size=60))
def test_what_is_distinct_is_counted_exactly(pairs: list[tuple[int, int]]) -> None:
    found = profile(*(chat(f"Question {q}", f"answer {a}") for q, a in pairs))
    assert found.rows - found.duplicates == len(set(pairs))
    assert found.duplicates == len(pairs) - len(set(pairs))
    assert sum(label.rows for label in found.labels) == (found.rows - found.duplicates if found.closed_set else 0)
