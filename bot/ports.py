"""What do the use cases ask of the world? Protocols in our own words; the edges implement them.

PURE: an edge that needs another edge gets its port from `wiring`, never by an import.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal, Protocol

from bot.readiness import evidence
from bot.readiness.evidence import Evidence
from bot.readiness.fact import Fact, Known, Unavailable
from bot.readiness.model_facts import Told
from bot.readiness.model_place import Place
from bot.readiness.ownership import Consent, Person, Team
from bot.readiness.policy_file import PolicyText
from bot.readiness.proposal import Proposal
from bot.readiness.refusal import Refusal
from bot.readiness.registered import Registered
from bot.readiness.waiver import State, Waiver
from bot.report.answer import Answer
from bot.report.check_run import CheckRun
from bot.report.letter import Letter

Json = dict[str, Any]


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


class RepositoryFiles(Protocol):
    """Files of one repository, by their paths from its root."""

    def read(self, path: str, *, max_bytes: int) -> Known[bytes] | Unavailable:
        """Read a file."""

    def pin(self, path: str) -> str | None:
        """Name a file's content without reading it: the same name is the same content. None where that cannot be told.

        Asks nobody: a repository on a forge knows it only once its files were listed.
        """


class Facts(Protocol):
    """What was concluded of evidence before, of one repository: it is drawn anew only when the evidence changes."""

    def get(self, name: str) -> Json | None:
        """Recall a conclusion by the name that was given to it."""

    def put(self, name: str, fact: Json) -> None:
        """Remember a conclusion."""


class ModelTable(Protocol):
    """What published tables and the operator's own file say of models, as it was last read into memory."""

    def told(self, wanted: Place) -> Sequence[Told]:
        """List the entries that may speak of a model."""

    def all(self) -> Sequence[Told]:
        """List every entry."""


class CommitFiles(RepositoryFiles, Protocol):
    """Files of one repository at one commit, which can also be listed."""

    def listing(self) -> Known[Mapping[str, str]] | Unavailable:
        """List every file: its path, and git's name of its content, which is the same as long as the content is."""


class History(Protocol):
    """What was committed before: the versions of the repository's files up to the pull request's head commit."""

    def versions(
        self, path: str, *, since: datetime | None = None, at_most: int = 20
    ) -> Known[evidence.History] | Unavailable:
        """List the commits that changed a file, newest first, without its meaning; no version: it was never there."""

    def read(self, path: str, commit: str, *, max_bytes: int) -> Known[bytes] | Unavailable:
        """Read a file as it was at a commit."""

    def on_base(self, path: str, *, max_bytes: int) -> Known[bytes] | Unavailable | None:
        """Read a file as it is at the commit that the pull request starts from; None when it is not there."""


class Attachments(Protocol):
    """Files that the forge keeps for a repository beside its commits."""

    def workflow_artifact(self, run_id: int, name: str, path: str, *, max_bytes: int) -> Known[bytes] | Unavailable:
        """Read a file of an artifact that a workflow run left; of this repository's own commit it is attested (grade A)."""

    def release_asset(self, tag: str, name: str, *, max_bytes: int) -> Known[bytes] | Unavailable:
        """Read a file that was attached to a release."""


class Directory(Protocol):
    """People as the forge knows them."""

    def person(self, login: str) -> Fact[Person]:
        """Look an account up, with its tie to the repository."""

    def team(self, name: str) -> Fact[Team]:
        """Look a team of the repository's organisation up, by `organisation/team`."""

    def consents(self, logins: Sequence[str]) -> Fact[tuple[Consent, ...]]:
        """List who stands behind the pull request; asks no further once each of these people is found to."""

    def approving_leads(self, named: Sequence[str]) -> Fact[tuple[Consent, ...]]:
        """List the leads who approve the pull request, never its author.

        Named are logins and teams (`organisation/team`); nobody named: whoever administers the repository.
        """


class KnownPeople(Protocol):
    """Who was found before, of each repository, however many workers look: a person or a team under its name."""

    def find(self, repo_id: int, name: str) -> Json | None:
        """Recall what was kept under a name."""

    def keep(self, repo_id: int, name: str, found: Json) -> None:
        """Keep something under a name, in place of what was there."""


class KnownPolicies(Protocol):
    """Policy files as they were last read, and those that were not there, however many workers look."""

    def find(self, installation_id: int, repository: str, path: str) -> tuple[Json | None, int]:
        """Recall what was kept of a file (None: nothing), and how many pushes are known; after one it is of long ago."""

    def keep(self, installation_id: int, repository: str, path: str, found: Json, pushes: int) -> None:
        """Keep what was found of a file, unless more pushes are known by now: then it may be a former one."""


