"""Does the database have our tables, as this release wants them? `migrate` sees to it."""

from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection, NullPool, create_engine, text
from sqlalchemy.exc import OperationalError, SQLAlchemyError

from bot.storage.database import driver_url

_TURN = 0x74756E65  # any number of our own: it names the lock that processes of one release take to migrate


class CannotMigrate(Exception):
    """The database was left as it was; the message says why."""


def migrate(url: str, script_location: Path) -> None:
    """Bring the database to the newest revision, all or nothing; several processes may do so at once.

    Raises CannotMigrate.
    """
    engine = create_engine(driver_url(url), poolclass=NullPool)
    try:
        with engine.begin() as connection:
            connection.execute(text("SELECT pg_advisory_xact_lock(:turn)"), {"turn": _TURN})
            config = _config(script_location)
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
    except (SQLAlchemyError, CommandError) as error:
        raise CannotMigrate(_first_line(error)) from error


def refusal(url: str) -> str | None:
    """Say in the server's own words why a database cannot be reached; None when it can.

    Raises ValueError for what is no URL of PostgreSQL.
    """
    engine = create_engine(driver_url(url), poolclass=NullPool, connect_args={"connect_timeout": 10})
    try:
        with engine.connect():
            return None
    except OperationalError as error:
        return _first_line(error)


def current_revision(url: str) -> str | None:
    """Read which revision the database has; None before the first."""
    engine = create_engine(driver_url(url), poolclass=NullPool)
    with engine.connect() as connection:
        return _revision(connection)


def is_current(url: str, script_location: Path) -> bool:
    """Say whether the database has the newest revision."""
    return current_revision(url) == ScriptDirectory.from_config(_config(script_location)).get_current_head()


def is_newer(url: str, script_location: Path) -> bool:
    """Say whether the database has a revision that this release does not know."""
    known = {script.revision for script in ScriptDirectory.from_config(_config(script_location)).walk_revisions()}
    return current_revision(url) not in (None, *known)


def ours(item: Any, name: str | None, kind: str, reflected: bool, counterpart: Any) -> bool:
    """Say whether a table, or what belongs to it, is ours: procrastinate looks after its own (alembic's signature)."""
    owner = item.table.name if kind in ("column", "index", "unique_constraint", "foreign_key_constraint") else name
    return not str(owner).startswith("procrastinate_")


def _first_line(error: Exception) -> str:
    said = str(getattr(error, "orig", None) or error).strip() or type(error).__name__
    return said.splitlines()[0]


def _revision(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def _config(script_location: Path) -> Config:
    config = Config()
    config.set_main_option("script_location", str(script_location).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config
