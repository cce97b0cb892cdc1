"""Where does a service without DATABASE_URL keep its data? In a PostgreSQL of its own, on a Unix socket, nowhere else.

The server outlives a killed process and is found again by the next; the last process to stop it ends it.
"""

import hashlib
import os
import re
import shlex
import subprocess
import tempfile
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import psycopg
from psycopg import sql

from bot.storage.account import (
    ACCOUNTS,
    CURE,
    Account,
    EmbeddedUnavailable,
    closed_to,
    is_private,
    make_folder,
    make_private,
    server_account,
)
from bot.storage.programs import MAJOR, programs
from bot.storage.users import locked

__all__ = ["EmbeddedPostgres", "EmbeddedUnavailable"]

_NAME = "tunegate"  # the database, and its role
_SOCKET = ".s.PGSQL.5432"
_LONGEST_SOCKET = 99  # bytes; the kernel's field holds 104 on macOS and 108 on Linux
_PATIENCE = 60.0  # seconds for a server to answer, which after a crash includes its recovery
_LAUNCHES = 15.0  # seconds in which a refused launch is tried again: a killed server's children need a moment to go
_QUIET = {
    "listen_addresses": "",
    "log_checkpoints": "off",
    "log_min_messages": "log",  # an error of a statement is told to its sender; its text must not pile up in a file
}
_FORGETFUL = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


class EmbeddedPostgres:
    """One process's use of the local PostgreSQL of a data folder. Not for two threads at once."""

    def __init__(self, *, durable: bool = True, accounts: Sequence[str] = ACCOUNTS) -> None:
        """Prepare; `durable=False` is for tests, `accounts` are those that root may hand the server to."""
        self._settings = _QUIET if durable else _QUIET | _FORGETFUL
        self._accounts = accounts
        self._use: tuple[int, _Server] | None = None

    def start(self, folder: Path) -> str:
        """Start the server of a data folder, or join it; return the database's URL. Raises EmbeddedUnavailable."""
        if self._use is not None:
            raise RuntimeError("already started")
        folder = folder.resolve()
        account = server_account(folder / "postgres", self._accounts)
        make_folder(folder, account)
        with locked(folder / "postgres.lock", account) as users:
            # asked again: whoever held the lock before may have made the folder for another account
            account = server_account(folder / "postgres", self._accounts)
            server = _Server(folder, account, programs(account, folder), self._settings)
            try:
                url = server.up()
            except BaseException:
                if not users:
                    server.down()
                raise
            users.add(os.getpid())
        self._use = (os.getpid(), server)
        return url

    def revive(self) -> None:
        """Start the server again where it has been killed; without effect while it answers. Raises EmbeddedUnavailable."""
        if self._use is None or self._use[0] != os.getpid():
            return
        server = self._use[1]
        with locked(server.folder / "postgres.lock", server.account):
            server.up()

    def stop(self) -> None:
        """Give the server up; the last process to do so ends it. Without effect after a fork, and the second time."""
        use, self._use = self._use, None
        if use is None or use[0] != os.getpid():
            return
        server = use[1]
        with locked(server.folder / "postgres.lock", server.account) as users:
            if users.remove(os.getpid()):
                server.down()


@dataclass(frozen=True, slots=True)
class _Postmaster:
    """The process that a data folder names as its server: is it, or may it be that somebody started it by hand?"""

    ours: bool
    postgres: bool
    sockets: Path | None  # known a moment after the process itself


