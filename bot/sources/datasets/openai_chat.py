"""Is this row a conversation as OpenAI's chat fine-tuning takes it? `{"messages": [...]}`, with tools where it calls some.

Azure, Together, Fireworks, TRL and Axolotl take the same rows. One fault a row: the first that is found, from the outside in.
"""

from collections.abc import Iterator
from functools import partial
from typing import Any

import msgspec

from bot.sources import strict_json
from bot.sources.datasets.plain_chat import SYSTEM, conversation, quickly, spoken
from bot.sources.datasets.scan import Example, Faulty, QuickReader, RowReader
from bot.sources.datasets.tools import held_to

_ROW_FIELDS = frozenset(
    ("messages", "tools", "parallel_tool_calls", "functions", "meta")
)  # `meta` is the team's and ours
_MESSAGE_FIELDS = frozenset(
    ("role", "content", "name", "weight", "tool_calls", "tool_call_id", "function_call", "refusal")
)
_RESULTS = ("tool", "function")
_ROLES = frozenset((*SYSTEM, *_RESULTS, "user", "assistant"))
_LAST = {"rft": "user", "continued_pretraining": None}  # else the assistant, whose answer is learnt


def reader(method: str) -> RowReader:
    """Give the reader of a row for a method: where the conversation ends, and whether more fields are the grader's."""
    return partial(read, last=_LAST.get(method, "assistant"), open_fields=method == "rft")


def quick_reader(method: str) -> QuickReader | None:
    """Give the reader of plain conversations for a method, where what is learnt is the answer."""
    return quickly if _LAST.get(method, "assistant") == "assistant" else None


def read(row: dict[str, Any], *, last: str | None = "assistant", open_fields: bool = False) -> Example:
    """Read a row; raises Faulty."""
    if "messages" not in row:
        raise Faulty("missing_field", "The row has no `messages`.")
    if not open_fields and not _ROW_FIELDS.issuperset(row):
        unknown = next(name for name in row if name not in _ROW_FIELDS)
        raise Faulty("unknown_field", f"The field `{strict_json.printable(unknown)}` is not known in a row.")
    messages = row["messages"]
    if not isinstance(messages, list) or not messages:
        raise no_list("messages_type", "messages", messages, " of messages")
    tools = _tools(row) if len(row) > 1 else ""
    learnt = last == "assistant"
    if learnt and not tools and (said := spoken(messages)) is not None:
        _order(messages, last)
        return conversation(row, *said)
    plain = True
    for number, message in enumerate(messages):
        plain = _message(message, number) and plain
    _order(messages, last)
    if plain:
        texts = [message["content"] for message in messages]
    else:
        _calls(messages)
        if learnt and tools:
            _hold_calls(messages, tools)
        texts = [_text(message) for message in messages]
    roles = tuple(message["role"] for message in messages)
    before = range(len(messages) - learnt)
    return Example(
        context=" ".join((*(texts[:-1] if learnt else texts), tools)),
        target=texts[-1] if learnt else None,
        user="\n".join(texts[n] for n in before if roles[n] == "user"),
        roles=roles,
        tools=_names(row) if tools else (),
        given=row,
        system=texts[0] if roles[0] in SYSTEM else "",
        calls=() if plain or not learnt else tuple(_made(messages[-1])),
    )


def no_list(code: str, name: str, value: Any, entries: str = "") -> Faulty:
    """Begin the fault of a field that is no list, or an empty one; tables often hold lists as texts of JSON."""
    if isinstance(value, str) and value.lstrip()[:1] in ("[", "{"):
        cure = "undo that with `json.loads` before the rows are written"
        return Faulty(code, f"`{name}` is a text that holds JSON, and no list{entries}: {cure}.")
    return Faulty(code, f"`{name}` is no list{entries}.")


def _tools(row: dict[str, Any]) -> str:
    """Write the tools that the row offers: the same question with other tools is another example."""
    for name in ("tools", "functions"):
        if not isinstance(row.get(name, []), list):
            raise no_list("field_type", name, row[name])
    if not isinstance(row.get("parallel_tool_calls", True), bool):
        raise Faulty("field_type", "`parallel_tool_calls` is neither true nor false.")
    offered = row.get("tools") or row.get("functions")
    return msgspec.json.encode(offered).decode() if offered else ""


def _names(row: dict[str, Any]) -> tuple[str, ...]:
    """List the names of the tools that a row offers."""
    offered = [
        tool.get("function", tool) for tool in row.get("tools") or row.get("functions") or () if isinstance(tool, dict)
    ]
    return tuple(str(tool["name"]) for tool in offered if isinstance(tool, dict) and "name" in tool)


def _message(message: Any, number: int) -> bool:
    """Look at a message, and say whether it is a plain one; raises Faulty."""
    at = f"messages[{number}]"
    if not isinstance(message, dict):
        raise Faulty("messages_type", f"`{at}` is no object.")
    if "role" not in message:
        raise Faulty("missing_field", f"`{at}` has no `role`.")
    role = message["role"]
    if not isinstance(role, str) or role not in _ROLES:
        raise Faulty("unknown_role", f"`{at}` has a role that is none of {', '.join(sorted(_ROLES))}.")
    plain = _is_plain(message)
    if not plain:
        _fields(message, role, at)
    content = message.get("content")
    if isinstance(content, str):
        if not content.strip() and role not in _RESULTS and not _calls_of(message):
            raise Faulty("empty_content", f"The content of `{at}` is empty.")
    elif content is not None or not (_calls_of(message) or message.get("refusal")):
        if "content" not in message:
            raise Faulty("missing_field", f"`{at}` has no `content`.")
        kind = "a list of parts; only text is read" if isinstance(content, list) else "no text"
        raise Faulty("content_type", f"The content of `{at}` is {kind}.")
    return plain


