"""EDGE. Settings -> a running service: database, engine, GitHub, judge, put together once and closed in reverse."""

import logging
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import date, datetime

from bot import __version__, ports, wiring
from bot.clock import SystemClock, zone
from bot.engine import HOUSE, Engine, Pace
from bot.github.app_auth import AppAuth
from bot.github.client import Client
from bot.github.directory import PeopleOfTheDay
from bot.github.events import hear
from bot.github.forge import GitHub
from bot.github.issues import IssuesOfApp
from bot.github.policies import policies_of
from bot.github.readers import ReadersOfRepositories
from bot.github.user_login import UserLogin
from bot.lifecycle.dates import day_in
from bot.readiness.checks import CHECKS
from bot.readiness.policy import Policy
from bot.readiness.policy_file import PolicyText
from bot.readiness.training_config import TrainingConfig
from bot.registration import Registrar
from bot.reminding import Planner, Sender
from bot.reminding.letters import Words
from bot.revalidation import Revalidations
from bot.review import Judge, Reviewer
from bot.review.commanding import Commander
from bot.review.waiving import Waiving
from bot.settings import Settings, shipped
from bot.sources.gather import Gatherer
from bot.sources.reading_process import ReadingProcesses
from bot.sources.stores import open_guard, open_led_to, open_stores
from bot.sources.stores.guard import Guard
from bot.sources.stores.operator import Operator
from bot.storage.adapters import Adapters
from bot.storage.commands import CommandsGiven
from bot.storage.database import Database
from bot.storage.experiments import Experiments
from bot.storage.facts import FactsOfRepository
from bot.storage.inbox import Inbox
from bot.storage.ledger import Ledger
from bot.storage.migrate import is_current
from bot.storage.model_facts import ModelFactsKept
from bot.storage.ok_to_check import OkToCheck
from bot.storage.outbox import Outbox
from bot.storage.people import PeopleKept
from bot.storage.policies import PoliciesKept
from bot.storage.pulls import PullsKept
from bot.storage.refusals import Refusals
from bot.storage.registered import Registry
from bot.storage.timeline import TimelineOfPulls
from bot.storage.waivers import WaiversKept
from bot.wiring.databases import CannotStart, current_database
from bot.wiring.notify import CannotOpen, open_channels

_CONNECTIONS = 24  # web threads and 16 jobs at once, each for the length of one short transaction


_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Service:
    """The parts that the web and the worker drive."""

    settings: Settings
    database: Database
    inbox: Inbox
    ledger: Ledger
    engine: Engine
    reviewer: Reviewer
    commander: Commander
    expire_waivers: Callable[[], int]  # ends what is over, and puts its pull requests to work; returns how many
    revalidations: Revalidations
    registrar: Registrar
    app_slug: Callable[[], str | None]
    readers: ports.Readers
    timeline: ports.Timeline
    logins: ports.Logins | None  # None: the App's client id is not set
    look_again: Callable[[], int]  # puts pull requests to work that are due without a webhook
    notifiers: Mapping[str, ports.Notifier]  # by the name of the channel
    planner: Planner
    sender: Sender

    def hear(self, event: str, guid: str, payload: object) -> ports.Heard:
        """Put a webhook into our words, with the pull requests that only our memory can name."""
        mapping = payload if isinstance(payload, dict) else {}
        heard = hear(event, guid, mapping, app_id=self.settings.app.app_id, app_slug=self.app_slug())
        delivery = heard.delivery
        if heard.head_sha is None or delivery.installation_id is None or delivery.repo_id is None:
            return heard
        # a re-run on a fork's commit names no pull request: GitHub knows only the commit, we know what we reviewed there
        numbers = self.ledger.pull_requests_at(delivery.repo_id, heard.head_sha)
        reason = f"{delivery.event}.{delivery.action}"
        return replace(
            heard,
            reviews=tuple(
                ports.ReviewRequested(
                    delivery.installation_id, delivery.repo_id, number, reason, again=heard.command is None
                )
                for number in (numbers if heard.command is None else numbers[:1])
            ),
        )

    def is_ready(self) -> bool:
        """Say whether the database answers and is at this release's revision; never raises."""
        try:
            return is_current(self.database.url, shipped("migrations"))
        except Exception:  # noqa: BLE001  # whatever the reason, the answer is no
            return False


