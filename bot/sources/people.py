"""Who are the people that a proposal names, and do they stand behind it? Asked of the directory, for one proposal."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from bot import ports
from bot.readiness.fact import Fact, Known
from bot.readiness.ownership import Consent, Person, Team
from bot.readiness.proposal import Proposal

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
    return {PULL_REQUEST: _dated(around.directory.consents(logins), _promise, proposal, around, earlier)}


def approving_leads(
    proposal: Proposal, around: ports.Surroundings, earlier: Sequence[ports.Earlier], leads: Sequence[str]
) -> dict[str, Fact[tuple[Consent, ...]]]:
    """List the leads who approve the pull request, where their word counts: for a gain that is not money saved.

    An approval of another head counts where the proposal said the same of its costs and its gain there.
    """
    benefit = proposal.ops_cost.benefit
    if benefit is None or benefit.kind in (None, "cost") or proposal.scope == "experiment":
        return {}
    return {PULL_REQUEST: _dated(around.directory.approving_leads(leads), _price, proposal, around, earlier)}


def _dated(
    given: Fact[tuple[Consent, ...]],
    agreed: Callable[[Proposal], object],
    proposal: Proposal,
    around: ports.Surroundings,
    earlier: Sequence[ports.Earlier],
) -> Fact[tuple[Consent, ...]]:
    """Mark approvals of another head as outdated, unless what was agreed to is known to have been the same there."""
    if not isinstance(given, Known):
        return given
    then = {each.head_sha: agreed(each.proposal) for each in earlier}
    now = agreed(proposal)

    def stands(consent: Consent) -> bool:
        return consent.commit in (None, around.commit) or (consent.commit in then and then[consent.commit] == now)

    judged = tuple(each if stands(each) else replace(each, outdated=True) for each in given.value)
    return Known(judged, given.source)


def _price(proposal: Proposal) -> object:
    """Say what a lead agrees to: for which reason, at what cost, for which gain."""
    return proposal.failure.reason, proposal.ops_cost


def _promise(proposal: Proposal) -> tuple[object, ...]:
    """Say what a person accepts: who answers, with whom, until when, how often it is looked at again."""
    owner = proposal.owner
    return owner.primary, owner.backup, owner.team, owner.until, owner.revalidate_every


def _logins(proposal: Proposal) -> tuple[str, ...]:
    return tuple(dict.fromkeys(login for login in (proposal.owner.primary, proposal.owner.backup) if login))
