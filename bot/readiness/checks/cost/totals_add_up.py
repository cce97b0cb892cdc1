"""Do the claimed totals follow from the stated amounts?

## Why
A saving that does not follow from its own inputs is a hope. The arithmetic is redone, every time.

## What counts as evidence
`claimed.savings_12_months` against the gross running-cost saving, and `claimed.payback_days` against any of three readings:
without labour, with it, with ownership too. More than 5 % off is a remark, more than 20 % fails.

## How to fix
Take the computed figure, or correct the input that you meant otherwise.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from bot.readiness.check import Check, Dossier
from bot.readiness.economics import Economics, of
from bot.readiness.finding import Finding, Item
from bot.readiness.wording import days, figure, money


@dataclass(frozen=True, slots=True)
class _Claim:
    """One claimed total: how far off it is, as a share of what was computed, and what to say of it."""

    at: str
    off: Decimal
    said: str
    fix: str


def run(dossier: Dossier) -> Iterator[Finding]:
    """Compare both claims with the recomputed figures."""
    cost = dossier.proposal.ops_cost
    if cost.claimed is None or (cost.claimed.savings_12_months is None and cost.claimed.payback_days is None):
        yield CHECK.not_applicable("No totals are claimed; ours are shown under gain-justifies-cost.", at="ops_cost")
        return
    computed = of(cost, dossier.policy)
    if computed is None:
        yield CHECK.failed(
            "The totals cannot be recomputed, because amounts are missing.",
            at="ops_cost.claimed",
            fix="State the amounts that `cost-estimated` names.",
            because="cost-estimated",
        )
        return
    claims = [c for c in (_savings(dossier, computed), _payback(dossier, computed)) if c is not None]
    remarks = []
    for claim in claims:
        if claim.off > dossier.policy.number(CHECK.id, "fail"):
            yield CHECK.failed(claim.said, at=claim.at, fix=claim.fix)
        elif claim.off > dossier.policy.number(CHECK.id, "warn"):
            remarks.append(claim.said)
    if all(claim.off <= dossier.policy.number(CHECK.id, "fail") for claim in claims):
        yield CHECK.passed(
            "The claimed totals follow from the amounts.", at="ops_cost.claimed", remark=" ".join(remarks) or None
        )


def _savings(dossier: Dossier, computed: Economics) -> _Claim | None:
    cost = dossier.proposal.ops_cost
    claimed = cost.claimed.savings_12_months if cost.claimed else None
    if claimed is None:
        return None
    said = f"Claimed {money(claimed, cost.currency)} saved in 12 months, the amounts give {money(computed.gross_saving, cost.currency)}."
    fix = f"Write `savings_12_months: {figure(computed.gross_saving)}`, or correct the amounts."
    return _Claim("ops_cost.claimed.savings_12_months", _off(claimed, computed.gross_saving), said, fix)


def _payback(dossier: Dossier, computed: Economics) -> _Claim | None:
    cost = dossier.proposal.ops_cost
    claimed = cost.claimed.payback_days if cost.claimed else None
    if claimed is None:
        return None
    readings = (computed.payback_bare, computed.payback_labour, computed.payback_loaded)
    off = min((_off(claimed, reading) for reading in readings if reading is not None), default=Decimal("Infinity"))
    said = (
        f"Claimed a payback of {days(claimed)}; the amounts give {days(readings[0])} without labour, "
        f"{days(readings[1])} with it, {days(readings[2])} with ownership too."
    )
    fix = "Take `payback_days` out, or correct the amounts: with ownership it never pays back."
    if computed.payback_loaded is not None:
        fix = f"Write `payback_days: {figure(computed.payback_loaded)}`, or correct the amounts."
    return _Claim("ops_cost.claimed.payback_days", off, said, fix)


def _off(claimed: Decimal, computed: Decimal) -> Decimal:
    if computed == 0:
        return Decimal(0) if claimed == 0 else Decimal("Infinity")
    return abs(claimed - computed) / abs(computed)


CHECK = Check(id="totals-add-up", item=Item.COST, doc=__doc__, run=run)
