"""What happens in the demo? An organisation with three repositories, and a pull request in each: a team's honest work.

The samples are the proposals in `examples/`, their dates moved so that they are as fresh as on the day they were written.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from bot.report.words import CHECK_RUN_NAME
from bot.sandbox.model import App, Pull
from bot.sandbox.world import RequiredCheck, World

ORGANISATION = "acme"
WRITTEN_ON = date(2026, 11, 24)  # the day on which the dates in `examples/` were true
PERMISSIONS = {
    "metadata": "read",
    "contents": "read",
    "checks": "write",
    "statuses": "write",
    "pull_requests": "write",
    "issues": "write",
    "members": "read",
    "merge_queues": "read",
    "actions": "read",
}
EVENTS = ("pull_request", "pull_request_review", "issue_comment", "check_run", "check_suite", "push")


@dataclass(frozen=True, slots=True)
class Sample:
    """One pull request of the demo: which example it brings where, and the verdict that it must get."""

    example: str
    repository: str
    branch: str
    folder: str
    title: str
    body: str
    author: str
    verdict: str
    accepted_by: str | None = None  # the backup, who says so on the pull request


SAMPLES = (
    Sample(
        "ready",
        "support-tools",
        "tune-ticket-router",
        "adapters/ticket-router",
        "Tune a ticket router",
        "Prompt and retrieval stop at 82 %. We need 92 % for automatic routing, and the labels are there.",
        "ana-lopes",
        "ready",
        accepted_by="ben-okafor",
    ),
    Sample(
        "not-yet",
        "product-assistant",
        "teach-the-products",
        "adapters/product-expert",
        "Teach the assistant our products",
        "It invents warranties. With our product sheets in its weights it would know them.",
        "ben-okafor",
        "not_yet",
    ),
    Sample(
        "false-claim",
        "back-office",
        "invoice-reader",
        "adapters/invoice-reader",
        "An invoice reader on a small model",
        "5,000 examples are labelled, and it pays for itself in nine days.",
        "ana-lopes",
        "not_yet",
        accepted_by="ben-okafor",
    ),
)


@dataclass(frozen=True, slots=True)
class Opened:
    """A sample that has become a pull request."""

    sample: Sample
    pull: Pull


def populate(world: World) -> App:
    """Make people, an organisation, its repositories and the App; nothing is told to anybody yet."""
    acme = world.create_org(ORGANISATION, "Acme Support")
    people = [("lena-brandt", "Lena Brandt"), ("ana-lopes", "Ana Lopes"), ("ben-okafor", "Ben Okafor")]
    lead, *team = [world.create_user(login, name) for login, name in people]
    world.add_member(acme, lead, "admin", public=True)
    for person in team:
        world.add_member(acme, person)
    app = world.create_app("Tunegate", acme, permissions=PERMISSIONS, events=EVENTS)
    for sample in SAMPLES:
        readme = f"# {sample.repository}\n\nAdapters live in `adapters/`, one folder each, with their proposals.\n"
        repo = world.create_repo(acme, sample.repository, {"README.md": readme}, author=lead)
        repo.required_checks = (RequiredCheck(CHECK_RUN_NAME, app.id),)
        for person in team:
            world.add_collaborator(repo, person, "write")
    return app


def open_pulls(world: World, examples: Path, today: date, opened: Callable[[Opened], None]) -> tuple[Opened, ...]:
    """Open the three pull requests, telling of each as it is there."""
    pulls = []
    for sample in SAMPLES:
        repo = world.repo(f"{ORGANISATION}/{sample.repository}")
        author = world.account(sample.author)
        files = {f"{sample.folder}/{path}": text for path, text in files_of(examples / sample.example, today).items()}
        world.commit(repo, sample.branch, files, sample.title, author)
        with world.lock:  # the backup has agreed before anybody looks
            pull = world.open_pull(repo, sample.title, sample.branch, author, body=sample.body)
            if sample.accepted_by:
                world.comment(pull, world.account(sample.accepted_by), "Happy to stand in.\n\n/tunegate own")
        pulls.append(Opened(sample, pull))
        opened(pulls[-1])
    return tuple(pulls)


def files_of(folder: Path, today: date) -> dict[str, str]:
    """Read an example's files by their paths, the dates of its proposal and its runs as fresh as on the day it was written."""
    texts = {
        path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8")
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
    return {
        path: _as_of(text, today) if path.endswith((".yaml", "_results.json", "usage.csv")) else text
        for path, text in texts.items()
    }


def _as_of(text: str, today: date) -> str:
    """Move every date of a proposal, of the artifact of a run or of usage, by the days since it was written."""
    moved = today - WRITTEN_ON
    return re.sub(r"\b\d{4}-\d{2}-\d{2}(?!\d)", lambda found: _moved(found[0], moved), text)


def _moved(day: str, by: timedelta) -> str:
    return (date.fromisoformat(day) + by).isoformat()
