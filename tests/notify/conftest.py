"""The internet on loopback, one for each test: a public address, and the operator's network."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.sources.stores.loopback import Internet, running


@pytest.fixture
def internet(tmp_path: Path) -> Iterator[Internet]:
    with running(tmp_path) as opened:
        yield opened
