"""What does a webhook say? The body of each event, as it was when the event happened."""

from collections.abc import Callable, Mapping
from typing import TypeVar

from bot.sandbox.git_objects import Commit
from bot.sandbox.model import App, CheckRun, CheckSuite, Comment, Event, Installation, Pull, Repo, Review, Status
from bot.sandbox.repositories import ZERO
from bot.sandbox.representations import apps, checks, commits, conversation, pulls, repositories
from bot.sandbox.representations.accounts import simple_organization, simple_user
from bot.sandbox.representations.notation import Json, node_id, stamp
from bot.sandbox.world import World

T = TypeVar("T")

_MOST_COMMITS = 2048  # of one push (docs: webhook events, push)
_MOST_BRANCHES = 10  # of one status


def payload(world: World, event: Event, installation: Installation | None) -> Json:
    """Build the body of a webhook for one installation; called under the world's lock, while the event happens."""
    body: Json = {} if event.action is None else {"action": event.action}
    body |= _PARTS[event.name](world, event)
    if event.repo is not None:
        pushed = event.name == "push"
        whole = repositories.pushed(world, event.repo) if pushed else repositories.repository(world, event.repo)
        body["repository"] = whole
        if event.repo.owner.kind == "Organization":
            body["organization"] = simple_organization(world, event.repo.owner)
    if installation is not None and "installation" not in body:
        number = installation.id
        body["installation"] = {"id": number, "node_id": node_id("IntegrationInstallation", number)}
    return body | {"sender": simple_user(world, event.sender)}


def is_known(event: Event) -> bool:
    """Say whether there is a webhook for an event."""
    return event.name in _PARTS


def _ping(world: World, event: Event) -> Json:
    app = _of(event, App)
    hook: Json = {
        "type": "App",
        "id": app.hook_id,
        "name": "web",
        "active": True,
        "events": list(app.events),
        "config": {"content_type": "json", "insecure_ssl": "0", "secret": "********", "url": app.webhook_url},
        "updated_at": stamp(app.created_at),
        "created_at": stamp(app.created_at),
        "app_id": app.id,
        "deliveries_url": f"{world.api_url}/app/hook/deliveries",
    }
    return {"zen": "Keep it logically awesome.", "hook_id": app.hook_id, "hook": hook}


def _pull_request(world: World, event: Event) -> Json:
    pull = _of(event, Pull)
    return {"number": pull.number, "pull_request": pulls.full(world, pull), **event.details}


def _push(world: World, event: Event) -> Json:
    repo, details = _of(event, Repo), event.details
    before, after = str(details["before"]), str(details["after"])
    page = repositories.page(world, repo)
    new = [] if after == ZERO else _new_commits(repo, str(details["ref"]), before, after)
    told = [commits.pushed_commit(world, repo, each) for each in new[-_MOST_COMMITS:]]
    gone, head = after == ZERO, repo.objects.commits.get(after)
    return {
        "ref": details["ref"],
        "before": before,
        "after": after,
        "created": before == ZERO,
        "deleted": gone,
        "forced": bool(details["forced"]),
        "base_ref": None,
        "compare": f"{page}/compare/{before[:12]}...{after[:12]}",
        "commits": told,
        "head_commit": None if head is None else commits.pushed_commit(world, repo, head),
        "pusher": {"name": event.sender.login, "email": None},
    }


def _new_commits(repo: Repo, ref: str, before: str, after: str) -> list[Commit]:
    """List what a push brought: for a new branch what the default branch lacks."""
    known: str | None = before
    if before == ZERO:
        default = repo.branches.get(repo.default_branch)
        known = None if ref == f"refs/heads/{repo.default_branch}" else default
    return repo.objects.between(known, after)


def _check_suite(world: World, event: Event) -> Json:
    return {"check_suite": checks.suite(world, _of(event, CheckSuite))}


def _check_run(world: World, event: Event) -> Json:
    return {"check_run": checks.told_run(world, _of(event, CheckRun)), **event.details}


def _status(world: World, event: Event) -> Json:
    status = _of(event, Status)
    repo = status.repo
    holding = [name for name, tip in repo.branches.items() if tip == status.sha][:_MOST_BRANCHES]
    return {
        "id": status.id,
        "sha": status.sha,
        "name": repo.full_name,
        "avatar_url": f"{world.url}/avatars/{status.creator.id}",
        "target_url": status.target_url,
        "context": status.context,
        "description": status.description,
        "state": status.state,
        "commit": commits.commit(world, repo, repo.objects.commits[status.sha]),
        "branches": [commits.branch(world, repo, name) for name in holding],
        "created_at": stamp(status.created_at),
        "updated_at": stamp(status.created_at),
    }


def _issue_comment(world: World, event: Event) -> Json:
    comment = _of(event, Comment)
    return {
        "issue": conversation.issue(world, comment.issue),
        "comment": conversation.comment(world, comment),
        **event.details,
    }


def _review(world: World, event: Event) -> Json:
    review = _of(event, Review)
    described = conversation.review(world, review)
    return {
        # the webhook writes the state in small letters, the API in capitals
        "review": described | {"state": review.state.lower(), "body": review.body or None},
        "pull_request": pulls.simple(world, review.pull),
    }


def _installation(world: World, event: Event) -> Json:
    place = _of(event, Installation)
    seen = [repositories.named(repo) for repo in world.repositories_of(place)]
    return {"installation": apps.installation(world, place), "repositories": seen, "requester": None}


def _installation_repositories(world: World, event: Event) -> Json:
    place, changed = _of(event, Installation), event.details["repositories"]
    named = (
        [repositories.named(repo) for repo in changed if isinstance(repo, Repo)] if isinstance(changed, list) else []
    )
    return {
        "installation": apps.installation(world, place),
        "repository_selection": "all" if place.selected is None else "selected",
        "repositories_added": named if event.action == "added" else [],
        "repositories_removed": named if event.action == "removed" else [],
        "requester": None,
    }


_PARTS: Mapping[str, Callable[[World, Event], Json]] = {
    "ping": _ping,
    "pull_request": _pull_request,
    "push": _push,
    "check_suite": _check_suite,
    "check_run": _check_run,
    "status": _status,
    "issue_comment": _issue_comment,
    "pull_request_review": _review,
    "installation": _installation,
    "installation_repositories": _installation_repositories,
}


def _of(event: Event, kind: type[T]) -> T:
    assert isinstance(event.subject, kind)  # noqa: S101  # whoever tells an event tells it of its own kind
    return event.subject
