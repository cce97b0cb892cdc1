"""Which branch, commit, folder and file does an address mean? Branches may hold slashes, so the longest that exists wins."""

import re
from dataclasses import dataclass

from bot.sandbox.git_objects import SUBMODULE, SYMLINK, Commit, Entry
from bot.sandbox.model import Repo
from bot.sandbox.state import Refused, not_found
from bot.sandbox.world import World

LARGEST_SHOWN = 1_000_000  # bytes of a file that a page shows
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_NO_BRANCH = re.compile(
    r"\.\.|@\{|[\x00-\x20\x7f~^:?*\[\\]|//|/\.|^[./-]|[./]$|\.lock(/|$)"
)  # after git check-ref-format


@dataclass(frozen=True, slots=True)
class Place:
    """A commit by the name used in the address, and a path in it. `branch` is None when the name is no branch."""

    repo: Repo
    ref: str
    commit: Commit
    path: str

    @property
    def branch(self) -> str | None:
        """The branch, if the address names one."""
        return self.ref if self.ref in self.repo.branches else None

    @property
    def entry(self) -> Entry | None:
        """What is there; None if nothing is."""
        return self.repo.objects.at(self.commit.tree, self.path)


@dataclass(frozen=True, slots=True)
class Text:
    """A file as a page shows it: `lines` of text, or `note` saying why there are none."""

    size: int
    text: str | None
    note: str | None = None
    symlink: bool = False

    @property
    def lines(self) -> list[str]:
        """The lines; only a line feed ends one, and a last empty one is none."""
        lines = (self.text or "").split("\n")
        return lines[:-1] if lines[-1] == "" else lines


def place_at(world: World, repo: Repo, rest: str) -> Place:
    """Read `ref/path` in an address; raises Refused 404."""
    parts = rest.split("/")
    for count in range(len(parts), 0, -1):
        ref = "/".join(parts[:count])
        if ref in repo.branches:
            return Place(repo, ref, world.resolve(repo, ref), "/".join(parts[count:]).strip("/"))
    return Place(repo, parts[0], world.resolve(repo, parts[0]), "/".join(parts[1:]).strip("/"))


def on_branch(world: World, repo: Repo, rest: str) -> Place:
    """Read `branch/path` in an address; raises Refused 404 when the name is no branch."""
    place = place_at(world, repo, rest)
    if place.branch is None:
        raise not_found()
    return place


def text_at(place: Place) -> Text:
    """Read a file for a page; raises Refused 404 when there is none."""
    entry = place.entry
    if entry is None or entry.type == "tree":
        raise not_found()
    if entry.mode == SUBMODULE:
        return Text(0, None, f"Submodule at commit {entry.sha}.")
    content = place.repo.objects.blobs[entry.sha]
    return read_text(content, symlink=entry.mode == SYMLINK)


def read_text(content: bytes, *, symlink: bool = False) -> Text:
    """Take a file's bytes as text if they are one and not too many."""
    if len(content) > LARGEST_SHOWN:
        return Text(len(content), None, "Sorry about that, but we can’t show files that are this big right now.")
    try:
        text = content.decode()
    except UnicodeDecodeError:
        text = "\0"
    if "\0" in text:
        return Text(len(content), None, "Binary file: it cannot be shown as text.")
    return Text(len(content), text, None, symlink)


def require_path(repo: Repo, commit: Commit | None, path: str) -> str:
    """Check the name of a file to be written; raises Refused 422 where git or GitHub would take none."""
    names = path.split("/")
    if not path or any(name in ("", ".", "..") or name.lower() == ".git" for name in names) or _CONTROL.search(path):
        raise Refused(422, "The name of the file is not valid.")
    if len(path.encode()) > 4096 or any(len(name.encode()) > 255 for name in names):
        raise Refused(422, "The name of the file is too long.")
    files = repo.objects.files(commit.sha) if commit else {}
    if any(each.startswith(path + "/") for each in files):
        raise Refused(422, f"{path} is a folder.")
    for count in range(1, len(names)):
        if "/".join(names[:count]) in files:
            raise Refused(422, f"{'/'.join(names[:count])} is a file, so it holds no other.")
    return path


def require_branch_name(repo: Repo, name: str) -> str:
    """Check the name of a branch to be made; raises Refused 422."""
    if not name or len(name) > 200 or name == "HEAD" or _NO_BRANCH.search(name):
        raise Refused(422, "The name of the branch is not valid.")
    if name in repo.branches:
        raise Refused(422, f"A branch named {name} already exists.")
    if any(each.startswith(name + "/") or name.startswith(each + "/") for each in repo.branches):
        raise Refused(422, f"The name {name} collides with the name of another branch.")
    return name
