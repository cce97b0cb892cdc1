"""Does the gain justify the cost over twelve months?

## Why
The running cost of owning an adapter is three to five times its training (S1); a payback that leaves labour and ownership
out looks better than it is.

## What counts as evidence
The amounts of `ops_cost`, by the formula: twelve months of running cost on both sides, ownership as the greater of what is
stated and three times the training cost with its labour, one-time costs. For a cost benefit the net of twelve months is not
negative and the payback, with ownership, is at most 180 days; up to 365 days is a remark. Where the base model is retired
within the twelve months, only the days until then save anything: savings and ownership are counted for them alone, and what is
paid once has to come back in them. The whole working is shown.

The benefit fits the reason: `cost` fits every one, `latency` only `cost_or_latency` and `distillation` and with figures in
which the tuned model is faster, `quality` every other, `privacy` needs a platform of your own or in your own cloud account.

What a benefit other than cost is worth is shown by one of two, by both where the policy says so:

- `ops_cost.benefit.artifact`: a CSV of `month, value` (a `currency` may stand beside), measured months and no forecast.
  Twelve times their mean covers `value_12_months`; a month between that is left out counts as 0. The value is added to the
  net, which is then not negative; both are shown apart.
- A lead approves the pull request: somebody whom the policy names under `leads`, else an administrator of the repository,
  never its author. An approval of an earlier head counts as long as the proposal says the same of cost and gain.

A stated value that its own evidence contradicts fails whoever approves.

## How to fix
Raise the volume, choose a cheaper way of serving, or do not fine-tune: the prompted model is the cheaper one. For another
gain link what it is worth, or ask a lead to approve the pull request.
"""

from collections.abc import Iterator
from dataclasses import replace

from bot.readiness import budget, worked_out, worth
from bot.readiness.check import Check, Dossier
from bot.readiness.economics import DAYS, Economics, of
from bot.readiness.fact import Known
from bot.readiness.finding import Finding, Item, Outcome
from bot.readiness.named_models import life
from bot.readiness.ownership import Consent
from bot.readiness.schema import COMPRESSION, Proposal
from bot.readiness.wording import a_day, days, money, price
from bot.readiness.worth import Worth

PRICED = "cost"


def run(dossier: Dossier) -> Iterator[Finding]:
    """Redo the arithmetic, compare net and payback with the policy, and look what another gain is worth."""
    cost = dossier.proposal.ops_cost
    computed = of(cost, dossier.policy, life(dossier).days(dossier.opened_on))
    found = list(_findings(dossier, computed))
    if computed is not None:
        valued = worth.value(CHECK, dossier) if cost.benefit and cost.benefit.kind != PRICED else None
        value12 = valued.counted12 if isinstance(valued, Worth) else None
        found[-1] = replace(found[-1], working=worked_out.of(cost, dossier.policy, computed, value12))
    yield from found


def _findings(dossier: Dossier, computed: Economics | None) -> Iterator[Finding]:
    benefit = dossier.proposal.ops_cost.benefit
    kind = benefit.kind if benefit else None
    misfit = _misfit(dossier, kind) if kind else None
    if kind is None:
        yield CHECK.failed(
            "The proposal does not say what the gain is.",
            at="ops_cost.benefit.kind",
            fix="Add `ops_cost.benefit: {kind: cost}` (or quality, latency, privacy).",
        )
    elif misfit is not None:
        yield misfit
    if computed is None:
        yield CHECK.failed(
            "The gain cannot be computed, because amounts are missing.",
            at="ops_cost",
            fix="State the amounts that `cost-estimated` names.",
            because="cost-estimated",
        )
    elif kind == PRICED:
        yield _judge(dossier, computed)
    elif kind is not None and misfit is None:
        yield _other(dossier, computed, kind)


