"""What is kept of adapters after the merge? Each change is guarded by the version that it was made on, and leaves its event."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, and_, func, insert, or_, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from bot.lifecycle.adapter import Adapter, Cycle, Particulars
from bot.lifecycle.conditions import Condition
from bot.lifecycle.happening import Change, Happening, happen
from bot.lifecycle.plan import Standing
from bot.storage.adapter_rows import PAGE, cycle_of, read, standing_of, standings
from bot.storage.database import Database, storable
from bot.storage.tables import adapter_conditions, adapter_events, adapters, cycles, repositories

_TRIES = 5  # of a change whose adapter changes under it
_CYCLE = ("due_on", "acknowledged_until", "snoozed_until", "snoozes", "waived_until", "evidence_pull")


class Adapters:
    """The registry of adapters, in the database."""

    def __init__(self, database: Database) -> None:
        """Take the database."""
        self._database = database

    def find(self, account: str, name: str) -> Adapter | None:
        """Find an adapter by its account (in any case) and name."""
        return self._one(adapters.c.account == account.lower(), adapters.c.name == name)

    def get(self, adapter_id: int) -> Adapter | None:
        """Find an adapter by its number."""
        return self._one(adapters.c.id == adapter_id)

    def named(self, name: str) -> tuple[Adapter, ...]:
        """List the adapters of a name, of whatever account."""
        return tuple(self.all(adapters.c.name == name))

    def all(self, *conditions: ColumnElement[bool]) -> Iterator[Adapter]:
        """Walk the adapters, by account and name, a page at a time."""
        last = ("", "")
        while True:
            beyond = or_(adapters.c.account > last[0], and_(adapters.c.account == last[0], adapters.c.name > last[1]))
            with self._database.begin() as connection:
                page = read(connection, PAGE, *conditions, beyond)
            yield from page
            if len(page) < PAGE:
                return
            last = page[-1].particulars.account, page[-1].particulars.name

    def happen(self, account: str, name: str, what: Happening) -> tuple[Adapter, Change]:
        """Let something happen to an adapter, known or not; return it as it is then, and the change.

        Raises what `lifecycle.happening.happen` raises. Whoever changes it at the same time comes before or after, never
        between: what happens is then looked at anew.
        """
        for _ in range(_TRIES):
            with self._database.begin() as connection:
                before = next(
                    iter(read(connection, 1, adapters.c.account == account.lower(), adapters.c.name == name)), None
                )
                change = happen(before, what)
                adapter_id = _write(connection, before, change, what)
                if adapter_id is not None:
                    after = read(connection, 1, adapters.c.id == adapter_id)[0]
                    return after, change
        raise RuntimeError("the adapter changes faster than it can be read")

    def open_condition(
        self,
        adapter_id: int,
        condition: Condition,
        on: date,
        *,
        retires_on: date | None = None,
        note: str | None = None,
    ) -> bool:
        """Open a condition; False where it is open already. Another date of a base model's end replaces the one before."""
        with self._database.begin() as connection:
            return _open(connection, adapter_id, condition, on, retires_on, note)

    def close_condition(self, adapter_id: int, condition: Condition, on: date) -> bool:
        """Close a condition; False where it is not open."""
        with self._database.begin() as connection:
            return _close(connection, adapter_id, (condition,), on) > 0

    def history(self, adapter_id: int, most: int = 200) -> tuple[Mapping[str, Any], ...]:
        """List what happened to an adapter, newest first, as rows: event, before, after, on, at, by, proof."""
        wanted = select(adapter_events).where(adapter_events.c.adapter_id == adapter_id)
        with self._database.begin() as connection:
            rows = connection.execute(wanted.order_by(adapter_events.c.version.desc()).limit(most))
            return tuple(dict(row._mapping) for row in rows)

    def past(self, adapter_id: int) -> tuple[Cycle, ...]:
        """List the cycles of an adapter, newest first."""
        wanted = select(cycles).where(cycles.c.adapter_id == adapter_id).order_by(cycles.c.number.desc())
        with self._database.begin() as connection:
            return tuple(cycle_of(row) for row in connection.execute(wanted))

    def standings(self, until: date) -> Iterator[Sequence[Standing]]:
        """Walk the open cycles that are due up to a day or have a condition, a page at a time, in the order of their numbers."""
        last = 0
        while True:
            with self._database.begin() as connection:
                page = standings(connection, last, until)
            if page:
                yield page
            if len(page) < PAGE:
                return
            last = page[-1].cycle_id

    def standing(self, cycle_id: int) -> Standing | None:
        """Read how a cycle stands now; None when it is not open any more."""
        with self._database.begin() as connection:
            return standing_of(connection, cycle_id)

    def open_among(self, cycle_ids: Collection[int]) -> frozenset[int]:
        """Say which of these cycles are open."""
        wanted = select(cycles.c.id).where(cycles.c.id.in_(list(cycle_ids)), cycles.c.closed_on.is_(None))
        with self._database.begin() as connection:
            return frozenset(connection.scalars(wanted))

    def placed(self, particulars: Particulars) -> Particulars:
        """Add the numbers of an adapter's repository and installation, where the App is installed there."""
        named = func.lower(repositories.c.full_name) == particulars.repository.lower()
        wanted = select(repositories.c.id, repositories.c.installation_id).where(named)
        with self._database.begin() as connection:
            found = connection.execute(wanted.order_by(repositories.c.updated_at.desc()).limit(1)).first()
        if found is None:
            return particulars
        return replace(particulars, repo_id=found.id, installation_id=found.installation_id)

    def _one(self, *conditions: ColumnElement[bool]) -> Adapter | None:
        with self._database.begin() as connection:
            return next(iter(read(connection, 1, *conditions)), None)


