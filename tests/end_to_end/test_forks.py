"""Is a login used for a fork's links before somebody who may write has looked at that very commit? Over the sandbox, end to end."""

from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from bot.sandbox.faults import Fault
from bot.sandbox.model import App, Pull
from bot.sandbox.server import Sandbox
from bot.sources.stores.operator import Operator
from bot.storage.audit import AuditLog
from tests.end_to_end.conftest import Team, at_work
from tests.end_to_end.test_commands import reactions, replies, say
from tests.end_to_end.test_stores import ARTIFACT, ROWS, ready
from tests.sources.stores.loopback import INTERNAL, Internet, body, running

WRITER, STRANGER = "ben-okafor", "mallory"
COMMIT = "a" * 40
HUB = f"huggingface.co/datasets/acme/evals/resolve/{COMMIT}"


@pytest.fixture
def internet(tmp_path: Path, sandbox: Sandbox) -> Iterator[Internet]:
    with running(tmp_path) as opened:
        port = urlsplit(sandbox.api_url).port or 0
        opened.name("127.0.0.1", [INTERNAL])
        opened.ports[INTERNAL, port] = port
        yield opened


@pytest.fixture
def team(sandbox: Sandbox, app: App, database_url: str, internet: Internet) -> Iterator[Team]:
    """The service of an operator who has a token of the hub."""
    operator = Operator.model_validate({"hub": {"token": "hf_t0ken"}})
    with at_work(sandbox, app, database_url, operator, internet.guard()) as opened:
        yield opened


def to_members(internet: Internet, name: str, content: bytes) -> None:
    """Let the hub give a file to whoever brings the token."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        known = handler.headers.get("authorization") == "Bearer hf_t0ken"
        (body(content, X_Repo_Commit=COMMIT) if known else body(b"", 401))(handler)

    internet.serve(f"{HUB}/{name}", answer)


@pytest.fixture
def pull(team: Team, internet: Internet) -> Pull:
    """A pull request from a fork, ready but for a baseline that lies behind a login at the hub; answered."""
    path, text, files = ready(team)
    folder = path.rpartition("/")[0]
    for name in (ARTIFACT, ROWS):
        to_members(internet, name, files.pop(f"{folder}/{name}").encode())
        text = text.replace(name, f"hf://datasets/acme/evals@{COMMIT}/{name}")
    stranger = team.world.create_user(STRANGER)
    fork = team.world.fork(team.repo(), stranger)
    team.world.commit(fork, "tune", {**files, path: text}, "Propose", stranger)  # type: ignore[arg-type]
    pull = team.open_from_fork(fork, stranger)
    team.answer(pull)
    return pull


def push(team: Team, pull: Pull) -> None:
    stranger = team.world.account(STRANGER)
    team.world.commit(pull.head_repo, pull.head_ref, {"notes.md": "more"}, "More", stranger)  # type: ignore[arg-type]


def logins(internet: Internet) -> int:
    return sum("authorization" in heard.headers for heard in internet.heard)


def asks_for(team: Team, pull: Pull) -> bool:
    """Say whether the answer tells who has to say what, for this very commit."""
    answer = team.answer(pull)
    told = [a.message for a in answer.annotations if "waits for ok-to-check" in a.message]
    assert (answer.conclusion == "failure") is bool(told)
    assert all(f"`/tunegate ok-to-check {pull.head_sha}`" in message for message in told)
    assert all("Somebody who may write" in message for message in told)
    return bool(told)


def test_a_login_is_used_only_for_the_commit_that_was_looked_at(team: Team, pull: Pull, internet: Internet) -> None:
    assert asks_for(team, pull)
    assert logins(internet) == 0
    said = say(team, pull, WRITER, f"/tunegate ok-to-check {pull.head_sha}")
    assert (reactions(said), replies(team, pull)) == (["eyes", "+1"], [])
    assert not asks_for(team, pull)
    used = logins(internet)
    assert used > 0
    push(team, pull)
    assert asks_for(team, pull)
    assert logins(internet) == used
    [entry] = AuditLog(team.service.database).entries()
    assert (entry.action, entry.actor, entry.number) == ("fork.ok_to_check", WRITER, pull.number)
    assert entry.subject != pull.head_sha


def test_a_word_without_a_commit_speaks_of_the_answer_that_was_shown(
    team: Team, pull: Pull, internet: Internet
) -> None:
    team.world.advance(timedelta(seconds=2))  # the sandbox tells whole seconds
    assert reactions(say(team, pull, WRITER, "/tunegate ok-to-check")) == ["eyes", "+1"]
    assert not asks_for(team, pull)


@pytest.mark.parametrize("body", ["/tunegate ok-to-check", "/tunegate ok-to-check {}"], ids=["bare", "with its commit"])
def test_a_push_before_the_command_is_carried_out_is_not_covered(
    team: Team, pull: Pull, internet: Internet, body: str
) -> None:
    team.world.advance(timedelta(seconds=2))
    with team.world.lock:
        said = team.world.comment(pull, team.world.account(WRITER), body.format(pull.head_sha))
        team.world.faults.append(Fault("GET", rf"/issues/comments/{said.id}$", times=-1, status=502))
    push(team, pull)
    team.world.faults.clear()
    team.rest()
    assert asks_for(team, pull)
    assert logins(internet) == 0
    assert reactions(said) == ["eyes", "confused"]
    assert f"`/tunegate ok-to-check {pull.head_sha}`" in replies(team, pull)[0]


def test_the_author_of_a_fork_cannot_let_it_in(team: Team, pull: Pull, internet: Internet) -> None:
    said = say(team, pull, STRANGER, f"/tunegate ok-to-check {pull.head_sha}")
    assert reactions(said) == ["eyes", "confused"]
    assert "Only somebody who may write" in replies(team, pull)[0]
    assert asks_for(team, pull)
    assert logins(internet) == 0


def test_a_command_that_was_edited_within_its_second_is_refused(team: Team, pull: Pull, internet: Internet) -> None:
    with team.world.lock:  # a writer's harmless comment becomes another's command, and shows no other time
        said = team.world.comment(pull, team.world.account(WRITER), "/tunegate explain data")
        written = said.updated_at
        team.world.edit_comment(said, team.world.account(WRITER), f"/tunegate ok-to-check {pull.head_sha}")
        said.updated_at = written
    team.rest()
    assert (reactions(said), logins(internet)) == ([], 0)


def test_a_pull_request_of_the_repository_itself_waits_for_nobody(team: Team) -> None:
    path, _, files = ready(team)
    pull = team.open(dict(files))
    assert team.answer(pull).conclusion == "success"
    said = say(team, pull, WRITER, f"/tunegate ok-to-check {pull.head_sha}")
    assert reactions(said) == ["eyes", "confused"]
    assert "comes from this repository itself" in replies(team, pull)[0]
