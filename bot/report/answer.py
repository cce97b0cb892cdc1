"""What is the whole answer to a pull request? The verdicts of its proposals, folded to one."""

from dataclasses import dataclass

from bot.readiness.proposal import Reading
from bot.readiness.verdict import Decision, Verdict

_WORST_FIRST = (
    Decision.NOT_YET,
    Decision.CANNOT_TELL,
    Decision.READY_ON_CONDITION,
    Decision.READY_WITH_WAIVERS,
    Decision.READY,
)


@dataclass(frozen=True, slots=True)
class Answered:
    """One proposal of the pull request: its path, how it reads, its verdict."""

    path: str
    reading: Reading
    verdict: Verdict

    @property
    def adapter(self) -> str | None:
        """The adapter's name, where the proposal says it."""
        return self.reading.proposal.adapter if self.reading.proposal else None


@dataclass(frozen=True, slots=True)
class Answer:
    """All proposals of a pull request under one policy; empty when it brings none."""

    proposals: tuple[Answered, ...]
    policy_name: str
    policy_sha256: str
    shadow: bool = False

    @property
    def decision(self) -> Decision | None:
        """The worst decision; None when there is no proposal."""
        decisions = {answered.verdict.decision for answered in self.proposals}
        return next((decision for decision in _WORST_FIRST if decision in decisions), None)
