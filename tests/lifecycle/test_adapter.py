"""Which cycle follows on what happens to an adapter?"""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.lifecycle.adapter import Adapter, Cycle, Opening, Particulars, opening
from bot.lifecycle.stages import Event, Reason, Stage, move

ANCHOR = date(2026, 1, 31)
DUE = date(2026, 4, 30)
PARTICULARS = Particulars("acme", "ticket-router", "acme/support", "first-owner", "P3M")
CYCLE = Cycle(1, 1, Reason.SCHEDULED, ANCHOR, DUE, DUE)
SERVING = Adapter(1, PARTICULARS, Stage.SERVING, 3, ANCHOR, "hf://acme/router", "ab", CYCLE)


def after(event: Event, on: date, before: Adapter = SERVING, reason: Reason | None = None) -> Opening | None:
    return opening(move(before.stage, event, reason), before, before.particulars.every, on, reason)


def test_a_merge_leaves_ninety_days_to_register_and_serve() -> None:
    found = opening(move(None, Event.MERGED), None, "P3M", date(2026, 12, 1), None)
    assert found == Opening(Reason.REGISTRATION, None, date(2027, 3, 1), date(2027, 3, 1))


@pytest.mark.parametrize("event", [Event.SERVED, Event.RETRAINED])
def test_what_begins_to_serve_is_the_anchor(event: Event) -> None:
    stage = Stage.REGISTERED if event is Event.SERVED else Stage.SERVING
    on = date(2026, 8, 31)
    found = after(event, on, replace(SERVING, stage=stage))
    assert found == Opening(Reason.SCHEDULED, on, date(2026, 11, 30), date(2026, 11, 30))


def test_a_pass_keeps_the_grid_also_when_the_deadline_was_pulled_forward() -> None:
    pulled = replace(SERVING, cycle=replace(CYCLE, due_on=DUE - timedelta(days=5)))
    assert after(Event.PASSED, DUE - timedelta(days=6), pulled) == Opening(
        Reason.SCHEDULED, ANCHOR, date(2026, 7, 31), date(2026, 7, 31)
    )


def test_a_failure_leaves_a_fortnight_and_a_second_one_no_more() -> None:
    failed_on = DUE - timedelta(days=3)
    first = after(Event.FAILED, failed_on)
    assert first == Opening(Reason.REMEDY, ANCHOR, DUE, failed_on + timedelta(days=14))
    remedy = replace(SERVING, cycle=replace(CYCLE, reason=Reason.REMEDY, due_on=first.due_on))
    assert after(Event.FAILED, failed_on + timedelta(days=13), remedy) == first
    passed = after(Event.PASSED, first.due_on, remedy)
    assert passed is not None
    assert passed.anchor == first.due_on  # after its deadline on the grid: that begins anew


@given(st.sampled_from([Reason.DRIFT, Reason.INCIDENT, Reason.MANUAL]), st.integers(-80, 40))
def test_what_is_called_for_is_due_in_a_fortnight_and_never_later_than_it_was(reason: Reason, days: int) -> None:
    on = DUE + timedelta(days=days)
    found = after(Event.CALLED, on, reason=reason)
    assert found == Opening(reason, ANCHOR, DUE, min(DUE, on + timedelta(days=14)))


@pytest.mark.parametrize("event", [Event.ACKNOWLEDGED, Event.PULLED_FORWARD, Event.RETIRED, Event.MERGED])
def test_nothing_else_opens_a_cycle(event: Event) -> None:
    assert after(event, DUE) is None


def test_a_period_that_is_no_time_is_refused() -> None:
    with pytest.raises(ValueError, match="no time"):
        opening(move(None, Event.IMPORTED), None, "P0D", ANCHOR, None)
