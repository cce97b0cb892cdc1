"""What does an address on the internet answer? Asked so that a hostile link harms nobody: the one HTTP client of the stores.

https to public addresses only, but for what the operator opens; every redirect is judged like the link itself; nothing is
unpacked; bytes, redirects and time are bounded. Proxies named in the environment are not used.
"""

import hashlib
import socket
import ssl
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from http import HTTPStatus
from types import TracebackType
from typing import Protocol, Self
from urllib.parse import urljoin

import httpcore2

from bot.readiness.fact import Hindrance, Trouble, Unavailable
from bot.sources.stores import address, network
from bot.sources.stores.reach import NoTarget, Reach, Target, target
from bot.sources.strict_json import printable

MAX_REDIRECTS = 3
"""Redirects that are followed (house; a release asset of GitHub and a file of the hub need one or two)."""
CONNECT_SECONDS = 3.0
"""For one connection (house)."""
SILENCE_SECONDS = 10.0
"""For one answer or piece of it (house)."""
DEADLINE_SECONDS = 60.0
"""For a visit as a whole (house)."""

LARGE_BYTES_PER_SECOND = 10_000_000
"""By which the deadline of a large file is put off: one that comes more slowly is not waited for (house)."""
PARTS_SECONDS = 60.0
"""By which the deadline is put off where a file is read by parts: a hundred answers or so (house)."""

_REDIRECTS = (301, 302, 303, 307, 308)
_LATER = (401, 403, 407, 408, 425, 429)  # refusals that may turn out otherwise; any other 4xx is about the link
_TROUBLES = (httpcore2.TimeoutException, httpcore2.NetworkError, httpcore2.ProtocolError)
_LASTING = "Nothing to do now, it is tried again. If it lasts, commit the file to this repository and link its path."


@dataclass(frozen=True, slots=True)
class Ask:
    """A request. `credentials` are headers for the first origin alone; `content` makes it a POST.

    `span` asks for a part of the file: its first byte, and how many.
    """

    url: str
    headers: Mapping[str, str] = field(default_factory=dict)
    credentials: Mapping[str, str] = field(default_factory=dict, repr=False)
    content: bytes | None = None
    span: tuple[int, int] | None = None

    @property
    def sent(self) -> dict[str, str]:
        """All headers that are asked for, by lower-case name: none of them replaces one of the client's own."""
        asked = {name.lower(): value for name, value in {**self.headers, **self.credentials}.items()}
        if self.span is not None:
            begin, length = self.span
            asked["range"] = f"bytes={begin}-{begin + length - 1}"
        return asked


@dataclass(frozen=True, slots=True)
class Hop:
    """One answer on the way: to what, from where, and its headers by lower-case name."""

    url: str
    origin: str
    headers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Reply:
    """A body as it came (empty where it was written down), its digest, and the answers on the way to it."""

    content: bytes
    sha256: str
    hops: tuple[Hop, ...]


@dataclass(frozen=True, slots=True)
class Failure:
    """No body: the fact for the team, and the status when there was an answer. `begun`: the request may have arrived."""

    fact: Unavailable
    status: int | None = None
    begun: bool = False


class Sink(Protocol):
    """Takes a body piece by piece."""

    def write(self, piece: bytes) -> object:
        """Take the next bytes."""


class Guard:
    """The client. Safe to share between threads."""

    def __init__(
        self,
        *,
        ca_file: str | None = None,
        deadline: float = DEADLINE_SECONDS,
        resolve: address.Resolve = address.resolve,
        is_public: Callable[[address.Address], bool] = address.is_public,
        inner: httpcore2.NetworkBackend | None = None,
    ) -> None:
        """Take certificates to trust beside the system's, seconds for a visit, and for tests: names, addresses, sockets.

        Raises OSError (ssl.SSLError is one) when the file of certificates cannot be used.
        """
        self._tls = ssl.create_default_context(cafile=ca_file)
        if ca_file is not None:
            self._tls.load_default_certs()  # beside, not instead
        self._deadline = deadline
        self._resolve = resolve
        self._is_public = is_public
        self._inner = inner or httpcore2.SyncBackend()

    def visit(self, reach: Reach, *, large: int = 0, by_parts: bool = False) -> "Visit":
        """Begin a visit: several requests within one deadline and one reach. Close it, or use `with`.

        For a `large` file of so many bytes, or one that is read by parts, the deadline is further off.
        """

        def may_connect(host: str, port: int, to: address.Address) -> bool:
            return reach.is_private(host, port) or (port == 443 and self._is_public(to))

        more = large / LARGE_BYTES_PER_SECOND + (PARTS_SECONDS if by_parts else 0)
        deadline = network.Deadline(self._deadline + more)
        checked = network.CheckedNetwork(self._inner, self._resolve, may_connect, deadline)
        return Visit(httpcore2.ConnectionPool(self._tls, network_backend=checked, retries=0), reach, deadline)

    def read(self, ask: Ask, reach: Reach, max_bytes: int) -> Reply | Failure:
        """Make one request and read what it answers, never more than a cap of bytes."""
        with self.visit(reach) as visit:
            return visit.read(ask, max_bytes)

    def save(self, ask: Ask, reach: Reach, max_bytes: int, into: Sink) -> Reply | Failure:
        """Make one request and write its answer down, never more than a cap of bytes; raises what `into.write` raises."""
        with self.visit(reach, large=max_bytes) as visit:
            return visit.read(ask, max_bytes, into)


