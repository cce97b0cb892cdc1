"""What does one tree change against another, and which lines may a review comment stand on?"""

import difflib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal
from weakref import WeakKeyDictionary

from bot.sandbox.git_objects import SUBMODULE, Entry, Files, Objects
from bot.sandbox.model import Place

Side = Literal["LEFT", "RIGHT"]
_LARGEST_PATCH = 500_000  # bytes and lines from which GitHub leaves a file's patch out (docs: limits of diffs)
_LONGEST_PATCH = 20_000
_SIMILAR = 0.5  # git's own threshold of a renaming
_HUNK = re.compile(r"@@ -(\d+)(?:,\d+)? \+(\d+)(?:,\d+)? @@")


@dataclass(frozen=True, slots=True)
class Change:
    """One changed file; `patch` is None where GitHub shows none (binary, very large, renamed without a change)."""

    path: str
    status: Literal["added", "modified", "removed", "renamed"]
    sha: str
    previous: str | None = None
    additions: int = 0
    deletions: int = 0
    patch: str | None = None


_COMPARED: "WeakKeyDictionary[Objects, dict[tuple[str | None, str], tuple[Change, ...]]]" = WeakKeyDictionary()


@dataclass(frozen=True, slots=True)
class PatchLine:
    """One line of a patch. `position` counts as GitHub's does; `old` and `new` are line numbers, None on the other side."""

    position: int
    mark: str
    text: str
    old: int | None
    new: int | None
    hunk: int


def compare(objects: Objects, base: str | None, head: str) -> tuple[Change, ...]:
    """Compare two commits, or nothing with a commit; each pair is worked out once."""
    known = _COMPARED.setdefault(objects, {})
    if (base, head) not in known:
        known[base, head] = tuple(changes(objects, objects.files(base), objects.files(head)))
    return known[base, head]


def changes(objects: Objects, old: Files, new: Files) -> list[Change]:
    """Compare two trees given as path -> entry; sorted by path."""
    gone = {path: entry for path, entry in old.items() if path not in new}
    found: list[Change] = []
    for path, entry in sorted(new.items()):
        before = old.get(path)
        if before == entry:
            continue
        if before is not None:
            found.append(_change(objects, path, "modified", before, entry))
        elif source := _renamed_from(objects, gone, entry):
            found.append(_change(objects, path, "renamed", gone.pop(source), entry, source))
        else:
            found.append(_change(objects, path, "added", None, entry))
    found.extend(_change(objects, path, "removed", entry, None) for path, entry in gone.items())
    return sorted(found, key=lambda change: change.path)


def _renamed_from(objects: Objects, gone: Files, entry: Entry) -> str | None:
    same = next((path for path, old in gone.items() if old.sha == entry.sha), None)
    if same is not None or entry.mode == SUBMODULE:
        return same
    new = objects.blobs[entry.sha]
    for path, old in gone.items():
        if old.mode != entry.mode or not new or b"\0" in new or max(len(new), len(objects.blobs[old.sha])) > 100_000:
            continue
        match = difflib.SequenceMatcher(None, objects.blobs[old.sha].splitlines(), new.splitlines(), autojunk=False)
        if match.quick_ratio() >= _SIMILAR and match.ratio() >= _SIMILAR:
            return path
    return None


def _change(
    objects: Objects,
    path: str,
    status: Literal["added", "modified", "removed", "renamed"],
    old: Entry | None,
    new: Entry | None,
    previous: str | None = None,
) -> Change:
    before, after = _text(objects, old), _text(objects, new)
    sha = (new or old or Entry("", "")).sha
    if before is None or after is None:
        return Change(path, status, sha, previous)
    patch = unified(before, after)
    lines = patch.split("\n")
    additions = sum(line.startswith("+") for line in lines)
    deletions = sum(line.startswith("-") for line in lines)
    shown = bool(patch) and len(patch.encode()) <= _LARGEST_PATCH and len(lines) <= _LONGEST_PATCH
    return Change(path, status, sha, previous, additions, deletions, patch if shown else None)


def _text(objects: Objects, entry: Entry | None) -> str | None:
    if entry is None:
        return ""
    if entry.mode == SUBMODULE:
        return f"Subproject commit {entry.sha}\n"
    content = objects.blobs[entry.sha]
    return None if b"\0" in content[:8000] else content.decode("utf-8", "replace")


def unified(old: str, new: str) -> str:
    """Write the hunks of a unified diff, three lines of context, as GitHub's `patch` field holds them."""
    before, after = _lines(old), _lines(new)
    out: list[str] = []
    for line in list(difflib.unified_diff(before, after, n=3))[2:]:
        out.append(line.removesuffix("\n"))
        if not line.endswith("\n"):
            out.append("\\ No newline at end of file")
    return "\n".join(out)


def _lines(text: str) -> list[str]:
    # only \n ends a line for git: str.splitlines would also cut at form feeds and Unicode separators
    lines = text.split("\n")
    return [line + "\n" for line in lines[:-1]] + ([lines[-1]] if lines[-1] else [])


def read_patch(patch: str) -> Iterator[PatchLine]:
    """Number the lines of a patch."""
    old = new = hunk = 0
    for position, line in enumerate(patch.split("\n") if patch else ()):
        if header := _HUNK.match(line):
            old, new, hunk = int(header[1]), int(header[2]), hunk + 1
            yield PatchLine(position, "@", line, None, None, hunk)
            continue
        mark, text = line[:1] or " ", line[1:]
        has_old, has_new = mark in " -", mark in " +"
        yield PatchLine(position, mark, text, old if has_old else None, new if has_new else None, hunk)
        old, new = old + has_old, new + has_new


def find(patch: str, side: Side, line: int) -> PatchLine | None:
    """Find a line of the diff; context lines are on both sides."""
    for candidate in read_patch(patch):
        if (candidate.new if side == "RIGHT" else candidate.old) == line:
            return candidate
    return None


def at_position(patch: str, position: int) -> PatchLine | None:
    """Find a line by its position within the patch; a hunk's header is none."""
    return next((line for line in read_patch(patch) if line.position == position and line.mark in " +-"), None)


def hunk_up_to(patch: str, line: PatchLine) -> str:
    """Cut the `diff_hunk` that GitHub shows above a review comment: the hunk's header down to the line."""
    taken = [each for each in read_patch(patch) if each.hunk == line.hunk and each.position <= line.position]
    return "\n".join(each.text if each.mark == "@" else each.mark + each.text for each in taken)


def settle(patch: str, place: Place) -> Place | None:
    """Complete a comment's place from the diff; None when a line of it is not part of the diff.

    The first line must stand before the last, in the same hunk (docs: create a review comment).
    """
    if place.position is not None and place.line is None:
        end = at_position(patch, place.position)
        if end is None:
            return None
        side: Side = "LEFT" if end.mark == "-" else "RIGHT"
        line = end.old if side == "LEFT" else end.new
        return Place(place.path, line, side, None, None, end.position, hunk_up_to(patch, end))
    if place.line is None:
        return place
    end = find(patch, place.side, place.line)
    if end is None:
        return None
    if place.start_line is not None:
        start = find(patch, place.start_side or place.side, place.start_line)
        if start is None or start.hunk != end.hunk or start.position >= end.position:
            return None
    start_side = None if place.start_line is None else place.start_side or place.side
    return Place(place.path, place.line, place.side, place.start_line, start_side, end.position, hunk_up_to(patch, end))
