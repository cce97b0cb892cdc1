"""Which of the rows that a trainer takes are these? Axolotl, LLaMA-Factory and Together each take several forms, one a file."""

from collections.abc import Mapping
from typing import Any

from bot.sources.datasets import alpaca, openai_chat, openai_preference, sharegpt, text, trl
from bot.sources.datasets.scan import Example, Faulty, RowReader

Readers = Mapping[str, RowReader]
"""Readers by the key that tells their rows, the most telling first."""


def axolotl(method: str) -> RowReader:
    """Give the reader for Axolotl: chat templates, Alpaca's rows, or text; pairs for preferences."""
    if method in ("dpo", "orpo"):
        return _OneOf({"chosen": trl.reader(method)})
    readers = {
        "messages": openai_chat.reader(method),
        "conversations": sharegpt.reader(method),
        "instruction": alpaca.reader(method),
    }
    return _OneOf({"text": text.reader(method)} if method == "continued_pretraining" else readers)


def llama_factory(method: str) -> RowReader:
    """Give the reader for LLaMA-Factory: Alpaca's or ShareGPT's rows, with a chosen and a rejected answer for preferences."""
    if method in ("dpo", "orpo"):
        return _OneOf({"conversations": _ranked_turns, "chosen": _ranked})
    return _OneOf({"conversations": sharegpt.reader(method), "instruction": alpaca.reader(method)})


def together(method: str) -> RowReader:
    """Give the reader for Together: conversations in strict turns, prompts with completions, or OpenAI's pairs."""
    if method in ("dpo", "orpo"):
        return _OneOf({"preferred_output": openai_preference.reader(method)})
    if method == "continued_pretraining":
        return _OneOf({"text": text.reader(method)})
    return _OneOf({"messages": _in_turns, "prompt": trl.reader(method)})


class _OneOf:
    """Reads rows by the first reader whose key they hold, and holds every row to the form of the first."""

    def __init__(self, readers: Readers) -> None:
        self._readers = readers
        self._form: str | None = None

    def __call__(self, row: dict[str, Any]) -> Example:
        form = next((key for key in self._readers if key in row), None)
        if form is None:
            raise Faulty("missing_field", f"The row has none of {', '.join(f'`{key}`' for key in self._readers)}.")
        self._form = self._form or form
        if form != self._form:
            raise Faulty("mixed_shapes", f"The first row is one of `{self._form}`, this one of `{form}`.")
        return self._readers[form](row)


def _in_turns(row: dict[str, Any]) -> Example:
    example = openai_chat.read(row)
    spoken = [role for role in example.roles if role not in ("system", "developer", "tool")]
    if any(one == other for one, other in zip(spoken, spoken[1:], strict=False)):
        raise Faulty("alternation", "Two messages of one side follow each other.")
    return example


def _ranked(row: dict[str, Any]) -> Example:
    """Read a ranked row in Alpaca's form: instruction and input, a chosen and a rejected text."""
    for name in ("chosen", "rejected"):
        if not isinstance(row.get(name), str):
            raise Faulty("content_type" if name in row else "missing_field", f"`{name}` is no text.")
    sides = [alpaca.read({**row, "output": row[name]}) for name in ("chosen", "rejected")]
    return openai_preference.pair(sides[0], sides[0].target or "", sides[1].target or "")


def _ranked_turns(row: dict[str, Any]) -> Example:
    """Read a ranked row in ShareGPT's form: turns that end with the user, a chosen and a rejected turn."""
    for name in ("chosen", "rejected"):
        if not isinstance(row.get(name), dict):
            raise Faulty("content_type" if name in row else "missing_field", f"`{name}` is no turn.")
    turns = row["conversations"] if isinstance(row["conversations"], list) else []
    sides = [sharegpt.read({**row, "conversations": [*turns, row[name]]}) for name in ("chosen", "rejected")]
    return openai_preference.pair(sides[0], sides[0].target or "", sides[1].target or "")
