"""Is each rung told once, the newest one only, and to whom it belongs?"""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.lifecycle.conditions import Condition, Opened
from bot.lifecycle.dates import is_working_day, sending_day
from bot.lifecycle.ladder import LADDER, Role, at
from bot.lifecycle.plan import Reminder, Standing, plan
from tests.lifecycle.standings import DUE, standing

DUES = st.dates(date(2025, 1, 1), date(2032, 12, 31))


def told(found: Standing, today: date) -> tuple[Standing, tuple[Reminder, ...]]:
    """Plan a day and remember what was planned, as the outbox does."""
    reminders = plan(found, today)
    for reminder in reminders:
        if reminder.rung is not None and reminder.rung.quiet:
            found = replace(found, labelled=reminder.rung.offset)
        elif reminder.rung is not None:
            found = replace(found, told=reminder.rung.offset)
    return found, reminders


def keys(reminders: tuple[Reminder, ...]) -> list[str]:
    return [reminder.key for reminder in reminders]


@given(DUES)
def test_with_a_look_every_day_each_rung_comes_once_and_on_its_day(due: date) -> None:
    found, heard = standing(due_on=due), []
    for number in range(-40, 100):
        found, reminders = told(found, due + timedelta(days=number))
        heard += [(reminder.key, due + timedelta(days=number)) for reminder in reminders]
        assert not any(reminder.missed for reminder in reminders)
    offsets = [rung.offset for rung in LADDER] + [60, 90]
    assert heard == [(at(offset).name, sending_day(due, offset)) for offset in offsets]


@given(DUES, st.lists(st.integers(-40, 130), min_size=1, max_size=15))
def test_whatever_days_are_looked_at_nothing_is_told_twice_and_no_older_rung_after_a_newer(
    due: date, days: list[int]
) -> None:
    found, loud, seen = standing(due_on=due), [], []
    for number in days:  # in any order: clocks jump
        found, reminders = told(found, due + timedelta(days=number))
        seen += keys(reminders)
        loud += [reminder.rung.offset for reminder in reminders if reminder.rung and not reminder.rung.quiet]
        assert sum(1 for reminder in reminders if reminder.rung and not reminder.rung.quiet) <= 1
    assert len(seen) == len(set(seen))
    assert loud == sorted(loud)


@given(DUES, st.lists(st.integers(-40, 130), min_size=1, max_size=15))
def test_after_any_outage_the_newest_rung_was_told_and_every_older_one_is_accounted_for(
    due: date, days: list[int]
) -> None:
    found, accounted = standing(due_on=due), set()
    for number in sorted(days):
        found, reminders = told(found, due + timedelta(days=number))
        accounted |= {key for reminder in reminders for key in (reminder.key, *reminder.missed)}
    last = due + timedelta(days=max(days))
    come = {rung.name for rung in LADDER if sending_day(due, rung.offset) <= last}
    assert come <= accounted
    newest = max(
        (rung.offset for rung in LADDER if sending_day(due, rung.offset) <= last and not rung.quiet), default=None
    )
    assert newest is None or (found.told or 0) >= newest


def test_a_month_of_silence_is_made_up_for_by_one_word() -> None:
    _, reminders = told(standing(told=-30), DUE + timedelta(days=20))
    assert [(r.key, r.missed) for r in reminders] == [("T+1", ()), ("T+14", ("T+7", "T", "T-7"))]


def test_the_last_rung_comes_again_each_month_and_after_a_year_of_silence_once() -> None:
    found = standing(told=30, labelled=1)
    assert plan(found, DUE + timedelta(days=59)) == ()
    assert keys(plan(found, sending_day(DUE, 60))) == ["T+60"]
    assert keys(plan(found, DUE + timedelta(days=400))) == ["T+390"]


