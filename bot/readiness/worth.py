"""What is a gain worth that is no saved money? What its evidence says in twelve months, and whether a lead approves."""

from dataclasses import dataclass
from datetime import timedelta
from decimal import ROUND_FLOOR, Decimal

from dateutil.relativedelta import relativedelta

from bot.readiness.check import NOT_LOOKED_AT, Check, Dossier
from bot.readiness.economics import DAYS
from bot.readiness.evidence import MonthlyValue
from bot.readiness.fact import Known, Source, Unavailable
from bot.readiness.finding import Finding
from bot.readiness.named_models import life
from bot.readiness.ownership import Consent
from bot.readiness.period import first_day
from bot.readiness.schema import Proposal
from bot.readiness.wording import count, money

ARTIFACT = "ops_cost.benefit.artifact"
STATED = "ops_cost.benefit.value_12_months"
PULL_REQUEST = "pull_request"
_POLICY = "gain-justifies-cost"  # whose numbers say how good the evidence of a value must be


@dataclass(frozen=True, slots=True)
class Worth:
    """A value of twelve months that evidence bears out, in words too, and a remark on that evidence.

    `counted12` is the part of it that counts: of the days on which the base model is served.
    """

    value12: Decimal
    counted12: Decimal
    said: str
    source: Source
    remark: str | None = None


def value(check: Check, dossier: Dossier) -> Worth | Finding | None:
    """Find the stated value, borne out by its evidence, or the finding that says why it is not; None: none is linked."""
    benefit = dossier.proposal.ops_cost.benefit
    if benefit is None or benefit.artifact is None:
        return None
    match dossier.evidence.values.get(ARTIFACT):
        case None:
            return check.unverified("The evidence of the value was not looked at.", at=ARTIFACT, fix=NOT_LOOKED_AT)
        case Unavailable() as trouble:
            return check.unavailable(trouble, at=ARTIFACT, what="The evidence of the value could not be read")
        case Known() as known:
            return _borne_out(check, dossier, benefit.value_12_months, known)


def _borne_out(check: Check, dossier: Dossier, stated: Decimal | None, known: Known[MonthlyValue]) -> Worth | Finding:
    seen, currency = known.value, dossier.proposal.ops_cost.currency
    said = f"{count(seen.months, 'month')} from {seen.first} to {seen.last}"
    if stated is None:
        return check.failed(
            f"The proposal does not say what the gain is worth in 12 months; its evidence gives {money(seen.per_year, currency)}.",
            at=STATED,
            fix=f"Add `value_12_months: {_at_most(seen.per_year)}` to `ops_cost.benefit`.",
            source=known.source,
        )
    if seen.currency is not None and seen.currency != currency:
        return check.failed(
            f"The evidence of the value is in {seen.currency}, the costs are in {currency or 'no currency'}.",
            at=ARTIFACT,
            fix="State both in one currency.",
            source=known.source,
        )
    ahead = int(dossier.policy.number(_POLICY, "days_after_opening"))
    if first_day(seen.last) > dossier.opened_on + timedelta(days=ahead):
        return check.failed(
            f"The evidence of the value goes on to {seen.last}: what is still to come was not measured.",
            at=ARTIFACT,
            fix="Link the months that were measured.",
            source=known.source,
        )
    if stated > seen.per_year:
        return check.failed(
            f"Claimed a value of {money(stated, currency)} in 12 months; the evidence ({said}) gives {money(seen.per_year, currency)}.",
            at=STATED,
            fix=f"Write `value_12_months: {_at_most(seen.per_year)}`, or link more evidence.",
            source=known.source,
        )
    counted = stated * life(dossier).days(dossier.opened_on) / DAYS
    return Worth(stated, counted, said, known.source, _doubt(dossier, check, seen))


def _at_most(per_year: Decimal) -> Decimal:
    """Round a value down: one that is rounded up, its own evidence would not bear out."""
    return max(per_year, Decimal(0)).to_integral_value(ROUND_FLOOR)


def _doubt(dossier: Dossier, check: Check, seen: MonthlyValue) -> str | None:
    few, old = (int(dossier.policy.number(_POLICY, name)) for name in ("value_months", "value_old_months"))
    if seen.span < few:
        return f"The value rests on {count(seen.span, 'month')}, the policy asks for {few}."
    if first_day(seen.last) + relativedelta(months=old + 1) <= dossier.opened_on:
        return f"The last month of the value's evidence is {seen.last}, more than {count(old, 'month')} ago."
    return None


def lead(check: Check, dossier: Dossier) -> Known[Consent] | Finding | None:
    """Find a lead who approves of it at the present head, or the finding that nobody could tell; None: no lead does."""
    match dossier.evidence.leads.get(PULL_REQUEST):
        case None:
            message = "Nobody looked whether a lead approves."
            return check.unverified(message, at="ops_cost.benefit", fix=NOT_LOOKED_AT)
        case Unavailable() as trouble:
            return check.unavailable(trouble, at="ops_cost.benefit", what="Whether a lead approves could not be seen")
        case Known(given, source):
            standing = next((each for each in given if each.how == "review" and not each.outdated), None)
            return Known(standing, source) if standing else None


def approved_before(dossier: Dossier) -> str | None:
    """Name a lead who approved an earlier head, which said something else of cost and gain."""
    given = dossier.evidence.leads.get(PULL_REQUEST)
    earlier = [each.login for each in given.value if each.outdated] if isinstance(given, Known) else []
    return earlier[0] if earlier else None


def who_leads(dossier: Dossier) -> str:
    """Say whose approval counts."""
    named = dossier.policy.lead_names
    if not named:
        return "an administrator of the repository"
    listed = ", ".join(f"`{name}`" for name in named[:5])
    return f"somebody of {listed}" if len(named) == 1 and "/" in named[0] else f"one of {listed}"


PRIVATE_PLATFORMS = ("vllm", "sglang", "tgi", "lorax")
PRIVATE_PROVIDERS = ("self_hosted", "azure", "bedrock", "vertex", "databricks")  # in the organisation's own account


def is_private(proposal: Proposal) -> bool:
    """Say whether the adapter is trained or served on machines of one's own, or in one's own cloud account."""
    return proposal.serving.platform in PRIVATE_PLATFORMS or proposal.training.provider in PRIVATE_PROVIDERS
