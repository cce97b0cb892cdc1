"""When the service is killed between a delivery and its answer, is the answer given after the restart, exactly once?"""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import requests

from bot.report.words import CHECK_RUN_NAME
from bot.sandbox.model import App, Pull
from bot.sandbox.server import Sandbox
from bot.sandbox.world import Fault
from tests.end_to_end.conftest import Team, until

ROOT = Path(__file__).resolve().parents[2]


@contextmanager
def a_service(environment: dict[str, str], url: str) -> Iterator[subprocess.Popen[bytes]]:
    """Run the service in a process of its own, until the end of the block at the latest."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.end_to_end.serve"], cwd=ROOT, env={**os.environ, **environment}
    )
    try:
        until(lambda: process.poll() is None and answers(url), "the service answers")
        yield process
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
        process.wait(60)


def answers(url: str) -> bool:
    try:
        return requests.get(f"{url}/readyz", timeout=5).status_code == 200
    except requests.ConnectionError:
        return False


def set_up(sandbox: Sandbox, app: App, database_url: str, folder: Path) -> tuple[dict[str, str], str]:
    """Let the App hear its webhooks at a free port; return the environment of the service there, and its address."""
    port, key = free_port(), folder / "key.pem"
    key.write_text(app.private_key_pem or "")
    url = f"http://127.0.0.1:{port}"
    sandbox.world.set_webhook(app, f"{url}/github/webhook")
    environment = {
        "DATABASE_URL": database_url,
        "TUNEGATE_PORT": str(port),
        "TUNEGATE_GITHUB_APP_ID": str(app.id),
        "TUNEGATE_GITHUB_PRIVATE_KEY_FILE": str(key),
        "TUNEGATE_GITHUB_WEBHOOK_SECRET": app.webhook_secret,
        "TUNEGATE_GITHUB_API_URL": sandbox.api_url,
    }
    return environment, url


@pytest.mark.parametrize(
    "moment",
    [
        Fault("GET", "/contents/.*train.jsonl", action="delay", seconds=20),
        Fault("POST", "/check-runs", action="delay", seconds=20, after=True),
        Fault("PATCH", "/check-runs", action="delay", seconds=20, after=True),
        Fault("POST", r"/issues/\d+/comments", action="delay", seconds=20, after=True),
        Fault("POST", r"/pulls/\d+/reviews", action="delay", seconds=20, after=True),
    ],
    ids=["reading evidence", "beginning", "completing", "commenting", "remarking"],
)
def test_a_killed_service_answers_once_after_its_restart(
    sandbox: Sandbox, app: App, database_url: str, tmp_path: Path, moment: Fault
) -> None:
    world = sandbox.world
    environment, url = set_up(sandbox, app, database_url, tmp_path)
    team = Team(world, app, None)  # type: ignore[arg-type]  # the service is another process here
    world.faults.append(moment)
    with a_service(environment, url) as first:
        world.install(app, world.account("acme"))
        pull = team.open(dict(team.example("not-yet")[1]))
        until(lambda: moment.times == 0, "the service is in the middle of it")
        until(team.sandbox_is_quiet, "the delivery was accepted")
        first.kill()
        first.wait(30)
    with a_service(environment, url):
        until(lambda: is_answered(team, pull), "the head is answered in full")
    completed = [run for run in team.runs(pull) if run.status == "completed"]
    assert [run.conclusion for run in completed] == ["failure"]
    assert len(world.runs(pull.repo, pull.head_sha, name=CHECK_RUN_NAME, latest=False)) == 1
    told = [(a.start_line, a.title, a.message) for a in completed[0].annotations]
    assert len(told) == len(set(told))
    assert len(team.comments(pull)) == 1
    assert len({comment.review.id for comment in world.review_comments(pull)}) == 1
    assert len(team.statuses(pull)) == 1


def test_a_service_that_is_told_to_stop_finishes_the_answer_that_it_has_begun(
    sandbox: Sandbox, app: App, database_url: str, tmp_path: Path
) -> None:
    environment, url = set_up(sandbox, app, database_url, tmp_path)
    team = Team(sandbox.world, app, None)  # type: ignore[arg-type]  # the service is another process here
    moment = Fault("GET", "/contents/.*train.jsonl", action="delay", seconds=1)
    sandbox.world.faults.append(moment)
    with a_service(environment, url) as process:
        sandbox.world.install(app, sandbox.world.account("acme"))
        pull = team.open(dict(team.example("not-yet")[1]))
        until(lambda: moment.times == 0, "the service is in the middle of it")
        process.send_signal(signal.SIGTERM)
        process.wait(60)
    assert is_answered(team, pull)


def is_answered(team: Team, pull: Pull) -> bool:
    runs = team.runs(pull)
    return bool(
        runs
        and runs[0].status == "completed"
        and team.statuses(pull)
        and team.comments(pull)
        and team.world.review_comments(pull)
    )


def free_port() -> int:
    import socket

    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        port: int = trial.getsockname()[1]
        return port
