"""Which waivers are there, and what became of each? A row changes only from the state it is in; every step is in the audit log."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Row, Update, func, select, update
from sqlalchemy.dialects.postgresql import insert

from bot.ports import AuditEntry, KeptWaiver, ReviewRequested, WaiverAsked
from bot.readiness.waiver import LIVE, State, Waiver, held_until
from bot.storage import audit
from bot.storage.database import Database, raw, storable
from bot.storage.inbox import installation_of
from bot.storage.pulls import Enqueue
from bot.storage.tables import waivers

_LISTED = 100  # of one pull request; the newest
_DUE = 500  # that end in one round; the next comes a minute later
_LIVE = waivers.c.state.in_([state.value for state in LIVE])


class WaiversKept:
    """The waivers, in the database."""

    def __init__(self, database: Database, enqueue: Enqueue) -> None:
        """Take the database and the engine's way to enqueue."""
        self._database = database
        self._enqueue = enqueue

    def of(self, repo_id: int, number: int) -> tuple[KeptWaiver, ...]:
        """List the waivers of a pull request, oldest first, the newest hundred."""
        wanted = select(waivers).where(waivers.c.repo_id == repo_id, waivers.c.number == number)
        with self._database.begin() as connection:
            rows = connection.execute(wanted.order_by(waivers.c.id.desc()).limit(_LISTED)).all()
        return tuple(_kept(row) for row in reversed(rows))

    def live_in(self, repo_id: int) -> int:
        """Count what is asked for or approved in a repository, and has not ended."""
        with self._database.begin() as connection:
            return connection.scalar(select(func.count()).where(waivers.c.repo_id == repo_id, _LIVE)) or 0

    def request(self, asked: WaiverAsked) -> KeptWaiver:
        """Keep a request, once for each comment, check and proposal."""
        row = insert(waivers).values(
            repo_id=asked.repo_id,
            number=asked.number,
            path=asked.path,
            check_id=asked.check,
            until=asked.until,
            ends_at=asked.ends_at,
            reason=storable(asked.reason),
            bound=dict(asked.bound),
            asked=dict(asked.asked),
            reference=asked.reference,
            requested_by=asked.requested_by,
            requester_id=asked.requester_id,
            state=State.REQUESTED.value,
        )
        same = (
            waivers.c.reference == asked.reference,
            waivers.c.path == asked.path,
            waivers.c.check_id == asked.check,
        )
        with self._database.begin() as connection:
            new = connection.execute(row.on_conflict_do_nothing().returning(waivers)).first()
            if new is None:  # the command is carried out once more, after a crash
                return _kept(connection.execute(select(waivers).where(*same)).one())
            audit.append(connection, _entry("waiver.requested", new, asked.requested_by, asked.requester_id))
        return _kept(new)

    def approve(self, waiver_id: int, login: str, account_id: int, role: str) -> bool:
        """Approve one that waits; False where it does not wait any more."""
        values = {"approved_by": login, "approver_id": account_id, "role": role, "approved_at": func.now()}
        step = update(waivers).where(waivers.c.id == waiver_id, waivers.c.state == State.REQUESTED.value)
        with self._database.begin() as connection:
            return self._turned(connection, step, State.APPROVED, values, (login, account_id)) is not None

    def end(
        self, waiver_id: int, state: State, why: str, login: str | None = None, account_id: int | None = None
    ) -> bool:
        """End one that is asked for or approved; False where it has ended already."""
        step = update(waivers).where(waivers.c.id == waiver_id, _LIVE)
        values = {"why": storable(why), "ended_at": func.now()}
        with self._database.begin() as connection:
            return self._turned(connection, step, state, values, (login or "tunegate", account_id)) is not None

    def expire(self, now: datetime) -> int:
        """End what is over by now and put its pull requests to work, each in one transaction; returns how many ended."""
        due = select(waivers.c.id, waivers.c.until).where(_LIVE, waivers.c.ends_at <= now).order_by(waivers.c.ends_at)
        with self._database.begin() as connection:
            found = connection.execute(due.limit(_DUE)).all()
        ended = 0
        for waiver_id, until in found:
            step = update(waivers).where(waivers.c.id == waiver_id, _LIVE, waivers.c.ends_at <= now)
            values = {"state": State.EXPIRED.value, "why": held_until(until), "ended_at": func.now()}
            with self._database.begin() as connection:
                row = connection.execute(step.values(**values).returning(waivers)).first()
                if row is None:  # another worker was here
                    continue
                ended += 1
                installation = installation_of(connection, row.repo_id)
                if installation is not None:
                    asked = ReviewRequested(installation, row.repo_id, row.number, "waiver.expired")
                    self._enqueue(raw(connection), asked)
                audit.append(connection, _entry("waiver.expired", row, "tunegate", None))
        return ended

    def _turned(
        self,
        connection: Connection,
        step: Update,
        state: State,
        values: Mapping[str, Any],
        who: tuple[str, int | None],
    ) -> Row[Any] | None:
        row = connection.execute(step.values(state=state.value, **values).returning(waivers)).first()
        if row is not None:
            audit.append(connection, _entry(f"waiver.{state.value}", row, *who))
        return row


def _entry(action: str, row: Row[Any], actor: str, actor_id: int | None) -> AuditEntry:
    detail = {
        "path": row.path,
        "check": row.check_id,
        "until": row.until.isoformat(),
        "reason": row.reason,
        "bound": dict(row.bound),
        "reference": row.reference,
        **({"role": row.role} if row.role else {}),
        **({"why": row.why} if row.why else {}),
    }
    return AuditEntry(action, actor, actor_id, row.repo_id, row.number, f"W{row.id}", detail)


def _kept(row: Row[Any]) -> KeptWaiver:
    waiver = Waiver(
        id=row.id,
        path=row.path,
        check=row.check_id,
        until=row.until,
        reason=row.reason,
        bound=row.bound,
        asked=row.asked,
        state=State(row.state),
        requested_by=row.requested_by,
        approved_by=row.approved_by,
        why=row.why,
    )
    return KeptWaiver(waiver, row.ends_at.astimezone(UTC), row.requester_id, row.approver_id)
