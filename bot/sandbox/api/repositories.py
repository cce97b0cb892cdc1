"""What is a repository, and which branches has it?"""

from bot.sandbox.api.access import in_repo, reading
from bot.sandbox.api.call import Answer, Call, ok
from bot.sandbox.api.callers import AsUser
from bot.sandbox.model import Repo
from bot.sandbox.representations.commits import branch, full_branch
from bot.sandbox.representations.repositories import full
from bot.sandbox.state import Refused


def _repository(call: Call, repo: Repo) -> Answer:
    permission = call.world.permission(repo, call.caller.user) if isinstance(call.caller, AsUser) else None
    return ok(full(call.world, repo, permission))


def _branches(call: Call, repo: Repo) -> Answer:
    return call.listed(sorted(repo.branches), lambda name: branch(call.world, repo, name))


def _branch(call: Call, repo: Repo) -> Answer:
    if call.text("branch") not in repo.branches:
        raise Refused(404, "Branch not found")
    return ok(full_branch(call.world, repo, call.text("branch")))


ENDPOINTS = (
    in_repo("GET", "", _repository, reading("metadata")),
    in_repo("GET", "/branches", _branches, reading("contents")),
    in_repo("GET", "/branches/{branch:path}", _branch, reading("contents")),
)
