"""What lies at the address to which the forge leads? Artifacts, assets and large files, which it keeps on other servers.

The forge gave the address, so any public host will do; it is the guarded client that goes there all the same. The forge
itself, and what the operator names, may lie inside the operator's network. The forge's token is never known here.
"""

from collections.abc import Iterable, Mapping

from bot.readiness.evidence import Grade, Known, Source, Trouble, Unavailable
from bot.sources.stores.guard import Ask, Failure, Guard
from bot.sources.stores.reach import NoTarget, Reach, target

_GONE = (404, 410)
_COMMIT = "Store it anew and link that, or commit the file."
_AGAIN = "Nothing to correct: it is tried again."


class Fetching:
    """Fetches what the forge keeps elsewhere; `ports.Fetch`. Safe to share between threads."""

    def __init__(self, guard: Guard, private: Iterable[str] = ()) -> None:
        """Take the client, and the addresses whose servers may be private: the forge's own, and what the operator names."""
        self._guard = guard
        self._reach = Reach(
            hosts=("*",),
            private=frozenset(target(url).origin for url in private),
            advice="Commit the file to this repository and link its path, or ask the operator of Tunegate to name the "
            "server under `github.storage` in the stores file.",
        )

    def __call__(
        self, url: str, max_bytes: int, headers: Mapping[str, str] | None = None
    ) -> Known[bytes] | Unavailable:
        """Fetch a file of at most so many bytes; never raises."""
        try:
            target(url)
        except NoTarget:
            return Unavailable("GitHub leads to no address that can be asked.", Trouble.PASSING, _AGAIN)
        found = self._guard.read(Ask(url, credentials=headers or {}), self._reach, max_bytes)
        if not isinstance(found, Failure):
            return Known(found.content, Source("", Grade.D, found.sha256, None, len(found.content)))
        if found.status in _GONE:
            return Unavailable("It is no longer kept where GitHub says.", Trouble.DEFINITIVE, _COMMIT)
        if found.status is not None:  # whatever it is, it says nothing of the link that the team wrote
            return Unavailable(f"The server that keeps it answers {found.status}.", Trouble.PASSING, _AGAIN)
        return found.fact
