"""How long do requests take? A JSON object with the two p95 keys, or CSV rows of `subject` and `ms`, one a request."""

import csv
import io
from collections import defaultdict
from math import ceil, isfinite
from typing import Any

from bot.readiness.evidence import Latency
from bot.sources import strict_json
from bot.sources.trouble import Unreadable

MAX_BYTES = 20_000_000
LEAST = 20  # house: requests of a subject, below which the slowest twentieth is a guess
MOST_MS = 3_600_000.0
_KEYS = {"baseline": "baseline_p95_ms", "tuned": "tuned_p95_ms"}
_FIX = 'Write {"baseline_p95_ms": 900, "tuned_p95_ms": 120}, or CSV rows of `subject,ms` (subject: baseline or tuned).'


def read(raw: bytes) -> Latency:
    """Find the p95 of both sides in milliseconds, None where one is not there; raises Unreadable."""
    if len(raw) > MAX_BYTES:
        raise Unreadable(f"The file has {len(raw):,} bytes, at most {MAX_BYTES:,} are read.", "Link fewer requests.")
    found = _object(raw) if raw.lstrip()[:1] == b"{" else _rows(raw)
    if not found:
        raise Unreadable("The file holds no latency of the baseline or of the tuned model.", _FIX)
    return Latency(found.get("baseline"), found.get("tuned"))


def _object(raw: bytes) -> dict[str, float]:
    try:
        said: Any = strict_json.loads(raw, max_bytes=MAX_BYTES)
    except strict_json.BadJson as bad:
        raise Unreadable(f"The file {bad}.", _FIX) from bad
    return {side: _ms(said[key], f"`{key}`") for side, key in _KEYS.items() if said.get(key) is not None}


def _rows(raw: bytes) -> dict[str, float]:
    try:
        table = csv.DictReader(io.StringIO(raw.decode("utf-8-sig"), newline=""), strict=True)
        if not {"subject", "ms"} <= set(table.fieldnames or ()):
            raise Unreadable("The file has no columns `subject` and `ms`.", _FIX)
        taken: dict[str, list[float]] = defaultdict(list)
        for row in table:
            side = (row["subject"] or "").strip()
            if side not in _KEYS:
                raise Unreadable(f"Line {table.line_num} is of neither the baseline nor the tuned model.", _FIX)
            taken[side].append(_ms(row["ms"], f"`ms` in line {table.line_num}"))
    except (UnicodeDecodeError, csv.Error) as error:
        raise Unreadable("The file is neither JSON nor CSV in UTF-8.", _FIX) from error
    for side, times in taken.items():
        if len(times) < LEAST:
            raise Unreadable(
                f"Of the {side} {len(times)} requests were timed, at least {LEAST} are needed.", "Time more requests."
            )
    return {side: sorted(times)[ceil(0.95 * len(times)) - 1] for side, times in taken.items()}


def _ms(said: Any, where: str) -> float:
    try:
        value = float("nan") if isinstance(said, bool) else float(said)
    except (TypeError, ValueError, OverflowError):
        value = float("nan")
    if not isfinite(value) or not 0 < value <= MOST_MS:
        raise Unreadable(f"{where} is no number of milliseconds.", _FIX)
    return value
