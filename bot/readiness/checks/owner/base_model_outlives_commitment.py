"""Can the base model be served for as long as the adapter is to be owned?

## Why
An adapter ends with its base model. A provider that retires the base takes the adapter with it, whatever it cost to train, and
often stops new training before that (house, from S0 and S1).

## What counts as evidence
`training.base_model` at `training.provider`, looked up in dated tables: until when a tuned model is served, until when a job can
be started. Served for less than twelve months from the pull request's opening fails, unless `owner.migration_plan` links a
written plan; a base that is already gone fails with a plan too. An end before `owner.until`, or no more training at the next
re-tune, is a remark. A date that no table knows is a remark unless a plan is linked, never a pass in silence: absent is not
current. Tables older than 45
days at the opening can only warn. Open weights on machines of your own have no end: there they need a pinned revision.

## How to fix
Choose a base model that lasts, one whose weights you can keep, or write down how the adapter moves on: to which model, by when,
who trains and compares it anew. Where the table is wrong, the organisation's policy corrects it under `models`.
"""

from collections.abc import Iterator

from dateutil.relativedelta import relativedelta

from bot.readiness.check import NOT_LOOKED_AT, Check, Dossier
from bot.readiness.fact import Known, Unavailable
from bot.readiness.finding import Finding, Item
from bot.readiness.model_facts import ModelFacts
from bot.readiness.model_place import MAX_NAME
from bot.readiness.named_models import BASE, Life, age, dated, life
from bot.readiness.period import length
from bot.readiness.wording import count

PLAN = "owner.migration_plan"


def run(dossier: Dossier) -> Iterator[Finding]:
    """Hold the dates of the base model against the commitment."""
    base = life(dossier)
    if dossier.proposal.training.base_model is None:
        yield CHECK.failed(
            "The proposal does not say which base model is tuned.",
            at=BASE,
            fix="Add `training.base_model`.",
            because="training-reproducible",
        )
    elif base.own_machines:
        yield _own(dossier, base)
    elif base.facts is None or base.until is None:
        yield _unknown(dossier, base)
    else:
        yield _dated(dossier, base, base.facts)


def _own(dossier: Dossier, base: Life) -> Finding:
    pinned = dossier.proposal.training.base_revision is not None
    ended = (
        _trained(dossier, base.facts) if base.facts and dossier.proposal.training.provider != "self_hosted" else None
    )
    remarks = [] if pinned else ["The weights are not pinned: what is downloaded later may be others."]
    return CHECK.passed(
        "Weights on machines of your own have no retirement date.",
        at=BASE,
        remark=" ".join([*remarks, *([ended] if ended else [])]) or None,
        fix=None if pinned else "Add `training.base_revision`, and keep a copy of the weights.",
        source=base.source,
        stated=base.source is None,
    )


def _unknown(dossier: Dossier, base: Life) -> Finding:
    training = dossier.proposal.training
    where = f"`{(training.base_model or '')[:MAX_NAME]}`" + (f" at {training.provider}" if training.provider else "")
    ended = [said] if base.facts and (said := _trained(dossier, base.facts)) else []
    planned, least = dossier.evidence.plans.get(PLAN), int(dossier.policy.number(CHECK.id, "words"))
    if isinstance(planned, Known) and planned.value.words >= least:
        said = f"When {where} ends is not known; a migration plan of {count(planned.value.words, 'word')} is linked."
        return CHECK.passed(said, at=PLAN, remark=" ".join(ended) or None, source=planned.source)
    if isinstance(planned, Known):
        ended.append(f"The migration plan has {count(planned.value.words, 'word')}, the policy asks for {least}.")
    elif isinstance(planned, Unavailable):
        ended.append(f"The migration plan could not be read: {planned.reason.rstrip('.')}.")
    unsure = f"Until when {where} can be served is not known: no table has a date for it."
    return CHECK.passed(
        "No table says that the base model ends within twelve months.",
        at=BASE,
        remark=" ".join([unsure, *ended]),
        fix=(
            "Look for it on the provider's page of deprecations, and keep it under `models` of the policy."
            if training.provider
            else "Say at which provider it is tuned: `training.provider`."
        ),
        source=base.source,
        stated=base.source is None,
    )


