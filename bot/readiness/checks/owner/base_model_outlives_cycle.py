"""Can the base model be served past the next deadline?

## Why
An adapter ends with its base model. Where that is retired before the adapter is looked at again, nobody would notice in time
(house, from S0 and S1).

## What counts as evidence
The base model's dates, as for `base-model-outlives-commitment`, against the deadline that follows when this cycle passes. An
earlier end fails, unless the approved proposal's `owner.migration_plan` links a written plan; a base that is already gone fails
with a plan too. A date that no table knows is a remark, never a pass in silence; an old table only warns. Open weights on
machines of your own have no end.

## How to fix
Move the adapter to a base model that lasts, or write down how it moves on: to which model, by when, who trains and compares it
anew. Where the table is wrong, the organisation's policy corrects it under `models`.
"""

from collections.abc import Iterator
from datetime import date

from bot.readiness.check import NOT_LOOKED_AT, Check, Dossier
from bot.readiness.fact import Known, Unavailable
from bot.readiness.finding import Finding, Item
from bot.readiness.model_place import MAX_NAME
from bot.readiness.named_models import Life, age, dated, life
from bot.readiness.period import length
from bot.readiness.revalidation import OF_REVALIDATIONS
from bot.readiness.wording import count

AT = "proposal"
PLAN = "owner.migration_plan"
_QUARTERLY = "P3M"


def run(dossier: Dossier) -> Iterator[Finding]:
    """Hold the base model's end against the deadline after this one."""
    base, name = life(dossier), (dossier.proposal.training.base_model or "")[:MAX_NAME]
    following = _following(dossier)
    if base.own_machines:
        yield CHECK.passed(
            "Weights on machines of your own have no retirement date.",
            at=AT,
            source=base.source,
            stated=base.source is None,
        )
    elif base.until is None:
        yield CHECK.passed(
            f"No table says that the base model ends before {following}.",
            at=AT,
            remark=f"Until when `{name}` can be served is not known: no table has a date for it.",
            source=base.source,
            stated=True,
        )
    elif base.until >= following:
        yield CHECK.passed(
            f"`{name}` can be served until {base.until}; the next deadline is {following}.", at=AT, source=base.source
        )
    else:
        yield _ends(dossier, base, base.until, f"`{name}`", following)


def _following(dossier: Dossier) -> date:
    """Find the deadline after this cycle; where the registry was not asked, a period from the pull request's opening."""
    again = dossier.revalidation
    if again is not None and again.cycle is not None:
        return again.cycle.next_due_on
    return dossier.opened_on + length(dossier.proposal.owner.revalidate_every or _QUARTERLY)


def _ends(dossier: Dossier, base: Life, until: date, name: str, following: date) -> Finding:
    facts = base.facts
    looked_up = dated(facts.dates_on if facts else None)
    said = f"{name} can be served until {until}{looked_up}, and the next deadline is {following}."
    successor = f" (the provider names `{facts.replacement}`)" if facts and facts.replacement else ""
    fix = f"Move the adapter to a base model that lasts{successor}, or link a plan under `{PLAN}` of the proposal."
    if base.stale:
        old = count(age(dossier, facts.dates_on if facts else None), "day")
        return CHECK.passed(
            "Only an old table has a date for the base model.",
            at=AT,
            remark=f"{said} The table is {old} old, so this only warns.",
            fix=fix,
            source=base.source,
        )
    if until < dossier.opened_on:
        gone = f"{name} was retired on {until}{looked_up}: nothing that is tuned on it should be served any more."
        return CHECK.failed(
            gone, at=AT, fix="Roll back to the prompted baseline, or move to another base model.", source=base.source
        )
    if dossier.proposal.owner.migration_plan is None:
        return CHECK.failed(said, at=AT, fix=fix, source=base.source)
    match dossier.evidence.plans.get(PLAN):
        case None:
            return CHECK.unverified("The migration plan was not looked at.", at=AT, fix=NOT_LOOKED_AT)
        case Unavailable() as trouble:
            return CHECK.unavailable(trouble, at=AT, what="The migration plan could not be read")
        case Known(plan, source):
            least = int(dossier.policy.number(CHECK.id, "words"))
            if plan.words < least:
                words = f"The migration plan has {count(plan.words, 'word')}, the policy asks for {least}."
                return CHECK.failed(f"{said} {words}", at=AT, fix=fix, source=source)
            planned = f"A migration plan of {count(plan.words, 'word')} is linked."
            return CHECK.passed(planned, at=AT, remark=said, source=source)


CHECK = Check(id="base-model-outlives-cycle", item=Item.OWNER, doc=__doc__, run=run, asked_at=OF_REVALIDATIONS)
