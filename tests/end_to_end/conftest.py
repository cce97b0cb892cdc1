"""What do these tests share? A GitHub over HTTP, the service over HTTP with its worker, and a team that opens pull requests."""

import socket
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.cli import demo_world
from bot.cli.demo_world import SAMPLES, Sample
from bot.cli.running import serving, working_beside
from bot.cli.serve import server
from bot.engine import Pace
from bot.ports import Clock
from bot.report.words import CHECK_RUN_NAME, STATUS_CONTEXT
from bot.sandbox.model import Account, App, CheckRun, Comment, Pull, Repo, Status
from bot.sandbox.server import Sandbox
from bot.sandbox.world import World
from bot.settings import GitHubApp, Settings, shipped
from bot.sources.stores.guard import Guard
from bot.sources.stores.operator import Operator
from bot.wiring.service import Service, open_service

PATIENCE = 60.0  # seconds; far beyond what is needed, so that only a real stop fails a test
QUICK = Pace(
    poll=0.05, look=1, soonest=0.05, longest=0.5, minute="* * * * * */1"
)  # the same engine, in less of a hurry with nobody waiting


def until(done: Callable[[], object], what: str) -> None:
    """Wait until something is so."""
    end = time.monotonic() + PATIENCE
    while not done():
        assert time.monotonic() < end, f"waited in vain until {what}"
        time.sleep(0.02)


@dataclass
class Team:
    """A GitHub with the App installed, and what a team does there."""

    world: World
    app: App
    service: Service
    pulls: list[Pull] = field(default_factory=list)

    def repo(self, name: str = "support-tools") -> Repo:
        return self.world.repo(f"acme/{name}")

    def example(self, name: str) -> tuple[Sample, dict[str, str]]:
        """Read a sample's files, as paths below the repository's root."""
        sample = next(each for each in SAMPLES if each.example == name)
        files = demo_world.files_of(shipped("examples") / name, datetime.now(UTC).date())
        return sample, {f"{sample.folder}/{path}": text for path, text in files.items()}

    def open(
        self,
        files: dict[str, object],
        *,
        branch: str = "tune",
        repo: Repo | None = None,
        draft: bool = False,
        owned: bool = True,
        base: str | None = None,
    ) -> Pull:
        """Open a pull request that adds files."""
        where = repo or self.repo()
        author = self.world.account("ana-lopes")
        self.world.commit(where, branch, files, "Propose a fine-tune", author)  # type: ignore[arg-type]
        with self.world.lock:  # the samples' backup agrees before anybody looks
            pull = self.world.open_pull(where, "Propose a fine-tune", branch, author, base=base, draft=draft)
            if owned:
                self.world.comment(pull, self.world.account("ben-okafor"), "/tunegate own")
        self.pulls.append(pull)
        return pull

    def open_from_fork(self, fork: Repo, stranger: Account) -> Pull:
        """Open a pull request of somebody else, behind which the samples' owner and backup stand."""
        with self.world.lock:
            pull = self.world.open_pull(self.repo(), "From a fork", "tune", stranger, head_repo=fork)
            self.world.review(pull, self.world.account("ana-lopes"), "APPROVE")
            self.world.comment(pull, self.world.account("ben-okafor"), "/tunegate own")
        return pull

    def hears_no_comments(self) -> None:
        """Let the App be told of pull requests and checks alone."""
        self.app.events = tuple(event for event in self.app.events if event != "issue_comment")

    def push(self, pull: Pull, files: dict[str, object]) -> str:
        """Push to a pull request's branch; return the new head."""
        author = self.world.account("ana-lopes")
        self.world.commit(pull.head_repo, pull.head_ref, files, "Another try", author)  # type: ignore[arg-type]
        return pull.head_sha

    def runs(self, pull: Pull) -> list[CheckRun]:
        """All our check runs on the head, newest first."""
        return self.world.runs(pull.repo, pull.head_sha, name=CHECK_RUN_NAME, latest=False)

    def statuses(self, pull: Pull) -> list[Status]:
        return [s for s in self.world.statuses(pull.repo, pull.head_sha) if s.context == STATUS_CONTEXT]

    def comments(self, pull: Pull) -> list[Comment]:
        return [comment for comment in self.world.comments(pull) if comment.author.kind == "Bot"]

    def answer(self, pull: Pull) -> CheckRun:
        """Wait until the head is answered and no more work waits; return its newest run."""
        until(lambda: self.runs(pull) and self.runs(pull)[0].status == "completed", "the head has a completed run")
        self.rest()
        return self.runs(pull)[0]

    def rest(self) -> None:
        """Wait until every webhook is delivered and every job done."""
        until(lambda: self.sandbox_is_quiet() and self.is_idle(), "all work is done")

    def sandbox_is_quiet(self) -> bool:
        return all(delivery.answered for delivery in self.world.deliveries)

    def is_idle(self) -> bool:
        counts = self.service.engine.waiting()
        return not counts.get("todo") and not counts.get("doing")


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(World()) as running:
        yield running


@pytest.fixture
def app(sandbox: Sandbox) -> App:
    return demo_world.populate(sandbox.world)


def settings_for(
    app: App,
    sandbox: Sandbox,
    database_url: str,
    port: int,
    data: Path = Path("unused"),
    stores: Operator | None = None,
    login: bool = False,
) -> Settings:
    client = (app.client_id, app.client_secret) if login else (None, None)
    secret = GitHubApp(app.id, app.private_key_pem or "", (app.webhook_secret,), sandbox.api_url, *client)
    return Settings(secret, database_url=database_url, data=data, port=port, stores=stores)


@contextmanager
def at_work(
    sandbox: Sandbox,
    app: App,
    database_url: str,
    stores: Operator | None = None,
    guard: Guard | None = None,
    *,
    login: bool = False,
    clock: Clock | None = None,
) -> Iterator[Team]:
    """Run the service of an operator who has opened these stores, with the App installed."""
    world = sandbox.world
    listener = socket.create_server(("127.0.0.1", 0))
    settings = settings_for(app, sandbox, database_url, listener.getsockname()[1], stores=stores, login=login)
    with ExitStack() as stack:
        service = stack.enter_context(open_service(settings, QUICK, guard, clock))
        stack.enter_context(serving(server(service), listener))
        stack.enter_context(working_beside(service))
        world.set_webhook(app, f"{settings.url}/github/webhook")
        world.install(app, world.account("acme"))
        running = Team(world, app, service)
        running.rest()
        yield running


@pytest.fixture
def team(sandbox: Sandbox, app: App, database_url: str) -> Iterator[Team]:
    with at_work(sandbox, app, database_url) as running:
        yield running
