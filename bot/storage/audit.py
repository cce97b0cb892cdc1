"""What did people decide, and which policies came into force? Kept in order, each entry chained to the one before it."""

from collections.abc import Iterator
from dataclasses import asdict, replace
from datetime import UTC, datetime

from sqlalchemy import Connection, func, insert, select

from bot.ports import AuditEntry
from bot.storage.audit_chain import BEGINNING, Sealed, is_whole, seal
from bot.storage.database import Database, storable
from bot.storage.tables import audit

_LOCK = 7_205_759_403_792_793  # any number of our own: one writer at a time, so that the chain never forks
_PAGE = 1_000


class AuditLog:
    """The log of decisions, in the database."""

    def __init__(self, database: Database) -> None:
        """Take the database."""
        self._database = database

    def append(self, entry: AuditEntry) -> int:
        """Write an entry in a transaction of its own; returns its number."""
        with self._database.begin() as connection:
            return append(connection, entry)

    def entries(self, since: datetime | None = None, until: datetime | None = None) -> Iterator[Sealed]:
        """Walk the entries in their order, a page at a time: of all time, or from an instant up to another one."""
        last = 0
        within = [audit.c.at >= since] if since else []
        within += [audit.c.at < until] if until else []
        while True:
            wanted = select(audit).where(audit.c.id > last, *within).order_by(audit.c.id).limit(_PAGE)
            with self._database.begin() as connection:
                page = [Sealed(**row._mapping) for row in connection.execute(wanted)]
            yield from page
            if len(page) < _PAGE:
                return
            last = page[-1].id

    def count(self) -> int:
        """Count the entries."""
        with self._database.begin() as connection:
            return connection.scalar(select(func.count()).select_from(audit)) or 0


def append(connection: Connection, entry: AuditEntry) -> int:
    """Write an entry in the caller's transaction, at whose end it stands or falls with it; returns its number.

    Others who want to write wait until that end: let it be the last thing of the transaction. Raises ValueError for a detail
    that would not come back as it was written.
    """
    if not is_whole(entry.detail):
        raise ValueError("the detail of an audit entry holds texts, whole numbers, lists and mappings only")
    connection.execute(select(func.pg_advisory_xact_lock(_LOCK)))
    newest = connection.execute(select(audit.c.id, audit.c.hash).order_by(audit.c.id.desc()).limit(1)).first()
    at: datetime = connection.execute(select(func.clock_timestamp())).scalar_one()
    draft = Sealed(
        id=newest.id + 1 if newest else 1,
        at=at.astimezone(UTC),
        action=entry.action,
        actor=storable(entry.actor),
        actor_id=entry.actor_id,
        repo_id=entry.repo_id,
        number=entry.number,
        subject=storable(entry.subject),
        detail=storable(dict(entry.detail)),
        previous=newest.hash if newest else BEGINNING,
        hash="",
    )
    connection.execute(insert(audit).values(asdict(replace(draft, hash=seal(draft)))))
    return draft.id
