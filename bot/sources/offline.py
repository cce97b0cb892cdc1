"""Who is an account, what was there before, where does a link lead, offline? Only the service can see it, and says so later."""

from collections.abc import Sequence
from datetime import datetime

from bot.readiness.evidence import History
from bot.readiness.fact import Fact, Known, Trouble, Unavailable
from bot.readiness.link import SCHEMES, Link
from bot.readiness.ownership import Consent, Person, Team
from bot.readiness.schema import LinkField
from bot.sources.stores import REPOSITORY_ALONE, Place, Stores


class NobodyToAsk:
    """A directory without anybody to ask."""

    def person(self, login: str) -> Fact[Person]:
        """Say that only the service can look an account up."""
        return Unavailable(
            f"Whether {login} may own is seen on GitHub only.",
            Trouble.SERVICE_ONLY,
            "Nothing to do: the service looks the account up.",
        )

    def team(self, name: str) -> Fact[Team]:
        """Say that only the service can look a team up."""
        return _only_the_service(f"the team {name}")

    def consents(self, logins: Sequence[str]) -> Fact[tuple[Consent, ...]]:
        """Say that only the service sees a pull request."""
        return Unavailable(
            "Who accepts is seen on the pull request only.",
            Trouble.SERVICE_ONLY,
            "Nothing to do here: on the pull request, each of them comments `/tunegate own` or approves it.",
        )

    def approving_leads(self, named: Sequence[str]) -> Fact[tuple[Consent, ...]]:
        """Say that only the service sees a pull request."""
        return Unavailable(
            "Whether a lead approves is seen on the pull request only.",
            Trouble.SERVICE_ONLY,
            "Nothing to do here: on the pull request, a lead approves it.",
        )


class NoHistory:
    """Looks nothing up that was committed before."""

    def versions(self, path: str, *, since: datetime | None = None, at_most: int = 20) -> Known[History] | Unavailable:
        """Say that only the service lists the versions of a file."""
        return _only_the_service(f"the versions of `{path}`")

    def read(self, path: str, commit: str, *, max_bytes: int) -> Known[bytes] | Unavailable:
        """Say that only the service reads a file at another commit."""
        return _only_the_service(f"`{path}` at another commit")

    def on_base(self, path: str, *, max_bytes: int) -> Known[bytes] | Unavailable | None:
        """Say that only the service reads the base branch."""
        return _only_the_service(f"`{path}` on the base branch")


class NoAttachments:
    """Reads nothing that the forge keeps beside the commits."""

    def workflow_artifact(self, run_id: int, name: str, path: str, *, max_bytes: int) -> Known[bytes] | Unavailable:
        """Say that only the service reads artifacts of workflow runs."""
        return _only_the_service(f"the artifact `{name}` of workflow run {run_id}")

    def release_asset(self, tag: str, name: str, *, max_bytes: int) -> Known[bytes] | Unavailable:
        """Say that only the service reads assets of releases."""
        return _only_the_service(f"the asset `{name}` of release {tag}")


class NoStore:
    """Follows no link out of the repository: a check of one's own files asks nobody, and holds no login."""

    def read(self, linked: LinkField, parsed: Link, place: Place, max_bytes: int) -> Known[bytes] | Unavailable:
        """Say that the service follows the link. Not `SERVICE_ONLY`: evidence that nobody read must not look like a pass."""
        return Unavailable(
            f"Offline no link is followed out of the repository; the service follows {parsed.scheme}:// links.",
            Trouble.NOT_SUPPORTED,
            "Open the pull request to have it read, or commit the file to this repository and link its path.",
        )

    def pin(self, linked: LinkField, parsed: Link, place: Place) -> str | None:
        """Name nothing."""
        return None


STORES: Stores = {**REPOSITORY_ALONE, **dict.fromkeys(SCHEMES, NoStore())}
"""Where links lead offline."""


def _only_the_service(what: str) -> Unavailable:
    return Unavailable(f"Offline {what} cannot be looked at; the service does.", Trouble.SERVICE_ONLY)
