"""What can be wrong with an adapter beside its dates? Each condition is opened and closed by what was seen, never by a form."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Condition(StrEnum):
    """Something that is open about an adapter until it is mended; several hold at once."""

    ORPHANED = "orphaned"
    BACKUP_MISSING = "backup_missing"
    BASE_RETIRING = "base_retiring"
    BASE_RETIRED = "base_retired"
    BASE_UNKNOWN = "base_unknown"
    NOT_RETRAINABLE = "not_retrainable"
    EVIDENCE_STALE = "evidence_stale"
    EVIDENCE_FAILED = "evidence_failed"
    COST_OVER_ESTIMATE = "cost_over_estimate"
    SERVING_UNVERIFIED = "serving_unverified"
    PROPOSAL_MISSING = "proposal_missing"
    DATA_PENDING = "data_pending"


@dataclass(frozen=True, slots=True)
class Opened:
    """A condition that is open: since when, and of a base model when it ends."""

    id: int
    condition: Condition
    opened_on: date
    retires_on: date | None = None


@dataclass(frozen=True, slots=True)
class Meaning:
    """One condition in words. `immediate`: people are told at once, without waiting for a rung."""

    condition: Condition
    opened_by: str
    closed_by: str
    effect: str
    immediate: bool = False


MEANINGS: tuple[Meaning, ...] = (
    Meaning(
        Condition.ORPHANED,
        "the owner left the organisation",
        "another owner",
        "the leads act as owner; another one within 14 days",
        immediate=True,
    ),
    Meaning(Condition.BACKUP_MISSING, "the backup left, or none is named", "another backup", "escalation skips them"),
    Meaning(
        Condition.BASE_RETIRING,
        "a date of the base model's end",
        "another base model, or the date withdrawn",
        "the deadline is pulled forward to 60 days before it",
        immediate=True,
    ),
    Meaning(
        Condition.BASE_RETIRED,
        "the date of its end has passed",
        "another base model",
        "it should serve no more",
        immediate=True,
    ),
    Meaning(Condition.BASE_UNKNOWN, "no table has a date for the base model", "a date", "shown"),
    Meaning(Condition.NOT_RETRAINABLE, "no job can be started on the base model any more", "another base", "shown"),
    Meaning(Condition.EVIDENCE_STALE, "the evidence is older than the policy allows", "newer evidence", "shown"),
    Meaning(
        Condition.EVIDENCE_FAILED,
        "a revalidation failed",
        "a revalidation that passes, another version, its end",
        "14 days to roll back, retrain or retire",
        immediate=True,
    ),
    Meaning(Condition.COST_OVER_ESTIMATE, "more than twice the estimate", "figures within it", "shown"),
    Meaning(Condition.SERVING_UNVERIFIED, "what serves could not be verified", "a proof of what serves", "shown"),
    Meaning(Condition.PROPOSAL_MISSING, "its proposal is gone from the default branch", "it is back", "shown"),
    Meaning(
        Condition.DATA_PENDING,
        "it was approved on a curation plan",
        "an approval on the data itself",
        "nothing can be registered before",
    ),
)

IMMEDIATE = frozenset(line.condition for line in MEANINGS if line.immediate)
"""Of which people are told at once."""

RETIREMENT_RUNGS = (60, 30, 7)
"""Days before the retirement of a base model on which people are told again (notes, house)."""