def _misfit(dossier: Dossier, kind: str) -> Finding | None:
    proposal, at = dossier.proposal, "ops_cost.benefit.kind"
    reason = proposal.failure.reason
    compresses = reason in COMPRESSION
    if kind == "latency" and reason is not None and not compresses:
        fix = "Name the gain that belongs to the reason: `quality`, or `cost`."
        return CHECK.failed(f"A gain in latency does not fit the reason {reason}.", at=at, fix=fix)
    if kind == "quality" and compresses:
        message = f"The reason {reason} is no gain in quality: the large prompted model is good enough."
        return CHECK.failed(message, at=at, fix="Write `kind: cost` or `kind: latency`.")
    if kind == "latency":
        return _not_faster(dossier, proposal)
    if kind == "privacy" and not worth.is_private(proposal):
        return CHECK.failed(
            "A gain in privacy needs a platform of your own, or one in your own cloud account.",
            at=at,
            fix="Say where it is trained and served (`training.provider`, `serving.platform`), or name another gain.",
        )
    return None


def _not_faster(dossier: Dossier, proposal: Proposal) -> Finding | None:
    latency, at = proposal.ops_cost.latency, "ops_cost.latency"
    if latency is None or latency.baseline_p95_ms is None or latency.tuned_p95_ms is None:
        fix = f"Add `{at}: {{baseline_p95_ms, tuned_p95_ms, artifact}}`."
        return CHECK.failed("A gain in latency needs its figures.", at=at, fix=fix)
    if latency.tuned_p95_ms >= latency.baseline_p95_ms:
        both = f"{price(latency.tuned_p95_ms, 'ms')} against {price(latency.baseline_p95_ms, 'ms')}"
        message = f"The tuned model is not to be faster than the prompted one: a p95 of {both}."
        return CHECK.failed(message, at=f"{at}.tuned_p95_ms", fix="Name another gain, or correct the figures.")
    if (told := budget.contradicted(CHECK, dossier)) is not None:
        return replace(told, because="baseline-falls-short")
    return None


def _judge(dossier: Dossier, computed: Economics) -> Finding:
    limit = dossier.policy.number(CHECK.id, "payback_days")
    remark_limit = dossier.policy.number(CHECK.id, "payback_remark_days")
    payback, told = computed.payback_loaded, _told(dossier, computed)
    if computed.net12 < 0 or payback is None or payback > remark_limit:
        even = computed.break_even_per_day
        needs = f" It would break even at {a_day(even)}." if even is not None else ""
        return CHECK.failed(
            f"Over twelve months it does not pay. {told}{needs}",
            at="ops_cost",
            fix="Keep the prompted model, or come back with more volume."
            if life(dossier).days(dossier.opened_on) == DAYS
            else "Choose a base model that lasts longer, or keep the prompted model.",
            lever="prompt",
        )
    remark = (
        f"The payback of {days(payback)} is longer than the {limit:f} days that the policy asks for."
        if payback > limit
        else None
    )
    return CHECK.passed(f"It pays. {told}", at="ops_cost", remark=remark)


def _other(dossier: Dossier, computed: Economics, kind: str) -> Finding:
    """Judge a gain that is no saved money: by its evidence, by a lead's approval, or by both."""
    valued, lead = worth.value(CHECK, dossier), worth.lead(CHECK, dossier)
    if isinstance(valued, Finding) and dossier.evidence.values and _known(dossier):
        return valued  # what its own evidence contradicts nobody can approve
    by_value = _by_value(dossier, computed, kind, valued) if isinstance(valued, Worth) else valued
    by_lead = _by_lead(dossier, computed, kind, lead) if isinstance(lead, Known) else lead
    ways = (by_value, by_lead)
    passed = [way for way in ways if way is not None and way.outcome is Outcome.PASSED]
    both = dossier.policy.setting(CHECK.id, "proof") == "both"
    if passed and (len(passed) == len(ways) or not both):
        return _with_doubts(passed[0], ways)
    doubts = [way for way in ways if way is not None and way not in passed]
    failed = [way for way in doubts if way.outcome is Outcome.FAILED]
    # offline a lead's word is always open, which must not hide that the linked evidence is none
    open_ = [way for way in doubts if way.outcome is Outcome.UNVERIFIED and not (way.service_only and failed)]
    lacks_both = both and None in ways
    if open_ and not (both and failed) and not lacks_both:
        return open_[0]  # it may hold once that could be seen
    return failed[0] if failed else _unproven(dossier, computed, kind, lacking=(by_value is None, by_lead is None))


