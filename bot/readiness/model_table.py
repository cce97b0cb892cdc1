"""What is a table of models, as it was read, and what does it say otherwise than the one before?"""

from dataclasses import dataclass
from datetime import date

from bot.readiness.model_facts import ModelEntry


@dataclass(frozen=True, slots=True)
class ModelsRead:
    """A table of models as it was read. `origin` says whose it is: "own" is the operator's file, others are published.

    `as_of` is the day of which the table is, `version` the release of a package, `skipped` the entries that could not be used.
    """

    origin: str
    version: str | None
    sha256: str
    as_of: date
    entries: tuple[ModelEntry, ...]
    skipped: int = 0


@dataclass(frozen=True, slots=True)
class ModelsChanged:
    """What a table says otherwise than before: new entries, changed ones (before, now), and those that are gone."""

    new: tuple[ModelEntry, ...]
    changed: tuple[tuple[ModelEntry, ModelEntry], ...]
    gone: tuple[ModelEntry, ...]
    same: int
    as_of: date

    def __bool__(self) -> bool:
        """Say whether anything changed."""
        return bool(self.new or self.changed or self.gone)
