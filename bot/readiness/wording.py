"""How are counts and figures written for people? Shared by the messages of all checks."""

import difflib
from collections.abc import Iterable
from decimal import Context, Decimal

_MOST = Decimal(10) ** 15  # as much as a field takes
_MOST_REQUESTS = Decimal(10) ** 9  # house: nobody has so many


def count(number: int, thing: str) -> str:
    """Count things: `1 row`, `1,200 rows`."""
    return f"{number:,} {thing}" if number == 1 else f"{number:,} {thing}s"


def share(value: float | Decimal) -> str:
    """Write a proportion or a score, with four places at most."""
    return f"{float(value):,.4f}".rstrip("0").rstrip(".") or "0"


def beside(value: float, other: float) -> str:
    """Write a score so that it can be told from another one that it is held against, with ten places at most."""
    places = next((n for n in range(4, 11) if f"{value:.{n}f}" != f"{other:.{n}f}"), 4)
    return f"{value:,.{places}f}".rstrip("0").rstrip(".") or "0"


def percent(value: float | Decimal) -> str:
    """Write a proportion in percent."""
    return f"{float(value) * 100:g} %"


def chance(p: float) -> str:
    """Write the p-value of a test, with four places."""
    return "p < 0.0001" if p < 0.0001 else f"p = {p:.4f}".rstrip("0").rstrip(".")


def money(amount: Decimal, currency: str | None) -> str:
    """Write an amount: whole units from 100 on, cents below; beyond what anybody pays it is only told that it is."""
    if abs(amount) > _MOST:
        amount, beyond = _MOST.copy_sign(amount), "more than " if amount > 0 else "less than "
        return f"{beyond}{amount:,f} {currency or ''}".rstrip()
    return f"{amount:,.{0 if abs(amount) >= 100 else 2}f} {currency or ''}".rstrip()


def price(amount: Decimal | None, unit: str | None) -> str:
    """Write a unit price, with six places that count."""
    rounded = None if amount is None else Context(prec=6).plus(amount).normalize()
    return "nothing" if rounded is None else f"{rounded:,f} {unit or ''}".rstrip()


def figure(amount: Decimal) -> str:
    """Write a figure for a field of the proposal: whole from 100 on, three places that count below."""
    return f"{amount:.0f}" if abs(amount) >= 100 else f"{Context(prec=3).plus(amount).normalize():f}"


def a_day(requests: Decimal) -> str:
    """Write a volume: `2,798 requests a day`."""
    if requests > _MOST_REQUESTS:
        return f"more than {_MOST_REQUESTS:,f} requests a day"
    return f"{requests:,.0f} requests a day"


def days(value: Decimal | None) -> str:
    """Write a payback."""
    if value is None:
        return "never"
    return "more than 100 years" if value > 36_500 else f"{value:,.1f} days"


def meant(given: str, known: Iterable[str], begin: str = "") -> str | None:
    """Ask whether the nearest known word was meant, with what stands before it; None where none is near."""
    near = difflib.get_close_matches(given.lower(), list(known), n=1, cutoff=0.6)
    return f"Did you mean `{begin}{near[0]}`?" if near else None


def cut_short(digest: str) -> str:
    """Write a digest as people compare it: twelve digits, without the name of its function."""
    return digest.removeprefix("sha256:")[:12]