def _known(dossier: Dossier) -> bool:
    return isinstance(dossier.evidence.values.get(worth.ARTIFACT), Known)


def _by_value(dossier: Dossier, computed: Economics, kind: str, valued: Worth) -> Finding:
    currency, total = dossier.proposal.ops_cost.currency, computed.net12 + valued.counted12
    seen = (
        f"The {kind} is worth {money(valued.value12, currency)} in 12 months by evidence ({valued.said}); "
        f"with the net of {money(computed.net12, currency)} that is {money(total, currency)}."
    )
    if total < 0:
        return CHECK.failed(
            f"{seen} It does not cover its cost. {_told(dossier, computed)}",
            at="ops_cost.benefit",
            fix=f"Keep the prompted model, lower the cost, or let {worth.who_leads(dossier)} approve the pull request.",
            source=valued.source,
            lever="prompt",
        )
    told = _told(dossier, computed)
    return CHECK.passed(f"{seen} {told}", at="ops_cost.benefit", source=valued.source, remark=valued.remark)


def _by_lead(dossier: Dossier, computed: Economics, kind: str, lead: Known[Consent]) -> Finding:
    return CHECK.passed(
        f"{lead.value.login}, a lead, approves the {kind} at its cost. {_told(dossier, computed)}",
        at="ops_cost.benefit",
        source=lead.source,
    )


def _with_doubts(passed: Finding, ways: tuple[Finding | None, ...]) -> Finding:
    """Keep what was found wrong on the other way as a remark: one of the two is enough, but a lead should see it."""
    doubts = [way.message for way in ways if way is not None and way.outcome is Outcome.FAILED]
    remarks = [passed.remark] if passed.remark else []
    return replace(passed, remark=" ".join([*remarks, *doubts]) or None)


def _unproven(dossier: Dossier, computed: Economics, kind: str, *, lacking: tuple[bool, bool]) -> Finding:
    """Say what is still to be shown of a gain, and the shortest way to it."""
    cost, leads = dossier.proposal.ops_cost, worth.who_leads(dossier)
    no_value, no_lead = lacking
    benefit, before = cost.benefit, worth.approved_before(dossier)
    typed = benefit is not None and benefit.value_12_months is not None
    lacks = [
        "no evidence of its value is linked" + (", and a typed value counts for nothing" if typed else "")
    ] * no_value
    lacks += [
        f"{before} approved an earlier commit, which said something else" if before else "no lead has approved it"
    ] * no_lead
    ways = ["link a CSV of `month, value` as `ops_cost.benefit.artifact` and state `value_12_months`"] * no_value
    ways += [f"let {leads} approve the pull request"] * no_lead
    joint = " and " if dossier.policy.setting(CHECK.id, "proof") == "both" else ", or "
    fix = joint.join(ways)
    if computed.net12 >= 0:
        fix += "; or write `kind: cost`, as the saving alone pays"
    return CHECK.failed(
        f"What the {kind} is worth is not shown: {', and '.join(lacks)}. {_told(dossier, computed)}",
        at="ops_cost.benefit.kind",
        fix=f"{fix[0].upper()}{fix[1:]}.",
    )


def _told(dossier: Dossier, computed: Economics) -> str:
    currency = dossier.proposal.ops_cost.currency
    return (
        f"Running {money(computed.run12_baseline, currency)} now, {money(computed.run12_tuned, currency)} tuned; "
        f"ownership {money(computed.ownership12, currency)}, one-time {money(computed.one_time, currency)}; "
        f"net {money(computed.net12, currency)} in 12 months, payback {days(computed.payback_loaded)}.{_amortised(dossier)}"
    )


def _amortised(dossier: Dossier) -> str:
    """Say how many days of the year count, where the base model is retired before its end."""
    base = life(dossier)
    left = base.days(dossier.opened_on)
    if left == DAYS or base.facts is None or base.until is None:
        return ""
    return f" Only {left:f} of 365 days count: `{base.facts.name}` is served until {base.until}."


CHECK = Check(id="gain-justifies-cost", item=Item.COST, doc=__doc__, run=run)
