"""How often does something run by itself? The longest gap between two runs, read from the usual ways to write a schedule."""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from math import ceil

from bot.readiness.ownership import NEVER

_WORDS = {
    "@hourly": 1, "@daily": 1, "@midnight": 1, "@weekly": 7, "@monthly": 31, "@quarterly": 92, "@yearly": 366,
    "@annually": 366, "@continuous": 1, "hourly": 1, "daily": 1, "weekly": 7, "monthly": 31, "quarterly": 92,
}  # fmt: skip
_MINUTES = {"minute": 1, "hour": 60, "day": 24 * 60, "week": 7 * 24 * 60}
_MONTHS = {
    name: n
    for n, name in enumerate(["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"], 1)
}
_DAYS = {name: n for n, name in enumerate(["sun", "mon", "tue", "wed", "thu", "fri", "sat"])}
_RATE = re.compile(r"rate\(\s*([1-9]\d{0,4})\s+(minute|hour|day|week)s?\s*\)", re.ASCII)
_PART = re.compile(r"(\*|[a-z]{3}|\d{1,4})(?:-([a-z]{3}|\d{1,4}))?(?:/(\d{1,3}))?", re.ASCII)
_LONGEST = 120  # characters of an expression
_FIRST, _TURNS = date(2027, 1, 1), 4 * 366  # four years hold a leap day, and every day of the week on most dates


def longest_gap(expression: str) -> int | None:
    """Find the longest gap in days between two runs (at least 1); `NEVER` for less than twice in four years, None for no schedule.

    Reads cron of five fields, of six or seven as Quartz and AWS write it, words like `@daily`, and `rate(7 days)`.
    """
    text = expression.strip().lower()
    if not text or len(text) > _LONGEST:
        return None
    if text in _WORDS:
        return _WORDS[text]
    if rate := _RATE.fullmatch(text):
        return ceil(int(rate[1]) * _MINUTES[rate[2]] / _MINUTES["day"])
    if text.startswith("cron(") and text.endswith(")"):
        fields = text[5:-1].split()
        return _of_fields(fields[:5], quartz=True) if len(fields) in (5, 6) else None
    fields = text.split()
    if len(fields) in (6, 7):  # Quartz begins with seconds, and may end with a year
        return _of_fields(fields[1:6], quartz=True)
    return _of_fields(fields, quartz=False) if len(fields) == 5 else None


def _of_fields(fields: list[str], *, quartz: bool) -> int | None:
    minute, hour, day, month, weekday = (field.replace("?", "*") for field in fields)
    sunday = 1 if quartz else 0  # as Quartz and as cron count, where 7 is Sunday too
    found = (
        _values(minute, 0, 59, {}),
        _values(hour, 0, 23, {}),
        _values("31" if day == "l" else day, 1, 31, {}),
        _values(month, 1, 12, _MONTHS),
        _values(weekday, sunday, 7, {name: n + sunday for name, n in _DAYS.items()}),
    )
    _, _, days, months, week = found
    if None in found or days is None or months is None or week is None:
        return None
    week = {(each - sunday) % 7 for each in week}
    return _gap(days, months, week, either=day != "*" and weekday != "*", last=day == "l")


def _values(field: str, low: int, high: int, names: dict[str, int]) -> set[int] | None:
    """Read one field of a cron expression; None where it cannot be read."""
    found: set[int] = set()
    for part in field.split(","):
        match = _PART.fullmatch(part)
        if match is None:
            return None
        first, last, step = match.groups()
        if step == "0":
            return None
        begin = low if first == "*" else _number(first, names)
        end = high if first == "*" or (step and not last) else begin if not last else _number(last, names)
        if begin is None or end is None or not low <= begin <= high or not low <= end <= high or begin > end:
            return None
        found |= set(range(begin, end + 1, int(step or 1)))
    return found


def _number(text: str, names: dict[str, int]) -> int | None:
    return int(text) if text.isdigit() else names.get(text)


def _gap(days: set[int], months: set[int], week: set[int], *, either: bool, last: bool) -> int:
    runs = list(_runs(days, months, week, either=either, last=last))
    if len(runs) < 2:
        return NEVER
    return max((later - earlier).days for earlier, later in zip(runs, runs[1:], strict=False))


def _runs(days: set[int], months: set[int], week: set[int], *, either: bool, last: bool) -> Iterator[date]:
    for turn in range(_TURNS):
        today = _FIRST + timedelta(days=turn)
        if today.month not in months:
            continue
        on_day = (today + timedelta(days=1)).day == 1 if last else today.day in days
        on_week = (today.weekday() + 1) % 7 in week
        # cron's own rule: where both are restricted, one of both is enough
        if (on_day or on_week) if either else (on_day and on_week):
            yield today
