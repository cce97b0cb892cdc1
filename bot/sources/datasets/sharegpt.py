"""Is this row a conversation in ShareGPT's form? `{"conversations": [{"from": "human", "value": "..."}, ...]}`.

LLaMA-Factory and Axolotl read it. The user and what tools answer stand in odd places, the assistant and its calls in even ones.
"""

from typing import Any

from msgspec.structs import replace

from bot.sources.datasets import openai_chat
from bot.sources.datasets.scan import Example, Faulty, RowReader

_ROLES = {
    "human": "user", "user": "user", "gpt": "assistant", "assistant": "assistant", "model": "assistant", "chatgpt": "assistant",
    "system": "system", "observation": "user", "tool": "user", "function_call": "assistant",
}  # fmt: skip


def reader(method: str) -> RowReader:
    """Give the reader of a row for a method."""
    last = "user" if method == "rft" else "assistant"
    return lambda row: read(row, last)


def read(row: dict[str, Any], last: str = "assistant") -> Example:
    """Read a row; raises Faulty."""
    turns = row.get("conversations")
    if turns is None:
        raise Faulty("missing_field", "The row has no `conversations`.")
    if not isinstance(turns, list) or not turns:
        raise openai_chat.no_list("messages_type", "conversations", turns, " of turns")
    said = (
        [{"role": "system", "content": row["system"]}] if isinstance(row.get("system"), str) and row["system"] else []
    )
    said += [_message(turn, number) for number, turn in enumerate(turns)]
    roles = [message["role"] for message in said if message["role"] != "system"]
    if any(one == other for one, other in zip(roles, roles[1:], strict=False)):
        raise Faulty("alternation", "Two turns of one side follow each other.")
    return replace(openai_chat.read({"messages": said}, last=last), given=row)


def _message(turn: Any, number: int) -> dict[str, Any]:
    at = f"conversations[{number}]"
    if not isinstance(turn, dict):
        raise Faulty("messages_type", f"`{at}` is no object.")
    for name in ("from", "value"):
        if name not in turn:
            raise Faulty("missing_field", f"`{at}` has no `{name}`.")
    role = _ROLES.get(turn["from"]) if isinstance(turn["from"], str) else None
    if role is None:
        raise Faulty("unknown_role", f"`{at}.from` is none of {', '.join(sorted(_ROLES))}.")
    return {"role": role, "content": turn["value"]}
