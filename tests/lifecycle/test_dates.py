"""Do deadlines keep to their grid, whatever the calendar does, and do only sendings move?"""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from dateutil.relativedelta import relativedelta
from hypothesis import given
from hypothesis import strategies as st

from bot.lifecycle.dates import (
    ON_TIME,
    DueState,
    day_in,
    digest_day,
    due_state,
    first_due,
    instant_of,
    is_working_day,
    next_due,
    on_grid,
    pulled_forward,
    sending_day,
)

QUARTER = relativedelta(months=3)
DAYS = st.dates(date(2024, 1, 1), date(2060, 12, 31))
MONTHS = st.sampled_from([1, 2, 3, 6, 12]).map(lambda months: relativedelta(months=months))
ZONES = st.sampled_from(
    [
        "UTC",
        "Europe/Berlin",
        "America/New_York",
        "Pacific/Kiritimati",
        "Pacific/Apia",
        "Asia/Kathmandu",
        "America/Sao_Paulo",
    ]
).map(ZoneInfo)


def test_a_deadline_is_counted_from_the_anchor_and_not_from_the_one_before() -> None:
    anchor = date(2025, 11, 30)
    assert [on_grid(anchor, QUARTER, number) for number in range(1, 5)] == [
        date(2026, 2, 28),
        date(2026, 5, 30),
        date(2026, 8, 30),
        date(2026, 11, 30),
    ]


@given(DAYS, MONTHS, st.integers(1, 40))
def test_the_grid_keeps_the_day_of_the_anchor_or_the_last_one_of_its_month(
    anchor: date, every: relativedelta, number: int
) -> None:
    due = on_grid(anchor, every, number)
    assert (due.year - anchor.year) * 12 + due.month - anchor.month == every.normalized().months * number + (
        every.normalized().years * 12 * number
    )
    assert due.day == anchor.day or (due.day < anchor.day and (due + timedelta(days=1)).day == 1)


def test_a_leap_day_is_kept_where_there_is_one() -> None:
    year = relativedelta(years=1)
    assert [on_grid(date(2024, 2, 29), year, number) for number in (1, 4)] == [date(2025, 2, 28), date(2028, 2, 29)]


@given(DAYS, st.integers(1, 12), st.integers(-60, 200))
def test_after_a_revalidation_the_next_is_due_within_a_quarter_and_a_fortnight(
    anchor: date, number: int, late: int
) -> None:
    due = on_grid(anchor, QUARTER, number)
    done = due + timedelta(days=late)
    after, following = next_due(anchor, due, done, QUARTER)
    assert following > max(due, done) or late < -ON_TIME.days
    assert 89 <= (following - done).days <= 106
    on_time = -ON_TIME.days <= late <= 0
    assert after == (anchor if on_time else done)
    assert following in {on_grid(after, QUARTER, k) for k in range(1, number + 2)}


@given(DAYS, MONTHS, st.lists(st.integers(-14, 0), max_size=12))
def test_whoever_is_always_on_time_stays_on_the_grid_for_good(
    anchor: date, every: relativedelta, early: list[int]
) -> None:
    kept, due = anchor, first_due(anchor, every)
    for days in early:
        kept, due = next_due(kept, due, due + timedelta(days=days), every)
    assert (kept, due) == (anchor, on_grid(anchor, every, len(early) + 1))


def test_lateness_buys_no_time_beyond_itself() -> None:
    assert next_due(date(2026, 1, 15), date(2026, 4, 15), date(2026, 4, 16), QUARTER) == (
        date(2026, 4, 16),
        date(2026, 7, 16),
    )


@pytest.mark.parametrize("none", [relativedelta(), relativedelta(months=-3)])
def test_a_period_that_is_no_time_is_refused(none: relativedelta) -> None:
    with pytest.raises(ValueError, match="no time"):
        next_due(date(2026, 1, 1), date(2026, 4, 1), date(2026, 4, 1), none)


