"""Which commits are there, and what separates two of them?"""

from datetime import UTC, datetime

from bot.sandbox.api.access import in_repo, reading
from bot.sandbox.api.call import Answer, Call, ok
from bot.sandbox.api.fields import Fields
from bot.sandbox.git_objects import Commit
from bot.sandbox.model import Repo
from bot.sandbox.representations import commits as described
from bot.sandbox.representations.pulls import simple as simple_pull
from bot.sandbox.state import Refused, not_found

_MOST_COMPARED = 250  # commits of a comparison without pages (docs: compare two commits)


def resolved(call: Call, repo: Repo, name: str) -> Commit:
    """Find the commit that a path names; raises Refused 422, as the endpoints on commits and checks do."""
    try:
        return call.world.resolve(repo, name)
    except Refused:
        raise Refused(422, f"No commit found for SHA: {name}") from None


def _list(call: Call, repo: Repo) -> Answer:
    if not repo.branches:
        raise Refused(409, "Git Repository is empty.")
    try:
        start = call.world.resolve(repo, call.query.get("sha"))
    except Refused:
        raise not_found() from None
    listed, path = repo.objects.history(start.sha), call.query.get("path")
    if path:
        listed = [each for each in listed if _touches(repo, each, path.strip("/"))]
    since, until = _instant(call, "since"), _instant(call, "until")
    listed = [each for each in listed if (not since or each.when >= since) and (not until or each.when <= until)]
    return call.listed(listed, lambda each: described.commit(call.world, repo, each))


def _touches(repo: Repo, commit: Commit, path: str) -> bool:
    """Say whether a commit has something at a path that none of its parents has; of a merge, git lists no other."""
    here = repo.objects.at(commit.tree, path)
    before = [repo.objects.at(repo.objects.commits[parent].tree, path) for parent in commit.parents]
    return here not in before if before else here is not None


def _instant(call: Call, name: str) -> datetime | None:
    said = Fields(call.query).instant(name)
    return None if said is None else said.astimezone(UTC)


def _get(call: Call, repo: Repo) -> Answer:
    return ok(described.full_commit(call.world, repo, resolved(call, repo, call.text("ref"))))


def _pulls(call: Call, repo: Repo) -> Answer:
    sha = resolved(call, repo, call.text("commit_sha")).sha
    holding = [pull for pull in repo.pulls.values() if _holds(call, repo, sha, pull.number)]
    return call.listed(holding, lambda pull: simple_pull(call.world, pull))


def _holds(call: Call, repo: Repo, sha: str, number: int) -> bool:
    pull = repo.pulls[number]
    return pull.merge_sha == sha or any(each.sha == sha for each in call.world.pull_commits(pull))


def _compare(call: Call, repo: Repo) -> Answer:
    name = call.text("basehead")
    first, dots, second = name.partition("...")
    if not dots:
        raise not_found()
    base, head = _end(call, repo, first), _end(call, repo, second)
    ahead = repo.objects.between(base.sha, head.sha)
    paged = "page" in call.query or "per_page" in call.query
    commits, headers = call.page(ahead) if paged else (ahead[-_MOST_COMPARED:], {})
    found = described.comparison(call.world, repo, name, base, head, list(commits))
    if call.query.get("page", "1") != "1":
        found["files"] = []  # docs: compare two commits: files stand on the first page only
    return Answer(200, found, headers)


def _end(call: Call, repo: Repo, name: str) -> Commit:
    """Find one end of a comparison: a name of a commit, perhaps in a fork (`owner:name`); raises Refused 404."""
    owner, colon, ref = name.partition(":")
    where = repo
    if colon:
        related = [each for each in call.world.repos.values() if each.objects is repo.objects]
        forks = [each for each in related if each.owner.login.lower() == owner.lower()]
        if not forks:
            raise not_found()
        where = forks[0]
    try:
        return call.world.resolve(where, ref if colon else name)
    except Refused:
        raise not_found() from None


ENDPOINTS = (
    in_repo("GET", "/commits", _list, reading("contents")),
    in_repo("GET", "/commits/{ref:path}", _get, reading("contents")),
    in_repo("GET", "/commits/{commit_sha}/pulls", _pulls, reading("pull_requests", "contents")),
    in_repo("GET", "/compare/{basehead:path}", _compare, reading("contents")),
)
