"""Is a training file that is unlike production told from honest draws, and a sample that was taken out of the file from both?"""

import json
import random
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.readiness.data_profile import DataProfile, ShapeMatch
from bot.readiness.fact import Trouble
from bot.sources.datasets import profile

Row = dict[str, Any]
Draw = Callable[[random.Random], Row]
WORDS = [
    f"{a}{b}" for a in ("bel", "cor", "dan", "fer", "gol", "hes", "jin", "kra") for b in ("ap", "it", "os", "um", "ek")
]
NAMES = ["Anna Costa", "Ben Okafor", "Li Wei", "Marta Nowak", "José Álvarez"]


def words(rng: random.Random, count: int) -> str:
    return " ".join(rng.choices(WORDS, k=count))


def chat(rng: random.Random, system: str | None, answer: str | None = "refund", **more: Any) -> Row:
    said = [{"role": "system", "content": system}] if system is not None else []
    said.append({"role": "user", "content": words(rng, 12)})
    said += [{"role": "assistant", "content": answer}] if answer is not None else []
    return {"messages": said, **more}


SORT = "Sort the ticket into one of six categories. Answer with one word, and nothing else."
PROMPTS = [f"You are the {name} of a shop. {what}" for name, what in (
    ("clerk", "Help with orders and with what is late."), ("cashier", "Help with bills that are wrong."),
    ("porter", "Help with parcels, doors and keys."), ("buyer", "Compare offers, and say which one is best."),
)]  # fmt: skip


def plain(rng: random.Random) -> Row:
    return chat(rng, SORT, rng.choice(["refund", "delivery"]))


def without_instructions(rng: random.Random) -> Row:
    return chat(rng, None)


def filled_in(rng: random.Random) -> Row:
    who, day = rng.choice(NAMES), f"2026-{rng.randint(1, 12):02}-{rng.randint(1, 28):02}"
    return chat(
        rng,
        f'You help {who}, who said "{words(rng, 3)}". Today is {day}. The order {rng.randint(1, 9999)} is open. {SORT}',
    )


def with_passages(rng: random.Random) -> Row:
    found = "\n".join(f"- {words(rng, 25)}." for _ in range(rng.randint(1, 4)))
    return chat(rng, f"Answer from these passages only. If they do not say, say so.\n\n{found}\n\nBe brief and polite.")


def of_many_shops(rng: random.Random) -> Row:
    return chat(
        rng,
        f"you answer for the shop {rng.choice(WORDS)} {rng.choice(WORDS)} and stay polite whatever people say to you",
    )


def of_several_prompts(rng: random.Random) -> Row:
    return chat(rng, rng.choice(PROMPTS))


def of_forty_prompts(rng: random.Random) -> Row:
    place = rng.randrange(40)
    own = words(random.Random(place), 20)
    return chat(rng, f"You serve {rng.choice(NAMES)}. {own}. The order {rng.choice(WORDS)} is open.")


def of_several_turns(rng: random.Random) -> Row:
    row = chat(rng, SORT, None)
    for _ in range(rng.randint(0, 5)):
        row["messages"] += [{"role": "assistant", "content": words(rng, 5)}, {"role": "user", "content": words(rng, 5)}]
    row["messages"].append({"role": "assistant", "content": "refund"})
    return row


def tool(name: str) -> Row:
    return {"type": "function", "function": {"name": name, "parameters": {"type": "object"}}}


def with_tools(rng: random.Random) -> Row:
    row = chat(
        rng,
        "Help, and call tools where they help.",
        None,
        tools=[tool(n) for n in rng.sample(["find", "stop", "ask", "note"], rng.randint(1, 4))],
    )
    for number in range(rng.randint(1, 3)):
        function = {"name": row["tools"][0]["function"]["name"], "arguments": json.dumps({"q": words(rng, 2)})}
        row["messages"].append(
            {"role": "assistant", "tool_calls": [{"id": f"c{number}", "type": "function", "function": function}]}
        )
        row["messages"].append({"role": "tool", "tool_call_id": f"c{number}", "content": words(rng, 6)})
    row["messages"].append({"role": "assistant", "content": words(rng, 8)})
    return row


def as_json(rng: random.Random) -> Row:
    answer = {"category": "refund", "urgency": "low"} | ({"note": words(rng, 2)} if rng.random() < 0.3 else {})
    return chat(rng, SORT, json.dumps(answer))


def in_chinese(rng: random.Random) -> Row:
    return chat(rng, f"你是客服助手。订单号是{rng.randint(1000, 9999)}。请用一个词回答。")


HONEST: dict[str, Draw] = {
    each.__name__: each
    for each in (
        plain, without_instructions, filled_in, with_passages, of_many_shops, of_several_prompts, of_forty_prompts, of_several_turns, with_tools,
        as_json, in_chinese,
    )
}  # fmt: skip


