"""How are pull requests listed, opened, changed and merged through the API?"""

from collections.abc import Callable
from datetime import datetime
from typing import Literal

from bot.sandbox.api.access import in_repo, reading, writing
from bot.sandbox.api.call import Answer, Call, created, done, ok
from bot.sandbox.api.callers import AsUser, author
from bot.sandbox.model import Pull, Repo
from bot.sandbox.representations import pulls as described
from bot.sandbox.representations.commits import changed_file, commit
from bot.sandbox.state import Refused, invalid, not_found

LONGEST_TITLE = 256
_STATES: tuple[Literal["open", "closed"], ...] = ("open", "closed")
_METHODS: tuple[Literal["merge", "squash", "rebase"], ...] = ("merge", "squash", "rebase")
_MOST_COMMITS = 250  # docs: list commits on a pull request
_SORTS: dict[str, Callable[[Pull], datetime]] = {
    "created": lambda pull: pull.issue.created_at,
    "updated": lambda pull: pull.issue.updated_at,
}


def pull_of(call: Call, repo: Repo) -> Pull:
    """Find the pull request that a path names; raises Refused 404."""
    return call.world.pull(repo, call.number("pull_number"))


def _list(call: Call, repo: Repo) -> Answer:
    query = call.query
    state = query.get("state", "open")
    found = [pull for pull in repo.pulls.values() if state in ("all", pull.issue.state)]
    if head := query.get("head"):
        found = [each for each in found if f"{each.head_repo.owner.login}:{each.head_ref}".lower() == head.lower()]
    if base := query.get("base"):
        found = [each for each in found if each.base_ref == base]
    sort = query.get("sort", "created")
    newest_first = query.get("direction", "desc" if sort == "created" else "asc") == "desc"
    key = _SORTS.get(sort, _SORTS["created"])
    found.sort(key=lambda pull: (key(pull), pull.number), reverse=newest_first)
    return call.listed(found, lambda pull: described.simple(call.world, pull))


def _get(call: Call, repo: Repo) -> Answer:
    return ok(described.full(call.world, pull_of(call, repo)))


def _create(call: Call, repo: Repo) -> Answer:
    body, who = call.body, author(call.caller)[0]
    base, (source, head) = body.text("base"), _head(call, repo)
    title = body.text_or_none("title")
    if not title:
        raise invalid("PullRequest", "title", "missing_field")
    pull = call.world.open_pull(
        repo,
        _short(title),
        head,
        who,
        base=base,
        body=body.text_or_none("body"),
        draft=body.flag("draft"),
        head_repo=source,
    )
    return created(described.full(call.world, pull))


def _head(call: Call, repo: Repo) -> tuple[Repo, str]:
    """Find the branch to be merged: `branch`, or `owner:branch` in a repository of the same network."""
    owner, colon, branch = call.body.text("head").partition(":")
    if not colon:
        return repo, owner
    name = call.body.text_or_none("head_repo")
    for source in call.world.repos.values():
        related = source.objects is repo.objects and source.owner.login.lower() == owner.lower()
        if related and name in (None, source.name):
            return source, branch
    raise invalid("PullRequest", "head")


def _short(title: str) -> str:
    if len(title) > LONGEST_TITLE:
        message = f"title is too long (maximum is {LONGEST_TITLE} characters)"
        raise invalid("PullRequest", "title", "custom", message)
    return title


def _update(call: Call, repo: Repo) -> Answer:
    pull, body, who = pull_of(call, repo), call.body, author(call.caller)[0]
    if isinstance(call.caller, AsUser) and who is not pull.issue.author and not call.world.may(repo, who, "write"):
        raise Refused(403, "Must have push access to change somebody else's pull request.")
    title = body.text_or_none("title")
    call.world.edit_pull(
        pull,
        who,
        title=None if title is None else _short(title),
        body=body.text_or_none("body"),
        base=body.text_or_none("base"),
        state=body.one_of_or_none("state", _STATES),
    )
    return ok(described.full(call.world, pull))


def _files(call: Call, repo: Repo) -> Answer:
    pull = pull_of(call, repo)
    changed = call.world.changed_files(pull)
    return call.listed(changed, lambda each: changed_file(call.world, repo, pull.head_sha, each))


def _commits(call: Call, repo: Repo) -> Answer:
    commits = call.world.pull_commits(pull_of(call, repo))[:_MOST_COMMITS]
    return call.listed(commits, lambda each: commit(call.world, repo, each))


def _is_merged(call: Call, repo: Repo) -> Answer:
    if pull_of(call, repo).merged_at is None:
        raise not_found()
    return done()


def _merge(call: Call, repo: Repo) -> Answer:
    pull, body = pull_of(call, repo), call.body
    sha = call.world.merge(
        pull,
        author(call.caller)[0],
        method=body.one_of_or_none("merge_method", _METHODS) or "merge",
        sha=body.text_or_none("sha"),
        title=body.text_or_none("commit_title"),
        message=body.text_or_none("commit_message"),
    )
    return ok({"sha": sha, "merged": True, "message": "Pull Request successfully merged"})


ENDPOINTS = (
    in_repo("GET", "/pulls", _list, reading("pull_requests")),
    in_repo("POST", "/pulls", _create, writing("pull_requests", user="read")),
    in_repo("GET", "/pulls/{pull_number:int}", _get, reading("pull_requests")),
    in_repo("PATCH", "/pulls/{pull_number:int}", _update, writing("pull_requests", user="read")),
    in_repo("GET", "/pulls/{pull_number:int}/files", _files, reading("pull_requests")),
    in_repo("GET", "/pulls/{pull_number:int}/commits", _commits, reading("pull_requests")),
    in_repo("GET", "/pulls/{pull_number:int}/merge", _is_merged, reading("pull_requests")),
    in_repo("PUT", "/pulls/{pull_number:int}/merge", _merge, writing("contents")),
)
