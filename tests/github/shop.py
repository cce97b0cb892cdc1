"""What does the bot read of a whole GitHub? The sandbox's town with a pull request in it, and the bot's own forge."""

from datetime import date, datetime

from bot.github.app_auth import AppAuth
from bot.github.client import Client
from bot.github.forge import GitHub
from bot.ports import Forge, PullRequest, ReviewRequested
from bot.readiness.fact import Known, Unavailable
from bot.sandbox.faults import Fault, Seen
from bot.sandbox.world import World
from bot.sources.stores.guard import Guard
from bot.sources.stores.led_to import LedTo
from tests.github.memory_ledger import MemoryLedger
from tests.sandbox.town import PRIVATE, Town


def led_to(api_url: str, *private: str) -> LedTo:
    """Go to where GitHub leads as the service does; to other servers on this machine only where they are named."""
    return LedTo(Guard(deadline=10), api_url, private)


class WorldClock:
    """The sandbox's time."""

    def __init__(self, world: World) -> None:
        self._world = world

    def now(self) -> datetime:
        return self._world.now()

    def today(self) -> date:
        return self.now().date()


class Shop:
    """The town, a pull request of it, and the forge through which the bot sees both."""

    def __init__(self, town: Town) -> None:
        self.town, self.world, self.models = town, town.world, town.models
        self.pull = town.open_pull()
        clock = WorldClock(town.world)
        self.auth = AppAuth(town.app.id, PRIVATE.decode(), town.api, clock)
        self.client = Client(self.auth, town.api, town.installation.id, town.models.id, clock)
        self._github = GitHub(self.auth, town.api, MemoryLedger(), clock, led_to(town.api))

    def forge(self) -> Forge:
        request = ReviewRequested(self.town.installation.id, self.models.id, self.pull.number, "pull_request.opened")
        return self._github.open(request, lambda: None)

    def seen(self) -> PullRequest:
        pull = self.forge().pull_request()
        assert pull is not None
        return pull

    def push(self, files: dict[str, bytes | str | None], branch: str = "tune") -> str:
        """Let Ada commit an hour after whatever was before; return the commit."""
        self.town.pass_time(hours=1)
        return self.world.commit(self.models, branch, files, "More", self.town.ada).sha

    def stored(self) -> list[Seen]:
        """What was asked of the servers beside the API."""
        return [each for each in self.world.requests if each.path.startswith("/-/") or "/info/lfs/" in each.path]

    def fail(self, path: str, status: int, body: object = None, **headers: str) -> None:
        """Let the next request of a path go wrong."""
        self.world.faults.append(Fault(path=path, status=status, body=body, headers=headers))


def known(found: object) -> Known[bytes]:
    assert isinstance(found, Known), found
    return found


def unavailable(found: object) -> Unavailable:
    assert isinstance(found, Unavailable), found
    return found
