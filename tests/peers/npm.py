"""Where do GitHub's own descriptions come from? From npm, at pinned versions and digests, into an ignored folder.

Nothing of them is committed. What cannot be had is one named skip of the module that asks for it, and a failure in CI.
"""

import base64
import fcntl
import gzip
import hashlib
import os
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
import pytest

CACHE = Path(__file__).resolve().parents[2] / ".cache" / "peers"
_SECONDS = 180  # for one download; npm itself gives up sooner where there is no network
_LACKING: dict["Package", str] = {}  # why, asked once a process: without a network, asking takes its time


class PeerLacking(Exception):
    """A package cannot be had here and now; the reason says why."""


@dataclass(frozen=True, slots=True)
class Package:
    """A package of npm at one version, and the SHA-512 of its archive as base64."""

    name: str
    version: str
    sha512: str

    def __str__(self) -> str:
        return f"{self.name}@{self.version}"

    @property
    def stem(self) -> str:
        """A name for files made of it."""
        return f"{self.name.lstrip('@').replace('/', '-')}-{self.version}"


@dataclass(frozen=True, slots=True)
class Extract:
    """One JSON member of a package, and what is kept of it; `edition` changes when `keep` does."""

    package: Package
    member: str
    edition: str
    keep: Callable[[Any], Any]


def need(*extracts: Extract) -> None:
    """Skip the module that is being imported where a package cannot be had; fail in CI."""
    with needed():
        for extract in extracts:
            _file(extract)


@contextmanager
def needed() -> Iterator[None]:
    """Skip the module that is being imported where something in the block is lacking; fail in CI."""
    why = ""
    try:
        yield
    except PeerLacking as lacking:
        why = str(lacking)
    if why and in_ci():
        pytest.fail(why, pytrace=False)
    if why:
        # one reason for all: pytest then counts what is lacking once, however many modules ask for it
        pytest.skip("the peers from npm are not in .cache/peers, or Node is lacking", allow_module_level=True)


def in_ci() -> bool:
    """Say whether nothing may be lacking."""
    return os.environ.get("CI", "").lower() == "true"


@cache
def load(extract: Extract) -> Any:
    """Read what is kept of a package; raises PeerLacking. The value is shared: leave it as it is."""
    return msgspec.json.decode(gzip.decompress(_file(extract).read_bytes()))


def _file(extract: Extract) -> Path:
    """Find the cached extract, or make it; raises PeerLacking."""
    file = CACHE / f"{extract.package.stem}.{extract.edition}.json.gz"
    if not file.exists():
        with _alone() as folder:
            if not file.exists():  # else another process has made it while we waited
                kept = extract.keep(msgspec.json.decode(_member(_fetch(extract.package, folder), extract.member)))
                new = folder / "kept"
                new.write_bytes(gzip.compress(msgspec.json.encode(kept), 6, mtime=0))
                new.replace(file)  # at once: a half-written file is never found there
    return file


@contextmanager
def _alone() -> Iterator[Path]:
    """Keep other processes off the cache, and lend a folder in it that is gone afterwards."""
    CACHE.mkdir(parents=True, exist_ok=True)
    with (CACHE / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # the kernel lets go of it when the process dies
        for left in CACHE.glob("new-*"):  # by a process that was killed
            shutil.rmtree(left, ignore_errors=True)
        with tempfile.TemporaryDirectory(prefix="new-", dir=CACHE) as folder:
            yield Path(folder)


def _fetch(package: Package, folder: Path) -> Path:
    """Fetch a package's archive into a folder; raises PeerLacking, and ValueError for another digest than the pinned."""
    _npm(package, f"pack {package}", folder)
    packed = next(folder.glob("*.tgz"))
    with packed.open("rb") as file:
        found = base64.b64encode(hashlib.file_digest(file, "sha512").digest()).decode()
    if found != package.sha512:
        raise ValueError(f"{package} came with another digest than the pinned one: {found}")
    return packed


def install(*packages: Package) -> Path:
    """Install packages that need only one another, and run nothing of theirs; raises PeerLacking.

    Returns the folder that `node_modules` is in.
    """
    place = CACHE / packages[0].stem
    if not place.exists():
        with _alone() as folder:
            if not place.exists():
                wanted = {each.name: each.version for each in packages}
                locked: dict[str, Any] = {
                    f"node_modules/{each.name}": {"version": each.version, "integrity": f"sha512-{each.sha512}"}
                    for each in packages
                }
                locked[""] = {"dependencies": wanted}
                _write(folder / "package.json", {"private": True, "dependencies": wanted})
                _write(folder / "package-lock.json", {"lockfileVersion": 3, "packages": locked})
                _npm(packages[0], "ci --no-audit --no-fund", folder)
                (folder / "made").mkdir()
                (folder / "node_modules").replace(folder / "made" / "node_modules")
                (folder / "made").replace(place)  # at once, like any file here
    return place


def _write(file: Path, value: Any) -> None:
    file.write_bytes(msgspec.json.encode(value))


def _npm(package: Package, command: str, folder: Path) -> None:
    if package in _LACKING:
        raise PeerLacking(_LACKING[package])
    npm = shutil.which("npm")
    if npm is None:
        why = "there is no npm to fetch it"
    else:
        asked = [npm, *command.split(), "--silent", "--ignore-scripts", "--fetch-retries=1"]
        try:
            done = subprocess.run(asked, cwd=folder, capture_output=True, timeout=_SECONDS, check=False)
            why = f"npm could not fetch it (exit {done.returncode})" if done.returncode else ""
        except subprocess.TimeoutExpired:
            why = f"npm did not fetch it in {_SECONDS} s"
    if why:
        _LACKING[package] = f"{package} is not in .cache/peers, and {why}"
        raise PeerLacking(_LACKING[package])


def _member(packed: Path, name: str) -> bytes:
    with tarfile.open(packed) as tar:
        member = tar.extractfile(name)
        assert member is not None, f"{name} is no file of the package"
        return member.read()
