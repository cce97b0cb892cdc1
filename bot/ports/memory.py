"""What is kept of reviews, of what was written and of what people decided?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal, Protocol

from bot.ports.forge import Call, PullRequest, Said
from bot.ports.sources import Json
from bot.readiness.experiment import Experiment
from bot.readiness.refusal import Refusal
from bot.readiness.waiver import State, Waiver


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """A decision to remember: what was done (`waiver.approved`), by whom, about what.

    `actor` is a login, or "tunegate" without an `actor_id`; `repo_id` and `number` name the pull request, where there is one.
    `detail` holds texts, whole numbers, lists and mappings only, so that it comes back as it was written.
    """

    action: str
    actor: str
    actor_id: int | None
    repo_id: int | None
    number: int | None
    subject: str
    detail: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Concluded:
    """What one review came to: JSON of the dossier (one per proposal) and of the verdicts, versioned by `format`."""

    repo_id: int
    number: int
    head_sha: str
    base_sha: str
    policy_sha256: str
    bot_version: str
    format: int
    decision: str
    dossier: Json
    verdict: Json


@dataclass(frozen=True, slots=True)
class StoredReview(Concluded):
    """One review as kept."""

    id: str
    created_at: datetime
    answer_state: Literal["owed", "given", "superseded"]


PublicationKind = Literal["check_run", "sticky_comment", "review_comments", "status", "reply", "policy_run"]
"""What is written about a pull request; `policy_run` is the second check run, of one that changes a policy."""


@dataclass(frozen=True, slots=True)
class Publication:
    """What we have written to GitHub: remote id and a hash of its content.

    Remembered before the write with `remote_id` None, and again after it: who finds it without an id does not know
    whether the write arrived, and looks on GitHub before writing again.
    """

    kind: PublicationKind
    target: str
    remote_id: int | None
    body_hash: str
    review_id: str | None

    @property
    def is_written(self) -> bool:
        """Say whether a check run is known to have been written to its end: until then its hash is none."""
        return self.remote_id is not None and self.review_id is not None and ":" not in self.body_hash


class Ledger(Protocol):
    """The memory of reviews and of what was written to GitHub."""

    def record(self, concluded: Concluded) -> str:
        """Store a review with its answer owed, older owed answers of the PR superseded; return its unguessable id."""

    def given(self, review_id: str, calls: Sequence[Call] = ()) -> None:
        """Note that the answer of a review has been published, and what the forge was asked for it."""

    def latest(self, repo_id: int, number: int) -> StoredReview | None:
        """Find the newest review of a pull request."""

    def earlier(self, repo_id: int, number: int, but: str) -> tuple[StoredReview, ...]:
        """Find the newest review of each other head commit of a pull request, newest first, ten at most."""

    def shown_at(self, repo_id: int, number: int, instant: datetime) -> str | None:
        """Name the head commit whose answer a pull request showed at an instant; None before its first answer."""

    def find(self, review_id: str) -> StoredReview | None:
        """Find a review by its id."""

    def publication(self, repo_id: int, number: int, kind: str, target: str = "") -> Publication | None:
        """Find what was written to GitHub."""

    def publish(self, repo_id: int, number: int, publication: Publication) -> None:
        """Remember what was written, or is about to be written, to GitHub (insert or replace)."""

    def pull_requests_at(self, repo_id: int, head_sha: str) -> tuple[int, ...]:
        """Find the pull requests that were reviewed, or begun to be, at a commit."""


@dataclass(frozen=True, slots=True)
class Moment:
    """Something that happened about a pull request: `what` is a delivery, a review or a publication, in a few words."""

    at: datetime
    kind: Literal["delivery", "review", "publication"]
    what: str
    state: str
    reference: str  # GitHub's id of the delivery, our id of the review, GitHub's id of what was written


class Timeline(Protocol):
    """What happened about a pull request."""

    def of(self, repo_id: int, number: int) -> tuple[Moment, ...]:
        """List what happened, newest first, the newest hundred of each kind."""

    def calls(self, review_id: str) -> tuple[Call, ...]:
        """List what the forge was asked for a review."""


@dataclass(frozen=True, slots=True)
class OpenReview:
    """The newest review of an open pull request with a proposal; `private` is its repository."""

    review_id: str
    repo_id: int
    private: bool


class Pulls(Protocol):
    """The pull requests that were looked at."""

    def seen(self, pull: PullRequest) -> None:
        """Remember a pull request as it is now; one that is not open is not looked at again."""

    def open_reviews(self, installation_id: int, repo_id: int | None, most: int) -> tuple[OpenReview, ...]:
        """List the newest review of each open pull request that brings a proposal, those reviewed last first.

        Of one repository, or (None) of all that the installation sees.
        """


@dataclass(frozen=True, slots=True)
class WaiverAsked:
    """A waiver that somebody asks for: its terms, who asks by which comment, and the instant at which its last day ends."""

    repo_id: int
    number: int
    path: str
    check: str
    until: date
    ends_at: datetime
    reason: str
    bound: Mapping[str, str]
    asked: Mapping[str, Any]
    requested_by: str
    requester_id: int
    reference: str


@dataclass(frozen=True, slots=True)
class KeptWaiver:
    """A waiver as kept."""

    waiver: Waiver
    ends_at: datetime
    requester_id: int
    approver_id: int | None


class Waivers(Protocol):
    """The waivers of pull requests; each step of one is kept in the audit log, too."""

    def of(self, repo_id: int, number: int) -> tuple[KeptWaiver, ...]:
        """List the waivers of a pull request, oldest first, the newest hundred."""

    def live_in(self, repo_id: int) -> int:
        """Count what is asked for or approved in a repository, and has not ended."""

    def request(self, asked: WaiverAsked) -> KeptWaiver:
        """Keep a request, once for each comment, check and proposal."""

    def approve(self, waiver_id: int, login: str, account_id: int, role: str) -> bool:
        """Approve one that waits; False where it does not wait any more."""

    def end(
        self, waiver_id: int, state: State, why: str, login: str | None = None, account_id: int | None = None
    ) -> bool:
        """End one that is asked for or approved; False where it has ended already."""


class Refusals(Protocol):
    """Which training files were reviewed under which names, in all repositories of an installation."""

    def of(self, repo_id: int, number: int, adapter: str, sha256: str) -> tuple[Refusal, ...]:
        """Find other adapters' proposals on the same bytes that are "not yet", the newest first."""


class Experiments(Protocol):
    """Which experiments were reviewed, in all repositories of an installation."""

    def of(self, repo_id: int, number: int, team: str, opened_on: date) -> tuple[Experiment, ...]:
        """Find a team's experiments of other pull requests that were opened by a day, the newest first."""


class OkToCheck(Protocol):
    """Of which commits from forks a person with write permission has said that their links may be followed with logins."""

    def give(self, pull: PullRequest, said: Said, reference: str) -> None:
        """Keep that somebody said so of the pull request's head, in the comment that `reference` names."""

    def has(self, repo_id: int, number: int, head_sha: str) -> bool:
        """Say whether somebody said so of a commit."""