def drawn(draw: Draw, count: int, seed: int) -> list[Row]:
    rng = random.Random(seed)
    return [draw(rng) for _ in range(count)]


def jsonl(rows: list[Row]) -> bytes:
    return "\n".join(map(json.dumps, rows)).encode()


def compared(train: list[Row], sample: list[Row] | bytes, **more: Any) -> tuple[DataProfile, ShapeMatch]:
    beside = {"production": sample if isinstance(sample, bytes) else jsonl(sample), **more}
    found = profile(jsonl(train), "openai-chat", "sft", beside)  # type: ignore[arg-type]
    assert isinstance(found, DataProfile)
    assert found.shapes is not None, found.production
    return found, found.shapes


@pytest.mark.parametrize("kind", HONEST)
def test_two_honest_draws_are_alike_both_ways(kind: str) -> None:
    for seed in range(10):
        _, shapes = compared(drawn(HONEST[kind], 150, seed), drawn(HONEST[kind], 100, 1_000 + seed))
        assert (shapes.unlike, shapes.uncovered, shapes.copied) == (0, 0, 0), (
            seed,
            shapes.unlike_in,
            shapes.uncovered_in,
        )


def redacted(rng: random.Random) -> Row:
    return chat(rng, f"You help [CUSTOMER_NAME]. Today is [DATE]. The order <ORDER> is open. {SORT}")


def asked_alone(rng: random.Random) -> Row:
    return chat(rng, SORT, None)


def test_redacted_rows_and_requests_without_answers_are_like_the_others() -> None:
    def raw(rng: random.Random) -> Row:
        return chat(
            rng, f"You help {rng.choice(NAMES)}. Today is 3 May 2026. The order {rng.randint(1, 99)} is open. {SORT}"
        )

    for one, other in ((redacted, raw), (plain, asked_alone), (as_json, asked_alone)):
        _, shapes = compared(drawn(one, 100, 1), drawn(other, 60, 2))
        assert (shapes.unlike, shapes.uncovered) == (0, 0)


SHORT, LONG = (
    "Sort it.",
    f"{SORT} A refund is about money. A delivery is about goods. Never guess: write unknown where nothing fits.",
)


@pytest.mark.parametrize(
    ("train", "production", "part", "back"),
    [
        (lambda rng: chat(rng, SHORT), lambda rng: chat(rng, LONG), "instructions", True),
        (without_instructions, plain, "instructions", True),
        (plain, without_instructions, "instructions", True),
        (with_passages, plain, "instructions", True),
        (of_several_turns, plain, "order of the roles", False),
        (with_tools, lambda rng: chat(rng, "Help, and call tools where they help."), "order of the roles", True),
        (lambda rng: chat(rng, SORT), lambda rng: chat(rng, SORT, tools=[tool("find")]), "tools", True),
        (
            lambda rng: chat(rng, SORT, tools=[tool("stop")]),
            lambda rng: chat(rng, SORT, tools=[tool("find")]),
            "tools",
            True,
        ),
        (as_json, plain, "form of the answer", False),
        (as_json, lambda rng: chat(rng, SORT, '{"label": "refund"}'), "keys of the answer", False),
    ],
)
def test_rows_that_production_never_sees_are_told_with_the_part(
    train: Draw, production: Draw, part: str, back: bool
) -> None:
    _, shapes = compared(drawn(train, 100, 3), drawn(production, 60, 4))
    assert shapes.unlike > 50
    assert next(iter(shapes.unlike_in)) == part
    assert (shapes.uncovered > 50) is back


def test_rows_of_another_shape_are_lost_at_their_lines() -> None:
    rows = [*drawn(plain, 98, 5), *drawn(without_instructions, 2, 6)]
    found, shapes = compared(rows, drawn(plain, 60, 7))
    assert (shapes.unlike, found.lost["shape"], found.effective) == (2, 2, 98)
    assert [(loss.line, loss.code) for loss in found.losses] == [(99, "unlike_production"), (100, "unlike_production")]
    assert "instructions" in found.losses[0].message


def test_where_most_rows_are_unlike_the_sample_none_is_taken_away() -> None:
    found, shapes = compared(drawn(without_instructions, 100, 5), drawn(plain, 60, 7))
    assert (shapes.unlike, found.lost["shape"], found.effective) == (100, 0, 100)


def test_what_production_sends_and_no_row_shows_is_told() -> None:
    _, shapes = compared(drawn(plain, 100, 1), [*drawn(plain, 50, 2), *drawn(without_instructions, 30, 3)])
    assert (shapes.unlike, shapes.uncovered, shapes.uncovered_in) == (0, 30, {"instructions": 30})