@pytest.mark.parametrize(
    ("hush", "kept_quiet"),
    [
        ({"acknowledged_until": DUE + timedelta(days=60)}, {"T-7", "T"}),
        ({"in_progress": True}, {"T-7", "T"}),
        ({"snoozed_until": DUE + timedelta(days=60)}, {"T-7"}),
        ({"waived_until": DUE + timedelta(days=60)}, {"T-30", "T-7", "T", "T+1", "T+7", "T+14", "T+30"}),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
def test_what_keeps_which_rungs_quiet(hush: dict[str, object], kept_quiet: set[str]) -> None:
    found, heard = standing(**hush), []
    for number in range(-40, 32):
        found, reminders = told(found, DUE + timedelta(days=number))
        heard += keys(reminders)
    assert {rung.name for rung in LADDER} - set(heard) == kept_quiet


@given(DUES, st.integers(-20, 20), st.integers(0, 30))
def test_a_snooze_only_puts_off(due: date, begins: int, lasts: int) -> None:
    first, last = due + timedelta(days=begins), due + timedelta(days=begins + lasts)
    found = standing(due_on=due, told=-30)
    spoke = False
    for number in range(-20, 60):
        today = due + timedelta(days=number)
        now = replace(found, snoozed_until=last if first <= today else None)
        after, reminders = told(now, today)
        found = replace(after, snoozed_until=None)
        if reminders and reminders[-1].key == "T-7":
            spoke = True
            assert today < first or today > last
    assert spoke or last >= sending_day(due, 0) - timedelta(days=1)


def test_when_a_waiver_ends_the_adapter_wakes_with_one_word() -> None:
    found = standing(told=7, labelled=1, waived_until=DUE + timedelta(days=35))
    assert plan(found, DUE + timedelta(days=35)) == ()
    assert [(r.key, r.missed) for r in plan(found, DUE + timedelta(days=36))] == [("T+30", ("T+14",))]


def test_whom_each_rung_tells() -> None:
    people = {}
    found = standing()
    for number in range(-40, 32):
        found, reminders = told(found, DUE + timedelta(days=number))
        people |= {reminder.key: reminder.people for reminder in reminders}
    assert people == {
        "T-30": ("first-owner",),
        "T-7": ("first-owner",),
        "T": ("first-owner",),
        "T+1": (),
        "T+7": ("first-owner", "second-owner", "acme/ml-leads"),
        "T+14": ("first-owner", "acme/ml-leads", "acme/ml-platform"),
        "T+30": ("first-owner", "acme/ml-leads"),
    }


def test_leads_stand_in_for_an_owner_who_left_and_a_backup_where_there_is_no_lead() -> None:
    left = (Opened(4, Condition.ORPHANED, DUE - timedelta(days=50)),)
    orphaned = standing(conditions=left)
    immediate, *_ = (r for r in plan(orphaned, DUE - timedelta(days=50)) if r.condition)
    assert (immediate.key, immediate.people) == ("orphaned:4", ("acme/ml-leads", "second-owner"))
    assert plan(orphaned, DUE)[0].people == ("acme/ml-leads",)
    assert plan(replace(orphaned, leads=()), DUE)[0].people == ("second-owner",)
    nobody = replace(orphaned, leads=(), conditions=(*left, Opened(5, Condition.BACKUP_MISSING, DUE)))
    assert plan(nobody, DUE)[0].people == ()


def test_nobody_is_told_twice_in_one_message() -> None:
    found = standing(backup="First-Owner", leads=("first-owner", "lead"), told=0, labelled=1)
    assert plan(found, DUE + timedelta(days=7))[0].people == ("first-owner", "lead")


def test_a_base_models_end_is_told_when_it_is_announced_and_as_it_draws_near() -> None:
    ends = date(2027, 3, 1)
    found = standing(due_on=date(2027, 8, 1), conditions=(Opened(9, Condition.BASE_RETIRING, DUE, ends),))
    heard: dict[str, int] = {}
    for number in range(120):
        day = DUE + timedelta(days=number)
        for reminder in plan(found, day):
            heard.setdefault(reminder.key, (ends - day).days)
    begun = "base_retiring:9:2027-03-01"
    assert heard == {begun: 96, f"{begun}-60": 60, f"{begun}-30": 30, f"{begun}-7": 7}


def test_a_condition_that_waits_says_nothing_at_once() -> None:
    found = standing(conditions=(Opened(2, Condition.BASE_UNKNOWN, DUE),))
    assert plan(found, DUE - timedelta(days=60)) == ()


@given(DUES, st.integers(-60, 400))
def test_rungs_are_sent_on_working_days_alone_when_somebody_looks_every_day(due: date, number: int) -> None:
    today = due + timedelta(days=number)
    yesterday, _ = told(standing(due_on=due), today - timedelta(days=1))
    if any(reminder.rung for reminder in plan(yesterday, today)):
        assert is_working_day(today)


def test_roles_are_all_spoken_to_by_some_rung() -> None:
    assert {role for rung in LADDER for role in rung.tells} == set(Role)
