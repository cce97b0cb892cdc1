"""What is said to the bot on a pull request, and how does it answer? A comment read anew, reactions, and one reply to each."""

import logging
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from bot.github.desk import Desk, digest
from bot.github.trouble import Refused
from bot.ports import Publication, Reaction, Said

_log = logging.getLogger(__name__)

_WRITES = frozenset({"write", "admin"})
_SHUT = (403, 404, 410, 422)  # gone, or a locked conversation: nobody can be answered there


class ConversationOfPull:
    """The conversation of one pull request."""

    def __init__(self, desk: Desk) -> None:
        """Take what writes about the pull request."""
        self._desk = desk

    def comment(self, comment_id: int) -> Said | None:
        """Read a comment as it is now; None when it is gone or not of this pull request. Raises ForgeTrouble."""
        desk = self._desk
        try:
            said = desk.client.get(f"/repos/{desk.pull.repository}/issues/comments/{comment_id}")
        except Refused as refused:
            if refused.status in (403, 404, 410, 451):
                return None
            raise
        user = said.get("user") if isinstance(said, Mapping) else None
        of = said.get("issue_url") if isinstance(said, Mapping) else None
        if not isinstance(user, Mapping) or not str(of).endswith(f"/issues/{desk.pull.number}"):
            return None
        edited = said.get("created_at") is None or said["created_at"] != said.get("updated_at")
        written = _instant(said.get("created_at"))
        is_person = user.get("type") == "User" and isinstance(user.get("id"), int)
        return (
            Said(str(user.get("login")), user["id"], str(said.get("body") or ""), edited, written)
            if is_person
            else None
        )

    def may_write(self, login: str, number: int) -> bool:
        """Ask whether an account may write to the repository, now; raises ForgeTrouble."""
        desk = self._desk
        try:
            said = desk.client.get(f"/repos/{desk.pull.repository}/collaborators/{quote(login, safe='')}/permission")
        except Refused as refused:
            if refused.status in (403, 404):
                return False
            raise
        user: Any = said.get("user") if isinstance(said, Mapping) else None
        own = isinstance(user, Mapping) and user.get("id") == number
        return own and said.get("permission") in _WRITES

    def react(self, comment_id: int, reaction: Reaction) -> None:
        """Answer a comment by a reaction, which GitHub takes once; one that is gone is left. Raises ForgeTrouble, Superseded."""
        try:
            self._desk.post(f"/issues/comments/{comment_id}/reactions", {"content": reaction})
        except Refused as refused:
            if refused.status not in _SHUT:
                raise

    def reply(self, reference: str, body: str) -> None:
        """Answer by a comment, once for each reference; where none can be written nothing is said.

        Raises ForgeTrouble, Superseded.
        """
        desk = self._desk
        marked = f"<!-- tunegate: reply to {reference} -->\n{body}"
        known = desk.remembered("reply", reference)
        if known is not None and known.remote_id is not None:
            return
        posted = self._posted(marked.partition("\n")[0]) if known is not None else None
        if posted is None:
            desk.remember(Publication("reply", reference, None, digest(marked), None))
            number = desk.pull.number
            try:
                posted = desk.write(lambda repo: repo.get_issue(number).create_comment(marked).id)
            except Refused as refused:
                if refused.status not in _SHUT:
                    raise
                _log.warning("no reply can be given on %s#%d: %s", desk.pull.repository, number, refused.reason)
                return
        desk.remember(Publication("reply", reference, posted, digest(marked), None))

    def _posted(self, marker: str) -> int | None:
        """Find the reply that an interrupted write may have left: ours, by its author and its marker."""
        for comment in self._desk.listed(f"/issues/{self._desk.pull.number}/comments"):
            body, own = comment.get("body"), comment.get("id")
            marked = isinstance(body, str) and body.startswith(marker)
            if marked and isinstance(own, int) and self._desk.is_own(comment.get("user")):
                return own
        return None


def _instant(said: object) -> datetime | None:
    try:
        return datetime.fromisoformat(said).astimezone(UTC) if isinstance(said, str) else None
    except ValueError:
        return None
