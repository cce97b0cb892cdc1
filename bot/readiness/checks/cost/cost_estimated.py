"""Is every cost estimated, each with its period?

## Why
The operational tax is what nobody quotes upfront (S1). A saving without a baseline cannot be checked at all.

## What counts as evidence
`ops_cost`: volume with its period, unit costs of both sides, hosting where serving is not paid per token, training,
labour, data. Hosting of 0 only with `kind: per_token`; data of 0 only with `data_source: existing-labels`.

## How to fix
Fill in the field named. An estimate is enough; a hole is not.
"""

from collections.abc import Iterator
from decimal import Decimal

from bot.readiness.check import Check, Dossier
from bot.readiness.finding import Finding, Item
from bot.readiness.schema import Hosting, OpsCost


def run(dossier: Dossier) -> Iterator[Finding]:
    """Ask for every amount that the formula needs."""
    cost = dossier.proposal.ops_cost
    gaps = list(_gaps(cost))
    for at, message, fix in gaps:
        yield CHECK.failed(message, at=at, fix=fix)
    if gaps:
        return
    remark = None
    stale = int(dossier.policy.number(CHECK.id, "stale_after_days"))
    if cost.as_of is not None and (dossier.opened_on - cost.as_of).days > stale:
        remark = f"The figures are of {cost.as_of}, more than {stale} days before the pull request was opened."
    yield CHECK.passed("Every amount is stated with its period.", at="ops_cost", remark=remark)


def _gaps(cost: OpsCost) -> Iterator[tuple[str, str, str]]:
    if cost.currency is None:
        yield "ops_cost", "The currency is not stated.", "Add `ops_cost.currency: USD`."
    if cost.as_of is None:
        yield "ops_cost", "The date of the figures is not stated.", "Add `ops_cost.as_of: YYYY-MM-DD`."
    volume = cost.volume
    if volume is None or volume.requests is None or volume.period is None:
        yield "ops_cost.volume", "The volume is not stated.", "Add `volume: {requests, period: day}`."
    for side in ("baseline", "tuned"):
        entry = getattr(cost, side)
        if entry is None or entry.unit_cost is None:
            what = "what the prompted model costs today" if side == "baseline" else "what the tuned model will cost"
            yield (
                f"ops_cost.{side}",
                f"The proposal does not say {what}.",
                f"Add `ops_cost.{side}.unit_cost`: the cost of one request.",
            )
        elif entry.hosting is not None:
            yield from _hosting(entry.hosting, f"ops_cost.{side}.hosting", entry.unit_cost)
        elif entry.unit_cost == 0:
            yield (
                f"ops_cost.{side}",
                "A request that costs nothing needs its hosting priced.",
                "Add `hosting: {kind, amount, period}`.",
            )
    yield from _one_time(cost)


def _hosting(hosting: Hosting, at: str, unit_cost: Decimal) -> Iterator[tuple[str, str, str]]:
    if hosting.kind is None or hosting.amount is None:
        yield at, "Hosting needs its kind and amount.", "Write `hosting: {kind: per_token, amount: 0, period: month}`."
    elif hosting.amount > 0 and hosting.period is None:
        yield at, "The hosting amount has no period.", "Add `period: month`."
    elif hosting.amount == 0 and hosting.kind != "per_token":
        yield at, f"Hosting of kind {hosting.kind} is not free.", "State the amount; for a shared machine, your share."
    elif hosting.amount == 0 and unit_cost == 0:
        yield at, "Neither a request nor its hosting costs anything.", "State one of the two."


def _one_time(cost: OpsCost) -> Iterator[tuple[str, str, str]]:
    once = cost.one_time
    if once is None or once.training is None:
        yield "ops_cost.one_time", "The cost of training is not stated.", "Add `one_time.training`."
    if once is None:
        return
    if once.engineer_hours is None or once.hourly_rate is None:
        yield "ops_cost.one_time", "Labour is not priced.", "Add `engineer_hours` and `hourly_rate`."
    elif once.engineer_hours > 0 and once.hourly_rate == 0:
        yield (
            "ops_cost.one_time.hourly_rate",
            "Hours that cost nothing are not priced.",
            "State the loaded hourly rate.",
        )
    if once.data is None or (once.data == 0 and once.data_source != "existing-labels"):
        fix = "Add `one_time.data`; 0 only with `data_source: existing-labels`."
        yield "ops_cost.one_time", "The cost of the data is not stated.", fix


CHECK = Check(id="cost-estimated", item=Item.COST, doc=__doc__, run=run)
