"""As whom does the local PostgreSQL run, and can that account go where it must?

PostgreSQL refuses to run as root, so root hands the server to an account without privileges. Ownership and permissions
are set once, on what we make ourselves; whatever was there before is looked at and left as it is.
"""

import os
import pwd
import stat
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ACCOUNTS = ("tunegate", "postgres", "nobody")
"""Accounts that root may hand the server to, best first."""

CURE = (
    "Set TUNEGATE_DATA to a folder that every account may enter (for example /var/lib/tunegate), "
    "or DATABASE_URL to a PostgreSQL of your own."
)


class EmbeddedUnavailable(Exception):
    """The local PostgreSQL cannot be used here; the message names the cure."""


@dataclass(frozen=True, slots=True)
class Account:
    """The operating system's account that runs the server; `foreign` when it is not the one that asks."""

    name: str
    uid: int
    gid: int
    foreign: bool

    def process_options(self) -> dict[str, Any]:
        """Give the arguments of `subprocess.run` that start a process as this account, without any further group."""
        return {"user": self.uid, "group": self.gid, "extra_groups": []} if self.foreign else {}


def server_account(home: Path, candidates: Sequence[str] = ACCOUNTS) -> Account:
    """Choose the account for the server whose files lie, or will lie, in `home`. Raises EmbeddedUnavailable.

    Files that are there already decide: PostgreSQL only serves data that its own account owns.
    """
    owner = _owner(home)
    if os.geteuid() != 0:
        me = os.geteuid()
        if owner not in (None, me):
            raise EmbeddedUnavailable(
                f"{home} belongs to {_name(owner)}, and this process runs as {_name(me)}. Start it as {_name(owner)}, "
                "or set TUNEGATE_DATA to a folder of your own, or DATABASE_URL to a PostgreSQL of your own."
            )
        return Account(_name(me), me, os.getegid(), foreign=False)
    if owner == 0:
        raise EmbeddedUnavailable(f"{home} belongs to root, as whom PostgreSQL refuses to run. {CURE}")
    for entry in _entries(candidates) if owner is None else _entry_of(owner):
        return Account(entry.pw_name, entry.pw_uid, entry.pw_gid, foreign=True)
    raise EmbeddedUnavailable(
        "PostgreSQL refuses to run as root, and this machine has no account to run it as. Create the account "
        f"`{candidates[0]}`, or set DATABASE_URL to a PostgreSQL of your own."
    )


def closed_to(account: Account, path: Path) -> Path | None:
    """Find the topmost folder on the way to `path`, or `path` itself, that the account cannot enter."""
    for folder in (*reversed(path.parents), path):
        if not _allows(account, folder.stat(), stat.S_IXOTH):
            return folder
    return None


def can_read(account: Account, path: Path) -> bool:
    """Say whether the account can reach and read a file."""
    return closed_to(account, path.parent) is None and _allows(account, path.stat(), stat.S_IROTH)


def make_folder(folder: Path, account: Account) -> None:
    """Make the folder that holds the server's files and whatever leads to it. Raises EmbeddedUnavailable.

    As root the new folders let other accounts pass (0711), or the server could not reach its files; a folder that was
    there before keeps its permissions, and is refused when the account cannot enter it.
    """
    missing = [place for place in (*reversed(folder.parents), folder) if not place.exists()]
    nearest = missing[0].parent if missing else folder
    shut = closed_to(account, nearest) if account.foreign else None
    if shut is not None:
        raise EmbeddedUnavailable(
            f"{shut} is closed to the account {account.name}, as which the local PostgreSQL must run because it "
            f"refuses to run as root. {CURE}"
        )
    for place in missing:
        try:
            # open from the first moment: another process that starts now must not find it shut
            place.mkdir(mode=0o711 if account.foreign else 0o700)
        except FileExistsError:
            continue  # another process makes the same folders right now
        except OSError as why:
            raise EmbeddedUnavailable(f"{place} cannot be made: {why.strerror}. {CURE}") from why
        if account.foreign:
            place.chmod(0o711)  # whatever the mask was


def make_private(folder: Path, account: Account) -> None:
    """Make a folder for the account alone, or accept one that is exactly that. Raises EmbeddedUnavailable."""
    try:
        folder.mkdir(mode=0o700)
    except FileExistsError:
        if not is_private(folder, account):
            raise EmbeddedUnavailable(f"{folder} is not a private folder of {account.name}. {CURE}") from None
    except OSError as why:
        raise EmbeddedUnavailable(f"{folder} cannot be made: {why.strerror}. {CURE}") from why
    else:
        if account.foreign:
            os.chown(folder, account.uid, account.gid, follow_symlinks=False)


def is_private(folder: Path, account: Account) -> bool:
    """Say whether a folder, not a link to one, is the account's and closed to all others."""
    try:
        seen = folder.lstat()
    except OSError:
        return False
    return stat.S_ISDIR(seen.st_mode) and seen.st_uid == account.uid and not stat.S_IMODE(seen.st_mode) & 0o077


def _allows(account: Account, seen: os.stat_result, bit: int) -> bool:
    """`bit` is the permission as written for others; owner and group have it six and three places further up."""
    if account.uid == seen.st_uid:
        return bool(seen.st_mode & bit << 6)
    return bool(seen.st_mode & (bit << 3 if account.gid == seen.st_gid else bit))


def _owner(path: Path) -> int | None:
    try:
        return path.lstat().st_uid
    except FileNotFoundError:
        return None
    except OSError as why:
        raise EmbeddedUnavailable(f"{path} cannot be reached: {why.strerror}. {CURE}") from why


def _entries(names: Sequence[str]) -> list[pwd.struct_passwd]:
    known = {entry.pw_name: entry for entry in pwd.getpwall()}
    return [known[name] for name in names if name in known and known[name].pw_uid != 0]


def _entry_of(uid: int) -> list[pwd.struct_passwd]:
    try:
        return [pwd.getpwuid(uid)]
    except KeyError:
        return []


def _name(uid: int | None) -> str:
    for entry in _entry_of(uid) if uid is not None else ():
        return entry.pw_name
    return f"the account {uid}"
