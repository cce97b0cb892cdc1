"""Is the owner a person who is there?

## Why
An adapter without a person who answers for it is orphaned on the day it ships (S1).

## What counts as evidence
The account `owner.primary`, looked up on GitHub: a person, member of the organisation or collaborator with write.

## How to fix
Name a person of the team; add the person to the organisation or the repository where that is what is missing.
"""

from collections.abc import Iterator

from bot.readiness.check import Check, Dossier
from bot.readiness.finding import Finding, Item
from bot.readiness.people import looked_up, tie

AT = "owner.primary"


def run(dossier: Dossier) -> Iterator[Finding]:
    """Look the owner up."""
    login = dossier.proposal.owner.primary
    if login is None:
        yield CHECK.failed("Nobody is named as owner.", at=AT, fix="Add `owner.primary`: a GitHub login.")
        return
    known = looked_up(CHECK, dossier, login, at=AT)
    if isinstance(known, Finding):
        yield known
    elif known.value.may_own:
        yield CHECK.passed(f"{known.value.login} is {tie(known.value)}.", at=AT, source=known.source)
    else:
        yield CHECK.failed(
            f"{login} is {tie(known.value)}.",
            at=AT,
            fix="Name a person who is member of the organisation or has write access.",
            source=known.source,
        )


CHECK = Check(id="owner-exists", item=Item.OWNER, doc=__doc__, run=run)
