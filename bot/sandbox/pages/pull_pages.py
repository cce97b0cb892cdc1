"""What does a pull request look like? Its list, its conversation, its commits and its changed files."""

from starlette.responses import Response

from bot.sandbox.model import Pull
from bot.sandbox.pages.diff_view import diff_view, remarks_of
from bot.sandbox.pages.links import pull_address
from bot.sandbox.pages.render import in_words, render
from bot.sandbox.pages.repository_pages import listed
from bot.sandbox.pages.states import board, required_of
from bot.sandbox.pages.timeline import threads_of, timeline
from bot.sandbox.pages.visit import Visit
from bot.sandbox.state import Refused, not_found


def the_pull(visit: Visit) -> Pull:
    """Find the pull request of the address; raises Refused 404."""
    number = visit.params["number"]
    if not (number.isascii() and number.isdecimal() and len(number) < 10):
        raise not_found()
    return visit.world.pull(visit.repo(), int(number))


def pulls(visit: Visit) -> Response:
    """List the pull requests, the open ones or (`?q=closed`) the closed."""
    repo = visit.repo()
    found = [listed(visit.world, pull) for pull in reversed(repo.pulls.values())]
    open_ones = [each for each in found if each.pull.issue.state == "open"]
    closed_ones = [each for each in found if each.pull.issue.state == "closed"]
    state = "closed" if visit.query.get("q") == "closed" else "open"
    shown = closed_ones if state == "closed" else open_ones
    moving = any(each.board.moving for each in shown)
    counts = {"open": len(open_ones), "closed": len(closed_ones)}
    return render(visit, "pulls.html", refresh=moving, repo=repo, shown=shown, state=state, counts=counts)


def framed(
    visit: Visit, template: str, pull: Pull, tab: str, *, refused: Refused | None = None, **context: object
) -> Response:
    """Render a page of a pull request: its title, tabs and checks around what the template adds."""
    world = visit.world
    state = board(world, pull.repo, pull.head_sha, required_of(pull))
    return render(
        visit,
        template,
        status=refused.status if refused else 200,
        # a page that says why something was refused stays, and so does the text that it keeps
        refresh=state.moving and refused is None,
        repo=pull.repo,
        pull=pull,
        tab=tab,
        board=state,
        commits=world.pull_commits(pull),
        changed=world.changed_files(pull),
        check_runs=len(world.runs(pull.repo, pull.head_sha)),
        may_write=visit.may(pull.repo, "write"),
        is_author=pull.issue.author is visit.user,
        error=in_words(refused) if refused else [],
        **context,
    )


def conversation(visit: Visit, refused: Refused | None = None) -> Response:
    """Show the conversation; after a refusal with its reason and the typed text."""
    pull, world = the_pull(visit), visit.world
    is_open = pull.issue.state == "open"
    boards = {each.sha: board(world, pull.repo, each.sha) for each in world.pull_commits(pull)}
    return framed(
        visit,
        "pull.html",
        pull,
        "conversation",
        refused=refused,
        moments=timeline(world, pull),
        boards=boards,
        mergeable=is_open and world.mergeable(pull),
        blocked=world.blocked_by(pull) if is_open else None,
        typed=visit.form.get("body", ""),
    )


def pull_commits(visit: Visit) -> Response:
    """List the commits of a pull request."""
    pull = the_pull(visit)
    shown = [(each, board(visit.world, pull.repo, each.sha)) for each in reversed(visit.world.pull_commits(pull))]
    return framed(visit, "pull_commits.html", pull, "commits", shown=shown)


def files(visit: Visit, refused: Refused | None = None) -> Response:
    """Show the changed files, with annotations and comments at their lines."""
    pull, world = the_pull(visit), visit.world
    view = diff_view(
        world.changed_files(pull),
        remarks_of(world.runs(pull.repo, pull.head_sha)),
        threads_of(world.review_comments(pull)),
        visit.loaded,
    )
    is_there = pull.issue.state == "open" and pull.head_ref in pull.head_repo.branches
    return framed(
        visit,
        "files.html",
        pull,
        "files",
        refused=refused,
        view=view,
        edit_at=pull_address(pull) if is_there and visit.may(pull.head_repo, "write") else None,
        typed=visit.form.get("body", ""),
    )
