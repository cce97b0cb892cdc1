"""Have owner and backup said yes?

## Why
A name in a file is no promise: people have been named who never heard of it. Who answers for an adapter for a year says so
on the pull request (house).

## What counts as evidence
The owner and the backup are each the author of this pull request, or have approved it, or have commented `/tunegate own` on
it, on a line of its own. The account counts, by its number, whatever its login is by now.

An approval counts at the present head. One of an earlier head counts as long as the proposal says the same of its owner as
it said there, in a review of that head; a later request for changes takes it back. A comment counts from the person who
wrote it, as it was first written: whoever may write to the repository can edit the comment of another, so an edited one
counts for nothing. Deleting it takes the word back. Comments of bots, quotations and code count for nothing either.

## How to fix
The person comments `/tunegate own` on the pull request, or approves it. The review follows by itself.
"""

from collections.abc import Iterator
from dataclasses import replace

from bot.readiness.check import NOT_LOOKED_AT, Check, Dossier
from bot.readiness.fact import Known, Source, Unavailable
from bot.readiness.finding import Finding, Item, Outcome
from bot.readiness.ownership import Consent

PULL_REQUEST = "pull_request"
_ROLES = (("primary", "owner", "owner-exists"), ("backup", "backup", "backup-named"))
_HOW = {"author": "opened this pull request", "review": "approved it", "comment": "commented `/tunegate own`"}


def run(dossier: Dossier) -> Iterator[Finding]:
    """Look for the word of each person that is named."""
    for field, role, teller in _ROLES:
        at, login = f"owner.{field}", getattr(dossier.proposal.owner, field)
        if login is None:
            message = f"Nobody is named as {role}, so nobody could accept."
            yield CHECK.failed(message, at=at, fix=f"Add `{at}`: a GitHub login.", because=teller)
            continue
        match dossier.evidence.consents.get(PULL_REQUEST):
            case None:
                yield CHECK.unverified(f"Nobody looked whether {login} accepts.", at=at, fix=NOT_LOOKED_AT)
            case Unavailable() as trouble:
                yield CHECK.unavailable(trouble, at=at, what=f"Whether {login} accepts to be {role} could not be seen")
            case Known(given, source):
                finding = _judge(dossier, login, role, at, given, source)
                unknown = isinstance(dossier.evidence.people.get(login), Unavailable)
                # whose account is not there cannot have said anything: that check tells it
                yield replace(finding, because=teller) if unknown and finding.outcome is Outcome.FAILED else finding


def _judge(dossier: Dossier, login: str, role: str, at: str, given: tuple[Consent, ...], source: Source) -> Finding:
    own = [consent for consent in given if _is_by(dossier, consent, login)]
    standing = next((consent for consent in own if not consent.outdated), None)
    if standing is not None:
        return CHECK.passed(f"{login} accepts to be {role}: {_HOW[standing.how]}.", at=at, source=source)
    if own:
        return CHECK.failed(
            f"{login} approved an earlier commit, and is not known to have seen what the proposal says of its owner now.",
            at=at,
            fix=f"{login} approves the present commit, or comments `/tunegate own` on this pull request.",
            source=source,
        )
    return CHECK.failed(
        f"{login} has not accepted to be {role}.",
        at=at,
        fix=f"{login} comments `/tunegate own` on this pull request, or approves it.",
        source=source,
    )


def _is_by(dossier: Dossier, consent: Consent, login: str) -> bool:
    person = dossier.evidence.people.get(login)
    if isinstance(person, Known):
        return person.value.type == "User" and consent.id == person.value.id
    return consent.login.lower() == login.lower()


CHECK = Check(id="owner-accepts", item=Item.OWNER, doc=__doc__, run=run)
