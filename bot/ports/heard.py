"""What does a webhook ask for, and where is it kept until it is done?"""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol


@dataclass(frozen=True, slots=True)
class ReviewRequested:
    """Something may have changed in a pull request: a hint, never an input.

    `again` is set when someone asked for a re-run: what was written to GitHub for this pull request's check run and
    status is then forgotten, so that the next review writes them anew.
    """

    installation_id: int
    repo_id: int
    number: int
    reason: str  # event and action, like "pull_request.opened"
    again: bool = False


@dataclass(frozen=True, slots=True)
class Delivery:
    """One webhook as received: GitHub's delivery id, event name and action."""

    guid: str
    event: str
    action: str | None
    installation_id: int | None
    repo_id: int | None
    number: int | None


@dataclass(frozen=True, slots=True)
class Installation:
    """Where the App is installed, as an `installation*` event says it.

    `state` is active, suspended or deleted; `added` and `removed` are (repository id, full name, private).
    """

    id: int
    account: str
    account_id: int
    state: Literal["active", "suspended", "deleted"]
    added: tuple[tuple[int, str, bool], ...] = ()
    removed: tuple[tuple[int, str, bool], ...] = ()


@dataclass(frozen=True, slots=True)
class CommandGiven:
    """A person has asked for something: `reference` is `comment:ID`, or `button:GUID` for one of our check run's buttons.

    What it says is read when it is carried out; the author is whoever sent the webhook's event. `asked` is the digest of
    what was heard (`command.digest`), so that an edit is seen, however soon it comes; None of a button. `given_at` is when
    we heard of it, None before it is kept.
    """

    reference: str
    author: str
    author_id: int
    given_at: datetime | None = None
    asked: str | None = None


@dataclass(frozen=True, slots=True)
class Heard:
    """What a webhook says, in our words: the delivery, the reviews it asks for, where the App is installed.

    A re-run of a fork's check run names no pull request: `head_sha` then says which commit it was about.
    `policy_of` is the repository (`owner/name`) whose default branch may have another policy file now.
    """

    delivery: Delivery
    reviews: tuple[ReviewRequested, ...] = ()
    head_sha: str | None = None
    installation: Installation | None = None
    command: CommandGiven | None = None
    policy_of: str | None = None


class CommandsGiven(Protocol):
    """The commands that people gave, each once."""

    def waiting(self, repo_id: int, number: int) -> tuple[CommandGiven, ...]:
        """List the commands of a pull request that wait, in their order."""

    def settle(self, reference: str, state: Literal["done", "refused"], note: str | None) -> None:
        """Note what became of a command."""

    def given_since(self, repo_id: int, number: int, author_id: int, instant: datetime) -> int:
        """Count the commands that an account gave on a pull request since an instant, whatever became of them."""


class Inbox(Protocol):
    """Webhooks received: accepted means durable."""

    def accept(self, heard: Heard) -> Literal["new", "known"]:
        """Store a delivery, what it says of installations, and enqueue its reviews, in one transaction."""