class Visit:
    """Requests within one deadline and one reach. Of one thread."""

    def __init__(self, pool: httpcore2.ConnectionPool, reach: Reach, deadline: network.Deadline) -> None:
        """Take the pool whose connections are guarded; `Guard.visit` makes it."""
        self._pool = pool
        self._reach = reach
        self._deadline = deadline

    def __enter__(self) -> Self:
        """Use and close it by `with`."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close all connections."""
        self._pool.close()

    def read(self, ask: Ask, max_bytes: int, into: Sink | None = None) -> Reply | Failure:
        """Follow an address to its body; never raises for the world's sake. With `into` the body is written there."""
        url, hops = ask.url, list[Hop]()
        for _ in range(MAX_REDIRECTS + 1):
            try:
                url = urljoin(hops[-1].url, hops[-1].headers["location"]) if hops else url
                to = target(url)
            except (NoTarget, ValueError) as error:
                reason = str(error) if isinstance(error, NoTarget) else "The link is redirected to no valid address."
                return _definitive(reason, "Correct the link.")
            if hops and not hops[-1].origin.startswith(f"{to.scheme}:"):
                return _definitive(f"The link is redirected from one scheme to another, {to.scheme}.", "Link its end.")
            if refusal := self._reach.refusal(to, redirected=bool(hops)):
                return _definitive(refusal, self._reach.advice)
            # once an answer led elsewhere no login is sent any more, not even when it leads back
            known = all(hop.origin == to.origin for hop in hops)
            found = self._ask(ask if known else replace(ask, credentials={}), url, to, max_bytes, into)
            if isinstance(found, Failure):
                return found
            hop, body = found
            hops.append(hop)
            if body is not None:
                return Reply(body.content, body.sha256, tuple(hops))
        return _definitive(f"The link is redirected more than {MAX_REDIRECTS} times.", "Link the address it ends at.")

    def _ask(
        self, ask: Ask, url: str, to: Target, max_bytes: int, into: Sink | None
    ) -> tuple[Hop, "_Body | None"] | Failure:
        try:
            with self._stream(ask, to) as response:
                return _answer(ask, url, to, response, max_bytes, into)
        except _TROUBLES as error:
            return self._failure(error, to)

    def post(self, ask: Ask, to: Target, max_bytes: int) -> tuple[int, Mapping[str, str], bytes] | Failure:
        """Post, and take whatever is answered: its status, its headers by lower-case name, the first bytes of its body."""
        try:
            with self._stream(ask, to) as response:
                body = bytearray()
                for piece in response.iter_stream():
                    body += piece
                    if len(body) >= max_bytes:
                        break
                return response.status, _lowered(response), bytes(body[:max_bytes])
        except _TROUBLES as error:
            return self._failure(error, to)

    def _stream(self, ask: Ask, to: Target) -> AbstractContextManager[httpcore2.Response]:
        fixed = {"host": to.host_header, "accept-encoding": "identity", "user-agent": "tunegate", "accept": "*/*"}
        times = {"connect": CONNECT_SECONDS, "read": SILENCE_SECONDS, "write": SILENCE_SECONDS}
        return self._pool.stream(
            "GET" if ask.content is None else "POST",
            httpcore2.URL(scheme=to.scheme, host=to.host, port=to.port, target=to.path),
            headers=list({**ask.sent, **fixed}.items()),
            content=ask.content,
            extensions={"timeout": times},
        )

    def _failure(self, error: Exception, to: Target) -> Failure:
        begun = not isinstance(error, (httpcore2.ConnectTimeout, httpcore2.ConnectError))
        if isinstance(error, network.Blocked):
            return _definitive(str(error), self._reach.advice)
        if isinstance(error, httpcore2.TimeoutException):
            said = f"`{to.host}` did not answer in time; at most {self._deadline.seconds:g} s are waited."
        elif isinstance(error, httpcore2.ProtocolError):
            said = f"`{to.host}` broke off, or does not speak HTTP."
        elif error.args and isinstance(error.args[0], ssl.SSLError):
            said = f"`{to.host}` has no TLS certificate that can be trusted for this name."
        elif error.args and isinstance(error.args[0], socket.gaierror):
            said = f"The name `{to.host}` leads to no address now."
        else:
            said = f"`{to.host}` could not be reached, or broke off."
        return replace(_passing(said), begun=begun)


