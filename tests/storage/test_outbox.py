"""Is a message planned once, in one pair of hands at a time, and never lost with them?"""

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update

from bot.lifecycle.owed import Claimed, Owed, Progress, key
from bot.storage.adapters import Adapters
from bot.storage.database import Database
from bot.storage.outbox import LEASE, Outbox
from bot.storage.tables import cycles, outbox
from tests.storage.adapters import serving

NOW = datetime(2026, 11, 18, 9, 0, tzinfo=UTC)


@pytest.fixture
def box(database: Database) -> Outbox:
    return Outbox(database)


@pytest.fixture
def cycle_id(database: Database) -> int:
    adapter = serving(Adapters(database))
    assert adapter.cycle is not None
    return adapter.cycle.id


def owed(cycle_id: int, rung: str = "T-7", recipient: str = "first-owner", **said: object) -> Owed:
    values: dict[str, object] = {"not_before": NOW, "cycle_id": cycle_id, "message": {"people": [recipient]}, **said}
    return Owed(key(cycle_id, rung, "email", recipient), rung, "email", recipient, **values)  # type: ignore[arg-type]


def states(box: Outbox, cycle_id: int) -> dict[str, str]:
    return {row["rung"]: row["state"] for row in box.listing(cycle_id)}


def claimed(box: Outbox, now: datetime = NOW) -> Claimed:
    found = box.claim(now)
    assert found is not None
    return found


def test_what_is_planned_again_is_planned_once(box: Outbox, cycle_id: int) -> None:
    assert (
        box.plan([owed(cycle_id), owed(cycle_id, recipient="second-owner")], [Progress(cycle_id, "T-7", told=-7)], NOW)
        == 2
    )
    assert box.plan([owed(cycle_id)], [Progress(cycle_id, "T-7", told=-7)], NOW) == 0
    assert len(box.listing(cycle_id)) == 2


