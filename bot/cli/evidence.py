"""`tunegate evidence eval FILE`: what the bot sees in an eval artifact, for people who ask why."""

import argparse
import json
import sys
from dataclasses import replace
from pathlib import Path

from bot.cli import EXIT_USAGE
from bot.readiness.evidence import EvalMetric, EvalReport, Trouble, Unavailable
from bot.report.eval_facts import as_json, as_text
from bot.sources import evals
from bot.sources.evals.items import EVERYTHING, Wanted

EXIT_UNREADABLE = 1
_TELL_FROM = 5_000_000  # bytes from which on a person is told what takes so long


class NoFile(Exception):
    """A file cannot be read from this machine; the message says which and why."""


def run(chosen: argparse.Namespace) -> int:
    """Read and show; return 0, 1 when the file says nothing that can be used, 2 when it is not there."""
    wanted = Wanted(*chosen.metric) if chosen.metric else EVERYTHING
    try:
        path = Path(chosen.file)
        artifact = contents(path / "stats.json" if path.is_dir() else path)
        beside = (path if path.is_dir() else path.parent).joinpath
        siblings = {n: contents(beside(n)) for n in evals.siblings(artifact) if beside(n).is_file()}
        rows = [contents(Path(name)) for name in chosen.rows]
    except NoFile as missing:
        print(f"tunegate evidence: {missing}", file=sys.stderr)
        return EXIT_USAGE
    found = _every(artifact, rows, wanted, siblings)
    if not isinstance(found, Unavailable) and chosen.run is not None:
        own = tuple(report for report in found if report.run == chosen.run)
        listed = ", ".join(str(report.run) for report in found)
        found = own or Unavailable(f"The file holds no run `{chosen.run}`, but: {listed}.", Trouble.DEFINITIVE)
    if not isinstance(found, Unavailable) and chosen.metric and not any(_kept(one, wanted).metrics for one in found):
        listed = ", ".join(dict.fromkeys(_selector(metric) for report in found for metric in report.metrics[:20]))
        found = Unavailable(f"No metric fits. The file holds: {listed or 'none'}.", Trouble.DEFINITIVE)
    if isinstance(found, Unavailable):
        print(f"tunegate evidence: {found.reason}" + (f" {found.fix}" if found.fix else ""), file=sys.stderr)
        return EXIT_UNREADABLE
    reports = tuple(_kept(report, wanted) for report in found)
    for warning in dict.fromkeys(warning for report in reports for warning in report.warnings):
        print(f"warning: {warning}", file=sys.stderr)
    sys.stdout.write(
        json.dumps(as_json(reports), indent=2, ensure_ascii=False, allow_nan=False) + "\n"
        if chosen.json
        else as_text(reports)
    )
    return 0


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
        merged = found if merged is None else tuple(map(_merged, merged, found))
    return merged or ()


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


def contents(path: Path) -> bytes:
    """Read a file of this machine, and say so where it takes long; raises NoFile."""
    try:
        size = path.stat().st_size
        if size > evals.MAX_ROWS_BYTES:
            raise NoFile(f"{path} has {size:,} bytes; at most {evals.MAX_ROWS_BYTES:,} are read.")
        if size > _TELL_FROM:
            print(f"reading {path} ({size / 1e6:,.0f} MB) ...", file=sys.stderr)
        return path.read_bytes()
    except OSError as error:
        raise NoFile(f"{path}: {error.strerror or type(error).__name__}.") from error
