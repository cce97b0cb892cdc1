"""Is whatever is asked for bounded as the page says, and refused with the reason?"""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from bot.lifecycle.adapter import Adapter, Cycle, Particulars
from bot.lifecycle.conditions import Condition, Opened
from bot.lifecycle.happening import Change, Happening, Refused, happen
from bot.lifecycle.stages import Event, Reason, Stage

DUE = date(2026, 11, 25)
ROUTER = Particulars("acme", "ticket-router", "acme/support", "first-owner", "P3M", owner_id=101)
CYCLE = Cycle(1, 2, Reason.SCHEDULED, date(2026, 8, 25), DUE, DUE)
SERVING = Adapter(1, ROUTER, Stage.SERVING, 3, date(2026, 8, 25), "hf://acme/router", "ab", CYCLE)


def after(event: Event, before: Adapter | None = SERVING, on: date = DUE, **said: Any) -> Change:
    return happen(before, Happening(event, on, "first-owner", **said))


def cycle(change: Change) -> Cycle:
    assert change.after.cycle is not None
    return change.after.cycle


def test_an_acknowledgement_lasts_a_fortnight() -> None:
    assert cycle(after(Event.ACKNOWLEDGED)).acknowledged_until == DUE + timedelta(days=14)


def test_a_snooze_is_short_reasoned_and_twice_in_a_cycle() -> None:
    first = after(Event.SNOOZED, until=DUE + timedelta(days=14), why="holiday").after
    second = after(Event.SNOOZED, first, until=DUE + timedelta(days=1), why="holiday").after
    assert second.cycle is not None
    assert (second.cycle.snoozes, second.cycle.snoozed_until) == (2, DUE + timedelta(days=1))
    with pytest.raises(Refused, match="2 times"):
        after(Event.SNOOZED, second, until=DUE + timedelta(days=1), why="holiday")


@pytest.mark.parametrize(
    ("event", "said", "why"),
    [
        (Event.SNOOZED, {"until": DUE + timedelta(days=15), "why": "x"}, "too long: up to 2026-12-09"),
        (Event.SNOOZED, {"until": DUE, "why": "x"}, "until when"),
        (Event.SNOOZED, {"why": "x"}, "until when"),
        (Event.SNOOZED, {"until": DUE + timedelta(days=1), "why": "  "}, "say why"),
        (Event.WAIVED, {"until": DUE + timedelta(days=9), "why": "x"}, "not late"),
        (Event.PULLED_FORWARD, {"until": DUE}, "2026-11-25 already"),
        (Event.RETIRED, {}, "say why"),
        (Event.ROLLED_BACK, {}, "say why"),
        (Event.RETRAINED, {"artifact": "hf://x", "digest": "ab"}, "digest of its own"),
        (Event.MERGED, {}, "nothing is said"),
    ],
)
def test_what_is_refused_says_why(event: Event, said: dict[str, Any], why: str) -> None:
    with pytest.raises(Refused, match=why):
        after(event, **said)


def test_a_waiver_is_for_what_is_late_thirty_days_at_most_and_once_in_a_cycle() -> None:
    late = DUE + timedelta(days=1)
    waived = after(Event.WAIVED, on=late, until=late + timedelta(days=30), why="the eval moves house")
    assert cycle(waived).waived_until == late + timedelta(days=30)
    with pytest.raises(Refused, match="no waiver follows another"):
        after(Event.WAIVED, waived.after, on=late + timedelta(days=40), until=late + timedelta(days=41), why="again")
    with pytest.raises(Refused, match="too long"):
        after(Event.WAIVED, on=late, until=late + timedelta(days=31), why="x")


def test_evidence_that_is_under_way_is_remembered_and_forgotten() -> None:
    started = after(Event.STARTED, pull=12)
    assert cycle(started).evidence_pull == 12
    assert cycle(after(Event.STOPPED, started.after)).evidence_pull is None


def test_what_serves_is_what_was_registered() -> None:
    waiting = replace(SERVING, stage=Stage.REGISTERED, anchor=None)
    with pytest.raises(Refused, match="another one"):
        after(Event.SERVED, waiting, digest="cd")
    with pytest.raises(Refused, match="a day to come"):
        after(Event.SERVED, waiting, since=DUE + timedelta(days=1))
    assert after(Event.SERVED, waiting, digest="ab", since=DUE - timedelta(days=5)).after.anchor == date(2026, 11, 20)


def test_another_version_begins_a_cycle_of_its_own_and_ends_what_had_failed() -> None:
    failed = replace(SERVING, conditions=(Opened(1, Condition.EVIDENCE_FAILED, DUE),))
    change = after(Event.RETRAINED, failed, artifact="hf://acme/router@v2", digest="cd")
    assert (change.after.digest, change.after.anchor) == ("cd", DUE)
    assert change.opening is not None
    assert change.closed == (Condition.EVIDENCE_FAILED,)


def test_what_ended_and_is_approved_again_begins_anew_without_its_former_artifact() -> None:
    ended = replace(SERVING, stage=Stage.RETIRED, cycle=None)
    change = after(Event.MERGED, ended, particulars=ROUTER)
    assert (change.after.stage, change.after.artifact, change.after.digest, change.after.anchor) == (
        Stage.APPROVED,
        None,
        None,
        None,
    )


def test_an_approval_of_what_serves_leaves_its_cycle_alone() -> None:
    change = after(Event.MERGED, particulars=replace(ROUTER, owner="third-owner", owner_id=103))
    assert (change.after.stage, change.after.cycle, change.after.digest, change.opening) == (
        Stage.SERVING,
        CYCLE,
        "ab",
        None,
    )
    assert change.after.particulars.owner == "third-owner"


def test_the_end_closes_every_condition() -> None:
    troubled = replace(SERVING, conditions=(Opened(1, Condition.ORPHANED, DUE), Opened(2, Condition.BASE_UNKNOWN, DUE)))
    change = after(Event.ROLLED_BACK, troubled, why="it misroutes refunds")
    assert change.closed == (Condition.BASE_UNKNOWN, Condition.ORPHANED)
