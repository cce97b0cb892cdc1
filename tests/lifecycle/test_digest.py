"""Is a digest one message about everything that concerns a person, the latest first, and never empty?"""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.lifecycle.conditions import Condition, Opened
from bot.lifecycle.dates import DueState, monday_of
from bot.lifecycle.digest import MOST_LINES, Digest, Digests
from bot.lifecycle.ladder import Hush
from bot.lifecycle.plan import Standing
from tests.lifecycle.standings import standing

TODAY = date(2026, 11, 25)  # a Wednesday


def written(*found: Standing) -> dict[str, Digest]:
    digests = Digests()
    for one in found:
        digests.add(one, TODAY)
    return {digest.person: digest for digest in digests.written(monday_of(TODAY))}


def due_in(days: int, number: int = 1, **changed: object) -> Standing:
    return standing(cycle_id=number, adapter=f"adapter-{number}", due_on=TODAY + timedelta(days=days), **changed)


def test_the_latest_comes_first_and_the_week_is_named_by_its_monday() -> None:
    found = written(due_in(20, 1), due_in(-40, 2), due_in(-3, 3), due_in(31, 4))["first-owner"]
    assert found.week == date(2026, 11, 23)
    assert [line.adapter for line in found.lines] == ["adapter-2", "adapter-3", "adapter-1"]
    assert found.counts == ((DueState.CRITICAL, 1), (DueState.LATE, 1), (DueState.DUE_SOON, 1))


def test_where_nothing_is_near_nobody_hears_anything() -> None:
    assert written(due_in(31), due_in(90, 2)) == {}


def test_a_condition_is_told_however_far_off_the_deadline_is() -> None:
    found = written(due_in(80, conditions=(Opened(1, Condition.BASE_RETIRING, TODAY, TODAY),)))
    assert found["acme/ml-leads"].lines[0].conditions == (Condition.BASE_RETIRING,)


def test_a_backup_hears_of_what_is_overdue() -> None:
    assert "second-owner" not in written(due_in(-7))
    assert "second-owner" in written(due_in(-8))


def test_whoever_is_at_it_hears_nothing_before_it_is_late_and_the_leads_see_it() -> None:
    found = written(due_in(3, in_progress=True))
    assert list(found) == ["acme/ml-leads"]
    assert found["acme/ml-leads"].lines[0].hushes == (Hush.IN_PROGRESS,)
    assert "first-owner" in written(due_in(-1, in_progress=True))


def test_what_is_waived_is_left_out_until_the_waiver_ends() -> None:
    assert written(due_in(-9, waived_until=TODAY)) == {}
    assert len(written(due_in(-9, waived_until=TODAY - timedelta(days=1)))) == 3


@given(st.lists(st.integers(-90, 30), min_size=MOST_LINES - 1, max_size=MOST_LINES + 20))
def test_of_many_the_latest_few_are_named_and_all_are_counted(days: list[int]) -> None:
    found = written(*(due_in(day, number) for number, day in enumerate(days)))["acme/ml-leads"]
    assert found.total == len(days)
    shown = [(line.due_on, line.cycle_id) for line in found.lines]
    everything = sorted((TODAY + timedelta(days=day), number) for number, day in enumerate(days))
    assert shown == everything[:MOST_LINES]
