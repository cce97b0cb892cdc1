"""What was committed before? Versions of files, by GitHub's commits and contents APIs.

A commit's date is what its committer's machine said, and descent alone is proven: whoever pushes may write any date.
GitHub does not follow a file through a change of its name.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from bot.github.client import Client
from bot.github.large_files import LargeFiles
from bot.github.repository_files import FilesAtCommit, is_inside
from bot.github.trouble import AGAIN
from bot.ports import ChangedFile, ForgeTrouble, PullRequest
from bot.readiness.evidence import History, Version
from bot.readiness.fact import Grade, Known, Source, Trouble, Unavailable

_MOST = 100  # docs "list commits": of one call
_COMMIT = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")


class HistoryOfPull:
    """The history of one pull request's repository, up to its head commit."""

    def __init__(
        self, client: Client, pull: PullRequest, changed: Callable[[], Sequence[ChangedFile]], large: LargeFiles
    ) -> None:
        """Take the client, the pull request as read, the files that it changes (asked for when needed), and those of Git LFS."""
        self._client = client
        self._pull = pull
        self._changed = changed
        self._large = large

    def versions(self, path: str, *, since: datetime | None = None, at_most: int = 20) -> Known[History] | Unavailable:
        """List the commits that changed a file, newest first, by one call and at most 100. Never raises for GitHub's sake.

        `complete` is about what was asked for: with `since`, about the commits since then.
        """
        if not is_inside(path):
            return Unavailable(f"`{path}` is no path of a file in the repository.", Trouble.DEFINITIVE)
        asked = min(at_most + 1, _MOST)  # one more than wanted tells whether there are more
        parameters: dict[str, str | int] = {"sha": self._pull.head_sha, "path": path, "per_page": asked}
        if since is not None:
            parameters["since"] = since.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        try:
            listed = self._client.get(f"/repos/{self._pull.repository}/commits", parameters)
        except ForgeTrouble as trouble:
            return _passing(path, trouble.reason)
        try:
            versions = tuple(_version(each) for each in _list(listed))
        except (KeyError, TypeError, ValueError) as error:
            return _passing(path, f"GitHub's list of commits could not be understood ({type(error).__name__})")
        source = Source(path, Grade.C, revision=self._pull.head_sha)
        return Known(History(versions[:at_most], complete=len(versions) < asked), source)

    def read(self, path: str, commit: str, *, max_bytes: int) -> Known[bytes] | Unavailable:
        """Read a file as it was at a commit, named by its whole digest."""
        if not _COMMIT.fullmatch(commit):
            return Unavailable(f"`{commit[:40]}` is no commit's whole digest.", Trouble.DEFINITIVE)
        return self._at(commit).read(path, max_bytes=max_bytes)

    def on_base(self, path: str, *, max_bytes: int) -> Known[bytes] | Unavailable | None:
        """Read a file as it is at the commit that the pull request starts from; None when it is not there."""
        if is_inside(path) and any(each.path == path and each.status == "added" for each in self._changed()):
            return None  # known without asking
        return self._at(self._pull.base_sha).find(path, max_bytes=max_bytes)

    def _at(self, commit: str) -> FilesAtCommit:
        return FilesAtCommit(self._client, self._pull.repository, commit, self._large)


def _list(said: object) -> list[Any]:
    if not isinstance(said, list):
        raise TypeError("no list")
    return said


def _version(said: Mapping[str, Any]) -> Version:
    sha, date = said["sha"], said["commit"]["committer"]["date"]
    if not _COMMIT.fullmatch(sha):
        raise ValueError("no commit's digest")
    instant = datetime.fromisoformat(date)
    if instant.tzinfo is None:
        raise ValueError("a date without its zone")
    return Version(sha, instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"))


def _passing(path: str, reason: str) -> Unavailable:
    return Unavailable(f"The versions of `{path}` could not be listed now: {reason}.", Trouble.PASSING, AGAIN)
