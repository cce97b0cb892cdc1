"""`tunegate evidence eval FILE`: what the bot sees in an eval artifact, for people who ask why."""

import argparse
import hashlib
import json
import sys
from collections.abc import Callable
from dataclasses import replace
from os.path import isfile  # which a name that is too long does not make raise
from pathlib import Path
from typing import Any, TypeVar

from bot.cli import EXIT_USAGE
from bot.readiness.eval_report import EvalMetric, EvalReport
from bot.readiness.fact import Trouble, Unavailable
from bot.report.eval_facts import as_json, as_text
from bot.sources import evals
from bot.sources.evals.items import EVERYTHING, Wanted
from bot.sources.trouble import Unreadable

T = TypeVar("T")

EXIT_UNREADABLE = 1
_TELL_FROM = 5_000_000  # bytes from which on a person is told what takes so long
_MOST_LISTED = 20
_READ = (".json", ".jsonl", ".eval", ".csv", ".md", ".yaml", ".yml")
# by first bytes: what a file is that holds its rows or results packed, and how they come out of it
_PACKED = {
    b"\x1f\x8b": ("compressed by gzip", "Unpack it (`gunzip --keep {}`), and name the file that comes out."),
    b"\x28\xb5\x2f\xfd": ("compressed by zstd", "Unpack it (`unzstd {}`), and name the file that comes out."),
    b"PAR1": ("Parquet", "Write it as JSONL, one object a line: docs/native-eval-format.md."),
}
_ZIP = {b"PK\x03\x04": ("a zip archive", "Unpack it (`unzip {}`), and name the file of rows that comes out.")}


class NoFile(Exception):
    """A file cannot be read from this machine; the message says which and why, and in a second line what to do."""

    def __init__(self, reason: str, fix: str = "") -> None:
        super().__init__(reason + (f"\n  {fix}" if fix else ""))


def run(chosen: argparse.Namespace) -> int:
    """Read and show; return 0, 1 when the file says nothing that can be used, 2 when it is not there.

    With `--json` stdout gets one document, or nothing where the code is not 0. All else goes to stderr.
    """
    wanted = Wanted(*chosen.metric) if chosen.metric else EVERYTHING
    try:
        found = _found(Path(chosen.file), [Path(name) for name in chosen.rows], wanted)
    except NoFile as missing:
        print(f"tunegate evidence: {missing}", file=sys.stderr)
        return EXIT_USAGE
    if not isinstance(found, Unavailable):
        found = _wanted(found, wanted, chosen.run)
    if isinstance(found, Unavailable):
        print(f"tunegate evidence: {found.reason}" + (f"\n  {found.fix}" if found.fix else ""), file=sys.stderr)
        return EXIT_UNREADABLE
    if not chosen.json:
        _write(as_text(found))
        return 0
    document = as_json(found)
    for warning in document["warnings"]:
        print(f"warning: {warning}", file=sys.stderr)
    _write(json.dumps(document, indent=2, allow_nan=False) + "\n")
    return 0


def show_config(
    chosen: argparse.Namespace,
    read: Callable[[bytes], T],
    as_json: Callable[..., dict[str, Any]],
    as_text: Callable[[T], str],
) -> int:
    """Read a config and show it; return 0, 1 when the file says nothing that can be used, 2 when it is not there."""
    try:
        raw = contents(Path(chosen.file))
        config = read(raw)
    except NoFile as missing:
        print(f"tunegate evidence: {missing}", file=sys.stderr)
        return EXIT_USAGE
    except Unreadable as unreadable:
        print(f"tunegate evidence: {unreadable.fact.reason}\n  {unreadable.fact.fix}", file=sys.stderr)
        return EXIT_UNREADABLE
    document = as_json(config, digest=hashlib.sha256(raw).hexdigest())
    sys.stdout.write(json.dumps(document, indent=2) + "\n" if chosen.json else as_text(config))
    return 0


def _found(file: Path, rows: list[Path], wanted: Wanted) -> tuple[EvalReport, ...] | Unavailable:
    """Read the files; raises NoFile."""
    if isfile(file / "stats.json"):
        file /= "stats.json"
    artifact = contents(file)
    if (packed := _packed(file, artifact, _PACKED)) is not None:
        return packed
    siblings = {name: contents(file.parent / name) for name in evals.siblings(artifact) if isfile(file.parent / name)}
    read = []
    for path in rows:
        content = contents(path)
        if (packed := _packed(path, content, _PACKED | _ZIP)) is not None:
            return packed
        read.append(content)
    return _every(artifact, read, wanted, siblings)


def _packed(path: Path, content: bytes, known: dict[bytes, tuple[str, str]]) -> Unavailable | None:
    for begin, (what, fix) in known.items():
        if content.startswith(begin):
            return Unavailable(f"{path} is {what}, which is not read.", Trouble.NOT_SUPPORTED, fix.format(path.name))
    return None


