"""Where did the rows go? From all that are linked to those that count, step by step, in words and as numbers."""

from collections.abc import Mapping
from dataclasses import dataclass

from bot.readiness.data_profile import DataProfile
from bot.readiness.wording import count

# what a step takes away, and what is left after it, in the order in which rows are lost
_LOST: Mapping[str, str] = {
    "fault": "faulty",
    "duplicate": "copies",
    "near_duplicate": "nearly copies",
    "leak": "in the held-out set",
    "conflict": "contradicting",
    "schema": "outside the schema",
    "shape": "unlike production",
}


@dataclass(frozen=True, slots=True)
class Step:
    """One loss: its name as READINESS has it, what it is called, rows that are lost, rows that are left."""

    name: str
    called: str
    lost: int
    left: int


def steps(profile: DataProfile) -> tuple[Step, ...]:
    """List the losses that were looked for, in their order; after the last one the effective rows are left."""
    # dossiers of older releases know of faults and of copies only
    lost = profile.lost or {"fault": profile.rows - profile.valid, "duplicate": profile.duplicates}
    left, found = profile.rows, []
    for name, called in _LOST.items():
        if name in lost:
            left -= lost[name]
            found.append(Step(name, called, lost[name], left))
    return tuple(found)


def left(profile: DataProfile) -> tuple[tuple[str, int], ...]:
    """List how many rows are left: of all, and after each loss, by what is lost there."""
    return (("rows", profile.rows), *((step.called, step.left) for step in steps(profile)))


def in_words(profile: DataProfile) -> str:
    """Say it in a sentence's part: "5,000 rows, less 120 copies and 3 faulty"."""
    losses = [f"{step.lost:,} {step.called}" for step in steps(profile) if step.lost]
    if not losses:
        return f"{count(profile.rows, 'row')}, none lost"
    *most, last = losses
    listed = f"{', '.join(most)} and {last}" if most else last
    return f"{count(profile.rows, 'row')}, less {listed}"
