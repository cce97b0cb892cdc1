"""What lies at a path of a repository, and how is it changed through the API?"""

import base64
import binascii
import re

from bot.sandbox.api.access import in_repo, reading, writing
from bot.sandbox.api.call import Answer, Call, ok, raw
from bot.sandbox.api.callers import author
from bot.sandbox.git_objects import Commit, Entry
from bot.sandbox.model import Repo
from bot.sandbox.representations import contents as described
from bot.sandbox.representations.commits import git_commit
from bot.sandbox.state import Refused, invalid, not_found

_MALFORMED = re.compile(r"(^|/)(\.{0,2}|\.git)(/|$)|[\x00-\x1f]", re.IGNORECASE)


def _get(call: Call, repo: Repo) -> Answer:
    if not repo.branches and "ref" not in call.query:
        raise Refused(404, "This repository is empty.")
    commit = call.world.resolve(repo, call.query.get("ref"))
    ref, path = call.query.get("ref") or repo.default_branch, str(call.parameters.get("path", "")).rstrip("/")
    path, entry = described.locate(repo, commit, path)
    if entry.type == "tree":
        if call.accept == "object":
            return ok(described.folder_object(call.world, repo, commit, ref, path, entry))
        return ok(described.folder(call.world, repo, commit, ref, path, entry))
    if call.accept == "raw" and entry.type == "blob":
        return raw(described.read(repo, entry), call)
    return ok(described.content(call.world, repo, commit, ref, path, entry))


def _put(call: Call, repo: Repo) -> Answer:
    path, branch, who = (
        call.text("path"),
        call.body.text_or_none("branch") or repo.default_branch,
        author(call.caller)[0],
    )
    message, content = call.body.text("message"), _decoded(call)
    if _MALFORMED.search(path):
        raise Refused(422, "path contains a malformed path component")
    if repo.branches and branch not in repo.branches:
        raise Refused(404, f"Branch {branch} not found")
    known = _known(call, repo, branch, path)
    made = call.world.commit(repo, branch, {path: content}, message, who)
    entry = repo.objects.at(made.tree, path)
    if entry is None:
        raise not_found()
    return Answer(200 if known else 201, _written(call, repo, made, branch, path, entry))


def _delete(call: Call, repo: Repo) -> Answer:
    path, branch, who = (
        call.text("path"),
        call.body.text_or_none("branch") or repo.default_branch,
        author(call.caller)[0],
    )
    message = call.body.text("message")
    call.body.text("sha")
    if branch not in repo.branches:
        raise Refused(404, f"Branch {branch} not found")
    if _known(call, repo, branch, path) is None:
        raise not_found()
    made = call.world.commit(repo, branch, {path: None}, message, who)
    return ok(_written(call, repo, made, branch, path, None))


def _known(call: Call, repo: Repo, branch: str, path: str) -> Entry | None:
    """Find the file that is to be changed; raises Refused 422 or 409 unless the request names it as it is."""
    tip = repo.branches.get(branch)
    entry = repo.objects.at(repo.objects.commits[tip].tree, path) if tip else None
    if entry is None:
        return None
    if entry.type != "blob":
        raise Refused(422, f"{path} is a directory")
    sha = call.body.text("sha")
    if sha != entry.sha:
        raise Refused(409, f"{path} does not match {sha}")
    return entry


def _decoded(call: Call) -> bytes:
    try:
        return base64.b64decode("".join(call.body.text("content").split()), validate=True)
    except (binascii.Error, ValueError):
        raise invalid("Content", "content", "custom", "content is not valid Base64") from None


def _written(call: Call, repo: Repo, made: Commit, branch: str, path: str, entry: Entry | None) -> dict[str, object]:
    content = None if entry is None else described.content(call.world, repo, made, branch, path, entry)
    if content is not None:
        content = {name: value for name, value in content.items() if name not in ("content", "encoding")}
    return {"content": content, "commit": git_commit(call.world, repo, made)}


ENDPOINTS = (
    in_repo("GET", "/contents", _get, reading("contents")),
    in_repo("GET", "/contents/{path:path}", _get, reading("contents")),
    in_repo("PUT", "/contents/{path:path}", _put, writing("contents")),
    in_repo("DELETE", "/contents/{path:path}", _delete, writing("contents")),
)
