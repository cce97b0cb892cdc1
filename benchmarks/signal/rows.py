"""What is a labelled set made of? Rows of instructions, turns and a target, written in the format that the set names."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

Label = Literal["knowledge", "behavior"]


@dataclass(frozen=True, slots=True)
class Row:
    """One example: instructions, earlier turns (user, assistant), the last question, the target; `tool` names a function
    that the target's JSON calls.
    """

    system: str
    user: str
    target: str
    before: tuple[tuple[str, str], ...] = ()
    tool: str | None = None


@dataclass(frozen=True, slots=True)
class LabelledSet:
    """A set with what its author meant it to teach; `label` None where it teaches both, in the `share` of rows with facts.

    `group` is the table it belongs to. `origin` is the set that a stress variant was made from.
    """

    name: str
    label: Label | None
    rows: tuple[Row, ...]
    tongue: str = "en"
    form: str = "openai-chat"
    group: Literal["plain", "stress", "nature", "mixture", "few"] = "plain"
    share: float | None = None
    origin: str | None = None

    def raw(self) -> bytes:
        """Write the set as the file that a team would link."""
        write = _FORMS[self.form]
        return b"".join(json.dumps(write(row), ensure_ascii=False).encode() + b"\n" for row in self.rows)


def _chat(row: Row) -> dict[str, Any]:
    messages: list[dict[str, Any]] = [{"role": "system", "content": row.system}]
    for asked, answered in row.before:
        messages += [{"role": "user", "content": asked}, {"role": "assistant", "content": answered}]
    messages.append({"role": "user", "content": row.user})
    if row.tool is None:
        messages.append({"role": "assistant", "content": row.target})
        return {"messages": messages}
    call = {"id": "call_1", "type": "function", "function": {"name": row.tool, "arguments": row.target}}
    messages.append({"role": "assistant", "content": None, "tool_calls": [call]})
    return {"messages": messages, "tools": [{"type": "function", "function": {"name": row.tool, "parameters": {}}}]}


def _alpaca(row: Row) -> dict[str, Any]:
    return {"instruction": row.system, "input": row.user, "output": row.target}


def _sharegpt(row: Row) -> dict[str, Any]:
    turns: Sequence[tuple[str, str]] = [("system", row.system)]
    for asked, answered in row.before:
        turns = [*turns, ("human", asked), ("gpt", answered)]
    return {
        "conversations": [
            {"from": who, "value": said} for who, said in (*turns, ("human", row.user), ("gpt", row.target))
        ]
    }


_FORMS = {"openai-chat": _chat, "alpaca": _alpaca, "sharegpt": _sharegpt}
