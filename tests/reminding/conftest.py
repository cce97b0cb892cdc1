"""What do the tests of reminding share? A world on an empty database."""

from collections.abc import Iterator

import pytest

from bot.storage.database import Database
from tests.reminding.world import World


@pytest.fixture
def world(database_url: str) -> Iterator[World]:
    """A world in which nobody has been told anything yet."""
    pool = Database(database_url, connections=8)
    yield World(pool)
    pool.close()
