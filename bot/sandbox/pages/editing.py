"""How does a file change in the browser? Edited, added or deleted, each time a commit and a push."""

from collections.abc import Mapping
from dataclasses import dataclass

from starlette.responses import Response

from bot.sandbox.git_objects import SUBMODULE, SYMLINK
from bot.sandbox.model import Pull
from bot.sandbox.pages.links import address, pull_address
from bot.sandbox.pages.places import (
    LARGEST_SHOWN,
    Place,
    on_branch,
    require_branch_name,
    require_path,
    text_at,
)
from bot.sandbox.pages.render import in_words, render, see
from bot.sandbox.pages.visit import Visit
from bot.sandbox.state import Refused, not_found
from bot.sandbox.world import World


@dataclass(frozen=True, slots=True)
class Draft:
    """What the visitor has typed so far; `seen` names the file's content that the form showed."""

    path: str
    text: str = ""
    message: str = ""
    target: str = "direct"  # direct: onto the branch; branch: onto a new one
    new_branch: str = ""
    seen: str = ""
    pr: str = ""

    @classmethod
    def read(cls, visit: Visit, path: str) -> "Draft":
        """Take the draft out of a form; a file that is edited keeps its path."""
        form = visit.form
        message = "\n\n".join(
            part for part in (form.get("message", "").strip(), form.get("extended", "").strip()) if part
        )
        return cls(
            path=form.get("filename", path).strip(),
            text=form.get("text", ""),
            message=message,
            target=form.get("target", "direct"),
            new_branch=form.get("new_branch", "").strip(),
            seen=form.get("seen", ""),
            pr=form.get("pr", ""),
        )


def edit(visit: Visit) -> Response:
    """Show the form to edit a file."""
    place = on_branch(visit.world, visit.repo(), visit.params["rest"])
    file = text_at(place)
    if file.text is None or file.symlink:
        raise Refused(422, file.note or "A symbolic link cannot be edited here.")
    entry = place.entry
    seen = entry.sha if entry else ""
    return _form(visit, "edit.html", place, Draft(place.path, file.text, seen=seen, pr=visit.query.get("pr", "")))


def commit_edit(visit: Visit) -> Response:
    """Commit an edited file; a refusal shows the form again with the text kept."""
    place = on_branch(visit.world, visit.repo(), visit.params["rest"])
    draft = Draft.read(visit, place.path)
    try:
        entry = place.entry
        if entry is None or entry.type == "tree":
            raise Refused(409, "The file is no longer there.")
        if entry.mode in (SUBMODULE, SYMLINK):
            raise Refused(422, "This is no file that can be edited here.")
        if draft.seen != entry.sha:
            raise Refused(409, "The file has changed since you opened it. Copy your text and open it again.")
        files: dict[str, str | None] = {draft.path: _with_its_line_ends(place, draft.text)}
        if draft.path != place.path:
            files[place.path] = None
            if visit.world.read(place.repo, draft.path, place.commit.sha) is not None:
                raise Refused(422, f"A file named {draft.path} already exists.")
        return _commit(visit, place, draft, files, f"Update {_name(draft.path)}")
    except Refused as refused:
        return _form(visit, "edit.html", place, draft, refused)


def _with_its_line_ends(place: Place, text: str) -> str:
    before = text_at(place).text or ""
    return text.replace("\n", "\r\n") if "\r\n" in before else text


def new(visit: Visit) -> Response:
    """Show the form to add a file; `?filename=`, `?value=` and `?message=` fill it in, as on GitHub."""
    place = _folder_for_new(visit)
    name = visit.query.get("filename", "")
    path = f"{place.path}/{name}" if place.path else name
    draft = Draft(path, visit.query.get("value", ""), visit.query.get("message", ""))
    return _form(visit, "new.html", place, draft)


