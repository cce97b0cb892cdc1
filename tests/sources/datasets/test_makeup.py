"""Is what the rows are made of counted as a person would count it, and does nothing in them stop the count?"""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.readiness.data_profile import Answers, DataProfile, LabelCount, LabelField
from bot.sources.datasets import profile, refusals
from bot.sources.datasets.makeup import SAMPLE, Makeup
from bot.sources.datasets.payload import Payload
from bot.sources.datasets.scan import MAX_LABELS, Example

CALL = {"id": "c1", "type": "function", "function": {"name": "look_up", "arguments": "{}"}}


def counted(rows: list[dict[str, Any]], form: str = "openai-chat", method: str = "sft") -> DataProfile:
    found = profile("\n".join(map(json.dumps, rows)).encode(), form, method)
    assert isinstance(found, DataProfile)
    assert found.valid == len(rows), found.faults
    return found


def answers(*rows: dict[str, Any], form: str = "openai-chat", method: str = "sft") -> Answers:
    found = counted(list(rows), form, method).answers
    assert found is not None
    return found


def chat(answer: str | dict[str, Any], asked: str = "Do it.") -> dict[str, Any]:
    said = answer if isinstance(answer, dict) else {"content": answer}
    return {"messages": [{"role": "user", "content": asked}, {"role": "assistant", **said}]}


def thumbs(answer: str, up: bool) -> dict[str, Any]:
    return {"prompt": "Do it.", "completion": answer, "label": up}


def pair(chosen: str, rejected: str) -> dict[str, Any]:
    return {"prompt": "Do it.", "chosen": chosen, "rejected": rejected}


def fields(*targets: str) -> dict[str, LabelField]:
    found = counted([chat(target, f"Question {n}") for n, target in enumerate(targets)]).label_fields
    assert found is not None
    return {field.name: field for field in found}


CALLED: list[tuple[dict[str, Any], str, str]] = [
    (chat({"content": None, "tool_calls": [CALL]}), "openai-chat", "sft"),
    (chat({"content": None, "function_call": {"name": "f", "arguments": "{}"}}), "openai-chat", "sft"),
    (
        {
            "messages": [
                {"role": "user", "content": "Do it."},
                {"role": "assistant", "content": None, "tool_calls": [CALL]},
                {"role": "tool", "tool_call_id": "c1", "content": "7"},
                {"role": "assistant", "content": "It is 7."},
            ]
        },
        "openai-chat",
        "sft",
    ),
    (chat('<tool_call>\n{"name": "f", "arguments": {}}\n</tool_call>'), "openai-chat", "sft"),
    (chat('{"name": "f", "arguments": {"x": 1}}'), "openai-chat", "sft"),
    (chat('[{"name": "f", "arguments": {"x": 1}}]'), "openai-chat", "sft"),
    (chat('```json\n{"tool": "f", "args": {"x": 1}}\n```'), "openai-chat", "sft"),
    (chat('[get_weather(city="Oslo"), get_time()]'), "openai-chat", "sft"),
    (chat("Thought: I look.\nAction: search\nAction Input: parcel"), "openai-chat", "sft"),
    (
        {
            "conversations": [
                {"from": "human", "value": "Do it."},
                {"from": "function_call", "value": '{"f": 1}'},
                {"from": "observation", "value": "7"},
                {"from": "gpt", "value": "It is 7."},
            ]
        },
        "sharegpt",
        "sft",
    ),
    ({"instruction": "Do it.", "output": 'look_up(order="7")'}, "alpaca", "sft"),
    (pair('{"name": "f", "arguments": {}}', "I do not know."), "trl", "dpo"),
    (
        {
            "input": {"messages": [{"role": "user", "content": "Do it."}]},
            "preferred_output": [{"role": "assistant", "content": None, "tool_calls": [CALL]}],
            "non_preferred_output": [{"role": "assistant", "content": "I guess 7."}],
        },
        "openai-preference",
        "dpo",
    ),
]


@pytest.mark.parametrize(("row", "form", "method"), CALLED)
def test_a_call_is_seen_in_whatever_form(row: dict[str, Any], form: str, method: str) -> None:
    assert answers(row, form=form, method=method).calls == 1


@pytest.mark.parametrize(
    "row",
    [
        chat("It is 7."),
        chat('{"category": "refund", "name": "Anna"}'),
        chat("Sure (as far as I know)."),
        {
            "messages": [
                {"role": "system", "content": "Answer with <tool_call>{...}</tool_call> when you need a tool."},
                {"role": "user", "content": "Do it."},
                {"role": "assistant", "content": "It is 7."},
            ]
        },
        {
            "messages": [
                {"role": "user", "content": "Do it."},
                {"role": "assistant", "content": None, "tool_calls": [CALL], "weight": 0},
                {"role": "tool", "tool_call_id": "c1", "content": "7"},
                {"role": "assistant", "content": "It is 7."},
            ]
        },
        {**chat("It is 7."), "tools": [{"type": "function", "function": {"name": "look_up"}}]},
    ],
)
def test_what_only_speaks_of_tools_is_no_call(row: dict[str, Any]) -> None:
    assert answers(row).calls == 0


