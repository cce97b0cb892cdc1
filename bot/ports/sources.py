"""Where does evidence come from? Files, people, what was concluded before, and what gathers them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol

from bot.readiness import evidence
from bot.readiness.evidence import Evidence
from bot.readiness.fact import Fact, Known, Unavailable
from bot.readiness.model_facts import Told
from bot.readiness.model_place import Place
from bot.readiness.ownership import Consent, Person, Team
from bot.readiness.proposal import Proposal
from bot.readiness.registered import Registered

Json = dict[str, Any]


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
