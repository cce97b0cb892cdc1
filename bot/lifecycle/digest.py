"""What does a person hear on Mondays? One message about all adapters that concern them, the latest first, never an empty one."""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field, replace
from datetime import date
from heapq import heappush, heappushpop

from bot.lifecycle.conditions import Condition
from bot.lifecycle.dates import DueState, due_state
from bot.lifecycle.ladder import Hush, Role
from bot.lifecycle.plan import Standing, audience

MOST_LINES = 50
"""Adapters that one digest names, house: what is beyond is counted, and stands on the page of those that are due."""


@dataclass(frozen=True, slots=True)
class Line:
    """One adapter in a digest: how it stands, and what keeps its reminders quiet."""

    cycle_id: int
    adapter_id: int
    adapter: str
    due_on: date
    state: DueState
    hushes: tuple[Hush, ...] = ()
    conditions: tuple[Condition, ...] = ()


@dataclass(frozen=True, slots=True)
class Digest:
    """What one person is told in one week, which is named by its Monday."""

    person: str
    week: date
    lines: tuple[Line, ...]
    counts: tuple[tuple[DueState, int], ...]
    more: int = 0  # adapters that are not looked at line by line any more when it is sent

    @property
    def total(self) -> int:
        """How many adapters concern the person; more than `lines` where they are many."""
        return sum(number for _, number in self.counts) + self.more

    def with_more(self, more: int) -> "Digest":
        """Add adapters that are not named and no more looked at."""
        return replace(self, more=more)


@dataclass(slots=True)
class _Person:
    name: str
    counts: Counter[DueState] = field(default_factory=Counter)
    latest: list[tuple[int, int, Line]] = field(default_factory=list)  # a heap, the least late on top


class Digests:
    """Gathers what everybody is told in a week, however many cycles pass by: of each person the latest few are kept."""

    def __init__(self) -> None:
        """Begin with nobody."""
        self._people: dict[str, _Person] = {}

    def add(self, standing: Standing, today: date) -> None:
        """Count a cycle in for whomever it concerns; `today` is the day in its own time zone."""
        state = due_state(standing.due_on, today)
        if state is DueState.CURRENT and not standing.conditions:
            return
        hushes = standing.hushes(today)
        if Hush.WAIVED in hushes:  # a lead has freed it for a while, and the list of waivers shows it
            return
        line: Line | None = None
        for one in audience(standing, _concerned(state, hushes)):
            person = self._people.setdefault(one.lower(), _Person(one))
            person.counts[state] += 1
            late = (today - standing.due_on).days
            if len(person.latest) == MOST_LINES and person.latest[0][0] > late:
                continue
            line = line or _line(standing, state, hushes)
            entry = (late, -standing.cycle_id, line)
            if len(person.latest) < MOST_LINES:
                heappush(person.latest, entry)
            else:
                heappushpop(person.latest, entry)

    def written(self, week: date) -> tuple[Digest, ...]:
        """Write the digest of each person, by name; `week` is named by its Monday."""
        return tuple(
            Digest(
                person.name,
                week,
                tuple(line for _, _, line in sorted(person.latest, key=lambda entry: (-entry[0], -entry[1]))),
                tuple((state, person.counts[state]) for state in reversed(DueState) if person.counts[state]),
            )
            for _, person in sorted(self._people.items())
        )


def _concerned(state: DueState, hushes: Collection[Hush]) -> tuple[Role, ...]:
    if state in (DueState.OVERDUE, DueState.CRITICAL):
        return Role.OWNER, Role.BACKUP, Role.LEAD
    if Hush.IN_PROGRESS in hushes and state is not DueState.LATE:
        return (Role.LEAD,)  # whoever is at it needs no word before the deadline
    return Role.OWNER, Role.LEAD


def _line(standing: Standing, state: DueState, hushes: Collection[Hush]) -> Line:
    return Line(
        cycle_id=standing.cycle_id,
        adapter_id=standing.adapter_id,
        adapter=standing.adapter,
        due_on=standing.due_on,
        state=state,
        hushes=tuple(sorted(hushes)),
        conditions=tuple(sorted({opened.condition for opened in standing.conditions})),
    )
