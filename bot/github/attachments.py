"""What does GitHub keep for a repository beside its commits? Artifacts of workflow runs, and assets of releases.

An artifact is attested (grade A) in this sense: GitHub says that a workflow run of this repository, at a commit of this
repository, left it, and its bytes have the digest that GitHub noted when it was uploaded. What the workflow did, GitHub
does not say. Build attestations (Sigstore bundles under `/attestations/sha256:...`) are not looked at: to verify one
needs Sigstore's roots of trust and its transparency log, which are out of reach here, and an unverified one proves nothing.
"""

import hashlib
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import quote

from bot.github.client import Client, Elsewhere
from bot.github.repository_files import is_inside
from bot.github.trouble import AGAIN, Refused
from bot.github.zip_archive import BadArchive, members, unpack
from bot.ports import Fetch, ForgeTrouble
from bot.readiness.fact import Grade, Known, Source, Trouble, Unavailable

_JSON = "application/vnd.github+json"
_BYTES = "application/octet-stream"  # docs "get a release asset": its bytes and not its description
_DIRECTORY_BYTES = 1024 * 1024  # house: what an archive may be larger than the file that is read from it
_SHOWN = 12
_SHOWN_NAME = 80  # characters
_MOST_ID = 2**63 - 1
_ENDED_BY_ITSELF = ("success", "failure", "neutral")  # "failure": an eval below its bar often ends its run so
_BESIDE_ITS_COMMIT = ("pull_request_target", "workflow_run")  # they often run on what another commit or run left