def _wanted(found: tuple[EvalReport, ...], wanted: Wanted, run: str | None) -> tuple[EvalReport, ...] | Unavailable:
    """Keep the run and the metric that were asked for, or say which ones there are."""
    if run is not None:
        names = [report.run for report in found]
        if names == [None]:
            return Unavailable("The file holds one run, which has no name.", Trouble.DEFINITIVE, "Leave `--run` out.")
        found = tuple(report for report in found if report.run == run)
        if not found:
            return Unavailable(f"The file holds no run `{run}`.", Trouble.DEFINITIVE, f"It holds: {_listed(names)}.")
    kept = tuple(_kept(report, wanted) for report in found)
    if wanted.name is not None and not any(report.metrics for report in kept):
        names = [_selector(metric) for report in found for metric in report.metrics]
        return Unavailable("No metric fits.", Trouble.DEFINITIVE, f"The file holds: {_listed(names)}.")
    return kept


def _listed(names: list[str | None] | list[str]) -> str:
    different = list(dict.fromkeys(map(str, names)))
    return (", ".join(different[:_MOST_LISTED]) or "none") + (" ..." if len(different) > _MOST_LISTED else "")


def _every(
    artifact: bytes, rows: list[bytes], wanted: Wanted, siblings: dict[str, bytes]
) -> tuple[EvalReport, ...] | Unavailable:
    """Read the artifact with each file of rows; what one of them proves is put beside what the others do."""
    merged: tuple[EvalReport, ...] | None = None
    files: list[bytes | None] = [*rows] or [None]
    for one in files:
        found = evals.read_all(artifact, one, wanted, siblings)
        if isinstance(found, Unavailable):
            return found
        for before, now in zip(merged or (), found, strict=False):
            if (twice := _twice(before, now)) is not None:
                return Unavailable(
                    f"Two files hold rows of {_selector(twice)}: neither proves it alone.",
                    Trouble.DEFINITIVE,
                    "Put all rows of a metric into one file, and give it once.",
                )
        merged = found if merged is None else tuple(map(_merged, merged, found))
    return merged or ()


def _twice(one: EvalReport, other: EvalReport) -> EvalMetric | None:
    both = zip(one.metrics, other.metrics, strict=True)
    return next((now for before, now in both if before.items and now.items), None)


def _merged(one: EvalReport, other: EvalReport) -> EvalReport:
    metrics = tuple(b if b.items else a for a, b in zip(one.metrics, other.metrics, strict=True))
    notes = [note for note in (one.rows_note, other.rows_note) if note]
    warnings = tuple(dict.fromkeys([*one.warnings, *other.warnings]))
    return replace(
        one,
        metrics=metrics,
        rows_note="; ".join(notes) or None,
        warnings=warnings,
        holdout_digest=None,
        rows_sha256=None,
    )


def _kept(report: EvalReport, wanted: Wanted) -> EvalReport:
    return replace(report, metrics=tuple(m for m in report.metrics if wanted.keeps(m.task, m.name, m.variant)))


def _selector(metric: EvalMetric) -> str:
    return "/".join(part or "*" for part in (metric.task, metric.name, metric.variant))


def _write(text: str) -> None:
    """Write to stdout whatever alphabet it takes."""
    encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
    sys.stdout.write(text.encode(encoding, "backslashreplace").decode(encoding))


def contents(path: Path) -> bytes:
    """Read a file of this machine (or a pipe), and say so where it takes long; raises NoFile."""
    most = evals.MAX_ROWS_BYTES
    try:
        if path.is_dir():
            raise NoFile(f"{path} is a folder, not a file of results or rows.", _instead(path))
        size = path.stat().st_size
        if _TELL_FROM < size <= most:
            print(f"reading {path} ({size / 1e6:,.0f} MB) ...", file=sys.stderr)
        with path.open("rb") as file:
            content = b"" if size > most else file.read(most + 1)  # a pipe does not tell its size
    except OSError as error:
        raise NoFile(f"{path}: {error.strerror or type(error).__name__}.") from error
    if max(size, len(content)) > most:
        raise NoFile(
            f"{path} has {f'{size:,}' if size > most else 'more'} bytes; at most {most:,} are read.",
            "Write fewer rows, or leave out of each what is not scored (traces, token probabilities).",
        )
    return content


def _instead(folder: Path) -> str:
    names = sorted(path.name for path in folder.iterdir() if path.suffix in _READ and path.is_file())
    more = " ..." if len(names) > 5 else ""
    return (
        f"Name one of its files: {', '.join(names[:5])}{more}"
        if names
        else f"No file in it ends in {_READ[0]} or the like."
    )
