"""What is the whole answer to a pull request? The verdicts of its proposals, folded to one."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from bot.readiness.fact import Fact, Known, Unavailable
from bot.readiness.layers import InTier
from bot.readiness.policy import APPROVERS, Complaint, Enforcement, Policy
from bot.readiness.proposal import Reading
from bot.readiness.revalidation import is_revalidation
from bot.readiness.unproposed import CHECK_ID, Training
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

    `approvers` says by role who approves waivers: logins and teams, none for whoever administers, None for nobody at all;
    `waiver_days` for how long at most.
    `policy_files` are the files beside the built-in policy, `complaints` what is wrong with them. `trainings` are what the pull
    request would train and no proposal covers (None: not looked at), which blocks where the policy says so; `begin_at` is the
    address of a form that begins one.
    """

    proposals: tuple[Answered, ...]
    policy_name: str
    policy_sha256: str
    shadow: bool = False
    approvers: Mapping[str, tuple[str, ...] | None] = field(default_factory=dict)
    waiver_days: int = 0
    policy_files: tuple[str, ...] = ()
    complaints: tuple[Complaint, ...] = ()
    trainings: Fact[tuple[Training, ...]] | None = None
    trainings_block: bool = False
    begin_at: str = ""

    @property
    def decision(self) -> Decision | None:
        """The worst decision; None when there is no proposal, unless what is trained without one blocks."""
        if not self.proposals and self.trainings_block:
            return Decision.CANNOT_TELL if isinstance(self.trainings, Unavailable) else self._not_proposed
        decisions = {answered.verdict.decision for answered in self.proposals}
        return next((decision for decision in _WORST_FIRST if decision in decisions), None)

    @property
    def unproposed(self) -> tuple[Training, ...]:
        """What would be trained without a proposal, as far as it is known."""
        return self.trainings.value if isinstance(self.trainings, Known) else ()

    @property
    def _not_proposed(self) -> Decision | None:
        return Decision.NOT_YET if self.unproposed else None


def answer_under(
    policy: Policy, proposals: Iterable[Answered], trainings: Fact[tuple[Training, ...]] | None = None
) -> Answer:
    """Put together what was judged under a policy: the proposals, and what would be trained without one."""
    weight = policy.enforcement(CHECK_ID)
    return Answer(
        tuple(proposals),
        policy.name,
        policy.sha256,
        policy.shadow,
        approvers={role: policy.approvers(role) for role in (APPROVERS, *policy.waivers.roles)},
        waiver_days=int(policy.waivers.max_days.value),
        policy_files=tuple(place.where for place in policy.places),
        complaints=policy.complaints,
        trainings=None if weight is Enforcement.OFF else trainings,
        trainings_block=weight in (Enforcement.HARD, Enforcement.SOFT),
    )