def _is_plain(message: dict[str, Any]) -> bool:
    """Say whether a message holds its role and its content only, and calls nothing nor answers a call."""
    return len(message) == 2 and "content" in message and message["role"] not in _RESULTS


def _fields(message: dict[str, Any], role: str, at: str) -> None:
    """Look at the fields beyond role and content."""
    if not _MESSAGE_FIELDS.issuperset(message):
        unknown = next(name for name in message if name not in _MESSAGE_FIELDS)
        raise Faulty("unknown_field", f"The field `{strict_json.printable(unknown)}` is not known in `{at}`.")
    for name in ("tool_calls", "function_call"):
        if message.get(name) is not None and role != "assistant":
            raise Faulty("unknown_field", f"`{name}` in `{at}`: only the assistant calls.")
    for name in ("name", "tool_call_id", "refusal"):
        if not isinstance(message.get(name), str | None):
            raise Faulty("field_type", f"`{name}` in `{at}` is no text.")
    if "weight" in message and (type(message["weight"]) is not int or message["weight"] not in (0, 1)):
        raise Faulty("weight", f"The weight of `{at}` is neither 0 nor 1.")
    if role == "tool" and not message.get("tool_call_id"):
        raise Faulty("missing_field", f"`{at}` has no `tool_call_id`.")
    if role == "function" and not message.get("name"):
        raise Faulty("missing_field", f"`{at}` has no `name`.")


def _order(messages: list[dict[str, Any]], last: str | None) -> None:
    roles = [message["role"] for message in messages]
    if any(role in SYSTEM for role in roles[1:]):
        raise Faulty("system_position", "A system message stands elsewhere than once, at the beginning.")
    if last is None:
        return
    if "user" not in roles:
        raise Faulty("no_user", "No message is the user's.")
    if last == "assistant" and "assistant" not in roles:
        raise Faulty("no_assistant", "No message is the assistant's: there is nothing to learn.")
    if roles[-1] != last:
        whose = (
            "the assistant's, whose answer is learnt" if last == "assistant" else "the user's, whom the model answers"
        )
        raise Faulty("last_role", f"The last message is not {whose}.")
    if last == "assistant" and all(m.get("weight", 1) == 0 for m in messages if m["role"] == "assistant"):
        raise Faulty("weight", "Every answer has the weight 0: there is nothing to learn.")


def _calls_of(message: dict[str, Any]) -> bool:
    return bool(message.get("tool_calls") or message.get("function_call"))


def _calls(messages: list[dict[str, Any]]) -> None:
    """Look at the tools' calls, and that each result answers a call that is still open."""
    open_ids: set[str] = set()
    open_names: set[str] = set()
    for number, message in enumerate(messages):
        role = message["role"]
        if role == "assistant":
            for identity, name in _called(message, f"messages[{number}]"):
                (open_names if identity is None else open_ids).add(name if identity is None else identity)
        elif role == "tool":
            if message["tool_call_id"] not in open_ids:
                raise Faulty("tool_result_without_call", f"`messages[{number}]` answers a call that was not made.")
            open_ids.discard(message["tool_call_id"])
        elif role == "function" and message["name"] not in open_names:
            raise Faulty("tool_result_without_call", f"`messages[{number}]` answers a call that was not made.")


def _called(message: dict[str, Any], at: str) -> Iterator[tuple[str | None, str]]:
    """Walk the calls of a message: (id or None for the legacy form, name of the function)."""
    calls = message.get("tool_calls")
    if calls is not None and not isinstance(calls, list):
        raise Faulty("field_type", f"`tool_calls` in `{at}` is no list.")
    for index, call in enumerate(calls or ()):
        where = f"{at}.tool_calls[{index}]"
        if not isinstance(call, dict) or not isinstance(call.get("id"), str):
            raise Faulty("missing_field", f"`{where}` has no `id`.")
        yield call["id"], _function(call.get("function"), f"{where}.function")
    if message.get("function_call") is not None:
        yield None, _function(message["function_call"], f"{at}.function_call")


def _function(function: Any, at: str) -> str:
    if not isinstance(function, dict) or not isinstance(function.get("name"), str):
        raise Faulty("missing_field", f"`{at}` has no `name`.")
    arguments = function.get("arguments")
    try:
        parsed = msgspec.json.decode(arguments) if isinstance(arguments, str) else None
    except (ValueError, RecursionError):
        parsed = None
    if not isinstance(parsed, dict):
        raise Faulty("tool_arguments_json", f"`{at}.arguments` is no text that holds a JSON object.")
    return str(function["name"])


def _text(message: dict[str, Any]) -> str:
    """Write what a message says: its content, and the calls that it makes."""
    content = message.get("content") or message.get("refusal") or ""
    if not _calls_of(message):
        return str(content)
    return " ".join([str(content), *(f"{name} {arguments}" for name, arguments in _made(message))])


def _made(message: dict[str, Any]) -> list[tuple[str, str]]:
    """List the calls of a message whose form was looked at: name, and the text of the arguments."""
    calls = [call["function"] for call in message.get("tool_calls") or ()]
    calls += [message["function_call"]] if message.get("function_call") else []
    return [(call["name"], call["arguments"]) for call in calls]


def _hold_calls(messages: list[dict[str, Any]], tools: str) -> None:
    """Hold the calls that are learnt to the tools that the row offers."""
    offered = held_to(tools)
    for number, message in enumerate(messages):
        if message["role"] != "assistant" or message.get("weight") == 0:
            continue
        for name, arguments in _made(message):
            if fault := offered.fault(name, arguments, f"messages[{number}]"):
                raise fault
