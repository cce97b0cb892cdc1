"""How do a commit's checks stand? One line for each check run, commit status and missing check, in GitHub's words."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from bot.sandbox.checks import PASSING
from bot.sandbox.model import Account, CheckRun, CheckSuite, Pull, Repo, RequiredCheck, Status
from bot.sandbox.pages.links import address
from bot.sandbox.pages.markdown import safe_address
from bot.sandbox.world import World

Tone = Literal["success", "failure", "pending", "neutral", "skipped"]
# an App that has said nothing about a push for so long will not: its suite stays queued, as on GitHub
_PATIENCE = timedelta(minutes=1)

_RUN_WORDS = {
    "success": "Successful",
    "failure": "Failing",
    "neutral": "Completed",
    "skipped": "Skipped",
    "cancelled": "Cancelled",
    "timed_out": "Timed out",
    "action_required": "Action required",
    "startup_failure": "Startup failure",
    "stale": "Stale",
}
GRAVEST_FIRST: tuple[Tone, ...] = ("failure", "pending", "neutral", "skipped", "success")
_TALLY = {
    "failure": "failing",
    "pending": "pending",
    "neutral": "neutral",
    "skipped": "skipped",
    "success": "successful",
}


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the checks box. `who` speaks; `link` leads to the details, None when there are none."""

    tone: Tone
    name: str
    words: str
    who: Account | None
    link: str | None
    required: bool = False


@dataclass(frozen=True, slots=True)
class Board:
    """All the lines of a commit; `moving` while something is still to come."""

    lines: tuple[Line, ...]
    moving: bool

    @property
    def tone(self) -> Tone | None:
        """Fold the lines into the one dot beside a commit; None without any."""
        tones = {line.tone for line in self.lines}
        if not tones:
            return None
        return next((tone for tone in ("failure", "pending") if tone in tones), "success")

    @property
    def headline(self) -> str:
        """Say how the checks stand."""
        return {
            "failure": "Some checks were not successful",
            "pending": "Some checks haven’t completed yet",
            "success": "All checks have passed",
        }[self.tone or "success"]

    @property
    def tally(self) -> str:
        """Count the lines, as in "1 failing, 2 successful checks"."""
        counts = {tone: sum(line.tone == tone for line in self.lines) for tone in GRAVEST_FIRST}
        said = ", ".join(f"{count} {_TALLY[tone]}" for tone, count in counts.items() if count)
        return f"{said} check{'s' if len(self.lines) != 1 else ''}"


def required_of(pull: Pull) -> tuple[RequiredCheck, ...]:
    """List the checks that a pull request waits for: only the default branch is protected."""
    waits = pull.issue.state == "open" and pull.base_ref == pull.repo.default_branch
    return pull.repo.required_checks if waits else ()


def board(world: World, repo: Repo, sha: str, required: tuple[RequiredCheck, ...] = ()) -> Board:
    """Look at a commit's checks, the failing first."""
    runs, statuses = world.runs(repo, sha), world.statuses(repo, sha, latest=True)
    lines = [_of_run(run, required) for run in runs]
    lines += [_of_status(status, required) for status in statuses]
    missing = [each for each in required if not any(line.required and line.name == each.context for line in lines)]
    lines += [_expected(each) for each in missing]
    expected_of = {each.app_id for each in missing}
    heard_of = {run.suite.id for run in runs}
    suites = [each for each in repo.suites.values() if each.head_sha == sha and each.id not in heard_of]
    silent = [each for each in suites if _is_awaited(world, each)]
    lines += [_queued(each) for each in silent if each.app.id not in expected_of]
    lines.sort(key=lambda line: (GRAVEST_FIRST.index(line.tone), line.name))
    going = any(run.status != "completed" or run.suite.reset for run in runs)
    pending = any(status.state == "pending" for status in statuses)
    # the head of a fork has no suite that could be waited for, only its age
    young = bool(missing) and world.now() - repo.objects.commits[sha].when < _PATIENCE
    return Board(tuple(lines), going or pending or young or bool(silent))


def _is_awaited(world: World, suite: CheckSuite) -> bool:
    return suite.app.webhook_url is not None and world.now() - suite.created_at < _PATIENCE


def _expected(required: RequiredCheck) -> Line:
    return Line("pending", required.context, "Expected — Waiting for status to be reported", None, None, required=True)


def _queued(suite: CheckSuite) -> Line:
    return Line("pending", suite.app.name, "Queued — Waiting to hear from it", suite.app.bot, None)


def run_tone(run: CheckRun) -> Tone:
    """Choose the icon of a check run."""
    if run.status != "completed":
        return "pending"
    if run.conclusion in ("neutral", "stale"):
        return "neutral"
    if run.conclusion in ("skipped", "cancelled"):
        return "skipped"
    return "success" if run.conclusion in PASSING else "failure"


def run_words(run: CheckRun) -> str:
    """Say how a check run stands, as in "Failing after 3s"."""
    if run.suite.reset:
        return "Queued — Re-run requested"
    if run.status != "completed":
        return "Queued" if run.status == "queued" else "In progress"
    words = _RUN_WORDS.get(run.conclusion or "", "Completed")
    seconds = int((run.completed_at - run.started_at).total_seconds()) if run.completed_at else 0
    if run.conclusion in ("skipped", "stale", "action_required") or seconds < 0:
        return words
    joint = "after" if run.conclusion in ("failure", "cancelled", "timed_out") else "in"
    minutes, rest = divmod(seconds, 60)
    return f"{words} {joint} {f'{minutes}m ' if minutes else ''}{rest}s"


def _of_run(run: CheckRun, required: tuple[RequiredCheck, ...]) -> Line:
    needed = any(each.context == run.name and each.app_id in (None, run.suite.app.id) for each in required)
    words = run_words(run) + (f" — {run.title}" if run.title else "")
    tone: Tone = "pending" if run.suite.reset else run_tone(run)
    return Line(tone, run.name, words, run.suite.app.bot, address(run.repo, "runs", run.id), needed)


def _of_status(status: Status, required: tuple[RequiredCheck, ...]) -> Line:
    needed = any(each.context == status.context and each.app_id is None for each in required)
    tone: Tone = "failure" if status.state == "error" else status.state
    link = safe_address(status.target_url)
    return Line(tone, status.context, status.description or status.state.capitalize(), status.creator, link, needed)
