"""What lies where GitHub leads to? Files of artifacts, assets and Git LFS, kept by others under addresses that are a key themselves.

The addresses come from GitHub, never from a pull request; they are followed by the guarded client all the same.
"""

from collections.abc import Iterable, Mapping

from bot.readiness.fact import Grade, Known, Source, Trouble, Unavailable
from bot.sources.stores.guard import Ask, Failure, Guard
from bot.sources.stores.reach import NoTarget, Reach, target

_ADVICE = (
    "Ask the operator of Tunegate to open the host (`https.private_hosts` in the stores file), or commit the file."
)
_AGAIN = "Nothing to correct: it is tried again."
_GONE = (404, 410)


class LedTo:
    """Fetches an address that GitHub has named: of any public host by https, and of the API's own wherever that is asked."""

    def __init__(self, guard: Guard, api_url: str, private: Iterable[str] = ()) -> None:
        """Take the client, the API's address, and origins (`https://HOST:443`) that may lie inside the operator's network."""
        self._guard = guard
        self._reach = Reach(hosts=("*",), private=frozenset((target(api_url).origin, *private)), advice=_ADVICE)

    def __call__(
        self, url: str, max_bytes: int, headers: Mapping[str, str] | None = None
    ) -> Known[bytes] | Unavailable:
        """Fetch a file, at most so many bytes; `headers` go to the first server alone. Never raises for the world's sake."""
        sent = dict(headers or {})
        try:
            target(url)
        except NoTarget:
            return Unavailable("GitHub leads to what is no address.", Trouble.PASSING, _AGAIN)
        if not all(text.isascii() and text.isprintable() for pair in sent.items() for text in pair):
            return Unavailable("GitHub's answer holds headers that cannot be sent.", Trouble.PASSING, _AGAIN)
        found = self._guard.read(Ask(url, credentials=sent), self._reach, max_bytes)
        if not isinstance(found, Failure):
            return Known(found.content, Source("", Grade.D, found.sha256, None, len(found.content)))
        if found.status in _GONE:
            return Unavailable("It is no longer kept where GitHub says.", Trouble.DEFINITIVE, "Store it anew.")
        if found.status is not None:  # whatever it is, it says nothing of what the team has written
            return Unavailable(f"The server that keeps it answers {found.status}.", Trouble.PASSING, _AGAIN)
        fix = _AGAIN if found.fact.trouble is Trouble.PASSING else found.fact.fix
        return Unavailable(found.fact.reason, found.fact.trouble, fix)
