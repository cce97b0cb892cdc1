"""From where is one pull request written to? What was written is remembered, each write is guarded, each trouble ours.

Before a creating call an intent is remembered (a publication without an id), after it the id. Whoever finds an intent
does not know whether the call arrived: it looks on GitHub, and adopts what is there.
"""

import hashlib
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from github.Repository import Repository

from bot.github.app_auth import AppAuth
from bot.github.client import Client
from bot.github.trouble import Refused
from bot.ports import HeadMoved, Ledger, Publication, PullRequest

T = TypeVar("T")


class Desk:
    """All that the writing about one pull request at one head needs."""

    def __init__(
        self, client: Client, auth: AppAuth, ledger: Ledger, guard: Callable[[], None], pull: PullRequest
    ) -> None:
        """Take the client, the App's identity, the memory, what guards each write, and the pull request as read."""
        self.client = client
        self.pull = pull
        self._auth = auth
        self._ledger = ledger
        self._guard = guard

    @property
    def app_id(self) -> int:
        """The App's id."""
        return self._auth.app_id

    def write(self, action: Callable[[Repository], T]) -> T:
        """Write by one call, guarded right before it; raises ForgeTrouble, and HeadMoved when the head is no more."""
        try:
            return self.client.ask(lambda gh: action(gh.get_repo(self.pull.repository)), before=self._guard)
        except Refused as refused:
            if refused.status == 422 and _is_about_the_head(refused.said):
                raise HeadMoved(f"the commit {self.pull.head_sha} is no longer there") from refused
            raise

    def post(self, path: str, body: Mapping[str, Any]) -> Any:
        """Post JSON to an address of the repository, guarded as every write is; raises ForgeTrouble, Superseded."""
        address = f"/repos/{self.pull.repository}{path}"
        return self.client.ask(
            lambda gh: gh.requester.requestJsonAndCheck("POST", address, input=dict(body))[1], before=self._guard
        )

    def listed(self, path: str, parameters: Mapping[str, str | int] | None = None, key: str | None = None) -> list[Any]:
        """Read a list of the repository, `path` after its address; entries that are no objects are left out."""
        found = self.client.pages(f"/repos/{self.pull.repository}{path}", parameters, key)
        return [entry for entry in found if isinstance(entry, dict)]

    def is_own(self, account: object) -> bool:
        """Say whether an account is our bot; raises ForgeTrouble."""
        return isinstance(account, dict) and account.get("login") == f"{self._auth.slug()}[bot]"

    def remembered(self, kind: str, target: str = "") -> Publication | None:
        """Recall what was written, or was about to be."""
        return self._ledger.publication(self.pull.repo_id, self.pull.number, kind, target)

    def remember(self, publication: Publication) -> None:
        """Remember what was written, or is about to be."""
        self._ledger.publish(self.pull.repo_id, self.pull.number, publication)


def digest(*parts: str, without: str = "") -> str:
    """Digest texts; `without` is the review's own address, which differs between reviews that say the same."""
    whole = hashlib.sha256()
    for part in parts:
        text = (part.replace(without, "") if without else part).encode("utf-8", "replace")
        whole.update(f"{len(text)}:".encode() + text)
    return whole.hexdigest()


def _is_about_the_head(said: str) -> bool:
    lowered = said.lower()
    return "no commit found" in lowered or "head_sha" in lowered
