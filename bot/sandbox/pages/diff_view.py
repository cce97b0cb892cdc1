"""What does a diff show? Its lines with both numbers, and at them what checks and reviewers say."""

from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass, field

from bot.sandbox.diffs import Change, PatchLine, read_patch
from bot.sandbox.model import Annotation, CheckRun
from bot.sandbox.pages.timeline import Thread

MOST_FILES = 300  # on one page, as on GitHub
LARGE = 400  # lines of one file's patch from which it is shown only when asked for
_MOST_LINES = 20_000  # on one page


@dataclass(frozen=True, slots=True)
class Remark:
    """An annotation and the check run that made it."""

    annotation: Annotation
    run: CheckRun

    @property
    def heading(self) -> str:
        """Say of which kind it is and where it stands, as GitHub does."""
        first, last = self.annotation.start_line, self.annotation.end_line
        lines = f"line {first}" if last <= first else f"lines {first} to {last}"
        return f"Check {self.annotation.level} on {lines} in {self.annotation.path}"


@dataclass(slots=True)
class Row:
    """One line of the diff, and what stands under it."""

    line: PatchLine
    remarks: list[Remark] = field(default_factory=list)
    threads: list[Thread] = field(default_factory=list)


@dataclass(slots=True)
class FileView:
    """One changed file. `note` says why no line is shown; `remarks` and `threads` found no line to stand at."""

    change: Change
    rows: list[Row] = field(default_factory=list)
    note: str | None = None
    can_load: bool = False
    remarks: list[Remark] = field(default_factory=list)
    threads: list[Thread] = field(default_factory=list)
    outdated: list[Thread] = field(default_factory=list)

    @property
    def editable(self) -> bool:
        """Say whether the file is a text that is still there."""
        return self.change.status != "removed" and self.change.patch is not None


@dataclass(slots=True)
class DiffView:
    """A whole diff. The elsewhere of remarks and threads is in files that it does not show."""

    files: list[FileView] = field(default_factory=list)
    left_out: int = 0
    remarks_elsewhere: list[Remark] = field(default_factory=list)
    threads_elsewhere: list[Thread] = field(default_factory=list)
    additions: int = 0
    deletions: int = 0


def remarks_of(runs: Iterable[CheckRun]) -> list[Remark]:
    """List the annotations of check runs, by file and line."""
    found = [Remark(annotation, run) for run in runs for annotation in run.annotations]
    return sorted(found, key=lambda remark: (remark.annotation.path, remark.annotation.end_line))


def diff_view(
    changes: Sequence[Change],
    remarks: Iterable[Remark] = (),
    threads: Iterable[Thread] = (),
    loaded: Container[str] = (),
) -> DiffView:
    """Lay out a diff; `loaded` names the large files that shall be shown all the same."""
    view = DiffView(
        additions=sum(change.additions for change in changes), deletions=sum(change.deletions for change in changes)
    )
    room = _MOST_LINES
    for change in changes[:MOST_FILES]:
        rows = [Row(line) for line in read_patch(change.patch)] if change.patch else []
        shown = FileView(change, rows)
        if len(rows) > room or (len(rows) > LARGE and change.path not in loaded):
            shown = FileView(change, note="Large diffs are not rendered by default.", can_load=len(rows) <= _MOST_LINES)
        elif not rows:
            shown.note = _why_no_lines(change)
        room -= len(shown.rows)
        view.files.append(shown)
    view.left_out = max(0, len(changes) - MOST_FILES)
    by_path = {shown.change.path: shown for shown in view.files}
    for remark in remarks:
        _place_remark(view, by_path.get(remark.annotation.path), remark)
    for thread in threads:
        _place_thread(view, by_path.get(thread.first.place.path), thread)
    return view


def _why_no_lines(change: Change) -> str:
    if change.status == "renamed" and not (change.additions or change.deletions):
        return "File renamed without changes."
    if change.patch is None and (change.additions or change.deletions):
        return "This diff is too large to be shown."
    return "Binary file not shown." if change.patch is None else "No changes."


def _place_remark(view: DiffView, shown: FileView | None, remark: Remark) -> None:
    if shown is None:
        view.remarks_elsewhere.append(remark)
        return
    last = max(remark.annotation.start_line, remark.annotation.end_line)
    row = next((row for row in shown.rows if row.line.new == last), None)
    (shown.remarks if row is None else row.remarks).append(remark)


def _place_thread(view: DiffView, shown: FileView | None, thread: Thread) -> None:
    first = thread.first
    if shown is None:
        view.threads_elsewhere.append(thread)
    elif first.outdated:
        shown.outdated.append(thread)
    else:
        side, line = first.place.side, first.place.line
        rows = shown.rows if line is not None else []
        row = next((row for row in rows if (row.line.new if side == "RIGHT" else row.line.old) == line), None)
        (shown.threads if row is None else row.threads).append(thread)
