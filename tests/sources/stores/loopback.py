"""An internet on loopback: 127.0.0.2 plays the public one, 127.0.0.1 the operator's network; real sockets, real TLS.

Connections to port 443 of an address are led to the port at which that address's server listens; names come from a table.
"""

import socket
import ssl
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import httpcore2
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from bot import ports
from bot.readiness import link
from bot.readiness.fact import Known, Source, Trouble, Unavailable
from bot.readiness.schema import LinkField
from bot.sources.offline import NobodyToAsk, NoHistory
from bot.sources.stores.address import Address
from bot.sources.stores.guard import Ask, Failure, Guard, Reply
from bot.sources.stores.reach import Reach
from bot.sources.stores.store import Place, Store
from tests.sources.test_gather import Files

PUBLIC, INTERNAL = "127.0.0.2", "127.0.0.1"
Answer = Callable[[BaseHTTPRequestHandler], None]


def body(content: bytes = b"{}", status: int = 200, **headers: str) -> Answer:
    """Answer with a body; `_` in the name of a header stands for a hyphen."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        for name, value in {"content_length": str(len(content)), **headers}.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.end_headers()
        handler.wfile.write(content)

    return answer


def redirect(to: str, status: int = 302, **headers: str) -> Answer:
    """Answer with a redirect."""
    return body(b"", status, location=to, **headers)


@dataclass(frozen=True, slots=True)
class Heard:
    """A request as a server heard it."""

    address: str
    host: str
    path: str
    headers: dict[str, str]
    content: bytes


@dataclass
class Internet:
    """What the servers answer by host and path, what names lead to, and all that was asked and connected to."""

    certificate: Path
    answers: dict[str, Answer] = field(default_factory=dict)
    names: dict[str, list[Sequence[str]]] = field(default_factory=dict)
    heard: list[Heard] = field(default_factory=list)
    looked_up: list[str] = field(default_factory=list)
    connected: list[tuple[str, int]] = field(default_factory=list)
    sni: list[str | None] = field(default_factory=list)
    ports: dict[tuple[str, int], int] = field(default_factory=dict)

    def name(self, host: str, *answers: Sequence[str]) -> None:
        """Let a name lead to addresses; of several answers the last one stays."""
        self.names[host] = list(answers or ([PUBLIC],))

    def serve(self, url: str, answer: Answer) -> None:
        """Answer at an address without a scheme, `host/path`, whatever its query."""
        self.answers[url] = answer
        self.names.setdefault(url.partition("/")[0], [[PUBLIC]])

    def resolve(self, host: str, port: int, seconds: float) -> Sequence[Address]:
        self.looked_up.append(host)
        answers = self.names.get(host)
        if answers is None:
            raise socket.gaierror("unknown name")
        return [ip_address(text) for text in (answers.pop(0) if len(answers) > 1 else answers[0])]

    def guard(self, **changes: Any) -> Guard:
        own: dict[str, Any] = {
            "ca_file": str(self.certificate),
            "deadline": 20.0,
            "resolve": self.resolve,
            "is_public": lambda address: str(address) == PUBLIC,
            "inner": _Led(self),
        }
        return Guard(**{**own, **changes})


class _Led(httpcore2.SyncBackend):
    def __init__(self, internet: Internet) -> None:
        self._internet = internet

    def connect_tcp(self, host: str, port: int, *rest: Any, **more: Any) -> httpcore2.NetworkStream:
        self._internet.connected.append((host, port))
        return super().connect_tcp(host, self._internet.ports.get((host, port), 1), *rest, **more)


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of clients that break off: many are meant to."""


def _server(address: str, internet: Internet, tls: ssl.SSLContext | None) -> _Server:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            host = self.headers.get("Host", "")
            content = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            heard = Heard(address, host, self.path, {k.lower(): v for k, v in self.headers.items()}, content)
            internet.heard.append(heard)
            missing = body(b"nothing here", 404)
            internet.answers.get(host + self.path.partition("?")[0], missing)(self)

        do_POST = do_GET

        def log_message(self, format: str, *args: Any) -> None:
            pass

    server = _Server((address, 0), Handler)
    if tls is not None:
        server.socket = tls.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    return server


