"""What is a pull request, how is it read and answered, and what can go wrong there?"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal, Protocol

from bot.ports.heard import ReviewRequested
from bot.ports.sources import Attachments, CommitFiles, Directory, History
from bot.readiness.policy_file import PolicyText
from bot.report.answer import Answer
from bot.report.check_run import CheckRun


@dataclass(frozen=True, slots=True)
class PullRequest:
    """A pull request as it is now. `opened_on` is the UTC date from which a proposal's dates count."""

    installation_id: int
    repo_id: int
    owner: str
    name: str
    number: int
    title: str
    state: str  # open | closed
    draft: bool
    author: str
    head_sha: str
    base_sha: str
    base_ref: str
    default_branch: str
    opened_on: date
    from_fork: bool
    author_id: int | None = None  # of the account; logins are renamed
    head_repository: str = ""  # owner/name, "" for a fork that is gone
    head_ref: str = ""
    comments: int | None = None  # on the pull request as a whole; None: not told
    private: bool = True  # its repository; unsaid counts as private
    merge_sha: str | None = None  # the commit by which it was merged; None: it was not
    merged_at: datetime | None = None
    merged_by: str | None = None

    @property
    def repository(self) -> str:
        """`owner/name`."""
        return f"{self.owner}/{self.name}"


@dataclass(frozen=True, slots=True)
class ChangedFile:
    """A file that a pull request changes; `patch` is None for binary or very large files."""

    path: str
    status: str  # added | modified | removed | renamed ...
    patch: str | None
    previous_path: str | None = None  # of a renamed file: a proposal may still link it there


Reaction = Literal["eyes", "+1", "confused"]


@dataclass(frozen=True, slots=True)
class Said:
    """A person's comment as it stands, written at an instant (UTC); `edited` says that it is not what was first written."""

    author: str
    author_id: int
    body: str
    edited: bool
    written_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Committers:
    """Whose commits a pull request brings: logins in small letters, and account numbers.

    `unknown` names a commit whose author or committer is no account that the forge knows, `cut` says that not all were listed.
    """

    logins: frozenset[str]
    ids: frozenset[int]
    unknown: str | None = None
    cut: bool = False


class Conversation(Protocol):
    """What is said to the bot on one pull request, and its answers."""

    def comment(self, comment_id: int) -> Said | None:
        """Read a comment as it is now; None when it is gone, of another pull request, or not a person's."""

    def may_write(self, login: str, number: int) -> bool:
        """Ask whether an account, by login and number, may write to the repository now."""

    def react(self, comment_id: int, reaction: Reaction) -> None:
        """Answer a comment without words."""

    def reply(self, reference: str, body: str) -> None:
        """Answer by a comment, once for each reference."""


@dataclass(frozen=True, slots=True)
class Call:
    """One call to the forge: when (ISO 8601, UTC), what, its HTTP status (0: no answer), the forge's id of it, milliseconds."""

    at: str
    method: str
    path: str
    status: int
    request_id: str | None
    milliseconds: int


class Forge(Protocol):
    """One pull request's repository, through the eyes of one installation. One object per job, one thread at a time."""

    def pull_request(self) -> PullRequest | None:
        """Read the pull request as it is now; None when it or the installation is gone."""

    def changed_files(self) -> tuple[ChangedFile, ...]:
        """List the files that the pull request changes (GitHub lists 3,000 at most)."""

    def policy_files(self) -> tuple[PolicyText, ...]:
        """Read the policy files of the owner and of the repository, from their default branches: those that are there.

        Raises ForgeTrouble where one cannot be read now, which is not the same as one that is not there.
        """

    def files(self, commit: str | None = None) -> CommitFiles:
        """Open the repository at a commit, the pull request's head where none is named."""

    def directory(self) -> Directory:
        """Open the people of the repository and its organisation."""

    def history(self) -> History:
        """Open what was committed before the pull request's head commit."""

    def attachments(self) -> Attachments:
        """Open the files that the forge keeps beside the commits."""

    def calls(self) -> tuple[Call, ...]:
        """List what the forge was asked so far, tokens apart."""

    def conversation(self) -> Conversation:
        """Open what is said on the pull request."""

    def committers(self) -> Committers:
        """List whose commits the pull request brings."""

    def is_one_of(self, login: str, named: Sequence[str]) -> bool:
        """Say whether an account is named, or in a team that is; nobody named: whether it administers the repository.

        Asked anew each time; raises ForgeTrouble where nobody can tell.
        """

    def begin(self, pull: PullRequest, details_url: str) -> None:
        """Show on the head commit that a review is running."""

    def publish(self, pull: PullRequest, answer: Answer, review_id: str, details_url: str) -> None:
        """Make GitHub look like the answer; write only what differs.

        Raises HeadMoved, with nothing said, when the head is another one by now.
        """

    def begin_policy(self, pull: PullRequest, details_url: str) -> None:
        """Show on the head commit that a change of the policy is being looked at."""

    def publish_policy(self, pull: PullRequest, rendered: CheckRun, review_id: str, details_url: str) -> None:
        """Show on the head commit what a change of the policy would bring; write only what differs."""

    def give_up(self, pull: PullRequest, details_url: str) -> None:
        """Show on the head commit, as a failure, that its review came to no end."""


MOST_CHANGED_FILES = 3_000
"""GitHub lists no more of one pull request (docs "list pull requests files"): a list as long as this may be cut."""


Forges = Callable[[ReviewRequested, Callable[[], None]], Forge]
"""Opens the forge for one job. The second argument is called before each write and raises `Superseded` to stop it."""


class ForgeTrouble(Exception):
    """The forge could not be asked or told: try again after `retry_after` seconds (None: the usual back-off)."""

    def __init__(self, reason: str, retry_after: float | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.retry_after = retry_after


class Superseded(Exception):
    """A newer head, or another worker, has taken over: stop writing."""


class HeadMoved(Superseded):
    """The pull request has a newer head than the one that was reviewed."""
