"""What was found of a policy before it counts: its problems, its tests, and what would become of each open proposal. As data."""

from dataclasses import dataclass

from bot.readiness.cases.running import CaseResult
from bot.readiness.policy import Complaint, Place


@dataclass(frozen=True, slots=True)
class Deciding:
    """A check whose answer, or whose weight, changes: what it says before and after ("" where it does not stand against it)."""

    check: str
    before: str
    after: str
    message: str


@dataclass(frozen=True, slots=True)
class Impact:
    """What becomes of one reviewed proposal: decisions before and after, and the checks that make the difference.

    `after` is None where the dossier is of a release that this one cannot judge again.
    """

    review_id: str
    repository: str
    number: int
    head_sha: str
    path: str
    adapter: str | None
    bot_version: str
    before: str
    after: str | None
    deciding: tuple[Deciding, ...] = ()

    @property
    def changes(self) -> bool:
        """Say whether the verdict would be another."""
        return self.after is not None and self.after != self.before


@dataclass(frozen=True, slots=True)
class PolicyReport:
    """All that is known of a policy's file before it counts; of one that reads in full only are there cases and impacts."""

    place: Place
    complaints: tuple[Complaint, ...]
    cases: tuple[CaseResult, ...] = ()
    impacts: tuple[Impact, ...] = ()
    removed: bool = False

    @property
    def holds(self) -> bool:
        """Say whether the file can be used and judges its tests as expected."""
        return not self.complaints and all(case.holds for case in self.cases)