class AttachmentsOfRepository:
    """The artifacts and assets of one repository."""

    def __init__(self, client: Client, repository: str, fetch: Fetch) -> None:
        """Take the client, the repository (`owner/name`), and how an address that GitHub leads to is fetched."""
        self._client = client
        self._repository = repository
        self._fetch = fetch

    def workflow_artifact(self, run_id: int, name: str, path: str, *, max_bytes: int) -> Known[bytes] | Unavailable:
        """Read a file of an artifact that a workflow run left: three calls and a download. Never raises for GitHub's sake.

        Grade A for a run that ended by itself on a commit of this repository, else C. The file's `revision` is that commit.
        """
        what = f"The artifact `{_clean(name)}` of workflow run {run_id}"
        if not 0 < run_id <= _MOST_ID or not name or not is_inside(path):
            return _definitive(f"{what} and `{_clean(path)}` name no file.", _RUN_FIX)
        run = self._described(f"/actions/runs/{run_id}", what)
        if isinstance(run, Unavailable):
            return run
        if run is None:
            return _definitive(f"There is no workflow run {run_id} in this repository.", _RUN_FIX)
        if run.get("status") != "completed":
            return Unavailable(
                f"Workflow run {run_id} has not ended yet.", Trouble.PASSING, "Ask for this check again once it has."
            )
        artifact = self._artifact(run_id, name, what)
        if isinstance(artifact, Unavailable):
            return artifact
        archive = self._archive(artifact, what, max_bytes + _DIRECTORY_BYTES)
        if isinstance(archive, Unavailable):
            return archive
        try:
            content = _member(archive, path, max_bytes)
        except BadArchive as bad:
            return _definitive(f"{what} {bad}.", _STORE_ANEW)
        if isinstance(content, str):
            return _definitive(f"{what} holds no file `{_clean(path)}`; {content}.", "Correct the path.")
        grade = Grade.A if self._is_attested(run) else Grade.C
        sha = run.get("head_sha")
        revision = sha if isinstance(sha, str) else None
        return Known(content, _source(f"actions://{run_id}/{name}/{path}", grade, content, revision))

    def release_asset(self, tag: str, name: str, *, max_bytes: int) -> Known[bytes] | Unavailable:
        """Read a file that was attached to a release. Never raises for GitHub's sake.

        Grade D, for it can be replaced; C where GitHub noted its digest and the bytes have it.
        """
        what = f"The asset `{_clean(name)}` of release `{_clean(tag)}`"
        if not is_inside(tag) or not name:
            return _definitive(f"`{_clean(tag)}` is no tag of a release.", _TAG_FIX)
        release = self._described(f"/releases/tags/{quote(tag, safe='/')}", what)
        if isinstance(release, Unavailable):
            return release
        if release is None:
            return _definitive(f"There is no release `{_clean(tag)}` in this repository.", _TAG_FIX)
        assets = _objects(release.get("assets"))
        asset = next((each for each in assets if each.get("name") == name), None)
        if asset is None:
            there = _listing("it has", (each.get("name") for each in assets))
            return _definitive(f"Release `{_clean(tag)}` has no asset `{_clean(name)}`; {there}.", "Correct the name.")
        size = asset.get("size")
        if isinstance(size, int) and size > max_bytes:
            return _definitive(f"{what} has {size:,} bytes; {_at_most(max_bytes)}.", _SMALLER)
        content = self._bytes(f"/releases/assets/{_id(asset)}", _BYTES, what, max_bytes)
        if isinstance(content, Unavailable):
            return content
        noted = _noted(asset)
        if noted is not None and hashlib.sha256(content).hexdigest() != noted:
            # described and fetched by two calls: it may have been replaced between them
            return _passing(what, "its bytes have another digest than GitHub noted")
        address = f"releases/download/{tag}/{name}"
        return Known(content, _source(address, Grade.D if noted is None else Grade.C, content, None))

    def _artifact(self, run_id: int, name: str, what: str) -> Mapping[str, Any] | Unavailable:
        """Find the newest artifact of a name: each attempt of a run leaves its own."""
        path = f"/actions/runs/{run_id}/artifacts"
        listed = self._described(path, what, {"name": name, "per_page": 100})
        if isinstance(listed, Unavailable):
            return listed
        of_name = [each for each in _artifacts(listed) if each.get("name") == name]
        if not of_name:
            every = self._described(path, what, {"per_page": 100})
            if isinstance(every, Unavailable):
                return every
            there = _listing("it left", (each.get("name") for each in _artifacts(every)))
            said = f"Workflow run {run_id} left no artifact `{_clean(name)}`; {there}."
            return _definitive(said, "Correct the name, or let the workflow upload it.")
        newest = max(of_name, key=_id)
        if newest.get("expired"):
            return _definitive(
                f"{what} has expired: GitHub keeps artifacts for 90 days unless told otherwise.",
                "Run the workflow again and link the new run, or commit the file.",
            )
        return newest

    def _archive(self, artifact: Mapping[str, Any], what: str, max_bytes: int) -> bytes | Unavailable:
        size = artifact.get("size_in_bytes")
        if isinstance(size, int) and size > max_bytes:
            return _definitive(f"{what} has {size:,} bytes; {_at_most(max_bytes)}.", _SMALLER)
        archive = self._bytes(f"/actions/artifacts/{_id(artifact)}/zip", _JSON, what, max_bytes)
        if isinstance(archive, Unavailable):
            return archive
        noted = _noted(artifact)
        if noted is not None and hashlib.sha256(archive).hexdigest() != noted:
            return _definitive(f"{what} has another digest than GitHub noted.", _STORE_ANEW)
        return archive

    def _is_attested(self, run: Mapping[str, Any]) -> bool:
        """Say whether GitHub vouches that a run was of this repository's own commit, and came to its end."""
        head = run.get("head_repository")  # null: of a fork that is gone
        own = isinstance(head, Mapping) and head.get("id") == self._client.repository_id
        return own and run.get("conclusion") in _ENDED_BY_ITSELF and run.get("event") not in _BESIDE_ITS_COMMIT

    def _described(
        self, path: str, what: str, parameters: Mapping[str, str | int] | None = None
    ) -> Mapping[str, Any] | Unavailable | None:
        """Read what GitHub says of a thing; None when there is none."""
        try:
            said = self._client.get(f"/repos/{self._repository}{path}", parameters)
        except Refused as refused:
            return None if refused.status == 404 else _passing(what, refused.reason)
        except ForgeTrouble as trouble:
            return _passing(what, trouble.reason)
        return said if isinstance(said, Mapping) else _passing(what, "GitHub's answer could not be understood")

    def _bytes(self, path: str, accept: str, what: str, max_bytes: int) -> bytes | Unavailable:
        """Download what GitHub keeps, from GitHub or from wherever it leads."""
        try:
            found = self._client.download(f"/repos/{self._repository}{path}", accept=accept, max_bytes=max_bytes)
        except Refused as refused:
            if refused.status in (404, 410):
                return _definitive(f"{what} is no longer kept.", _STORE_ANEW)
            return _passing(what, refused.reason)
        except ForgeTrouble as trouble:
            return _passing(what, trouble.reason)
        if isinstance(found, Elsewhere):
            return self._fetched(found.url, what, max_bytes)
        return _beyond(what, max_bytes) if found.beyond else found.content

    def _fetched(self, url: str, what: str, max_bytes: int) -> bytes | Unavailable:
        fetched = self._fetch(url, max_bytes)
        if isinstance(fetched, Known):
            return fetched.value
        return Unavailable(f"{what} could not be had. {fetched.reason}", fetched.trouble, fetched.fix)