@dataclass(frozen=True, slots=True)
class _Body:
    content: bytes
    sha256: str


def _answer(
    ask: Ask, url: str, to: Target, response: httpcore2.Response, max_bytes: int, into: Sink | None
) -> tuple[Hop, _Body | None] | Failure:
    """Judge the head of an answer, then read its body; None for a redirect."""
    headers = _lowered(response)
    hop = Hop(url, to.origin, headers)
    if response.status in _REDIRECTS and "location" in headers and ask.content is None:
        return hop, None
    if response.status == 200 and ask.span is not None:
        reason = f"`{to.host}` gives no parts of a file."
        fix = "Split the file into smaller ones, or keep it where parts of a file can be read: a hub, a bucket."
        return Failure(Unavailable(reason, Trouble.DEFINITIVE, fix, Hindrance.TOO_LARGE), 200)
    if response.status != (200 if ask.span is None else 206):
        return _status(to, response.status)
    packed = headers.get("content-encoding", "identity").strip().lower()
    if packed not in ("", "identity"):
        return _definitive(
            f"`{to.host}` sends the file packed ({printable(packed, 20)}); nothing is unpacked on the way.",
            "Store the file without a content encoding, or commit it to this repository.",
        )
    length = headers.get("content-length", "")
    if length.isdecimal() and int(length[:20]) > max_bytes:
        return _too_large(f"has {int(length[:20]):,} bytes", max_bytes)
    return _body(hop, response, max_bytes, into)


def _lowered(response: httpcore2.Response) -> dict[str, str]:
    return {name.decode("ascii").lower(): value.decode("latin-1") for name, value in response.headers}


def _body(hop: Hop, response: httpcore2.Response, max_bytes: int, into: Sink | None) -> tuple[Hop, _Body] | Failure:
    pieces, count, digest = list[bytes](), 0, hashlib.sha256()
    for piece in response.iter_stream():
        count += len(piece)
        if count > max_bytes:
            return _too_large("has more bytes than are read", max_bytes)
        if into is not None:
            into.write(piece)  # which digests it itself
            continue
        digest.update(piece)
        pieces.append(piece)
    return hop, _Body(b"".join(pieces), digest.hexdigest())


def _status(to: Target, status: int) -> Failure:
    name = next((f" {known.phrase}" for known in HTTPStatus if known == status), "")
    said = f"`{to.host}` answers {status}{name}."
    if status in (404, 410):
        return _definitive(f"There is no such file: {said}", "Correct the link, or upload the file.", status)
    if status in (401, 403):
        fix = "Make the file readable without a login, or commit it to this repository and link its path."
        closed = Unavailable(f"The file asks for a login: {said}", Trouble.PASSING, fix, Hindrance.CLOSED)
        return Failure(closed, status)
    if 400 <= status < 500 and status not in _LATER:
        return _definitive(
            f"The link is refused: {said}", "Open the link without being logged in, and correct it.", status
        )
    return _passing(f"The file could not be read: {said}", status)


def _too_large(what: str, max_bytes: int) -> Failure:
    reason = f"The file {what}; at most {max_bytes:,} bytes are read."
    return Failure(Unavailable(reason, Trouble.DEFINITIVE, "Make the file smaller.", Hindrance.TOO_LARGE))


def _definitive(reason: str, fix: str, status: int | None = None) -> Failure:
    return Failure(Unavailable(reason, Trouble.DEFINITIVE, fix), status)


def _passing(reason: str, status: int | None = None) -> Failure:
    return Failure(Unavailable(reason, Trouble.PASSING, _LASTING), status)
