"""What was committed before? Versions of files, by GitHub's commits and contents APIs."""

from datetime import datetime

from bot.github.client import Client
from bot.ports import PullRequest
from bot.readiness.evidence import History, Known, Trouble, Unavailable


class HistoryOfPull:
    """The history of one pull request's repository, up to its head commit."""

    def __init__(self, client: Client, pull: PullRequest) -> None:
        """Take the client and the pull request as read."""
        self._client = client
        self._pull = pull

    def versions(self, path: str, *, since: datetime | None = None, at_most: int = 20) -> Known[History] | Unavailable:
        """List the commits that changed a file, newest first."""
        return Unavailable("Histories are not read yet.", Trouble.NOT_SUPPORTED)

    def read(self, path: str, commit: str, *, max_bytes: int) -> Known[bytes] | Unavailable:
        """Read a file as it was at a commit."""
        return Unavailable("Histories are not read yet.", Trouble.NOT_SUPPORTED)

    def on_base(self, path: str, *, max_bytes: int) -> Known[bytes] | Unavailable | None:
        """Read a file as it is at the commit that the pull request starts from."""
        return Unavailable("Histories are not read yet.", Trouble.NOT_SUPPORTED)