def test_where_a_schema_judges_the_answers_those_of_production_do_not() -> None:
    schema = json.dumps({"type": "object", "required": ["category"]}).encode()
    _, shapes = compared(drawn(as_json, 100, 1), drawn(plain, 60, 2), schema=schema)
    assert shapes.unlike == 0


def test_what_stands_in_one_row_only_is_counted() -> None:
    odd = [chat(random.Random(n), SORT, tools=[tool("find"), tool(f"tool-{n}")]) for n in range(3)]
    _, shapes = compared(drawn(plain, 100, 1), [*drawn(plain, 57, 2), *odd])
    assert (shapes.sample_alone, shapes.alone) == (3, 0)


@pytest.mark.parametrize("answered", [True, False])
def test_a_sample_out_of_the_training_file_is_found_whatever_its_case(answered: bool) -> None:
    rows = drawn(plain, 100, 1)
    taken = json.loads(json.dumps(rows[:40]))
    for row in taken:
        row["messages"][1]["content"] = row["messages"][1]["content"].upper() + " !"
        if not answered:
            row["messages"].pop()
    _, shapes = compared(rows, [*taken, *drawn(plain if answered else asked_alone, 20, 2)])
    assert (shapes.copied, shapes.comparable) == (40, 60)


def test_short_questions_that_everybody_asks_are_no_copies() -> None:
    def short(rng: random.Random) -> Row:
        return {
            "messages": [{"role": "user", "content": rng.choice(WORDS)}, {"role": "assistant", "content": "refund"}]
        }

    _, shapes = compared(drawn(short, 100, 1), drawn(short, 60, 2))
    assert (shapes.copied, shapes.comparable) == (0, 0)


def test_a_template_is_one_row_with_slots() -> None:
    template = json.dumps({"messages": [
        {"role": "system", "content": f"You help {{{{name}}}}. Today is {{{{day}}}}. {SORT}"}, {"role": "user", "content": "{{ticket}}"},
    ]}).encode()  # fmt: skip

    def sent(rng: random.Random) -> Row:
        return chat(rng, f"You help {rng.choice(NAMES)}. Today is 3 May 2026. {SORT}")

    _, shapes = compared(drawn(sent, 100, 1), template)
    assert (shapes.template, shapes.unlike, shapes.uncovered, shapes.sample) == (True, 0, 0, 1)
    _, shapes = compared(drawn(without_instructions, 100, 1), template)
    assert (shapes.unlike, shapes.uncovered) == (100, 1)


@pytest.mark.parametrize(
    ("raw", "said", "trouble"),
    [
        (b"", "empty", Trouble.DEFINITIVE),
        (b'{"input": "Where is it?"}', "without what stands before", Trouble.NOT_SUPPORTED),
        (b'{"messages": [{"role": "bird", "content": "x"}]}', "line 1", Trouble.DEFINITIVE),
        (b"{", "no JSON", Trouble.DEFINITIVE),
    ],
)
def test_a_sample_that_cannot_be_read_is_told_and_the_rows_are_counted_all_the_same(
    raw: bytes, said: str, trouble: Trouble
) -> None:
    found = profile(jsonl(drawn(plain, 5, 1)), "openai-chat", "sft", {"production": raw})
    assert isinstance(found, DataProfile)
    assert found.production is not None
    assert said in found.production.reason
    assert found.production.trouble is trouble
    assert (found.shapes, found.effective, "shape" in found.lost) == (None, 5, False)


def test_a_call_that_production_made_wrongly_is_a_request_all_the_same() -> None:
    function = {"name": "gone", "arguments": "{}"}
    wrong = chat(random.Random(1), SORT, None, tools=[tool("find")])
    wrong["messages"].append(
        {"role": "assistant", "tool_calls": [{"id": "c", "type": "function", "function": function}]}
    )
    _, shapes = compared([chat(random.Random(2), SORT, tools=[tool("find")])], [wrong] * 3)
    assert (shapes.sample, shapes.unlike, shapes.uncovered) == (3, 0, 0)


@given(
    st.lists(st.tuples(st.text(max_size=40), st.text(min_size=1, max_size=20)), min_size=1, max_size=6),
    st.text(max_size=40),
)
def test_no_text_raises(rows: list[tuple[str, str]], system: str) -> None:
    made = [
        {
            "messages": [
                {"role": "system", "content": before},
                {"role": "user", "content": asked},
                {"role": "assistant", "content": "a"},
            ]
        }
        for before, asked in rows
    ]
    sample = [{"messages": [{"role": "system", "content": system or "x"}, {"role": "user", "content": "b"}]}]
    assert isinstance(profile(jsonl(made), "openai-chat", "sft", {"production": jsonl(sample)}), DataProfile)
