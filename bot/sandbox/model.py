"""What does a GitHub consist of? The records of the sandbox: mutable, compared by identity, changed only by `World`."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from bot.sandbox.git_objects import Objects

Kind = Literal["User", "Organization", "Bot"]
Permission = Literal["none", "read", "triage", "write", "maintain", "admin"]
LEVELS: tuple[Permission, ...] = ("none", "read", "triage", "write", "maintain", "admin")


@dataclass(slots=True, eq=False)
class Account:
    """A user, an organisation, or the bot user of an App."""

    id: int
    login: str
    kind: Kind
    name: str
    created_at: datetime
    suspended: bool = False
    default_permission: Permission = "read"  # of an organisation: what each member may do in each repository


@dataclass(slots=True, eq=False)
class Membership:
    """A user's place in an organisation."""

    org: Account
    user: Account
    role: Literal["admin", "member"]
    public: bool
    state: Literal["active", "pending"] = "active"


@dataclass(slots=True, eq=False)
class Team:
    """A team of an organisation; `members` maps a user's id to the role in the team."""

    id: int
    org: Account
    name: str
    slug: str
    created_at: datetime
    members: dict[int, Literal["member", "maintainer"]] = field(default_factory=dict)
    repos: dict[int, Permission] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RequiredCheck:
    """A check that must succeed before a merge; with an App's id only that App's run counts."""

    context: str
    app_id: int | None = None


@dataclass(slots=True, eq=False)
class Repo:
    """A repository. Forks share `objects` with their parent, as on GitHub."""

    id: int
    owner: Account
    name: str
    private: bool
    default_branch: str
    description: str | None
    created_at: datetime
    pushed_at: datetime
    objects: Objects
    parent: "Repo | None" = None
    archived: bool = False
    branches: dict[str, str] = field(default_factory=dict)
    collaborators: dict[int, Permission] = field(default_factory=dict)
    required_checks: tuple[RequiredCheck, ...] = ()
    issues: "dict[int, Issue]" = field(default_factory=dict)
    pulls: "dict[int, Pull]" = field(default_factory=dict)
    comments: "dict[int, Comment]" = field(default_factory=dict)
    review_comments: "dict[int, ReviewComment]" = field(default_factory=dict)
    suites: "dict[int, CheckSuite]" = field(default_factory=dict)
    runs: "dict[int, CheckRun]" = field(default_factory=dict)
    statuses: "list[Status]" = field(default_factory=list)
    last_number: int = 0

    @property
    def full_name(self) -> str:
        """`owner/name`."""
        return f"{self.owner.login}/{self.name}"


@dataclass(slots=True, eq=False)
class Issue:
    """What an issue and a pull request have in common; `id` is the issue's id."""

    id: int
    repo: Repo
    number: int
    title: str
    body: str | None
    author: Account
    created_at: datetime
    updated_at: datetime
    state: Literal["open", "closed"] = "open"
    closed_at: datetime | None = None
    labels: tuple[str, ...] = ()
    assignees: tuple[Account, ...] = ()
    app: "App | None" = None


@dataclass(slots=True, eq=False)
class Pull:
    """A pull request. `base_sha` is the base branch's tip when the pull request was opened or last pushed to."""

    id: int
    issue: Issue
    base_ref: str
    base_sha: str
    head_repo: Repo
    head_ref: str
    head_sha: str
    draft: bool = False
    merged_at: datetime | None = None
    merged_by: Account | None = None
    merge_sha: str | None = None
    reviews: "list[Review]" = field(default_factory=list)

    @property
    def repo(self) -> Repo:
        """The base repository."""
        return self.issue.repo

    @property
    def number(self) -> int:
        """The number, shared with the issues of the repository."""
        return self.issue.number

    @property
    def from_fork(self) -> bool:
        """Say whether the head lives in another repository."""
        return self.head_repo is not self.repo


@dataclass(slots=True, eq=False)
class Comment:
    """A comment on an issue or on a pull request as a whole."""

    id: int
    issue: Issue
    author: Account
    body: str
    created_at: datetime
    updated_at: datetime
    app: "App | None" = None
    reactions: "list[Reaction]" = field(default_factory=list)


@dataclass(frozen=True, slots=True, eq=False)
class Reaction:
    """What an account answers to a comment without words: one of GitHub's eight, each once."""

    id: int
    account: Account
    content: str
    created_at: datetime


@dataclass(slots=True, eq=False)
class Review:
    """A review of a pull request."""

    id: int
    pull: Pull
    author: Account
    body: str
    state: Literal["PENDING", "COMMENTED", "APPROVED", "CHANGES_REQUESTED", "DISMISSED"]
    commit_id: str
    submitted_at: datetime | None


@dataclass(frozen=True, slots=True)
class Place:
    """Where a review comment stands. `line` counts in the new file on side RIGHT, in the old one on side LEFT."""

    path: str
    line: int | None = None
    side: Literal["LEFT", "RIGHT"] = "RIGHT"
    start_line: int | None = None
    start_side: Literal["LEFT", "RIGHT"] | None = None
    position: int | None = None  # line within the patch, counted from the line under the first hunk header
    hunk: str = ""

    @property
    def on_file(self) -> bool:
        """Say whether the comment is about the file as a whole."""
        return self.line is None


