"""What do the tests of the pages share? A seeded world, and a browser before it."""

import pytest

from tests.sandbox_pages.browser import Browser
from tests.sandbox_pages.seed import Seed, seed


@pytest.fixture
def seeded() -> Seed:
    return seed()


@pytest.fixture
def browser(seeded: Seed) -> Browser:
    return Browser(seeded.world)
