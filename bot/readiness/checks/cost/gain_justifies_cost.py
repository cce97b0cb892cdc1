"""Does the gain justify the cost over twelve months?

## Why
The running cost of owning an adapter is three to five times its training (S1); a payback that leaves labour and ownership
out looks better than it is.

## What counts as evidence
The amounts of `ops_cost`, by the formula: twelve months of running cost on both sides, ownership as the greater of what is
stated and three times the training cost with its labour, one-time costs. For a cost benefit the net of twelve months is not
negative and the payback, with ownership, is at most 180 days; up to 365 days is a remark.

## How to fix
Raise the volume, choose a cheaper way of serving, or do not fine-tune: the prompted model is the cheaper one.
"""

from collections.abc import Iterator

from bot.readiness.check import Check, Dossier
from bot.readiness.economics import Economics, compute, days, money
from bot.readiness.finding import Finding, Item

PRICED = "cost"


def run(dossier: Dossier) -> Iterator[Finding]:
    """Redo the arithmetic and compare net and payback with the policy."""
    cost = dossier.proposal.ops_cost
    computed = compute(cost, multiplier=dossier.policy.number(CHECK.id, "training_multiplier"))
    if computed is None:
        yield CHECK.failed(
            "The gain cannot be computed: amounts are missing.",
            at="ops_cost",
            fix="State them.",
            because="cost-estimated",
        )
        return
    kind = cost.benefit.kind if cost.benefit else None
    if kind is None:
        yield CHECK.failed(
            "The proposal does not say what the gain is.", at="ops_cost", fix="Add `benefit: {kind: cost}`."
        )
        return
    working = _working(computed, cost.currency)
    if kind != PRICED:
        yield CHECK.unverified(
            f"A benefit of kind {kind} is not verified yet: its value artifact and a lead's approval are not read. {working}",
            at="ops_cost.benefit.kind",
            fix="Where the saving alone justifies it, write `kind: cost`.",
        )
        return
    yield _judge(dossier, computed, working)


def _judge(dossier: Dossier, computed: Economics, working: str) -> Finding:
    limit = dossier.policy.number(CHECK.id, "payback_days")
    remark_limit = dossier.policy.number(CHECK.id, "payback_remark_days")
    payback = computed.payback_loaded
    if computed.net12 < 0 or payback is None or payback > remark_limit:
        even = computed.break_even_per_day
        needs = f" It would break even at {even:,.0f} requests a day." if even is not None else ""
        return CHECK.failed(
            f"Over twelve months it does not pay. {working}{needs}",
            at="ops_cost",
            fix="Keep the prompted model, or come back with more volume.",
            lever="prompt",
        )
    remark = (
        f"The payback of {days(payback)} is longer than the {limit:f} days that the policy asks for."
        if payback > limit
        else None
    )
    return CHECK.passed(f"It pays. {working}", at="ops_cost", remark=remark)


def _working(computed: Economics, currency: str | None) -> str:
    return (
        f"Running {money(computed.run12_baseline, currency)} now, {money(computed.run12_tuned, currency)} tuned; "
        f"ownership {money(computed.ownership12, currency)}, one-time {money(computed.one_time, currency)}; "
        f"net {money(computed.net12, currency)} in 12 months, payback {days(computed.payback_loaded)}."
    )


CHECK = Check(id="gain-justifies-cost", item=Item.COST, doc=__doc__, run=run)