def _dated(dossier: Dossier, base: Life, facts: ModelFacts) -> Finding:
    assert base.until is not None  # noqa: S101  # the caller has looked
    months = int(dossier.policy.number(CHECK.id, "months"))
    least = dossier.opened_on + relativedelta(months=months)
    gone = base.until < dossier.opened_on
    ends = f"What is tuned on `{facts.name}` can be served until {base.until}{dated(facts.dates_on)}"
    ended = _trained(dossier, facts)
    if base.until >= least:
        remarks = [said for said in (_commitment(dossier, base), ended) if said]
        return CHECK.passed(
            f"{ends}, {count(months, 'month')} and more from the opening.",
            at=BASE,
            remark=" ".join(remarks) or None,
            fix=_successor(facts) if remarks else None,
            source=base.source,
        )
    said = f"{ends}; the policy asks for {months} months, until {least}." + (f" {ended}" if ended else "")
    if gone:
        when = f"{base.until}{dated(facts.dates_on)}"
        said = f"`{facts.name}` was retired on {when}: nothing that is tuned on it is served any more."
    if base.stale:
        old = f"The table is {count(age(dossier, facts.dates_on), 'day')} old, so this only warns."
        return CHECK.passed(
            "Only an old table has a date for the base model.",
            at=BASE,
            remark=f"{said} {old}",
            fix=_fix(facts),
            source=base.source,
        )
    if gone or dossier.proposal.owner.migration_plan is None:
        return CHECK.failed(said, at=BASE, fix=_fix(facts, plan=not gone), source=base.source)
    return _plan(dossier, base, facts, said)


def _plan(dossier: Dossier, base: Life, facts: ModelFacts, said: str) -> Finding:
    match dossier.evidence.plans.get(PLAN):
        case None:
            return CHECK.unverified("The migration plan was not looked at.", at=PLAN, fix=NOT_LOOKED_AT)
        case Unavailable() as trouble:
            return CHECK.unavailable(trouble, at=PLAN, what="The migration plan could not be read")
        case Known(plan, source):
            least = int(dossier.policy.number(CHECK.id, "words"))
            if plan.words < least:
                return CHECK.failed(
                    f"{said} The migration plan has {count(plan.words, 'word')}, the policy asks for {least}.",
                    at=PLAN,
                    fix="Write down to which model the adapter moves, by when, and who trains and compares it anew.",
                    source=source,
                )
            return CHECK.passed(
                f"A migration plan of {count(plan.words, 'word')} is linked.",
                at=PLAN,
                remark=said,
                fix=_successor(facts),
                source=source,
            )


def _commitment(dossier: Dossier, base: Life) -> str | None:
    until = dossier.proposal.owner.until
    if until is None or base.until is None or base.until >= until:
        return None
    return f"The owner stays until {until}, longer than the base model."


def _trained(dossier: Dossier, facts: ModelFacts) -> str | None:
    """Say that nothing can be trained any more, now or when the adapter is to be tuned again."""
    last, retune = facts.trained_until, dossier.proposal.owner.retune
    if last is None:
        return None
    if last < dossier.opened_on:
        return f"Since {last} no job can be started on it: a re-tune is not possible."
    cadence = retune.cadence if retune else None
    if cadence and dossier.opened_on + length(cadence) > last:
        return f"The last job can be started on {last}, before the next re-tune ({cadence})."
    return None


def _successor(facts: ModelFacts) -> str | None:
    return f"The provider names `{facts.replacement}` as its successor." if facts.replacement else None


def _fix(facts: ModelFacts, *, plan: bool = True) -> str:
    successor = f" (the provider names `{facts.replacement}`)" if facts.replacement else ""
    how = ", or link a plan under `owner.migration_plan`" if plan else ""
    return f"Choose a base model that lasts{successor}{how}."


CHECK = Check(id="base-model-outlives-commitment", item=Item.OWNER, doc=__doc__, run=run)