@given(DAYS, st.integers(0, 400), st.integers(0, 400))
def test_a_retirement_pulls_a_deadline_forward_and_never_back(today: date, until_due: int, until_end: int) -> None:
    due, ends = today + timedelta(days=until_due), today + timedelta(days=until_end)
    pulled = pulled_forward(due, ends, today)
    assert today <= pulled <= min(due, ends)
    if until_end >= 74 and until_due >= 14:
        assert pulled == min(due, ends - timedelta(days=60))
    assert pulled >= min(due, ends, today + timedelta(days=14))


@given(DAYS, st.integers(-40, 90), st.frozensets(DAYS, max_size=3))
def test_a_sending_moves_to_a_working_day_before_the_deadline_and_after_it(
    due: date, offset: int, holidays: frozenset[date]
) -> None:
    asked, sent = due + timedelta(days=offset), sending_day(due, offset, holidays)
    assert is_working_day(sent, holidays)
    between = sent if offset > 0 else asked
    assert sent >= asked if offset > 0 else sent <= asked
    assert abs((sent - asked).days) <= 2 + 3 * (1 if holidays else 0)
    step = timedelta(days=1)
    while (between := between - step) > min(asked, sent):
        assert not is_working_day(between, holidays)


@given(DAYS, st.frozensets(DAYS, max_size=3))
def test_sendings_keep_the_order_of_their_rungs(due: date, holidays: frozenset[date]) -> None:
    sent = [sending_day(due, offset, holidays) for offset in range(-40, 60)]
    assert sent == sorted(sent)


def test_of_the_day_itself_people_hear_before_the_weekend() -> None:
    saturday = date(2026, 11, 21)
    assert sending_day(saturday, 0) == date(2026, 11, 20)
    assert sending_day(saturday, 1) == date(2026, 11, 23)
    assert sending_day(saturday, 7) == date(2026, 11, 30)


@pytest.mark.parametrize(
    ("late", "state"),
    [
        (-31, DueState.CURRENT),
        (-30, DueState.DUE_SOON),
        (-8, DueState.DUE_SOON),
        (-7, DueState.DUE),
        (0, DueState.DUE),
        (1, DueState.LATE),
        (7, DueState.LATE),
        (8, DueState.OVERDUE),
        (30, DueState.OVERDUE),
        (31, DueState.CRITICAL),
    ],
)
def test_how_a_deadline_stands(late: int, state: DueState) -> None:
    due = date(2026, 2, 28)
    assert due_state(due, due + timedelta(days=late)) is state


def test_one_day_ends_at_different_instants_over_the_world() -> None:
    late_evening = datetime(2026, 11, 22, 23, 30, tzinfo=UTC)
    assert day_in(ZoneInfo("UTC"), late_evening) == date(2026, 11, 22)
    assert day_in(ZoneInfo("Pacific/Kiritimati"), late_evening) == date(2026, 11, 23)
    assert day_in(ZoneInfo("Pacific/Pago_Pago"), late_evening) == date(2026, 11, 22)


@given(DAYS, st.times(), ZONES)
def test_a_time_of_day_is_one_instant_also_when_the_clocks_change(day: date, at: time, zone: ZoneInfo) -> None:
    instant = instant_of(day, at.replace(fold=0), zone)
    assert instant.tzinfo is UTC
    seen = instant.astimezone(zone)
    assert abs(seen.replace(tzinfo=None) - datetime.combine(day, at)) <= timedelta(hours=1)


def test_a_time_that_the_clocks_skip_or_show_twice() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    assert instant_of(date(2026, 3, 29), time(2, 30), berlin) == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)
    assert instant_of(date(2026, 10, 25), time(2, 30), berlin) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert instant_of(date(2026, 10, 26), time(9), berlin) == datetime(2026, 10, 26, 8, 0, tzinfo=UTC)


@given(DAYS)
def test_a_digest_lies_in_its_week_and_on_a_monday_unless_that_is_free(today: date) -> None:
    assert digest_day(today).weekday() == 0
    assert digest_day(today, 0, {digest_day(today)}).weekday() == 1
    assert digest_day(today, 3).weekday() == 3
