"""Which page answers at which address?"""

from collections.abc import Callable
from functools import partial

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from bot.sandbox.pages import (
    compare_pages,
    editing,
    login_pages,
    pull_actions,
    pull_pages,
    repository_pages,
    run_pages,
)
from bot.sandbox.pages.render import HEADERS, ICON, STYLE, refusal
from bot.sandbox.pages.visit import Visit, arrive
from bot.sandbox.state import Refused, not_found
from bot.sandbox.world import World

Page = Callable[[Visit], Response]

_REPO = "/{owner}/{repo}"
_PULL = _REPO + "/pull/{number}"


def _nothing(visit: Visit) -> Response:
    raise not_found()


def _style(visit: Visit) -> Response:
    return Response(STYLE, media_type="text/css")


def _icon(visit: Visit) -> Response:
    return Response(ICON, media_type="image/svg+xml")


# address -> what shows it, and what a form sent there does
_TABLE: tuple[tuple[str, Page | None, Page | None], ...] = (
    ("/", repository_pages.home, None),
    ("/-/sandbox.css", _style, None),
    ("/-/icon.svg", _icon, None),
    ("/-/act-as", None, repository_pages.act_as),
    ("/apps/{slug}", repository_pages.app, None),
    ("/login/oauth/authorize", login_pages.ask, login_pages.authorize),
    ("/{owner}", repository_pages.account, None),
    (_REPO, repository_pages.repository, None),
    (_REPO + "/tree/{rest:path}", repository_pages.tree, None),
    (_REPO + "/blob/{rest:path}", repository_pages.blob, None),
    (_REPO + "/raw/{rest:path}", repository_pages.raw, None),
    (_REPO + "/edit/{rest:path}", editing.edit, editing.commit_edit),
    (_REPO + "/new/{rest:path}", editing.new, editing.commit_new),
    (_REPO + "/delete/{rest:path}", editing.delete, editing.commit_delete),
    (_REPO + "/fork", None, editing.fork),
    (_REPO + "/commits/{rest:path}", repository_pages.commits, None),
    (_REPO + "/commit/{sha}", repository_pages.commit, None),
    (_REPO + "/pulls", pull_pages.pulls, None),
    (_REPO + "/compare", compare_pages.compare, None),
    (_REPO + "/compare/{spec:path}", compare_pages.compare, compare_pages.open_pull),
    (_PULL, pull_pages.conversation, None),
    (_PULL + "/commits", pull_pages.pull_commits, None),
    (_PULL + "/files", pull_pages.files, pull_actions.review),
    (_PULL + "/checks", run_pages.checks, None),
    (_PULL + "/{action}", None, pull_actions.act),
    (_REPO + "/runs/{id}", run_pages.run, None),
    (_REPO + "/runs/{id}/rerun", None, run_pages.rerun),
    (_REPO + "/runs/{id}/action", None, run_pages.press),
    ("/{rest:path}", _nothing, _nothing),
)


def routes(world: World) -> list[BaseRoute]:
    """List the routes of all pages. They go last into an app: the final one answers 404 to whatever is left."""
    found: list[BaseRoute] = [login_pages.token_route(world)]
    for path, show, do in _TABLE:
        methods = [*(["GET"] if show else []), *(["POST"] if do else [])]
        found.append(Route(path, partial(_answer, world, show or _nothing, do or _nothing), methods=methods))
    return found


async def _answer(world: World, show: Page, do: Page, request: Request) -> Response:
    page = do if request.method == "POST" else show
    try:
        visit = await arrive(world, request)
    except Refused as refused:
        visit, page = Visit(world, None, "/"), partial(_raise, refused)
    response = await run_in_threadpool(_show, page, visit)
    for name, value in HEADERS.items():  # a page may say otherwise
        response.headers.setdefault(name, value)
    return response


def _show(page: Page, visit: Visit) -> Response:
    # one moment of the world for the whole page: nothing may change while it is looked through
    with visit.world.lock:
        try:
            return page(visit)
        except Refused as refused:
            return refusal(visit, refused)


def _raise(refused: Refused, visit: Visit) -> Response:
    raise refused
