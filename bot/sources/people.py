"""Who are the people that a proposal names, and do they stand behind it? Asked of the directory, for one proposal."""

from collections.abc import Sequence
from dataclasses import replace

from bot import ports
from bot.readiness.fact import Fact, Known
from bot.readiness.ownership import Consent, Person, Team
from bot.readiness.proposal import Proposal
from bot.readiness.schema.owner import Owner

PULL_REQUEST = "pull_request"


def named(proposal: Proposal, directory: ports.Directory) -> dict[str, Fact[Person]]:
    """Look owner and backup up, by their logins as typed; one account is asked for once."""
    return {login: directory.person(login) for login in _logins(proposal)}


def teams(proposal: Proposal, directory: ports.Directory) -> dict[str, Fact[Team]]:
    """Look the team up, where one is named."""
    team = proposal.owner.team
    return {team: directory.team(team)} if team else {}


def consents(
    proposal: Proposal, around: ports.Surroundings, earlier: Sequence[ports.Earlier]
) -> dict[str, Fact[tuple[Consent, ...]]]:
    """List who stands behind the pull request, as far as it is about the people named.

    An approval of another head counts where a review of that head is known, and the proposal said the same of its owner.
    """
    logins = _logins(proposal)
    if not logins:
        return {}
    given = around.directory.consents(logins)
    if not isinstance(given, Known):
        return {PULL_REQUEST: given}
    then = {each.head_sha: each.proposal.owner for each in earlier}
    judged = tuple(_dated(consent, around.commit, proposal.owner, then) for consent in given.value)
    return {PULL_REQUEST: Known(judged, given.source)}


def _dated(consent: Consent, head: str | None, owner: Owner, then: dict[str, Owner]) -> Consent:
    if consent.commit is None or consent.commit == head:
        return consent
    said = then.get(consent.commit)
    same = said is not None and _promise(said) == _promise(owner)
    return consent if same else replace(consent, outdated=True)


def _promise(owner: Owner) -> tuple[object, ...]:
    """Say what a person accepts: who answers, with whom, until when, how often it is looked at again."""
    return owner.primary, owner.backup, owner.team, owner.until, owner.revalidate_every


def _logins(proposal: Proposal) -> tuple[str, ...]:
    return tuple(dict.fromkeys(login for login in (proposal.owner.primary, proposal.owner.backup) if login))
