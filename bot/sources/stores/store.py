"""What is a store? It reads what a link leads to, seen from the place where the link stands."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Protocol

from bot import ports
from bot.readiness.command import OK_TO_CHECK
from bot.readiness.fact import Grade, Hindrance, Known, Source, Trouble, Unavailable
from bot.readiness.link import Link
from bot.readiness.schema import LinkField


@dataclass(frozen=True, slots=True)
class Place:
    """From where a link is followed: its proposal's path, and what lies around it."""

    proposal_path: str
    around: ports.Surroundings


class Store(Protocol):
    """Reads what a link leads to; never raises for the world's sake. Safe to share between threads."""

    def read(self, linked: LinkField, parsed: Link, place: Place, max_bytes: int) -> Known[bytes] | Unavailable:
        """Read a link as written and as parsed, never more than a cap of bytes."""

    def pin(self, linked: LinkField, parsed: Link, place: Place) -> str | None:
        """Name the bytes that a link always means, without reading them; None when it may come to mean others.

        What was read under a name may be remembered under it. None also where this place may not read the link itself.
        """


Stores = Mapping[str, Store]
"""The stores that are open, by their schemes."""


def digest_pin(linked: LinkField) -> str | None:
    """Name the bytes by the digest that stands beside the link, if one does."""
    return f"sha256:{linked.sha256}" if linked.sha256 else None


def read_from(linked: LinkField, content: bytes, sha256: str, revision: str | None = None) -> Known[bytes]:
    """State what a remote store has read: grade C with a pin, which the gatherer holds a digest to, else D."""
    grade = Grade.C if revision or linked.sha256 else Grade.D
    return Known(content, Source(linked.uri, grade, sha256, revision, len(content)))


def pinned_by_digest(fact: Known[bytes] | Unavailable, linked: LinkField) -> Known[bytes] | Unavailable:
    """Raise what the forge has read from D to C where a digest stands beside the link, to which the gatherer holds it."""
    if isinstance(fact, Known) and fact.source.grade is Grade.D and linked.sha256:
        return replace(fact, source=replace(fact.source, grade=Grade.C))
    return fact


def waits_for_a_maintainer(what: str, place: Place) -> Unavailable:
    """Say that a fork's link waits: neither logins nor the operator's network are lent to strangers.

    The fix is the very command that somebody who may write gives for this commit (`command.OK_TO_CHECK`).
    """
    return Unavailable(
        f"{what}; for a pull request from a fork that waits for {OK_TO_CHECK}.",
        Trouble.NOT_SUPPORTED,
        "Somebody who may write to this repository looks at what the proposal links, and comments "
        f"`/tunegate {OK_TO_CHECK} {place.around.commit or 'COMMIT'}`. A push after that asks for it anew.",
    )


def not_open(what: str, key: str) -> Unavailable:
    """Say that the operator has not opened what a link needs, and under which key of the stores file it would be."""
    return Unavailable(
        f"{what} is not opened on this Tunegate.",
        Trouble.DEFINITIVE,
        f"Commit the file to this repository and link its path, or ask the operator to set `{key}` in the stores file.",
        Hindrance.CLOSED,
    )


def digest(content: bytes) -> str:
    """Digest what was read."""
    return hashlib.sha256(content).hexdigest()
