"""Who answers for the adapter when the owner is away?

## Why
People fall ill, move on and leave. With one name only, the adapter is orphaned on that day (S1).

## What counts as evidence
The account `owner.backup`, looked up on GitHub: a person, another one than the owner, member of the organisation or
collaborator with write. Accounts are told apart by their number: a renamed login is still the same person. `owner.team` is
optional; where it is given, it must be a team of the organisation.

## How to fix
Name a second person under `owner.backup`. A team is no second person, but it may come besides.
"""

from collections.abc import Iterator

from bot.readiness.check import NOT_LOOKED_AT, Check, Dossier
from bot.readiness.fact import Known, Unavailable
from bot.readiness.finding import Finding, Item
from bot.readiness.people import looked_up, same, tie

AT = "owner.backup"
TEAM = "owner.team"


def run(dossier: Dossier) -> Iterator[Finding]:
    """Look the backup up, and the team where one is named."""
    yield _backup(dossier)
    if (team := dossier.proposal.owner.team) is not None:
        yield _team(dossier, team)


def _backup(dossier: Dossier) -> Finding:
    owner = dossier.proposal.owner
    if owner.backup is None:
        team = f" The team {owner.team} is named, but a team is nobody in particular." if owner.team else ""
        return CHECK.failed(
            f"Nobody is named who stands in for the owner.{team}",
            at=AT,
            fix="Add `owner.backup`: the GitHub login of a second person.",
        )
    if owner.primary is not None and same(dossier, owner.primary, owner.backup):
        also = f", under the name {owner.primary} too" if owner.primary.lower() != owner.backup.lower() else ""
        return CHECK.failed(
            f"{owner.backup} is the owner's own backup{also}: when one is away, both are.",
            at=AT,
            fix="Name a second person as `owner.backup`.",
        )
    known = looked_up(CHECK, dossier, owner.backup, at=AT)
    if isinstance(known, Finding):
        return known
    if not known.value.may_own:
        return CHECK.failed(
            f"{owner.backup} is {tie(known.value)}.",
            at=AT,
            fix="Name a person who is member of the organisation or has write access.",
            source=known.source,
        )
    return CHECK.passed(f"{known.value.login} stands in, {tie(known.value)}.", at=AT, source=known.source)


def _team(dossier: Dossier, team: str) -> Finding:
    match dossier.evidence.teams.get(team):
        case None:
            return CHECK.unverified(f"Nobody looked the team {team} up.", at=TEAM, fix=NOT_LOOKED_AT)
        case Unavailable() as trouble:
            what, correct = f"The team {team} could not be looked up", "Correct the team, or leave it out."
            return CHECK.unavailable(trouble, at=TEAM, what=what, correct=correct)
        case Known(found, source) if found.members == 0:
            fix = "Name a team with people in it, or leave it out."
            return CHECK.failed(f"The team {team} has no members.", at=TEAM, fix=fix, source=source)
        case Known(source=source):
            return CHECK.passed(f"{team} is a team of the organisation.", at=TEAM, source=source)


CHECK = Check(id="backup-named", item=Item.OWNER, doc=__doc__, run=run)
