"""What lies at an https:// address? A file that anybody may read, of a host that the operator has opened."""

import re
from urllib.parse import unquote

from bot.readiness.fact import Known, Trouble, Unavailable
from bot.readiness.link import Link
from bot.readiness.schema import LinkField
from bot.sources.stores import store
from bot.sources.stores.guard import Ask, Failure, Guard
from bot.sources.stores.operator import Https
from bot.sources.stores.reach import NoTarget, Reach, Target, target
from bot.sources.stores.store import Place
from bot.sources.strict_json import printable

_ONWARD = {
    "github.com": ("*.githubusercontent.com", "codeload.github.com"),
    "huggingface.co": ("*.huggingface.co", "*.hf.co"),
}
"""To where the great hosts lead on when they are asked for a file."""

_RELEASE = re.compile(r"/([\w.-]+/[\w.-]+)/releases/download/([^/?#]+)/([^/?#]+)")
_OWN_PAGE = re.compile(r"/([\w.-]+/[\w.-]+)/blob/[^/]+/([^?#]+)(\?.*)?")
_PAGE = {
    "github.com": re.compile(r"/[\w.-]+/[\w.-]+/blob/"),
    "huggingface.co": re.compile(r"(/datasets|/spaces)?/[\w.-]+/[\w.-]+/blob/"),
}


class HttpsStore:
    """Files of opened hosts, asked for without any login."""

    def __init__(self, operator: Https, guard: Guard, github_url: str = "https://github.com") -> None:
        """Take what is opened, the client, and the address of the forge whose repositories are reviewed."""
        self._operator = operator
        self._guard = guard
        self._github = target(github_url)
        self._private = frozenset(f"https://{host}:443" for host in operator.private_hosts)

    def read(self, linked: LinkField, parsed: Link, place: Place, max_bytes: int) -> Known[bytes] | Unavailable:
        """Read what the address answers; an asset of a release of the repository itself is read through the forge."""
        try:
            to = target(parsed.text)
        except NoTarget as error:
            return Unavailable(f"The link cannot be followed: {error}", Trouble.DEFINITIVE, "Correct the link.")
        if asset := self._asset(to, place):
            fact = place.around.attachments.release_asset(*asset, max_bytes=max_bytes)
            return store.pinned_by_digest(fact, linked)
        page = _PAGE.get("github.com" if to.origin == self._github.origin else to.host)
        if page and page.match(to.path):
            if path := self._own_page(to, place):
                return Unavailable(
                    "The link leads to the page about a file of this repository.",
                    Trouble.DEFINITIVE,
                    f"Link the file by its path from the repository's root, like `/{printable(path)}`.",
                )
            return Unavailable(
                "The link leads to the page about a file, not to the file.",
                Trouble.DEFINITIVE,
                "Link the file itself: what the button `Raw` (or `download`) on that page leads to.",
            )
        if to.origin in self._private and not place.around.trusted:
            return store.waits_for_a_maintainer(f"`{to.host}` is asked inside the operator's network")
        found = self._guard.read(Ask(parsed.text), self._reach(to.host), max_bytes)
        if isinstance(found, Failure):
            return found.fact
        return store.read_from(linked, found.content, found.sha256)

    def pin(self, linked: LinkField, parsed: Link, place: Place) -> str | None:
        """Name the bytes by the digest beside the link: an address alone may come to mean others."""
        try:
            to = target(parsed.text)
        except NoTarget:
            return None
        if self._asset(to, place) is None:
            waits = to.origin in self._private and not place.around.trusted
            if waits or self._reach(to.host).refusal(to, redirected=False):
                return None
        return store.digest_pin(linked)

    def _asset(self, to: Target, place: Place) -> tuple[str, str] | None:
        """Take tag and name of an asset of a release of the repository itself."""
        release = _RELEASE.fullmatch(to.path)
        if release and to.origin == self._github.origin and self._is_own(release[1], place):
            return unquote(release[2]), unquote(release[3])
        return None

    def _own_page(self, to: Target, place: Place) -> str | None:
        """Take the path of a file of the repository itself from the address of its page."""
        page = _OWN_PAGE.fullmatch(to.path)
        return unquote(page[2]) if page and to.origin == self._github.origin and self._is_own(page[1], place) else None

    def _is_own(self, repository: str, place: Place) -> bool:
        return bool(place.around.repository) and repository.lower() == place.around.repository.lower()

    def _reach(self, host: str) -> Reach:
        private = self._private & {f"https://{host}:443"}  # a redirect never leads from one private host to another
        return Reach(
            hosts=self._operator.hosts,
            onward=_ONWARD.get(host, ()) if host in self._operator.hosts else (),
            private=private,
            advice=f"Commit the file to this repository and link its path, or ask the operator of Tunegate to open the "
            f"host (`https.hosts` in the stores file; `{printable(host)}` is what the link names).",
        )
