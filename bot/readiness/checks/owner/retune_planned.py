"""Is it planned when the adapter is trained anew?

## Why
An adapter is not trained once: data moves, and the base model below it is replaced. A plan for the next training belongs to
the first (S2).

## What counts as evidence
`owner.retune`: a cadence, triggers, or both. A cadence beyond the owner's own commitment is remarked: nobody would be there
to keep it. So is a trigger that no drift check watches for.

## How to fix
Write `retune: {cadence: P6M, triggers: [base_model]}`.
"""

from collections.abc import Iterator

from bot.readiness.check import Check, Dossier
from bot.readiness.finding import Finding, Item
from bot.readiness.period import length
from bot.readiness.schema.owner import Owner, Retune

AT = "owner.retune"
_FIX = "Add `owner.retune: {cadence: P6M, triggers: [base_model]}`, with what fits you."


def run(dossier: Dossier) -> Iterator[Finding]:
    """Look at cadence and triggers."""
    owner = dossier.proposal.owner
    plan = owner.retune
    if plan is None or (plan.cadence is None and not plan.triggers):
        yield CHECK.failed("Nothing says when the adapter is trained anew.", at=AT, fix=_FIX)
        return
    if plan.cadence is not None and dossier.opened_on + length(plan.cadence) <= dossier.opened_on:
        yield CHECK.failed(f"{plan.cadence} is no time at all.", at=f"{AT}.cadence", fix="Write P6M, for example.")
        return
    yield CHECK.passed(
        f"It is trained anew {_when(plan)}.", at=AT, remark=_remark(dossier, owner, plan), fix=_fix(dossier, plan)
    )


def _when(plan: Retune) -> str:
    parts = [f"every {plan.cadence}"] if plan.cadence else []
    if plan.triggers:
        parts.append(f"on {', '.join(f'`{trigger[:60]}`' for trigger in plan.triggers[:5])}")
    return " and ".join(parts)


def _remark(dossier: Dossier, owner: Owner, plan: Retune) -> str | None:
    if _is_beyond(dossier, plan):
        return f"The first time would be after {owner.until}, until when the owner stays."
    unwatched = _unwatched(owner, plan)
    if unwatched:
        return f"No drift check watches for `{unwatched}`: nobody would notice that it is time."
    return None


def _fix(dossier: Dossier, plan: Retune) -> str | None:
    if _is_beyond(dossier, plan):
        return "Train anew more often, or extend `owner.until`."
    unwatched = _unwatched(dossier.proposal.owner, plan)
    return f"Link what watches for it under `owner.drift_checks.{unwatched}`." if unwatched else None


def _is_beyond(dossier: Dossier, plan: Retune) -> bool:
    until = dossier.proposal.owner.until
    return until is not None and plan.cadence is not None and dossier.opened_on + length(plan.cadence) > until


def _unwatched(owner: Owner, plan: Retune) -> str | None:
    """Find a trigger that bears the name of a drift check which is not there."""
    checks = owner.drift_checks
    watched = {} if checks is None else dict(checks)
    return next((t for t in plan.triggers if t in ("data", "base_model", "eval") and watched.get(t) is None), None)


CHECK = Check(id="retune-planned", item=Item.OWNER, doc=__doc__, run=run)
