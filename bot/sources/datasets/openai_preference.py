"""Is this row a preference as OpenAI's fine-tuning takes it? `{"input": {"messages": [...]}, "preferred_output": [...], ...}`.

Azure, Together and Fireworks take the same rows. The conversation ends with the user; each output is the assistant's.
"""

from collections.abc import Mapping
from typing import Any

from msgspec.structs import replace

from bot.sources import normalise, strict_json
from bot.sources.datasets import openai_chat
from bot.sources.datasets.scan import Example, Faulty, RowReader

_FIELDS = frozenset(("input", "preferred_output", "non_preferred_output", "meta"))  # `meta` is the team's and ours
_SIDES = ("preferred_output", "non_preferred_output")
_MOST = 4  # messages of an output: a call, its result, and an answer


def reader(method: str) -> RowReader:
    """Give the reader of a row; both methods of pairs take the same rows."""
    return read


def read(row: dict[str, Any]) -> Example:
    """Read a row; raises Faulty."""
    for name in ("input", *_SIDES):
        if name not in row:
            raise Faulty("missing_field", f"The row has no `{name}`.")
    if unknown := next((name for name in row if name not in _FIELDS), None):
        raise Faulty("unknown_field", f"The field `{strict_json.printable(unknown)}` is not known in a row.")
    asked = row["input"]
    if not isinstance(asked, dict):
        raise Faulty("field_type", "`input` is no object.")
    example = openai_chat.read(asked, last="user")
    preferred, rejected = (output(row[name], name, asked) for name in _SIDES)
    return pair(replace(example, given=row), preferred, rejected)


def output(said: Any, name: str, asked: Mapping[str, Any]) -> str:
    """Read one side: messages of the assistant (and of tools that it called); raises Faulty."""
    if not isinstance(said, list) or not 1 <= len(said) <= _MOST:
        raise Faulty("completions_count", f"`{name}` is no list of one message.")
    for number, message in enumerate(said):
        role = message.get("role") if isinstance(message, dict) else None
        if role not in ("assistant", "tool"):
            raise Faulty("unknown_role", f"`{name}[{number}]` is not the assistant's.")
    whole = openai_chat.read({**asked, "messages": [*asked["messages"], *said]})
    return whole.target or ""


def pair(example: Example, preferred: str, rejected: str) -> Example:
    """Put both answers of a preference beside what was asked; raises Faulty where nothing is preferred."""
    if normalise.normal(preferred) == normalise.normal(rejected):
        raise Faulty("preferred_equals_rejected", "Both answers are the same but for their form: nothing is preferred.")
    return replace(example, target=preferred, rejected=rejected)
