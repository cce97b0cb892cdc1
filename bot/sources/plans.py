"""What does a written plan hold? Words, steps, and whether it says to what one goes back; never its text."""

import re

from bot.readiness.ownership import Plan
from bot.sources.trouble import Unreadable

MAX_BYTES = 1_000_000
_FIX = "Link a text: a page of Markdown, a runbook, a script."
# a list's entry, or a step under a heading or a number of its own
_STEP = re.compile(r"^[ \t]*(?:[-*+•]|\d{1,3}[.):]|(?:#{1,6}[ \t]+)?(?:step|schritt)[ \t]+\d{1,3})[ \t]", re.MULTILINE | re.IGNORECASE)  # fmt: skip
_COMMAND = re.compile(r"^[ \t]*[^#\s].*$", re.MULTILINE)
_TARGET = re.compile(
    r"\b(?:baseline|prompted|prompt-only|previous|former|prior|earlier|untuned|fallback|last[ -](?:known[ -])?good|"
    r"base model|v\d+|version \d+|revert|rollback target|restore|rolls? back to|vorherige\w*)\b",
    re.IGNORECASE,
)


def read(raw: bytes) -> Plan:
    """Count what a plan holds; raises Unreadable for what is no text."""
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Unreadable("The file is not UTF-8 text.", _FIX) from error
    if "\x00" in text:
        raise Unreadable("The file is no text.", _FIX)
    steps = len(_STEP.findall(text))
    if text.startswith("#!"):  # a script: each line does something
        steps = len(_COMMAND.findall(text))
    return Plan(len(re.findall(r"\w+", text)), steps, _TARGET.search(text) is not None)
