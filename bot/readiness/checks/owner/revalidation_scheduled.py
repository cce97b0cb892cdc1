"""Is revalidation scheduled, at least quarterly?

## Why
Customer language drifts, base models move, evals rot (S0); the checklist asks for quarterly revalidation (S1).

## What counts as evidence
`owner.revalidate_every`, a period no longer than the policy's interval.

## How to fix
Write `revalidate_every: P3M`.
"""

from collections.abc import Iterator
from datetime import date

from dateutil.relativedelta import relativedelta

from bot.readiness.check import Check, Dossier
from bot.readiness.finding import Finding, Item
from bot.readiness.period import length

_ANCHOR = date(2025, 7, 1)  # the longest quarter begins here, so that no count of days in a quarter is refused


def run(dossier: Dossier) -> Iterator[Finding]:
    """Compare the stated period with the policy's interval."""
    stated, months = dossier.proposal.owner.revalidate_every, int(dossier.policy.number(CHECK.id, "months"))
    if stated is None:
        yield CHECK.failed(
            "No revalidation is scheduled.",
            at="owner.revalidate_every",
            fix=f"Add `owner.revalidate_every: P{months}M`.",
        )
        return
    end = _ANCHOR + length(stated)
    if end <= _ANCHOR:
        yield CHECK.failed(f"{stated} is no time at all.", at="owner.revalidate_every", fix=f"Write P{months}M.")
    elif end > _ANCHOR + relativedelta(months=months):
        yield CHECK.failed(
            f"Revalidation every {stated} is too seldom, the policy asks for every {months} months.",
            at="owner.revalidate_every",
            fix=f"Write P{months}M or shorter.",
        )
    else:
        yield CHECK.passed(
            f"Revalidation every {stated}, at least every {months} months is asked.", at="owner.revalidate_every"
        )


CHECK = Check(id="revalidation-scheduled", item=Item.OWNER, doc=__doc__, run=run)
