"""`tunegate evidence data FILE`: what the bot sees in a training file, for people who ask why."""

import argparse
import hashlib
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path

from bot.cli import EXIT_USAGE
from bot.cli.evidence import EXIT_UNREADABLE, NoFile, contents
from bot.readiness.fact import Unavailable
from bot.report.data_facts import as_json, as_text
from bot.sources import datasets
from bot.sources.datasets.keys import Beside
from bot.sources.datasets.scan import TELL_EVERY

_EVERY_FAULT = 10_000_000
_TELL_FROM, _BAR = 5_000_000, 30  # bytes from which on a person is shown how far it is; signs of the bar


def run(chosen: argparse.Namespace) -> int:
    """Read and show; return 0, 1 when the file says nothing that can be used, 2 when it is not there."""
    try:
        raw = contents(Path(chosen.file))
        linked: dict[Beside, str | None] = {
            "holdout": chosen.holdout,
            "schema": chosen.schema,
            "production": chosen.production,
        }
        beside = {name: contents(Path(file)) for name, file in linked.items() if file}
    except NoFile as missing:
        print(f"tunegate evidence: {missing}", file=sys.stderr)
        return EXIT_USAGE
    began = time.monotonic()
    found = datasets.profile(
        raw,
        chosen.profile,
        chosen.method,
        beside,
        output=chosen.output,
        faults_kept=_EVERY_FAULT,
        progress=_progress(raw),
    )
    troubles = [found] if isinstance(found, Unavailable) else [found.holdout, found.schema, found.production]
    told = [trouble for trouble in troubles if trouble is not None]
    for trouble in told:
        print(f"tunegate evidence: {trouble.reason}" + (f" {trouble.fix}" if trouble.fix else ""), file=sys.stderr)
    if isinstance(found, Unavailable):
        return EXIT_UNREADABLE
    document = as_json(found, digest=hashlib.sha256(raw).hexdigest(), seconds=time.monotonic() - began)
    sys.stdout.write(json.dumps(document, indent=2, ensure_ascii=False) + "\n" if chosen.json else as_text(found))
    return EXIT_UNREADABLE if told else 0


def _progress(raw: bytes) -> Callable[[int], None] | None:
    """Show on a terminal how far a large file was walked; elsewhere, and for small ones, nothing."""
    if len(raw) < _TELL_FROM or not sys.stderr.isatty():
        return None
    # of a packed file nobody knows how many rows are in it
    rows = raw.count(b"\n") if raw[:1] in (b"{", b"[") else 0

    def told(walked: int) -> None:
        whole = min(walked / rows, 1.0) if rows else 0.0
        bar = f"[{'#' * round(_BAR * whole):<{_BAR}}] {100 * whole:3.0f} %  " if rows else ""
        last = "\r\033[K" if rows and walked + TELL_EVERY > rows else ""
        sys.stderr.write(f"\r{bar}{walked:,} rows{last}")
        sys.stderr.flush()

    return told
