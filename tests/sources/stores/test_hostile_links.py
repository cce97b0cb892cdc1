"""What does a team read at the line of a link that is hostile, broken or gone? One row for each such link."""

import gzip
import json
import time
from collections.abc import Sequence
from datetime import date
from http.server import BaseHTTPRequestHandler
from typing import Any

import pytest

from bot import ports
from bot.readiness.checks import CHECKS
from bot.readiness.finding import Outcome
from bot.report.as_json import as_json
from bot.review import Judge
from bot.sources import evals
from bot.sources.gather import Gatherer
from bot.sources.offline import NoAttachments, NobodyToAsk, NoHistory
from bot.sources.stores import address, open_stores
from bot.sources.stores.operator import Operator
from bot.wiring import policy
from tests.sources.stores.loopback import INTERNAL, PUBLIC, Answer, Internet, body, redirect
from tests.sources.test_gather import Files

PATH = "adapters/finetune-proposal.yaml"
RUN = json.dumps(
    {"format": "tunegate-eval/1", "model": "m", "metrics": [{"name": "accuracy", "value": 0.5, "n": 200}]}
).encode()
CAP = 200_000  # bytes, in place of what a file of rows may have
DEADLINE = 1.0  # seconds, in place of a minute
PIECES = 400  # far more than fit in the cap or the deadline

PROPOSAL = """version: 1
adapter: ticket-router
eval:
  metric: {name: accuracy, direction: higher, threshold: 0.9}
  baseline: {model: acme/large, artifact: 'URI'}
"""

FAILED, UNVERIFIED = Outcome.FAILED, Outcome.UNVERIFIED
INSIDE = "leads to an address that is not public"

