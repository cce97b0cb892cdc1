"""Is the database reached by the URLs that operators write, and is a transaction kept or undone as a whole?"""

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

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


@pytest.mark.parametrize(
    "written", ["postgresql://u:sec/ret@h:pass/d", "postgresql://u:p@h:secret/d", "postgresql://[::1/d"]
)
def test_a_url_that_cannot_be_read_is_refused_without_repeating_it(written: str) -> None:
    with pytest.raises(ValueError, match=r"^the database's URL cannot be read") as refused:
        driver_url(written)
    assert refused.value.__cause__ is None
    assert not {word for word in ("sec", "pass/", "::1") if word in str(refused.value)}


def test_a_server_that_is_gone_without_a_word_is_given_up_unless_the_operator_says_otherwise() -> None:
    assert driver_url("postgresql://h/d").query == {"connect_timeout": "10", "tcp_user_timeout": "20000"}
    said = driver_url("postgresql://h/d?connect_timeout=2&sslmode=require").query
    assert said == {"connect_timeout": "2", "tcp_user_timeout": "20000", "sslmode": "require"}


def test_an_error_that_is_logged_repeats_no_value(database: Database) -> None:
    with pytest.raises(SQLAlchemyError) as error, database.begin() as connection:
        connection.execute(text("SELECT nothing FROM nowhere WHERE name = :name"), {"name": "acme/secret"})
    assert "acme/secret" not in str(error.value)


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
