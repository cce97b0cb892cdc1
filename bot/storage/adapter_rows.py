"""How are an adapter, its open cycle and its open conditions read from their rows?"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, or_, select

from bot.lifecycle.adapter import Adapter, Cycle, Particulars
from bot.lifecycle.conditions import Condition, Opened
from bot.lifecycle.plan import Standing
from bot.lifecycle.stages import Outcome, Reason, Stage
from bot.storage.tables import adapter_conditions, adapters, cycles

PAGE = 2_000
"""Rows in memory at once."""


def standing_of(connection: Connection, cycle_id: int) -> Standing | None:
    """Read how a cycle stands now, in the caller's transaction; None when it is not open any more."""
    return next(iter(standings(connection, cycle_id - 1, date.max, cycles.c.id == cycle_id)), None)


def read(connection: Connection, most: int, *conditions: ColumnElement[bool]) -> list[Adapter]:
    """Read adapters by account and name, in the caller's transaction."""
    wanted = (
        select(adapters, *(column.label(f"cycle_{column.name}") for column in cycles.c))
        .select_from(
            adapters.outerjoin(cycles, and_(cycles.c.adapter_id == adapters.c.id, cycles.c.closed_on.is_(None)))
        )
        .where(*conditions)
        .order_by(adapters.c.account, adapters.c.name)
        .limit(most)
    )
    rows = connection.execute(wanted).all()
    opened = _conditions(connection, [row.id for row in rows])
    return [_adapter(row, opened.get(row.id, ())) for row in rows]


def _conditions(connection: Connection, ids: Sequence[int]) -> dict[int, tuple[Opened, ...]]:
    row = adapter_conditions.c
    found: dict[int, tuple[Opened, ...]] = {}
    if ids:
        wanted = select(row.adapter_id, row.id, row.condition, row.opened_on, row.retires_on)
        for each in connection.execute(wanted.where(row.adapter_id.in_(ids), row.closed_on.is_(None)).order_by(row.id)):
            opened = Opened(each.id, Condition(each.condition), each.opened_on, each.retires_on)
            found[each.adapter_id] = (*found.get(each.adapter_id, ()), opened)
    return found


def standings(connection: Connection, after: int, until: date, *conditions: ColumnElement[bool]) -> list[Standing]:
    """Read a page of open cycles that are due up to a day or have a condition, in the caller's transaction."""
    has_condition = (
        select(adapter_conditions.c.id)
        .where(adapter_conditions.c.adapter_id == cycles.c.adapter_id, adapter_conditions.c.closed_on.is_(None))
        .exists()
    )
    of, adapter = cycles.c, adapters.c
    wanted = (
        select(
            of.id,
            of.adapter_id,
            adapter.name,
            of.due_on,
            adapter.owner,
            adapter.backup,
            adapter.leads,
            adapter.team,
            of.told,
            of.labelled,
            of.acknowledged_until,
            of.snoozed_until,
            of.waived_until,
            of.evidence_pull,
            adapter.installation_id,
            adapter.repo_id,
            adapter.time_zone,
        )
        .join_from(cycles, adapters, adapter.id == of.adapter_id)
        .where(of.closed_on.is_(None), of.id > after, or_(of.due_on <= until, has_condition), *conditions)
        .order_by(of.id)
        .limit(PAGE)
    )
    rows = connection.execute(wanted).all()
    opened = _conditions(connection, [row.adapter_id for row in rows])
    return [
        Standing(
            cycle_id=row.id,
            adapter_id=row.adapter_id,
            adapter=row.name,
            due_on=row.due_on,
            owner=row.owner,
            backup=row.backup,
            leads=tuple(row.leads),
            managers=(row.team,) if row.team else (),
            told=row.told,
            labelled=row.labelled,
            acknowledged_until=row.acknowledged_until,
            snoozed_until=row.snoozed_until,
            waived_until=row.waived_until,
            in_progress=row.evidence_pull is not None,
            conditions=opened.get(row.adapter_id, ()),
            place=f"{row.installation_id}/{row.repo_id}" if row.installation_id and row.repo_id else None,
            time_zone=row.time_zone,
        )
        for row in rows
    ]


def _adapter(row: Row[Any], opened: tuple[Opened, ...]) -> Adapter:
    found = row._mapping
    names = [name for name in Particulars.__dataclass_fields__ if name not in ("leads", "review_id")]
    particulars = Particulars(
        **{name: found[name] for name in names},
        leads=tuple(found["leads"]),
        review_id=str(found["review_id"]) if found["review_id"] else None,
    )
    cycle = None
    if found["cycle_id"] is not None:
        cycle = _cycle({column.name: found[f"cycle_{column.name}"] for column in cycles.c})
    return Adapter(
        id=row.id,
        particulars=particulars,
        stage=Stage(row.stage),
        version=row.version,
        anchor=row.anchor,
        artifact=row.artifact,
        digest=row.digest,
        cycle=cycle,
        conditions=opened,
    )


def cycle_of(row: Row[Any]) -> Cycle:
    """Read a cycle."""
    return _cycle(dict(row._mapping))


def _cycle(found: Mapping[str, Any]) -> Cycle:
    read = Cycle(
        **{name: found[name] for name in Cycle.__dataclass_fields__ if name not in ("reason", "outcome")},
        reason=Reason(found["reason"]),
    )
    return replace(read, outcome=Outcome(found["outcome"])) if found["outcome"] else read
