"""What do the Apps find out about a commit? Check suites, check runs and commit statuses, with GitHub's limits."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from bot.sandbox.conversation import Conversation
from bot.sandbox.model import Account, Annotation, App, CheckRun, CheckSuite, Event, Pull, Repo, Status
from bot.sandbox.state import Refused, locked

PASSING = ("success", "neutral", "skipped")
MOST_RUNS = 1000  # of one name in a suite; older ones are then deleted (docs: check runs)
MOST_STATUSES = 1000  # of one context on a commit (docs: create a commit status)
LONGEST_DESCRIPTION = 140
_WORST = ("failure", "timed_out", "action_required", "cancelled", "startup_failure", "stale")


@dataclass(frozen=True, slots=True)
class Output:
    """What a check run says; `annotations` are added to those it has."""

    title: str | None = None
    summary: str | None = None
    text: str | None = None
    annotations: tuple[Annotation, ...] = ()


@dataclass(frozen=True, slots=True)
class RunChange:
    """The fields of a check run that a request sets; None leaves a field as it is."""

    name: str | None = None
    details_url: str | None = None
    external_id: str | None = None
    status: str | None = None
    conclusion: str | None = None
    started_at: datetime | None = None
    completed_at: datetime | None = None
    output: Output | None = None
    actions: tuple[Mapping[str, str], ...] | None = None


class Checks(Conversation):
    """Check suites, check runs, statuses, and the merge that waits for them."""

    def _pushed(self, repo: Repo, branch: str, before: str | None, after: str, pusher: Account) -> None:
        super()._pushed(repo, branch, before, after, pusher)
        for installation in list(self.installations.values()):
            if installation.covers(repo) and installation.permissions.get("checks") == "write":
                app = installation.app
                suite = self._suite(repo, app, after, before=before, branch=branch)
                self.tell(Event("check_suite", "requested", pusher, suite, repo, only=app, always=True))

    def _suite(
        self, repo: Repo, app: App, sha: str, *, before: str | None = None, branch: str | None = None
    ) -> CheckSuite:
        for suite in repo.suites.values():
            if suite.app is app and suite.head_sha == sha:
                return suite
        branch = branch or next((name for name, tip in repo.branches.items() if tip == sha), None)
        now = self.now()
        suite = CheckSuite(self.next_id(), repo, app, sha, branch, before, now, now)
        repo.suites[suite.id] = suite
        return suite

    @locked
    def create_run(self, repo: Repo, app: App, head_sha: str, change: RunChange) -> CheckRun:
        """Create an App's check run; raises Refused 422 when GitHub would."""
        if head_sha not in repo.objects.commits:
            raise Refused(422, f"No commit found for SHA: {head_sha}")
        _require_conclusion(change, "queued", None)
        suite = self._suite(repo, app, head_sha)
        same = [run for run in repo.runs.values() if run.suite is suite and run.name == change.name]
        for old in same[: max(0, len(same) - MOST_RUNS + 1)]:
            del repo.runs[old.id]
        run = CheckRun(self.next_id(), suite, change.name or "", "", "", "queued", None, self.now(), None)
        self._change_run(run, change)
        repo.runs[run.id] = run
        suite.reset = False
        self._tell_run(run, "created")
        if run.status == "completed":
            self._tell_completed(run)
        return run

    @locked
    def update_run(self, run: CheckRun, change: RunChange) -> None:
        """Change a check run; annotations are appended. Tells `completed` when it comes to its end."""
        was = run.status
        _require_conclusion(change, was, run.conclusion)
        self._change_run(run, change)
        run.suite.reset = False
        if run.status == "completed" and was != "completed":
            self._tell_completed(run)

    def _change_run(self, run: CheckRun, change: RunChange) -> None:
        run.name = change.name or run.name
        run.details_url = change.details_url or run.details_url
        run.external_id = run.external_id if change.external_id is None else change.external_id
        run.started_at = change.started_at or run.started_at
        run.actions = run.actions if change.actions is None else change.actions
        run.status = _status_after(change, run.status)
        if run.status == "completed":
            run.conclusion = change.conclusion or run.conclusion
            run.completed_at = change.completed_at or run.completed_at or self.now()
        else:
            run.conclusion = run.completed_at = None
        if change.output is not None:
            run.title = change.output.title if change.output.title is not None else run.title
            run.summary = change.output.summary if change.output.summary is not None else run.summary
            run.text = change.output.text if change.output.text is not None else run.text
            run.annotations.extend(change.output.annotations)
        run.suite.updated_at = self.now()

    def _tell_run(self, run: CheckRun, action: str) -> None:
        # every App that may see checks hears of them, the own too (docs: webhook events, check_run)
        self.tell(Event("check_run", action, run.suite.app.bot, run, run.repo))

    def _tell_completed(self, run: CheckRun) -> None:
        self._tell_run(run, "completed")
        if self.suite_result(run.suite)[0] == "completed":
            self.tell(Event("check_suite", "completed", run.suite.app.bot, run.suite, run.repo))

    @locked
    def rerequest_run(self, run: CheckRun, sender: Account) -> None:
        """Ask the owning App to run a check anew; the suite is reset, the run stays as it is."""
        run.suite.reset = True
        self.tell(Event("check_run", "rerequested", sender, run, run.repo, only=run.suite.app, always=True))

    @locked
    def request_action(self, run: CheckRun, identifier: str, sender: Account) -> None:
        """Press one of the buttons that an App gave its run; raises Refused 422 for one that is not there."""
        if identifier not in {action["identifier"] for action in run.actions}:
            raise Refused(422, "There is no such button on this check run.")
        asked = {"requested_action": {"identifier": identifier}}
        event = Event("check_run", "requested_action", sender, run, run.repo, asked, only=run.suite.app, always=True)
        self.tell(event)

    @locked
    def rerequest_suite(self, suite: CheckSuite, sender: Account) -> None:
        """Ask the owning App to run all its checks of a commit anew."""
        suite.reset = True
        self.tell(Event("check_suite", "rerequested", sender, suite, suite.repo, only=suite.app, always=True))

    @locked
    def runs(
        self,
        repo: Repo,
        sha: str,
        *,
        name: str | None = None,
        app_id: int | None = None,
        suite: CheckSuite | None = None,
        latest: bool = True,
    ) -> list[CheckRun]:
        """List the check runs of a commit, newest first; with `latest` one of each App and name."""
        found: list[CheckRun] = []
        for run in reversed(repo.runs.values()):
            shown = run.head_sha == sha and name in (None, run.name) and app_id in (None, run.suite.app.id)
            if not shown or (suite is not None and run.suite is not suite):
                continue
            if not latest or not any(each.name == run.name and each.suite is run.suite for each in found):
                found.append(run)
        return found

    @locked
    def suite_result(self, suite: CheckSuite) -> tuple[str, str | None]:
        """Fold a suite's latest runs into its status and conclusion."""
        runs = self.runs(suite.repo, suite.head_sha, suite=suite)
        if not runs or suite.reset:
            return "queued", None
        if any(run.status != "completed" for run in runs):
            return "in_progress", None
        conclusions = [run.conclusion for run in runs]
        worst = next((bad for bad in _WORST if bad in conclusions), None)
        return "completed", worst or ("success" if "success" in conclusions else conclusions[0])

    @locked
    def pulls_of(self, suite: CheckSuite) -> list[Pull]:
        """List the open pull requests of a suite: from branches of the repository itself, never from forks."""
        return [
            pull
            for pull in suite.repo.pulls.values()
            if pull.issue.state == "open" and pull.head_sha == suite.head_sha and not pull.from_fork
        ]

    @locked
    def set_status(
        self,
        repo: Repo,
        sha: str,
        state: Literal["error", "failure", "pending", "success"],
        creator: Account,
        *,
        context: str = "default",
        description: str | None = None,
        target_url: str | None = None,
    ) -> Status:
        """Post a commit status; raises Refused 422 for an unknown commit, a long description, or one too many."""
        if sha not in repo.objects.commits:
            raise Refused(422, f"No commit found for SHA: {sha}")
        if description is not None and len(description) > LONGEST_DESCRIPTION:
            message = f"description is too long (maximum is {LONGEST_DESCRIPTION} characters)"
            error = {"resource": "Status", "field": "description", "code": "custom", "message": message}
            raise Refused(422, "Validation Failed", error)
        if sum(each.sha == sha and each.context == context for each in repo.statuses) >= MOST_STATUSES:
            message = "This SHA and context has reached the maximum number of statuses."
            raise Refused(422, "Validation Failed", {"resource": "Status", "code": "custom", "message": message})
        status = Status(self.next_id(), repo, sha, state, context, description, target_url, creator, self.now())
        repo.statuses.append(status)
        self.tell(Event("status", None, creator, status, repo))
        return status

    @locked
    def statuses(self, repo: Repo, sha: str, *, latest: bool = False) -> list[Status]:
        """List the statuses of a commit, newest first; with `latest` one of each context."""
        found: list[Status] = []
        for status in reversed(repo.statuses):
            if status.sha == sha and not (latest and any(each.context == status.context for each in found)):
                found.append(status)
        return found

    @locked
    def blocked_by(self, pull: Pull) -> str | None:
        """Say in GitHub's words which required check forbids the merge; None if none does.

        Only the default branch is protected. A status and a run of the same name are both required; neutral and skipped runs satisfy.
        """
        protected = pull.base_ref == pull.repo.default_branch
        for required in pull.repo.required_checks if protected else ():
            runs = self.runs(pull.repo, pull.head_sha, name=required.context, app_id=required.app_id)
            statuses = [] if required.app_id else self.statuses(pull.repo, pull.head_sha, latest=True)
            states: Sequence[str | None] = [run.conclusion for run in runs]
            states = [*states, *(each.state for each in statuses if each.context == required.context)]
            if not states or None in states or "pending" in states:
                return f'Required status check "{required.context}" is expected.'
            if any(state not in PASSING for state in states):
                return f'Required status check "{required.context}" is failing.'
        return None


def _status_after(change: RunChange, status: str) -> str:
    ends = change.conclusion is not None or change.completed_at is not None
    return "completed" if ends else change.status or status


def _require_conclusion(change: RunChange, status: str, conclusion: str | None) -> None:
    if _status_after(change, status) == "completed" and (change.conclusion or conclusion) is None:
        raise Refused(422, 'Invalid request.\n\n"conclusion" wasn\'t supplied.')
