"""What do tables say of models, and what did they say before? A date that was seen once is kept when its entry vanishes."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from sqlalchemy import Connection, Row, delete, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.exc import SQLAlchemyError

from bot.readiness.model_facts import Layer, ModelEntry, Prices, Told
from bot.readiness.model_place import Place, spelled
from bot.readiness.model_table import ModelsChanged, ModelsRead
from bot.storage.database import Database
from bot.storage.tables import model_facts

OWN = "own"  # the operator's file: what is not in it any more is not said any more
_AT_ONCE = 500  # rows of one statement
_LASTING = ("retires_on", "servable_until", "trainable_until")
_TURN = 0x6D6F6465  # any number of our own: two refreshes take turns


class OlderTable(ValueError):
    """A table is older than the one of the same origin that was read before; the message names both days."""


class CannotRead(Exception):
    """The tables of models cannot be read; the message says why, without the database's password."""


def open_to_read(url: str) -> "ModelFactsKept":
    """Open the tables of models of a database that is there already; raises CannotRead."""
    try:
        kept = ModelFactsKept(Database(url, connections=1))
        kept.told(Place("", ""))
    except (SQLAlchemyError, ValueError) as error:
        lines = str(getattr(error, "orig", None) or error).strip().splitlines()
        raise CannotRead(lines[0] if lines else type(error).__name__) from error
    return kept


class ModelFactsKept:
    """The tables of models, in the database."""

    def __init__(self, database: Database) -> None:
        """Take the database."""
        self._database = database

    def told(self, wanted: Place) -> Sequence[Told]:
        """List the entries that may speak of a model, and those of its provider that speak of many."""
        rows = model_facts.c
        query = select(model_facts).where(
            rows.provider == wanted.provider, or_(rows.key == wanted.key, rows.key.contains("*", autoescape=True))
        )
        return self._told(query)

    def all(self) -> Sequence[Told]:
        """List every entry."""
        return self._told(select(model_facts).order_by(model_facts.c.provider, model_facts.c.name))

    def _told(self, query: Any) -> Sequence[Told]:
        rows = model_facts.c
        with self._database.begin() as connection:
            found = connection.execute(query).all()
            days: dict[str, date] = {}
            if found:
                newest = select(rows.origin, func.max(rows.as_of).label("day")).group_by(rows.origin)
                days = {row.origin: row.day for row in connection.execute(newest)}
        return [told for row in found for told in _as_told(row, days[row.origin])]

    def refresh(self, read: ModelsRead) -> ModelsChanged:
        """Take a table as it is now, in one transaction; return what it says otherwise than before.

        The same table again is none the older, whatever day is stated. Raises OlderTable.
        """
        wanted = {(entry.provider, entry.match[0]): entry for entry in _single(read.entries)}
        with self._database.begin() as connection:
            connection.execute(select(func.pg_advisory_xact_lock(_TURN)))
            read = _not_older(connection, read)
            before = _before(connection, read.origin)
            new, changed, same = [], [], 0
            for name, entry in wanted.items():
                kept, present = before.get(name, (None, False))
                wanted[name] = entry if kept is None or read.origin == OWN else _lasting(entry, kept)
                if kept is None or not present:
                    new.append(wanted[name])
                elif kept != wanted[name]:
                    changed.append((kept, wanted[name]))
                else:
                    same += 1
            gone = [entry for name, (entry, present) in before.items() if present and name not in wanted]
            _write(connection, read, wanted)
            _part_with(connection, read, wanted)
        return ModelsChanged(tuple(new), tuple(changed), tuple(gone), same, read.as_of)


def _not_older(connection: Connection, read: ModelsRead) -> ModelsRead:
    rows = model_facts.c
    newest = (
        select(rows.as_of, rows.sha256)
        .where(rows.origin == read.origin, rows.present)
        .order_by(rows.as_of.desc())
        .limit(1)
    )
    last = connection.execute(newest).first()
    if last is None or last.as_of <= read.as_of:
        return read
    if last.sha256 == read.sha256:
        return replace(read, as_of=last.as_of)
    raise OlderTable(
        f"it is of {read.as_of}, the {read.origin} table that was read before is of {last.as_of}: say --as-of"
    )


def _before(connection: Connection, origin: str) -> dict[tuple[str, str], tuple[ModelEntry, bool]]:
    rows = connection.execute(select(model_facts).where(model_facts.c.origin == origin))
    return {(row.provider, row.name): (ModelEntry.model_validate(row.entry), row.present) for row in rows}


def _single(entries: Iterable[ModelEntry]) -> Iterator[ModelEntry]:
    """Give every name an entry of its own; the first of a name counts."""
    seen = set()
    for entry in entries:
        for name in entry.match:
            if (entry.provider, name) not in seen:
                seen.add((entry.provider, name))
                yield entry.model_copy(update={"match": (name,)})


def _lasting(entry: ModelEntry, before: ModelEntry) -> ModelEntry:
    """Keep a date that was seen once and that the table does not tell any more."""
    kept = {n: getattr(before, n) for n in _LASTING if getattr(entry, n) is None and getattr(before, n) is not None}
    return entry.model_copy(update=kept)


def _write(connection: Connection, read: ModelsRead, entries: dict[tuple[str, str], ModelEntry]) -> None:
    rows = [
        {
            "origin": read.origin,
            "provider": provider,
            "name": name,
            "key": spelled(name).rpartition("/")[2],
            "entry": entry.model_dump(mode="json", exclude_none=True, exclude_defaults=True),
            "present": True,
            "as_of": read.as_of,
            "version": read.version,
            "sha256": read.sha256,
        }
        for (provider, name), entry in entries.items()
    ]
    for start in range(0, len(rows), _AT_ONCE):
        row = upsert(model_facts).values(rows[start : start + _AT_ONCE])
        kept = {column: row.excluded[column] for column in ("key", "entry", "present", "as_of", "version", "sha256")}
        connection.execute(
            row.on_conflict_do_update(
                index_elements=list(model_facts.primary_key), set_={**kept, "last_seen": func.now()}
            )
        )


def _part_with(connection: Connection, read: ModelsRead, entries: dict[tuple[str, str], ModelEntry]) -> None:
    """Mark what the table does not hold any more; of the operator's own file, take it out."""
    rows = model_facts.c
    stood = connection.execute(select(rows.provider, rows.name).where(rows.origin == read.origin, rows.present)).all()
    for provider, name in stood:
        if (provider, name) in entries:
            continue
        this = (rows.origin == read.origin, rows.provider == provider, rows.name == name)
        gone = delete(model_facts) if read.origin == OWN else update(model_facts).values(present=False)
        connection.execute(gone.where(*this))


def _as_told(row: Row[Any], table_of: date) -> Iterator[Told]:
    """Give a row its day: prices are as old as the last table that held them, dates are held to as long as the table is read."""
    entry = ModelEntry.model_validate(row.entry)
    layer = Layer.OPERATOR if row.origin == OWN else Layer.TABLE
    day = {"checked_on": entry.checked_on or row.as_of}
    if row.present:
        yield Told(layer, entry.model_copy(update=day), row.sha256)
        return
    if any(getattr(entry, name) is not None for name in _LASTING):
        yield Told(
            layer,
            entry.model_copy(update={"checked_on": table_of, "per_million": Prices(), "gpu_hourly": None}),
            row.sha256,
        )
    yield Told(layer, entry.model_copy(update={**day, **dict.fromkeys(_LASTING)}), row.sha256)
