"""How fast is the log of decisions verified, and in how much memory? `python -m benchmarks.audit [--entries N] [--rounds N] [--record]`.

A PostgreSQL of its own is filled with entries as a service would have written them. The walk that verifies is measured beside a
plain reading of the same rows; then the command itself, in a process of its own: what it takes of the processor, and its peak
memory on the whole log and on its first hundredth, so that memory that grows with the log would show.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
from psycopg.types.json import Jsonb

from benchmarks.rounds import alternate, keep, report
from bot.ports import AuditEntry
from bot.settings import shipped
from bot.storage.audit import AuditLog
from bot.storage.audit_chain import BEGINNING, Sealed, breaks, seal
from bot.storage.database import Database
from bot.storage.embedded import EmbeddedPostgres
from bot.storage.migrate import migrate

_FIELDS = tuple(Sealed.__dataclass_fields__)
_APPENDED = 500
_REASON = (
    "The vendor delivers the second batch of labels on the fifteenth; until then the first one is enough for a pilot."
)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--entries", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--record", action="store_true", help="append to RESULTS.md")
    chosen = parser.parse_args()
    with _filled(chosen.entries // 100) as few, _filled(chosen.entries) as url:
        database = Database(url, connections=2)
        log = AuditLog(database)

        def verify() -> None:
            assert list(breaks(log.entries())) == []

        def walk() -> None:
            assert sum(1 for _ in log.entries()) == chosen.entries

        compared = alternate(f"{chosen.entries:,} entries, beside reading them", verify, walk, chosen.rounds)
        report("The log of decisions verified", [compared], record=chosen.record)
        rows = ["| entries | `tunegate audit verify`, processor | peak memory |", "|---|---|---|"]
        for count, at in ((chosen.entries // 100, few), (chosen.entries, url)):
            seconds, megabytes = _command(at)
            rows.append(f"| {count:,} | {seconds:.2f} s | {megabytes:,.0f} MB |")
        began = time.perf_counter()
        for _ in range(_APPENDED):
            log.append(AuditEntry("waiver.requested", "ada", 7, 11, 3, "W1", {"reason": _REASON}))
        rate = _APPENDED / (time.perf_counter() - began)
        table = "\n".join(
            [*rows, "", f"One writer appends {rate:,.0f} entries a second, each in a transaction of its own."]
        )
        print(table)
        if chosen.record:
            keep("The command that verifies the log of decisions", table)
        database.close()


@contextmanager
def _filled(count: int) -> Iterator[str]:
    """Start a server whose log holds so many entries."""
    with tempfile.TemporaryDirectory(prefix="tg-") as folder:
        Path(folder).chmod(0o711)  # root hands the server to another account, which must get through
        server = EmbeddedPostgres(durable=False)
        url = server.start(Path(folder))
        try:
            migrate(url, shipped("migrations"))
            with (
                psycopg.connect(f"postgresql://{url.partition('://')[2]}") as link,
                link.cursor() as cursor,
                cursor.copy(f"COPY audit ({', '.join(_FIELDS)}) FROM STDIN") as copy,
            ):
                for entry in _entries(count):
                    copy.write_row([_cell(getattr(entry, name)) for name in _FIELDS])
            yield url
        finally:
            server.stop()


def _entries(count: int) -> Iterator[Sealed]:
    before = BEGINNING
    for number in range(1, count + 1):
        at = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=number)
        detail = {"check": "enough-examples", "until": "2026-12-31", "reason": _REASON, "n": number}
        draft = Sealed(number, at, "waiver.approved", "ada", 7, 11, number % 900, f"W{number}", detail, before, "")
        before = seal(draft)
        yield replace(draft, hash=before)


def _cell(value: object) -> object:
    return Jsonb(value) if isinstance(value, dict) else value


def _command(url: str) -> tuple[float, float]:
    """Run the command; return the processor's seconds of it, its start included, and its peak memory in MB."""
    process = subprocess.Popen(
        [sys.executable, "-m", "bot", "audit", "verify"],
        env={**os.environ, "DATABASE_URL": url},
        stdout=subprocess.PIPE,
    )
    assert process.stdout is not None
    said = process.stdout.read().decode()
    _, status, used = os.wait4(process.pid, 0)
    assert status == 0, said
    assert "the chain holds" in said, said
    return used.ru_utime + used.ru_stime, used.ru_maxrss / 1024


if __name__ == "__main__":
    main()
