"""What is one pull request, and how is its answer given? The bot's one way to GitHub, opened anew for each job."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from bot.github import comments, publishing
from bot.github.app_auth import AppAuth
from bot.github.attachments import AttachmentsOfRepository
from bot.github.client import Client
from bot.github.committers import committers
from bot.github.conversation import ConversationOfPull
from bot.github.desk import Desk
from bot.github.diff import shown_lines
from bot.github.directory import DirectoryOfPull, PeopleOfTheDay
from bot.github.history import HistoryOfPull
from bot.github.large_files import LargeFiles
from bot.github.policies import PolicyFiles, WrongWith
from bot.github.repository_files import FilesAtCommit
from bot.github.trouble import InstallationGone, Refused
from bot.ports import (
    Attachments,
    Call,
    ChangedFile,
    Clock,
    CommitFiles,
    Committers,
    Conversation,
    Directory,
    Fetch,
    Forge,
    ForgeTrouble,
    HeadMoved,
    History,
    KnownPolicies,
    Ledger,
    PullRequest,
    ReviewRequested,
    Superseded,
)
from bot.readiness.policy_file import PolicyText
from bot.report import given_up
from bot.report.answer import Answer
from bot.report.check_run import CheckRun, check_run, is_quiet
from bot.report.comment import sticky_comment
from bot.report.inline import inline_comments
from bot.report.status import status


class GitHub:
    """GitHub, or an Enterprise Server, for one App. Safe to share between threads; what `open` returns is not."""

    def __init__(
        self,
        app_auth: AppAuth,
        api_url: str,
        ledger: Ledger,
        clock: Clock,
        fetch: Fetch,
        people: PeopleOfTheDay | None = None,
        policies: KnownPolicies | None = None,
        wrong_with: WrongWith = lambda text: None,
    ) -> None:
        """Take the App's identity, the API's address, the memory of what was written, the day's people, known policies, and
        who finds what is wrong with one.

        `fetch` goes to the servers beside the API, where GitHub keeps files.
        """
        self._auth = app_auth
        self._api_url = api_url.rstrip("/")
        self._ledger = ledger
        self._clock = clock
        self._fetch = fetch
        self._people = PeopleOfTheDay(clock) if people is None else people
        self._policies = PolicyFiles(clock, fetch, policies, wrong_with)

    @property
    def app_id(self) -> int:
        """The App's id."""
        return self._auth.app_id

    def app_slug(self) -> str:
        """Name the App as in its login `SLUG[bot]`; raises ForgeTrouble. Asked of GitHub once."""
        return self._auth.slug()

    def open(self, request: ReviewRequested, guard: Callable[[], None]) -> Forge:
        """Open the forge for one job; `guard` is called right before each write and raises Superseded to stop it."""
        client = Client(self._auth, self._api_url, request.installation_id, request.repo_id, self._clock)
        whole = Client(self._auth, self._api_url, request.installation_id, None, self._clock)

        def policy_files(repository: str) -> tuple[PolicyText, ...]:
            return self._policies.read(whole, client, request.installation_id, repository)

        return PullRequestForge(
            client, self._auth, self._ledger, self._fetch, self._people, policy_files, request, guard
        )


