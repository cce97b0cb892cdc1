"""Which messages are owed, and which have arrived? Claimed under a lease: a sender that dies holds nothing up, and doubles nothing.

A message is claimed in one short transaction, sent outside of any, and its end is written only by the claim that sent it. Who
claims a message whose lease ran out looks first whether it has arrived (`attempts` > 1).
"""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import and_, func, or_, select, text, update

from bot.lifecycle.owed import Claimed, Owed, Progress
from bot.storage.database import Database, storable
from bot.storage.tables import outbox

LEASE = timedelta(seconds=120)
"""At least twice the time in which a message is sent, which is 30 seconds at most (notes, measured; house)."""

_WAITING = ("planned", "failed")

# rows as one JSON text: a statement with a place for each of their values takes longer to write than to carry out
_PLAN = text(
    """INSERT INTO outbox (key, adapter_id, cycle_id, rung, channel, recipient, message, state, planned_at, not_before)
    SELECT key, adapter_id, cycle_id, rung, channel, recipient, message, 'planned', :now, not_before
    FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS given (key text, adapter_id bigint, cycle_id bigint, rung text, channel text,
        recipient text, message jsonb, not_before timestamptz)
    ON CONFLICT (key) DO NOTHING"""
)
_ADVANCE = text(
    """WITH given AS (SELECT * FROM jsonb_to_recordset(CAST(:steps AS jsonb)) AS step (cycle_id bigint, told int, labelled int)),
    held AS (SELECT id FROM cycles WHERE id IN (SELECT cycle_id FROM given) ORDER BY id FOR UPDATE)
    UPDATE cycles SET told = greatest(cycles.told, given.told), labelled = greatest(cycles.labelled, given.labelled)
    FROM (SELECT cycle_id, max(told) AS told, max(labelled) AS labelled FROM given GROUP BY cycle_id) AS given
    WHERE cycles.id = given.cycle_id AND cycles.id IN (SELECT id FROM held)"""
)
_REPLACE = text(
    # one look into the index for each cycle: left to itself, and without statistics yet, the server compares all with all
    """UPDATE outbox SET state = 'superseded', ended_at = :now, last_error = 'a newer reminder has come'
    WHERE id IN (SELECT older.id FROM jsonb_to_recordset(CAST(:steps AS jsonb)) AS newer (cycle_id bigint, rung text)
        CROSS JOIN LATERAL (SELECT id, rung FROM outbox WHERE cycle_id = newer.cycle_id
            AND state IN ('planned', 'failed') OFFSET 0) AS older
        WHERE older.rung LIKE 'T%' AND older.rung <> newer.rung)
    AND state IN ('planned', 'failed')"""
)


class Outbox:
    """The messages that are owed, in the database; any number of processes may plan and send at once."""

    def __init__(self, database: Database) -> None:
        """Take the database."""
        self._database = database

    def plan(self, owed: Sequence[Owed], progress: Sequence[Progress], now: datetime) -> int:
        """Keep what is owed, and how far its cycles are, in one transaction; return how many messages are new.

        What was planned before is planned no second time. A rung that is heard takes the place of older ones that wait.
        """
        with self._database.begin() as connection:
            # always in the same order: two planners must not wait for each other
            steps = [{"cycle_id": each.cycle_id, "told": each.told, "labelled": each.labelled} for each in progress]
            if steps:
                connection.execute(_ADVANCE, {"steps": _json(steps)})
                older = [{"cycle_id": each.cycle_id, "rung": each.rung} for each in progress if each.told is not None]
                connection.execute(_REPLACE, {"steps": _json(older), "now": now})
            rows = [_row(one) for one in sorted(owed, key=lambda one: one.key)]
            return connection.execute(_PLAN, {"rows": _json(rows), "now": now}).rowcount if rows else 0

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


def _json(rows: Sequence[Mapping[str, Any]]) -> str:
    """Write rows that came out of the database, so that all of it can go in again."""
    return json.dumps(rows, ensure_ascii=False)


def _row(one: Owed) -> dict[str, Any]:
    return {
        "key": one.key,
        "adapter_id": one.adapter_id,
        "cycle_id": one.cycle_id,
        "rung": one.rung,
        "channel": one.channel,
        "recipient": one.recipient,
        "message": dict(one.message),
        "not_before": one.not_before.isoformat(),
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
