"""Does a waiver go from state to state once, with two people behind it, each step in the audit log, and wake its pull request?"""

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import psycopg
import pytest
from sqlalchemy import update
from sqlalchemy.exc import IntegrityError

from bot.ports import Delivery, Heard, ReviewRequested, WaiverAsked
from bot.readiness.waiver import State
from bot.storage.audit import AuditLog
from bot.storage.database import Database
from bot.storage.inbox import Inbox
from bot.storage.tables import waivers as table
from bot.storage.waivers import WaiversKept

END = datetime(2026, 12, 2, tzinfo=UTC)
ASKED = WaiverAsked(
    repo_id=11,
    number=5,
    path="a/finetune-proposal.yaml",
    check="rollout-planned",
    until=date(2026, 12, 1),
    ends_at=END,
    reason="No canary in this region yet.",
    bound={"field serving.rollout": "ab", "finding": "cd"},
    asked={"enforcement": "soft", "least_grade": "D", "models": ["a", "b"], "share": 0.05},
    requested_by="ana",
    requester_id=1,
    reference="comment:77",
)


class Works:
    """Stands for the engine: what was put to work."""

    def __init__(self) -> None:
        self.asked: list[ReviewRequested] = []

    def __call__(self, connection: psycopg.Connection[Any], asked: ReviewRequested) -> None:
        self.asked.append(asked)


@pytest.fixture
def works() -> Works:
    return Works()


@pytest.fixture
def kept(database: Database, works: Works) -> WaiversKept:
    return WaiversKept(database, works)


def log(database: Database) -> list[tuple[str, str, int | None]]:
    return [(entry.action, entry.actor, entry.actor_id) for entry in AuditLog(database).entries()]


def states(kept: WaiversKept) -> list[str]:
    return [each.waiver.state.value for each in kept.of(11, 5)]


def test_a_request_is_kept_as_it_was_asked_for(kept: WaiversKept, database: Database) -> None:
    made = kept.request(ASKED)
    [found] = kept.of(11, 5)
    assert found == made
    waiver = found.waiver
    assert (waiver.name, waiver.path, waiver.check, waiver.until) == ("W1", ASKED.path, ASKED.check, ASKED.until)
    assert (waiver.bound, waiver.asked, waiver.reason) == (ASKED.bound, ASKED.asked, ASKED.reason)
    assert (waiver.state, waiver.requested_by, found.requester_id, found.ends_at) == (State.REQUESTED, "ana", 1, END)
    assert kept.of(11, 6) == kept.of(12, 5) == ()
    [entry] = AuditLog(database).entries()
    assert (entry.action, entry.actor, entry.actor_id, entry.repo_id, entry.number, entry.subject) == (
        "waiver.requested",
        "ana",
        1,
        11,
        5,
        "W1",
    )
    assert entry.detail["reason"] == ASKED.reason
    assert entry.detail["bound"] == dict(ASKED.bound)


def test_a_command_that_is_carried_out_twice_asks_once(kept: WaiversKept, database: Database) -> None:
    first = kept.request(ASKED)
    assert kept.request(ASKED) == first
    assert kept.request(replace(ASKED, check="another")).waiver.id != first.waiver.id  # of the same comment
    assert [action for action, _, _ in log(database)] == ["waiver.requested"] * 2


def test_of_many_who_approve_at_once_one_wins(kept: WaiversKept, database: Database) -> None:
    waiver_id = kept.request(ASKED).waiver.id
    start, won = threading.Barrier(5), list[int]()

    def approve(account: int) -> None:
        start.wait()
        if kept.approve(waiver_id, f"lead-{account}", account, "approvers"):
            won.append(account)

    threads = [threading.Thread(target=approve, args=(account,)) for account in range(10, 15)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    [winner] = won
    [found] = kept.of(11, 5)
    assert (found.waiver.approved_by, found.approver_id) == (f"lead-{winner}", winner)
    assert log(database)[1:] == [("waiver.approved", f"lead-{winner}", winner)]


def test_the_database_itself_takes_no_approval_by_whoever_asked(kept: WaiversKept, database: Database) -> None:
    waiver_id = kept.request(ASKED).waiver.id
    with pytest.raises(IntegrityError, match="four_eyes"):
        kept.approve(waiver_id, "ana", ASKED.requester_id, "approvers")
    assert states(kept) == ["requested"]
    assert len(log(database)) == 1


@pytest.mark.parametrize(
    "end",
    [
        lambda kept, number: kept.end(number, State.WITHDRAWN, "ben withdrew it.", "ben", 2),
        lambda kept, number: kept.end(number, State.LAPSED, "`serving.rollout` has changed."),
        lambda kept, number: kept.expire(END) == 1,
    ],
)
def test_what_has_ended_stays_as_it_is(
    kept: WaiversKept, database: Database, end: Callable[[WaiversKept, int], bool]
) -> None:
    waiver_id = kept.request(ASKED).waiver.id
    assert kept.approve(waiver_id, "lea", 3, "approvers")
    assert end(kept, waiver_id)
    before = kept.of(11, 5)
    assert not kept.end(waiver_id, State.WITHDRAWN, "again", "ben", 2)
    assert not kept.approve(waiver_id, "mia", 4, "approvers")
    assert kept.expire(END + timedelta(days=1)) == 0
    assert kept.of(11, 5) == before
    assert before[0].waiver.why
    assert len(log(database)) == 3


def test_what_is_over_wakes_its_pull_request_however_late(kept: WaiversKept, database: Database, works: Works) -> None:
    Inbox(database, works).accept(Heard(Delivery("g", "pull_request", "opened", 7, 11, 5)))
    kept.request(ASKED)
    kept.request(replace(ASKED, reference="comment:78", ends_at=END + timedelta(days=9)))
    assert kept.expire(END - timedelta(seconds=1)) == 0
    assert kept.expire(END + timedelta(days=3)) == 1
    assert works.asked == [ReviewRequested(7, 11, 5, "waiver.expired")]
    assert states(kept) == ["expired", "requested"]
    assert kept.of(11, 5)[0].waiver.why == "it held until 2026-12-01."
    assert log(database)[-1] == ("waiver.expired", "tunegate", None)
    assert kept.expire(END + timedelta(days=3)) == 0


def test_one_that_cannot_be_put_to_work_is_not_ended(database: Database) -> None:
    def fails(connection: psycopg.Connection[Any], asked: ReviewRequested) -> None:
        raise RuntimeError("the engine is away")

    kept = WaiversKept(database, fails)
    Inbox(database, Works()).accept(Heard(Delivery("g", "pull_request", "opened", 7, 11, 5)))
    kept.request(ASKED)
    with pytest.raises(RuntimeError):
        kept.expire(END)
    assert states(kept) == ["requested"]


def test_what_lives_in_a_repository_is_counted(kept: WaiversKept) -> None:
    assert kept.live_in(11) == 0
    first = kept.request(ASKED)
    kept.request(replace(ASKED, number=6, reference="comment:79"))
    kept.request(replace(ASKED, repo_id=12, reference="comment:80"))
    assert kept.live_in(11) == 2
    kept.end(first.waiver.id, State.WITHDRAWN, "ana withdrew it.", "ana", 1)
    assert kept.live_in(11) == 1


def test_a_state_that_there_is_not_is_refused(kept: WaiversKept, database: Database) -> None:
    kept.request(ASKED)
    with pytest.raises(IntegrityError, match="ck_waivers_state"), database.begin() as connection:
        connection.execute(update(table).values(state="granted"))
