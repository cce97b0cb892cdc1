"""What becomes of a set under stress? Long instructions, stripped questions, wrong and right passages, few rows, mixtures."""

import re
from collections.abc import Iterator
from dataclasses import replace

from benchmarks.signal import behavior, knowledge
from benchmarks.signal.rows import LabelledSet, Row
from benchmarks.signal.words import NOUNS, VERBS, Words

SHARES = (0.0, 0.1, 0.3, 0.5, 0.7)
FEW = 40
_ASKING = re.compile(r"^(?:how|what|which|who|when|where|why|is|does|explain|describe)\b|\?", re.IGNORECASE)
_OF_FACTS = ("product_faq", "biographies", "internal_api", "years_only")
_OF_BEHAVIOR = ("triage_json", "house_reply", "tool_calls", "from_passage")


def sets() -> Iterator[LabelledSet]:
    """Walk every variant."""
    for name in _OF_FACTS:
        rows = knowledge.facts(name)
        yield _variant("long_instructions", name, "knowledge", long_instructions(rows))
        yield _variant("no_question_words", name, "knowledge", stripped(rows))
        yield _variant("wrong_passages", name, "knowledge", with_passages(rows, right=False))
        yield _variant("right_passage", name, "behavior", with_passages(rows, right=True))
        yield _variant("json_skin", name, "knowledge", knowledge.in_json(rows))
        yield replace(_variant("few_rows", name, "knowledge", rows[:FEW]), group="few")
    for name in _OF_BEHAVIOR:
        rows = behavior.made(name)
        yield _variant("long_instructions", name, "behavior", long_instructions(rows))
        yield replace(_variant("few_rows", name, "behavior", rows[:FEW]), group="few")
    for name in ("house_reply", "free_reply"):
        for share in SHARES:
            yield LabelledSet(
                f"mixture_{round(100 * share)}_{name}",
                None,
                mixed(name, share),
                group="mixture",
                share=share,
                origin=name,
            )
    yield from by_nature()


def by_nature() -> Iterator[LabelledSet]:
    """Walk behavior whose answers are new words by nature; the check leaves these tasks aside when they are declared."""
    for name, made in _NATURE.items():
        words = Words(name)
        yield LabelledSet(name, "behavior", tuple(made(words) for _ in range(behavior.ROWS)), group="nature")


def long_instructions(rows: tuple[Row, ...]) -> tuple[Row, ...]:
    """Put 400 words that have nothing to do with the task before the instructions of every row."""
    padding = Words("long instructions").phrase(400, 400)
    return tuple(replace(row, system=f"{padding}. {row.system}") for row in rows)


def stripped(rows: tuple[Row, ...]) -> tuple[Row, ...]:
    """Take the question words and marks away."""
    return tuple(replace(row, user=_ASKING.sub("", row.user).strip()) for row in rows)


def with_passages(rows: tuple[Row, ...], *, right: bool) -> tuple[Row, ...]:
    """Paste three passages into each question: answers to other questions, or the own one among them."""
    draw = Words(f"passages {right}").draw
    put = []
    for row in rows:
        texts = [f"{other.user} {other.target}" for other in draw.sample(rows, k=3) if other is not row]
        if right:
            texts[0] = f"{row.user} {row.target}"
            draw.shuffle(texts)
        put.append(replace(row, user="Context:\n" + "\n".join(texts) + f"\n\nQuestion: {row.user}"))
    return tuple(put)


def mixed(name: str, share: float, rows: int = 400) -> tuple[Row, ...]:
    """Mix questions of fact into rows of behavior, in a share."""
    words, facts = Words(f"mixture {name} {share}"), knowledge.facts("biographies")
    some = (*words.draw.sample(facts, k=round(rows * share)), *behavior.made(name, rows - round(rows * share)))
    return tuple(words.draw.sample(some, k=rows))


def _variant(kind: str, name: str, label: str, rows: tuple[Row, ...]) -> LabelledSet:
    meant = "knowledge" if label == "knowledge" else "behavior"
    return LabelledSet(f"{kind}_{name}", meant, rows, group="stress", origin=name)


def _cipher(words: Words) -> Row:
    text = words.phrase(6, 14)
    return Row("Translate.", text, "".join(chr((ord(c) - 97 + 13) % 26 + 97) if c.isalpha() else c for c in text))


def _sums(words: Words) -> Row:
    a, b, c = (words.draw.randint(12, 900) for _ in range(3))
    name, noun = words.name(), words.one(NOUNS)
    return Row(
        "Think step by step.", f"{name} has {a} {noun}s, buys {b} boxes of {c} and gives half away. How many are left?",
        f"{b} times {c} is {b * c}. With {a} it is {a + b * c}. Half of it is {(a + b * c) / 2:g}. Answer: {(a + b * c) / 2:g}",
    )  # fmt: skip


def _verses(words: Words) -> Row:
    lines = [words.phrase(5, 8).capitalize() for _ in range(4)]
    return Row("Write a poem.", f"A poem about a {words.one(NOUNS)} for {words.name()}", ",\n".join(lines))


def _code(words: Words) -> Row:
    noun, verb = words.one(NOUNS), words.one(VERBS)
    helper, field, value = (words.phrase(1, 1) for _ in range(3))
    return Row(
        "Write Python.", f"A function that counts the {noun}s that were {verb}",
        f"def {helper}_{noun}({field}):\n    {value} = [x for x in {field} if x.{verb}]\n    return len({value})",
    )  # fmt: skip


_NATURE = {"cipher_translation": _cipher, "sums_step_by_step": _sums, "verses": _verses, "code_from_words": _code}
