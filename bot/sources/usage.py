"""How many requests are there a day? CSV, JSON or JSONL rows of `date` and `requests`, one a day."""

from datetime import date

from bot.readiness.evidence import Usage
from bot.sources import small_tables
from bot.sources.trouble import Unreadable

_FIX = "Write rows of `date,requests`, one a day: 2026-10-01,10234."


def read(raw: bytes) -> Usage:
    """Sum the requests of distinct days; raises Unreadable. A day that stands twice is refused: nobody knows which counts."""
    days: dict[date, int] = {}
    for where, row in small_tables.rows(raw, ("date", "requests"), _FIX):
        day = small_tables.day(where, row.get("date"), _FIX)
        if day in days:
            raise Unreadable(f"{where}: {day} stands there twice.", "Write one row a day, with all its requests.")
        requests = small_tables.number(where, "requests", row.get("requests"), _FIX)
        if requests < 0 or requests != int(requests):
            raise Unreadable(f"{where}: {requests:f} is no number of requests.", _FIX)
        days[day] = int(requests)
    if not days:
        raise Unreadable("The file holds no day.", _FIX)
    first, last = min(days), max(days)
    return Usage(first.isoformat(), last.isoformat(), len(days), (last - first).days + 1, sum(days.values()))
