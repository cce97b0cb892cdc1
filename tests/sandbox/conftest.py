"""What do the tests of the sandbox share? A town of their own, behind HTTP."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from bot.sandbox.server import Sandbox
from bot.sandbox.world import World
from tests.sandbox.receiver import Receiver
from tests.sandbox.town import Town

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)  # the town's time stands still until a test lets it pass


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as listening:
        yield listening


@pytest.fixture
def town(receiver: Receiver) -> Iterator[Town]:
    with Sandbox(World(clock=lambda: NOON)) as sandbox:
        yield Town(sandbox, receiver)