def test_planners_at_the_same_time_plan_each_message_once(box: Outbox, database: Database) -> None:
    ids = [serving(Adapters(database), name=f"adapter-{number}").cycle for number in range(20)]
    wanted = [owed(cycle.id) for cycle in ids if cycle]
    progress = [Progress(cycle.id, "T-7", told=-7, labelled=1) for cycle in ids if cycle]
    planned: list[int] = []
    threads = [
        threading.Thread(target=lambda part: planned.append(box.plan(part, progress, NOW)), args=(part,))
        for part in (wanted, wanted[::-1], wanted, wanted[::-1])
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(planned) == 20
    assert len(planned) == 4


def test_how_far_a_cycle_is_never_goes_back(box: Outbox, database: Database, cycle_id: int) -> None:
    for told, labelled in ((0, None), (-7, 1), (None, None)):
        box.plan([], [Progress(cycle_id, "T", told, labelled)], NOW)
    with database.begin() as connection:
        row = connection.execute(select(cycles.c.told, cycles.c.labelled).where(cycles.c.id == cycle_id)).one()
    assert tuple(row) == (0, 1)


def test_a_newer_rung_takes_the_place_of_one_that_waits(box: Outbox, cycle_id: int) -> None:
    box.plan([owed(cycle_id, "T-7"), owed(cycle_id, "orphaned:1")], [Progress(cycle_id, "T-7", told=-7)], NOW)
    box.plan([owed(cycle_id, "T"), owed(cycle_id, "T+1")], [Progress(cycle_id, "T", told=0)], NOW)
    assert states(box, cycle_id) == {
        "T-7": "superseded",
        "orphaned:1": "planned",
        "T": "planned",
        "T+1": "planned",
    }


def test_a_message_is_claimed_when_its_time_has_come_and_by_one_alone(box: Outbox, cycle_id: int) -> None:
    box.plan([owed(cycle_id, not_before=NOW + timedelta(hours=1))], [], NOW)
    assert box.claim(NOW) is None
    found = claimed(box, NOW + timedelta(hours=1))
    assert (found.attempts, found.owed.message, found.owed.recipient) == (1, {"people": ["first-owner"]}, "first-owner")
    assert box.claim(NOW + timedelta(hours=1)) is None


def test_many_claim_at_once_and_none_gets_what_another_has(box: Outbox, cycle_id: int) -> None:
    box.plan([owed(cycle_id, recipient=f"person-{number}") for number in range(60)], [], NOW)
    got: list[int] = []

    def work() -> None:
        while (found := box.claim(NOW)) is not None:
            got.append(found.id)
            assert box.sent(found, "m", NOW)

    threads = [threading.Thread(target=work) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(got) == len(set(got)) == 60
    assert box.counts(NOW) == {"sent": 60, "late": 0, "oldest": 0}


def test_what_a_lost_sender_held_is_claimed_when_its_lease_is_over(box: Outbox, cycle_id: int) -> None:
    box.plan([owed(cycle_id)], [], NOW)
    lost = claimed(box)
    assert box.claim(NOW + LEASE) is None
    second = claimed(box, NOW + LEASE + timedelta(seconds=1))
    assert (second.attempts, second.first_tried_at) == (2, NOW)
    for late in (
        box.sent(lost, "m", NOW),
        box.supersede(lost, "no more", NOW),
        box.fail(lost, "refused", None, NOW),
    ):
        assert not late  # whoever wakes up late ends nothing
    assert box.sent(second, "m", NOW)
    assert box.listing(cycle_id)[0]["external_id"] == "m"


def test_what_failed_waits_for_its_time_and_then_comes_again(box: Outbox, cycle_id: int) -> None:
    box.plan([owed(cycle_id)], [], NOW)
    assert box.fail(claimed(box), "the server is busy", NOW + timedelta(minutes=5), NOW)
    assert states(box, cycle_id) == {"T-7": "failed"}
    assert box.claim(NOW + timedelta(minutes=4)) is None
    assert claimed(box, NOW + timedelta(minutes=5)).attempts == 2


def test_what_is_given_up_stays_until_somebody_asks_for_it(box: Outbox, cycle_id: int) -> None:
    box.plan([owed(cycle_id)], [], NOW)
    dead = claimed(box)
    assert box.fail(dead, "no such address", None, NOW)
    assert box.claim(NOW + timedelta(days=9)) is None
    assert box.again(dead.id, NOW + timedelta(days=9))
    assert not box.again(dead.id, NOW)
    again = claimed(box, NOW + timedelta(days=9))
    assert (again.attempts, again.first_tried_at) == (2, NOW + timedelta(days=9))


def test_a_message_that_is_owed_no_more_says_why(box: Outbox, cycle_id: int) -> None:
    box.plan([owed(cycle_id)], [], NOW)
    assert box.supersede(claimed(box), "the evidence has come", NOW)
    (row,) = box.listing(cycle_id)
    assert (row["state"], row["last_error"], row["ended_at"]) == ("superseded", "the evidence has come", NOW)


def test_the_first_message_that_arrived_begins_the_thread(box: Outbox, cycle_id: int) -> None:
    rungs = ("T-30", "T-7", "T")
    box.plan([owed(cycle_id, rung, not_before=NOW + timedelta(minutes=n)) for n, rung in enumerate(rungs)], [], NOW)
    later = NOW + timedelta(hours=1)
    for number in range(3):
        found = claimed(box, later)
        assert box.begun(found) == (None if number == 0 else "reference-0")
        box.sent(found, f"reference-{number}", later + timedelta(seconds=number))
    box.plan([owed(cycle_id, "T+7", recipient="second-owner")], [], NOW)
    assert box.begun(claimed(box)) is None


def test_what_waits_too_long_is_counted(box: Outbox, cycle_id: int) -> None:
    box.plan([owed(cycle_id), owed(cycle_id, "T", not_before=NOW + timedelta(days=1))], [], NOW)
    assert box.counts(NOW + timedelta(seconds=90)) == {"planned": 2, "late": 1, "oldest": 90}


@pytest.mark.parametrize(
    "end", [lambda box, c: box.sent(c, "x\0y", NOW), lambda box, c: box.fail(c, "\ud800", None, NOW)]
)
def test_whatever_a_channel_says_can_be_kept(
    box: Outbox, cycle_id: int, end: Callable[[Outbox, Claimed], bool]
) -> None:
    box.plan([owed(cycle_id)], [], NOW)
    assert end(box, claimed(box))


def test_messages_go_with_their_adapter(box: Outbox, database: Database, cycle_id: int) -> None:
    box.plan([owed(cycle_id)], [], NOW)
    with database.begin() as connection:
        connection.execute(update(outbox).values(adapter_id=None))
        connection.exec_driver_sql("DELETE FROM adapters")
        assert connection.execute(select(outbox)).all() == []
