"""How many experiments does a team run? Whose an experiment is, and what is kept of each."""

from dataclasses import dataclass
from datetime import date

from bot.readiness.proposal import Proposal


@dataclass(frozen=True, slots=True)
class Experiment:
    """Another experiment of the same team, by the day on which its pull request was opened.

    No name of it is told: not everybody who reads here may read the repository that it is in.
    """

    on: date


def team_of(proposal: Proposal) -> tuple[str, str] | None:
    """Find whose experiment a proposal is, and the field that says so: the team, else the owner; None where nobody is named."""
    owner = proposal.owner
    if owner.team:
        return owner.team, "owner.team"
    if owner.primary:
        return owner.primary, "owner.primary"
    return None
