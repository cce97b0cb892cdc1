"""Is a link by https read as the operator's file allows, from names, addresses and certificates that a test controls?"""

import hashlib
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from bot import settings
from bot.sandbox.model import App
from bot.sandbox.server import Sandbox
from tests.end_to_end.conftest import Team, at_work, until
from tests.end_to_end.test_bad_input import goes_on
from tests.end_to_end.test_stores import ARTIFACT, ROWS, ready
from tests.sources.stores.loopback import INTERNAL, PUBLIC, Internet, body, redirect, running

FILE = """
https:
  hosts: ["*.example"]
  private_hosts: [inside.example]
"""
DEADLINE = 1.0  # seconds, in place of a minute


@pytest.fixture
def internet(tmp_path: Path, sandbox: Sandbox) -> Iterator[Internet]:
    """An internet on which the sandbox is GitHub."""
    with running(tmp_path) as opened:
        port = urlsplit(sandbox.api_url).port or 0
        opened.name("127.0.0.1", [INTERNAL])
        opened.ports[INTERNAL, port] = port
        yield opened


@pytest.fixture
def team(sandbox: Sandbox, app: App, database_url: str, internet: Internet, tmp_path: Path) -> Iterator[Team]:
    """The service of an operator whose file opens public hosts, and one inside the network."""
    (tmp_path / "stores.yaml").write_text(FILE)
    operator = settings.stores({"TUNEGATE_STORES": str(tmp_path / "stores.yaml")})
    with at_work(sandbox, app, database_url, operator, internet.guard(deadline=DEADLINE)) as opened:
        yield opened


def linked(team: Team, internet: Internet, host: str, *, pinned: bool = True) -> dict[str, object]:
    """Take the sample that is ready, with its baseline on a host."""
    path, text, files = ready(team)
    folder = path.rpartition("/")[0]
    for name in (ARTIFACT, ROWS):
        content = files.pop(f"{folder}/{name}").encode()
        internet.serve(f"{host}/{name}", body(content))
        pin = f", sha256: {hashlib.sha256(content).hexdigest()}" if pinned else ""
        text = text.replace(name, f"{{uri: 'https://{host}/{name}'{pin}}}")
    return {**files, path: text}


def line_of_the_baseline(files: dict[str, object]) -> int:
    text = str(next(content for path, content in files.items() if path.endswith("finetune-proposal.yaml")))
    return next(n for n, line in enumerate(text.splitlines(), 1) if line.startswith("  baseline: {model"))


@pytest.mark.parametrize("host", ["files.example", "inside.example"], ids=["public", "private, opened by the operator"])
def test_pinned_evidence_is_read_and_its_rows_prove_it(team: Team, internet: Internet, host: str) -> None:
    files = linked(team, internet, host)
    internet.name("inside.example", [INTERNAL])
    answer = team.answer(team.open(files))
    assert answer.conclusion == "success", [a.message for a in answer.annotations]
    assert f"Evidence: grade B, `https://{host}/{ARTIFACT}" in (answer.text or "")
    assert {heard.address for heard in internet.heard} == {PUBLIC if host == "files.example" else INTERNAL}
    assert not [heard for heard in internet.heard if {"authorization", "cookie"} & set(heard.headers)]


def test_evidence_that_may_change_is_read_and_counts_as_what_somebody_wrote(team: Team, internet: Internet) -> None:
    files = linked(team, internet, "files.example", pinned=False)
    answer = team.answer(team.open(files))
    assert answer.conclusion == "failure"
    at = line_of_the_baseline(files)
    assert [a for a in answer.annotations if a.start_line == at and "grade D, the policy asks for B" in a.message]


@pytest.mark.parametrize(
    ("to", "said"),
    [
        ("https://metadata.example/latest", "`metadata.example` leads to an address that is not public"),
        ("https://inside.example/r.json", "`inside.example` leads to an address that is not public"),
        ("https://stranger.test/r.json", "redirected to `stranger.test`"),
        ("file:///etc/passwd", "no address of https"),
        (None, "There is no such file: `files.example` answers 404"),
    ],
    ids=["to a private address", "to what only links may name", "to a host not opened", "to a file", "not there"],
)
def test_a_link_that_leads_astray_is_told_at_its_line(team: Team, internet: Internet, to: str, said: str) -> None:
    files = linked(team, internet, "files.example")
    internet.name("metadata.example", [INTERNAL])
    internet.name("inside.example", [INTERNAL])
    internet.serve(f"files.example/{ARTIFACT}", redirect(to) if to else body(b"", 404))
    answer = team.answer(team.open(files))
    assert answer.conclusion == "failure"
    told = [(a.start_line, a.message) for a in answer.annotations]
    assert [message for line, message in told if line == line_of_the_baseline(files) and said in message], told
    assert {heard.address for heard in internet.heard} == {PUBLIC}
    goes_on(team)


def test_a_server_that_drips_is_unverified_until_it_answers(team: Team, internet: Internet) -> None:
    def drip(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 400\r\nConnection: close\r\n\r\n")
        for _ in range(400):
            handler.wfile.write(b"x")
            time.sleep(0.05)

    files = linked(team, internet, "files.example")
    whole = internet.answers[f"files.example/{ARTIFACT}"]
    internet.serve(f"files.example/{ARTIFACT}", drip)
    pull = team.open(files)
    until(lambda: team.runs(pull) and team.runs(pull)[0].status == "completed", "the head has an answer")
    first = team.runs(pull)[0]
    at = line_of_the_baseline(files)
    assert first.conclusion == "failure"
    assert [a for a in first.annotations if a.start_line == at and "did not answer in time" in a.message]
    internet.serve(f"files.example/{ARTIFACT}", whole)
    assert team.answer(pull).conclusion == "success"


def test_a_fork_s_link_into_the_network_waits(team: Team, internet: Internet) -> None:
    files = linked(team, internet, "inside.example")
    internet.name("inside.example", [INTERNAL])
    stranger = team.world.create_user("mallory")
    fork = team.world.fork(team.repo(), stranger)
    team.world.commit(fork, "tune", files, "Propose", stranger)  # type: ignore[arg-type]
    pull = team.world.open_pull(team.repo(), "From a fork", "tune", stranger, head_repo=fork)
    answer = team.answer(pull)
    at = line_of_the_baseline(files)
    assert answer.conclusion == "failure"
    assert [a for a in answer.annotations if a.start_line == at and "waits for ok-to-check" in a.message]
    assert not internet.heard
