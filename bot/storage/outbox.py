"""Which messages are owed, and which have arrived? Claimed under a lease: a sender that dies holds nothing up, and doubles nothing.

A message is claimed in one short transaction, sent outside of any, and its end is written only by the claim that sent it. Who
claims a message whose lease ran out looks first whether it has arrived (`attempts` > 1).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import and_, func, or_, select, tuple_, update
from sqlalchemy.dialects.postgresql import insert

from bot.lifecycle.owed import Claimed, Owed
from bot.storage.database import Database, storable
from bot.storage.tables import cycles, outbox

LEASE = timedelta(seconds=120)
"""At least twice the time in which a message is sent, which is 30 seconds at most (notes, measured; house)."""

_AT_ONCE = 1_000  # rows of one statement
_WAITING = ("planned", "failed")


@dataclass(frozen=True, slots=True)
class Progress:
    """How far up the ladder a cycle is once its messages are planned."""

    cycle_id: int
    told: int | None = None
    labelled: int | None = None


class Outbox:
    """The messages that are owed, in the database; any number of processes may plan and send at once."""

    def __init__(self, database: Database) -> None:
        """Take the database."""
        self._database = database

    def plan(self, owed: Sequence[Owed], progress: Sequence[Progress], now: datetime) -> int:
        """Keep what is owed, and how far its cycles are, in one transaction; return how many messages are new.

        What was planned before is planned no second time. A rung that is heard takes the place of older ones that wait.
        """
        new = 0
        with self._database.begin() as connection:
            # always in the same order: two planners must not wait for each other
            rows = [_row(one, now) for one in sorted(owed, key=lambda one: one.key)]
            for start in range(0, len(rows), _AT_ONCE):
                batch = insert(outbox).values(rows[start : start + _AT_ONCE]).on_conflict_do_nothing()
                new += len(connection.execute(batch.returning(outbox.c.id)).all())
            loud = sorted(each.cycle_id for each in progress if each.told is not None)
            fresh = {(one.cycle_id, one.rung) for one in owed if not one.missed}
            for start in range(0, len(loud), _AT_ONCE):
                older = (
                    outbox.c.cycle_id.in_(loud[start : start + _AT_ONCE]),
                    outbox.c.state.in_(_WAITING),
                    outbox.c.rung.startswith("T"),
                    tuple_(outbox.c.cycle_id, outbox.c.rung).not_in(list(fresh)),
                )
                connection.execute(update(outbox).where(*older).values(state="superseded", ended_at=now))
            for name in ("told", "labelled"):
                column = cycles.c[name]
                by_offset: dict[int, list[int]] = {}
                for each in progress:
                    if (offset := getattr(each, name)) is not None:
                        by_offset.setdefault(offset, []).append(each.cycle_id)
                for offset, ids in sorted(by_offset.items()):
                    behind = or_(column.is_(None), column < offset)
                    connection.execute(update(cycles).where(cycles.c.id.in_(ids), behind).values({name: offset}))
        return new

    def claim(self, now: datetime, lease: timedelta = LEASE) -> Claimed | None:
        """Take the message that is due the longest, or whose sender was lost; None where there is none."""
        row = outbox.c
        due = or_(
            and_(row.state.in_(_WAITING), row.not_before <= now), and_(row.state == "sending", row.lease_until < now)
        )
        next_one = select(row.id).where(due).order_by(row.not_before, row.id).limit(1).with_for_update(skip_locked=True)
        taken = update(outbox).where(row.id == next_one.scalar_subquery())
        values = {
            "state": "sending",
            "lease_until": now + lease,
            "attempts": row.attempts + 1,
            "first_tried_at": func.coalesce(row.first_tried_at, now),
        }
        with self._database.begin() as connection:
            found = connection.execute(taken.values(values).returning(*outbox.c)).first()
        return None if found is None else _claimed(found)

    def sent(self, claimed: Claimed, reference: str, now: datetime) -> bool:
        """Note that a message has arrived, and by which reference; False where the claim has passed to another."""
        return self._end(claimed, now, state="sent", external_id=storable(reference), last_error=None)

    def supersede(self, claimed: Claimed, why: str, now: datetime) -> bool:
        """Note that a message is owed no more, and why; False where the claim has passed to another."""
        return self._end(claimed, now, state="superseded", last_error=storable(why))

    def fail(self, claimed: Claimed, why: str, retry_at: datetime | None, now: datetime) -> bool:
        """Note that a message did not arrive, to be tried again at a time, or not at all (None); False as above."""
        if retry_at is None:
            return self._end(claimed, now, state="dead", last_error=storable(why))
        return self._end(claimed, None, state="failed", not_before=retry_at, last_error=storable(why))

    def begun(self, claimed: Claimed) -> str | None:
        """Find the reference of the first message of the same cycle that arrived on the same channel at the same recipient."""
        row, owed = outbox.c, claimed.owed
        if owed.cycle_id is None:
            return None
        wanted = select(row.external_id).where(
            row.cycle_id == owed.cycle_id,
            row.channel == owed.channel,
            row.recipient == owed.recipient,
            row.state == "sent",
        )
        with self._database.begin() as connection:
            found: str | None = connection.scalar(wanted.order_by(row.ended_at, row.id).limit(1))
        return found

    def again(self, message_id: int, now: datetime) -> bool:
        """Let a message be tried again that was given up; False where it was not."""
        given_up = update(outbox).where(outbox.c.id == message_id, outbox.c.state == "dead")
        with self._database.begin() as connection:
            values = {"state": "failed", "not_before": now, "first_tried_at": None, "ended_at": None}
            return connection.execute(given_up.values(values)).rowcount > 0

    def counts(self, now: datetime) -> Mapping[str, int]:
        """Count messages by state; "late" are those that are due and not sent, "oldest" the seconds that the first waits."""
        row = outbox.c
        with self._database.begin() as connection:
            states = connection.execute(select(row.state, func.count().label("number")).group_by(row.state))
            found: dict[str, int] = {each.state: each.number for each in states}
            due = select(func.count(), func.min(row.not_before)).where(row.state.in_(_WAITING), row.not_before <= now)
            late, oldest = connection.execute(due).one()
        waits = int((now - oldest).total_seconds()) if oldest else 0
        return {**found, "late": late, "oldest": waits}

    def listing(self, cycle_id: int) -> tuple[Mapping[str, Any], ...]:
        """List the messages of a cycle, in the order in which they were planned."""
        wanted = select(outbox).where(outbox.c.cycle_id == cycle_id).order_by(outbox.c.id)
        with self._database.begin() as connection:
            return tuple(dict(row._mapping) for row in connection.execute(wanted))

    def _end(self, claimed: Claimed, now: datetime | None, **values: Any) -> bool:
        row = outbox.c
        own = (row.id == claimed.id, row.state == "sending", row.attempts == claimed.attempts)
        with self._database.begin() as connection:
            changed = update(outbox).where(*own).values(lease_until=None, ended_at=now, **values)
            return connection.execute(changed).rowcount > 0


def _row(one: Owed, now: datetime) -> dict[str, Any]:
    return {
        "key": one.key,
        "adapter_id": one.adapter_id,
        "cycle_id": one.cycle_id,
        "rung": one.rung,
        "channel": one.channel,
        "recipient": one.recipient,
        "message": storable(dict(one.message)),
        "state": "superseded" if one.missed else "planned",
        "planned_at": now,
        "not_before": one.not_before,
        "ended_at": now if one.missed else None,
    }


def _claimed(found: Any) -> Claimed:
    owed = Owed(
        key=found.key,
        rung=found.rung,
        channel=found.channel,
        recipient=found.recipient,
        not_before=found.not_before.astimezone(UTC),
        cycle_id=found.cycle_id,
        adapter_id=found.adapter_id,
        message=found.message,
    )
    return Claimed(found.id, owed, found.attempts, found.first_tried_at.astimezone(UTC))
