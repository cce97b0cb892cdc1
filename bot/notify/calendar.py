"""What does a calendar show of deadlines? A feed by RFC 5545, as a pure function: the same deadlines, the same bytes.

A day without a time, so that it stands on the same date everywhere; no alarms, which calendars would ring for everybody.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from icalendar import Calendar, Event, vDuration, vText, vUri

from bot.report.markdown import visible

REFRESH = timedelta(hours=12)
"""How often a calendar is asked to look again (house)."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One deadline. `uid` names its cycle for ever; `sequence` grows with each change, `changed_at` is the last one.

    `over`: it is settled, or called off, and calendars take it out. `notes` are sentences.
    """

    uid: str
    adapter: str
    due_on: date
    changed_at: datetime
    sequence: int = 0
    notes: tuple[str, ...] = ()
    url: str | None = None
    over: bool = False


def feed(name: str, entries: Sequence[Entry], domain: str = "tunegate.invalid") -> bytes:
    """Write the feed of some deadlines, soonest first; raises ValueError for a change without a time zone."""
    calendar = Calendar()
    calendar.add("prodid", "-//Tunegate//Revalidations//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("name", vText(visible(name, 200)))
    calendar.add("x-wr-calname", vText(visible(name, 200)))
    calendar.add("refresh-interval", vDuration(REFRESH), parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", vDuration(REFRESH))
    for entry in sorted(entries, key=lambda each: (each.due_on, each.uid)):
        calendar.add_component(_event(entry, domain))
    written: bytes = calendar.to_ical()
    return written


def _event(entry: Entry, domain: str) -> Event:
    if entry.changed_at.tzinfo is None:
        raise ValueError("an instant without a time zone is none")
    event = Event()
    event.add("uid", f"{entry.uid}@{domain}")
    event.add("dtstamp", entry.changed_at.astimezone(UTC).replace(microsecond=0))
    event.add("last-modified", entry.changed_at.astimezone(UTC).replace(microsecond=0))
    event.add("dtstart", entry.due_on)  # a date is written with VALUE=DATE
    event.add("dtend", entry.due_on + timedelta(days=1))  # which is the first day after it
    event.add("summary", vText(f"Revalidate {visible(entry.adapter, 200)}"))
    if entry.notes:
        event.add("description", vText("\n".join(visible(note, 1000) for note in entry.notes)))
    if entry.url is not None:
        event.add("url", vUri(entry.url))
    event.add("sequence", entry.sequence)
    event.add("status", "CANCELLED" if entry.over else "CONFIRMED")
    event.add("transp", "TRANSPARENT")  # nobody is busy on that day
    return event