def _write(connection: Connection, before: Adapter | None, change: Change, what: Happening) -> int | None:
    """Keep a change and its event; None where another one came before it. At the end of the caller's transaction, all or nothing."""
    values = _columns(change.after)
    if before is None:
        row = upsert(adapters).values(version=1, **values).on_conflict_do_nothing().returning(adapters.c.id)
        adapter_id: int | None = connection.scalar(row)
        version = 1
    else:
        guarded = update(adapters).where(adapters.c.id == before.id, adapters.c.version == before.version)
        changed = guarded.values(version=before.version + 1, updated_at=func.now(), **values)
        adapter_id = connection.scalar(changed.returning(adapters.c.id))
        version = before.version + 1
    if adapter_id is None:
        return None
    _write_cycle(connection, adapter_id, before, change, what.on)
    _close(connection, adapter_id, change.closed, what.on)
    for condition in change.opened:
        _open(connection, adapter_id, condition, what.on, None, "; ".join(what.conditions) or what.why or None)
    connection.execute(
        insert(adapter_events).values(
            adapter_id=adapter_id,
            version=version,
            event=what.event.value,
            before=before.stage.value if before else None,
            after=change.line.after.value,
            on=what.on,
            by=what.by,
            by_id=what.by_id,
            proof=storable({**what.proof, **_said(what)}),
        )
    )
    return adapter_id


def _write_cycle(connection: Connection, adapter_id: int, before: Adapter | None, change: Change, on: date) -> None:
    there, now = before.cycle if before else None, change.after.cycle
    if there is not None and (change.closes or now != there):
        ended = {"outcome": change.closes.value, "closed_on": on} if change.closes else {}
        changed = {name: getattr(now or there, name) for name in _CYCLE}
        connection.execute(update(cycles).where(cycles.c.id == there.id).values(**changed, **ended))
    if change.opening is not None:
        newest = select(func.coalesce(func.max(cycles.c.number), 0)).where(cycles.c.adapter_id == adapter_id)
        connection.execute(
            insert(cycles).values(
                adapter_id=adapter_id,
                number=(connection.scalar(newest) or 0) + 1,
                reason=change.opening.reason.value,
                opened_on=on,
                grid_on=change.opening.grid_on,
                due_on=change.opening.due_on,
            )
        )


def _said(what: Happening) -> dict[str, Any]:
    """What a happening says beside its proof, as far as it says anything."""
    said = {
        "why": what.why,
        "reason": what.reason.value if what.reason else None,
        "artifact": what.artifact,
        "digest": what.digest,
        "since": what.since.isoformat() if what.since else None,
        "until": what.until.isoformat() if what.until else None,
        "pull": what.pull,
        "conditions": list(what.conditions),
    }
    return {name: value for name, value in said.items() if value}


def _columns(adapter: Adapter) -> dict[str, Any]:
    said = asdict(adapter.particulars)
    return {
        **said,
        "account": adapter.particulars.account.lower(),
        "leads": storable(list(adapter.particulars.leads)),
        "evidence": storable(dict(adapter.particulars.evidence)),
        "review_id": UUID(adapter.particulars.review_id) if adapter.particulars.review_id else None,
        "stage": adapter.stage.value,
        "anchor": adapter.anchor,
        "artifact": storable(adapter.artifact),
        "digest": adapter.digest,
    }


def _open(
    connection: Connection, adapter_id: int, condition: Condition, on: date, retires_on: date | None, note: str | None
) -> bool:
    row = adapter_conditions.c
    here = (row.adapter_id == adapter_id, row.condition == condition.value, row.closed_on.is_(None))
    stands = connection.execute(select(row.id, row.retires_on).where(*here).with_for_update()).first()
    if stands is not None and stands.retires_on != retires_on:
        connection.execute(
            update(adapter_conditions).where(row.id == stands.id).values(retires_on=retires_on, note=storable(note))
        )
    if stands is not None:
        return bool(stands.retires_on != retires_on)
    new = upsert(adapter_conditions).values(
        adapter_id=adapter_id, condition=condition.value, opened_on=on, retires_on=retires_on, note=storable(note)
    )
    return connection.execute(new.on_conflict_do_nothing().returning(row.id)).first() is not None


def _close(connection: Connection, adapter_id: int, closed: Sequence[Condition], on: date) -> int:
    if not closed:
        return 0
    row = adapter_conditions.c
    open_ones = (
        row.adapter_id == adapter_id,
        row.condition.in_([one.value for one in closed]),
        row.closed_on.is_(None),
    )
    return connection.execute(update(adapter_conditions).where(*open_ones).values(closed_on=on)).rowcount
