"""EDGE. How is the database reached? The operator's, or one of our own that is started, migrated and watched."""

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bot.clock import SystemClock, zone
from bot.reminding import Planner
from bot.settings import shipped
from bot.storage.adapters import Adapters
from bot.storage.audit import AuditLog
from bot.storage.database import Database
from bot.storage.embedded import EmbeddedPostgres, EmbeddedUnavailable
from bot.storage.ledger import Ledger
from bot.storage.migrate import CannotMigrate, current_revision, is_current, is_newer, migrate, refusal
from bot.storage.model_facts import ModelFactsKept
from bot.storage.outbox import Outbox

_WATCH = 3.0  # seconds between two looks at our own PostgreSQL
_NEWER = "The database is of a newer release: run that release, or restore a backup of before it."

_log = logging.getLogger(__name__)


class CannotStart(Exception):
    """The service cannot start as it is set up; the message says what to do."""


def migrate_database(database_url: str | None, data: Path) -> tuple[str | None, str | None]:
    """Bring the database up to date; return its revision before and after. Raises CannotStart."""
    with _database(database_url, data) as url:
        before = current_revision(url)
        _migrate(url)
        return before, current_revision(url)


@contextmanager
def open_ledger(database_url: str | None, data: Path) -> Iterator[Ledger]:
    """Open the memory of reviews alone, to read in it; raises CannotStart."""
    with _to_read(database_url, data) as database:
        yield Ledger(database)


@contextmanager
def open_audit_log(database_url: str | None, data: Path) -> Iterator[AuditLog]:
    """Open the log of decisions alone, to read in it; raises CannotStart."""
    with _to_read(database_url, data) as database:
        yield AuditLog(database)


@contextmanager
def _to_read(database_url: str | None, data: Path) -> Iterator[Database]:
    with _database(database_url, data) as url:
        if not is_current(url, shipped("migrations")):
            raise CannotStart("The database is not at this release's revision: run `tunegate migrate`.")
        database = Database(url, connections=2)
        try:
            yield database
        finally:
            database.close()


@contextmanager
def open_model_facts(database_url: str | None, data: Path) -> Iterator[ModelFactsKept]:
    """Open the tables of models in the database, the service's own or the operator's; raises CannotStart."""
    with current_database(database_url, data) as url:
        database = Database(url, connections=1)
        try:
            yield ModelFactsKept(database)
        finally:
            database.close()


@contextmanager
def open_adapters(database_url: str | None, data: Path) -> Iterator[Adapters]:
    """Open the registry of adapters alone, the service's own or the operator's; raises CannotStart."""
    with current_database(database_url, data) as url:
        database = Database(url, connections=2)
        try:
            yield Adapters(database)
        finally:
            database.close()


@contextmanager
def open_planner(database_url: str | None, data: Path) -> Iterator[Planner]:
    """Open what plans reminders, to look at what is due alone: it reaches nobody; raises CannotStart."""
    with current_database(database_url, data) as url:
        database = Database(url, connections=2)
        try:
            yield Planner(Adapters(database), Outbox(database), {}, SystemClock(), zone)
        finally:
            database.close()


@contextmanager
def current_database(database_url: str | None, data: Path) -> Iterator[str]:
    """Reach the database; one of our own is brought up to date, the operator's must be so already."""
    with _database(database_url, data) as url:
        if database_url is None:
            _migrate(url)
        elif is_newer(url, shipped("migrations")):
            raise CannotStart(_NEWER)
        elif not is_current(url, shipped("migrations")):
            raise CannotStart("The database is not at this release's revision: run `tunegate migrate`.")
        yield url


def _migrate(url: str) -> None:
    if is_newer(url, shipped("migrations")):
        raise CannotStart(_NEWER)
    try:
        migrate(url, shipped("migrations"))
    except CannotMigrate as error:
        raise CannotStart(f"The database could not be brought up to date, and was left as it was: {error}") from error


@contextmanager
def _database(database_url: str | None, data: Path) -> Iterator[str]:
    """Reach the database: the operator's, or one of our own that is started or joined, and at the end given up."""
    own = EmbeddedPostgres()
    try:
        url = database_url or own.start(data)
        refused = refusal(url)
    except EmbeddedUnavailable as error:
        raise CannotStart(str(error)) from error
    except ValueError as error:
        raise CannotStart(f"DATABASE_URL: {error}.") from error
    if refused is not None:
        own.stop()
        raise CannotStart(f"The database of DATABASE_URL cannot be used: {refused}.")
    if database_url is not None:
        yield url
        return
    stop = threading.Event()
    watch = threading.Thread(target=_watch, args=(own, url, stop), name="postgres-watch")
    watch.start()
    try:
        yield url
    finally:
        stop.set()
        watch.join()
        own.stop()


def _watch(own: EmbeddedPostgres, url: str, stop: threading.Event) -> None:
    """Start our own server again when it was killed: nobody else would."""
    while not stop.wait(_WATCH):
        try:
            if refusal(url) is not None and not stop.is_set():
                _log.warning("the local PostgreSQL does not answer; it is started again")
                own.revive()
        except EmbeddedUnavailable as error:
            _log.error("the local PostgreSQL cannot be started again: %s", error)
