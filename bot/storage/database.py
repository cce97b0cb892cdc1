"""How is the database reached? One pool of psycopg connections, one transaction at a time."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from sqlalchemy import URL, Connection, create_engine, make_url
from sqlalchemy.exc import ArgumentError

# a server that is gone without a word must not hold up a web thread, or the end of the service, for a quarter of an hour
_GIVE_UP = {"connect_timeout": "10", "tcp_user_timeout": "20000"}  # seconds; milliseconds


class Database:
    """A pool of connections to one PostgreSQL database; safe to share between threads."""

    def __init__(self, url: str, *, connections: int = 10) -> None:
        """Prepare the pool; nothing connects before the first transaction."""
        self.url = url
        self._engine = create_engine(
            driver_url(url),
            pool_size=connections,
            max_overflow=0,
            pool_pre_ping=True,  # a server that was restarted must not cost the next job its first try
            json_serializer=_json,
            hide_parameters=True,  # an error that is logged must not repeat a proposal or the name of a repository
        )

    @contextmanager
    def begin(self) -> Iterator[Connection]:
        """Open a transaction: committed at the end of the block, rolled back when it raises."""
        with self._engine.begin() as connection:
            yield connection

    def close(self) -> None:
        """Close the pool's idle connections."""
        self._engine.dispose()


def driver_url(url: str) -> URL:
    """Read a database's URL as operators write it (`postgres://`, `postgresql://`); name psycopg 3 as its driver.

    Raises ValueError, which repeats nothing of it: a password with a slash looks like a port.
    """
    scheme, found, rest = url.partition("://")
    if not found or scheme.partition("+")[0] not in ("postgres", "postgresql"):
        raise ValueError("the database's URL must begin with postgresql://")
    try:
        read = make_url(f"postgresql+psycopg://{rest}")
    except (ValueError, ArgumentError):
        raise ValueError(
            "the database's URL cannot be read: write it as postgresql://USER:PASSWORD@HOST:PORT/NAME, "
            "with the signs : / @ of a password as %3A %2F %40"
        ) from None
    return read.update_query_dict({name: value for name, value in _GIVE_UP.items() if name not in read.query})


def raw(connection: Connection) -> psycopg.Connection[Any]:
    """The driver's own connection, in the same transaction: for the engine, which speaks no SQLAlchemy."""
    driver = connection.connection.driver_connection
    assert isinstance(driver, psycopg.Connection)  # noqa: S101  # `driver_url` allows no other driver
    return driver


def storable(value: Any) -> Any:
    """Give JSON that `jsonb` can hold: in strings no NUL and no half of a surrogate pair, in place of NaN its name."""
    if isinstance(value, str):
        return value.replace("\0", "\N{REPLACEMENT CHARACTER}").encode(errors="replace").decode()
    if isinstance(value, dict):
        return {storable(key): storable(held) for key, held in value.items()}
    if isinstance(value, list | tuple):
        return [storable(held) for held in value]
    if isinstance(value, float) and value - value != 0:
        return str(value)
    return value


def _json(value: Any) -> str:
    return json.dumps(storable(value), ensure_ascii=False, allow_nan=False)
