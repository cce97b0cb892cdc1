"""What makes a log of decisions one that cannot be edited unseen? Each entry's hash covers the entry before it.

Whoever changes, removes, inserts or moves an entry would have to write all that follow anew; and then the newest hash is
another one than the one that was written down elsewhere (`tunegate audit export` prints it).
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

BEGINNING = "0" * 64
"""What the first entry has for the hash of the one before it."""


@dataclass(frozen=True, slots=True)
class Sealed:
    """One entry as it is kept: its number (1, 2, 3 ...), the instant (aware), what was done by whom, and the two hashes.

    `actor_id` is GitHub's number of the account, None for the bot itself; `repo_id` and `number` name the pull request, where
    there is one. `detail` holds JSON without fractions, which do not come back as they were written.
    """

    id: int
    at: datetime
    action: str
    actor: str
    actor_id: int | None
    repo_id: int | None
    number: int | None
    subject: str
    detail: Mapping[str, Any]
    previous: str
    hash: str


@dataclass(frozen=True, slots=True)
class Break:
    """Where the chain does not hold: the number of the entry, and what is wrong with it."""

    id: int
    reason: str


def seal(entry: Sealed) -> str:
    """Hash an entry, the hash of the one before it included: SHA-256 in hex of its canonical JSON."""
    return hashlib.sha256(canonical(entry)).hexdigest()


def canonical(entry: Sealed) -> bytes:
    """Write an entry as it is hashed: JSON in UTF-8, keys sorted, no blanks, the instant in UTC with six decimals."""
    said = {
        "id": entry.id,
        "at": entry.at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        "action": entry.action,
        "actor": entry.actor,
        "actor_id": entry.actor_id,
        "repo_id": entry.repo_id,
        "number": entry.number,
        "subject": entry.subject,
        "detail": entry.detail,
        "previous": entry.previous,
    }
    return json.dumps(said, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def breaks(entries: Iterable[Sealed]) -> Iterator[Break]:
    """Walk the whole log in the order of its numbers; yield what does not hold. Nothing yielded: the chain holds.

    A tail that was cut off leaves a chain that holds: compare the last hash with one that was written down.
    """
    last, before = 0, BEGINNING
    for entry in entries:
        missing = entry.id - last - 1
        if missing == 1:
            yield Break(last + 1, "it is missing")
        elif missing:
            yield Break(last + 1, f"{missing:,} entries are missing here" if missing > 0 else "it is there twice")
        elif entry.previous != before:
            yield Break(entry.id, "the entry before it is not the one that it was written after")
        if seal(entry) != entry.hash:
            yield Break(entry.id, "its words are not those that were written")
        last, before = entry.id, entry.hash


def is_whole(value: Any) -> bool:
    """Say whether JSON comes back from the database as it was written: no fraction in it, and no key that is no text."""
    if isinstance(value, Mapping):
        return all(isinstance(key, str) and is_whole(held) for key, held in value.items())
    if isinstance(value, list | tuple):
        return all(map(is_whole, value))
    return value is None or isinstance(value, str | int)
