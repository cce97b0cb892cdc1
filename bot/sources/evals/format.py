"""What is a format of eval artifacts? How it is recognised and how it is read; and what the readers share."""

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from bot.readiness.evidence import EvalReport
from bot.sources.strict_json import printable
from bot.sources.trouble import Unreadable

LONGEST_NAME = 300  # characters of a metric's task, name and variant
_LARGEST = 1e100  # beyond it not even a mean can be taken


@dataclass(frozen=True, slots=True)
class Document:
    """An artifact as parsed: one JSON value as `head`, or JSONL in `lines` with its first row as `head`."""

    head: Any
    lines: bytes | None


@dataclass(frozen=True, slots=True)
class Format:
    """A format that is read: its name for people, how to tell it by content, and its reader (raises Unreadable)."""

    name: str
    recognises: Callable[[Document], bool]
    read: Callable[[Document, bytes | None], EvalReport]


def cannot_select(report: EvalReport, run: str) -> EvalReport:
    """Note that `run` chose nothing in a format that holds one run a file."""
    warning = f"`run: {printable(run)}` is not needed: a file of {report.format} holds one run"
    return replace(report, warnings=(*report.warnings, warning))


def mapping(value: Any) -> dict[str, Any]:
    """Take a value as an object, or as an empty one where it is none."""
    return value if isinstance(value, dict) else {}


def text(value: Any) -> str | None:
    """Take a value as a short text, or as none."""
    return printable(value, LONGEST_NAME) if isinstance(value, str) and value else None


def number(value: Any) -> float | None:
    """Take a value as a number, true and false as 1 and 0; None where it is none that can be reckoned with."""
    return float(value) if isinstance(value, int | float) and abs(value) <= _LARGEST else None


def count(value: Any) -> int | None:
    """Take a value as a count, or as none."""
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= 10**12 else None


def plain(value: Any) -> str:
    """Write a value as text: text as it is, anything else as JSON with its keys in order."""
    return value if isinstance(value, str) else json.dumps(value, sort_keys=True, ensure_ascii=False)


def pointer(*keys: str | int) -> str:
    """Write a JSON pointer (RFC 6901)."""
    return "".join("/" + str(key).replace("~", "~0").replace("/", "~1") for key in keys)


def named(task: str, name: str, variant: str | None) -> None:
    """Raise Unreadable for a metric that cannot be named in a sentence."""
    if len(task) + len(name) + len(variant or "") > LONGEST_NAME:
        raise Unreadable(
            f"A metric of the artifact has a name of more than {LONGEST_NAME} characters.",
            "Link the results of a task with a shorter name.",
        )
