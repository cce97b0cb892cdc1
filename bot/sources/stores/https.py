"""What lies at an https:// address? A file that anybody may read, of a host that the operator has opened."""

import re
from urllib.parse import unquote

from bot.readiness.fact import Known, Source, Trouble, Unavailable
from bot.readiness.link import Link
from bot.readiness.schema import LinkField
from bot.sources.on_disk import Spool
from bot.sources.stores import large, store
from bot.sources.stores.guard import Ask, Failure, Guard
from bot.sources.stores.operator import Https
from bot.sources.stores.reach import NoTarget, Reach, Target, target
from bot.sources.stores.store import Place
from bot.sources.strict_json import printable

ASSET_BYTES = 100_000_000  # house: as much as is read of a file of the repository itself
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

    def __init__(
        self, operator: Https, guard: Guard, github_url: str = "https://github.com", most: int = large.MAX_INLINE_BYTES
    ) -> None:
        """Take what is opened, the client, the address of the forge whose repositories are reviewed, and the most bytes."""
        self.most = most
        self._operator = operator
        self._guard = guard
        self._github = target(github_url)
        self._private = frozenset(f"https://{host}:443" for host in operator.private_hosts)

    def read(self, linked: LinkField, parsed: Link, place: Place, max_bytes: int) -> Known[bytes] | Unavailable:
        """Read what the address answers; an asset of a release of the repository itself is read through the forge."""
        to = self._way(parsed, place)
        if isinstance(to, Unavailable):
            return to
        if asset := self._asset(to, place):
            if not place.around.trusted:
                return store.waits_for_a_maintainer("A release is read with the login of the App", place)
            fact = place.around.attachments.release_asset(*asset, max_bytes=max_bytes)
            return store.pinned_by_digest(fact, linked)
        found = self._guard.read(Ask(parsed.text), self._reach(to.host), max_bytes)
        if isinstance(found, Failure):
            return found.fact
        return store.read_from(linked, found.content, found.sha256)

    def save(self, linked: LinkField, parsed: Link, place: Place, into: Spool) -> Source | Unavailable:
        """Write down what the address answers; an asset of a release is read as ever."""
        to = self._way(parsed, place)
        if isinstance(to, Unavailable):
            return to
        if self._asset(to, place):
            fact = self.read(linked, parsed, place, min(self.most, ASSET_BYTES))
            if isinstance(fact, Unavailable):
                return fact
            into.write(fact.value)
            return fact.source
        found = self._guard.save(Ask(parsed.text), self._reach(to.host), self.most, into)
        return found.fact if isinstance(found, Failure) else large.saved(linked, into, None)

    def stretches(
        self, linked: LinkField, parsed: Link, place: Place, draw: large.Draw
    ) -> Known[large.Stretches] | Unavailable:
        """Read stretches of what the address answers, where the server knows ranges."""
        to = self._way(parsed, place)
        if isinstance(to, Unavailable):
            return to
        if self._asset(to, place):
            return large.without_parts("A release")
        found = large.by_ranges(self._guard, Ask(parsed.text), self._reach(to.host), draw)
        return found.fact if isinstance(found, Failure) else large.of_stretches(linked, found[0], None)

    def _way(self, parsed: Link, place: Place) -> Target | Unavailable:
        """Find where a link leads, or why it is not followed there."""
        try:
            to = target(parsed.text)
        except NoTarget as error:
            return Unavailable(f"The link cannot be followed: {error}", Trouble.DEFINITIVE, "Correct the link.")
        if self._asset(to, place):
            return to
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
            return store.waits_for_a_maintainer(f"`{to.host}` is asked inside the operator's network", place)
        return to

    def pin(self, linked: LinkField, parsed: Link, place: Place) -> str | None:
        """Name the bytes by the digest beside the link: an address alone may come to mean others."""
        try:
            to = target(parsed.text)
        except NoTarget:
            return None
        asset = self._asset(to, place) is not None
        if not place.around.trusted and (asset or to.origin in self._private):
            return None
        if not asset and self._reach(to.host).refusal(to, redirected=False):
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
