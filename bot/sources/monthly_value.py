"""What is something worth? CSV, JSON or JSONL rows of `month` and `value`, one a month; a `currency` may stand beside."""

import re
from datetime import date
from decimal import Decimal

from bot.readiness.evidence import MonthlyValue
from bot.sources import small_tables
from bot.sources.trouble import Unreadable

_FIX = "Write rows of `month,value`, one a month: 2026-10,4200."
_CURRENCY = re.compile(r"[A-Z]{3}")


def read(raw: bytes) -> MonthlyValue:
    """Sum the values of distinct months, negative ones too; raises Unreadable. A month that stands twice is refused."""
    months: dict[date, Decimal] = {}
    currencies: set[str] = set()
    for where, row in small_tables.rows(raw, ("month", "value"), _FIX):
        month = small_tables.month(where, row.get("month"), _FIX)
        if month in months:
            raise Unreadable(
                f"{where}: {month:%Y-%m} stands there twice.", "Write one row a month, with all its value."
            )
        months[month] = small_tables.number(where, "value", row.get("value"), _FIX)
        if "currency" in row:
            currencies.add(str(row["currency"]).strip())
    if not months:
        raise Unreadable("The file holds no month.", _FIX)
    if len(currencies) > 1 or any(not _CURRENCY.fullmatch(each) for each in currencies):
        raise Unreadable("The column `currency` does not name one currency.", "Write one currency, like `USD`.")
    first, last = min(months), max(months)
    return MonthlyValue(
        f"{first:%Y-%m}",
        f"{last:%Y-%m}",
        len(months),
        12 * (last.year - first.year) + last.month - first.month + 1,
        sum(months.values(), Decimal(0)),
        next(iter(currencies), None),
    )
