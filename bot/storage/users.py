"""Which processes use the local PostgreSQL of a folder? A list of them inside the lock file that guards it."""

import fcntl
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bot.storage.account import CURE, Account, EmbeddedUnavailable


class Users:
    """The processes that use one server, each as its id and the moment it started, since ids come round again."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        lines = os.pread(descriptor, 1 << 20, 0).decode(errors="replace").splitlines()
        self._known = [line for line in lines if _lives(line)]

    def add(self, process: int) -> None:
        """Note that a process uses the server; a process may do so several times over."""
        self._known.append(f"{process} {started(process)}")
        self._write()

    def remove(self, process: int) -> bool:
        """Strike out one use by a process; say whether nobody is left."""
        entry = f"{process} {started(process)}"
        if entry in self._known:
            self._known.remove(entry)
        self._write()
        return not self._known

    def __len__(self) -> int:
        return len(self._known)

    def _write(self) -> None:
        text = "".join(f"{line}\n" for line in self._known).encode()
        os.pwrite(self._descriptor, text, 0)
        os.ftruncate(self._descriptor, len(text))


@contextmanager
def locked(file: Path, account: Account) -> Iterator[Users]:
    """Keep every other process from starting or stopping the server. Raises EmbeddedUnavailable.

    The file is never removed: a lock on a removed file would guard nothing. Made by root, it goes to the server's
    account, which can then use the folder without root.
    """
    try:
        descriptor = _open(file, account)
    except OSError as why:
        raise EmbeddedUnavailable(f"{file} cannot be opened: {why.strerror}. {CURE}") from why
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield Users(descriptor)
    finally:
        os.close(descriptor)


def started(process: int) -> str | None:
    """Tell when a process started, in whatever words the system has for it; None when it lives no more."""
    if Path("/proc/self/stat").exists():
        try:
            # the name in the second field may hold spaces and brackets of its own, so count from the last bracket
            fields = Path(f"/proc/{process}/stat").read_bytes().rpartition(b")")[2].split()
        except OSError:
            return None
        return None if fields[0] in (b"Z", b"X") else fields[19].decode()
    shown = subprocess.run(
        ["/bin/ps", "-o", "lstart=", "-p", str(process)], capture_output=True, text=True, check=False
    )
    return "-".join(shown.stdout.split()) or None


def _open(file: Path, account: Account) -> int:
    flags = os.O_RDWR | os.O_NOFOLLOW | os.O_CLOEXEC
    try:
        descriptor = os.open(file, flags | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return os.open(file, flags)
    if account.foreign:
        os.fchown(descriptor, account.uid, account.gid)
    return descriptor


def _lives(line: str) -> bool:
    process, _, moment = line.partition(" ")
    return process.isdigit() and bool(moment) and started(int(process)) == moment
