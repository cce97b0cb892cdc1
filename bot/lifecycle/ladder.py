"""Who is reminded how loudly, and when? The rungs before and after a deadline, each with what keeps it quiet.

The rungs are the notes' (house); a digest and a label count as quiet, an issue and a comment are heard.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from bot.lifecycle.dates import sending_day

ACK_LASTS = 14
"""Days for which an acknowledgement keeps quiet (notes, house)."""

LONGEST_SNOOZE = 14
"""Days that one snooze may last (notes, house)."""

MOST_SNOOZES = 2
"""Snoozes in one cycle (notes, house)."""

LONGEST_WAIVER = 30
"""Days that a waiver may last; a cycle has one at most, so that none follows another (notes, house)."""


class Voice(StrEnum):
    """How a rung speaks."""

    ISSUE = "issue"  # opened and assigned
    COMMENT = "comment"  # with the people mentioned
    LABEL = "label"


class Role(StrEnum):
    """Whom a rung speaks to."""

    OWNER = "owner"
    BACKUP = "backup"
    LEAD = "lead"
    MANAGERS = "managers"  # the team to which the owner's managers belong


class Hush(StrEnum):
    """What keeps a rung quiet while it lasts; afterwards the newest rung that was missed is made up for."""

    ACKNOWLEDGED = "acknowledged"
    IN_PROGRESS = "in_progress"  # a pull request with evidence is open
    SNOOZED = "snoozed"
    WAIVED = "waived"


@dataclass(frozen=True, slots=True)
class Rung:
    """One step of the ladder, `offset` days after the deadline (negative: before it)."""

    offset: int
    voice: Voice
    tells: tuple[Role, ...]
    hushed_by: frozenset[Hush]
    label: str | None = None

    @property
    def name(self) -> str:
        """The rung's name: T-7, T, T+14."""
        return f"T{self.offset:+d}" if self.offset else "T"

    @property
    def quiet(self) -> bool:
        """A label alone notifies nobody."""
        return self.voice is Voice.LABEL


_WAIVED = frozenset({Hush.WAIVED})
_WORKING = _WAIVED | {Hush.ACKNOWLEDGED, Hush.IN_PROGRESS}

LADDER: tuple[Rung, ...] = (
    Rung(-30, Voice.ISSUE, (Role.OWNER,), _WAIVED),
    Rung(-7, Voice.COMMENT, (Role.OWNER,), _WORKING | {Hush.SNOOZED}),
    Rung(0, Voice.COMMENT, (Role.OWNER,), _WORKING),
    Rung(1, Voice.LABEL, (), _WAIVED, label="overdue"),
    Rung(7, Voice.COMMENT, (Role.OWNER, Role.BACKUP, Role.LEAD), _WAIVED),
    Rung(14, Voice.COMMENT, (Role.OWNER, Role.LEAD, Role.MANAGERS), _WAIVED),
    Rung(30, Voice.COMMENT, (Role.OWNER, Role.LEAD), _WAIVED, label="rollback-recommended"),
)
"""The default ladder, lowest rung first. Its last rung comes again every `AGAIN_EVERY` days. Mondays' digests come beside it."""

AGAIN_EVERY = 30
"""Days between two repetitions of the last rung: monthly (notes, house)."""

OPENS_BEFORE = 30
"""Days before a deadline from which it is shown in digests: the lowest rung."""


def at(offset: int, ladder: tuple[Rung, ...] = LADDER) -> Rung:
    """Find the rung of an offset; raises KeyError. Beyond the last one it is that one again."""
    last = ladder[-1]
    if offset > last.offset and (offset - last.offset) % AGAIN_EVERY == 0:
        return Rung(offset, last.voice, last.tells, last.hushed_by, last.label)
    for rung in ladder:
        if rung.offset == offset:
            return rung
    raise KeyError(offset)


def named(name: str) -> Rung | None:
    """Find a rung by its name; None for what is no rung's."""
    if not name.startswith("T"):
        return None
    return at(int(name[1:] or 0))


def reached(
    due_on: date, today: date, holidays: Collection[date] = (), ladder: tuple[Rung, ...] = LADDER
) -> Iterator[Rung]:
    """List the rungs whose day has come, newest first; of the last one's repetitions the newest alone."""
    last = ladder[-1]
    again = ((today - due_on).days - last.offset) // AGAIN_EVERY
    while again > 0:
        if sending_day(due_on, last.offset + again * AGAIN_EVERY, holidays) <= today:
            yield at(last.offset + again * AGAIN_EVERY, ladder)
            break
        again -= 1
    for rung in reversed(ladder):
        if sending_day(due_on, rung.offset, holidays) <= today:
            yield rung
