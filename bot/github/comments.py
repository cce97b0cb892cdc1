"""What does the bot say in the conversation? One sticky comment, edited and never reposted, and remarks at changed lines."""

import hashlib
import logging
from collections.abc import Mapping

from bot.github.desk import Desk, digest
from bot.github.trouble import Refused
from bot.ports import Publication
from bot.report.comment import MARKER
from bot.report.inline import MARKER as AT_A_LINE
from bot.report.inline import InlineComment

_log = logging.getLogger(__name__)

_DELETED = "deleted"  # kept as `body_hash`: someone has taken our comment away
_REFUSED = "refused:"  # and the head commit whose diff GitHub did not find the line in


def stick(desk: Desk, body: str, *, quiet: bool, review_id: str, details_url: str) -> None:
    """Make the sticky comment say `body`; a `quiet` answer edits one that is there, and creates none.

    Raises ForgeTrouble, Superseded.
    """
    known = desk.remembered("sticky_comment")
    content = digest(body, without=details_url)
    if known is not None and known.body_hash == _DELETED:
        known = None
    comment_id = known.remote_id if known is not None else None
    if known is not None and comment_id is None:
        comment_id = _posted(desk)
    elif known is not None and known.body_hash == content:
        return
    if comment_id is not None:
        if _edit(desk, comment_id, body):
            desk.remember(Publication("sticky_comment", "", comment_id, content, review_id))
            return
        desk.remember(Publication("sticky_comment", "", None, _DELETED, review_id))
    if quiet:
        if known is not None and comment_id is None:  # the interrupted write never arrived, and is not wanted now
            desk.remember(Publication("sticky_comment", "", None, _DELETED, review_id))
        return
    desk.remember(Publication("sticky_comment", "", None, content, review_id))
    number = desk.pull.number
    created = desk.write(lambda repo: repo.get_issue(number).create_comment(body).id)
    desk.remember(Publication("sticky_comment", "", created, content, review_id))


def remark(desk: Desk, comments: tuple[InlineComment, ...], review_id: str) -> None:
    """Post the remarks that were not posted yet, all in one review; a refusal is logged and costs only the remarks.

    Raises ForgeTrouble, Superseded.
    """
    fresh = _fresh(desk, comments, review_id)
    if not fresh:
        return
    head, number = desk.pull.head_sha, desk.pull.number
    for comment, target in fresh:
        desk.remember(Publication("review_comments", target, None, digest(comment.body), review_id))
    wanted = [{"path": c.path, "line": c.line, "side": "RIGHT", "body": c.body} for c, _ in fresh]
    some = "One remark at its line." if len(fresh) == 1 else f"{len(fresh)} remarks at their lines."
    try:
        posted = desk.write(
            lambda repo: (
                repo.get_pull(number)
                .create_review(
                    commit=repo.get_commit(head),
                    body=f"{some} The check run holds the whole review.",
                    event="COMMENT",
                    comments=wanted,  # type: ignore[arg-type]  # PyGithub's type names the older `position` alone
                )
                .id
            )
        )
    except Refused as refused:
        if refused.status != 422:
            raise
        _log.warning("GitHub refused %d remarks on %s#%d: %s", len(fresh), desk.pull.repository, number, refused.reason)
        for _, target in fresh:
            desk.remember(Publication("review_comments", target, None, _REFUSED + head, review_id))
        return
    for comment, target in fresh:
        desk.remember(Publication("review_comments", target, posted, digest(comment.body), review_id))


def target_of(path: str, body: str) -> str:
    """Name a remark in the ledger: by what it says and of which file, not by its line, which every push may move."""
    return hashlib.sha256((path + body).encode("utf-8", "replace")).hexdigest()[:16]


def _posted(desk: Desk) -> int | None:
    """Find the sticky comment that an interrupted write may have left: ours, by its author and its marker."""
    for comment in desk.listed(f"/issues/{desk.pull.number}/comments"):
        body, own = comment.get("body"), comment.get("id")
        marked = isinstance(body, str) and body.startswith(MARKER)
        if marked and isinstance(own, int) and desk.is_own(comment.get("user")):
            return own
    return None


def _edit(desk: Desk, comment_id: int, body: str) -> bool:
    number = desk.pull.number
    try:
        desk.write(lambda repo: repo.get_issue(number).get_comment(comment_id).edit(body))
    except Refused as refused:
        if refused.status in (404, 410):
            return False
        raise
    return True


def _fresh(desk: Desk, comments: tuple[InlineComment, ...], review_id: str) -> list[tuple[InlineComment, str]]:
    """Choose the remarks that are not on GitHub; those that may be there after an interrupted write are looked for."""
    there: Mapping[str, int] | None = None
    chosen: dict[str, InlineComment] = {}  # by target: the same words twice in a file are said once
    for comment in comments:
        target = target_of(comment.path, comment.body)
        known = desk.remembered("review_comments", target)
        if known is not None and (known.remote_id is not None or known.body_hash == _REFUSED + desk.pull.head_sha):
            continue
        if known is not None and not known.body_hash.startswith(_REFUSED):
            there = _remarks(desk) if there is None else there
            if target in there:
                desk.remember(Publication("review_comments", target, there[target], known.body_hash, review_id))
                continue
        chosen.setdefault(target, comment)
    return [(comment, target) for target, comment in chosen.items()]


def _remarks(desk: Desk) -> dict[str, int]:
    found: dict[str, int] = {}
    for entry in desk.listed(f"/pulls/{desk.pull.number}/comments"):
        body, path, review = entry.get("body"), entry.get("path"), entry.get("pull_request_review_id")
        marked = isinstance(body, str) and AT_A_LINE in body and isinstance(path, str)
        if marked and isinstance(review, int) and desk.is_own(entry.get("user")):
            found[target_of(str(path), str(body))] = review
    return found
