"""Can a calendar read the feed, whatever the names in it, and does the same deadline stay the same event?"""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar, Event

from bot.notify.calendar import Entry, feed
from tests.notify.messages import HOSTILE

CHANGED = datetime(2027, 1, 5, 9, 30, 15, 123, tzinfo=UTC)
ENTRY = Entry(
    "cycle-7", "ticket-router", date(2027, 3, 2), CHANGED, 2, ("Owner: first-owner",), "https://gate.example/7"
)


def events(raw: bytes) -> list[Event]:
    calendar = Calendar.from_ical(raw)
    assert isinstance(calendar, Calendar)
    assert calendar["VERSION"] == "2.0"
    return [each for each in calendar.walk("VEVENT") if isinstance(each, Event)]


def test_a_deadline_is_a_day_that_keeps_nobody_busy_and_rings_for_nobody() -> None:
    (event,) = events(feed("My adapters", [ENTRY]))
    assert (event["UID"], event["SEQUENCE"]) == ("cycle-7@tunegate.invalid", 2)
    assert (event.decoded("DTSTART"), event.decoded("DTEND")) == (date(2027, 3, 2), date(2027, 3, 3))
    assert event["DTSTART"].params["VALUE"] == "DATE"
    assert event.decoded("DTSTAMP") == CHANGED.replace(microsecond=0)
    assert (event["STATUS"], event["TRANSP"], event["URL"]) == ("CONFIRMED", "TRANSPARENT", "https://gate.example/7")
    assert (str(event["SUMMARY"]), str(event["DESCRIPTION"])) == ("Revalidate ticket-router", "Owner: first-owner")
    assert event.walk("VALARM") == []


def test_the_same_deadlines_are_the_same_bytes_in_any_order() -> None:
    other = replace(ENTRY, uid="cycle-8", due_on=date(2027, 2, 1))
    raw = feed("My adapters", [ENTRY, other])
    assert raw == feed("My adapters", [other, ENTRY])
    assert [event["UID"] for event in events(raw)] == ["cycle-8@tunegate.invalid", "cycle-7@tunegate.invalid"]


def test_what_is_over_is_cancelled_under_its_own_name() -> None:
    (event,) = events(feed("My adapters", [replace(ENTRY, over=True, sequence=3)], domain="gate.example"))
    assert (event["STATUS"], event["UID"], event["SEQUENCE"]) == ("CANCELLED", "cycle-7@gate.example", 3)


def test_instants_are_written_in_utc_and_one_without_a_zone_is_refused() -> None:
    (event,) = events(feed("x", [replace(ENTRY, changed_at=CHANGED.astimezone(timezone(timedelta(hours=9))))]))
    assert event["DTSTAMP"].to_ical() == b"20270105T093015Z"
    with pytest.raises(ValueError, match="time zone"):
        feed("x", [replace(ENTRY, changed_at=datetime(2027, 1, 5))])  # noqa: DTZ001  # the zone is what is lacking


def test_a_feed_of_nothing_is_a_calendar_too() -> None:
    assert events(feed("Nobody's", [])) == []


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_no_name_makes_a_line_of_its_own(text: str) -> None:
    raw = feed(text, [replace(ENTRY, adapter=text, notes=(text, text))])
    assert len(events(raw)) == 1
    assert raw.count(b"BEGIN:VEVENT\r\n") == 1
    unfolded = raw.decode().replace("\r\n ", "")
    assert not {"\u202e", "\u200b", "\x00", "\x1b"} & set(unfolded)  # whoever reads it sees what is there
    assert_folded(raw)


def assert_folded(raw: bytes) -> None:
    """RFC 5545, 3.1: lines end in CRLF and have 75 octets at most, and none is cut inside a letter."""
    assert raw.endswith(b"\r\n")
    lines = raw.split(b"\r\n")
    assert all(len(line) <= 75 and b"\n" not in line and b"\r" not in line for line in lines)
    for line in lines:
        line.decode()


@given(
    name=st.text(max_size=300),
    notes=st.lists(st.text(max_size=300), max_size=3),
    due=st.dates(date(1990, 1, 1), date(2190, 1, 1)),
)
def test_whatever_is_written_is_read_back(name: str, notes: list[str], due: date) -> None:
    raw = feed(name, [replace(ENTRY, adapter=name, notes=tuple(notes), due_on=due)])
    assert_folded(raw)
    (event,) = events(raw)
    assert event.decoded("DTSTART") == due
    assert event.decoded("DTEND") - event.decoded("DTSTART") == timedelta(days=1)
