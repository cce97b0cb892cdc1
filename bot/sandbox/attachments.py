"""What is kept for a repository beside its commits? Workflow runs with artifacts, releases with assets, large files, and links to them."""

import hashlib
import io
import secrets
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.sandbox.apps import Apps
from bot.sandbox.model import Account, Repo
from bot.sandbox.state import Refused, locked, not_found

KEPT = timedelta(days=90)  # docs: artifacts and logs, unless a repository sets another time
LENT = timedelta(minutes=1)  # docs: download an artifact: "this URL expires after 1 minute"


@dataclass(slots=True, eq=False)
class WorkflowRun:
    """A run of a workflow; `head_repo` is a fork for a run of a fork's commit."""

    id: int
    repo: Repo
    head_repo: Repo
    head_sha: str
    head_branch: str | None
    name: str
    path: str
    workflow_id: int
    suite_id: int
    number: int
    event: str
    status: str
    conclusion: str | None
    actor: Account
    created_at: datetime
    artifacts: "list[Artifact]" = field(default_factory=list)


@dataclass(slots=True, eq=False)
class Artifact:
    """What a run left: a zip archive. `digest` is what GitHub noted at the upload, None for one of former days."""

    id: int
    run: WorkflowRun
    name: str
    archive: bytes
    digest: str | None
    created_at: datetime
    expires_at: datetime


@dataclass(slots=True, eq=False)
class Release:
    """A release, published under a tag."""

    id: int
    repo: Repo
    tag: str
    author: Account
    created_at: datetime
    assets: "list[Asset]" = field(default_factory=list)


@dataclass(slots=True, eq=False)
class Asset:
    """A file of a release; `digest` as of an artifact."""

    id: int
    release: Release
    name: str
    content: bytes
    digest: str | None
    uploader: Account
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Loan:
    """Bytes that an address leads to for a while; `proof` has to be sent along as `X-Proof`, if there is one."""

    content: bytes
    until: datetime
    proof: str | None = None


class Attachments(Apps):
    """Workflow runs, releases, large files, and the addresses by which their bytes are fetched."""

    def __init__(self, clock: Callable[[], datetime] | None = None) -> None:
        super().__init__(clock)
        self.workflow_runs: dict[int, WorkflowRun] = {}
        self.releases: dict[int, Release] = {}
        self.large_files: dict[
            int, dict[str, bytes]
        ] = {}  # id of the first of a repository and its forks -> digest -> file
        self.loans: dict[str, Loan] = {}

    @locked
    def run_workflow(
        self,
        repo: Repo,
        head_sha: str,
        artifacts: Mapping[str, Mapping[str, bytes] | bytes] | None = None,
        *,
        head_repo: Repo | None = None,
        name: str = "Evals",
        path: str = ".github/workflows/evals.yml",
        event: str = "push",
        status: str = "completed",
        conclusion: str | None = "success",
        actor: Account | None = None,
    ) -> WorkflowRun:
        """Run a workflow at a commit, in a fork's name if one is given; an artifact is given as files or as its zip archive.

        Raises Refused 422 for a commit that is not there. Tells nobody.
        """
        if head_sha not in repo.objects.commits:
            raise Refused(422, f"No commit found for SHA: {head_sha}")
        head = head_repo or repo
        branch = next((each for each, tip in head.branches.items() if tip == head_sha), None)
        number = 1 + sum(each.repo is repo and each.path == path for each in self.workflow_runs.values())
        same = (each.workflow_id for each in self.workflow_runs.values() if each.repo is repo and each.path == path)
        run = WorkflowRun(
            id=self.next_id(),
            repo=repo,
            head_repo=head,
            head_sha=head_sha,
            head_branch=branch,
            name=name,
            path=path,
            workflow_id=next(same, None) or self.next_id(),
            suite_id=self.next_id(),
            number=number,
            event=event,
            status=status,
            conclusion=conclusion if status == "completed" else None,
            actor=actor or repo.owner,
            created_at=self.now(),
        )
        self.workflow_runs[run.id] = run
        for each, files in (artifacts or {}).items():
            self.add_artifact(run, each, files)
        return run

    @locked
    def add_artifact(self, run: WorkflowRun, name: str, files: Mapping[str, bytes] | bytes) -> Artifact:
        """Upload an artifact of a run, as files or as its zip archive."""
        archive = files if isinstance(files, bytes) else _zipped(files)
        now = self.now()
        artifact = Artifact(self.next_id(), run, name, archive, digest_of(archive), now, now + KEPT)
        run.artifacts.append(artifact)
        return artifact

    @locked
    def workflow_run(self, repo: Repo, number: int) -> WorkflowRun:
        """Find a run of a repository by its id; raises Refused 404."""
        run = self.workflow_runs.get(number)
        if run is None or run.repo is not repo:
            raise not_found()
        return run

    @locked
    def artifact(self, repo: Repo, number: int) -> Artifact:
        """Find an artifact of a repository by its id; raises Refused 404."""
        for run in self.workflow_runs.values():
            for artifact in run.artifacts if run.repo is repo else ():
                if artifact.id == number:
                    return artifact
        raise not_found()

    @locked
    def create_release(
        self, repo: Repo, tag: str, assets: Mapping[str, bytes] | None = None, author: Account | None = None
    ) -> Release:
        """Publish a release; raises Refused 422 for a tag that has one."""
        if any(each.repo is repo and each.tag == tag for each in self.releases.values()):
            raise Refused(
                422, "Validation Failed", {"resource": "Release", "code": "already_exists", "field": "tag_name"}
            )
        release = Release(self.next_id(), repo, tag, author or repo.owner, self.now())
        self.releases[release.id] = release
        for name, content in (assets or {}).items():
            self.attach(release, name, content)
        return release

    @locked
    def attach(self, release: Release, name: str, content: bytes) -> Asset:
        """Attach a file to a release, in the place of one of the same name."""
        release.assets = [each for each in release.assets if each.name != name]
        asset = Asset(self.next_id(), release, name, content, digest_of(content), release.author, self.now())
        release.assets.append(asset)
        return asset

    @locked
    def store_large(self, repo: Repo, content: bytes) -> bytes:
        """Push a file to Git LFS; return the pointer that is committed in its place."""
        oid = hashlib.sha256(content).hexdigest()
        self.large_files.setdefault(_first(repo).id, {})[oid] = content
        return f"version https://git-lfs.github.com/spec/v1\noid sha256:{oid}\nsize {len(content)}\n".encode()

    @locked
    def large_file(self, repo: Repo, oid: str) -> bytes | None:
        """Find a file of Git LFS, which forks share with what they are a fork of."""
        return self.large_files.get(_first(repo).id, {}).get(oid)

    @locked
    def lend(self, content: bytes, *, proof: str | None = None) -> str:
        """Give out an address under which bytes can be fetched for a minute, by whoever has it."""
        now = self.now()
        self.loans = {key: each for key, each in self.loans.items() if each.until > now}
        key = secrets.token_urlsafe(24)
        self.loans[key] = Loan(content, now + LENT, proof)
        return f"{self.url}/-/stored/{key}"


def digest_of(content: bytes) -> str:
    """Note a digest as GitHub does."""
    return f"sha256:{hashlib.sha256(content).hexdigest()}"


def _zipped(files: Mapping[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, content in files.items():
            archive.writestr(path, content)
    return packed.getvalue()


def _first(repo: Repo) -> Repo:
    return repo if repo.parent is None else _first(repo.parent)
