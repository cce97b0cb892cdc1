"""What do the tests of the engine share? A shop on the worker's database, and the log as an operator reads it."""

import logging
from collections.abc import Iterator

import pytest

from tests.engine.shop import Log, Shop


@pytest.fixture
def shop(database_url: str) -> Iterator[Shop]:
    """An empty, migrated database and its engine; workers are dismissed at the end."""
    opened = Shop(database_url)
    yield opened
    opened.dismiss()


@pytest.fixture
def log() -> Iterator[Log]:
    """The process's log, from INFO up."""
    root, log = logging.getLogger(), Log()
    before = root.level
    root.addHandler(log)
    root.setLevel(logging.INFO)
    yield log
    root.setLevel(before)
    root.removeHandler(log)
