"""Is each decision kept in its order, also when many write at once, and is whatever is done to the log behind its back found?"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from bot.ports import AuditEntry
from bot.storage.audit import AuditLog, append
from bot.storage.audit_chain import BEGINNING, Sealed, breaks, is_whole, seal
from bot.storage.database import Database
from tests.database import plain

ENTRY = AuditEntry(
    "waiver.approved", "ada", 7, 11, 3, "W1", {"check": "enough-examples", "until": "2026-12-31", "n": 2}
)


@pytest.fixture
def log(database: Database) -> AuditLog:
    return AuditLog(database)


def chain(length: int) -> list[Sealed]:
    entries: list[Sealed] = []
    for number in range(1, length + 1):
        at = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=number)
        before = entries[-1].hash if entries else BEGINNING
        draft = Sealed(number, at, "did", "ada", 7, 11, 3, f"W{number}", {"why": f"because {number}"}, before, "")
        entries.append(replace(draft, hash=seal(draft)))
    return entries


def test_entries_come_back_in_their_order_and_hold(log: AuditLog) -> None:
    for number in range(3):
        assert log.append(replace(ENTRY, subject=f"W{number}")) == number + 1
    kept = list(log.entries())
    assert [entry.subject for entry in kept] == ["W0", "W1", "W2"]
    assert asdict(ENTRY) | {"subject": "W2"} == {name: getattr(kept[-1], name) for name in asdict(ENTRY)}
    assert list(breaks(kept)) == []
    assert log.count() == 3


@pytest.mark.parametrize(
    "odd", [{"why": "a\0b\ud800 ‮ 💥"}, {"n": [2**60, -1, True, None]}, {"ключ": {"b": 1, "a": []}}, {}], ids=str
)
def test_what_is_written_comes_back_as_it_was_hashed(log: AuditLog, odd: dict[str, object]) -> None:
    log.append(replace(ENTRY, actor="a\0b", detail=odd))
    assert list(breaks(log.entries())) == []


@pytest.mark.parametrize("odd", [{"share": 0.5}, {1: "a number as a key"}, {"deep": [{"f": 1e3}]}], ids=str)
def test_what_would_not_come_back_is_refused(log: AuditLog, odd: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="whole numbers"):
        log.append(replace(ENTRY, detail=odd))


def test_an_entry_stands_or_falls_with_its_transaction(database: Database, log: AuditLog) -> None:
    with suppress(RuntimeError), database.begin() as connection:
        append(connection, ENTRY)
        raise RuntimeError
    assert log.count() == 0
    log.append(ENTRY)
    assert [entry.id for entry in log.entries()] == [1]


def test_many_writers_at_once_make_one_chain(log: AuditLog) -> None:
    with ThreadPoolExecutor(8) as threads:
        numbers = list(threads.map(lambda number: log.append(replace(ENTRY, subject=f"W{number}")), range(60)))
    assert sorted(numbers) == list(range(1, 61))
    assert list(breaks(log.entries())) == []


@pytest.mark.parametrize("change", ["UPDATE audit SET actor = 'eve'", "DELETE FROM audit", "TRUNCATE audit"])
def test_the_database_itself_refuses_every_change(database: Database, log: AuditLog, change: str) -> None:
    log.append(ENTRY)
    with pytest.raises(DatabaseError, match="only appended to"), database.begin() as connection:
        connection.execute(text(change))


def test_a_row_that_was_edited_behind_the_back_of_the_database_is_found(database_url: str, log: AuditLog) -> None:
    for _ in range(3):
        log.append(ENTRY)
    with psycopg.connect(plain(database_url)) as link:
        link.execute("SET session_replication_role = replica")
        link.execute("""UPDATE audit SET detail = '{"check": "no-secrets"}' WHERE id = 2""")
    assert [(found.id, found.reason) for found in breaks(log.entries())] == [
        (2, "its words are not those that were written")
    ]


def test_only_what_was_decided_in_a_time_is_listed(log: AuditLog) -> None:
    for _ in range(3):
        log.append(ENTRY)
    instants = [entry.at for entry in log.entries()]
    assert [entry.id for entry in log.entries(since=instants[1])] == [2, 3]
    assert [entry.id for entry in log.entries(since=instants[1], until=instants[2])] == [2]


MEDDLING: dict[str, Callable[[list[Sealed], int], object]] = {
    "edited": lambda entries, at: entries.__setitem__(at, replace(entries[at], subject="another")),
    "its hash too": lambda entries, at: entries.__setitem__(
        at, replace(changed := replace(entries[at], actor="eve"), hash=seal(changed))
    ),
    "removed": lambda entries, at: entries.pop(at),
    "doubled": lambda entries, at: entries.insert(at, entries[at]),
    "moved": lambda entries, at: entries.insert(0, entries.pop(at)),
    "renumbered": lambda entries, at: entries.__setitem__(at, replace(entries[at], id=entries[at].id + 100)),
    "dated back": lambda entries, at: entries.__setitem__(
        at, replace(entries[at], at=entries[at].at - timedelta(microseconds=1))
    ),
}


@pytest.mark.parametrize("how", MEDDLING)
@given(length=st.integers(3, 12), data=st.data())
def test_whatever_is_done_to_one_entry_is_found(how: str, length: int, data: st.DataObject) -> None:
    entries = chain(length)
    assert list(breaks(entries)) == []
    MEDDLING[how](entries, data.draw(st.integers(1, length - 2)))
    assert list(breaks(entries))


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(), st.lists))
def test_what_json_holds_without_fractions_is_whole(value: object) -> None:
    assert is_whole(value)
    assert not is_whole([value, 1.5])
