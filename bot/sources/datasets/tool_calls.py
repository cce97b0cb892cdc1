"""Does a row hold a tool's call? As a field of a message, or written into an answer as models without such a field write it."""

import re
from collections.abc import Mapping
from typing import Any

from bot.sources.datasets.scan import Example

_LONGEST = 8_000  # characters of an answer that are looked at
_MESSAGES = (
    "messages", "conversations", "prompt", "completion", "chosen", "rejected", "preferred_output", "non_preferred_output",
)  # fmt: skip
_ASSISTANT = ("assistant", "gpt", "model", "chatgpt")
# how models write a call: Hermes and Qwen, Glaive, Mistral, Llama, DeepSeek, Harmony, XML, ReAct
_MARKS = (
    "<tool_call", "<|tool_call", "<function_call", "<functioncall", "<function=", "<invoke name=", "[TOOL_CALLS]",
    "<|python_tag|>", "<\uff5ctool\u2581call", "to=functions.", "<tool_use", "\nAction Input:",
)  # fmt: skip
_NAMED = re.compile(r'"(?:name|tool|function|action|tool_name|function_name|recipient_name)"\s*:\s*["{]')
_GIVEN = re.compile(r'"(?:arguments|parameters|args|kwargs|input|action_input|tool_input|tool_args)"\s*:')
_CALLED = re.compile(r'"(?:tool_calls?|function_calls?)"\s*:\s*[\[{]')
_FENCE = re.compile(r"\s*(?:```\w*\s*)?")
_PYTHON = re.compile(r"\[?\s*[A-Za-z_][\w.]*\(.*\)\s*\]?", re.DOTALL)


def calls(example: Example) -> bool:
    """Say whether some message of the assistant, or an answer of a pair, calls a tool."""
    messages = False
    for name, place in example.row.items():
        if name == "input" and isinstance(place, dict):
            place = place.get("messages")
        elif name not in _MESSAGES:
            continue
        for message in place if isinstance(place, list) else (place,):
            if isinstance(message, dict):
                messages = True
                if _calls(message):
                    return True
    return not messages and any(map(_is_written, filter(None, (example.target, example.rejected))))


def _calls(message: Mapping[str, Any]) -> bool:
    """Say whether a message calls a tool, where something is learnt from it."""
    if message.get("weight") == 0:
        return False
    if message.get("tool_calls") or message.get("function_call") or message.get("from") == "function_call":
        return True
    if message.get("role", message.get("from")) not in _ASSISTANT:
        return False
    text = message.get("content", message.get("value"))
    return isinstance(text, str) and _is_written(text)


def _is_written(text: str) -> bool:
    text = text[:_LONGEST]
    if any(mark in text for mark in _MARKS):
        return True
    fence = _FENCE.match(text)
    text = text[fence.end() :] if fence else text
    if text[:1] in ("{", "["):
        return bool(_CALLED.search(text)) or bool(_NAMED.search(text) and _GIVEN.search(text)) or _is_python(text)
    return _is_python(text)


def _is_python(text: str) -> bool:
    """See a call as Python writes it, alone or in a list: `[get_weather(city="Oslo")]`."""
    return _PYTHON.fullmatch(text.strip().removesuffix("```").rstrip()) is not None
