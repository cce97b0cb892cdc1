"""`tunegate demo`: a local GitHub, the service, and three pull requests that are reviewed while you watch."""

import argparse
import json
import shutil
import socket
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

from bot.cli import demo_world
from bot.cli.demo_world import Opened
from bot.cli.running import listener, serving, start_logging, until_told_to_stop, working_beside
from bot.cli.serve import server
from bot.clock import SystemClock
from bot.readiness.finding import FIVE
from bot.report.words import CHECK_RUN_NAME
from bot.sandbox.model import App, CheckRun
from bot.sandbox.server import Sandbox
from bot.sandbox.world import World
from bot.settings import GitHubApp, Settings, shipped
from bot.wiring.databases import CannotStart
from bot.wiring.service import Service, open_service

GITHUB_PORT, SERVICE_PORT = 3999, 4000
_PATIENCE = 50.0  # seconds for all three reviews


def run(chosen: argparse.Namespace) -> int:
    """Show the demo; with `--once` return 0 when every sample got the verdict that it must get, else 1."""
    if chosen.json and not chosen.once:
        print("tunegate demo: --json goes with --once", file=sys.stderr)
        return 2
    start_logging()
    folder = Path(tempfile.mkdtemp(prefix="tg-demo-"))
    folder.chmod(0o711)  # root hands PostgreSQL to another account, which must get through
    try:
        with until_told_to_stop() as stop:
            return _show(chosen, folder, stop)
    except CannotStart as error:
        print(f"tunegate demo: {error}", file=sys.stderr)
        print("The demo keeps its data in a temporary folder: set TMPDIR to choose another place.", file=sys.stderr)
        return 2
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _show(chosen: argparse.Namespace, folder: Path, stop: threading.Event) -> int:
    wanted = (0, 0) if chosen.once and chosen.port is None else (chosen.port or GITHUB_PORT, SERVICE_PORT)
    world = World()
    _say("Starting a local GitHub, PostgreSQL and the service ...")
    with Sandbox(world, port=_free(wanted[0])) as sandbox:
        app = demo_world.populate(world)
        place = listener("127.0.0.1", _free(wanted[1]))
        settings = _settings(app, sandbox.api_url, place.getsockname()[1], folder)
        with open_service(settings) as service, serving(server(service), place), working_beside(service):
            world.set_webhook(app, f"{settings.url}/github/webhook")
            world.install(app, world.account(demo_world.ORGANISATION))
            today = SystemClock().today()
            opened = demo_world.open_pulls(
                world, shipped("examples"), today, lambda one: _say(f"  opened {_place(one)}")
            )
            posted = _await_answers(world, opened, stop)
            if chosen.once:
                return _report_once(opened, posted, service, as_json=chosen.json)
            if not stop.is_set():
                _invite(world, opened, posted, settings)
            stop.wait()
            _say("Stopping ...")
    return 0


def _settings(app: App, api_url: str, port: int, folder: Path) -> Settings:
    key = app.private_key_pem or ""
    return Settings(GitHubApp(app.id, key, (app.webhook_secret,), api_url), data=folder, port=port)


def _await_answers(world: World, opened: tuple[Opened, ...], stop: threading.Event) -> list[CheckRun | None]:
    """Wait until each head has its completed check run; None for one that did not come in time."""
    end = time.monotonic() + _PATIENCE
    answers: dict[int, CheckRun] = {}
    while len(answers) < len(opened) and time.monotonic() < end and not stop.wait(0.05):
        for index, one in enumerate(opened):
            runs = world.runs(one.pull.repo, one.pull.head_sha, name=CHECK_RUN_NAME)
            if index not in answers and runs and runs[0].status == "completed" and _is_settled(world, one):
                answers[index] = runs[0]
                _say(f"  {runs[0].conclusion}: {one.pull.repo.full_name} #{one.pull.number}: {runs[0].title}")
    return [answers.get(index) for index in range(len(opened))]


def _is_settled(world: World, one: Opened) -> bool:
    """Say whether the status, which follows the check run, is there too."""
    return any(status.state != "pending" for status in world.statuses(one.pull.repo, one.pull.head_sha))


def _report_once(opened: tuple[Opened, ...], posted: list[CheckRun | None], service: Service, *, as_json: bool) -> int:
    found = [_as_posted(one, answer, service) for one, answer in zip(opened, posted, strict=True) if answer]
    if as_json:
        print(json.dumps(found, indent=2, ensure_ascii=False))
    else:
        for entry in found:
            print(f"{entry['conclusion']:<8} {entry['repository']} #{entry['number']}: {entry['title']}")
    wanted = [one.sample.verdict for one in opened]
    if [entry["verdict"] for entry in found] == wanted:
        return 0
    print(f"tunegate demo: the verdicts must be {', '.join(wanted)}", file=sys.stderr)
    return 1


def _as_posted(one: Opened, answer: CheckRun, service: Service) -> dict[str, Any]:
    """Tell what stands on the sandbox, with the verdict and items of the review behind it."""
    repo = one.pull.repo
    review = service.ledger.latest(repo.id, one.pull.number)
    proposals = review.verdict["proposals"] if review else []
    return {
        "repository": repo.full_name,
        "number": one.pull.number,
        "head_sha": answer.head_sha,
        "conclusion": answer.conclusion,
        "title": answer.title,
        "verdict": review.verdict["verdict"] if review else None,
        "items": {item.value: entry["items"][item.value]["outcome"] for entry in proposals for item in FIVE},
        "annotations": [
            {"path": a.path, "line": a.start_line, "level": a.level, "message": a.message} for a in answer.annotations
        ],
    }


def _invite(world: World, opened: tuple[Opened, ...], posted: list[CheckRun | None], settings: Settings) -> None:
    print(f"\nThe local GitHub:  {world.url}")
    print(f"The service:       {settings.url}\n")
    for one, answer in zip(opened, posted, strict=True):
        print(f"  {world.url}/{one.pull.repo.full_name}/pull/{one.pull.number}")
        print(f"      {answer.title if answer else 'no answer yet'}")
    print(
        "\nEdit a proposal there, push, and watch the next review. Ctrl-C stops everything and forgets it.", flush=True
    )


def _place(one: Opened) -> str:
    return f"{one.pull.repo.full_name} #{one.pull.number}: {one.sample.title}"


def _free(port: int) -> int:
    """Take a port if it is free, else any other (0)."""
    if port == 0:
        return 0
    with socket.socket() as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind(("127.0.0.1", port))
        except OSError:
            _say(f"Port {port} is taken; another one is used.")
            return 0
    return port


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)
