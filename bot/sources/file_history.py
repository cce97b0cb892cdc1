"""Which versions of a linked file mean something else than the ones before them?"""

from dataclasses import replace
from datetime import datetime

from bot import ports
from bot.readiness.changes import collapse
from bot.readiness.evidence import History, Version
from bot.readiness.fact import Fact, Known, Trouble, Unavailable
from bot.sources.meaning import MAX_BYTES, meaning
from bot.sources.trouble import Unreadable

MOST_READ = 7  # house: six changes show in seven versions, and more than five are too many
MOST_LISTED = 20


def history_of(
    history: ports.History,
    path: str,
    *,
    since: datetime | None = None,
    at_most: int = MOST_LISTED,
    meanings: bool = True,
) -> Fact[History]:
    """List the versions of a file (path from the repository's root), those in a row that mean the same being one.

    The newest seven are read, where there are several; without `meanings` none is, and each commit stays a version. With
    `since`, the version before that instant is not listed, and the oldest one listed is then no known change.
    """
    listed = history.versions(path, since=since, at_most=at_most)
    if isinstance(listed, Unavailable) or not meanings or len(listed.value.versions) < 2:
        return listed
    versions: list[Version] = []
    for place, version in enumerate(listed.value.versions):
        if place >= MOST_READ:
            versions.append(version)
            continue
        file = history.read(path, version.commit, max_bytes=MAX_BYTES)
        if isinstance(file, Known):
            versions.append(replace(version, meaning=_meaning(file.value, path)))
        elif file.trouble is Trouble.DEFINITIVE:  # the commit took it away, or it was too large then
            versions.append(version)
        else:
            return file
    return replace(listed, value=replace(listed.value, versions=collapse(versions)))


def _meaning(raw: bytes, path: str) -> str | None:
    try:
        return meaning(raw, path)
    except Unreadable:
        return None
