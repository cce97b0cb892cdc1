"""What do the tests of the storage room share? A `Database` on the worker's database."""

from collections.abc import Iterator

import pytest

from bot.storage.database import Database


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """A pool on an empty, migrated database."""
    pool = Database(database_url, connections=8)
    yield pool
    pool.close()
