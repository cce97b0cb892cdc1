"""What does a file hold at a commit? Read by GitHub's contents API, never more than asked for, never outside the repository.

A pointer that Git LFS committed in a file's place is followed to the file.

A fork's head commit is read through the base repository: the App has no access to a private fork, and GitHub keeps the
commits of a pull request with both.
"""

import base64
import hashlib
import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from bot.github.client import Body, Client
from bot.github.large_files import LargeFiles, is_pointer
from bot.github.trouble import AGAIN, Refused
from bot.ports import ForgeTrouble
from bot.readiness.fact import Grade, Known, Source, Trouble, Unavailable

_OBJECT = "application/vnd.github.object+json"  # docs "get repository content": one shape for files and folders
_RAW = "application/vnd.github.raw+json"
_DESCRIPTION_BYTES = 4 * 1024 * 1024  # a file up to 1 MB comes inside as base64, a folder as up to 1,000 entries


class FilesAtCommit:
    """The files of one repository at one commit."""

    def __init__(self, client: Client, repository: str, sha: str, large: LargeFiles) -> None:
        """Take the repository (`owner/name`), the commit, and the reader of files that Git LFS keeps.

        Without a commit ("") it is the default branch as it is when it is read, whatever else bears its name.
        """
        self._client = client
        self._repository = repository
        self._sha = sha
        self._large = large
        self._listed: Known[Mapping[str, str]] | None = None

    def read(self, path: str, *, max_bytes: int) -> Known[bytes] | Unavailable:
        """Read a file by its path from the root: one call up to 1 MB, two beyond. Never raises for GitHub's sake."""
        found = self.find(path, max_bytes=max_bytes)
        if found is None:
            return Unavailable(
                f"There is no file `{path}` at this commit.",
                Trouble.DEFINITIVE,
                "Commit the file, or correct its path.",
            )
        return found

    def find(self, path: str, *, max_bytes: int) -> Known[bytes] | Unavailable | None:
        """Read a file that may not be there, which is None; else as `read` does."""
        described = self._describe(path)
        if described is None or isinstance(described, Unavailable):
            return described
        size, content = described
        if size is not None and size > max_bytes:
            return _too_large(path, size, max_bytes)
        if content is None:
            raw = self._raw(path, max_bytes)
            if raw is None or isinstance(raw, Unavailable):
                return raw
            content = raw
        if is_pointer(content):
            return self._large.read(content, path, self._sha, max_bytes=max_bytes)
        return Known(content, self._source(path, content))

    def pin(self, path: str) -> str | None:
        """Name a file's content as git does, where the commit's files were listed already."""
        return self._listed.value.get(path) if self._listed is not None else None

    def listing(self) -> Known[Mapping[str, str]] | Unavailable:
        """List every file of the commit, without symbolic links and submodules; asked of GitHub once."""
        if self._listed is None:
            try:
                tree = self._client.get(f"/repos/{self._repository}/git/trees/{self._sha}", {"recursive": "1"})
            except ForgeTrouble as trouble:
                return Unavailable(f"The files could not be listed: {trouble.reason}.", Trouble.PASSING, AGAIN)
            entries = tree.get("tree") if isinstance(tree, Mapping) else None
            if not isinstance(entries, list):
                return Unavailable("GitHub's list of the files could not be understood.", Trouble.PASSING, AGAIN)
            if tree.get("truncated"):
                # docs "get a tree": 100,000 entries or 7 MB; trying again shows no more
                return Unavailable("The repository is too large for GitHub to list its files.", Trouble.DEFINITIVE)
            self._listed = Known(_files(entries), Source("", Grade.C, revision=self._sha))
        return self._listed

    def _describe(self, path: str) -> tuple[int | None, bytes | None] | Unavailable | None:
        """Ask what a path is: the size of a file, and its content where GitHub gives it along (up to 1 MB)."""
        if not is_inside(path):
            return Unavailable(f"`{path}` is no path of a file in the repository.", Trouble.DEFINITIVE)
        try:
            body = self._get(path, _OBJECT, _DESCRIPTION_BYTES)
        except Refused as refused:
            return (None, None) if _says_too_large(refused) else _refused(path, refused)
        except ForgeTrouble as trouble:
            return _passing(path, trouble.reason)
        if body.beyond:
            return _passing(path, "GitHub's description of it is longer than expected")
        try:
            return _described(path, json.loads(body.content))
        except ValueError:
            return _passing(path, "GitHub's description of it could not be understood")

    def _raw(self, path: str, max_bytes: int) -> bytes | Unavailable | None:
        try:
            body = self._get(path, _RAW, max_bytes)
        except Refused as refused:
            return _too_large(path, None, max_bytes) if _says_too_large(refused) else _refused(path, refused)
        except ForgeTrouble as trouble:
            return _passing(path, trouble.reason)
        return _too_large(path, None, max_bytes) if body.beyond else body.content

    def _get(self, path: str, accept: str, max_bytes: int) -> Body:
        where = f"/repos/{self._repository}/contents/{quote(path, safe='/')}"
        return self._client.stream(where, {"ref": self._sha} if self._sha else {}, accept=accept, max_bytes=max_bytes)

    def _source(self, path: str, content: bytes) -> Source:
        return Source(path, Grade.C, hashlib.sha256(content).hexdigest(), self._sha, len(content))


