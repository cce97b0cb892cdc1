"""What is in the repositories? Their list, folders, files and commits."""

from dataclasses import dataclass
from urllib.parse import quote

from starlette.responses import Response

from bot.sandbox.diffs import compare
from bot.sandbox.git_objects import Commit, Entry
from bot.sandbox.model import Account, Pull, Repo
from bot.sandbox.pages.diff_view import diff_view
from bot.sandbox.pages.links import address
from bot.sandbox.pages.places import Place, place_at, read_text, text_at
from bot.sandbox.pages.render import render, see
from bot.sandbox.pages.states import Board, board, required_of
from bot.sandbox.pages.visit import COOKIE, Visit, people
from bot.sandbox.state import Refused, not_found
from bot.sandbox.world import World

_MOST_COMMITS = 100  # on one page


@dataclass(frozen=True, slots=True)
class Listed:
    """A pull request in a list, with the state of its checks."""

    pull: Pull
    board: Board


def listed(world: World, pull: Pull) -> Listed:
    """Look at a pull request for a list."""
    return Listed(pull, board(world, pull.repo, pull.head_sha, required_of(pull)))


def home(visit: Visit) -> Response:
    """Show every account with its repositories and their open pull requests."""
    return _overview(visit, [each for each in visit.world.accounts.values() if each.kind != "Bot"], None)


def account(visit: Visit) -> Response:
    """Show one account with its repositories."""
    found = visit.world.account(visit.params["owner"])
    if found.kind == "Bot":
        raise not_found()
    return _overview(visit, [found], found)


def _overview(visit: Visit, owners: list[Account], alone: Account | None) -> Response:
    world = visit.world
    shown: list[tuple[Account, list[tuple[Repo, list[Listed]]]]] = []
    for owner in owners:
        repos = [each for each in world.repos.values() if each.owner is owner and visit.may(each, "read")]
        if repos or alone:
            shown.append((owner, [(repo, _open_pulls(world, repo)) for repo in repos]))
    moving = any(each.board.moving for _, repos in shown for _, pulls in repos for each in pulls)
    return render(visit, "home.html", refresh=moving, shown=shown, alone=alone)


def _open_pulls(world: World, repo: Repo) -> list[Listed]:
    return [listed(world, pull) for pull in reversed(repo.pulls.values()) if pull.issue.state == "open"]


def app(visit: Visit) -> Response:
    """Show an App: what it may do, where it is installed, and what it was told."""
    found = visit.world.app(visit.params["slug"])
    installations = [each for each in visit.world.installations.values() if each.app is found]
    deliveries = [each for each in reversed(visit.world.deliveries) if each.app is found][:30]
    return render(visit, "app.html", app=found, installations=installations, deliveries=deliveries)


def act_as(visit: Visit) -> Response:
    """Let the visitor act as another user from now on."""
    chosen = next((each for each in people(visit.world) if str(each.id) == visit.form.get("user")), None)
    if chosen is None:
        raise Refused(422, "There is no such user in this sandbox.")
    back = visit.form.get("back", "/")
    # only a path of this site: `//host` and `/\host` lead away
    answer = see(quote(back, safe="/?&=%.~") if back.startswith("/") and back[1:2] not in ("/", "\\") else "/")
    answer.set_cookie(COOKIE, str(chosen.id), httponly=True, samesite="strict")
    return answer


def repository(visit: Visit) -> Response:
    """Show the files of the default branch, or of `?ref=`."""
    repo = visit.repo()
    if not repo.branches:
        return render(visit, "empty.html", repo=repo)
    ref = visit.query.get("ref") or repo.default_branch
    return _folder(visit, Place(repo, ref, visit.world.resolve(repo, ref), ""))


def tree(visit: Visit) -> Response:
    """Show a folder."""
    return _folder(visit, place_at(visit.world, visit.repo(), visit.params["rest"]))


def _folder(visit: Visit, place: Place) -> Response:
    entry = place.entry
    if entry is None:
        raise not_found()
    if entry.type != "tree":
        return see(address(place.repo, "blob", place.ref, place.path))
    inside = place.repo.objects.trees[entry.sha]
    ordered = sorted(inside.items(), key=lambda item: (item[1].type != "tree", item[0]))
    return render(
        visit,
        "repository.html",
        repo=place.repo,
        place=place,
        entries=ordered,
        readme=_readme(place, inside),
        board=board(visit.world, place.repo, place.commit.sha),
        commits=len(place.repo.objects.history(place.commit.sha)),
        pulls=_open_from(visit.world, place),
    )


def _readme(place: Place, inside: dict[str, Entry]) -> tuple[str, str] | None:
    name = next((name for name in inside if name.lower() in ("readme.md", "readme", "readme.txt")), None)
    if name is None or inside[name].type != "blob":
        return None
    text = read_text(place.repo.objects.blobs[inside[name].sha]).text
    return None if text is None else (name, text)


def _open_from(world: World, place: Place) -> list[Pull]:
    """List the open pull requests from the branch that an address names."""
    pulls = [pull for repo in world.repos.values() for pull in repo.pulls.values()]
    return [
        pull
        for pull in pulls
        if pull.issue.state == "open" and pull.head_repo is place.repo and pull.head_ref == place.branch
    ]


def blob(visit: Visit) -> Response:
    """Show a file with numbered lines; a markdown file as it reads, its source with `?plain=1`."""
    place = place_at(visit.world, visit.repo(), visit.params["rest"])
    if place.entry is not None and place.entry.type == "tree":
        return see(address(place.repo, "tree", place.ref, place.path))
    return render(
        visit,
        "file.html",
        repo=place.repo,
        place=place,
        file=text_at(place),
        is_markdown=place.path.lower().endswith((".md", ".markdown")),
        plain="plain" in visit.query,
        pulls=_open_from(visit.world, place),
    )


def raw(visit: Visit) -> Response:
    """Hand out a file's bytes, as plain text or to be stored: never as a page of this site."""
    place = place_at(visit.world, visit.repo(), visit.params["rest"])
    entry = place.entry
    if entry is None or entry.sha not in place.repo.objects.blobs:
        raise not_found()
    content = place.repo.objects.blobs[entry.sha]
    if read_text(content[:1000]).text is None:
        return Response(content, media_type="application/octet-stream", headers={"Content-Disposition": "attachment"})
    return Response(content, media_type="text/plain; charset=utf-8")


def commits(visit: Visit) -> Response:
    """List the commits of a branch, newest first."""
    place = place_at(visit.world, visit.repo(), visit.params["rest"])
    history = place.repo.objects.history(place.commit.sha)
    shown = [(each, board(visit.world, place.repo, each.sha)) for each in history[:_MOST_COMMITS]]
    left = len(history) - len(shown)
    return render(visit, "commits.html", repo=place.repo, place=place, shown=shown, left_out=left)


def commit(visit: Visit) -> Response:
    """Show one commit: its message and what it changed against its first parent."""
    repo = visit.repo()
    found: Commit = visit.world.resolve(repo, visit.params["sha"])
    parent = found.parents[0] if found.parents else None
    view = diff_view(compare(repo.objects, parent, found.sha), loaded=visit.loaded)
    state = board(visit.world, repo, found.sha)
    return render(visit, "commit.html", refresh=state.moving, repo=repo, commit=found, view=view, board=state)