@pytest.mark.parametrize(
    "text",
    [
        "I'm sorry, but I can't help with that.",
        "I\u2019m sorry, I can\u2019t assist with that request.",
        "I cannot provide medical advice.",
        "I must decline.",
        "We are unable to share another customer's data.",
        "Das kann ich leider nicht beantworten.",
        "Je ne peux pas vous aider avec cette demande.",
        "Lo siento, no puedo ayudarte con eso.",
        "N\u00e3o posso ajudar com isso.",
        "Mi dispiace, non posso aiutarti.",
        "Daar kan ik u niet mee helpen.",
        "Det kan jag inte hj\u00e4lpa dig med, jag kan inte g\u00f6ra det.",
        "Niestety nie mog\u0119 pom\u00f3c.",
        "\u041a \u0441\u043e\u0436\u0430\u043b\u0435\u043d\u0438\u044e, \u044f \u043d\u0435 \u043c\u043e\u0433\u0443 \u0441 \u044d\u0442\u0438\u043c \u043f\u043e\u043c\u043e\u0447\u044c.",
        "\u62b1\u6b49\uff0c\u6211\u65e0\u6cd5\u63d0\u4f9b\u8fd9\u6837\u7684\u5efa\u8bae\u3002",
        "\u7533\u3057\u8a33\u3042\u308a\u307e\u305b\u3093\u304c\u3001\u304a\u624b\u4f1d\u3044\u3067\u304d\u307e\u305b\u3093\u3002",
        "\uc8c4\uc1a1\ud558\uc9c0\ub9cc \ub3c4\uc640\ub4dc\ub9b4 \uc218 \uc5c6\uc2b5\ub2c8\ub2e4.",
        "\u0639\u0630\u0631\u0627\u064b\u060c \u0644\u0627 \u064a\u0645\u0643\u0646\u0646\u064a \u0645\u0633\u0627\u0639\u062f\u062a\u0643.",
        "Maaf, saya tidak dapat membantu.",
    ],
)
def test_a_plain_refusal_is_one_in_its_own_language(text: str) -> None:
    assert refusals.told(text) == "plain"


@pytest.mark.parametrize(
    "text",
    ["Your parcel arrives on Monday.", "Ihr Paket kommt am Montag.", "Gerne! Der Preis ist 7 Euro.", '{"escalate": false}', "42", ""],
)  # fmt: skip
def test_an_answer_is_no_refusal(text: str) -> None:
    assert refusals.told(text) == "answer"


@pytest.mark.parametrize("text", ["Sorry for the wait! It arrives on Monday.", "refusal", '{"decision": "refuse"}'])
def test_what_only_may_be_a_refusal_is_told_apart(text: str) -> None:
    assert refusals.told(text) == "perhaps"


def test_a_script_that_is_not_read_is_said() -> None:
    assert refusals.told("\u0986\u09ae\u09bf \u09aa\u09be\u09b0\u09bf") == "unread"


def test_the_field_of_a_refusal_is_one_whatever_it_says() -> None:
    assert answers(chat({"content": None, "refusal": "No."})).refusals == 1


def test_of_thumbs_only_answers_that_are_to_be_given_count() -> None:
    no = "I cannot help with that."
    found = answers(thumbs(no, True), thumbs(no, False), thumbs("It is 7.", True), form="kto", method="kto")
    assert (found.rows, found.given, found.refusals) == (3, 2, 1)


TOPICS = [f"the {a} {b} of order {n}" for n, (a, b) in enumerate((a, b) for a in ("red", "blue", "old", "new", "spare") for b in ("cup", "lamp", "desk", "chair", "shelf", "vase", "bowl", "clock"))]  # fmt: skip


@pytest.mark.parametrize(
    ("rows", "contained"),
    [
        # cut off: each longer one goes on in its own words
        ([pair(f"We sent {t} on Monday.", f"We sent {t} on Monday. It was packed by {n} hands.") for n, t in enumerate(TOPICS)], 40),
        ([pair(f"Look: {n} of them. We sent {t} today, gladly.", f"We sent {t} today") for n, t in enumerate(TOPICS)], 40),
        # a greeting in every pair is the style that is wanted
        ([pair(f"Thank you for asking! We sent {t} today.", f"We sent {t} today.") for t in TOPICS], 0),
        # rewritten
        ([pair(f"Of course, {t} left our house today.", f"{t} sent. Bye") for t in TOPICS], 0),
        # the label alone instead of the label with its reasons
        ([pair("refund", f"refund, since {t} broke") for t in TOPICS], 0),
        # an optional key
        ([pair(f'{{"thing": "{t}"}}', f'{{"thing": "{t}", "note": {n}}}') for n, t in enumerate(TOPICS)], 0),
        # redaction
        ([pair(f"[NAME] bought {t}, call [PHONE] please", f"Anna{n} bought {t}, call {n} please") for n, t in enumerate(TOPICS)], 0),
    ],
)  # fmt: skip
def test_pairs_that_differ_in_length_only(rows: list[dict[str, Any]], contained: int) -> None:
    found = answers(*rows, form="trl", method="dpo")
    assert (found.pairs, found.contained) == (40, contained)


