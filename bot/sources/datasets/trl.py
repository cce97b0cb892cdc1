"""Is this row one of TRL's? Conversations, prompt and completion, or prompt with a chosen and a rejected answer.

Each of `prompt`, `completion`, `chosen`, `rejected` is a text ("standard") or a list of messages ("conversational"), the same
in all of them. Without `prompt`, both answers begin with it.
"""

from typing import Any

from msgspec.structs import replace

from bot.sources import strict_json
from bot.sources.datasets import openai_chat, text
from bot.sources.datasets.openai_preference import pair
from bot.sources.datasets.scan import Example, Faulty, RowReader

_OWN = frozenset(("prompt", "completion", "chosen", "rejected", "label", "messages", "text", "tools", "meta"))
Messages = list[dict[str, Any]]


def reader(method: str) -> RowReader:
    """Give the reader of a row for a method: rows of pairs for preferences, else rows of prompts and answers."""
    if method in ("dpo", "orpo"):
        return _preference
    if method == "rft":
        return _prompt_only
    return _text if method == "continued_pretraining" else _answer


def _text(row: dict[str, Any]) -> Example:
    return text.read(row)


def _answer(row: dict[str, Any]) -> Example:
    if "messages" in row:
        return openai_chat.read({name: value for name, value in row.items() if name in ("messages", "tools", "meta")})
    known(row)
    asked = messages(row, "prompt", "user")
    return replace(conversation([*asked, *messages(row, "completion", "assistant")], row), given=row)


def _prompt_only(row: dict[str, Any]) -> Example:
    if "messages" in row:
        return openai_chat.read(row, last="user", open_fields=True)
    return replace(openai_chat.read({"messages": messages(row, "prompt", "user")}, last="user"), given=row)


def _preference(row: dict[str, Any]) -> Example:
    known(row)
    chosen, rejected = (messages(row, name, "assistant") for name in ("chosen", "rejected"))
    if "prompt" in row:
        asked = messages(row, "prompt", "user")
    elif isinstance(row["chosen"], str):
        raise Faulty(
            "missing_field", "The row has no `prompt`, and from texts it cannot be told where the answers begin."
        )
    else:
        asked, chosen, rejected = _implicit(chosen, rejected)
    example = openai_chat.read(with_tools({"messages": asked}, row), last="user")
    preferred, other = (conversation([*asked, *side], row).target or "" for side in (chosen, rejected))
    return pair(replace(example, given=row), preferred, other)


def _implicit(chosen: Messages, rejected: Messages) -> tuple[Messages, Messages, Messages]:
    """Take the prompt with which both answers begin from them; raises Faulty."""
    shared = 0
    while shared < min(len(chosen), len(rejected)) and chosen[shared] == rejected[shared]:
        shared += 1
    if not shared:
        raise Faulty("missing_field", "The row has no `prompt`, and its answers do not begin alike.")
    if shared in (len(chosen), len(rejected)):
        raise Faulty("rejected_is_prefix", "One of both answers is only the beginning of the other.")
    return chosen[:shared], chosen[shared:], rejected[shared:]


def known(row: dict[str, Any]) -> None:
    """Raise Faulty for a field that is none of TRL's."""
    if unknown := next((name for name in row if name not in _OWN), None):
        raise Faulty("unknown_field", f"The field `{strict_json.printable(unknown)}` is not known in a row.")


def messages(row: dict[str, Any], name: str, role: str) -> Messages:
    """Read a field that is a text or a list of messages, as messages; raises Faulty."""
    if name not in row:
        raise Faulty("missing_field", f"The row has no `{name}`.")
    value = row[name]
    if isinstance(value, str):
        if not value.strip():
            raise Faulty("empty_content", f"`{name}` is empty.")
        return [{"role": role, "content": value}]
    if not isinstance(value, list) or not value or not all(isinstance(message, dict) for message in value):
        raise Faulty("content_type", f"`{name}` is neither a text nor a list of messages.")
    return value


def conversation(said: Messages, row: dict[str, Any]) -> Example:
    """Read prompt and answer as one conversation; raises Faulty."""
    texts = {isinstance(row.get(name), str) for name in ("prompt", "completion", "chosen", "rejected") if name in row}
    if len(texts) > 1:
        raise Faulty("mixed_shapes", "Some of the row's fields are texts, others lists of messages.")
    return openai_chat.read(with_tools({"messages": said}, row))


def with_tools(chat: dict[str, Any], row: dict[str, Any]) -> dict[str, Any]:
    """Put the row's tools into a conversation."""
    return {**chat, "tools": row["tools"]} if "tools" in row else chat
