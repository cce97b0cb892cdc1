"""How is a file fetched from the server that GitHub leads to? Without our token, never more than asked for, and not for ever.

GitHub keeps artifacts, assets and large files with others (object stores), and leads to them by addresses that are a
credential themselves. `Fetch` is what the readers of such files need: whoever wires them may hand in a client of their
own, `Download` is the one that they have otherwise.
"""

import hashlib
from collections.abc import Callable, Mapping
from time import monotonic
from urllib.parse import urljoin, urlsplit

import requests
from urllib3.exceptions import HTTPError

from bot.github.app_auth import TIMEOUT, USER_AGENT, unchanged
from bot.readiness.evidence import Grade, Known, Source, Trouble, Unavailable

Fetch = Callable[[str, int], Known[bytes] | Unavailable]
"""Fetches an address, at most so many bytes, and never raises."""

SECONDS = 120.0  # house: for one file, from the first byte sent to the last byte read
AGAIN = "Nothing to correct: it is tried again."
_MAX_MOVES = 3
_CHUNK = 64 * 1024
_GONE = (404, 410)


class _OneStep(requests.Session):
    """A session that leaves redirects alone; requests itself reads the whole body of one, even of one that it does not follow."""

    def get_redirect_target(self, resp: requests.Response) -> None:
        """Find none."""


class Download:
    """Fetches files over https; over http only where the API itself is asked over http, as on one's own machine."""

    def __init__(self, api_url: str, seconds: float = SECONDS) -> None:
        """Take the API's address, and the seconds that one file may take in all."""
        self._schemes = ("https", "http") if urlsplit(api_url).scheme == "http" else ("https",)
        self._seconds = seconds

    def __call__(
        self, url: str, max_bytes: int, headers: Mapping[str, str] | None = None
    ) -> Known[bytes] | Unavailable:
        """Fetch a file; `headers` go to the first server alone. Never raises."""
        end = monotonic() + self._seconds
        sent = dict(headers or {})
        try:
            with _OneStep() as session:
                session.auth = unchanged
                for _ in range(_MAX_MOVES + 1):
                    if not self._is_allowed(url):
                        return _passing("it leads to an address that is not https")
                    with session.get(
                        url,
                        headers={"Accept-Encoding": "identity", **sent, "User-Agent": USER_AGENT},
                        timeout=TIMEOUT,
                        stream=True,
                        allow_redirects=False,
                    ) as answer:
                        if not answer.is_redirect:
                            return _read(answer, max_bytes, end)
                        there = urljoin(url, answer.headers["Location"])
                    if urlsplit(there).netloc != urlsplit(url).netloc:
                        sent = {}
                    url = there
        except (requests.RequestException, HTTPError, ValueError) as error:
            return _passing(f"the server could not be reached ({type(error).__name__})")
        return _passing("it leads from address to address without an end")

    def _is_allowed(self, url: str) -> bool:
        parts = urlsplit(url)
        return parts.scheme in self._schemes and bool(parts.hostname)


def _read(answer: requests.Response, max_bytes: int, end: float) -> Known[bytes] | Unavailable:
    if answer.status_code in _GONE:
        return Unavailable("It is no longer kept where GitHub says.", Trouble.DEFINITIVE, "Store it anew.")
    if answer.status_code != 200:
        return _passing(f"the server answered {answer.status_code}")
    content = bytearray()
    # one read of the socket at a time: the time is looked at however slowly the bytes come
    while chunk := answer.raw.read1(_CHUNK, decode_content=True):
        content += chunk
        if len(content) > max_bytes:
            return Unavailable(
                f"It has more than the {max_bytes:,} bytes that are read.", Trouble.DEFINITIVE, "Make it smaller."
            )
        if monotonic() > end:
            return _passing("it comes too slowly")
    if answer.raw.length_remaining:
        return _passing("it broke off on its way")
    found = bytes(content)
    return Known(found, Source("", Grade.D, hashlib.sha256(found).hexdigest(), None, len(found)))


def _passing(reason: str) -> Unavailable:
    return Unavailable(f"It could not be fetched now: {reason}.", Trouble.PASSING, AGAIN)