def test_the_longer_side_is_counted_without_form() -> None:
    rows = [
        pair("It is on its way now", "On its way!!!!!!!!!!!!!!!!!!!!!!!!!!"),
        pair("Sent.", "We sent it."),
        pair("abc", "xyz"),
    ]
    found = answers(*rows, form="trl", method="dpo")
    assert (found.pairs, found.chosen_longer, found.rejected_longer) == (3, 1, 1)


def test_labels_are_counted_by_their_words() -> None:
    found = fields("Refund", "refund", "refund.", "delivery")
    assert found == {
        "": LabelField("", 4, 2, LabelCount("Refund", 3), (LabelCount("delivery", 1), LabelCount("Refund", 3)))
    }


def test_a_copy_counts_once() -> None:
    rows = [chat("refund", f"Question {n % 3}") for n in range(9)] + [
        chat("delivery", f"Question {n}") for n in range(2)
    ]
    found = counted(rows).label_fields
    assert found is not None
    assert {label.label: label.rows for label in found[0].fewest} == {"refund": 3, "delivery": 2}


def test_fields_of_json_have_labels_of_their_own() -> None:
    rows = [
        json.dumps({"category": f"c{n % 3}", "urgent": n % 2 == 0, "score": n / 7, "amount": n, "stars": n % 5, "why": "x" * 101})
        for n in range(60)
    ]  # fmt: skip
    found = fields(*rows)
    assert {name: field.labels for name, field in found.items()} == {"category": 3, "urgent": 2, "stars": 5}
    assert found["urgent"].fewest == (LabelCount("false", 30), LabelCount("true", 30))


def test_an_optional_key_and_a_list_of_labels_are_counted_where_they_stand() -> None:
    found = fields('{"tags": ["a", "b"], "team": {"name": "x"}}', '{"tags": ["a"], "team": null}', '{"tags": []}')
    assert (found["tags"].rows, found["tags"].labels, found["tags"].largest.rows) == (2, 2, 2)
    assert found["team.name"].rows == 1


def test_several_labels_in_a_line_are_taken_apart() -> None:
    found = fields("billing, refund", "refund; billing", "refund")
    assert (found[""].labels, found[""].largest) == (2, LabelCount("refund", 3))


def test_one_stray_answer_does_not_open_a_closed_set() -> None:
    assert fields(*["refund"] * 50, *["delivery"] * 50, "No label at all but words " * 10)[""].labels == 2


def test_prose_has_no_labels() -> None:
    assert fields(*(f"Answer {n} goes on and on " * 8 for n in range(50))) == {}
    rows = [chat(f"answer {n}", f"Question {n}") for n in range(MAX_LABELS + 1)]
    assert counted(rows).label_fields is None


def test_json_of_great_length_is_no_set_of_labels() -> None:
    assert fields(json.dumps({"text": ["x"] * 5_000}), '{"text": "y"}') == {}


def test_rows_without_answers_have_inputs_only() -> None:
    rows = [{"messages": [{"role": "user", "content": f"Question {n}"}]} for n in range(5)]
    found = counted(rows, "openai-rft", "rft")
    assert found.answers == Answers(5)
    assert found.label_fields is None
    assert found.variety is not None
    assert found.variety.inputs == 5


def test_the_sample_has_no_rhythm_and_is_always_the_same() -> None:
    def looked() -> Answers:
        payload = Payload()
        makeup = Makeup(payload)
        for line in range(1, 20_001):
            # they alternate, as exports of thumbs write them
            example = Example(f"q{line}", "I cannot help." if line % 2 else "It is 7.", user=f"q{line}")
            payload.see(line, example)
            makeup.see(line, example)
        found: Answers = makeup.found()["answers"]
        return found

    assert looked() == looked()
    assert looked().rows == SAMPLE
    assert looked().refusals == pytest.approx(SAMPLE / 2, rel=0.05)


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["messages", "input", "role", "from", "content", "value", "tool_calls", "refusal"]), inner, max_size=4),
    max_leaves=12,
)  # fmt: skip


@given(
    st.lists(
        st.builds(
            Example,
            st.text(),
            st.none() | st.text(),
            st.text(),
            st.none() | st.text(),
            st.none() | st.booleans(),
            given=st.dictionaries(st.sampled_from(["messages", "input", "prompt", "chosen"]), VALUES),
        )
    )
)
def test_nothing_in_a_row_stops_the_count(examples: list[Example]) -> None:
    payload = Payload()
    makeup = Makeup(payload)
    for line, example in enumerate(examples, 1):
        payload.see(line, example)
        makeup.see(line, example)
    found = makeup.found()
    assert bool(found) is bool(examples)
    if examples:
        assert found["answers"].rows == len(examples)
        assert 1 <= found["variety"].template <= found["variety"].inputs <= len(examples)
