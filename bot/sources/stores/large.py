"""What is a store of large files? One that writes a file onto disk, and gives stretches of one that is too large even for that."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Protocol, runtime_checkable

from bot.readiness.fact import Grade, Hindrance, Known, Source, Trouble, Unavailable
from bot.readiness.link import Link
from bot.readiness.schema import LinkField
from bot.sources.on_disk import Spool
from bot.sources.stores.guard import Ask, Failure, Guard, Reply
from bot.sources.stores.reach import Reach
from bot.sources.stores.store import Place

MAX_INLINE_BYTES = 1_000_000_000
"""Bytes up to which a training file is read whole (READINESS section 2), unless the operator says otherwise."""

_SPAN = re.compile(r"bytes (\d{1,18})-(\d{1,18})/(\d{1,18})")
_WHOLE = "Split the file into smaller ones, or keep it where parts of a file can be read: a hub, a bucket."

Draw = Callable[[int, str], Sequence[tuple[int, int]]]
"""Chooses stretches (first byte, number of bytes) of a file, by its size and by a name of its content."""


@dataclass(frozen=True, slots=True)
class Stretches:
    """Parts of a file of `size` bytes: each its first byte and what stands there."""

    size: int
    parts: tuple[tuple[int, bytes], ...]


@runtime_checkable
class LargeStore(Protocol):
    """Reads files that are too large for memory; never raises for the world's sake, but OSError when the spool takes no more."""

    most: int
    """Bytes up to which a file is read whole."""

    def save(self, linked: LinkField, parsed: Link, place: Place, into: Spool) -> Source | Unavailable:
        """Write a file down, never more than the most."""

    def stretches(self, linked: LinkField, parsed: Link, place: Place, draw: Draw) -> Known[Stretches] | Unavailable:
        """Read stretches of a file; all of the same content, or none."""


def saved(linked: LinkField, into: Spool, revision: str | None) -> Source:
    """State what a store has written down: graded as `store.read_from` grades it."""
    grade = Grade.C if revision or linked.sha256 else Grade.D
    return Source(linked.uri, grade, into.sha256, revision, into.size)


def of_stretches(linked: LinkField, found: Stretches, revision: str | None) -> Known[Stretches]:
    """State that stretches were read: pinned by a revision alone, for nobody sees a digest of the whole."""
    return Known(found, Source(linked.uri, Grade.C if revision else Grade.D, None, revision, found.size))


def changed(where: str) -> Unavailable:
    """Say that a file became another one while it was read."""
    return Unavailable(
        f"The file at {where} changes while it is read.", Trouble.PASSING, "Nothing to correct: it is tried again."
    )


def without_parts(where: str) -> Unavailable:
    """Say that a store does not give parts of a file."""
    return Unavailable(f"{where} gives no parts of a file.", Trouble.DEFINITIVE, _WHOLE, Hindrance.TOO_LARGE)


def by_ranges(guard: Guard, ask: Ask, reach: Reach, draw: Draw) -> tuple[Stretches, Reply] | Failure:
    """Read stretches of a file over HTTP, by one visit; also gives the first answer."""
    with guard.visit(reach, by_parts=True) as visit:
        first = visit.read(replace(ask, span=(0, 1)), 1)
        if isinstance(first, Failure):
            return first
        told = _size_and_tag(first)
        if told is None:
            return Failure(without_parts(f"`{_host(first)}`"))
        size, tag = told
        parts = []
        for begin, length in draw(size, tag):
            found = visit.read(replace(ask, span=(begin, length)), length)
            if isinstance(found, Failure):
                return found
            if _size_and_tag(found) != told or _begin(found) != begin or len(found.content) != length:
                return Failure(changed(f"`{_host(first)}`"))
            parts.append((begin, found.content))
    return Stretches(size, tuple(parts)), first


def _size_and_tag(reply: Reply) -> tuple[int, str] | None:
    """Read how large the whole is, and the server's name of its content (RFC 9110: Content-Range, ETag)."""
    headers = reply.hops[-1].headers
    span = _SPAN.fullmatch(headers.get("content-range", "").strip())
    return (int(span[3]), headers.get("etag") or headers.get("last-modified") or "") if span else None


def _begin(reply: Reply) -> int | None:
    span = _SPAN.fullmatch(reply.hops[-1].headers.get("content-range", "").strip())
    return int(span[1]) if span else None


def _host(reply: Reply) -> str:
    return reply.hops[-1].origin.rpartition("//")[2].rpartition(":")[0]
