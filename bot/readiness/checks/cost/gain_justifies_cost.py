"""Does the gain justify the cost over twelve months?

## Why
The running cost of owning an adapter is three to five times its training (S1); a payback that leaves labour and ownership
out looks better than it is.

## What counts as evidence
The amounts of `ops_cost`, by the formula: twelve months of running cost on both sides, ownership as the greater of what is
stated and three times the training cost with its labour, one-time costs. For a cost benefit the net of twelve months is not
negative and the payback, with ownership, is at most 180 days; up to 365 days is a remark. Where the base model is retired
within the twelve months, only the days until then save anything: savings and ownership are counted for them alone, and what is
paid once has to come back in them.

The benefit fits the reason: `cost` fits every one, `latency` only `cost_or_latency` and `distillation` and with figures,
`quality` every other, `privacy` needs a platform of your own or in your own cloud account. What a benefit other than cost
is worth needs evidence, or a lead's approval; neither is read yet, so it stays unverified.

## How to fix
Raise the volume, choose a cheaper way of serving, or do not fine-tune: the prompted model is the cheaper one.
"""

from collections.abc import Iterator

from bot.readiness.check import Check, Dossier
from bot.readiness.economics import DAYS, Economics, of
from bot.readiness.finding import Finding, Item
from bot.readiness.named_models import Life, life
from bot.readiness.schema import COMPRESSION, Proposal
from bot.readiness.wording import days, money

PRICED = "cost"
PRIVATE_PLATFORMS = ("vllm", "sglang", "tgi", "lorax")
PRIVATE_PROVIDERS = ("self_hosted", "azure", "bedrock", "vertex", "databricks")  # in the organisation's own account


def run(dossier: Dossier) -> Iterator[Finding]:
    """Redo the arithmetic and compare net and payback with the policy."""
    cost = dossier.proposal.ops_cost
    kind = cost.benefit.kind if cost.benefit else None
    misfit = _misfit(dossier.proposal, kind) if kind else None
    if kind is None:
        yield CHECK.failed(
            "The proposal does not say what the gain is.",
            at="ops_cost.benefit.kind",
            fix="Add `ops_cost.benefit: {kind: cost}` (or quality, latency, privacy).",
        )
    elif misfit is not None:
        at, message, fix = misfit
        yield CHECK.failed(message, at=at, fix=fix)
    base = life(dossier)
    computed = of(cost, dossier.policy, base.days(dossier.opened_on))
    if computed is None:
        yield CHECK.failed(
            "The gain cannot be computed, because amounts are missing.",
            at="ops_cost",
            fix="State the amounts that `cost-estimated` names.",
            because="cost-estimated",
        )
    elif kind == PRICED:
        yield _judge(dossier, computed, base)
    elif kind is not None and misfit is None:
        working = _working(computed, cost.currency) + _amortised(dossier, base)
        saves = computed.net12 >= 0
        yield CHECK.unverified(
            f"What the {kind} is worth is not verified: neither its evidence nor a lead's approval is read yet. {working}",
            at="ops_cost.benefit.kind",
            fix="The saving alone justifies it: write `kind: cost`."
            if saves
            else "If the saving alone can justify it, write `kind: cost`; otherwise this has to wait.",
        )


def _misfit(proposal: Proposal, kind: str) -> tuple[str, str, str] | None:
    reason, latency = proposal.failure.reason, proposal.ops_cost.latency
    compresses, at = reason in COMPRESSION, "ops_cost.benefit.kind"
    if kind == "latency" and reason is not None and not compresses:
        fix = "Name the gain that belongs to the reason: `quality`, or `cost`."
        return at, f"A gain in latency does not fit the reason {reason}.", fix
    if kind == "quality" and compresses:
        fix = "Write `kind: cost` or `kind: latency`."
        return at, f"The reason {reason} is no gain in quality: the large prompted model is good enough.", fix
    if kind == "latency" and (latency is None or latency.baseline_p95_ms is None or latency.tuned_p95_ms is None):
        fix = "Add `ops_cost.latency: {baseline_p95_ms, tuned_p95_ms, artifact}`."
        return "ops_cost.latency", "A gain in latency needs its figures.", fix
    private = proposal.serving.platform in PRIVATE_PLATFORMS or proposal.training.provider in PRIVATE_PROVIDERS
    if kind == "privacy" and not private:
        fix = "Say where it is trained and served (`training.provider`, `serving.platform`), or name another gain."
        return at, "A gain in privacy needs a platform of your own, or one in your own cloud account.", fix
    return None


def _judge(dossier: Dossier, computed: Economics, base: Life) -> Finding:
    limit = dossier.policy.number(CHECK.id, "payback_days")
    remark_limit = dossier.policy.number(CHECK.id, "payback_remark_days")
    payback = computed.payback_loaded
    working = _working(computed, dossier.proposal.ops_cost.currency) + _amortised(dossier, base)
    if computed.net12 < 0 or payback is None or payback > remark_limit:
        even = computed.break_even_per_day
        needs = f" It would break even at {even:,.0f} requests a day." if even is not None else ""
        return CHECK.failed(
            f"Over twelve months it does not pay. {working}{needs}",
            at="ops_cost",
            fix="Keep the prompted model, or come back with more volume."
            if base.days(dossier.opened_on) == DAYS
            else "Choose a base model that lasts longer, or keep the prompted model.",
            lever="prompt",
        )
    remark = (
        f"The payback of {days(payback)} is longer than the {limit:f} days that the policy asks for."
        if payback > limit
        else None
    )
    return CHECK.passed(f"It pays. {working}", at="ops_cost", remark=remark)


def _amortised(dossier: Dossier, base: Life) -> str:
    """Say how many days of the year count, where the base model is retired before its end."""
    left = base.days(dossier.opened_on)
    if left == DAYS or base.facts is None or base.until is None:
        return ""
    return f" Only {left:f} of 365 days count: `{base.facts.name}` is served until {base.until}."


def _working(computed: Economics, currency: str | None) -> str:
    return (
        f"Running {money(computed.run12_baseline, currency)} now, {money(computed.run12_tuned, currency)} tuned; "
        f"ownership {money(computed.ownership12, currency)}, one-time {money(computed.one_time, currency)}; "
        f"net {money(computed.net12, currency)} in 12 months, payback {days(computed.payback_loaded)}."
    )


CHECK = Check(id="gain-justifies-cost", item=Item.COST, doc=__doc__, run=run)
