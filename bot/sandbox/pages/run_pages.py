"""What do the checks of a commit say, each on a page of its own, and how are they asked to run again?"""

from dataclasses import dataclass

from starlette.responses import Response

from bot.sandbox.model import CheckRun, Repo
from bot.sandbox.pages.diff_view import Remark, remarks_of
from bot.sandbox.pages.links import address, pull_address
from bot.sandbox.pages.pull_pages import framed, the_pull
from bot.sandbox.pages.render import render, see
from bot.sandbox.pages.states import GRAVEST_FIRST, board, run_tone
from bot.sandbox.pages.visit import Visit
from bot.sandbox.state import not_found


@dataclass(frozen=True, slots=True)
class Told:
    """One check run with its annotations, and the other runs of the same check at the same commit."""

    run: CheckRun
    remarks: list[Remark]
    others: list[CheckRun]


def _told(visit: Visit, run: CheckRun) -> Told:
    same = visit.world.runs(run.repo, run.head_sha, name=run.name, app_id=run.suite.app.id, latest=False)
    return Told(run, remarks_of([run]), [each for each in same if each is not run])


def _run_in(repo: Repo, number: str) -> CheckRun:
    found = next((each for each in repo.runs.values() if str(each.id) == number), None)
    if found is None:
        raise not_found()
    return found


def checks(visit: Visit) -> Response:
    """Show the check runs of a pull request's head: their list, and one in full (`?check_run_id=`)."""
    pull = the_pull(visit)
    runs = visit.world.runs(pull.repo, pull.head_sha)
    runs.sort(key=lambda run: (GRAVEST_FIRST.index(run_tone(run)), run.name))
    chosen = runs[0] if runs else None
    if wanted := visit.query.get("check_run_id"):
        chosen = _run_in(pull.repo, wanted)
    told = _told(visit, chosen) if chosen else None
    return framed(visit, "checks.html", pull, "checks", runs=runs, told=told)


def run(visit: Visit) -> Response:
    """Show one check run."""
    repo = visit.repo()
    found = _run_in(repo, visit.params["id"])
    pulls = [each for each in repo.pulls.values() if each.head_sha == found.head_sha]
    moving = board(visit.world, repo, found.head_sha).moving
    return render(visit, "run.html", refresh=moving, repo=repo, pulls=pulls, told=_told(visit, found))


def rerun(visit: Visit) -> Response:
    """Ask the App to run a check again."""
    repo = visit.repo()
    found = _run_in(repo, visit.params["id"])
    visit.need(repo, "write")
    visit.world.rerequest_run(found, visit.someone())
    return _back(visit, repo, found)


def press(visit: Visit) -> Response:
    """Press one of the App's own buttons."""
    repo = visit.repo()
    found = _run_in(repo, visit.params["id"])
    visit.need(repo, "write")
    visit.world.request_action(found, visit.form.get("identifier", ""), visit.someone())
    return _back(visit, repo, found)


def _back(visit: Visit, repo: Repo, found: CheckRun) -> Response:
    pull = next((each for each in repo.pulls.values() if str(each.number) == visit.form.get("pull")), None)
    if pull is not None and pull.head_sha == found.head_sha:
        return see(f"{pull_address(pull, 'checks')}?check_run_id={found.id}")
    return see(address(repo, "runs", found.id))
