"""What does the registry say of an adapter that is to be revalidated? As far as a verdict depends on it."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class OpenCycle:
    """The cycle that is open: its number, since when, its deadline, and the deadline that follows when it passes."""

    number: int
    opened_on: date
    due_on: date
    next_due_on: date


@dataclass(frozen=True, slots=True)
class Registered:
    """An adapter as registered. `stage` is a word of the registry ("serving"), `every` a period like P3M.

    `path` is the approved proposal's in `repository`, None for what was imported. `artifact` and `digest` are of what serves,
    None where nobody has said. `owner_left` says that the owner is gone, and the leads act.
    """

    name: str
    stage: str
    repository: str
    owner: str
    every: str
    path: str | None = None
    backup: str | None = None
    artifact: str | None = None
    digest: str | None = None
    owner_left: bool = False
    cycle: OpenCycle | None = None

    @property
    def serves(self) -> bool:
        """Say whether it serves now: only then is anything revalidated."""
        return self.stage == "serving"
