"""Who stands behind a pull request? Its author, whoever approves it, and whoever says `/tunegate own` on it."""

from collections.abc import Callable, Mapping
from typing import Any

from bot.github.client import Client
from bot.ports import PullRequest
from bot.readiness.command import OWN, says
from bot.readiness.ownership import Consent

Read = Callable[[Client, PullRequest], list[Consent]]

_LAST_WORDS = ("APPROVED", "CHANGES_REQUESTED", "DISMISSED")  # a mere comment changes nothing of what was said before


def all_of(
    client: Client, pull: PullRequest, wanted: frozenset[int], approving: Callable[[], list[Consent]] | None = None
) -> tuple[Consent, ...]:
    """List the consents, the author's first; asks no further once every wanted account is found at the head.

    `approving` stands for the question who approves, where its answer is kept. Raises ForgeTrouble.
    """
    found = [Consent(pull.author, pull.author_id, "author")] if pull.author_id is not None else []
    # what a pull request says of itself saves a call where nobody has said anything
    approvals_of: Read = approvals if approving is None else lambda _client, _pull: approving()
    for read in (approvals_of, *([] if pull.comments == 0 else [_comments])):
        if wanted and wanted <= {each.id for each in found if each.commit in (None, pull.head_sha)}:
            break
        found += read(client, pull)
    return tuple(found)


def approvals(client: Client, pull: PullRequest) -> list[Consent]:
    """List who approves: the newest review that says yes or no decides for each. Raises ForgeTrouble."""
    last: dict[int, Consent | None] = {}
    for review in client.pages(f"/repos/{pull.repository}/pulls/{pull.number}/reviews"):
        person = _person(review)
        if person is None or review.get("state") not in _LAST_WORDS:
            continue
        approves = review["state"] == "APPROVED"
        login, number = person
        last[number] = Consent(login, number, "review", str(review.get("commit_id") or "")) if approves else None
    return [consent for consent in last.values() if consent is not None]


def _comments(client: Client, pull: PullRequest) -> list[Consent]:
    """List who says so in a comment that stands as it was first written.

    The API does not tell who has edited a comment, and whoever may write to the repository can edit that of another.
    """
    found = {}
    for comment in client.pages(f"/repos/{pull.repository}/issues/{pull.number}/comments"):
        person = _person(comment)
        if person is None or comment.get("created_at") is None or comment["created_at"] != comment.get("updated_at"):
            continue
        body = comment.get("body")
        if isinstance(body, str) and says(body, OWN):
            login, number = person
            found[number] = Consent(login, number, "comment")
    return list(found.values())


def _person(said: Any) -> tuple[str, int] | None:
    """Find who said something; None for bots, and for accounts that are gone."""
    user = said.get("user") if isinstance(said, Mapping) else None
    if not isinstance(user, Mapping) or user.get("type") != "User" or not isinstance(user.get("id"), int):
        return None
    return str(user.get("login") or ""), user["id"]
