"""How long is a period like P3M? Shared by the checks on what is to happen again and again."""

import re
from datetime import date

from dateutil.relativedelta import relativedelta

_PART = re.compile(r"(\d+)([YMD])")


def length(period: str) -> relativedelta:
    """Read a period of years, months and days, as the schema takes it."""
    parts = {unit: int(number) for number, unit in _PART.findall(period)}
    return relativedelta(years=parts.get("Y", 0), months=parts.get("M", 0), days=parts.get("D", 0))


def first_day(month: str) -> date:
    """Find the first day of a month like "2026-10"."""
    year, _, number = month.partition("-")
    return date(int(year), int(number), 1)
