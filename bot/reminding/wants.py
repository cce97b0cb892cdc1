"""What does reminding ask of the world, beside the channels? The registry, the outbox, and words."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from bot.lifecycle.adapter import Adapter
from bot.lifecycle.conditions import Condition
from bot.lifecycle.digest import Digest
from bot.lifecycle.ladder import Rung
from bot.lifecycle.owed import Claimed, Owed, Progress
from bot.lifecycle.plan import Standing
from bot.report.letter import Letter

ISSUE = "issue"
"""The channel of the forge's issues: one a cycle, in which everybody who is told is named."""

DIGEST = "digest"
"""The rung of a message that is a digest."""


@dataclass(frozen=True, slots=True)
class Matter:
    """What a letter is about: the adapter with its cycle, how that stands on a day, and the rung or condition that speaks."""

    adapter: Adapter
    standing: Standing
    today: date
    rung: Rung | None = None
    condition: Condition | None = None


class Letters(Protocol):
    """Puts what is to be told into words."""

    def reminder(self, matter: Matter) -> Letter:
        """Write what a rung or a condition says."""

    def standing(self, matter: Matter) -> Letter:
        """Write how the matter stands as a whole."""

    def digest(self, digest: Digest) -> Letter:
        """Write what a person is told on Mondays."""


class Registry(Protocol):
    """The adapters, as far as reminders go."""

    def standings(self, until: date) -> Iterator[Sequence[Standing]]:
        """Walk the open cycles that are due up to a day or have a condition, a page at a time."""

    def standing(self, cycle_id: int) -> Standing | None:
        """Read how a cycle stands now; None when it is not open any more."""

    def open_among(self, cycle_ids: Collection[int]) -> frozenset[int]:
        """Say which of these cycles are open."""

    def get(self, adapter_id: int) -> Adapter | None:
        """Find an adapter by its number."""


class Outbox(Protocol):
    """The messages that are owed."""

    def plan(self, owed: Sequence[Owed], progress: Sequence[Progress], now: datetime) -> int:
        """Keep what is owed, and how far its cycles are, in one transaction; return how many messages are new."""

    def claim(self, now: datetime) -> Claimed | None:
        """Take the message that is due the longest, or whose sender was lost; None where there is none."""

    def begun(self, claimed: Claimed) -> str | None:
        """Find the reference of the first message of the same cycle on the same channel at the same recipient."""

    def sent(self, claimed: Claimed, reference: str, now: datetime) -> bool:
        """Note that a message has arrived; False where the claim has passed to another."""

    def supersede(self, claimed: Claimed, why: str, now: datetime) -> bool:
        """Note that a message is owed no more, and why."""

    def fail(self, claimed: Claimed, why: str, retry_at: datetime | None, now: datetime) -> bool:
        """Note that a message did not arrive, to be tried again at a time, or not at all."""