@contextmanager
def open_service(
    settings: Settings, pace: Pace = HOUSE, guard: Guard | None = None, clock: ports.Clock | None = None
) -> Iterator[Service]:
    """Assemble the service; raises CannotStart.

    `guard` takes the place of the operator's client, a test's own internet, and `clock` that of the machine's.
    """
    clock = clock or SystemClock()
    auth = _auth(settings, clock)
    notifiers = _notifiers(settings, auth, clock)
    operator = settings.stores or Operator()
    guard = guard or _guard(operator)
    stores = open_stores(operator, guard, settings.app.web_url)
    led_to = open_led_to(operator, guard, settings.app.api_url)
    with ExitStack() as stack:
        url = stack.enter_context(current_database(settings.database_url, settings.data))
        database = Database(url, connections=_CONNECTIONS)
        stack.callback(database.close)
        engine = Engine(url, pace=pace)
        processes = ReadingProcesses()
        stack.callback(processes.close)
        ledger = Ledger(database)
        waivers = WaiversKept(database, engine.enqueue)
        people = PeopleOfTheDay(clock, PeopleKept(database))
        policies = PoliciesKept(database, wiring.wrong_with)
        pulls = PullsKept(database, engine.enqueue)
        github = GitHub(auth, settings.app.api_url, ledger, clock, led_to, people, policies, wiring.wrong_with)
        ok_to_check = OkToCheck(database)
        adapters = Adapters(database)

        def day(policy: Policy, instant: datetime | None = None) -> date:
            return day_in(zone(policy.time_zone), instant or clock.now())

        revalidations = Revalidations(adapters, ledger, github.open, wiring.in_force, day)
        reviewer = Reviewer(
            judge=Judge(
                Gatherer(processes, stores, wiring.models(ModelFactsKept(database)), wiring.platforms()),
                CHECKS,
                wiring.policy(),
                ask=processes.rule,
                registry=Registry(adapters),
            ),
            ledger=ledger,
            facts=lambda repo_id: FactsOfRepository(database, repo_id),
            forges=github.open,
            bot_version=__version__,
            details_url=lambda review_id: f"{settings.url}/reviews/{review_id}" if review_id else settings.url,
            in_force=wiring.in_force,
            pulls=pulls,
            waivers=waivers,
            clock=clock,
            is_ok_to_check=ok_to_check.has,
            refusals=Refusals(database),
            experiments=Experiments(database),
            tool_of=lambda text: _tool(processes.small("training_config", text)),
            web_url=settings.app.web_url,
            begun=lambda pull, policy: _begun(revalidations, pull, day(policy)),
        )
        inbox = Inbox(database, engine.enqueue)
        outbox = Outbox(database)
        readers = ReadersOfRepositories(auth, settings.app.api_url, clock, inbox.installation_of)
        waiving = Waiving(waivers, ledger, CHECKS, wiring.in_force, clock)
        yield Service(
            settings,
            database,
            inbox,
            ledger,
            engine,
            reviewer,
            Commander(CommandsGiven(database), ledger, github.open, CHECKS, inbox.forget, clock, waiving, ok_to_check),
            lambda: waivers.expire(clock.now()),
            revalidations,
            Registrar(adapters, ledger, github.open, wiring.in_force, zone),
            _Slug(github.app_slug),
            readers,
            TimelineOfPulls(database),
            _logins(settings, clock),
            lambda: pulls.put_to_work(clock.now()),
            notifiers,
            Planner(adapters, outbox, notifiers, clock, zone),
            Sender(adapters, outbox, notifiers, Words(), clock, zone),
        )


def _tool(found: object) -> str | None:
    return found.tool if isinstance(found, TrainingConfig) else None


def _begun(revalidations: Revalidations, pull: ports.PullRequest, today: date) -> None:
    if pull.base_ref == pull.default_branch:  # a merge into another one ends no cycle
        revalidations.begun(pull.owner, pull.repo_id, pull.number, today)


def _logins(settings: Settings, clock: ports.Clock) -> ports.Logins | None:
    app = settings.app
    if app.client_id is None or app.client_secret is None:
        return None
    return UserLogin(app.client_id, app.client_secret, app.web_url, app.api_url, clock)


def notifiers(settings: Settings) -> Mapping[str, ports.Notifier]:
    """Open the channels by which people are told, with no database; raises CannotStart."""
    clock = SystemClock()
    return _notifiers(settings, _auth(settings, clock), clock)


def _notifiers(settings: Settings, auth: AppAuth, clock: ports.Clock) -> Mapping[str, ports.Notifier]:
    issues = IssuesOfApp(auth, settings.app.api_url, clock, settings.app.webhook_secrets)
    try:
        return open_channels(settings.channels, clock, issues.open)
    except CannotOpen as error:
        raise CannotStart(f"TUNEGATE_CHANNELS: {error}") from error


def place_of(settings: Settings, repository: str) -> str:
    """Find the address of a repository (`owner/name`) on the channel of issues; raises CannotStart, ForgeTrouble."""
    clock = SystemClock()
    auth = _auth(settings, clock)
    installation = auth.installation_of(repository)
    number = Client(auth, settings.app.api_url, installation, None, clock).get(f"/repos/{repository}").get("id")
    return f"{installation}/{number}"


def policy_files(settings: Settings, repository: str) -> tuple[PolicyText, ...]:
    """Ask GitHub for the policy files that hold for a repository (`owner/name`); raises CannotStart, ForgeTrouble."""
    clock = SystemClock()
    auth = _auth(settings, clock)
    operator = settings.stores or Operator()
    led_to = open_led_to(operator, _guard(operator), settings.app.api_url)
    return policies_of(repository, auth, clock, led_to)


def _auth(settings: Settings, clock: ports.Clock) -> AppAuth:
    try:
        return AppAuth(settings.app.app_id, settings.app.private_key_pem, settings.app.api_url, clock)
    except ValueError as error:
        raise CannotStart(f"TUNEGATE_GITHUB_PRIVATE_KEY or its file: {error}.") from error


def _guard(operator: Operator) -> Guard:
    try:
        return open_guard(operator)
    except OSError as error:
        raise CannotStart(f"TUNEGATE_STORES: `ca_file` holds no certificates that can be used: {error}.") from error


class _Slug:
    """The App's name, learnt from GitHub in the background: a webhook never waits for GitHub.

    Until it is known our own doings are not told apart, and at worst reviewed in vain.
    """

    def __init__(self, ask: Callable[[], str]) -> None:
        self._ask = ask
        self._known: str | None = None
        threading.Thread(target=self._learn, name="app-slug", daemon=True).start()

    def __call__(self) -> str | None:
        return self._known

    def _learn(self) -> None:
        with suppress(ports.ForgeTrouble):
            self._known = self._ask()