@contextmanager
def running(folder: Path) -> Iterator[Internet]:
    """Run both servers, and one without TLS at port 80 of the operator's network."""
    certificate, key = _certificate(folder)
    internet = Internet(certificate)
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(certificate, key)
    tls.sni_callback = lambda sock, name, context: internet.sni.append(name)
    servers = []
    for address, port, context in ((PUBLIC, 443, tls), (INTERNAL, 443, tls), (INTERNAL, 80, None)):
        server = _server(address, internet, context)
        internet.ports[address, port] = server.server_address[1]
        servers.append(server)
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    try:
        yield internet
    finally:
        for server in servers:
            server.shutdown()
            server.server_close()


def _certificate(folder: Path) -> tuple[Path, Path]:
    """Make a certificate of its own for the names of the tests; it is good for an hour."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "loopback")])
    own = ("api", "away", "cdn", "files", "hub", "inside", "mlflow", "other", "rebinding", "wandb")
    known = ("huggingface.co", "*.hf.co", "github.com", "*.githubusercontent.com", "api.wandb.ai")
    names = (*(f"{each}.example" for each in own), *known)  # OpenSSL takes no `*` just below a top-level name
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(each) for each in names]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    at, key_at = folder / "certificate.pem", folder / "key.pem"
    at.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    key_at.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return at, key_at


class Attachments:
    """What the forge keeps, that notes what it is asked for."""

    def __init__(self) -> None:
        self.asked: list[tuple[object, ...]] = []

    def workflow_artifact(self, run_id: int, name: str, path: str, *, max_bytes: int) -> Known[bytes] | Unavailable:
        self.asked.append((run_id, name, path, max_bytes))
        return Unavailable("an artifact", Trouble.PASSING)

    def release_asset(self, tag: str, name: str, *, max_bytes: int) -> Known[bytes] | Unavailable:
        self.asked.append((tag, name, max_bytes))
        return Unavailable("an asset", Trouble.PASSING)


def place(*, trusted: bool = True, attachments: Attachments | None = None) -> Place:
    """Stand in a proposal of acme/router."""
    around = ports.Surroundings(
        Files({}), NobodyToAsk(), NoHistory(), attachments or Attachments(), trusted, "acme/router"
    )
    return Place("adapters/finetune-proposal.yaml", around)


def read(
    store: Store, uri: str, *, max_bytes: int = 10_000, trusted: bool = True, **pinned: str
) -> Known[bytes] | Unavailable:
    """Follow a link."""
    return store.read(LinkField(uri=uri, **pinned), link.parse(uri), place(trusted=trusted), max_bytes)


def pin(store: Store, uri: str, *, trusted: bool = True, **pinned: str) -> str | None:
    """Ask what bytes a link always means."""
    return store.pin(LinkField(uri=uri, **pinned), link.parse(uri), place(trusted=trusted))


def known(fact: Known[bytes] | Unavailable) -> tuple[bytes, Source]:
    """Take what was read."""
    assert isinstance(fact, Known), fact
    return fact.value, fact.source


def trouble(fact: Known[bytes] | Unavailable) -> Unavailable:
    """Take why nothing was read: every such fact says what to do."""
    assert isinstance(fact, Unavailable), fact
    assert fact.fix
    assert fact.reason.endswith(".")
    return fact


ANY = Reach(hosts=("*",))


def get(internet: Internet, url: str, reach: Reach = ANY, max_bytes: int = 1000) -> Reply | Failure:
    """Ask for an address without a store."""
    return internet.guard().read(Ask(url), reach, max_bytes)


def refused(found: Reply | Failure) -> Unavailable:
    """Take why there is no answer: every such fact says what to do."""
    assert isinstance(found, Failure), found
    assert found.fact.fix
    return found.fact
