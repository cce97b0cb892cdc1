"""What do the tests of the GitHub room share? A stand-in for GitHub, a clock that can be turned, and a way to publish."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

import pytest

from bot.github.app_auth import AppAuth
from bot.github.forge import GitHub
from bot.ports import Forge, PullRequest, ReviewRequested
from bot.report.answer import Answer
from bot.sandbox.server import Sandbox
from bot.sandbox.world import World
from tests.github.answers import PATH
from tests.github.memory_ledger import MemoryLedger
from tests.github.shop import Shop, led_to
from tests.github.stand_in import APP_ID, INSTALLATION, NUMBER, PEM, REPOSITORY, Server, StandIn
from tests.sandbox.receiver import Receiver
from tests.sandbox.town import Town

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)  # the sandbox's time stands still until a test lets it pass
REQUEST = ReviewRequested(INSTALLATION, REPOSITORY, NUMBER, "pull_request.opened")


@dataclass
class TurnedClock:
    """The real time, moved by `ahead`."""

    ahead: timedelta = timedelta()

    def now(self) -> datetime:
        return datetime.now(UTC) + self.ahead

    def today(self) -> date:
        return self.now().date()


@dataclass
class Bot:
    """The room as the use case drives it, with the reviews counted."""

    github: StandIn
    clock: TurnedClock = field(default_factory=TurnedClock)
    ledger: MemoryLedger = field(default_factory=MemoryLedger)
    guard: Callable[[], None] = lambda: None
    reviews: int = 0

    def __post_init__(self) -> None:
        self.auth = AppAuth(APP_ID, PEM, self.github.url, self.clock)
        self.app = GitHub(self.auth, self.github.url, self.ledger, self.clock, led_to(self.github.url))

    def open(self) -> Forge:
        return self.app.open(REQUEST, lambda: self.guard())

    def pull(self) -> tuple[Forge, PullRequest]:
        forge = self.open()
        pull = forge.pull_request()
        assert pull is not None
        return forge, pull

    def review(self, answer: Answer) -> None:
        """Do what `Reviewer.review` does with the forge, to give this answer."""
        self.reviews += 1
        forge, pull = self.pull()
        forge.changed_files()
        if answer.proposals:
            forge.begin(pull, "https://tunegate.example/reviews/")
            forge.files().read(PATH, max_bytes=1000)
        forge.publish(pull, answer, f"review-{self.reviews}", f"https://tunegate.example/reviews/{self.reviews}")


@pytest.fixture
def github() -> Iterator[StandIn]:
    with Server() as state:
        state.files[PATH] = b"version: 1\n"
        yield state


@pytest.fixture
def bot(github: StandIn) -> Bot:
    return Bot(github)


@pytest.fixture
def shop() -> Iterator[Shop]:
    with Receiver() as receiver, Sandbox(World(clock=lambda: NOON)) as sandbox:
        yield Shop(Town(sandbox, receiver))
