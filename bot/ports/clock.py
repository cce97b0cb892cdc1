"""What time is it? Time is an input."""

from datetime import date, datetime
from typing import Protocol


class Clock(Protocol):
    """Time is an input."""

    def now(self) -> datetime:
        """The instant, UTC-aware."""

    def today(self) -> date:
        """The date in UTC."""
