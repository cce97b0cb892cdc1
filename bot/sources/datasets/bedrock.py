"""Is this row one of Amazon Bedrock's? A conversation (`schemaVersion: bedrock-conversation-2024`), or a prompt with a completion."""

from typing import Any

from msgspec.structs import replace

from bot.sources.datasets import openai_chat, trl
from bot.sources.datasets.scan import Example, Faulty, RowReader

_VERSION = "bedrock-conversation-2024"


def reader(method: str) -> RowReader:
    """Give the reader of a row."""
    return read


def read(row: dict[str, Any]) -> Example:
    """Read a row; raises Faulty."""
    if "messages" not in row:
        return trl.reader("sft")(row)
    if row.get("schemaVersion") != _VERSION:
        raise Faulty("missing_field", f"`schemaVersion` is not `{_VERSION}`.")
    said = [{"role": "system", "content": parts(row["system"], "system")}] if row.get("system") else []
    if not isinstance(row["messages"], list) or not all(isinstance(message, dict) for message in row["messages"]):
        raise openai_chat.no_list("messages_type", "messages", row["messages"], " of messages")
    for number, message in enumerate(row["messages"]):
        said.append({**message, "content": parts(message.get("content"), f"messages[{number}].content")})
    return replace(openai_chat.read({"messages": said}), given=row)


def parts(value: Any, at: str) -> str:
    """Read a list of `{"text": ...}`; raises Faulty: of other media nothing can be judged here."""
    if not isinstance(value, list) or not value:
        raise Faulty("content_type", f"`{at}` is no list of parts.")
    if not all(isinstance(part, dict) and isinstance(part.get("text"), str) for part in value):
        raise Faulty("content_type", f"`{at}` holds a part that is no text; only text is read.")
    return "\n".join(part["text"] for part in value)
