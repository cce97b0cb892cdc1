"""How long does it take to plan the reminders of many adapters? `python -m benchmarks.reminders [--cycles N] [--rounds N] [--record]`.

A PostgreSQL of its own, as durable as the service's; each planning in a process of its own, whose peak memory is read at its end.
The yardstick is the same database handing out the same rows by psycopg alone, in pages of the same size, to no end at all.

An ordinary day: deadlines spread evenly over a quarter, the day before is planned. The morning after: everything is late and a
month was missed, so that each cycle has a word to say and every person a digest. Again at once: the same, with nothing new.
"""

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from statistics import median

import psycopg

from benchmarks.rounds import keep
from bot import ports
from bot.clock import zone
from bot.reminding import Planner
from bot.settings import shipped
from bot.storage.adapters import Adapters
from bot.storage.database import Database
from bot.storage.embedded import EmbeddedPostgres
from bot.storage.migrate import migrate
from bot.storage.outbox import Outbox

MONDAY = date(2026, 11, 23)
_ADAPTERS = """INSERT INTO adapters (account, name, repository, repo_id, installation_id, owner, backup, team, leads, every,
    time_zone, evidence, stage, anchor, version)
    SELECT 'acme', 'adapter-' || n, 'acme/r' || n %% 500, n %% 500 + 1, 3, 'owner-' || n %% 2000, 'backup-' || n %% 2000,
    'acme/team-' || n %% 100, '["acme/ml-leads"]', 'P3M', 'UTC', '{}', 'serving', '2026-01-01', 1
    FROM generate_series(1, %s) AS n"""
_CYCLES = """INSERT INTO cycles (adapter_id, number, reason, opened_on, grid_on, due_on)
    SELECT id, 1, 'scheduled', '2026-08-01', d, d FROM (SELECT id, (%s::date + (id %% %s)::int) AS d FROM adapters) AS dated"""
_ROWS = """SELECT c.*, a.name, a.owner, a.backup, a.leads, a.team FROM cycles c JOIN adapters a ON a.id = c.adapter_id
    WHERE c.closed_on IS NULL AND c.due_on <= %s AND c.id > %s ORDER BY c.id LIMIT 2000"""


class _At:
    """A clock that stands."""

    def __init__(self, today: date) -> None:
        self._today = today

    def now(self) -> datetime:
        return datetime.combine(self._today, datetime.min.time(), tzinfo=UTC) + timedelta(hours=10)

    def today(self) -> date:
        return self._today


class _Everybody:
    """A channel that reaches everybody; nothing is sent here."""

    def __init__(self, name: str) -> None:
        self.name = name

    def address(self, person: str) -> str | None:
        return f"{person}@example.com"

    def find(self, message: ports.Message) -> ports.Receipt | None:
        raise NotImplementedError

    def send(self, message: ports.Message) -> ports.Receipt:
        raise NotImplementedError


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cycles", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--record", action="store_true", help="append to RESULTS.md")
    parser.add_argument("--plan", nargs=2, metavar=("URL", "DATE"), help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.plan:
        print(json.dumps(_plan(chosen.plan[0], date.fromisoformat(chosen.plan[1]))))
        return
    with tempfile.TemporaryDirectory(prefix="tg-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o711)  # root hands the server to another account
        server = EmbeddedPostgres()
        url = server.start(Path(folder))
        try:
            migrate(url, shipped("migrations"))
            rows = [row for day in _DAYS for row in _day(url, *day, chosen)]
        finally:
            server.stop()
    head = "| what | cycles looked at | messages | planning | of that in this process | the rows alone | peak memory |\n|---|---|---|---|---|---|---|\n"
    table = head + "\n".join(rows)
    print(table)
    if chosen.record:
        keep("Planning reminders", table)


_DAYS = (
    ("an ordinary day", 92, MONDAY - timedelta(days=5), 1),
    ("the morning after a month, a fifth as many", 1, MONDAY - timedelta(days=20), 5),
)


def _day(url: str, name: str, spread: int, earliest: date, part: int, chosen: argparse.Namespace) -> list[str]:
    first, again, rows = [], [], []
    for _ in range(chosen.rounds):
        with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as link:
            link.execute("TRUNCATE adapters RESTART IDENTITY CASCADE")
            link.execute(_ADAPTERS, [chosen.cycles // part])
            link.execute(_CYCLES, [earliest, spread])
            link.execute("ANALYZE")
            if spread > 1:
                _child(url, MONDAY - timedelta(days=1))
            first.append(_child(url, MONDAY))
            began = time.perf_counter()
            _rows(link)
            rows.append(time.perf_counter() - began)
            again.append(_child(url, MONDAY))
    return [_line(name, first, rows), _line(f"{name}, again at once", again, rows)]


def _line(name: str, found: Sequence[dict[str, float]], rows: Sequence[float]) -> str:
    took = " / ".join(f"{pick(one['seconds'] for one in found):.2f}" for pick in (min, median, max))
    alone = " / ".join(f"{pick(rows):.2f}" for pick in (min, median, max))
    last, own = found[-1], median(one["own"] for one in found)
    memory = max(one["memory"] for one in found)
    return f"| {name} | {last['cycles']:,.0f} | {last['messages']:,.0f} | {took} s | {own:.2f} s | {alone} s | {memory:,.0f} MB |"


def _child(url: str, today: date) -> dict[str, float]:
    command = [sys.executable, "-m", "benchmarks.reminders", "--plan", url, today.isoformat()]
    done: dict[str, float] = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    return done


def _plan(url: str, today: date) -> dict[str, float]:
    database = Database(url, connections=2)
    channels: dict[str, ports.Notifier] = {name: _Everybody(name) for name in ("issue", "email")}
    planner = Planner(Adapters(database), Outbox(database), channels, _At(today), zone)
    began, own = time.perf_counter(), time.process_time()
    done = planner.plan()
    took = time.perf_counter() - began
    own = time.process_time() - own
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"seconds": took, "own": own, "cycles": done.cycles, "messages": done.messages, "memory": memory}


def _rows(link: "psycopg.Connection[tuple[object, ...]]") -> None:
    last: object = 0
    while page := link.execute(_ROWS, [MONDAY + timedelta(days=38), last]).fetchall():
        last = page[-1][0]


if __name__ == "__main__":
    main()