@dataclass(slots=True, eq=False)
class ReviewComment:
    """A comment on a line of the diff; `outdated` when its line is no longer part of it."""

    id: int
    review: Review
    author: Account
    body: str
    place: Place
    commit_id: str
    original_commit_id: str
    created_at: datetime
    updated_at: datetime
    in_reply_to: int | None = None
    outdated: bool = False

    @property
    def pull(self) -> Pull:
        """The pull request."""
        return self.review.pull


@dataclass(frozen=True, slots=True)
class Annotation:
    """A remark of a check run at lines of a file."""

    path: str
    start_line: int
    end_line: int
    level: Literal["notice", "warning", "failure"]
    message: str
    title: str | None = None
    raw_details: str | None = None
    start_column: int | None = None
    end_column: int | None = None


@dataclass(slots=True, eq=False)
class CheckSuite:
    """The check runs of one App on one commit. `head_branch` is None for the head of a fork."""

    id: int
    repo: Repo
    app: "App"
    head_sha: str
    head_branch: str | None
    before: str | None
    created_at: datetime
    updated_at: datetime
    reset: bool = False  # a re-run was asked for and nothing has answered yet


@dataclass(slots=True, eq=False)
class CheckRun:
    """A check run; `annotations` only ever grow."""

    id: int
    suite: CheckSuite
    name: str
    external_id: str
    details_url: str
    status: str
    conclusion: str | None
    started_at: datetime
    completed_at: datetime | None
    title: str | None = None
    summary: str | None = None
    text: str | None = None
    annotations: list[Annotation] = field(default_factory=list)
    actions: tuple[Mapping[str, str], ...] = ()

    @property
    def repo(self) -> Repo:
        """The repository."""
        return self.suite.repo

    @property
    def head_sha(self) -> str:
        """The commit."""
        return self.suite.head_sha


@dataclass(frozen=True, slots=True, eq=False)
class Status:
    """A commit status; the newest of a context counts."""

    id: int
    repo: Repo
    sha: str
    state: Literal["error", "failure", "pending", "success"]
    context: str
    description: str | None
    target_url: str | None
    creator: Account
    created_at: datetime


@dataclass(slots=True, eq=False)
class App:
    """A GitHub App. `private_key_pem` is kept only when the sandbox made the key itself."""

    id: int
    slug: str
    name: str
    owner: Account
    bot: Account
    public_key_pem: str
    private_key_pem: str | None
    client_id: str
    hook_id: int
    webhook_url: str | None
    webhook_secret: str
    permissions: dict[str, str]
    events: tuple[str, ...]
    external_url: str
    created_at: datetime
    client_secret: str
    callback_urls: tuple[str, ...] = ()


@dataclass(slots=True, eq=False)
class Installation:
    """An App on an account; `selected` lists repository ids, None means all."""

    id: int
    app: App
    account: Account
    permissions: dict[str, str]
    events: tuple[str, ...]
    created_at: datetime
    selected: set[int] | None = None
    suspended_at: datetime | None = None
    suspended_by: Account | None = None

    def covers(self, repo: Repo) -> bool:
        """Say whether the installation sees a repository."""
        return repo.owner is self.account and (self.selected is None or repo.id in self.selected)


@dataclass(slots=True, eq=False)
class Token:
    """A credential: of a user, or of an installation (then with an end, and perhaps narrowed)."""

    text: str
    user: Account | None = None
    installation: Installation | None = None
    permissions: dict[str, str] = field(default_factory=dict)
    repos: frozenset[int] | None = None
    expires_at: datetime | None = None
    app: App | None = None  # to which a user's login gave it


@dataclass(frozen=True, slots=True, eq=False)
class LoginCode:
    """What a user's browser brings to an App: good for one token. `challenge` is PKCE's, by S256."""

    text: str
    app: App
    user: Account
    redirect_uri: str
    challenge: str | None
    expires_at: datetime


@dataclass(slots=True, eq=False)
class Delivery:
    """One sending of a webhook, with what came back. `answered` is set when it was tried."""

    id: int
    guid: str
    app: App
    event: str
    action: str | None
    url: str
    headers: dict[str, str]
    body: bytes
    installation_id: int | None
    repo_id: int | None
    delivered_at: datetime
    redelivery: bool = False
    duration: float = 0.0
    status: str = ""
    status_code: int = 0
    answer_headers: dict[str, str] = field(default_factory=dict)
    answer_body: str = ""
    answered: bool = False


@dataclass(frozen=True, slots=True)
class Event:
    """Something happened. `only` narrows the hearers to one App, `always` asks for no subscription.

    The names are GitHub's, except `redelivery`: a webhook, the subject, is to be sent again.
    """

    name: str
    action: str | None
    sender: Account
    subject: object
    repo: Repo | None = None
    details: Mapping[str, object] = field(default_factory=dict)
    only: "App | None" = None
    always: bool = False