class Fetch(Protocol):
    """Fetches a file from a server to which the forge has led: without the forge's token, and never more than asked for."""

    def __call__(
        self, url: str, max_bytes: int, headers: Mapping[str, str] | None = None
    ) -> Known[bytes] | Unavailable:
        """Fetch an address; `headers` go to the first server alone. Never raises."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """All that lies around a proposal, and where it may be read from.

    `trusted` False: a fork's of which nobody has said `ok-to-check`, no credential is used for its links. `repository` is `owner/name`, empty where none is known.
    """

    files: RepositoryFiles
    directory: Directory
    history: History
    attachments: Attachments
    trusted: bool = True
    repository: str = ""  # owner/name; "" offline
    commit: str | None = None  # the head commit; None offline
    facts: Facts | None = None


@dataclass(frozen=True, slots=True)
class Earlier:
    """The proposal as an earlier review of this pull request read it."""

    head_sha: str
    proposal: Proposal


class Registry(Protocol):
    """The adapters that were approved, as far as judging goes."""

    def registered(self, account: str, name: str, on: date) -> Fact[Registered]:
        """Look an adapter up by its account and name; `on` is the day from which its next deadline is counted."""


class Sources(Protocol):
    """The readers of linked evidence. Never raises: what cannot be read is `Unavailable`."""

    def gather(
        self,
        proposal: Proposal,
        proposal_path: str,
        around: Surroundings,
        earlier: Sequence[Earlier] = (),
        leads: Sequence[str] = (),
        dated: Sequence[str] = (),
    ) -> Evidence:
        """Read whatever the proposal links and whoever it names, what it said before, and which of the leads approve it.

        `dated` are fields whose linked file's history counts besides.
        """


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


class CommandsGiven(Protocol):
    """The commands that people gave, each once."""

    def waiting(self, repo_id: int, number: int) -> tuple[CommandGiven, ...]:
        """List the commands of a pull request that wait, in their order."""

    def settle(self, reference: str, state: Literal["done", "refused"], note: str | None) -> None:
        """Note what became of a command."""

    def given_since(self, repo_id: int, number: int, author_id: int, instant: datetime) -> int:
        """Count the commands that an account gave on a pull request since an instant, whatever became of them."""


class Refusals(Protocol):
    """Which training files were reviewed under which names, in all repositories of an installation."""

    def of(self, repo_id: int, number: int, adapter: str, sha256: str) -> tuple[Refusal, ...]:
        """Find other adapters' proposals on the same bytes that are "not yet", the newest first."""


class OkToCheck(Protocol):
    """Of which commits from forks a person with write permission has said that their links may be followed with logins."""

    def give(self, pull: PullRequest, said: Said, reference: str) -> None:
        """Keep that somebody said so of the pull request's head, in the comment that `reference` names."""

    def has(self, repo_id: int, number: int, head_sha: str) -> bool:
        """Say whether somebody said so of a commit."""


class Inbox(Protocol):
    """Webhooks received: accepted means durable."""

    def accept(self, heard: Heard) -> Literal["new", "known"]:
        """Store a delivery, what it says of installations, and enqueue its reviews, in one transaction."""


@dataclass(frozen=True, slots=True)
class Visitor:
    """A person who has logged in: GitHub's number of the account, and its login at that time."""

    id: int
    login: str


class LoginRefused(Exception):
    """GitHub gave no token for a code: it was used before, is too old, or was meant for somebody else."""


class Logins(Protocol):
    """The forge's word for who somebody is."""

    def address(self, callback: str, state: str, challenge: str) -> str:
        """Say where a browser is sent to log in; it comes back to `callback` with a code. `challenge` is PKCE's (S256)."""

    def who(self, code: str, verifier: str, callback: str) -> Visitor:
        """Learn from a code who has logged in; raises LoginRefused, ForgeTrouble."""


class Readers(Protocol):
    """Who may read what."""

    def may_read(self, repo_id: int, visitor: Visitor) -> bool:
        """Say whether a visitor may read a repository; raises ForgeTrouble while the forge cannot say."""


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


class Clock(Protocol):
    """Time is an input."""

    def now(self) -> datetime:
        """The instant, UTC-aware."""

    def today(self) -> date:
        """The date in UTC."""
