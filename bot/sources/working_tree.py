"""What does a file hold in a working tree? Read like the service reads a commit: never outside the tree, nor through a link.

Each folder on the way is opened by itself, from the root down, and never through a symbolic link: so nothing that changes
meanwhile can lead out of the tree.
"""

import errno
import hashlib
import os
import stat
from pathlib import Path

from bot.readiness.fact import Grade, Known, Source, Trouble, Unavailable

_POINTER = b"version https://git-lfs.github.com/spec/v1"
_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC  # a pipe without a writer must not make us wait


class WorkingTree:
    """The files below a folder."""

    def __init__(self, root: Path) -> None:
        """Take the root of the tree."""
        self._root = root

    def read(self, path: str, *, max_bytes: int) -> Known[bytes] | Unavailable:
        """Read a file by its path from the root."""
        parts = path.split("/")
        if "\\x00" in path or not path.isprintable() or any(part in ("", ".", "..", ".git") for part in parts):
            return Unavailable(f"`{path}` is no path of a file in the repository.", Trouble.DEFINITIVE)
        opened = self._open(path, parts)
        if isinstance(opened, Unavailable):
            return opened
        try:
            return _content(path, opened, max_bytes)
        except OSError as error:
            return _passing(path, error)
        finally:
            os.close(opened)

    def pin(self, path: str) -> str | None:
        """Say that a file that may change any moment has no name of its content."""
        return None

    def _open(self, path: str, parts: list[str]) -> int | Unavailable:
        """Walk down to a file and open it; returns its descriptor."""
        part, here = "", -1
        try:
            here = os.open(self._root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
            for part in parts[:-1]:
                above, here = here, os.open(part, _FOLDER, dir_fd=here)
                os.close(above)
            part = parts[-1]
            return os.open(part, _FILE, dir_fd=here)
        except OSError as error:
            if here >= 0 and _is_link(part, here):
                return _not_a_file(path, "is, or lies behind, a symbolic link; those are not followed")
            return _refused(path, error)
        finally:
            if here >= 0:
                os.close(here)


def _content(path: str, file: int, max_bytes: int) -> Known[bytes] | Unavailable:
    found = os.fstat(file)
    if not stat.S_ISREG(found.st_mode):
        return _not_a_file(path, "is a folder, not a file" if stat.S_ISDIR(found.st_mode) else "is no regular file")
    if found.st_size > max_bytes:
        return Unavailable(
            f"`{path}` has {found.st_size:,} bytes; at most {max_bytes:,} bytes are read.",
            Trouble.DEFINITIVE,
            "Make the file smaller.",
        )
    with os.fdopen(os.dup(file), "rb") as stream:
        content = stream.read(max_bytes)
    if content.startswith(_POINTER):
        return Unavailable(
            f"`{path}` is a Git LFS pointer, not the file itself.",
            Trouble.DEFINITIVE,
            "Commit the file itself, or link to where it is stored.",
        )
    return Known(content, Source(path, Grade.C, hashlib.sha256(content).hexdigest(), None, len(content)))


def _is_link(name: str, folder: int) -> bool:
    try:
        return stat.S_ISLNK(os.stat(name, dir_fd=folder, follow_symlinks=False).st_mode)
    except OSError:
        return False


def _not_a_file(path: str, what: str) -> Unavailable:
    return Unavailable(f"`{path}` {what}.", Trouble.DEFINITIVE, "Link to a file that is committed in this repository.")


def _refused(path: str, error: OSError) -> Unavailable:
    if error.errno in (errno.ENOENT, errno.ENOTDIR, errno.ENAMETOOLONG):
        return Unavailable(
            f"There is no file `{path}` in this working tree.", Trouble.DEFINITIVE, "Add the file, or correct its path."
        )
    if error.errno == errno.ENXIO:
        return _not_a_file(path, "is no regular file")
    return _passing(path, error)


def _passing(path: str, error: OSError) -> Unavailable:
    return Unavailable(
        f"`{path}` could not be read now: {error.strerror or type(error).__name__}.",
        Trouble.PASSING,
        "See to it that the file can be read.",
    )
