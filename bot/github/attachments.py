"""What does GitHub keep for a repository beside its commits? Artifacts of workflow runs, and assets of releases."""

from bot.github.client import Client
from bot.readiness.evidence import Known, Trouble, Unavailable


class AttachmentsOfRepository:
    """The artifacts and assets of one repository."""

    def __init__(self, client: Client, repository: str) -> None:
        """Take the client and the repository (`owner/name`)."""
        self._client = client
        self._repository = repository

    def workflow_artifact(self, run_id: int, name: str, path: str, *, max_bytes: int) -> Known[bytes] | Unavailable:
        """Read a file of an artifact that a workflow run left."""
        return Unavailable("Artifacts of workflow runs are not read yet.", Trouble.NOT_SUPPORTED)

    def release_asset(self, tag: str, name: str, *, max_bytes: int) -> Known[bytes] | Unavailable:
        """Read a file that was attached to a release."""
        return Unavailable("Assets of releases are not read yet.", Trouble.NOT_SUPPORTED)