class PullRequestForge:
    """One pull request's repository, through the eyes of one installation."""

    def __init__(
        self,
        client: Client,
        auth: AppAuth,
        ledger: Ledger,
        fetch: Fetch,
        people: PeopleOfTheDay,
        policy_files: Callable[[str], tuple[PolicyText, ...]],
        request: ReviewRequested,
        guard: Callable[[], None],
    ) -> None:
        """Take what `GitHub.open` hands over."""
        self._client = client
        self._auth = auth
        self._ledger = ledger
        self._fetch = fetch
        self._people = people
        self._policy_files = policy_files
        self._request = request
        self._guard = guard
        self._pull: PullRequest | None = None
        self._organization: str | None = None
        self._changed: tuple[ChangedFile, ...] | None = None

    def pull_request(self) -> PullRequest | None:
        """Read the pull request as it is now; None when it or the installation is gone. Raises ForgeTrouble."""
        data = self._read()
        if data is None:
            return None
        try:
            pull = _pull(data, self._request)
            owner = data["base"]["repo"]["owner"]
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise ForgeTrouble(f"GitHub's pull request could not be understood ({error!r})") from error
        if self._pull is None or self._pull.head_sha != pull.head_sha:
            self._changed = None
        self._pull = pull
        self._organization = owner["login"] if owner.get("type") == "Organization" else None
        return pull

    def changed_files(self) -> tuple[ChangedFile, ...]:
        """List the files that the pull request changes (GitHub lists 3,000 at most); raises ForgeTrouble."""
        if self._changed is None:
            seen = self._seen()
            self._changed = self._client.ask(
                lambda gh: tuple(
                    ChangedFile(
                        file.filename, file.status, file.raw_data.get("patch"), file.raw_data.get("previous_filename")
                    )
                    for file in gh.get_repo(seen.repository).get_pull(seen.number).get_files()
                )
            )
        return self._changed

    def policy_files(self) -> tuple[PolicyText, ...]:
        """Read the policy files of the owner and of the repository from their default branches; raises ForgeTrouble."""
        return self._policy_files(self._seen().repository)

    def files(self, commit: str | None = None) -> CommitFiles:
        """Open the repository at a commit, the pull request's head where none is named; raises ForgeTrouble."""
        seen = self._seen()
        return FilesAtCommit(self._client, seen.repository, commit or seen.head_sha, self._large())

    def calls(self) -> tuple[Call, ...]:
        """List what GitHub was asked so far."""
        return self._client.log.calls

    def directory(self) -> Directory:
        """Open the people of the repository and its organisation; raises ForgeTrouble."""
        return DirectoryOfPull(self._client, self._seen(), self._organization, self._people)

    def history(self) -> History:
        """Open what was committed before the pull request's head commit; raises ForgeTrouble."""
        return HistoryOfPull(self._client, self._seen(), self.changed_files, self._large())

    def attachments(self) -> Attachments:
        """Open the artifacts of workflow runs and the assets of releases; raises ForgeTrouble."""
        return AttachmentsOfRepository(self._client, self._seen().repository, self._fetch)

    def conversation(self) -> Conversation:
        """Open what is said on the pull request; raises ForgeTrouble."""
        return ConversationOfPull(self._desk(self._seen()))

    def committers(self) -> Committers:
        """List whose commits the pull request brings; raises ForgeTrouble."""
        return committers(self._client, self._seen())

    def is_one_of(self, login: str, named: Sequence[str]) -> bool:
        """Say whether an account is named, in a team that is, or an administrator where nobody is; raises ForgeTrouble."""
        return DirectoryOfPull(self._client, self._seen(), self._organization, self._people).is_one_of(login, named)

    def begin(self, pull: PullRequest, details_url: str) -> None:
        """Show on the head commit that a review is running; raises ForgeTrouble, Superseded."""
        publishing.begin(self._desk(pull), details_url)

    def publish(self, pull: PullRequest, answer: Answer, review_id: str, details_url: str) -> None:
        """Make GitHub look like the answer; write only what differs. Raises ForgeTrouble, HeadMoved, Superseded."""
        desk = self._desk(pull)
        shown = {changed.path: shown_lines(changed.patch) for changed in self.changed_files()}
        publishing.complete(desk, check_run(answer, details_url=details_url), review_id, details_url)
        publishing.mirror(desk, status(answer), review_id, details_url)
        if pull.draft:  # a draft is still being written: the check run says enough
            return
        body = sticky_comment(answer, head_sha=pull.head_sha, details_url=details_url)
        comments.stick(desk, body, quiet=is_quiet(answer), review_id=review_id, details_url=details_url)
        comments.remark(desk, inline_comments(answer, shown), review_id)

    def begin_policy(self, pull: PullRequest, details_url: str) -> None:
        """Show on the head commit that a change of the policy is being looked at; raises ForgeTrouble, Superseded."""
        publishing.begin(self._desk(pull), details_url, publishing.POLICY)

    def publish_policy(self, pull: PullRequest, rendered: CheckRun, review_id: str, details_url: str) -> None:
        """Show what a change of the policy would bring; raises ForgeTrouble, HeadMoved, Superseded."""
        publishing.complete(self._desk(pull), rendered, review_id, details_url, publishing.POLICY)

    def give_up(self, pull: PullRequest, details_url: str) -> None:
        """Show on the head commit, as a failure, that its review came to no end; raises ForgeTrouble, Superseded."""
        desk = self._desk(pull)
        publishing.complete(desk, given_up.check_run(pull.repo_id, pull.number), None, details_url)
        publishing.mirror(desk, given_up.status(), None, details_url)

    def _read(self) -> Mapping[str, Any] | None:
        for _ in range(2):
            try:
                name = self._client.repository()
                data = self._client.get(f"/repos/{name}/pulls/{self._request.number}")
            except InstallationGone:
                return None
            except Refused as refused:
                if refused.status not in (404, 410):
                    raise
            else:
                if not isinstance(data, dict):
                    raise ForgeTrouble("GitHub's answer holds no pull request")
                if _repository_id(data) == self._request.repo_id:
                    return data
            # the name came with the token: the repository may have been renamed, and another bear its name, since
            try:
                self._client.forget()
            except InstallationGone:
                return None
        return None

    def _large(self) -> LargeFiles:
        return LargeFiles(self._client, self._seen().repository, self._fetch)

    def _seen(self) -> PullRequest:
        seen = self._pull or self.pull_request()
        if seen is None:
            raise Superseded("the pull request is gone")
        return seen

    def _desk(self, pull: PullRequest) -> Desk:
        if self._seen().head_sha != pull.head_sha:
            raise HeadMoved(f"the head has moved on from {pull.head_sha}")
        return Desk(self._client, self._auth, self._ledger, self._guard, pull)


