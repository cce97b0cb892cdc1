"""`tunegate audit verify | export`: does the log of decisions hold, and give it to whoever audits."""

import argparse
import csv
import json
import sys
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from datetime import UTC, date, datetime, time

from bot.cli import EXIT_USAGE
from bot.settings import data_folder, database_url
from bot.storage.audit_chain import BEGINNING, Sealed, breaks
from bot.wiring.databases import CannotStart, open_audit_log

EXIT_BROKEN = 1
_SHOWN = 20  # breaks; whoever edits the first of many entries breaks each of them
_FORMULA = ("=", "+", "-", "@", "\t", "\r")  # how a cell begins that a spreadsheet would run
_FIELDS = tuple(Sealed.__dataclass_fields__)


def run(chosen: argparse.Namespace) -> int:
    """Verify or export; return 0, 1 when the log does not hold, 2 without a database."""
    try:
        with open_audit_log(database_url(), data_folder()) as log:
            if chosen.action == "export":
                return _export(log.entries(_start(chosen.since), _start(chosen.until)), chosen.format)
            return _verify(log.entries(), log.count(), chosen.head, as_json=chosen.json)
    except CannotStart as error:
        print(f"tunegate audit: {error}", file=sys.stderr)
        return EXIT_USAGE


def _verify(entries: Iterable[Sealed], count: int, head: str | None, *, as_json: bool) -> int:
    last, known = BEGINNING, head in (None, BEGINNING)

    def walked() -> Iterator[Sealed]:
        nonlocal last, known
        for number, entry in enumerate(entries, 1):
            last = entry.hash
            known = known or entry.hash == head
            if sys.stderr.isatty() and number % 10_000 == 0:
                print(f"\r{number:,} of {count:,} entries", end="", file=sys.stderr, flush=True)
            yield entry

    found = [f"entry {wrong.id}: {wrong.reason}" for wrong in breaks(walked())]
    if not known:
        found.append("the entry whose hash was given with --head is not there: the end was cut off, or written anew")
    if as_json:
        said = {"entries": count, "head": last, "holds": not found, "breaks": found}
        sys.stdout.write(json.dumps(said, indent=2) + "\n")
    elif found:
        more = [f"... and {len(found) - _SHOWN:,} more"] if len(found) > _SHOWN else []
        sys.stdout.write("\n".join(["The log of decisions does not hold:", *found[:_SHOWN], *more]) + "\n")
    else:
        sys.stdout.write(f"{count:,} entries, the chain holds. Newest hash: {last}\n")
        if head is None:
            sys.stdout.write(
                "Keep that hash elsewhere: with `--head HASH` a log whose end was cut off is found as well.\n"
            )
    return EXIT_BROKEN if found else 0


def _export(entries: Iterable[Sealed], form: str) -> int:
    last = None
    table = csv.writer(sys.stdout, lineterminator="\n")
    if form == "csv":
        table.writerow(_FIELDS)
    for entry in entries:
        last = entry
        said = asdict(entry) | {"at": entry.at.astimezone(UTC).isoformat(timespec="microseconds")}
        if form == "csv":
            table.writerow(_cell(value) for value in said.values())
        else:
            sys.stdout.write(json.dumps(said, ensure_ascii=False) + "\n")
    print(f"newest hash: {last.hash if last else BEGINNING}", file=sys.stderr)
    return 0


def _cell(value: object) -> str:
    """Write a cell that no spreadsheet takes for a formula."""
    said = "" if value is None else value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return f"'{said}" if isinstance(value, str) and said.startswith(_FORMULA) else said


def _start(day: date | None) -> datetime | None:
    return datetime.combine(day, time(), UTC) if day else None
