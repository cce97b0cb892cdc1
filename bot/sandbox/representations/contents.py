"""How does GitHub describe what lies at a path? Files, folders, symbolic links, submodules; and git's trees and blobs."""

import base64
import posixpath
import re

from bot.sandbox.git_objects import SYMLINK, Commit, Entry
from bot.sandbox.model import Repo
from bot.sandbox.repositories import MODULES
from bot.sandbox.representations.notation import Json, node_id, quoted
from bot.sandbox.representations.repositories import address, page
from bot.sandbox.state import Refused, not_found
from bot.sandbox.world import World

LARGEST_INSIDE = 1024 * 1024  # bytes that come along as base64 (docs: get repository content)
LARGEST = 100 * 1024 * 1024  # bytes that come at all
MOST_IN_FOLDER = 1000
MOST_IN_TREE = 100_000  # entries of a recursive tree; more are left out and `truncated` says so (docs: get a tree)


def locate(repo: Repo, commit: Commit, path: str) -> tuple[str, Entry]:
    """Find what lies at a path, a link to a file followed once; raises Refused 404."""
    entry = repo.objects.at(commit.tree, path)
    if entry is None:
        raise not_found()
    if entry.mode == SYMLINK:
        target = repo.objects.blobs[entry.sha].decode("utf-8", "replace")
        there = posixpath.normpath(posixpath.join(posixpath.dirname(path), target))
        found = None if there.startswith(("/", "..")) else repo.objects.at(commit.tree, there)
        if found is not None and found.type == "blob" and found.mode != SYMLINK:
            return path, found
    return path, entry


def read(repo: Repo, entry: Entry) -> bytes:
    """Read a file's bytes; raises Refused 403 for one that GitHub does not send."""
    content = repo.objects.blobs[entry.sha]
    if len(content) > LARGEST:
        message = "This API returns blobs up to 100 MB in size. The requested blob is too large to fetch via the API."
        raise Refused(403, message, {"resource": "Blob", "field": "data", "code": "too_large"})
    return content


def content(world: World, repo: Repo, commit: Commit, ref: str, path: str, entry: Entry) -> Json:
    """Describe a file, a link or a submodule as a thing of its own; raises Refused 403."""
    described = _entry(world, repo, commit, ref, path, entry)
    if entry.type != "blob" or entry.mode == SYMLINK:
        return described
    data = read(repo, entry)
    if len(data) > LARGEST_INSIDE:
        return described | {"content": "", "encoding": "none"}
    return described | {"content": base64.encodebytes(data).decode(), "encoding": "base64"}


def folder(world: World, repo: Repo, commit: Commit, ref: str, path: str, entry: Entry) -> list[Json]:
    """List a folder; a submodule is called a file there, for old times' sake (docs: get repository content)."""
    prefix = f"{path}/" if path else ""
    inside = list(repo.objects.trees[entry.sha].items())[:MOST_IN_FOLDER]
    listed = [_entry(world, repo, commit, ref, prefix + name, each) for name, each in inside]
    return [each | {"type": "file"} if each["type"] == "submodule" else each for each in listed]


def folder_object(world: World, repo: Repo, commit: Commit, ref: str, path: str, entry: Entry) -> Json:
    """Describe a folder by the object media type."""
    return _entry(world, repo, commit, ref, path, entry) | {"entries": folder(world, repo, commit, ref, path, entry)}


def _entry(world: World, repo: Repo, commit: Commit, ref: str, path: str, entry: Entry) -> Json:
    api, html = address(world, repo), page(world, repo)
    own = f"{api}/contents/{quoted(path)}?ref={quoted(ref)}"
    kind, where, git = "file", "blob", f"{api}/git/blobs/{entry.sha}"
    if entry.type == "tree":
        kind, where, git = "dir", "tree", f"{api}/git/trees/{entry.sha}"
    elif entry.type == "commit":
        kind = "submodule"
    elif entry.mode == SYMLINK:
        kind = "symlink"
    shown = f"{html}/{where}/{quoted(ref)}/{quoted(path)}" if kind != "submodule" else None
    fetched = f"{html}/raw/{quoted(ref)}/{quoted(path)}" if kind in ("file", "symlink") else None
    described: Json = {
        "name": posixpath.basename(path),
        "path": path,
        "sha": entry.sha,
        "size": len(repo.objects.blobs[entry.sha]) if entry.type == "blob" else 0,
        "url": own,
        "html_url": shown,
        "git_url": git if kind != "submodule" else None,
        "download_url": fetched,
        "type": kind,
        "_links": {"self": own, "git": git if kind != "submodule" else None, "html": shown},
    }
    if kind == "submodule":
        described["submodule_git_url"] = _address_of_module(repo, commit, path)
    elif kind == "symlink":
        described["target"] = repo.objects.blobs[entry.sha].decode("utf-8", "replace")
    return described


def _address_of_module(repo: Repo, commit: Commit, path: str) -> str | None:
    entry = repo.objects.files(commit.sha).get(MODULES)
    text = repo.objects.blobs[entry.sha].decode("utf-8", "replace") if entry is not None else ""
    for section in text.split("[submodule ")[1:]:
        said = {key: value.strip() for key, value in re.findall(r"^\s*(path|url) *=(.*)$", section, re.MULTILINE)}
        if said.get("path") == path:
            return said.get("url")
    return None


def tree(world: World, repo: Repo, sha: str, *, recursive: bool) -> Json:
    """Describe a tree; raises Refused 404."""
    if sha not in repo.objects.trees:
        raise not_found()
    entries = list(repo.objects.walk(sha)) if recursive else list(repo.objects.trees[sha].items())
    return {
        "sha": sha,
        "url": f"{address(world, repo)}/git/trees/{sha}",
        "tree": [_in_tree(world, repo, path, entry) for path, entry in entries[:MOST_IN_TREE]],
        "truncated": len(entries) > MOST_IN_TREE,
    }


def _in_tree(world: World, repo: Repo, path: str, entry: Entry) -> Json:
    described: Json = {"path": path, "mode": entry.mode, "type": entry.type, "sha": entry.sha}
    if entry.type == "blob":
        described["size"] = len(repo.objects.blobs[entry.sha])
    if entry.type != "commit":
        described["url"] = f"{address(world, repo)}/git/{entry.type}s/{entry.sha}"
    return described


def blob(world: World, repo: Repo, sha: str) -> Json:
    """Describe a file by its SHA-1; raises Refused 404 or 403."""
    if sha not in repo.objects.blobs:
        raise not_found()
    data = read(repo, Entry("", sha))
    return {
        "sha": sha,
        "node_id": node_id("Blob", sha),
        "size": len(data),
        "url": f"{address(world, repo)}/git/blobs/{sha}",
        "content": base64.encodebytes(data).decode(),
        "encoding": "base64",
    }
