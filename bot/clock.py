"""EDGE. What time is it, and where? The only file that asks the machine."""

from datetime import UTC, date, datetime, tzinfo
from functools import cache
from zoneinfo import ZoneInfo


class SystemClock:
    """The machine's clock, in UTC."""

    def now(self) -> datetime:
        """The instant, UTC-aware."""
        return datetime.now(UTC)

    def today(self) -> date:
        """The date in UTC."""
        return datetime.now(UTC).date()


@cache
def zone(name: str) -> tzinfo:
    """Find a time zone by its name, like Europe/Berlin; UTC for a name that there is not."""
    try:
        return ZoneInfo(name)
    except (OSError, ValueError, KeyError):  # a folder, a path, a name that is nowhere
        return UTC
