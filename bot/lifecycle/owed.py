"""What is owed to whom, on which channel? One entry a message; its key names it for good, so that it is planned once."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Owed:
    """A message that is to be sent. `rung` is a rung's name, a condition's key or "digest"; `cycle_id` None: a digest.

    `recipient` is a login, a team as `organisation/team`, or of the issue channel the repository by its numbers. `missed` says
    that it is only listed: a newer rung has come. `message` holds what its text needs beside what is read when it is sent.
    """

    key: str
    rung: str
    channel: str
    recipient: str
    not_before: datetime
    cycle_id: int | None = None
    adapter_id: int | None = None
    missed: bool = False
    message: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Claimed:
    """A message in the hands of one sender, until its lease ends. `attempts` counts this one, and guards what becomes of it."""

    id: int
    owed: Owed
    attempts: int
    first_tried_at: datetime


def key(cycle_id: int, rung: str, channel: str, recipient: str) -> str:
    """Name a message of a cycle."""
    return f"{cycle_id}:{rung}:{channel}:{recipient}"
