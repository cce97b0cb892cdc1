"""How does a thread live as an issue? Its text is edited silently; a comment is written only where people are to be told.

Closing the issue proves nothing: while the matter is open, the issue is opened again once, with the reason. Whoever closes it a
second time is left in peace there; the other channels and the lead's page still know.
"""

import re

from bot.ports import ForgeTrouble, Issue, Issues, Message, NotDelivered, OpenIssues, Receipt
from bot.report.letter_forms import as_markdown
from bot.report.reminder import REOPENED

_CURE = "See whether issues are enabled in the repository, and whether the App may write them."
_PLACE = re.compile(r"([0-9]{1,19})/([0-9]{1,19})")


class IssueChannel:
    """The issues of the forge. Safe to share between threads."""

    name = "issue"

    def __init__(self, open_issues: OpenIssues) -> None:
        """Take what opens the issues of a repository."""
        self._open = open_issues

    def address(self, person: str) -> str | None:
        """Find nothing: an issue belongs to a repository, and whoever is named there hears of it."""
        return None

    def find(self, message: Message) -> Receipt | None:
        """Look whether a message stands in its issue; raises NotDelivered."""
        try:
            issues = self._issues(message)
            issue = issues.find(message.thread, _number(message.begun))
            written = None if issue is None else issues.holds(issue, message.key)
        except ForgeTrouble as trouble:
            raise _not_delivered(trouble) from None
        return None if issue is None or written is None else _receipt(issue, written, already=True)

    def send(self, message: Message) -> Receipt:
        """Make the issue say how things stand, and tell people where the message is to be heard; raises NotDelivered."""
        try:
            return self._sent(self._issues(message), message)
        except ForgeTrouble as trouble:
            raise _not_delivered(trouble) from None

    def _issues(self, message: Message) -> Issues:
        place = _PLACE.fullmatch(message.to)
        if place is None:
            raise NotDelivered("The message names no repository for its issue.", lasting=True)
        return self._open(int(place[1]), int(place[2]))

    def _sent(self, issues: Issues, message: Message) -> Receipt:
        standing = message.standing or message.letter
        issue = issues.find(message.thread, _number(message.begun))
        if issue is None:
            if message.done:
                return Receipt("", already=True)  # it never came to an issue, and none is needed any more
            # opening it tells whoever is assigned or mentioned: no comment comes on top
            body = as_markdown(standing, message.people if message.aloud else ())
            people = message.people if message.aloud else ()
            issue = issues.open(message.thread, (message.key,), standing.subject, body, message.labels, people)
            return _receipt(issue, 0)
        issues.edit(issue, standing.subject, as_markdown(standing), message.labels)
        if message.done:
            written = self._told(issues, issue, message) if message.aloud else 0
            issues.set_closed(issue, True)
            return _receipt(issue, written)
        if not issue.closed:
            return _receipt(issue, self._told(issues, issue, message) if message.aloud else 0)
        again = f"{message.thread}\nreopened"
        if issues.holds(issue, again) is not None:
            return _receipt(issue, self._told(issues, issue, message) if message.aloud else 0)
        issues.set_closed(issue, False)
        told = as_markdown(message.letter, message.people) if message.aloud else ""
        keys = (again, message.key) if message.aloud else (again,)
        return _receipt(issue, issues.comment(issue, keys, f"{as_markdown(REOPENED)}\n\n{told}".strip()))

    def _told(self, issues: Issues, issue: Issue, message: Message) -> int:
        return issues.comment(issue, (message.key,), as_markdown(message.letter, message.people))


def _number(reference: str | None) -> int | None:
    found = re.match(r"[0-9]{1,18}", reference or "")
    return int(found[0]) if found else None


def _receipt(issue: Issue, written: int, *, already: bool = False) -> Receipt:
    return Receipt(f"{issue.number}/{written}" if written else str(issue.number), already)


def _not_delivered(trouble: ForgeTrouble) -> NotDelivered:
    status = getattr(trouble, "status", None)  # of GitHub's own no: it has done nothing
    if status is None:
        return NotDelivered(
            f"{trouble.reason}.", retry_after=trouble.retry_after, uncertain=trouble.retry_after is None
        )
    return NotDelivered(f"{trouble.reason}. {_CURE}", lasting=status in (404, 410, 422))
