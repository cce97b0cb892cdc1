"""When is a revalidation due, and on which day is a reminder of it sent?

A deadline is a DATE in the policy's time zone. It lies on a grid: the anchor and whole numbers of periods after it, counted from
the anchor each time. Counted from one another, a month that is too short for its day would pull in all that follow (30
November, 28 February, 28 May). Weekends and holidays move the sending of a reminder, never the deadline.
"""

from collections.abc import Collection
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from enum import StrEnum
from itertools import count

from dateutil.relativedelta import relativedelta

ON_TIME = timedelta(days=14)
"""How long before its deadline a revalidation may be done and still keep the grid (notes, house)."""

BEFORE_RETIREMENT = timedelta(days=60)
"""How long before its base model's retirement an adapter is due (notes, house)."""

LEAST_NOTICE = timedelta(days=14)
"""What is left to an owner, at least, when a deadline is pulled forward (house): nobody is late by an announcement."""

_WEEKEND = 5  # date.weekday() of a Saturday


class DueState(StrEnum):
    """How near a deadline is, or how long ago; the grace of seven days is before escalation, never before lateness."""

    CURRENT = "current"  # more than 30 days
    DUE_SOON = "due_soon"  # 30 days or fewer
    DUE = "due"  # 7 days or fewer, the day itself included
    LATE = "late"  # 1 to 7 days after it
    OVERDUE = "overdue"  # more than 7
    CRITICAL = "critical"  # more than 30


def due_state(due_on: date, today: date) -> DueState:
    """Say how a deadline stands on a day (the bounds are the notes', house)."""
    late = (today - due_on).days
    if late > 30:
        return DueState.CRITICAL
    if late > 7:
        return DueState.OVERDUE
    if late > 0:
        return DueState.LATE
    if late >= -7:
        return DueState.DUE
    return DueState.DUE_SOON if late >= -30 else DueState.CURRENT


def on_grid(anchor: date, every: relativedelta, number: int) -> date:
    """Find the deadline of that number on the grid; a day that its month lacks is the month's last."""
    return anchor + every * number


def first_due(anchor: date, every: relativedelta) -> date:
    """Find the first deadline after an anchor; raises ValueError for a period that is no time at all."""
    due_on = on_grid(anchor, every, 1)
    if due_on <= anchor:
        raise ValueError("the period is no time at all")
    return due_on


def next_due(anchor: date, due_on: date, done_on: date, every: relativedelta) -> tuple[date, date]:
    """Find the anchor and the deadline after a revalidation; raises ValueError for a period that is no time at all.

    `due_on` is the deadline on the grid, also when the visible one was pulled forward. Done within the 14 days up to it, the
    grid is kept; done earlier or later, the grid begins anew on that day: lateness stays in the record and buys no time beyond
    itself, and nobody is asked twice within weeks.
    """
    first_due(anchor, every)
    if due_on - ON_TIME <= done_on <= due_on:
        following = (on_grid(anchor, every, number) for number in count(1))
        return anchor, next(day for day in following if day > due_on)
    return done_on, first_due(done_on, every)


def pulled_forward(due_on: date, retires_on: date, announced_on: date) -> date:
    """Find the deadline of an adapter whose base model is retired: 60 days before that, never later than it was.

    An announcement at short notice leaves 14 days, or until the retirement itself.
    """
    wanted = max(retires_on - BEFORE_RETIREMENT, announced_on + LEAST_NOTICE)
    return min(due_on, retires_on, wanted)


def is_working_day(day: date, holidays: Collection[date] = ()) -> bool:
    """Say whether people work on a day: Mondays to Fridays that are no holiday."""
    return day.weekday() < _WEEKEND and day not in holidays


def sending_day(due_on: date, offset: int, holidays: Collection[date] = ()) -> date:
    """Find the day on which a reminder is sent that belongs `offset` days after a deadline (negative: before it).

    Where nobody works on that day: the working day before it up to the deadline, the one after it from then on.
    """
    day = due_on + timedelta(days=offset)
    step = timedelta(days=-1 if offset <= 0 else 1)
    while not is_working_day(day, holidays):
        day += step
    return day


def monday_of(day: date) -> date:
    """Find the Monday of a day's week."""
    return day - timedelta(days=day.weekday())


def digest_day(today: date, weekday: int = 0, holidays: Collection[date] = ()) -> date:
    """Find the day of this week on which a digest is sent: the one asked for (0 is Monday), or the next working day after it.

    A digest that was missed is made up for in its week; afterwards the next week's takes its place.
    """
    day = monday_of(today) + timedelta(days=weekday)
    while not is_working_day(day, holidays):
        day += timedelta(days=1)
    return day


def day_in(zone: tzinfo, instant: datetime) -> date:
    """Find the date of an instant, which must be aware, in a time zone."""
    return instant.astimezone(zone).date()


def instant_of(day: date, at: time, zone: tzinfo) -> datetime:
    """Find the instant, in UTC, of a time of day in a zone.

    A time that the clocks skip counts by the clock before the change, one that they show twice is the first of both.
    """
    return datetime.combine(day, at, tzinfo=zone).astimezone(UTC)
