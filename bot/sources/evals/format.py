"""What is a format of eval artifacts? How it is recognised and how it is read; and what the readers share."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from bot.readiness.eval_report import EvalReport
from bot.sources.evals.items import Wanted
from bot.sources.strict_json import printable
from bot.sources.trouble import Unreadable

LONGEST_NAME = 300  # characters of a metric's task, name and variant
_LARGEST = 1e100  # beyond it not even a mean can be taken


@dataclass(frozen=True, slots=True)
class Document:
    """An artifact as far as it was looked at before a format is chosen.

    `head` is the one JSON value that the file is, or the first row of JSONL, else None. `lines` are the file's bytes where
    it is JSONL. `columns` is the header of a CSV file. `raw` are the bytes, whatever they are. `siblings` are the files of
    the same folder that its format asked for, by their base names (`Format.siblings`).
    """

    raw: bytes
    head: Any = None
    lines: bytes | None = None
    columns: tuple[str, ...] = ()
    siblings: Mapping[str, bytes] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Format:
    """A format that is read: its name for people, how to tell it by content, and its reader (raises Unreadable).

    The reader gets the document, the file of rows where one is linked, and whose items are wanted; it gives a report for
    each run that the file holds, told apart by `run`, in the file's order.
    """

    name: str
    recognises: Callable[[Document], bool]
    read: Callable[[Document, bytes | None, Wanted], tuple[EvalReport, ...]]


def no_rows(rows: bytes | None, name: str) -> None:
    """Raise Unreadable where rows are linked beside an artifact that holds its rows itself."""
    if rows is not None:
        raise Unreadable(
            f"Rows are linked, but a file of {name} holds its rows itself.",
            "Leave `rows` out, and link this file alone.",
        )


def mapping(value: Any) -> dict[str, Any]:
    """Take a value as an object, or as an empty one where it is none."""
    return value if isinstance(value, dict) else {}


def listing(value: Any) -> list[Any]:
    """Take a value as a list, or as an empty one where it is none."""
    return value if isinstance(value, list) else []


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


def instant(value: Any) -> str | None:
    """Read a time: seconds or milliseconds since 1970 (also as digits), or ISO 8601 (without a zone: UTC); None for none."""
    if isinstance(value, str) and value.strip().replace(".", "", 1).isdecimal():
        value = float(value)
    try:
        if isinstance(value, str):
            found = datetime.fromisoformat(value)
            found = found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
        elif (seconds := number(value)) is not None and not isinstance(value, bool):
            found = datetime.fromtimestamp(int(seconds / 1000 if seconds > 1e11 else seconds), UTC)
        else:
            return None
    except (ValueError, OverflowError, OSError):
        return None
    return found.isoformat(timespec="seconds")


def named(task: str, name: str | None, variant: str | None) -> None:
    """Raise Unreadable for a metric that cannot be named in a sentence."""
    if len(task) + len(name or "") + len(variant or "") > LONGEST_NAME:
        raise Unreadable(
            f"A metric of the artifact has a name of more than {LONGEST_NAME} characters.",
            "Link the results of a task with a shorter name.",
        )
