"""What is owed to whom, on which channel? One entry a message; its key names it for good, so that it is planned once."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Owed:
    """A message that is to be sent. `rung` is a rung's name, a condition's key or "digest"; `cycle_id` None: a digest.

    `recipient` is a login, a team as `organisation/team`, or of the issue channel the repository by its numbers. `message` holds
    what its text needs beside what is read when it is sent: people, and rungs that were missed and for which it stands.
    """

    key: str
    rung: str
    channel: str
    recipient: str
    not_before: datetime
    cycle_id: int | None = None
    adapter_id: int | None = None
    message: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Claimed:
    """A message in the hands of one sender, until its lease ends. `attempts` counts this one, and guards what becomes of it."""

    id: int
    owed: Owed
    attempts: int
    first_tried_at: datetime


@dataclass(frozen=True, slots=True)
class Progress:
    """How far up the ladder a cycle is once its messages are planned: `rung` is the new one, the offsets are of its kind."""

    cycle_id: int
    rung: str
    told: int | None = None
    labelled: int | None = None


def key(cycle_id: int, rung: str, channel: str, recipient: str) -> str:
    """Name a message of a cycle; logins differ in case alone."""
    return f"{cycle_id}:{rung}:{channel}:{recipient.lower()}"


def digest_key(week: date, channel: str, person: str) -> str:
    """Name the digest of a person in a week."""
    return f"digest:{week.isoformat()}:{channel}:{person.lower()}"
