"""What does the adapter cost and save in twelve months? The formula of READINESS section 4, in Decimal.

`month = 365/12 days`. S0's worked example is a test: 18,250 - 1,095 = 17,155 gross, payback 4.26 / 25.5 / 32.3 days, net 12,355.
"""

from dataclasses import dataclass
from decimal import Decimal

from bot.readiness.policy import Policy
from bot.readiness.schema import Hosting, OpsCost
from bot.readiness.schema.cost import OneTime, UnitCost, Volume

DAYS = Decimal(365)
MONTHS = Decimal(12)
QUARTERS = Decimal(4)
_PER_YEAR = {"day": DAYS, "month": MONTHS, "year": Decimal(1)}


@dataclass(frozen=True, slots=True)
class Economics:
    """Twelve months in the proposal's currency. `payback_*` in days, None when it never pays back.

    `payback_bare` leaves labour out, `payback_labour` counts it, `payback_loaded` counts ownership too. Of the twelve months
    `days` count towards the net: those on which the base model is served.
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
    days: Decimal = DAYS


def of(cost: OpsCost, policy: Policy, days: Decimal = DAYS, *, multiplier: Decimal | None = None) -> Economics | None:
    """Redo a proposal's arithmetic with the policy's multiplier (or another one), and its rate where none is stated.

    `days` of the twelve months count towards the net: fewer where the base model is retired before.
    """
    return compute(
        cost,
        multiplier=policy.number("gain-justifies-cost", "training_multiplier") if multiplier is None else multiplier,
        default_rate=policy.number("cost-estimated", "hourly_rate"),
        days=days,
    )


def compute(cost: OpsCost, *, multiplier: Decimal, default_rate: Decimal, days: Decimal = DAYS) -> Economics | None:
    """Redo the arithmetic; None when a number that it needs is missing (`cost-estimated` says which)."""
    requests, once = requests12(cost.volume), cost.one_time
    baseline, tuned = cost.baseline, cost.tuned
    if requests is None or once is None or baseline is None or tuned is None:
        return None
    now, then = baseline.unit_cost, tuned.unit_cost
    base_hosting, tuned_hosting = hosting12(baseline.hosting), hosting12(tuned.hosting)
    if now is None or then is None or base_hosting is None or tuned_hosting is None or tuned.hosting is None:
        return None
    training, data, evals, hours = once.training, once.data, once.eval, once.engineer_hours
    if training is None or data is None or evals is None or hours is None:
        return None
    hourly = rate(once, default_rate)
    run_baseline = requests * now + base_hosting
    run_tuned = requests * then + tuned_hosting
    gross = run_baseline - run_tuned
    training_cost = training + hours * hourly
    one_time = training_cost + data + evals
    keep = cost.maintenance
    stated = MONTHS * ((keep and keep.hours_per_month) or 0) * hourly + QUARTERS * ((keep and keep.revalidation) or 0)
    ownership = max(stated, multiplier * training_cost)
    share = days / DAYS
    fixed = one_time / share + ownership + tuned_hosting - base_hosting if share else None
    return Economics(
        requests_per_day=requests / DAYS,
        run12_baseline=run_baseline,
        run12_tuned=run_tuned,
        gross_saving=gross,
        training_cost=training_cost,
        one_time=one_time,
        ownership12=ownership,
        ownership_stated=stated,
        net12=(gross - ownership) * share - one_time,
        payback_bare=_days(training + data + evals, gross),
        payback_labour=_days(one_time, gross),
        payback_loaded=_days(one_time, gross - ownership),
        break_even_per_day=fixed / (DAYS * (now - then)) if fixed is not None and now > then and fixed > 0 else None,
        days=days,
    )


def strained(cost: OpsCost, policy: Policy, days: Decimal = DAYS) -> dict[str, Economics]:
    """Redo the arithmetic under less fortunate circumstances, by what is changed; empty when an amount is missing.

    Half the requests, twice the tuned model's cost, five times the training for ownership (house): the policy's numbers.
    """
    asked = {name: policy.number("estimate-robust", name) for name in ("volume", "tuned_cost", "training_multiplier")}
    dearer = cost.tuned and _dearer(cost.tuned, asked["tuned_cost"])
    fewer = cost.volume and cost.volume.model_copy(
        update={"requests": cost.volume.requests and cost.volume.requests * asked["volume"]}
    )
    found = {
        "volume": of(cost.model_copy(update={"volume": fewer}), policy, days),
        "tuned_cost": of(cost.model_copy(update={"tuned": dearer}), policy, days),
        "training_multiplier": of(cost, policy, days, multiplier=asked["training_multiplier"]),
    }
    return {name: each for name, each in found.items() if each is not None}


def _dearer(tuned: UnitCost, times: Decimal) -> UnitCost:
    hosting = tuned.hosting and tuned.hosting.model_copy(
        update={"amount": tuned.hosting.amount and tuned.hosting.amount * times}
    )
    return tuned.model_copy(update={"unit_cost": tuned.unit_cost and tuned.unit_cost * times, "hosting": hosting})


def per_request(side: UnitCost | None, volume: Volume | None) -> Decimal | None:
    """Price a request with the hosting that it bears; None when that cannot be said."""
    if side is None or side.unit_cost is None:
        return None
    hosting, requests = hosting12(side.hosting), requests12(volume)
    if hosting == 0:
        return side.unit_cost
    return side.unit_cost + hosting / requests if hosting is not None and requests else None


def rate(once: OneTime | None, default: Decimal) -> Decimal:
    """Price an hour: as stated, else as the policy says."""
    return default if once is None or once.hourly_rate is None else once.hourly_rate


def requests12(volume: Volume | None) -> Decimal | None:
    """Count the requests of twelve months; None when the volume is not stated."""
    if volume is None or volume.requests is None or volume.period is None:
        return None
    return volume.requests * _PER_YEAR[volume.period]


def hosting12(hosting: Hosting | None) -> Decimal | None:
    """Price twelve months of hosting: none is free, a stated one is priced by its period, None when that is missing."""
    if hosting is None or hosting.amount == 0:
        return Decimal(0)
    if hosting.amount is None or hosting.period is None:
        return None
    return hosting.amount * _PER_YEAR[hosting.period]


def _days(outlay: Decimal, saving12: Decimal) -> Decimal | None:
    return outlay * DAYS / saving12 if saving12 > 0 else None
