"""What did a check conclude, and where does the reader look?"""

from dataclasses import dataclass
from enum import StrEnum

from bot.readiness.fact import Grade, Source
from bot.readiness.working import Working


class Item(StrEnum):
    """The five items of the checklist (S1), in the order in which they are shown, and `house`: an organisation's own rules."""

    EVAL = "eval"
    BEHAVIOR = "behavior"
    DATA = "data"
    OWNER = "owner"
    COST = "cost"
    HOUSE = "house"


FIVE = (Item.EVAL, Item.BEHAVIOR, Item.DATA, Item.OWNER, Item.COST)


class Outcome(StrEnum):
    """How a check ended (READINESS section 3). `broken` is our own fault and never counts as passed."""

    PASSED = "passed"
    FAILED = "failed"
    UNVERIFIED = "unverified"
    NOT_APPLICABLE = "not_applicable"
    WAIVED = "waived"
    BROKEN = "broken"


@dataclass(frozen=True, slots=True)
class Finding:
    """One conclusion of one check.

    `at` is the field path it speaks of ("data.train.examples"), `message` what was seen and what the policy asks,
    `remark` a warning beside a pass, or what became of a waiver, `fix` what to do (required for failed and unverified), `source` where the fact
    came from. `service_only` marks a fact that only the service can see. `lever` names the cheaper lever to go back to.
    `condition` is what a pass still waits for ("1,500 examples by 2027-02-01"): with it a proposal is ready on condition.
    `rows` are counted rows, where the finding counts some: what was counted and how many are left, from all to the last step.
    `working` is how cost and gain were computed, where the finding rests on it. `retire` says of a failure that it shows an
    adapter to be needed no more.
    """

    check: str
    item: Item | None
    outcome: Outcome
    at: str
    message: str
    remark: str | None = None
    fix: str | None = None
    grade: Grade | None = None
    source: str | None = None
    service_only: bool = False
    lever: str | None = None  # prompt | retrieval | evals
    because: str | None = None  # the check whose finding carries the cause: one cause gives one annotation
    line: int | None = None  # set for problems of the file itself, which have no field
    condition: str | None = None
    rows: tuple[tuple[str, int], ...] = ()
    working: Working | None = None
    retire: bool = False


def origin(source: Source) -> str:
    """Put a source into words: the link, its revision, its digest."""
    pinned = f"@{source.revision[:12]}" if source.revision else ""
    digest = f" sha256:{source.sha256[:12]}" if source.sha256 else ""
    return f"{source.uri}{pinned}{digest}"
