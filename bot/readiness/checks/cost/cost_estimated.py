"""Is every cost estimated, each with its period?

## Why
The operational tax is what nobody quotes upfront (S1). A saving without a baseline cannot be checked at all.

## What counts as evidence
`ops_cost`: currency and date, volume with its period, the cost of a request on both sides, the tuned model's hosting, and
once: training, engineer hours, data, eval. Hosting of 0 only with `kind: per_token`, and on a platform of your own
(`serving.platform`) only beside a price per request; a shared machine states your share. Data of 0 only with
`data_source: existing-labels`. Training that costs neither money nor hours is not estimated. Hours without an
`hourly_rate` are priced at the policy's, in the policy's currency only; an hour or a request that costs next to nothing is
not priced. `as_of` is the day of the figures: more than 90 days before the opening a remark, long after it a slip.

## How to fix
Fill in the field named. An estimate is enough; a hole is not.
"""

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal

from bot.readiness.check import Check, Dossier
from bot.readiness.finding import Finding, Item
from bot.readiness.revalidation import EVERY
from bot.readiness.schema import Hosting, OpsCost, Proposal
from bot.readiness.wording import money, price

OWN_PLATFORMS = ("vllm", "sglang", "tgi", "lorax")
METERED = "`hosting: {kind: per_token, amount: 0, period: month}` where a provider bills by the token"

Gap = tuple[str, str, str]  # field, what is missing, what to do


def run(dossier: Dossier) -> Iterator[Finding]:
    """Ask for every amount that the formula needs."""
    cost = dossier.proposal.ops_cost
    gaps = [*_gaps(dossier.proposal), *_slips(dossier)]
    for at, message, fix in gaps:
        yield CHECK.failed(message, at=at, fix=fix)
    if gaps:
        return
    remarks = []
    stale = int(dossier.policy.number(CHECK.id, "stale_after_days"))
    if cost.as_of is not None and (dossier.opened_on - cost.as_of).days > stale:
        remarks.append(f"The figures are of {cost.as_of}, more than {stale} days before the pull request was opened.")
    once = cost.one_time
    if once is not None and once.engineer_hours and once.hourly_rate is None:
        rate = money(dossier.policy.number(CHECK.id, "hourly_rate"), cost.currency)
        remarks.append(f"No hourly rate is stated, {rate} of the policy is taken.")
    yield CHECK.passed("Every amount is stated with its period.", at="ops_cost", remark=" ".join(remarks) or None)


def _gaps(proposal: Proposal) -> Iterator[Gap]:
    cost = proposal.ops_cost
    if cost.currency is None:
        yield "ops_cost.currency", "The currency is not stated.", "Add `ops_cost.currency: USD`."
    if cost.as_of is None:
        yield "ops_cost.as_of", "The date of the figures is not stated.", "Add `ops_cost.as_of: YYYY-MM-DD`."
    volume = cost.volume
    if volume is None or volume.requests is None or volume.period is None:
        yield "ops_cost.volume", "The volume is not stated.", "Add `ops_cost.volume: {requests, period: day}`."
    baseline = cost.baseline
    if baseline is None or baseline.unit_cost is None:
        what, fix = "what the prompted model costs today", "Add `ops_cost.baseline.unit_cost`: the cost of one request."
        yield "ops_cost.baseline.unit_cost", f"The proposal does not say {what}.", fix
    elif baseline.hosting is not None:
        yield from _hosting(baseline.hosting, "ops_cost.baseline.hosting", baseline.unit_cost)
    elif baseline.unit_cost == 0:
        message = "A request to the prompted model that costs nothing needs its hosting priced."
        yield "ops_cost.baseline.hosting", message, "Add `ops_cost.baseline.hosting: {kind, amount, period}`."
    yield from _tuned(proposal)
    yield from _one_time(cost)


def _slips(dossier: Dossier) -> Iterator[Gap]:
    """Find amounts that are stated and cannot be meant: next to nothing, of another currency, of a day to come."""
    cost, number = dossier.proposal.ops_cost, dossier.policy.number
    last = dossier.opened_on + timedelta(days=int(number(CHECK.id, "days_after_opening")))
    if cost.as_of is not None and cost.as_of > last:
        message = f"The figures are dated {cost.as_of}, long after the pull request was opened ({dossier.opened_on})."
        yield "ops_cost.as_of", message, "Write the day on which the prices were looked up."
    least = number(CHECK.id, "least_unit_cost")
    for name, side in (("baseline", cost.baseline), ("tuned", cost.tuned)):
        if side is not None and side.unit_cost is not None and 0 < side.unit_cost < least:
            message = f"A request for {price(side.unit_cost, cost.currency)} is not priced: no token is as cheap."
            yield f"ops_cost.{name}.unit_cost", message, "State what one request costs, not one token."
    yield from _hours(dossier)


