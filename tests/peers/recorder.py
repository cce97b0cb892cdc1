"""Which requests did the bot send to GitHub, and would GitHub have taken each? A plugin that looks after every test.

The bot speaks to GitHub under a User-Agent of its own: a request that bears it is a call of the API, and GitHub's
description has to know it. An answer is held against the description when it bears `X-GitHub-Request-Id`, as GitHub's
and the sandbox's do; one that a test made up, a fault above all, does not bear it. And the webhooks that the sandbox
sends are held against GitHub's webhook schemas.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from threading import Lock
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest
import requests

from bot.github.app_auth import USER_AGENT
from tests.peers import npm, openapi
from tests.peers.webhook_schemas import check_webhook

_ROOT = re.compile(r"^/api/v3(?=/)")  # of an Enterprise Server, and of the sandbox
# what the bot asks of GitHub beside its API, and so beside its description: Git LFS's batch API, and the bytes of large
# files, artifacts and assets where they are stored
_NO_API = re.compile(r"/[^/]+/[^/]+\.git/info/lfs/objects/batch|/-/stored/[^/]+|/login/oauth/access_token")
_MOST = 8 * 1024 * 1024  # bytes of an answer that are kept to be looked at
_SHOWN = 12  # problems of one exchange
_KINDS = (  # the first that fits a path
    ("token", re.compile(r"/app/installations/\d+/access_tokens")),
    (
        "person",
        re.compile(
            r"/users/.+|/user/\d+|/orgs/[^/]+/(public_members|members|memberships|teams)/.+|.+/collaborators/.+"
        ),
    ),
    ("other", re.compile(r".+/contents/(.*/)?([^/]*\.)?finetune-proposal\.ya?ml")),
    ("policy", re.compile(r"/repos/[^/]+/[^/]+/contents/(tunegate/policy\.yaml|\.tunegate\.yaml)")),
    (
        "evidence",
        re.compile(r"/repos/[^/]+/[^/]+/((contents|git/blobs|actions|releases)/.+|commits)"),
    ),  # commits: of a file
)

# who stands behind a pull request is asked for anew at each review
_WORDS = re.compile(r"/repos/[^/]+/[^/]+/(pulls/\d+/reviews|issues/\d+/comments)")

_send = requests.Session.send


@dataclass(eq=False)
class Exchange:
    """One request to the API, and what came back: `status` 0 when nothing did."""

    method: str
    url: str
    body: str | None
    by_bot: bool
    status: int = 0
    media: str = ""
    from_github: bool = False  # the answer says that it is GitHub's
    said: bytes | None = None  # None: not read to its end, or too much

    def __str__(self) -> str:
        return f"{self.method} {self.url}" + (f" {self.body[:300]}" if self.body else "")

    @property
    def path(self) -> str:
        """The path below the root of the API, as it stands in the URL."""
        return _ROOT.sub("", urlsplit(self.url).path)

    @property
    def kind(self) -> str:
        """What was asked for: `token`, `person`, `evidence` (a file that is no proposal, committed or kept beside the commits), `policy` or `other`."""
        path = unquote(self.path)
        if self.method == "GET" and _WORDS.fullmatch(path):
            return "person"
        return next((kind for kind, form in _KINDS if form.fullmatch(path)), "other")

    def problems(self) -> list[str]:
        """Say what GitHub would have refused, or answered otherwise; raises PeerLacking."""
        found: list[str] = []
        if self.by_bot:
            found += openapi.check_request(self.method, self.path, urlsplit(self.url).query, self.body)
        if self.from_github and 0 < self.status < 500 and self.said is not None:
            said = self.said.decode(errors="replace")
            found += openapi.check_answer(self.method, self.path, self.status, said, self.media)
        return found


@dataclass(eq=False)
class Webhook:
    """One webhook on its way to somebody."""

    event: str
    headers: Mapping[str, str]
    body: str

    def __str__(self) -> str:
        return f"webhook {self.event} {self.body[:300]}"

    def problems(self) -> list[str]:
        """Say what GitHub would have sent otherwise; raises PeerLacking."""
        return check_webhook(self.event, json.loads(self.body), self.headers)


class Log:
    """What was sent since the run began; it may come from any thread."""

    def __init__(self) -> None:
        """Begin without anything."""
        self._sent: list[Exchange | Webhook] = []
        self._lock = Lock()

    def add(self, sent: Exchange | Webhook) -> None:
        """Note one."""
        with self._lock:
            self._sent.append(sent)

    def mark(self) -> int:
        """Remember this moment."""
        with self._lock:
            return len(self._sent)

    def since(self, mark: int) -> list[Exchange | Webhook]:
        """List what was sent after a moment."""
        with self._lock:
            return self._sent[mark:]


LOG = Log()


def calls(log: Iterable[Exchange | Webhook]) -> list[Exchange]:
    """Choose the bot's calls that a review is measured by: all but those for tokens, evidence files and people."""
    return [each for each in log if isinstance(each, Exchange) and each.by_bot and each.kind == "other"]