def commit_new(visit: Visit) -> Response:
    """Commit an added file."""
    place = _folder_for_new(visit)
    draft = Draft.read(visit, "")
    try:
        if visit.world.read(place.repo, draft.path, place.commit.sha) is not None:
            raise Refused(422, f"A file named {draft.path} already exists.")
        return _commit(visit, place, draft, {draft.path: draft.text}, f"Create {_name(draft.path)}")
    except Refused as refused:
        return _form(visit, "new.html", place, draft, refused)


def _folder_for_new(visit: Visit) -> Place:
    return on_branch(visit.world, visit.repo(), visit.params["rest"])


def delete(visit: Visit) -> Response:
    """Ask for the commit message with which a file is deleted."""
    place = on_branch(visit.world, visit.repo(), visit.params["rest"])
    if place.entry is None or place.entry.type == "tree":
        raise not_found()
    return _form(visit, "delete.html", place, Draft(place.path))


def commit_delete(visit: Visit) -> Response:
    """Commit the deletion of a file."""
    place = on_branch(visit.world, visit.repo(), visit.params["rest"])
    draft = Draft.read(visit, place.path)
    if place.entry is None or place.entry.type == "tree":
        raise not_found()
    try:
        return _commit(visit, place, draft, {place.path: None}, f"Delete {_name(place.path)}")
    except Refused as refused:
        return _form(visit, "delete.html", place, draft, refused)


def _commit(visit: Visit, place: Place, draft: Draft, files: Mapping[str, str | None], default: str) -> Response:
    repo, world = place.repo, visit.world
    visit.need(repo, "write")
    for path, text in files.items():
        if text is not None:
            require_path(repo, place.commit, path)
            if len(text.encode()) > LARGEST_SHOWN:
                raise Refused(422, "The file is too large to be edited here.")
    wanted = {path: None if text is None else text.encode() for path, text in files.items()}
    if all(world.read(repo, path, place.commit.sha) == content for path, content in wanted.items()):
        raise Refused(422, "There is nothing to commit: the text is as it was.")
    direct = draft.target == "direct"
    branch = place.ref if direct else require_branch_name(repo, draft.new_branch)
    world.commit(repo, branch, files, draft.message or default, visit.someone(), start=place.commit.sha)
    if not direct:
        return see(address(repo, "compare", f"{place.ref}...{branch}"))
    if pull := _pull_to_go_back_to(world, place, draft.pr):
        return see(pull_address(pull))
    left = next((path for path, text in files.items() if text is not None), None)
    return see(address(repo, "blob", branch, left) if left else address(repo, "tree", branch))


def _pull_to_go_back_to(world: World, place: Place, pr: str) -> Pull | None:
    """Find the open pull request from which the visitor came; an address of anything else is no way back."""
    pulls = [pull for repo in world.repos.values() for pull in repo.pulls.values() if pull.issue.state == "open"]
    own = [pull for pull in pulls if pull.head_repo is place.repo and pull.head_ref == place.ref]
    return next((pull for pull in own if pull_address(pull) == pr), None)


def _name(path: str) -> str:
    return path.rpartition("/")[2]


def _form(visit: Visit, template: str, place: Place, draft: Draft, refused: Refused | None = None) -> Response:
    own_fork = next(
        (each for each in visit.world.repos.values() if each.parent is place.repo and each.owner is visit.user), None
    )
    return render(
        visit,
        template,
        status=refused.status if refused else 200,
        repo=place.repo,
        place=place,
        draft=draft,
        error=in_words(refused) if refused else [],
        may_write=visit.may(place.repo, "write"),
        own_fork=own_fork,
    )


def fork(visit: Visit) -> Response:
    """Fork a repository to the visitor's own account."""
    repo, who = visit.repo(), visit.someone()
    if repo.owner is who:
        raise Refused(403, "You cannot fork your own repository.")
    if any(each.owner is who and each.name.lower() == repo.name.lower() for each in visit.world.repos.values()):
        raise Refused(422, f"You already have a repository named {repo.name}.")
    return see(address(visit.world.fork(repo, who)))