def _hours(dossier: Dossier) -> Iterator[Gap]:
    cost, at = dossier.proposal.ops_cost, "ops_cost.one_time.hourly_rate"
    once, keep = cost.one_time, cost.maintenance
    hours = ((once and once.engineer_hours) or 0) + ((keep and keep.hours_per_month) or 0)
    if once is None or not hours:
        return
    least, own = dossier.policy.number(CHECK.id, "least_hourly_rate"), dossier.policy.setting(CHECK.id, "currency")
    if once.hourly_rate is None and cost.currency not in (None, own):
        message = f"No hourly rate is stated, and the policy's is in {own}, not in {cost.currency}."
        yield at, message, f"Add `hourly_rate`: what an engineer's hour costs in {cost.currency}."
    elif once.hourly_rate == 0:
        yield (
            at,
            "An hour that costs nothing is not priced.",
            "State what an hour costs, or leave it to the policy's rate.",
        )
    elif once.hourly_rate is not None and once.hourly_rate < least:
        message = f"An hour for {money(once.hourly_rate, cost.currency)} is not priced; the policy asks for {least:f} at least."
        yield at, message, "State what an hour costs with all that belongs to it, or leave it to the policy's rate."


def _tuned(proposal: Proposal) -> Iterator[Gap]:
    tuned, at = proposal.ops_cost.tuned, "ops_cost.tuned"
    if tuned is None or tuned.unit_cost is None:
        fix = f"Add `{at}.unit_cost`: the cost of one request, 0 where only the hosting costs."
        yield f"{at}.unit_cost", "The proposal does not say what the tuned model will cost.", fix
        return
    own = proposal.serving.platform if proposal.serving.platform in OWN_PLATFORMS else None
    if tuned.hosting is None:
        fix = (
            f"Under `{at}`, add `hosting: {{kind: gpu, amount, period: month}}`"
            if own
            else f"Under `{at}`, add {METERED}"
        )
        fix += "; for a shared machine `kind: shared` with your share."
        where = f" on {own}" if own else ""
        yield f"{at}.hosting", f"The proposal does not say what hosting the tuned model{where} costs.", fix
        return
    yield from _hosting(tuned.hosting, f"{at}.hosting", tuned.unit_cost)


def _hosting(hosting: Hosting, at: str, unit_cost: Decimal) -> Iterator[Gap]:
    if hosting.kind is None or hosting.amount is None:
        yield at, "Hosting needs its kind and its amount.", f"Write `kind`, `amount` and `period`: {METERED}."
    elif hosting.amount > 0 and hosting.period is None:
        yield f"{at}.period", "The hosting amount has no period.", "Add `period: month`."
    elif hosting.amount == 0 and hosting.kind != "per_token":
        fix = "State the amount; for a shared machine, your share of it."
        yield f"{at}.amount", f"Hosting of kind {hosting.kind} is not free.", fix
    elif hosting.amount == 0 and unit_cost == 0:
        yield at, "Neither a request nor its hosting costs anything.", "State one of the two."


def _one_time(cost: OpsCost) -> Iterator[Gap]:
    once, at = cost.one_time, "ops_cost.one_time"
    if once is None:
        fix = f"Add `{at}: {{training, data, data_source, eval, engineer_hours, hourly_rate}}`."
        yield at, "What is paid once is not stated.", fix
        return
    if once.training is None:
        yield f"{at}.training", "The cost of training is not stated.", f"Add `{at}.training`."
    if once.engineer_hours is None:
        yield f"{at}.engineer_hours", "The engineers' hours are not stated.", f"Add `{at}.engineer_hours`."
    elif once.training == 0 and once.engineer_hours == 0:
        message = "Training that costs neither money nor hours is not estimated."
        yield f"{at}.training", message, f"State `{at}.training`, or the hours that it takes."
    if once.eval is None:
        yield f"{at}.eval", "The cost of the eval is not stated.", f"Add `{at}.eval`; 0 where it is there already."
    if once.data is None or (once.data == 0 and once.data_source != "existing-labels"):
        fix = f"Add `{at}.data`; 0 only with `data_source: existing-labels`."
        yield f"{at}.data", "The cost of the data is not stated.", fix


CHECK = Check(id="cost-estimated", item=Item.COST, doc=__doc__, run=run, asked_at=EVERY)
