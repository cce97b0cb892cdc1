"""What is asked in production? The composition of a sample: chat rows, or JSON objects with `input`.

Of a chat counts what the user sees before the last answer, without the system's instructions: rows of an eval hold that.
"""

from typing import Any

from bot.readiness.eval_report import Composition
from bot.sources import normalise
from bot.sources.composition import Compositor
from bot.sources.datasets import openai_chat
from bot.sources.datasets.scan import Faulty
from bot.sources.evals.format import listing, mapping, plain
from bot.sources.evals.rows import objects
from bot.sources.trouble import Unreadable, not_supported

MAX_BYTES = 100_000_000
_MOST_FAULTY = 0.05  # house: share of rows that may be broken, as logs of production are here and there
_FORMS = ("auto", "openai-chat", "openai-rft")
_SYSTEM = ("system", "developer")
_FIX = 'Write one row a line: {"messages": [...]} as the chat API takes it, or {"input": ...}.'
_MOST_TOOLS = 128  # of one row: as many as the chat API takes

Row = tuple[str, str | None, tuple[str, ...]]


def composition(raw: bytes, form: str = "auto") -> Composition:
    """Count what a production sample is made of; raises Unreadable. `form` other than chat is not read."""
    if form not in _FORMS:
        raise not_supported(
            f"A production sample of the form `{form}` is not read yet.",
            "Write it as chat rows, or as rows of `input`.",
        )
    made_of = Compositor()
    rows = faulty = 0
    first: str | None = None
    for line, row in objects(raw):
        rows += 1
        try:
            asked, target, tools = _chat(row) if "messages" in row else _plain(row)
        except Faulty as fault:
            faulty += 1
            first = first or f"line {line}: {fault.message}"
            continue
        made_of.add(normalise.key(asked, target or ""), asked, target, tools)
    if not rows:
        raise Unreadable("The production sample is empty.", _FIX)
    if faulty > _MOST_FAULTY * rows:
        raise Unreadable(f"{faulty:,} of {rows:,} rows of the sample cannot be read; {first}", _FIX)
    return made_of.composition()


def _chat(row: dict[str, Any]) -> Row:
    openai_chat.read(row, last=None, open_fields=True)
    messages = row["messages"]
    answered = messages[-1]["role"] == "assistant"
    seen = [_said(m) for m in messages[: -1 if answered else None] if m["role"] not in _SYSTEM]
    asked = "\n".join(text for text in seen if text)
    if not asked:
        raise Faulty("no_user", "Nothing is asked.")
    return asked, (_said(messages[-1]) if answered else None), _tools(row)


def _plain(row: dict[str, Any]) -> Row:
    if row.get("input") in (None, "", [], {}):
        raise Faulty("missing_field", "The row has neither `messages` nor `input`.")
    target = row.get("target")
    return plain(row["input"]), (None if target is None else plain(target)), _tools(row)


def _said(message: dict[str, Any]) -> str:
    """Write what a message says: its content and the calls that it makes."""
    calls = [mapping(mapping(call).get("function")) for call in listing(message.get("tool_calls"))]
    calls.append(mapping(message.get("function_call")))
    called = [f"{call['name']} {call.get('arguments', '')}" for call in calls if call.get("name")]
    return "\n".join([text for text in (message.get("content"), message.get("refusal")) if text] + called)


def _tools(row: dict[str, Any]) -> tuple[str, ...]:
    """Name the tools that a row offers or calls."""
    offered = [mapping(tool).get("function", tool) for tool in listing(row.get("tools") or row.get("functions"))]
    for message in listing(row.get("messages")):
        offered += [mapping(call).get("function") for call in listing(mapping(message).get("tool_calls"))]
        offered.append(mapping(message).get("function_call"))
    names = [tool if isinstance(tool, str) else mapping(tool).get("name") for tool in offered]
    found = dict.fromkeys(name[:200] for name in names if isinstance(name, str) and name)
    return tuple(found)[:_MOST_TOOLS]
