"""Does the adapter cost what was estimated, and does it still pay?

## Why
An estimate is a promise about traffic and prices; both move. An adapter that saved money at 10,000 requests a day may lose some at
1,000 (S3, house).

## What counts as evidence
`ops_cost` of the file: the volume with its usage, and the unit costs as they are now; what is left out is as the proposal
states it. Twelve months of running cost, redone from them, against the proposal's: more than a quarter off either way is a
remark. What was paid once is gone and does not count any more: over the next twelve months the saving in running cost less the
upkeep must not be negative. Upkeep is the greater of what is stated and three times the training cost with its labour (S1). Where the
base model ends before, only the days until then count.

Where the gain is no saved money, what its evidence (`ops_cost.benefit.artifact`) says that it is worth is added. Without such
evidence a lead has approved the gain at its cost, and only the figures are shown.

## How to fix
Serve it more cheaply, or retire it: below its break-even the prompted model is the cheaper one.
"""

from collections.abc import Iterator
from decimal import Decimal

from bot.readiness import worth
from bot.readiness.check import Check, Dossier
from bot.readiness.economics import DAYS, Economics, of
from bot.readiness.fact import Known, Source
from bot.readiness.finding import Finding, Item
from bot.readiness.named_models import life
from bot.readiness.revalidation import OF_REVALIDATIONS, Revalidating
from bot.readiness.wording import a_day, money, percent
from bot.readiness.worth import Worth

_USAGE = "ops_cost.volume.source"
_ACTUAL = (
    ("volume", "the requests that there were", "`volume: {requests, period: day, source}`"),
    ("tuned", "what a request to the adapter costs now", "`tuned: {unit_cost}`"),
    ("baseline", "what a request to the prompted model would cost now", "`baseline: {model, unit_cost}`"),
)


def run(dossier: Dossier) -> Iterator[Finding]:
    """Compare the actual figures with the estimate, and redo the gain of the next twelve months."""
    again = dossier.revalidation
    if again is None:
        yield CHECK.not_applicable("Nothing is revalidated here.", at="")
        return
    lacking = [(what, sample) for name, what, sample in _ACTUAL if getattr(again.own.ops_cost, name) is None]
    if lacking:
        yield CHECK.failed(
            f"The file does not say {', nor '.join(what for what, _ in lacking)}.",
            at="ops_cost",
            fix=f"Add {', '.join(sample for _, sample in lacking)} to `ops_cost`.",
        )
        return
    served = life(dossier).days(dossier.opened_on)
    actual, planned = (
        of(cost, dossier.policy, served) for cost in (dossier.proposal.ops_cost, again.approved.ops_cost)
    )
    if actual is None:
        yield CHECK.failed(
            "What it costs cannot be computed, because amounts are missing.",
            at="ops_cost",
            fix="State the amounts that `cost-estimated` names.",
            because="cost-estimated",
        )
        return
    yield _judge(dossier, again, actual, planned)


def _judge(dossier: Dossier, again: Revalidating, actual: Economics, planned: Economics | None) -> Finding:
    cost = dossier.proposal.ops_cost
    kind = cost.benefit.kind if cost.benefit else None
    usage = dossier.evidence.usage.get(_USAGE)
    source = usage.source if isinstance(usage, Known) else None
    gain = (actual.gross_saving - actual.ownership12) * actual.days / DAYS
    told = (
        f"Running {money(actual.run12_baseline, cost.currency)} prompted, {money(actual.run12_tuned, cost.currency)} tuned at "
        f"{a_day(actual.requests_per_day)}; upkeep {money(actual.ownership12, cost.currency)}; over the next 12 months "
        f"{money(gain, cost.currency)}."
    )
    remark = _off(dossier, actual, planned, same=again.approved.ops_cost.currency == cost.currency)
    if kind in (None, "cost"):
        return _pays(dossier, gain, told, remark, source)
    valued = worth.value(CHECK, dossier)
    if isinstance(valued, Finding):
        return valued
    if valued is None:
        left = f"What the {kind} is worth is not measured: a lead approved it at its cost."
        return CHECK.passed(told, at="ops_cost", source=source, remark=f"{remark or ''} {left}".strip())
    return _with_value(dossier, gain, told, remark, valued)


def _pays(dossier: Dossier, gain: Decimal, told: str, remark: str | None, source: Source | None) -> Finding:
    if gain < 0:
        return CHECK.failed(
            f"It does not pay any more. {told}{_even(dossier)}",
            at="ops_cost",
            fix="Serve it more cheaply, or retire it: the prompted model is the cheaper one.",
            source=source,
            lever="prompt",
        )
    return CHECK.passed(f"It still pays. {told}", at="ops_cost", source=source, remark=remark)


def _with_value(dossier: Dossier, gain: Decimal, told: str, remark: str | None, valued: Worth) -> Finding:
    currency = dossier.proposal.ops_cost.currency
    total = gain + valued.counted12
    seen = f"{told} With {money(valued.counted12, currency)} that it is worth besides ({valued.said}): {money(total, currency)}."
    if total < 0:
        return CHECK.failed(
            f"Its worth does not cover its cost any more. {seen}",
            at="ops_cost",
            fix="Serve it more cheaply, or retire it.",
            source=valued.source,
            lever="prompt",
        )
    doubts = " ".join(part for part in (remark, valued.remark) if part)
    return CHECK.passed(seen, at="ops_cost", source=valued.source, remark=doubts or None)


def _even(dossier: Dossier) -> str:
    """Say from how many requests a day on it pays, what was paid once left out."""
    cost = dossier.proposal.ops_cost
    computed = of(cost, dossier.policy)
    if computed is None or cost.baseline is None or cost.tuned is None:
        return ""
    now, then = cost.baseline.unit_cost, cost.tuned.unit_cost
    if now is None or then is None or now <= then:
        return ""
    requests12 = computed.requests_per_day * DAYS
    fixed = computed.ownership12 - (computed.gross_saving - requests12 * (now - then))
    return f" It pays from {a_day(fixed / (DAYS * (now - then)))} on." if fixed > 0 else ""


def _off(dossier: Dossier, actual: Economics, planned: Economics | None, *, same: bool) -> str | None:
    """Say how far the running cost is from the estimate, where that is far."""
    if planned is None or not same or planned.run12_tuned <= 0:
        return None
    currency, times = dossier.proposal.ops_cost.currency, actual.run12_tuned / planned.run12_tuned
    limit = dossier.policy.number(CHECK.id, "remark")
    if 1 / limit <= times <= limit:
        return None
    far = f"{percent(times - 1)} more" if times > 1 else f"{percent(1 - times)} less"
    estimated = f"{money(planned.run12_tuned, currency)} were estimated, at {a_day(planned.requests_per_day)}"
    return f"Running it costs {far} than the estimate: {estimated}."


CHECK = Check(id="costs-within-estimate", item=Item.COST, doc=__doc__, run=run, asked_at=OF_REVALIDATIONS)