HOSTILE = {
    # where a name leads
    "a name that leads inside": ("https://inside.example/r", FAILED, INSIDE),
    "a name with one answer inside": ("https://mixed.example/r", FAILED, INSIDE),
    "a name that answers otherwise the second time": ("https://rebinding.example/r", FAILED, INSIDE),
    "a name that nobody knows": ("https://unknown.invalid/r", UNVERIFIED, "leads to no address now"),
    "a host that is not opened": ("https://stranger.test/r", FAILED, "Evidence is not read from `stranger.test`"),
    # addresses in place of names
    "localhost": ("https://localhost/r", FAILED, INSIDE),
    "loopback": ("https://127.0.0.1/r", FAILED, INSIDE),
    "loopback as one number": ("https://2130706433/r", FAILED, INSIDE),
    "loopback in hexadecimal": ("https://0x7f.1/r", FAILED, INSIDE),
    "the address 0": ("https://0/r", FAILED, INSIDE),
    "a private network": ("https://10.0.0.1/r", FAILED, INSIDE),
    "a provider's shared network": ("https://100.64.0.1/r", FAILED, INSIDE),
    "the metadata of a cloud": ("https://169.254.169.254/latest/meta-data/", FAILED, INSIDE),
    "IPv6 loopback": ("https://[::1]/r", FAILED, INSIDE),
    "loopback mapped into IPv6": ("https://[::ffff:127.0.0.1]/r", FAILED, INSIDE),
    "loopback behind NAT64": ("https://[64:ff9b::7f00:1]/r", FAILED, INSIDE),
    "loopback behind 6to4": ("https://[2002:7f00:1::]/r", FAILED, INSIDE),
    # where an answer leads
    "a redirect to a name inside": ("https://files.example/to-inside", FAILED, INSIDE),
    "a redirect to loopback": ("https://files.example/to-loopback", FAILED, INSIDE),
    "a redirect to the metadata of a cloud": ("https://files.example/to-metadata", FAILED, INSIDE),
    "a redirect to a file of the machine": ("https://files.example/to-file", FAILED, "no address of https"),
    "a redirect to plain http": ("https://files.example/to-http", FAILED, "from one scheme to another"),
    "a redirect to another port": ("https://files.example/to-ssh", FAILED, "at port 443 only"),
    "a redirect to a host that is not opened": (
        "https://files.example/to-stranger",
        FAILED,
        "redirected to `stranger.test`",
    ),
    "a redirect with a login": ("https://files.example/to-login", FAILED, "never holds a user name or a password"),
    "redirects in a circle": ("https://files.example/circle", FAILED, "redirected more than 3 times"),
    "a W&B file that lies inside": ("wandb://acme/router/run1/r.json", FAILED, INSIDE),
    "a hub that leads inside": ("hf://acme/router@main/inside.json", FAILED, "redirected to `inside.example`"),
    # how a server answers
    "a body without an end": ("https://files.example/endless", FAILED, "has more bytes than are read"),
    "a length beyond the cap": ("https://files.example/huge", FAILED, "at most 200,000 bytes are read"),
    "a byte now and then": ("https://files.example/drip", UNVERIFIED, "did not answer in time"),
    "a head now and then": ("https://files.example/drip-head", UNVERIFIED, "did not answer in time"),
    "a bucket that drips": ("s3://drips/r.json", UNVERIFIED, "could not be read now"),
    "a bomb of gzip": ("https://files.example/bomb", FAILED, "nothing is unpacked"),
    "a body that breaks off": ("https://files.example/half", UNVERIFIED, "broke off"),
    "a server that speaks something else": ("https://files.example/ssh", UNVERIFIED, "does not speak HTTP"),
    "a certificate of another name": (
        "https://files.elsewhere/r",
        UNVERIFIED,
        "no TLS certificate that can be trusted",
    ),
    "a page instead of a file": ("https://files.example/page", FAILED, "could not be read"),
    "JSON that is nested without an end": ("https://files.example/nested", FAILED, "nested deeper"),
    # what is not there, or not for everybody
    "nothing there (404)": ("https://files.example/nowhere", FAILED, "There is no such file"),
    "no longer there (410)": ("https://files.example/410", FAILED, "There is no such file"),
    "a login asked for (401)": ("https://files.example/401", UNVERIFIED, "asks for a login"),
    "forbidden (403)": ("https://files.example/403", UNVERIFIED, "asks for a login"),
    "too many questions (429)": ("https://files.example/429", UNVERIFIED, "answers 429"),
    "a server in trouble (503)": ("https://files.example/503", UNVERIFIED, "answers 503"),
    "nothing at the hub": ("hf://acme/router@main/nowhere.json", FAILED, "There is no such file"),
    "no such run of MLflow": ("mlflow://mlflow.example/run2", FAILED, "knows no such run"),
    # what the operator did not open
    "a bucket that is not opened": ("s3://others/r.json", FAILED, "`s3://others` is not opened"),
    "an MLflow server that is not opened": ("mlflow://inside.example/run1", FAILED, "`inside.example` is not opened"),
    # what the link says
    "another port": ("https://files.example:22/r", FAILED, "port 443"),
    "a login in the link": ("https://user:word@files.example/r", FAILED, "never holds a user name or a password"),
    "a host behind a backslash": ("https://files.example\\.inside.example/r", FAILED, "no name of a host"),
    "a name in foreign letters": ("https://fïles.example/r", FAILED, "xn-- form"),
    "a way out of the hub's repository": ("hf://acme/router@main/../../x/r.json", FAILED, "names no file of the hub"),
    "a scheme of no store": ("gopher://files.example/r", FAILED, "no store that we know"),
}


