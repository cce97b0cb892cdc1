"""Which rows does a small table hold? CSV, a JSON array or JSONL of objects, each row with the words that say where it stands."""

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from bot.sources import strict_json
from bot.sources.jsonl import lines
from bot.sources.trouble import Unreadable

MAX_BYTES = 5_000_000
MAX_ROWS = 5_000  # days of thirteen years
_MAX_ROW_BYTES = 100_000
_NUMBER = re.compile(r"[+-]?\d{1,15}(?:\.\d{1,15})?", re.ASCII)
_DAY = re.compile(r"(\d{4})-(\d{2})-(\d{2})(?:[T ]00:00(?::00(?:\.0+)?)?(?:Z|\+00:?00)?)?", re.ASCII)
_MONTH = re.compile(r"(\d{4})-(\d{2})(?:-01)?", re.ASCII)
_YEARS = range(2000, 2200)

Row = tuple[str, Mapping[str, Any]]


def rows(raw: bytes, columns: Sequence[str], fix: str) -> Iterator[Row]:
    """Walk the rows ("Line 7", its cells by lower-case name); raises Unreadable, with `fix`, for what is no such table."""
    if len(raw) > MAX_BYTES:
        raise Unreadable(f"The file has {len(raw):,} bytes, at most {MAX_BYTES:,} are read.", fix)
    raw = raw.removeprefix(b"\xef\xbb\xbf")
    first = raw.lstrip()[:1]
    walk = _array(raw, fix) if first == b"[" else _objects(raw, fix) if first == b"{" else _table(raw, columns, fix)
    for number, row in enumerate(walk, 1):
        if number > MAX_ROWS:
            raise Unreadable(f"The file holds more than {MAX_ROWS:,} rows.", fix)
        yield row


def day(where: str, value: Any, fix: str) -> date:
    """Read a day, `2026-10-01`, also with the time of midnight after it; raises Unreadable."""
    found = _DAY.fullmatch(value.strip()) if isinstance(value, str) else None
    return _date(where, "date", value, found and [int(part) for part in found.groups()], fix)


def month(where: str, value: Any, fix: str) -> date:
    """Read a month, `2026-10` or its first day, as that day; raises Unreadable."""
    found = _MONTH.fullmatch(value.strip()) if isinstance(value, str) else None
    return _date(where, "month", value, found and [*(int(part) for part in found.groups()), 1], fix)


def number(where: str, name: str, value: Any, fix: str) -> Decimal:
    """Read a plain number, like 10234 or 12.5: no formula, no separators; raises Unreadable."""
    text = str(value).strip() if isinstance(value, str | int | float) and not isinstance(value, bool) else ""
    if isinstance(value, float):
        text = f"{Decimal(text):f}"
    if not _NUMBER.fullmatch(text):
        raise Unreadable(f"{where}: `{name}` is {_shown(value)}, which is no plain number.", fix)
    return Decimal(text)


def _date(where: str, name: str, value: Any, parts: Sequence[int] | None, fix: str) -> date:
    if parts:
        try:
            found = date(*parts)
        except ValueError:
            found = None
        if found is not None and found.year in _YEARS:
            return found
    raise Unreadable(f"{where}: `{name}` is {_shown(value)}, which is no {name} that is understood.", fix)


def _shown(value: Any) -> str:
    if value is None or (isinstance(value, str) and not value.strip()):
        return "empty"
    try:
        return f"`{strict_json.printable(str(value).strip(), 30)}`"
    except ValueError:  # the interpreter's limit on the digits of a number
        return "a number of too many digits"


def _array(raw: bytes, fix: str) -> Iterator[Row]:
    for place, row in enumerate(_json(raw, "The file", MAX_BYTES, fix), 1):
        yield f"Row {place}", _object(row, f"Row {place}", fix)


def _objects(raw: bytes, fix: str) -> Iterator[Row]:
    for place, text in lines(raw):
        if text.strip():
            yield f"Line {place}", _object(_json(text, f"Line {place}", _MAX_ROW_BYTES, fix), f"Line {place}", fix)


def _json(raw: bytes, where: str, most: int, fix: str) -> Any:
    try:
        return strict_json.loads(raw, max_bytes=most)
    except strict_json.BadJson as bad:
        raise Unreadable(f"{where} {bad}.", fix) from bad


def _object(row: Any, where: str, fix: str) -> Mapping[str, Any]:
    if not isinstance(row, dict):
        raise Unreadable(f"{where} is no JSON object.", fix)
    return {name.strip().lower(): value for name, value in row.items()}


def _table(raw: bytes, columns: Sequence[str], fix: str) -> Iterator[Row]:
    csv.field_size_limit(_MAX_ROW_BYTES)  # of the whole process: other readers let longer cells in
    try:
        text = raw.decode("utf-8")
        head = text.partition("\n")[0]
        separator = next((sign for sign in (";", "\t") if sign in head and "," not in head), ",")
        table = csv.DictReader(io.StringIO(text, newline=""), strict=True, delimiter=separator)
        names = [name.strip().lower() for name in table.fieldnames or ()]
        if any(names.count(name) != 1 for name in columns):
            listed = " and ".join(f"`{name}`" for name in columns)
            raise Unreadable(f"The file has no columns {listed}, each once.", fix)
        table.fieldnames = names
        for row in table:
            if None in row:  # thousands set off by an unquoted comma would be read as another, smaller number
                raise Unreadable(f"Line {table.line_num} has more cells than the head has columns.", fix)
            yield f"Line {table.line_num}", row
    except (UnicodeDecodeError, csv.Error) as error:
        raise Unreadable("The file is neither JSON nor CSV in UTF-8.", fix) from error
