"""Does the owner stand behind this revalidation?

## Why
Figures alone keep no promise: who answers for the adapter has looked at them, and says that it should go on (house, from S1).

## What counts as evidence
The owner, as the registry knows them, is the author of this pull request, has approved it at its present head, or has commented
`/tunegate own` on it, on a line of its own. The backup's word counts in the owner's place, with a remark. Where the owner has
left the organisation only the backup is there to say it, until there is another owner.

## How to fix
The owner approves the pull request, or comments `/tunegate own` on it. Another owner is named first, where it is not theirs
any more.
"""

from collections.abc import Iterator

from bot.readiness.check import NOT_LOOKED_AT, Check, Dossier
from bot.readiness.fact import Known, Source, Unavailable
from bot.readiness.finding import Finding, Item
from bot.readiness.ownership import Consent
from bot.readiness.revalidation import OF_REVALIDATIONS

PULL_REQUEST = "pull_request"
AT = "adapter"
_HOW = {"author": "opened this pull request", "review": "approved it", "comment": "commented `/tunegate own`"}


def run(dossier: Dossier) -> Iterator[Finding]:
    """Look for the owner's word, and then for the backup's."""
    owner, backup = dossier.proposal.owner.primary, dossier.proposal.owner.backup
    if owner is None:
        yield CHECK.failed("Nobody is named as owner.", at=AT, fix="Name an owner in the approved proposal.")
        return
    match dossier.evidence.consents.get(PULL_REQUEST):
        case None:
            yield CHECK.unverified(f"Nobody looked whether {owner} confirms it.", at=AT, fix=NOT_LOOKED_AT)
        case Unavailable() as trouble:
            yield CHECK.unavailable(trouble, at=AT, what=f"Whether {owner} confirms it could not be seen")
        case Known(given, source):
            yield _judge(dossier, owner, backup, given, source)


def _judge(dossier: Dossier, owner: str, backup: str | None, given: tuple[Consent, ...], source: Source) -> Finding:
    left = bool(dossier.revalidation and dossier.revalidation.adapter and dossier.revalidation.adapter.owner_left)
    said = None if left else _word(dossier, owner, given)
    if said is not None:
        return CHECK.passed(f"{owner}, the owner, {_HOW[said.how]}.", at=AT, source=source)
    second = _word(dossier, backup, given) if backup else None
    if second is not None:
        why = "has left" if left else "has not said anything"
        return CHECK.passed(
            f"{backup}, the backup, {_HOW[second.how]}.", at=AT, remark=f"The owner, {owner}, {why}.", source=source
        )
    if left:
        return CHECK.failed(
            f"{owner}, the owner, has left, and nobody in their place confirms it.",
            at=AT,
            fix="Name another owner; or the backup approves this pull request.",
            source=source,
        )
    return CHECK.failed(
        f"{owner}, the owner, has not confirmed it.",
        at=AT,
        fix=f"{owner} approves the present commit, or comments `/tunegate own` on this pull request.",
        source=source,
    )


def _word(dossier: Dossier, login: str, given: tuple[Consent, ...]) -> Consent | None:
    """Find what a person has said of the present head; the account counts, by its number where it is known."""
    person = dossier.evidence.people.get(login)
    for consent in given:
        if consent.outdated:
            continue
        if isinstance(person, Known):
            if person.value.type == "User" and consent.id == person.value.id:
                return consent
        elif consent.login.lower() == login.lower():
            return consent
    return None


CHECK = Check(id="owner-confirms", item=Item.OWNER, doc=__doc__, run=run, asked_at=OF_REVALIDATIONS)