def is_inside(path: str) -> bool:
    """Say whether a path is one of a file below the repository's root."""
    # an HTTP client would resolve dots by itself, and so leave the repository's part of the API
    parts = path.split("/")
    return "\x00" not in path and path.isprintable() and not any(part in ("", ".", "..") for part in parts)


def _described(path: str, data: Any) -> tuple[int | None, bytes | None] | Unavailable:
    if isinstance(data, list):
        return _not_a_file(path, "is a folder, not a file")
    if not isinstance(data, Mapping):
        raise ValueError("neither an object nor a list")
    kind = data.get("type")
    if kind == "dir":
        return _not_a_file(path, "is a folder, not a file")
    if kind == "symlink":  # GitHub follows a link to a file of the repository by itself, and tells of any other
        return _not_a_file(path, "is a symbolic link that leads to no file of the repository")
    if kind == "submodule" or data.get("submodule_git_url"):
        return _not_a_file(path, "is a submodule, not a file")
    if kind != "file":
        raise ValueError("of no type that we know")
    size, content = data.get("size"), data.get("content")
    known = size if isinstance(size, int) else None
    if data.get("encoding") == "base64" and isinstance(content, str):
        decoded = base64.b64decode("".join(content.split()), validate=True)
        if known is not None and len(decoded) != known:
            raise ValueError("content of another length than its size")
        return known, decoded
    return known, None


def _files(entries: list[Any]) -> dict[str, str]:
    return {
        entry["path"]: entry["sha"]
        for entry in entries
        if isinstance(entry, Mapping)
        and entry.get("type") == "blob"
        and entry.get("mode") != "120000"  # git's mode of a symbolic link
        and isinstance(entry.get("path"), str)
        and isinstance(entry.get("sha"), str)
    }


def _says_too_large(refused: Refused) -> bool:
    said = refused.said.lower()
    return refused.status == 403 and ("too large" in said or "too_large" in said)


def _refused(path: str, refused: Refused) -> Unavailable | None:
    """Tell a file that is not there, which is None, from a commit that is not there or other trouble."""
    if refused.status == 404 and "no commit found" not in refused.said.lower():
        return None
    return _passing(path, refused.reason)


def _passing(path: str, reason: str) -> Unavailable:
    return Unavailable(f"`{path}` could not be read now: {reason}.", Trouble.PASSING, AGAIN)


def _not_a_file(path: str, what: str) -> Unavailable:
    return Unavailable(f"`{path}` {what}.", Trouble.DEFINITIVE, "Link to a file that is committed in this repository.")


def _too_large(path: str, size: int | None, max_bytes: int) -> Unavailable:
    found = "is larger than what is read here" if size is None else f"has {size:,} bytes"
    return Unavailable(
        f"`{path}` {found}; at most {max_bytes:,} bytes are read.", Trouble.DEFINITIVE, "Make the file smaller."
    )
