"""Is the adapter's upkeep budgeted?

## Why
An adapter is looked after for as long as it serves: a fifth of the engineers' time of the first tune, for good (S0), three
to five times the training cost in ownership (S1). A budget of nothing is a plan to let it rot.

## What counts as evidence
`ops_cost.maintenance`: `hours_per_month` and `revalidation` (what one of the four a year costs) are stated and above 0. What
they come to in twelve months is compared with three times the training cost, labour included: below it a remark, and it is
the three times that count in the gain. S0's fifth has no period: a fifth every month and a fifth every quarter are both shown.

## How to fix
Say who spends how many hours a month on data, drift and incidents, and what a revalidation costs in runs and labels.
"""

from collections.abc import Iterator

from bot.readiness.check import Check, Dossier
from bot.readiness.economics import MONTHS, QUARTERS, of, rate
from bot.readiness.finding import Finding, Item
from bot.readiness.wording import money, percent

_AT = "ops_cost.maintenance"
_ASKED = (
    ("hours_per_month", "hours a month that go into its upkeep", "2"),
    ("revalidation", "cost of one revalidation", "50"),
)


def run(dossier: Dossier) -> Iterator[Finding]:
    """Ask for both amounts, and hold their sum to the floor."""
    keep = dossier.proposal.ops_cost.maintenance
    if keep is None:
        yield CHECK.failed(
            "The proposal budgets no upkeep.", at=_AT, fix=f"Add `{_AT}: {{hours_per_month: 2, revalidation: 50}}`."
        )
        return
    holes = [(name, what, like, getattr(keep, name)) for name, what, like in _ASKED if not getattr(keep, name)]
    for name, what, like, stated in holes:
        seen = f"The {what} are not stated" if name == "hours_per_month" else f"The {what} is not stated"
        message = f"{seen}." if stated is None else f"The {what}: 0, which is no budget."
        yield CHECK.failed(message, at=f"{_AT}.{name}", fix=f"State it, like `{name}: {like}`.")
    if not holes:
        yield _against_the_floor(dossier)


def _against_the_floor(dossier: Dossier) -> Finding:
    cost, policy = dossier.proposal.ops_cost, dossier.policy
    computed = of(cost, policy)
    if computed is None:
        return CHECK.passed("Hours and revalidation are stated.", at=_AT, stated=True)
    floor = policy.number("gain-justifies-cost", "training_multiplier") * computed.training_cost
    hours = (cost.one_time and cost.one_time.engineer_hours) or 0
    share = policy.number(CHECK.id, "engineer_share")
    upkeep = share * hours * rate(cost.one_time, policy.number("cost-estimated", "hourly_rate"))
    said = (
        f"Upkeep comes to {money(computed.ownership_stated, cost.currency)} in 12 months. {percent(share)} of the engineers' time "
        f"would be {money(upkeep * MONTHS, cost.currency)} if every month, {money(upkeep * QUARTERS, cost.currency)} if every quarter."
    )
    below = computed.ownership_stated < floor
    times = policy.number("gain-justifies-cost", "training_multiplier")
    remark = (
        f"That is below {times:f} x the training cost, {money(floor, cost.currency)}, which is what counts."
        if below
        else None
    )
    return CHECK.passed(said, at=_AT, remark=remark, stated=True)


CHECK = Check(id="lifecycle-budgeted", item=Item.COST, doc=__doc__, run=run)
