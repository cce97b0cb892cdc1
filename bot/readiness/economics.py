"""What does the adapter cost and save in twelve months? The formula of READINESS section 4, in Decimal.

`month = 365/12 days`. S0's worked example is a test: 18,250 - 1,095 = 17,155 gross, payback 4.26 / 25.5 / 32.3 days, net 12,355.
"""

from dataclasses import dataclass
from decimal import Decimal

from bot.readiness.schema import Hosting, OpsCost

DAYS = Decimal(365)
MONTHS = Decimal(12)
QUARTERS = Decimal(4)
_PER_YEAR = {"day": DAYS, "month": MONTHS, "year": Decimal(1)}


@dataclass(frozen=True, slots=True)
class Economics:
    """Twelve months in the proposal's currency. `payback_*` in days, None when it never pays back.

    `payback_bare` leaves labour out, `payback_labour` counts it, `payback_loaded` counts ownership too.
    """

    requests_per_day: Decimal
    run12_baseline: Decimal
    run12_tuned: Decimal
    gross_saving: Decimal
    training_cost: Decimal
    one_time: Decimal
    ownership12: Decimal
    ownership_stated: Decimal
    net12: Decimal
    payback_bare: Decimal | None
    payback_labour: Decimal | None
    payback_loaded: Decimal | None
    break_even_per_day: Decimal | None


def compute(cost: OpsCost, *, multiplier: Decimal) -> Economics | None:
    """Redo the arithmetic; None when a number that it needs is missing (`cost-estimated` says which)."""
    volume, baseline, tuned, once = cost.volume, cost.baseline, cost.tuned, cost.one_time
    if volume is None or volume.requests is None or volume.period is None or once is None:
        return None
    if (
        baseline is None
        or tuned is None
        or baseline.unit_cost is None
        or tuned.unit_cost is None
        or once.training is None
    ):
        return None
    per_day = volume.requests * _PER_YEAR[volume.period] / DAYS
    base_hosting, tuned_hosting = _hosting(baseline.hosting), _hosting(tuned.hosting)
    run_baseline = DAYS * per_day * baseline.unit_cost + base_hosting
    run_tuned = DAYS * per_day * tuned.unit_cost + tuned_hosting
    gross = run_baseline - run_tuned
    labour = (once.engineer_hours or Decimal(0)) * (once.hourly_rate or Decimal(0))
    bare = once.training + (once.data or 0) + (once.eval or 0)
    training_cost = once.training + labour
    one_time = training_cost + (once.data or 0) + (once.eval or 0)
    keep = cost.maintenance
    hours, revalidation = (
        (keep.hours_per_month or Decimal(0), keep.revalidation or Decimal(0)) if keep else (Decimal(0), Decimal(0))
    )
    stated = MONTHS * hours * (once.hourly_rate or Decimal(0)) + QUARTERS * revalidation
    ownership = max(stated, multiplier * training_cost)
    margin = baseline.unit_cost - tuned.unit_cost
    fixed = one_time + ownership + tuned_hosting - base_hosting
    return Economics(
        requests_per_day=per_day,
        run12_baseline=run_baseline,
        run12_tuned=run_tuned,
        gross_saving=gross,
        training_cost=training_cost,
        one_time=one_time,
        ownership12=ownership,
        ownership_stated=stated,
        net12=gross - ownership - one_time,
        payback_bare=_days(bare, gross),
        payback_labour=_days(one_time, gross),
        payback_loaded=_days(one_time, gross - ownership),
        break_even_per_day=fixed / (DAYS * margin) if margin > 0 and fixed > 0 else None,
    )


def _hosting(hosting: Hosting | None) -> Decimal:
    """Price twelve months of hosting."""
    if hosting is None or hosting.amount is None:
        return Decimal(0)
    return hosting.amount * _PER_YEAR[hosting.period or "month"]


def _days(outlay: Decimal, saving12: Decimal) -> Decimal | None:
    return outlay / (saving12 / DAYS) if saving12 > 0 else None


def money(amount: Decimal, currency: str | None) -> str:
    """Write an amount for people: whole units above 100, cents below."""
    places = "0" if abs(amount) >= 100 else "0.01"
    return f"{amount.quantize(Decimal(places)):,} {currency or ''}".rstrip()


def days(value: Decimal | None) -> str:
    """Write a payback for people."""
    return "never" if value is None else f"{value.quantize(Decimal('0.1'))} days"
