"""Which database does a test talk to? A real one: one server per run, one database per worker, emptied between tests.

`postgres_url` is the server, `database_url` a migrated and empty database. Tables are emptied before each test that
asks for it, so that the rows of a failed one can be looked at as long as the run lasts.
"""

import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from psycopg import sql
from sqlalchemy import make_url

from bot.settings import shipped
from bot.storage.embedded import EmbeddedPostgres
from bot.storage.migrate import migrate

_FOLDER = pytest.StashKey[Path]()
_TEMPLATE = "template_tunegate"


def pytest_configure(config: pytest.Config) -> None:
    given = getattr(config, "workerinput", None)
    if given is not None:
        config.stash[_FOLDER] = Path(given["postgres_folder"])
        return
    config.stash[_FOLDER] = Path(tempfile.mkdtemp(prefix="tg-"))
    config.stash[_FOLDER].chmod(0o711)  # root hands the server to another account, which must get through


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    node.workerinput["postgres_folder"] = str(node.config.stash[_FOLDER])


def pytest_unconfigure(config: pytest.Config) -> None:
    folder = config.stash.get(_FOLDER, None)
    if folder is None or hasattr(config, "workerinput"):
        return
    if (folder / "postgres").exists():  # a worker that crashed has left its server running: the next to stop ends it
        server = EmbeddedPostgres(durable=False)
        server.start(folder)
        server.stop()
    shutil.rmtree(folder)


@pytest.fixture(scope="session")
def postgres_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """The server's own database, for making others; all workers of a run share the server."""
    server = EmbeddedPostgres(durable=False)
    url = server.start(request.config.stash[_FOLDER])
    yield url
    server.stop()


@pytest.fixture(scope="session")
def worker_database(request: pytest.FixtureRequest, postgres_url: str) -> str:
    """The worker's database, copied from the template that the first worker to come here has migrated."""
    name = f"test_{getattr(request.config, 'workerinput', {}).get('workerid', 'main')}"
    with psycopg.connect(plain(postgres_url), autocommit=True) as link:
        link.execute("SELECT pg_advisory_lock(1)")
        if link.execute("SELECT 1 FROM pg_database WHERE datname = %s", [_TEMPLATE]).fetchone() is None:
            link.execute("CREATE DATABASE draft")
            migrate(of_database(postgres_url, "draft"), shipped("migrations"))
            link.execute(sql.SQL("ALTER DATABASE draft RENAME TO {}").format(sql.Identifier(_TEMPLATE)))
        link.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(_TEMPLATE)))
    return of_database(postgres_url, name)


@pytest.fixture
def database_url(worker_database: str) -> str:
    """A migrated database without a row, `postgresql+psycopg://...`."""
    with psycopg.connect(plain(worker_database), autocommit=True) as link:
        # a transaction that a former test's killed process left open would hold its locks
        link.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid() AND xact_start IS NOT NULL"
        )
        found = link.execute(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'alembic_version'"
        ).fetchall()
        tables = sql.SQL(", ").join(sql.Identifier(name) for (name,) in found)
        link.execute("SET lock_timeout = '10s'")
        link.execute("SET session_replication_role = replica")  # the audit log lets nobody empty it otherwise
        link.execute(sql.SQL("TRUNCATE {} RESTART IDENTITY").format(tables))
    return worker_database


@pytest.fixture
def new_database(postgres_url: str) -> Iterator[Callable[[], str]]:
    """Make databases without any table, gone after the test."""
    made: list[str] = []

    def create() -> str:
        made.append(f"empty_{uuid4().hex}")
        with psycopg.connect(plain(postgres_url), autocommit=True) as link:
            link.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(made[-1])))
        return of_database(postgres_url, made[-1])

    yield create
    with psycopg.connect(plain(postgres_url), autocommit=True) as link:
        for name in made:
            link.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def plain(url: str) -> str:
    """The URL as psycopg itself reads it."""
    return url.replace("postgresql+psycopg://", "postgresql://")


def of_database(url: str, name: str) -> str:
    """The URL of another database on the same server."""
    return make_url(url).set(database=name).render_as_string(hide_password=False)
