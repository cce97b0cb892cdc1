"""Is this row a plain conversation, as most are? Texts of the system, the user and the assistant, whose last answer is learnt.

Such a line is read in one step, in a third of the time. Whatever else a line holds, and whatever is wrong with it, is left to the
format's reader. What is asked of every row is asked by functions that walk without the interpreter (`map`).
"""

from operator import attrgetter, itemgetter
from typing import Annotated, Any, Literal

import msgspec
from msgspec import UNSET, UnsetType

from bot.sources import strict_json
from bot.sources.datasets.scan import MAX_DEPTH, MAX_ROW_BYTES, Example

SYSTEM = ("system", "developer")  # two names of one role
_SPEAKERS = frozenset((*SYSTEM, "user", "assistant"))
_OPENED: dict[str, tuple[str, ...]] = {role: (role, "user", "assistant") for role in SYSTEM}


class _Message(msgspec.Struct, frozen=True, forbid_unknown_fields=True, gc=False):
    role: Literal["system", "developer", "user", "assistant"]
    content: Annotated[str, msgspec.Meta(min_length=1)]


class _Row(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    messages: Annotated[list[_Message], msgspec.Meta(min_length=2)]
    meta: msgspec.Raw | UnsetType = UNSET  # the team's own


_DECODE = msgspec.json.Decoder(_Row).decode
_ROLE, _CONTENT = attrgetter("role"), attrgetter("content")
_ROLE_OF, _CONTENT_OF = itemgetter("role"), itemgetter("content")


def quickly(text: bytes) -> Example | None:
    """Read a line of JSON; None where it is no plain conversation, or may be none: never another example than the reader's."""
    if len(text) > MAX_ROW_BYTES:
        return None
    try:
        row = _DECODE(text)
    except (ValueError, RecursionError):
        return None
    example = _short(text, row.messages) or _long(text, row.messages)
    if example is None or example.target is None:
        return None
    # each key has its colon, and the decoder keeps the last of two equal keys in silence: none may be left over
    colons = 1 + 2 * len(row.messages) + example.context.count(":") + example.target.count(":")
    if row.meta is not UNSET:
        meta = bytes(row.meta)
        colons += 1 + meta.count(b":")
        try:
            strict_json.quickly(meta, MAX_DEPTH - 1)
        except ValueError:
            return None
    # an escaped colon in a text would stand for one of a key; looked for from the first escape on, which is often far behind
    is_sure = colons == text.count(b":") and text.find(b"\\u003", text.find(b"\\")) < 0
    return example if is_sure else None


def _short(text: bytes, messages: list[_Message]) -> Example | None:
    """Read a question and its answer, perhaps after instructions, as most rows are: without a loop, in half of the time."""
    roles: tuple[str, ...] | None = ("user", "assistant")
    if len(messages) == 3:
        first, asked, answer = messages
        roles, system = _OPENED.get(first.role), first.content
    elif len(messages) == 2:
        (asked, answer), system = messages, ""
    else:
        return None
    if roles is None or asked.role != "user" or answer.role != "assistant":
        return None
    user, target = asked.content, answer.content
    if user.isspace() or target.isspace() or system.isspace():
        return None
    context = f"{system} {user} " if system else f"{user} "
    return Example(context, target, user, None, None, roles, (), text, (), system)


def _long(text: bytes, messages: list[_Message]) -> Example | None:
    """Read a conversation of any length."""
    roles, texts = (*map(_ROLE, messages),), [*map(_CONTENT, messages)]
    if roles[-1] != "assistant" or "user" not in roles or any(map(str.isspace, texts)):
        return None
    if "system" in roles[1:] or "developer" in roles[1:]:
        return None
    return conversation(text, roles, texts)


def spoken(messages: list[Any]) -> tuple[tuple[str, ...], list[str]] | None:
    """Give who says what, where all messages are texts that somebody says, and nothing more."""
    try:
        roles, texts = (*map(_ROLE_OF, messages),), [*map(_CONTENT_OF, messages)]
        plain = {*map(type, messages)} == {dict} and {*map(len, messages)} == {2}
        if not plain or not _SPEAKERS.issuperset(roles) or {*map(type, texts)} != {str}:
            return None
    except (LookupError, TypeError):
        return None
    return None if any(map(str.isspace, texts)) or "" in texts else (roles, texts)


def conversation(row: dict[str, Any] | bytes, roles: tuple[str, ...], texts: list[str]) -> Example:
    """Make an example of a plain conversation that ends with the answer that is learnt."""
    before = texts[:-1]
    if roles.count("user") == 1:
        user = texts[roles.index("user")]
    else:
        user = "\n".join([text for role, text in zip(roles, before, strict=False) if role == "user"])
    context = f"{' '.join(before)} "
    return Example(context, texts[-1], user, roles=roles, given=row, system=texts[0] if roles[0] in SYSTEM else "")
