"""How were cost and gain worked out? Every figure with where it comes from, for people to follow and for programs to read."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from bot.readiness.wording import a_day, days, money, price

Unit = Literal["money", "price", "days", "requests", "hours", "times"]
From = Literal["proposal", "policy", "evidence", "computed"]


@dataclass(frozen=True, slots=True)
class Entry:
    """One figure: its name for programs and for people, its value (None: never), its unit, and where it comes from."""

    name: str
    called: str
    value: Decimal | None
    unit: Unit
    origin: From = "computed"

    def said(self, currency: str | None) -> str:
        """Write the figure for people."""
        match self.unit:
            case "days":
                return days(self.value)
            case "requests":
                return "never" if self.value is None else a_day(self.value)
            case "price":
                return price(self.value, currency)
            case "money":
                return "none" if self.value is None else money(self.value, currency)
            case "hours":
                return f"{price(self.value, None)} h"
            case "times":
                return f"{price(self.value, None)} x"


@dataclass(frozen=True, slots=True)
class Working:
    """The way from the stated amounts to the gain of twelve months, in one currency."""

    currency: str | None
    entries: tuple[Entry, ...]
