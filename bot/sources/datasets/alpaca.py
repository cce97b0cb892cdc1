"""Is this row an instruction in Alpaca's form? `{"instruction": ..., "input": ..., "output": ...}`, with `system` and `history`."""

from typing import Any

from msgspec.structs import replace

from bot.sources.datasets import openai_chat
from bot.sources.datasets.scan import Example, Faulty, RowReader


def reader(method: str) -> RowReader:
    """Give the reader of a row; such rows hold answers."""
    return read


def read(row: dict[str, Any]) -> Example:
    """Read a row; raises Faulty. The answers inside `history` are learnt too, but only the last is looked at."""
    for name in ("instruction", "output"):
        if name not in row:
            raise Faulty("missing_field", f"The row has no `{name}`.")
    for name in ("instruction", "input", "output", "system"):
        if not isinstance(row.get(name) or "", str):
            raise Faulty("content_type", f"`{name}` is no text.")
    said = [{"role": "system", "content": row["system"]}] if row.get("system") else []
    for turn in _history(row.get("history")):
        said += [{"role": "user", "content": turn[0]}, {"role": "assistant", "content": turn[1]}]
    asked = "\n".join(part for part in (row["instruction"], row.get("input")) if part)
    said += [{"role": "user", "content": asked}, {"role": "assistant", "content": row["output"]}]
    return replace(openai_chat.read({"messages": said}), given=row)


def _history(turns: Any) -> list[list[str]]:
    if turns is None:
        return []
    if not isinstance(turns, list) or not all(
        isinstance(turn, list) and len(turn) == 2 and all(isinstance(part, str) for part in turn) for turn in turns
    ):
        raise Faulty("field_type", "`history` is no list of pairs of texts.")
    return turns
