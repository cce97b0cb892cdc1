"""The world of a reminder: a clock that is set by hand, channels that keep what they are sent, plain words."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

from bot.lifecycle.digest import Digest
from bot.ports import Message, NotDelivered, Receipt
from bot.reminding import Matter, Planner, Sender
from bot.report.letter import Letter, Paragraph
from bot.storage.adapters import Adapters
from bot.storage.database import Database
from bot.storage.outbox import Outbox


@dataclass
class Hands:
    """A clock; tests move it."""

    instant: datetime = datetime(2026, 10, 1, 10, 0, tzinfo=UTC)

    def now(self) -> datetime:
        return self.instant

    def today(self) -> date:
        return self.instant.date()

    def at(self, day: date, hour: int = 10) -> None:
        self.instant = datetime(day.year, day.month, day.day, hour, tzinfo=UTC)


@dataclass
class Channel:
    """A channel that keeps what arrives, and raises what it is told to. `knows` says whether it can look for a message."""

    name: str
    people: Callable[[str], str | None] = lambda person: f"{person}@example.com"
    knows: bool = True
    arrived: list[Message] = field(default_factory=list)
    troubles: list[Exception] = field(default_factory=list)
    looked: int = 0

    def address(self, person: str) -> str | None:
        return self.people(person)

    def find(self, message: Message) -> Receipt | None:
        self.looked += 1
        there = self.knows and any(one.key == message.key for one in self.arrived)
        return Receipt(f"{self.name}-{message.key}", already=True) if there else None

    def send(self, message: Message) -> Receipt:
        if self.troubles:
            trouble = self.troubles.pop(0)
            if isinstance(trouble, NotDelivered) and trouble.uncertain:
                self.arrived.append(message)
            raise trouble
        self.arrived.append(message)
        return Receipt(f"{self.name}-{message.key}")

    @property
    def heard(self) -> list[str]:
        """What was said, in order."""
        return [message.letter.subject for message in self.arrived]


class Words:
    """Letters that say no more than what they are about."""

    def reminder(self, matter: Matter) -> Letter:
        """Name the rung or the condition."""
        what = matter.rung.name if matter.rung else matter.condition
        return Letter(f"{matter.adapter.particulars.name} {what}", (Paragraph(f"due {matter.standing.due_on}"),))

    def standing(self, matter: Matter) -> Letter:
        """Name the deadline."""
        return Letter(f"{matter.adapter.particulars.name} is due {matter.standing.due_on}", ())

    def digest(self, digest: Digest) -> Letter:
        """List the adapters."""
        named = ", ".join(f"{line.adapter} {line.state}" for line in digest.lines)
        return Letter(f"digest of {digest.person}: {named}; {digest.total} in all", ())


@dataclass
class World:
    """All that reminding needs, on a real database."""

    database: Database
    clock: Hands = field(default_factory=Hands)
    issue: Channel = field(default_factory=lambda: Channel("issue"))
    email: Channel = field(default_factory=lambda: Channel("email"))

    def __post_init__(self) -> None:
        from bot.clock import zone

        self.registry = Adapters(self.database)
        self.outbox = Outbox(self.database)
        channels = {"issue": self.issue, "email": self.email}
        self.planner = Planner(self.registry, self.outbox, channels, self.clock, zone)
        self.sender = Sender(self.registry, self.outbox, channels, Words(), self.clock, zone)

    def pass_day(self, day: date, hour: int = 10) -> None:
        """Let a day come, plan and send."""
        self.clock.at(day, hour)
        self.planner.plan()
        self.sender.send()
