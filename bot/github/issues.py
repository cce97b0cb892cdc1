"""Which issues does the bot keep in a repository? One a thread, found by what is hidden and signed in its text.

Only what our own App wrote counts, and only what it signed: a text that is copied elsewhere, or written by somebody else, is
none of ours. Searching is not used: GitHub's search lags behind.
"""

import hashlib
import hmac
import re
from collections.abc import Mapping, Sequence
from typing import Any

from bot.github.app_auth import AppAuth
from bot.github.client import Client
from bot.github.trouble import Refused
from bot.ports import Clock, ForgeTrouble, Issue
from bot.report.markdown import cut, visible

MAX_BODY = 60_000
"""Characters of an issue or a comment: GitHub takes 65,536."""
MAX_TITLE = 250
"""Characters of a title: GitHub takes 256."""
MOST_ASSIGNEES = 10
"""Assignees of an issue (docs "create an issue")."""

_MARK = re.compile(r"<!-- tunegate:([a-z]+):([0-9a-f]{32}):([0-9a-f]{32}) -->")
_LOGIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,38}")  # a team cannot be assigned
_GONE = (404, 410, 301)
_CUT = "*The rest is left out for its length.*"


class IssuesOfRepository:
    """The bot's issues in one repository. Of one thread at a time."""

    def __init__(self, client: Client, auth: AppAuth, secrets: Sequence[str]) -> None:
        """Take the client of the repository, the App's identity, and the secrets to sign with: the first, or any to verify."""
        self._client = client
        self._auth = auth
        self._secrets = tuple(secrets)

    def find(self, thread: str, number: int | None = None) -> Issue | None:
        """Find the issue of a thread, our own alone; `number` is where it was last. Raises ForgeTrouble."""
        if number is not None:
            there = self._get(number)
            if there is not None and self._is_marked(there, "thread", thread):
                return _issue(there)
        creator = f"{self._auth.slug()}[bot]"
        asked = {"state": "all", "creator": creator, "sort": "created", "direction": "desc"}
        for each in self._client.pages(self._path(), asked):
            if isinstance(each, dict) and "pull_request" not in each and self._is_marked(each, "thread", thread):
                return _issue(each)
        return None

    def holds(self, issue: Issue, key: str) -> int | None:
        """Find what was written under a key: 0 for the issue itself, the id of a comment. Raises ForgeTrouble."""
        there = self._get(issue.number)
        if there is not None and self._is_marked(there, "key", key):
            return 0
        for each in self._client.pages(f"{self._path()}/{issue.number}/comments"):
            if isinstance(each, dict) and self._is_marked(each, "key", key) and isinstance(each.get("id"), int):
                return int(each["id"])
        return None

    def open(
        self, thread: str, keys: Sequence[str], title: str, body: str, labels: Sequence[str], assignees: Sequence[str]
    ) -> Issue:
        """Open the issue of a thread under keys. Who cannot be assigned is left out. Raises ForgeTrouble."""
        marks = [self._mark("thread", thread), *(self._mark("key", key) for key in keys)]
        people = [login for login in assignees if _LOGIN.fullmatch(login)][:MOST_ASSIGNEES]
        fields = {"title": _title(title), "body": _marked(body, marks), "labels": list(labels)}
        try:
            return _issue(self._send("POST", self._path(), {**fields, "assignees": people}))
        except Refused as refused:
            if refused.status != 422 or not people or "assignee" not in refused.said.lower():
                raise
        # somebody left the organisation, or may not read here: one of them would keep the others from hearing of it
        able = [login for login in people if self._client.status_of(f"{self._repo()}/assignees/{login}") == 204]
        return _issue(self._send("POST", self._path(), {**fields, "assignees": able}))

    def edit(self, issue: Issue, title: str, body: str, labels: Sequence[str]) -> None:
        """Bring title, body and labels up to date where they differ. Raises ForgeTrouble."""
        kept = [
            self._mark(kind, None, digest)
            for kind, digest, signature in _MARK.findall(issue.body)
            if self._is_signed(kind, digest, signature)
        ]
        changed: dict[str, Any] = {}
        if (new := _title(title)) != issue.title:
            changed["title"] = new
        if (text := _marked(body, kept)) != issue.body:
            changed["body"] = text
        there = {name.lower() for name in issue.labels}
        if lacking := [name for name in labels if name.lower() not in there]:
            changed["labels"] = [*issue.labels, *lacking]
        if changed:
            self._send("PATCH", f"{self._path()}/{issue.number}", changed)

    def set_closed(self, issue: Issue, closed: bool) -> None:
        """Close an issue as completed, or open it again. Raises ForgeTrouble."""
        state = {"state": "closed", "state_reason": "completed"} if closed else {"state": "open"}
        if issue.closed is not closed:
            self._send("PATCH", f"{self._path()}/{issue.number}", state)

    def comment(self, issue: Issue, keys: Sequence[str], body: str) -> int:
        """Comment on an issue under keys; the comment's id. Raises ForgeTrouble."""
        text = _marked(body, [self._mark("key", key) for key in keys])
        made = self._send("POST", f"{self._path()}/{issue.number}/comments", {"body": text})
        return int(made["id"])

    def _repo(self) -> str:
        return f"/repos/{self._client.repository()}"

    def _path(self) -> str:
        return f"{self._repo()}/issues"

    def _get(self, number: int) -> Mapping[str, Any] | None:
        try:
            found = self._client.get(f"{self._path()}/{number}")
        except Refused as refused:
            if refused.status in _GONE:  # deleted, or moved to another repository
                return None
            raise
        return found if isinstance(found, dict) and found.get("number") == number else None

    def _send(self, method: str, path: str, body: Mapping[str, Any]) -> Mapping[str, Any]:
        found = self._client.ask(lambda gh: gh.requester.requestJsonAndCheck(method, path, input=dict(body))[1])
        if not isinstance(found, dict) or not isinstance(found.get("id"), int):
            raise ForgeTrouble("GitHub's answer could not be understood")
        return found

    def _mark(self, kind: str, name: str | None, digest: str | None = None) -> str:
        digest = digest or hashlib.sha256((name or "").encode()).hexdigest()[:32]
        return f"<!-- tunegate:{kind}:{digest}:{self._signature(self._secrets[0], kind, digest)} -->"

    def _signature(self, secret: str, kind: str, digest: str) -> str:
        said = f"tunegate issue\n{self._client.repository_id}\n{kind}\n{digest}".encode()
        return hmac.new(secret.encode(), said, hashlib.sha256).hexdigest()[:32]

    def _is_signed(self, kind: str, digest: str, signature: str) -> bool:
        return any(hmac.compare_digest(self._signature(each, kind, digest), signature) for each in self._secrets)

    def _is_marked(self, said: Mapping[str, Any], kind: str, name: str) -> bool:
        body = said.get("body")
        if not isinstance(body, str) or not self._is_ours(said):
            return False
        wanted = hashlib.sha256(name.encode()).hexdigest()[:32]
        found = _MARK.findall(body)
        return any(k == kind and digest == wanted and self._is_signed(k, digest, sig) for k, digest, sig in found)

    def _is_ours(self, said: Mapping[str, Any]) -> bool:
        app = said.get("performed_via_github_app")
        if isinstance(app, dict):
            return app.get("id") == self._auth.app_id
        user = said.get("user")  # an older Enterprise Server does not name the App
        return isinstance(user, dict) and user.get("login") == f"{self._auth.slug()}[bot]"


