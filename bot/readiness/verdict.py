"""What follows from the findings? A block beats a doubt, a doubt beats a pass (READINESS section 3)."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from bot.readiness.finding import FIVE, Finding, Item, Outcome
from bot.readiness.policy import Enforcement
from bot.readiness.waiver import Waivable, Waiver
from bot.readiness.way import Way


class Decision(StrEnum):
    """The answer to a proposal, best first."""

    READY = "ready"
    READY_WITH_WAIVERS = "ready_with_waivers"
    READY_ON_CONDITION = "ready_on_condition"
    CANNOT_TELL = "cannot_tell"
    NOT_YET = "not_yet"
    RETIRE = "retire"  # of a revalidation alone: the adapter is needed no more

    @property
    def is_ready(self) -> bool:
        """Say whether the fine-tune may go ahead."""
        return self in (Decision.READY, Decision.READY_WITH_WAIVERS, Decision.READY_ON_CONDITION)


class Level(StrEnum):
    """How loudly a finding is shown: GitHub's annotation levels."""

    NOTICE = "notice"
    WARNING = "warning"
    FAILURE = "failure"


@dataclass(frozen=True, slots=True)
class Judged:
    """A finding with the weight that the policy gives it. `asked_by` names who changed what is built in, with the lines."""

    finding: Finding
    enforcement: Enforcement
    asked_by: str | None = None

    @property
    def blocks(self) -> bool:
        """Say whether this finding keeps the proposal from being ready."""
        return self.enforcement is not Enforcement.ADVISORY and self.finding.outcome in _BLOCKING

    @property
    def level(self) -> Level:
        """Failure for what blocks, warning for remarks and advisory trouble, notice else."""
        if self.blocks:
            return Level.FAILURE
        if self.finding.remark or self.finding.outcome in _BLOCKING:
            return Level.WARNING
        return Level.NOTICE


_BLOCKING = (Outcome.FAILED, Outcome.UNVERIFIED, Outcome.BROKEN)
_WORST_FIRST = (
    Outcome.FAILED,
    Outcome.BROKEN,
    Outcome.UNVERIFIED,
    Outcome.WAIVED,
    Outcome.PASSED,
    Outcome.NOT_APPLICABLE,
)


@dataclass(frozen=True, slots=True)
class ItemResult:
    """How one of the five items stands (or `house`, where rules of it were asked): its worst outcome that counts, and whether it holds.

    An item that no check answered does not hold: nobody looked.
    """

    item: Item
    outcome: Outcome
    holds: bool


@dataclass(frozen=True, slots=True)
class NextStep:
    """The one next thing to do, and the cheaper lever to go back to (prompt, retrieval, evals; S1)."""

    check: str
    message: str
    fix: str
    lever: str | None


@dataclass(frozen=True, slots=True)
class Verdict:
    """The answer to one proposal: what every rendering shows."""

    decision: Decision
    items: tuple[ItemResult, ...]
    judged: tuple[Judged, ...]
    next_step: NextStep | None
    left_to_the_service: tuple[str, ...] = ()  # checks whose facts only the service can see (offline only)
    conditions: tuple[str, ...] = ()  # what a readiness on condition waits for; empty for every other decision
    way: Way = Way()  # the way forward; the panel adds it, and what follows
    waivers: tuple[Waiver, ...] = ()  # that let something pass
    over: tuple[Waiver, ...] = ()  # whose end leaves something open, each with why
    waivable: tuple[Waivable, ...] = ()  # what somebody may ask to waive, and what is waived


def conclude(judged: Iterable[Judged], *, offline: bool) -> Verdict:
    """Fold findings into a verdict. Offline, what only the service can see is left out of the fold and listed.

    Any pass on a condition makes a readiness conditional, an advisory check's too: what is not there yet is never plainly ready.
    """
    everything = tuple(judged)
    left = tuple(dict.fromkeys(j.finding.check for j in everything if offline and j.finding.service_only))
    counted = [j for j in everything if not (offline and j.finding.service_only)]
    blocking = [j for j in counted if j.blocks]
    failed = [j for j in blocking if j.finding.outcome is Outcome.FAILED]
    waits_for = dict.fromkeys(
        j.finding.condition for j in counted if j.finding.condition and j.finding.outcome is Outcome.PASSED
    )
    if any(j.finding.retire for j in failed):
        decision = Decision.RETIRE
    elif failed:
        decision = Decision.NOT_YET
    elif blocking or not counted:  # over nothing nobody can tell
        decision = Decision.CANNOT_TELL
    elif waits_for:
        decision = Decision.READY_ON_CONDITION
    elif any(j.finding.outcome is Outcome.WAIVED for j in counted):
        decision = Decision.READY_WITH_WAIVERS
    else:
        decision = Decision.READY
    asked = [item for item in Item if item in FIVE or any(j.finding.item is item for j in everything)]
    items = tuple(_item(item, counted) for item in asked)
    conditions = tuple(waits_for) if decision is Decision.READY_ON_CONDITION else ()
    return Verdict(decision, items, everything, _next_step(failed or blocking), left, conditions)


def causes(verdict: Verdict) -> list[Judged]:
    """List the findings that block and carry a cause of their own, the verdict's next step first."""
    counted = [j for j in verdict.judged if j.blocks and j.finding.check not in verdict.left_to_the_service]
    blocking = [j for j in counted if j.finding.because is None] or counted
    # a block beats a doubt: what only could not be verified is no next step while something failed
    blocking.sort(key=lambda j: j.finding.outcome is not Outcome.FAILED)
    if step := verdict.next_step:
        blocking.sort(key=lambda j: (j.finding.check, j.finding.message) != (step.check, step.message))
    return blocking


def _item(item: Item, counted: list[Judged]) -> ItemResult:
    own = [j for j in counted if j.finding.item is item]
    weighing = [j.finding.outcome for j in own if j.enforcement is not Enforcement.ADVISORY]
    outcome = next((o for o in _WORST_FIRST if o in weighing), Outcome.NOT_APPLICABLE)
    return ItemResult(item, outcome, bool(own) and not any(j.blocks for j in own))


def _next_step(blocking: list[Judged]) -> NextStep | None:
    causes = [j.finding for j in blocking if j.finding.because is None] or [j.finding for j in blocking]
    causes = [finding for finding in causes if finding.retire] or causes
    if not causes:
        return None
    hard = {j.finding.check for j in blocking if j.enforcement is Enforcement.HARD}
    finding = min(causes, key=lambda f: _urgency(f, hard))  # the first of equals: checks are asked in a fixed order
    return NextStep(finding.check, finding.message, finding.fix or "", finding.lever)


def _urgency(finding: Finding, hard: set[str]) -> tuple[int, ...]:
    """Rank what to do next: first the file's form, then the cheaper levers, then all else.

    Of the levers: prompt, then retrieval, then evals (S1). One that answers what fails and why ("use retrieval") comes
    before one that only wants for material ("use few-shot until there are more examples"), and one that nobody may waive
    before one that a lead may.
    """
    if finding.item is None:
        return (0,)
    if finding.lever is None:
        return (3,)
    if finding.lever == "evals":
        return (2,)
    return 1, finding.item not in (Item.EVAL, Item.BEHAVIOR), finding.check not in hard, _LEVERS.index(finding.lever)


_LEVERS = ("prompt", "retrieval")  # the cheapest first
