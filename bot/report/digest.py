"""What does a person read on Mondays? One letter about all adapters that concern them, the latest first, never an empty one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from bot.report.letter import Letter, Line, Paragraph, Part, Points
from bot.report.reminder import day, distance

MOST_LINES = 50
"""Adapters that one digest names (house): what is beyond is counted."""


@dataclass(frozen=True, slots=True)
class Due:
    """One adapter in a digest; `notes` say what is open beside its date, in a few words each."""

    adapter: str
    due_on: date
    notes: tuple[str, ...] = ()
    url: str | None = None


def digest(
    week: date, today: date, due: Sequence[Due], total: int | None = None, page: str | None = None, ends: bool = False
) -> Letter:
    """Write a person's digest of a week, the latest first; raises ValueError for an empty one, which is never sent.

    `total` counts those that are not listed too; `ends` says that the message brings a way to end digests.
    """
    if not due:
        raise ValueError("an empty digest is never sent")
    rows = sorted(due, key=lambda each: (each.due_on, each.adapter))
    groups = (
        ("Overdue", [each for each in rows if each.due_on < today]),
        ("Due within 30 days", [each for each in rows if 0 <= (each.due_on - today).days <= 30]),
        ("Later, but something is open", [each for each in rows if (each.due_on - today).days > 30]),
    )
    late, soon = len(groups[0][1]), len(groups[1][1])
    said = [f"{late} overdue" if late else "", f"{soon} due within 30 days" if soon else ""]
    subject = f"{', '.join(part for part in said if part) or 'Something is open'}: adapters, week of {day(week)}"
    room, parts = MOST_LINES, list[Part]()
    for heading, group in groups:
        if shown := group[: max(room, 0)]:
            parts.append(Points(f"{heading} ({len(group)})", tuple(_row(each, today) for each in shown)))
        room -= len(shown)
    if (more := (total or len(rows)) - min(len(rows), MOST_LINES)) > 0:
        parts.append(Paragraph(f"And {more:,} more."))
    actions = (Line("All adapters that concern you", page),) if page else ()
    because = "You get this on Mondays because you own these adapters, stand in for somebody, or lead."
    end = (
        " Your mail program's unsubscribe button ends these digests; reminders of your own adapters still come."
        if ends
        else ""
    )
    return Letter(subject, tuple(parts), actions, because + end)


def _row(each: Due, today: date) -> Line:
    notes = "".join(f"; {note}" for note in each.notes[:4])
    return Line(f"{each.adapter}: {distance((today - each.due_on).days)}, {day(each.due_on)}{notes}", each.url)