class _Server:
    """The server of one data folder, whoever started it. Only to be used under the folder's lock."""

    def __init__(self, folder: Path, account: Account, programs: Path, settings: dict[str, str]) -> None:
        self.folder = folder
        self.account = account
        self._programs = programs
        self._settings = settings
        self._home = folder / "postgres"
        self._data = self._home / "data"

    def up(self) -> str:
        """See to it that the server answers; return the database's URL."""
        make_private(self._home, self.account)
        self._initialise()
        begun = time.monotonic()
        trouble = "it did not say why"
        while time.monotonic() < begun + _PATIENCE:
            found = self._postmaster()
            if found is None or not found.ours:
                trouble = self._launch(found)
                if trouble and time.monotonic() > begun + _LAUNCHES:
                    raise EmbeddedUnavailable(f"PostgreSQL does not start: {trouble}")
            elif found.sockets is not None:
                try:
                    return self._reached(found.sockets)
                except psycopg.OperationalError as why:
                    trouble = str(why)
            time.sleep(0.05 if trouble else 0)
        raise EmbeddedUnavailable(f"PostgreSQL in {self._home} does not answer: {trouble}")

    def down(self) -> None:
        """End the server, if there is one, and whatever was made for it outside its folder."""
        found = self._postmaster()
        if found is not None and found.ours:
            for manner in ("fast", "immediate"):  # the second loses nothing either: the next start recovers
                if not self._run("pg_ctl", "stop", "-s", "-w", "-t", "60", "-m", manner).returncode:
                    break
        elsewhere = _elsewhere(self._home)
        if is_private(elsewhere, self.account):
            with suppress(OSError):
                elsewhere.rmdir()

    def _initialise(self) -> None:
        marker = self._data / "PG_VERSION"
        if marker.exists():
            major = marker.read_text().strip()
            if major != MAJOR:
                raise EmbeddedUnavailable(
                    f"{self._data} holds data of PostgreSQL {major}, and this release brings PostgreSQL {MAJOR}. Dump "
                    f"it with pg_dump of version {major} and restore it into a new folder (TUNEGATE_DATA), or serve it "
                    "with that version and set DATABASE_URL."
                )
            return
        if self._data.exists():
            raise EmbeddedUnavailable(f"{self._data} is there but holds no PostgreSQL data: move it away.")
        draft = self._home / "data.part"  # a killed initdb leaves a draft behind, never half a data folder
        if draft.exists():
            self._remove(draft)
        collation = ("--no-locale", "--locale-provider=builtin", "--builtin-locale=C.UTF-8")  # alike on every machine
        access = ("--auth-local=trust", "--auth-host=reject")  # the socket's folder is the key
        haste = ("--no-sync",) if self._settings.get("fsync") == "off" else ()
        done = self._run("initdb", "-D", str(draft), "-U", _NAME, "-E", "UTF8", *collation, *access, *haste)
        if done.returncode:
            raise EmbeddedUnavailable(f"PostgreSQL's initdb failed: {_said(done)}")
        draft.rename(self._data)

    def _remove(self, draft: Path) -> None:
        """As the account, so that nothing it may have put there can lead root astray."""
        subprocess.run(["/bin/rm", "-rf", "--", str(draft)], check=True, cwd="/", **self.account.process_options())

    def _launch(self, found: "_Postmaster | None") -> str:
        """Start the server; return what stood against it, or nothing."""
        if found is not None and not found.postgres:
            # left behind by a killed server, whose number belongs to nobody or to any other process, which PostgreSQL
            # would take for a living server; children of the killed one it still finds by the memory they share
            (self._data / "postmaster.pid").unlink(missing_ok=True)
        sockets = self._socket_folder()
        listed = '"' + str(sockets).replace('"', '""') + '"'  # the setting is a list in quotes of its own
        settings = self._settings | {"unix_socket_directories": listed, "cluster_name": self._mark()}
        options = " ".join(f"-c {shlex.quote(f'{name}={value}')}" for name, value in settings.items())
        # the log's path is short and plain because pg_ctl hands it to a shell, as it would a data folder's
        done = self._run("pg_ctl", "start", "-s", "-w", "-t", str(int(_PATIENCE)), "-l", "log", "-o", options)
        if not done.returncode:
            return ""
        with suppress(OSError):
            said = (self._home / "log").read_text(errors="replace").splitlines()[-5:]
            return f"{_said(done)} {' / '.join(said)}"
        return _said(done)

    def _postmaster(self) -> "_Postmaster | None":
        """Whom the data folder names as its server, dead or alive."""
        try:
            lines = (self._data / "postmaster.pid").read_text(errors="replace").splitlines()
        except OSError:
            return None
        command = _command(int(lines[0])) if lines and lines[0].isdigit() else ""
        return _Postmaster(
            ours=f"cluster_name={self._mark()}" in command,
            postgres=re.search(r"(^|/)postgres(\s|\0|$)", command) is not None,
            sockets=Path(lines[4]) if len(lines) > 4 and lines[4] else None,
        )

    def _mark(self) -> str:
        """What tells a living server of this folder from any other process, even after the folder was moved."""
        seen = self._data.stat()
        return f"{_NAME}-{seen.st_dev}-{seen.st_ino}."

    def _reached(self, sockets: Path) -> str:
        with psycopg.connect(
            host=str(sockets), user=_NAME, dbname="postgres", connect_timeout=10, autocommit=True
        ) as link:
            if link.execute("SELECT 1 FROM pg_database WHERE datname = %s", [_NAME]).fetchone() is None:
                link.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(_NAME)))
        return f"postgresql+psycopg://{_NAME}@/{_NAME}?host={quote(str(sockets))}"

    def _socket_folder(self) -> Path:
        inside = self._home / "run"
        chosen = inside if _fits(inside) else _elsewhere(self._home)
        if not _fits(chosen) or (self.account.foreign and closed_to(self.account, chosen.parent)):
            raise EmbeddedUnavailable(
                f"No folder for PostgreSQL's socket: {chosen} is too long, has a comma or is closed. {CURE}"
            )
        make_private(chosen, self.account)
        return chosen

    def _run(self, program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        try:
            return subprocess.run(
                [str(self._programs / program), *arguments],
                env={"PATH": "/usr/bin:/bin", "PGDATA": str(self._data), "LC_ALL": "C", "TZ": "UTC"},
                cwd=self._home,  # the working folder of a root may be closed to the account
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                errors="replace",
                check=False,
                umask=0o077,
                **self.account.process_options(),
            )
        except OSError as why:
            raise EmbeddedUnavailable(
                f"PostgreSQL's {program} cannot be run as {self.account.name}: {why.strerror}. {CURE}"
            ) from why


def _command(process: int) -> str:
    """The command line of a living process; nothing for one that is gone, or gone but not yet waited for."""
    if Path("/proc/self/cmdline").exists():
        try:
            return Path(f"/proc/{process}/cmdline").read_bytes().decode(errors="replace")
        except OSError:
            return ""
    shown = subprocess.run(
        ["/bin/ps", "-ww", "-o", "command=", "-p", str(process)], capture_output=True, text=True, check=False
    )
    return shown.stdout


def _elsewhere(home: Path) -> Path:
    """A folder for the socket of a server whose own folder has a name that no socket can have."""
    return Path(tempfile.gettempdir()) / f"tg-{hashlib.sha256(os.fsencode(home)).hexdigest()[:12]}"


def _fits(folder: Path) -> bool:
    """A comma parts one host from the next where clients name the socket's folder."""
    return "," not in str(folder) and len(os.fsencode(folder / _SOCKET)) <= _LONGEST_SOCKET


def _said(done: subprocess.CompletedProcess[str]) -> str:
    return " ".join((done.stderr or done.stdout).split()) or f"exit code {done.returncode}"
