"""What does git itself know? Trees, blobs, commits and references."""

from bot.sandbox.api.access import in_repo, reading, writing
from bot.sandbox.api.call import Answer, Call, created, done, ok, raw
from bot.sandbox.api.callers import author
from bot.sandbox.git_objects import Entry
from bot.sandbox.model import Repo
from bot.sandbox.representations import contents as described
from bot.sandbox.representations.commits import git_commit, reference
from bot.sandbox.state import Refused, not_found

_HEADS = "heads/"


def _tree(call: Call, repo: Repo) -> Answer:
    name = call.text("tree_sha")
    sha = name if name in repo.objects.trees else call.world.resolve(repo, name).tree
    # docs: any value of `recursive` asks for the trees below, `0` and `false` too
    return ok(described.tree(call.world, repo, sha, recursive="recursive" in call.query))


def _blob(call: Call, repo: Repo) -> Answer:
    sha = call.text("file_sha")
    if call.accept == "raw" and sha in repo.objects.blobs:
        return raw(described.read(repo, Entry("", sha)), call)
    return ok(described.blob(call.world, repo, sha))


def _commit(call: Call, repo: Repo) -> Answer:
    made = repo.objects.commits.get(call.text("commit_sha"))
    if made is None:
        raise not_found()
    return ok(git_commit(call.world, repo, made))


def _branch_of(call: Call, repo: Repo) -> str:
    name = call.text("ref")
    if not name.startswith(_HEADS) or name.removeprefix(_HEADS) not in repo.branches:
        raise not_found()
    return name.removeprefix(_HEADS)


def _reference(call: Call, repo: Repo) -> Answer:
    return ok(reference(call.world, repo, _branch_of(call, repo)))


def _matching(call: Call, repo: Repo) -> Answer:
    names = [name for name in sorted(repo.branches) if f"{_HEADS}{name}".startswith(call.text("ref"))]
    return ok([reference(call.world, repo, name) for name in names])


def _create_reference(call: Call, repo: Repo) -> Answer:
    name, sha = call.body.text("ref"), call.body.text("sha")
    branch = name.removeprefix("refs/heads/")
    if branch == name or not branch:
        raise Refused(422, "Reference name must start with 'refs/heads/'")
    if branch in repo.branches:
        raise Refused(422, "Reference already exists")
    call.world.push(repo, branch, sha, author(call.caller)[0])
    return created(reference(call.world, repo, branch))


def _move_reference(call: Call, repo: Repo) -> Answer:
    sha, force = call.body.text("sha"), call.body.flag("force")
    try:
        branch = _branch_of(call, repo)
    except Refused:
        raise Refused(422, "Reference does not exist") from None
    call.world.push(repo, branch, sha, author(call.caller)[0], force=force)
    return ok(reference(call.world, repo, branch))


def _delete_reference(call: Call, repo: Repo) -> Answer:
    call.world.delete_branch(repo, call.text("ref").removeprefix(_HEADS), author(call.caller)[0])
    return done()


ENDPOINTS = (
    in_repo("GET", "/git/trees/{tree_sha:path}", _tree, reading("contents")),
    in_repo("GET", "/git/blobs/{file_sha}", _blob, reading("contents")),
    in_repo("GET", "/git/commits/{commit_sha}", _commit, reading("contents")),
    in_repo("GET", "/git/ref/{ref:path}", _reference, reading("contents")),
    in_repo("GET", "/git/matching-refs/{ref:path}", _matching, reading("contents")),
    in_repo("POST", "/git/refs", _create_reference, writing("contents")),
    in_repo("PATCH", "/git/refs/{ref:path}", _move_reference, writing("contents")),
    in_repo("DELETE", "/git/refs/{ref:path}", _delete_reference, writing("contents")),
)
