"""How are people told of something, and how is it known that they were?"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from bot.report.letter import Letter

Urgency = Literal["low", "normal", "high"]


@dataclass(frozen=True, slots=True)
class Message:
    """Something to tell at one address of one channel.

    `key` names it once and for all: what was sent under a key is never sent again. Messages of one `thread` stand together
    where the channel can show it. `to` is an address as `Notifier.address` gives it; of the issue channel it is the
    repository, `INSTALLATION/REPOSITORY` by their numbers.

    `standing` is how the whole matter stands now; a channel that can edit keeps it at the head of the thread, silently.
    `aloud` False: only that is brought up to date, and nobody is told. `people` are logins, or teams as `organisation/team`:
    whom the message speaks to, and who is assigned. `labels` are those that the thread is to have.
    `done`: the matter is settled, and a channel that can closes the thread.
    `begun` is the reference of the thread's first message at this address, from its receipt; None: this is the first.
    `unsubscribe` is where one ends messages of this kind by one POST; given for digests.
    """

    key: str
    thread: str
    to: str
    letter: Letter
    urgency: Urgency = "normal"
    standing: Letter | None = None
    aloud: bool = True
    people: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    done: bool = False
    begun: str | None = None
    unsubscribe: str | None = None


@dataclass(frozen=True, slots=True)
class Receipt:
    """A message has arrived, as far as the channel says: by which reference it is known there.

    `already` when it was there before, so that nothing was sent now.
    """

    reference: str
    already: bool = False


class NotDelivered(Exception):
    """A message did not reach its address; `reason` is a sentence for the operator and holds no secret.

    `lasting` when sending it again cannot help: the address, the login or the message is refused. Otherwise try again after
    `retry_after` seconds (None: the usual back-off). `uncertain` when it may have arrived all the same: look before sending.
    """

    def __init__(
        self, reason: str, *, lasting: bool = False, retry_after: float | None = None, uncertain: bool = False
    ) -> None:
        super().__init__(reason)
        self.reason = reason
        self.lasting = lasting
        self.retry_after = retry_after
        self.uncertain = uncertain


class Notifier(Protocol):
    """One channel by which people are told something. Safe to share between threads."""

    @property
    def name(self) -> str:
        """The channel: issue, email, slack, webhook, apprise."""

    def address(self, person: str) -> str | None:
        """Find where a person (a login, or a team as `organisation/team`) is reached; None: not by this channel."""

    def find(self, message: Message) -> Receipt | None:
        """Look whether a message has arrived before. None: it has not, or the channel cannot tell. Raises NotDelivered."""

    def send(self, message: Message) -> Receipt:
        """Send a message, within 30 seconds; raises NotDelivered."""


@dataclass(frozen=True, slots=True)
class Posted:
    """What a server answered to a post: HTTP's status, the headers by lower-case name, and the body's first bytes."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Post(Protocol):
    """Posts to a server: to those that the operator named wherever they are, to all others by https at a public address."""

    def __call__(self, url: str, headers: Mapping[str, str], content: bytes) -> Posted:
        """Post once, without following redirects; raises NotDelivered where there is no answer, whatever it would be."""


@dataclass(frozen=True, slots=True)
class Issue:
    """An issue that the bot has opened, as it is now."""

    number: int
    title: str
    body: str
    closed: bool
    labels: tuple[str, ...]
    assignees: tuple[str, ...]


class Issues(Protocol):
    """The issues that the bot keeps in one repository, one a thread. Each method raises ForgeTrouble.

    A key is hidden, and signed, in what is written under it.
    """

    def find(self, thread: str, number: int | None = None) -> Issue | None:
        """Find the issue of a thread, our own alone; `number` is where it was last."""

    def holds(self, issue: Issue, key: str) -> int | None:
        """Find what was written under a key: 0 for the issue itself, the id of a comment, None for nothing."""

    def open(
        self, thread: str, keys: Sequence[str], title: str, body: str, labels: Sequence[str], assignees: Sequence[str]
    ) -> Issue:
        """Open the issue of a thread under keys. Who cannot be assigned is left out."""

    def edit(self, issue: Issue, title: str, body: str, labels: Sequence[str]) -> None:
        """Bring title, body and labels up to date where they differ; labels that others gave stay, none is taken away."""

    def set_closed(self, issue: Issue, closed: bool) -> None:
        """Close an issue as completed, or open it again."""

    def comment(self, issue: Issue, keys: Sequence[str], body: str) -> int:
        """Comment on an issue under keys; the comment's id."""


OpenIssues = Callable[[int, int], Issues]
"""Opens the issues of a repository, by the numbers of the installation and of the repository."""
