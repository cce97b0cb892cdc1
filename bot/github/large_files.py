"""Where is the file that a Git LFS pointer stands for? Asked of the repository's LFS server, and held to the pointer's digest.

The pointer is committed and names the SHA-256 of the file: what comes back is pinned by it, whoever served it. By Git LFS's
own description of its batch API the answer gives an address and the headers to send there; our token goes no further
than the question.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.github.client import Client
from bot.github.trouble import AGAIN, Refused
from bot.ports import Fetch, ForgeTrouble
from bot.readiness.fact import Grade, Hindrance, Known, Source, Trouble, Unavailable

_BEGINNING = b"version https://git-lfs.github.com/spec/v1"
_LONGEST = 1024  # bytes; Git LFS's description of pointers: a longer file is none
_OID = re.compile(r"^oid sha256:([0-9a-f]{64})$", re.MULTILINE)
_SIZE = re.compile(r"^size ([0-9]{1,15})$", re.MULTILINE)
_MEDIA = "application/vnd.git-lfs+json"
_ANSWER_BYTES = 64 * 1024
_MOST_HEADERS = 20
_GONE = (404, 410, 422)  # Git LFS's description of errors: not there, taken away, not a valid object
_COMMIT = "Commit the file itself, or push it with `git lfs push --all origin`."


@dataclass(frozen=True, slots=True)
class _Object:
    oid: str
    size: int


class LargeFiles:
    """The files of one repository that are kept by Git LFS."""

    def __init__(self, client: Client, repository: str, fetch: Fetch) -> None:
        """Take the repository (`owner/name`), and how its files are fetched."""
        self._client = client
        self._repository = repository
        self._fetch = fetch

    def read(self, pointer: bytes, path: str, commit: str, *, max_bytes: int) -> Known[bytes] | Unavailable:
        """Read the file that the pointer at a path of a commit stands for. Never raises for GitHub's sake."""
        wanted = _parsed(pointer)
        if wanted is None:
            return Unavailable(
                f"`{path}` is a Git LFS pointer that names no file.", Trouble.DEFINITIVE, "Commit the file itself."
            )
        if wanted.size > max_bytes:
            return Unavailable(
                f"`{path}` is a Git LFS pointer to {wanted.size:,} bytes; at most {max_bytes:,} bytes are read.",
                Trouble.DEFINITIVE,
                "Make the file smaller.",
                Hindrance.TOO_LARGE,
            )
        action = self._action(wanted, path)
        if isinstance(action, Unavailable):
            return action
        url, headers = action
        fetched = self._fetch(url, wanted.size, headers)
        if isinstance(fetched, Unavailable):
            return Unavailable(
                f"`{path}` is a Git LFS pointer, and its file could not be had. {fetched.reason}",
                fetched.trouble,
                _COMMIT if fetched.trouble is Trouble.DEFINITIVE else fetched.fix,
            )
        if fetched.source.sha256 != wanted.oid:
            return Unavailable(
                f"`{path}` is a Git LFS pointer, and what is stored for it has another digest than it names.",
                Trouble.DEFINITIVE,
                _COMMIT,
            )
        return Known(fetched.value, Source(path, Grade.C, wanted.oid, commit, len(fetched.value)))

    def _action(self, wanted: _Object, path: str) -> tuple[str, dict[str, str]] | Unavailable:
        """Ask where a file is: its address, and the headers to be sent there."""
        body = {
            "operation": "download",
            "transfers": ["basic"],
            "objects": [{"oid": wanted.oid, "size": wanted.size}],
            "hash_algo": "sha256",
        }
        where = f"/{self._repository}.git/info/lfs/objects/batch"
        try:
            said = self._client.post_to_git(where, body, media=_MEDIA, max_bytes=_ANSWER_BYTES)
        except Refused as refused:
            return _missing(path) if refused.status in _GONE else _passing(path, refused.reason)
        except ForgeTrouble as trouble:
            return _passing(path, trouble.reason)
        try:
            found = json.loads(said.content)["objects"][0]
            if (found["oid"], found["size"]) != (wanted.oid, wanted.size) and "error" not in found:
                raise ValueError("about another file")
            if "error" in found:
                return _in_error(path, found["error"])
            download = found["actions"]["download"]
            return str(download["href"]), _headers(download.get("header"))
        except (LookupError, TypeError, ValueError, RecursionError):
            return _passing(path, "GitHub's answer could not be understood")


def is_pointer(content: bytes) -> bool:
    """Say whether a file is a pointer to one that Git LFS keeps, perhaps a damaged one."""
    return len(content) <= _LONGEST and content.startswith(_BEGINNING)


def _parsed(pointer: bytes) -> _Object | None:
    text = pointer.decode("utf-8", "replace")
    oids, sizes = _OID.findall(text), _SIZE.findall(text)
    return _Object(oids[0], int(sizes[0])) if len(oids) == len(sizes) == 1 else None


def _headers(said: object) -> dict[str, str]:
    if said is None:
        return {}
    if not isinstance(said, Mapping) or len(said) > _MOST_HEADERS:
        raise ValueError("no headers")
    return {str(name): str(value) for name, value in said.items()}


def _in_error(path: str, error: Mapping[str, Any]) -> Unavailable:
    if error["code"] in _GONE:
        return _missing(path)
    return _passing(path, f"GitHub answered {error['code']}: {str(error.get('message'))[:200]}")


def _missing(path: str) -> Unavailable:
    return Unavailable(
        f"`{path}` is a Git LFS pointer, and its file was never pushed or is no longer kept.",
        Trouble.DEFINITIVE,
        _COMMIT,
    )


def _passing(path: str, reason: str) -> Unavailable:
    return Unavailable(
        f"`{path}` is a Git LFS pointer, and its file could not be asked for now: {reason}.", Trouble.PASSING, AGAIN
    )
