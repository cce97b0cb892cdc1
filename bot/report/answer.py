"""What is the whole answer to a pull request? The verdicts of its proposals, folded to one."""

from collections.abc import Iterable
from dataclasses import dataclass

from bot.readiness.layers import InTier
from bot.readiness.policy import Complaint, Policy
from bot.readiness.proposal import Reading
from bot.readiness.revalidation import is_revalidation
from bot.readiness.verdict import Decision, Verdict

_WORST_FIRST = (
    Decision.NOT_YET,
    Decision.RETIRE,
    Decision.CANNOT_TELL,
    Decision.READY_ON_CONDITION,
    Decision.READY_WITH_WAIVERS,
    Decision.READY,
)


@dataclass(frozen=True, slots=True)
class Answered:
    """One proposal of the pull request: its path, how it reads, its verdict, and the policy's tiers that it is of.

    Or one revalidation, of a `cycle`: `reading` then holds the approved proposal with this cycle's evidence laid over it.
    """

    path: str
    reading: Reading
    verdict: Verdict
    tiers: tuple[InTier, ...] = ()
    cycle: int | None = None

    @property
    def revalidates(self) -> bool:
        """Say whether it is a revalidation."""
        return is_revalidation(self.path)

    @property
    def adapter(self) -> str | None:
        """The adapter's name, where the proposal says it."""
        return self.reading.proposal.adapter if self.reading.proposal else None


@dataclass(frozen=True, slots=True)
class Answer:
    """All proposals of a pull request under one policy; empty when it brings none.

    `policy_files` are the files beside the built-in policy, `complaints` what is wrong with them.
    """

    proposals: tuple[Answered, ...]
    policy_name: str
    policy_sha256: str
    shadow: bool = False
    policy_files: tuple[str, ...] = ()
    complaints: tuple[Complaint, ...] = ()

    @property
    def decision(self) -> Decision | None:
        """The worst decision; None when there is no proposal."""
        decisions = {answered.verdict.decision for answered in self.proposals}
        return next((decision for decision in _WORST_FIRST if decision in decisions), None)


def answer_under(policy: Policy, proposals: Iterable[Answered]) -> Answer:
    """Put the proposals that were judged under a policy together."""
    files = tuple(place.where for place in policy.places)
    return Answer(tuple(proposals), policy.name, policy.sha256, policy.shadow, files, policy.complaints)
