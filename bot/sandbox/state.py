"""What holds the sandbox together? One lock, one clock, one set of numbers, and the telling of events."""

import itertools
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar

from bot.sandbox.faults import DeliveryFault, Fault, Seen
from bot.sandbox.model import Account, App, Delivery, Event, Installation, LoginCode, Membership, Repo, Team, Token

P = ParamSpec("P")
R = TypeVar("R")
S = TypeVar("S", bound="State")


class Refused(Exception):
    """GitHub would not do this: its status code, message and list of errors."""

    def __init__(self, status: int, message: str, *errors: object, headers: dict[str, str] | None = None) -> None:
        super().__init__(message, *errors)
        self.status = status
        self.message = message
        self.errors = errors
        self.headers = headers or {}


def not_found() -> Refused:
    """Make the answer to whatever is not there or must not be known."""
    return Refused(404, "Not Found")


def invalid(resource: str, field: str, code: str = "invalid", message: str | None = None) -> Refused:
    """Make GitHub's answer to a value that it does not take."""
    error = {"resource": resource, "field": field, "code": code} | ({"message": message} if message else {})
    return Refused(422, "Validation Failed", error)


def locked(method: Callable[Concatenate[S, P], R]) -> Callable[Concatenate[S, P], R]:
    """Let one thread at a time into a method."""

    @wraps(method)
    def under_lock(self: S, /, *args: P.args, **kwargs: P.kwargs) -> R:
        with self.lock:
            return method(self, *args, **kwargs)

    return under_lock


class State:
    """Everything that the sandbox remembers."""

    def __init__(self, clock: Callable[[], datetime] | None = None) -> None:
        self.lock = threading.RLock()
        self.url = "http://127.0.0.1"  # of the pages; the server sets it before anything can happen
        self.accounts: dict[int, Account] = {}
        self.memberships: dict[tuple[int, int], Membership] = {}
        self.teams: dict[int, Team] = {}
        self.repos: dict[int, Repo] = {}
        self.moved: dict[str, int] = {}  # former full names, in lower case
        self.apps: dict[int, App] = {}
        self.installations: dict[int, Installation] = {}
        self.tokens: dict[str, Token] = {}
        self.login_codes: dict[str, LoginCode] = {}
        self.authorized: set[tuple[int, int]] = set()  # App and user: asked once, as GitHub does
        self.deliveries: list[Delivery] = []
        self.faults: list[Fault] = []
        self.delivery_faults: list[DeliveryFault] = []
        self.requests: list[Seen] = []
        self.rate_limit = 5000  # requests an hour and actor; read at each request
        self.rate_used: dict[str, tuple[int, int]] = {}  # actor -> (used, end of the hour as a Unix time)
        self.listeners: list[Callable[[Event], None]] = []
        self._clock = clock or (lambda: datetime.now(UTC))
        self._ahead = timedelta()
        self._ids: Iterator[int] = itertools.count(1_000_001)

    @property
    def api_url(self) -> str:
        """The root of the REST API."""
        return f"{self.url}/api/v3"

    def now(self) -> datetime:
        """The instant, without microseconds, as GitHub writes it."""
        return (self._clock() + self._ahead).replace(microsecond=0)

    def advance(self, by: timedelta) -> None:
        """Let time pass at once."""
        self._ahead += by

    def next_id(self) -> int:
        """Take a number that nothing else has."""
        return next(self._ids)

    @locked
    def next_fault(self, method: str, path: str) -> Fault | None:
        """Take the first rule that is for a request, once."""
        for fault in self.faults:
            if fault.matches(method, path):
                fault.times -= fault.times > 0
                return fault
        return None

    def tell(self, event: Event) -> None:
        """Let everyone who listens know; called under the lock, so that events are heard in their order."""
        for listener in self.listeners:
            listener(event)

    @locked
    def account(self, login: str) -> Account:
        """Find an account by its login, in any case; raises Refused 404."""
        for account in self.accounts.values():
            if account.login.lower() == login.lower():
                return account
        raise not_found()

    @locked
    def repo(self, full_name: str) -> Repo:
        """Find a repository by `owner/name`, in any case; raises Refused 404."""
        for repo in self.repos.values():
            if repo.full_name.lower() == full_name.lower():
                return repo
        raise not_found()

    @locked
    def app(self, slug: str) -> App:
        """Find an App by its slug; raises Refused 404."""
        for app in self.apps.values():
            if app.slug == slug:
                return app
        raise not_found()
