"""Is the database reached by the URLs that operators write, and is a transaction kept or undone as a whole?"""

import psycopg
import pytest
from sqlalchemy import text

from bot.storage.database import Database, driver_url
from tests.database import plain


@pytest.mark.parametrize(
    "written",
    [
        "postgres://u:p@h:5/d?sslmode=require",
        "postgresql://u:p@h:5/d?sslmode=require",
        "postgresql+psycopg2://u:p@h:5/d",
    ],
)
def test_a_url_as_operators_write_it_is_read_by_psycopg_3(written: str) -> None:
    url = driver_url(written)
    assert (url.drivername, url.username, url.password) == ("postgresql+psycopg", "u", "p")
    assert (url.host, url.port, url.database) == ("h", 5, "d")


@pytest.mark.parametrize("written", ["", "mysql://u:secret@h/d", "host=h password=secret", "sqlite:///x"])
def test_anything_else_is_refused_without_repeating_it(written: str) -> None:
    with pytest.raises(ValueError, match=r"must begin with postgresql://$"):
        driver_url(written)


def add_and_regret(database: Database) -> None:
    with database.begin() as connection:
        connection.execute(text("INSERT INTO installations VALUES (1, 'acme', 2, false)"))
        raise RuntimeError("changed my mind")


def test_a_block_that_raises_is_undone(database: Database) -> None:
    with pytest.raises(RuntimeError, match="changed my mind"):
        add_and_regret(database)
    with database.begin() as connection:
        assert connection.scalar(text("SELECT count(*) FROM installations")) == 0


def test_a_block_that_ends_is_kept(database: Database) -> None:
    with database.begin() as connection:
        connection.execute(text("INSERT INTO installations VALUES (1, 'acme', 2, false)"))
    with database.begin() as connection:
        assert connection.scalar(text("SELECT account FROM installations")) == "acme"


def test_a_connection_that_the_server_has_cut_is_replaced(database: Database, database_url: str) -> None:
    with database.begin() as connection:
        mine = connection.scalar(text("SELECT pg_backend_pid()"))
    with psycopg.connect(plain(database_url), autocommit=True) as link:
        assert link.execute("SELECT pg_terminate_backend(%s, 10000)", [mine]).fetchone() == (True,)
    with database.begin() as connection:
        assert connection.scalar(text("SELECT pg_backend_pid()")) != mine
