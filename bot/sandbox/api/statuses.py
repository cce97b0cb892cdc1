"""How are commit statuses posted and read through the API?"""

from typing import Literal

from bot.sandbox.api.access import in_repo, reading, writing
from bot.sandbox.api.call import Answer, Call, created
from bot.sandbox.api.callers import author
from bot.sandbox.model import Repo
from bot.sandbox.representations import checks as described
from bot.sandbox.state import Refused, invalid, not_found

_STATES: tuple[Literal["error", "failure", "pending", "success"], ...] = ("error", "failure", "pending", "success")


def _create(call: Call, repo: Repo) -> Answer:
    body, target_url = call.body, call.body.text_or_none("target_url")
    if target_url and not target_url.startswith(("http://", "https://")):
        raise invalid("Status", "target_url", "custom", "target_url must use http(s) scheme")
    status = call.world.set_status(
        repo,
        call.text("sha"),
        body.one_of("state", _STATES),
        author(call.caller)[0],
        context=body.text_or_none("context") or "default",
        description=body.text_or_none("description"),
        target_url=target_url,
    )
    return created(described.status(call.world, status))


def _sha(call: Call, repo: Repo) -> str:
    try:
        return call.world.resolve(repo, call.text("ref")).sha
    except Refused:
        raise not_found() from None


def _list(call: Call, repo: Repo) -> Answer:
    return call.listed(call.world.statuses(repo, _sha(call, repo)), lambda each: described.status(call.world, each))


def _combined(call: Call, repo: Repo) -> Answer:
    sha = _sha(call, repo)
    newest = call.world.statuses(repo, sha, latest=True)
    shown, headers = call.page(newest)
    return Answer(200, described.combined(call.world, repo, sha, newest, list(shown)), headers)


ENDPOINTS = (
    in_repo("POST", "/statuses/{sha}", _create, writing("statuses")),
    in_repo("GET", "/commits/{ref:path}/statuses", _list, reading("statuses")),
    in_repo("GET", "/commits/{ref:path}/status", _combined, reading("statuses")),
)