def violations(log: Iterable[Exchange | Webhook]) -> list[str]:
    """Name each thing sent with its problems. Where the description cannot be had, that itself is one in CI alone."""
    try:
        found = [(each, each.problems()) for each in log]
        return ["\n    ".join([str(each), *problems[:_SHOWN]]) for each, problems in found if problems]
    except npm.PeerLacking as lacking:
        return [str(lacking)] if npm.in_ci() else []


@dataclass
class GitHubCalls:
    """What this test has sent to GitHub since its begin, or since `forget`."""

    mark: int = field(default_factory=LOG.mark)

    def __call__(self) -> list[Exchange]:
        """List the calls that a review is measured by."""
        return calls(LOG.since(self.mark))

    def evidence(self) -> list[str]:
        """List the addresses of files that were fetched, evidence and proposals."""
        sent = (each for each in LOG.since(self.mark) if isinstance(each, Exchange))
        return [each.url for each in sent if "/contents/" in each.url]

    def policies(self) -> list[str]:
        """List the addresses of policy files that were asked for."""
        sent = (each for each in LOG.since(self.mark) if isinstance(each, Exchange) and each.by_bot)
        return [each.url for each in sent if each.kind == "policy"]

    def forget(self) -> None:
        """Count from here on; after the test, all are looked at still."""
        self.mark = LOG.mark()


@pytest.fixture(autouse=True)
def github_calls() -> Iterator[GitHubCalls]:
    """Count the calls of a test; after it, each must be one that GitHub takes."""
    began = LOG.mark()
    yield GitHubCalls()
    found = violations(LOG.since(began))
    if found:
        pytest.fail("\n".join(["GitHub's own description says otherwise:", *found]), pytrace=False)


def pytest_configure() -> None:
    requests.Session.send = _recorded  # type: ignore[method-assign,assignment]  # the one way out, PyGithub's and ours


def pytest_unconfigure() -> None:
    requests.Session.send = _send  # type: ignore[method-assign]


def _recorded(session: requests.Session, request: requests.PreparedRequest, **settings: Any) -> requests.Response:
    of_api = not _NO_API.fullmatch(urlsplit(str(request.url)).path)
    by_bot = of_api and request.headers.get("User-Agent") == USER_AGENT
    body = request.body.decode() if isinstance(request.body, bytes) else request.body
    if "X-GitHub-Event" in request.headers:
        LOG.add(Webhook(request.headers["X-GitHub-Event"], dict(request.headers), body or "null"))
    exchange = Exchange(str(request.method), str(request.url), body, by_bot)
    if by_bot:
        LOG.add(exchange)  # before it is sent: GitHub may do what nobody hears of
    answer = _send(session, request, **settings)
    first = answer.history[0] if answer.history else answer  # each hop of a redirect comes through here by itself
    exchange.from_github = "X-GitHub-Request-Id" in first.headers
    exchange.status, exchange.media = first.status_code, first.headers.get("Content-Type", "")
    if not by_bot and exchange.from_github and _ROOT.match(urlsplit(exchange.url).path):
        LOG.add(exchange)
    if exchange.from_github and settings.get("stream") and first is answer:
        _overhear(answer, exchange)
    elif exchange.from_github:
        exchange.said = first.content
    return answer


def _overhear(answer: requests.Response, exchange: Exchange) -> None:
    """Keep what the caller reads of a stream, and read nothing for ourselves."""
    read = answer.iter_content

    def heard(*args: Any, **settings: Any) -> Iterator[bytes]:
        kept = bytearray()
        for chunk in read(*args, **settings):
            kept += chunk if len(kept) <= _MOST else b""
            yield chunk
        exchange.said = bytes(kept) if len(kept) <= _MOST else None

    answer.iter_content = heard  # type: ignore[method-assign]
