"""What is a fact? Something that was seen, with its source and grade, or the reason why it could not be."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

T = TypeVar("T", covariant=True)


class Grade(StrEnum):
    """How far a fact can be trusted: A attested, B rows recomputed and pinned, C pinned aggregate, D typed word."""

    A = "A"
    B = "B"
    C = "C"
    D = "D"

    def reaches(self, least: "Grade") -> bool:
        """Say whether this grade is at least as good as another."""
        return self.value <= least.value


class Trouble(StrEnum):
    """Why a fact is unavailable: `definitive` counts as failed, `passing` and `not_supported` as unverified."""

    DEFINITIVE = "definitive"  # 404 at the head commit, a folder, an unknown format, beyond a cap, a blocked host
    PASSING = "passing"  # time-out, 5xx, 401/403/429, network
    NOT_SUPPORTED = "not_supported"  # a store or a reader that is not built yet
    SERVICE_ONLY = "service_only"  # offline: only the service can see it (people, approvals)


class Hindrance(StrEnum):
    """Why a file was not read where that is the file's own matter: a manifest may then speak for it."""

    TOO_LARGE = "too_large"  # larger than what is read whole
    CLOSED = "closed"  # there, but not for us: a login is asked for, or the place is not opened


@dataclass(frozen=True, slots=True)
class Source:
    """Where a fact was read: the link as resolved, its revision (commit or None), its digest, its grade.

    `note` says in a few words what it is when it is not the whole file itself: "a sample of 2,000 of about 3,100,000 rows".
    """

    uri: str
    grade: Grade
    sha256: str | None = None
    revision: str | None = None
    size: int | None = None  # bytes
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Known(Generic[T]):
    """A fact that was read."""

    value: T
    source: Source


@dataclass(frozen=True, slots=True)
class Unavailable:
    """A fact that could not be read. `reason` is a sentence for the team; `fix` says what to do."""

    reason: str
    trouble: Trouble
    fix: str | None = None
    hindrance: Hindrance | None = None


Fact = Known[T] | Unavailable