def _repository_id(data: Mapping[str, Any]) -> object:
    repository = (data.get("base") or {}).get("repo") or {}
    return repository.get("id")


def _pull(data: Mapping[str, Any], request: ReviewRequested) -> PullRequest:
    base, head = data["base"], data["head"]
    opened = datetime.fromisoformat(data["created_at"]).astimezone(UTC)
    merged = datetime.fromisoformat(data["merged_at"]).astimezone(UTC) if data.get("merged_at") else None
    return PullRequest(
        installation_id=request.installation_id,
        repo_id=request.repo_id,
        owner=base["repo"]["owner"]["login"],
        name=base["repo"]["name"],
        number=request.number,
        title=data.get("title") or "",
        state=data["state"],
        draft=bool(data.get("draft")),
        author=(data.get("user") or {}).get("login") or "ghost",  # GitHub's name for a deleted account
        head_sha=head["sha"],
        base_sha=base["sha"],
        base_ref=base["ref"],
        default_branch=base["repo"]["default_branch"],
        opened_on=opened.date(),
        from_fork=(head.get("repo") or {}).get("id") != base["repo"]["id"],  # no repo: a fork that was deleted
        author_id=(data.get("user") or {}).get("id"),
        comments=data.get("comments"),
        private=base["repo"].get("private") is not False,
        head_repository=(head.get("repo") or {}).get("full_name") or "",
        head_ref=head.get("ref") or "",
        merge_sha=data.get("merge_commit_sha") if merged else None,  # of an open one it is a trial merge
        merged_at=merged,
        merged_by=(data.get("merged_by") or {}).get("login"),
    )
