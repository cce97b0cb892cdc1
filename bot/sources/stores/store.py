"""What is a store? It reads what a link leads to, seen from the place where the link stands."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from bot import ports
from bot.readiness.evidence import Known, Unavailable
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
        """Name the content without reading it: the same name is always the same bytes. None where that cannot be told."""


Stores = Mapping[str, Store]
"""The stores that are open, by their schemes."""
