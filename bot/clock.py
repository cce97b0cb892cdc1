"""EDGE. What time is it? The only file that asks the machine."""

from datetime import UTC, date, datetime


class SystemClock:
    """The machine's clock, in UTC."""

    def now(self) -> datetime:
        """The instant, UTC-aware."""
        return datetime.now(UTC)

    def today(self) -> date:
        """The date in UTC."""
        return datetime.now(UTC).date()
