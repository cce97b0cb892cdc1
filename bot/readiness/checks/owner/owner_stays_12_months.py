"""Does the owner stay for twelve months and more?

## Why
The real cost of a fine-tune is its life after training; the checklist asks for an owner for 12+ months (S1).

## What counts as evidence
`owner.until`, at least twelve months after the pull request was opened.

## How to fix
Extend the commitment, or name an owner who can make it.
"""

from collections.abc import Iterator

from dateutil.relativedelta import relativedelta

from bot.readiness.check import Check, Dossier
from bot.readiness.finding import Finding, Item


def run(dossier: Dossier) -> Iterator[Finding]:
    """Compare the end of ownership with the opening of the pull request."""
    until, months = dossier.proposal.owner.until, int(dossier.policy.number(CHECK.id, "months"))
    least = dossier.opened_on + relativedelta(months=months)
    if until is None:
        yield CHECK.failed(
            "The proposal does not say how long the owner stays.",
            at="owner.until",
            fix=f"Add `owner.until: {least}` or later.",
        )
    elif until < least:
        yield CHECK.failed(
            f"The owner stays until {until}, the policy asks for {months} months: {least}.",
            at="owner.until",
            fix=f"Write {least} or later, or name an owner who stays.",
        )
    else:
        yield CHECK.passed(f"The owner stays until {until}, at least {least} is asked.", at="owner.until")


CHECK = Check(id="owner-stays-12-months", item=Item.OWNER, doc=__doc__, run=run)
