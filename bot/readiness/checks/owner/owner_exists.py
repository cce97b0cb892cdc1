"""Is the owner a person who is there?

## Why
An adapter without a person who answers for it is orphaned on the day it ships (S1).

## What counts as evidence
The account `owner.primary`, looked up on GitHub: a person, member of the organisation or collaborator with write.

## How to fix
Name a person of the team; add the person to the organisation or the repository where that is what is missing.
"""

from collections.abc import Iterator

from bot.readiness.check import NOT_LOOKED_AT, Check, Dossier
from bot.readiness.evidence import Known, Person, Unavailable
from bot.readiness.finding import Finding, Item


def run(dossier: Dossier) -> Iterator[Finding]:
    """Look the owner up."""
    login = dossier.proposal.owner.primary
    if login is None:
        yield CHECK.failed("Nobody is named as owner.", at="owner.primary", fix="Add `owner.primary`: a GitHub login.")
        return
    match dossier.evidence.people.get(login):
        case None:
            yield CHECK.unverified(f"Nobody looked the account {login} up.", at="owner.primary", fix=NOT_LOOKED_AT)
        case Unavailable() as trouble:
            yield CHECK.unavailable(
                trouble,
                at="owner.primary",
                what=f"The account {login} could not be looked up",
                correct="Correct the login.",
            )
        case Known(person, source):
            yield (
                CHECK.passed(f"{person.login} is {_tie(person)}.", at="owner.primary", source=source)
                if person.may_own
                else CHECK.failed(
                    f"{login} is {_tie(person)}.",
                    at="owner.primary",
                    fix="Name a person who is member of the organisation or has write access.",
                    source=source,
                )
            )


def _tie(person: Person) -> str:
    if person.type != "User":
        return f"an account of type {person.type}, not a person"
    if person.member:
        return "a member of the organisation"
    return (
        f"a collaborator with {person.permission}"
        if person.permission != "none"
        else "neither member nor collaborator here"
    )


CHECK = Check(id="owner-exists", item=Item.OWNER, doc=__doc__, run=run)
