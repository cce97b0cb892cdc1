"""Where do the lines of a cost picture run? Twelve months of the prompted and of the tuned model, from a stored working.

Only figures of the stored review are drawn: plain numbers, no text that a pull request chose.
"""

from collections.abc import Mapping
from decimal import Decimal
from math import floor, isfinite, log10
from typing import Any

WIDTH, HEIGHT = 640, 300
_LEFT, _RIGHT, _TOP, _BOTTOM = 84, 612, 40, 256
_WORDS = 170  # as wide as the words at the crossing
_MONTHS = 12
_DAYS = 365
_TICKS = (0, 3, 6, 9, 12)
_NEEDED = ("run12_baseline", "run12_tuned", "one_time", "ownership12")


def picture(working: Mapping[str, Any] | None, id: str) -> dict[str, Any] | None:
    """Place both lines, the axes and the crossing, under an id that is unique on its page; None where the working does not hold the figures (older releases)."""
    if working is None:
        return None
    figures = {entry["name"]: entry["value"] for entry in working["entries"]}
    if any(figures.get(name) is None for name in _NEEDED):
        return None
    prompted, tuned, start, owned = (float(Decimal(figures[name])) for name in _NEEDED)
    counted = float(Decimal(figures.get("days_counted") or _DAYS))  # beyond them there is no tuned model to run
    months = counted * _MONTHS / _DAYS
    prompted, end = prompted * counted / _DAYS, start + (tuned + owned) * counted / _DAYS
    top = _ceiling(max(prompted, end))
    if not isfinite(top) or top <= 0:
        return None
    days = figures.get("payback_loaded")
    crossing = _crossing(float(Decimal(days)), prompted, top, counted) if days is not None else None
    return {
        "id": id,
        "width": WIDTH,
        "height": HEIGHT,
        "left": _LEFT,
        "right": _RIGHT,
        "bottom": _BOTTOM,
        "prompted": f"{_LEFT},{_y(0, top)} {_x(months)},{_y(prompted, top)}",
        "tuned": f"{_LEFT},{_y(start, top)} {_x(months)},{_y(end, top)}",
        "retired": _retired(months) if counted < _DAYS else None,
        "months": [{"x": _x(month), "called": str(month)} for month in _TICKS],
        "amounts": [{"y": _y(top * part / 4, top), "called": _short(top * part / 4)} for part in range(5)],
        "crossing": crossing,
        "currency": working.get("currency") or "",
        "title": "Costs of twelve months, added up",
        "description": _description(prompted, start, end, working.get("currency") or "", crossing, counted),
    }


def _retired(month: float) -> dict[str, str]:
    """Place the end of the base model, beyond which there is no tuned one to run."""
    x, late = _x(month), month > _MONTHS / 2
    return {
        "x": x,
        "y": str(_TOP),
        "text_x": f"{float(x) + (-6 if late else 6):.1f}",
        "anchor": "end" if late else "start",
    }


def _crossing(days: float, prompted: float, top: float, counted: float) -> dict[str, str] | None:
    """Place the day on which the tuned model has paid back what it cost; None beyond the days that count."""
    if not 0 <= days <= counted or not counted:
        return None
    month = days * _MONTHS / _DAYS
    x, y = _x(month), _y(prompted * days / counted, top)
    late = float(x) + _WORDS > _RIGHT
    # both lines rise: there is room below the point on its right, and where the words would not fit, above it on its left
    return {
        "x": x,
        "y": y,
        "text_x": f"{float(x) + (-8 if late else 8):.1f}",
        "text_y": f"{float(y) - 12 if late else min(float(y) + 20, _BOTTOM - 6):.1f}",
        "anchor": "end" if late else "start",
        "said": f"paid back after {days:,.0f} days",
    }


def _description(
    prompted: float, start: float, end: float, currency: str, crossing: Mapping[str, str] | None, counted: float
) -> str:
    unit = f" {currency}" if currency else ""
    when = "twelve months" if counted == _DAYS else f"the {counted:,.0f} days until the base model is retired"
    told = f"The tuned model has {crossing['said']}." if crossing else f"They do not cross within {when}."
    return (
        f"The prompted large model costs {prompted:,.0f}{unit} in {when}. The tuned small model begins at {start:,.0f}{unit}, "
        f"paid once, and has cost {end:,.0f}{unit} with ownership after {when}. {told}"
    )


def _x(month: float) -> str:
    return f"{_LEFT + (_RIGHT - _LEFT) * month / _MONTHS:.1f}"


def _y(amount: float, top: float) -> str:
    return f"{_BOTTOM - (_BOTTOM - _TOP) * amount / top:.1f}"


def _ceiling(amount: float) -> float:
    """Round up to a figure whose quarters are round too."""
    if amount <= 0 or not isfinite(amount):
        return 0.0
    scale = 10.0 ** floor(log10(amount))
    return next((step * scale for step in (1, 1.2, 1.6, 2, 2.4, 3.2, 4, 6, 8) if step * scale >= amount), 10 * scale)


def _short(amount: float) -> str:
    """Write an axis' figure: 12,000, 3.5 M, 0.25."""
    for least, sign in ((1e12, " T"), (1e9, " G"), (1e6, " M")):
        if amount >= least:
            return f"{amount / least:,.4g}{sign}"
    return f"{amount:,.0f}" if amount >= 100 or amount == 0 else f"{amount:.3g}"