_RUN_FIX = "Write actions://RUN_ID/ARTIFACT/PATH with the number from the run's address."
_TAG_FIX = "Link the asset as it stands on the release's page."
_STORE_ANEW = "Store it anew and link that, or commit the file."
_SMALLER = "Store the file by itself, or make it smaller."


def _member(archive: bytes, path: str, max_bytes: int) -> bytes | str:
    """Unpack a file of an archive, or say which there are; raises BadArchive."""
    inside = members(archive)
    wanted = [each for each in inside if each.name == path]
    if not wanted:
        return _listing("it holds", (each.name for each in inside))
    if len(wanted) > 1:
        raise BadArchive(f"holds `{_clean(path)}` more than once")
    return unpack(archive, wanted[0], max_bytes)


def _source(uri: str, grade: Grade, content: bytes, revision: str | None) -> Source:
    return Source(uri, grade, hashlib.sha256(content).hexdigest(), revision, len(content))


def _objects(said: object) -> list[Mapping[str, Any]]:
    return [each for each in said if isinstance(each, Mapping)] if isinstance(said, list) else []


def _artifacts(listed: Mapping[str, Any] | None) -> list[Mapping[str, Any]]:
    return _objects((listed or {}).get("artifacts"))


def _id(said: Mapping[str, Any]) -> int:
    number = said.get("id")
    return number if isinstance(number, int) else 0


def _noted(said: Mapping[str, Any]) -> str | None:
    """Read the SHA-256 that GitHub noted of an artifact or asset; older ones have none."""
    digest = said.get("digest")
    return digest.removeprefix("sha256:").lower() if isinstance(digest, str) and digest.startswith("sha256:") else None


def _clean(name: object) -> str:
    """Make a name that somebody chose fit to stand in a sentence."""
    text = "".join(sign if sign.isprintable() and sign != "`" else "?" for sign in str(name))
    return text if len(text) <= _SHOWN_NAME else f"{text[: _SHOWN_NAME - 3]}..."


def _listing(begin: str, names: Iterable[object]) -> str:
    every = sorted({_clean(name) for name in names})
    if not every:
        return f"{begin} none"
    shown = ", ".join(f"`{name}`" for name in every[:_SHOWN])
    return f"{begin} {shown}" + (f" and {len(every) - _SHOWN:,} more" if len(every) > _SHOWN else "")


def _at_most(max_bytes: int) -> str:
    return f"at most {max_bytes:,} bytes are read"


def _beyond(what: str, max_bytes: int) -> Unavailable:
    return _definitive(f"{what} is larger than what is read; {_at_most(max_bytes)}.", _SMALLER)


def _definitive(reason: str, fix: str) -> Unavailable:
    return Unavailable(reason, Trouble.DEFINITIVE, fix)


def _passing(what: str, reason: str) -> Unavailable:
    return Unavailable(f"{what} could not be read now: {reason}.", Trouble.PASSING, AGAIN)
