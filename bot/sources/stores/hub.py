"""What does a file of the hub say at a revision? Read by plain HTTP from `resolve/REV/PATH`, as any client of the hub does.

A commit pins the file, when the hub itself says that it answers from that commit: a branch may bear a name like one.
"""

import re
from urllib.parse import quote

from bot.readiness.fact import Hindrance, Known, Source, Trouble, Unavailable
from bot.readiness.link import Link
from bot.readiness.schema import LinkField
from bot.sources.on_disk import Spool
from bot.sources.stores import large, store
from bot.sources.stores.guard import Ask, Failure, Guard, Reply
from bot.sources.stores.operator import Hub
from bot.sources.stores.reach import Reach, target
from bot.sources.stores.store import Place

_COMMIT = re.compile(r"[0-9a-f]{40}")
_COMMIT_HEADER = "x-repo-commit"  # on the hub's own answer, also when that is a redirect to its CDN
_PUBLIC = Hub().url


class HubStore:
    """Files of models and data sets on the Hugging Face Hub, or on one of the operator's own."""

    def __init__(self, operator: Hub, guard: Guard, most: int = large.MAX_INLINE_BYTES) -> None:
        """Take what the operator says of the hub, the client, and the most bytes that are read whole."""
        self.most = most
        self._operator = operator
        self._guard = guard
        self._origin = target(operator.url).origin
        self._is_own = self._origin != target(_PUBLIC).origin

    def read(self, linked: LinkField, parsed: Link, place: Place, max_bytes: int) -> Known[bytes] | Unavailable:
        """Read a file at a revision; a token of the operator's is sent to the hub alone, and for no fork."""
        way = self._way(linked, parsed, place)
        if isinstance(way, Unavailable):
            return way
        ask, revision = way
        found = self._guard.read(ask, self._reach(), max_bytes)
        if isinstance(found, Failure):
            return self._refused(found, place)
        return store.read_from(linked, found.content, found.sha256, self._commit(found, revision))

    def save(self, linked: LinkField, parsed: Link, place: Place, into: Spool) -> Source | Unavailable:
        """Write a file down as it is at a revision."""
        way = self._way(linked, parsed, place)
        if isinstance(way, Unavailable):
            return way
        ask, revision = way
        found = self._guard.save(ask, self._reach(), self.most, into)
        if isinstance(found, Failure):
            return self._refused(found, place)
        return large.saved(linked, into, self._commit(found, revision))

    def stretches(
        self, linked: LinkField, parsed: Link, place: Place, draw: large.Draw
    ) -> Known[large.Stretches] | Unavailable:
        """Read stretches of a file as it is at a revision."""
        way = self._way(linked, parsed, place)
        if isinstance(way, Unavailable):
            return way
        ask, revision = way
        found = large.by_ranges(self._guard, ask, self._reach(), draw)
        if isinstance(found, Failure):
            return self._refused(found, place)
        return large.of_stretches(linked, found[0], self._commit(found[1], revision))

    def _way(self, linked: LinkField, parsed: Link, place: Place) -> tuple[Ask, str] | Unavailable:
        """Find what to ask the hub for, and the revision; or why it is not asked."""
        revision = _revision(linked, parsed)
        if isinstance(revision, Unavailable):
            return revision
        if any(part in ("", ".", "..") for part in parsed.path.split("/")):
            return Unavailable("The link names no file of the hub.", Trouble.DEFINITIVE, "Correct its path.")
        if self._is_own and not place.around.trusted:
            return store.waits_for_a_maintainer("The operator's own hub is asked", place)
        path = f"{parsed.host}/resolve/{quote(revision, '')}/{quote(parsed.path)}"
        token = self._operator.token if place.around.trusted else None
        login = {"Authorization": f"Bearer {token.get_secret_value()}"} if token else {}
        return Ask(f"{self._operator.url}/{path}", credentials=login), revision

    def pin(self, linked: LinkField, parsed: Link, place: Place) -> str | None:
        """Name the bytes by their digest, or by commit and path."""
        if not place.around.trusted and (self._is_own or self._operator.token):
            return None
        revision = _revision(linked, parsed)
        if isinstance(revision, str) and _COMMIT.fullmatch(revision) and not linked.sha256:
            return f"hf:{self._origin}/{parsed.host}@{revision}/{parsed.path}"
        return store.digest_pin(linked)

    def _reach(self) -> Reach:
        to = target(self._operator.url)
        return Reach(
            hosts=(to.host,),
            onward=self._operator.cdn_hosts,
            private=frozenset({self._origin}) if self._is_own else frozenset(),
            advice="Commit the file to this repository and link its path; the operator of Tunegate opens the hub's own "
            "servers by `hub.cdn_hosts` in the stores file.",
        )

    def _commit(self, found: Reply, revision: str) -> str | None:
        """Take the revision as a pin when it is a commit, and the hub's last own answer is of that commit."""
        said = [hop.headers.get(_COMMIT_HEADER) for hop in found.hops if hop.origin == self._origin]
        return revision if _COMMIT.fullmatch(revision) and said[-1] == revision else None

    def _refused(self, found: Failure, place: Place) -> Unavailable:
        if found.status not in (401, 403):
            return found.fact
        if not place.around.trusted and self._operator.token:
            return store.waits_for_a_maintainer("The hub asks for a login", place)
        return Unavailable(
            "The hub asks for a login, or knows no such repository.",  # it answers 401 for both
            Trouble.PASSING,
            "Correct the link, make the repository public, or ask the operator of Tunegate to set `hub.token` in the stores "
            "file to a token that may read it.",
            Hindrance.CLOSED,
        )


def _revision(linked: LinkField, parsed: Link) -> str | Unavailable:
    """Take the revision of the link; a `revision` beside it may name the commit of a branch, and no other commit."""
    written, beside = parsed.revision or "", linked.revision
    if beside is None or beside == written:
        return written
    if _COMMIT.fullmatch(written) or not _COMMIT.fullmatch(beside):
        return Unavailable(
            "The link and its `revision` name two different revisions.",
            Trouble.DEFINITIVE,
            "Write the commit into the link, hf://…@COMMIT/…, and leave `revision` out.",
        )
    return beside
