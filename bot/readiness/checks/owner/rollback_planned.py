"""Is it written down how one gets back?

## Why
An adapter that does harm must be gone within minutes, and nobody thinks well at night (S1).

## What counts as evidence
`owner.rollback`, a link that resolves to a text: what one goes back to (the former adapter, or the prompted baseline), and
the steps. A text of a few words is no plan, and neither is the proposal itself. Whether a target and steps are in it is told
from words and from lists; a text that shows neither is remarked, since it may say so in another way.

## How to fix
Commit a page like `docs/rollback.md` and link it: the target, who decides, the commands in their order, how one sees that it
has worked.
"""

from collections.abc import Iterator

from bot.readiness.check import NOT_LOOKED_AT, Check, Dossier
from bot.readiness.fact import Known, Source, Unavailable
from bot.readiness.finding import Finding, Item
from bot.readiness.ownership import Plan
from bot.readiness.wording import count

AT = "owner.rollback"


def run(dossier: Dossier) -> Iterator[Finding]:
    """Look at what the link leads to."""
    if dossier.proposal.owner.rollback is None:
        yield CHECK.failed(
            "Nothing says how one goes back to what was there before.",
            at=AT,
            fix="Write down the target and the steps, and link the page under `owner.rollback`.",
        )
        return
    match dossier.evidence.plans.get(AT):
        case None:
            yield CHECK.unverified("The rollback plan was not looked at.", at=AT, fix=NOT_LOOKED_AT)
        case Unavailable() as trouble:
            yield CHECK.unavailable(trouble, at=AT, what="The rollback plan could not be read")
        case Known(plan, source):
            yield _judge(dossier, plan, source)


def _judge(dossier: Dossier, plan: Plan, source: Source) -> Finding:
    least = int(dossier.policy.number(CHECK.id, "words"))
    if plan.words < least:
        return CHECK.failed(
            f"The rollback plan has {count(plan.words, 'word')}, the policy asks for {least}.",
            at=AT,
            fix="Write down what one goes back to, and the steps in their order.",
            source=source,
        )
    missing = [
        what
        for what, there in (("to what one goes back", plan.names_target), ("the steps", plan.steps > 0))
        if not there
    ]
    return CHECK.passed(
        f"A rollback plan of {count(plan.words, 'word')} and {count(plan.steps, 'step')} is linked.",
        at=AT,
        source=source,
        remark=f"It does not show {' and '.join(missing)}." if missing else None,
        fix="Name the former adapter or the prompted baseline, and list the steps." if missing else None,
    )


CHECK = Check(id="rollback-planned", item=Item.OWNER, doc=__doc__, run=run)