class IssuesOfApp:
    """The issues of all repositories where the App is installed. Safe to share between threads; what it opens is not."""

    def __init__(self, auth: AppAuth, api_url: str, clock: Clock, secrets: Sequence[str]) -> None:
        """Take the App's identity, the API's address, the time, and the secrets to sign with; raises ValueError for none."""
        if not secrets:
            raise ValueError("there is no secret to sign with")
        self._auth, self._api_url, self._clock, self._secrets = auth, api_url.rstrip("/"), clock, tuple(secrets)

    def open(self, installation_id: int, repository_id: int) -> IssuesOfRepository:
        """Open the issues of one repository."""
        client = Client(self._auth, self._api_url, installation_id, repository_id, self._clock)
        return IssuesOfRepository(client, self._auth, self._secrets)


def _title(title: str) -> str:
    return visible(title, MAX_TITLE).replace("`", "")


def _marked(body: str, marks: Sequence[str]) -> str:
    # a text never brings a mark of its own
    own = "\n".join(dict.fromkeys(marks))
    return f"{cut(_MARK.sub('', body), MAX_BODY - len(own), _CUT)}\n\n{own}"


def _issue(said: Mapping[str, Any]) -> Issue:
    labels = [entry.get("name") if isinstance(entry, dict) else entry for entry in said.get("labels") or ()]
    people = [entry.get("login") for entry in said.get("assignees") or () if isinstance(entry, dict)]
    try:
        return Issue(
            number=int(said["number"]),
            title=str(said["title"]),
            body=str(said["body"] or "").replace("\r\n", "\n"),
            closed=said["state"] == "closed",
            labels=tuple(name for name in labels if isinstance(name, str)),
            assignees=tuple(login for login in people if isinstance(login, str)),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise ForgeTrouble("GitHub's answer could not be understood") from error
