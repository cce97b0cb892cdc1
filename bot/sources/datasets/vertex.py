"""Is this row one of Vertex AI's? `{"contents": [{"role": "user", "parts": [{"text": ...}]}, ...]}`, with `systemInstruction`."""

from typing import Any

from msgspec.structs import replace

from bot.sources.datasets import openai_chat
from bot.sources.datasets.bedrock import parts
from bot.sources.datasets.scan import Example, Faulty, RowReader

_ROLES = {"user": "user", "model": "assistant"}


def reader(method: str) -> RowReader:
    """Give the reader of a row for a method: rows for reinforcement end with the user, and bring `references`."""
    last = "user" if method == "rft" else "assistant"
    return lambda row: read(row, last)


def read(row: dict[str, Any], last: str = "assistant") -> Example:
    """Read a row; raises Faulty."""
    contents = row.get("contents")
    if contents is None:
        raise Faulty("missing_field", "The row has no `contents`.")
    if not isinstance(contents, list) or not contents:
        raise openai_chat.no_list("messages_type", "contents", contents, " of messages")
    said = []
    system = row.get("systemInstruction")
    if system is not None:
        if not isinstance(system, dict):
            raise Faulty("field_type", "`systemInstruction` is no object.")
        said.append({"role": "system", "content": parts(system.get("parts"), "systemInstruction.parts")})
    for number, message in enumerate(contents):
        at = f"contents[{number}]"
        if not isinstance(message, dict):
            raise Faulty("messages_type", f"`{at}` is no object.")
        role = _ROLES.get(message["role"]) if isinstance(message.get("role"), str) else None
        if role is None:
            raise Faulty("unknown_role", f"`{at}.role` is neither `user` nor `model`.")
        said.append({"role": role, "content": parts(message.get("parts"), f"{at}.parts")})
    return replace(openai_chat.read({"messages": said}, last=last), given=row)