@pytest.fixture
def world(internet: Internet, monkeypatch: pytest.MonkeyPatch) -> Internet:
    """Put up the servers to which the links lead."""
    monkeypatch.setattr(evals, "MAX_ROWS_BYTES", CAP)
    internet.name("inside.example", [INTERNAL])
    internet.name("mixed.example", [PUBLIC, INTERNAL])
    internet.name("mlflow.example", [INTERNAL])
    internet.serve("rebinding.example/r", redirect("https://rebinding.example/again", connection="close"))
    internet.name("rebinding.example", [PUBLIC], [INTERNAL])
    leads = {
        "to-inside": "https://inside.example/r",
        "to-loopback": "https://127.0.0.1/r",
        "to-metadata": "https://169.254.169.254/latest/meta-data/",
        "to-file": "file:///etc/passwd",
        "to-http": "http://files.example/r",
        "to-ssh": "https://files.example:22/r",
        "to-stranger": "https://stranger.test/r",
        "to-login": "https://user:word@files.example/r",
        "circle": "https://files.example/circle",
    }
    head = b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\nConnection: close\r\n"
    answers = {
        **{name: redirect(to) for name, to in leads.items()},
        **{str(status): body(b"", status) for status in (401, 403, 410, 429, 503)},
        "r": body(RUN),
        "endless": slowly(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n", b"[" * 10_000, 0),
        "huge": body(b"", content_length="100000000", connection="close"),
        "drip": slowly(head + b"\r\n", b"[", 0.05),
        "drip-head": slowly(head, b"X-A: a\r\n", 0.05),
        "bomb": body(gzip.compress(bytes(10_000_000)), content_encoding="gzip"),
        "half": body(RUN, content_length=str(len(RUN) + 1), connection="close"),
        "ssh": slowly(b"SSH-2.0-server\r\n", b"\r\n", 0.05),
        "page": body(b"<!doctype html><title>Sign in</title>", content_type="text/html"),
        "nested": body(b"[" * 100_000),
    }
    for name, answer in answers.items():
        internet.serve(f"files.example/{name}", answer)
    internet.serve("files.elsewhere/r", body(RUN))
    internet.serve("huggingface.co/acme/router/resolve/main/inside.json", redirect("https://inside.example/r"))
    file = {"node": {"name": "r.json", "directUrl": "https://inside.example/r"}}
    run = {"project": {"run": {"files": {"edges": [file]}}}}
    internet.serve("api.wandb.ai/graphql", body(json.dumps({"data": run}).encode()))
    internet.serve(f"{_bucket(internet)}/drips/r.json", slowly(head + b"ETag: 1\r\n\r\n", b"[", 0.05))
    return internet


@pytest.mark.parametrize(("uri", "outcome", "said"), HOSTILE.values(), ids=HOSTILE.keys())
def test_the_finding_stands_at_the_line_of_the_link(world: Internet, uri: str, outcome: Outcome, said: str) -> None:
    found = told(world, uri)
    assert (found["outcome"], said in found["message"]) == (outcome, True), found
    assert found["fix"]
    assert "Traceback" not in json.dumps(found)
    inside = {(host, port) for host, port in world.connected if host != PUBLIC}
    assert inside <= ({(INTERNAL, 443)} if uri.startswith("mlflow://mlflow.example/") else set())
    assert not [heard for heard in world.heard if heard.host.startswith(("inside.", "127."))] or uri.startswith("s3:")


def test_an_honest_link_beside_them_is_read(world: Internet) -> None:
    found = told(world, "https://files.example/r")
    assert "accuracy = 0.5 over 200 items" in found["message"]
    assert world.connected == [(PUBLIC, 443)]


def told(internet: Internet, uri: str) -> dict[str, Any]:
    """Judge a proposal that links its baseline so; take the finding about it at the line of the link."""
    text = PROPOSAL.replace("URI", uri)
    operator = Operator.model_validate(
        {
            "https": {"hosts": ["files.example"] if "stranger" in uri else ["*"]},
            "mlflow": {"mlflow.example": {"url": "https://mlflow.example"}},
            "s3": {"drips": {"endpoint": f"http://{_bucket(internet)}"}},
            "deadline_seconds": DEADLINE,
        }
    )
    guard = internet.guard(deadline=DEADLINE, resolve=_resolved(internet), is_public=_public)
    judge = Judge(Gatherer(stores=open_stores(operator, guard)), CHECKS, policy())
    around = ports.Surroundings(Files({PATH: text.encode()}), NobodyToAsk(), NoHistory(), NoAttachments())
    answer, _ = judge.answer([PATH], around, date(2026, 1, 1))
    [proposal] = as_json(answer)["proposals"]
    line = next(number for number, each in enumerate(text.splitlines(), 1) if uri in each)
    at_line = [f for f in proposal["findings"] if f["line"] == line]
    # what is wrong with the link as written is a problem of form, and then there is no link to follow
    return next(f for check in ("proposal", "eval-readable") for f in at_line if f["check"] == check)


def _resolved(internet: Internet) -> address.Resolve:
    """Look names up in the table, and addresses as the system does."""

    def resolve(host: str, port: int, seconds: float) -> Sequence[address.Address]:
        named = host.endswith((".example", ".elsewhere", ".invalid", ".test", ".co", ".ai"))
        return internet.resolve(host, port, seconds) if named else address.resolve(host, port, seconds)

    return resolve


def _public(found: address.Address) -> bool:
    return str(found) == PUBLIC or address.is_public(found)


def _bucket(internet: Internet) -> str:
    return f"127.0.0.1:{internet.ports[INTERNAL, 80]}"


def slowly(head: bytes, piece: bytes, pause: float) -> Answer:
    """Answer by a piece now and then, for far longer than anybody should wait."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(head)
        for _ in range(PIECES):
            handler.wfile.write(piece)
            handler.wfile.flush()
            time.sleep(pause)
        handler.close_connection = True

    return answer
