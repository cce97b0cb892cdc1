"""Where do the tests of the engine work? In a shop: a database, workers that come and go, and eyes on the jobs."""

import logging
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, NamedTuple

import psycopg

from bot.engine import Engine, Pace, Perform, Timed
from bot.ports import ReviewRequested
from tests.database import of_database, plain

PUSH = ReviewRequested(installation_id=7, repo_id=11, number=5, reason="pull_request.synchronize")
QUICK = Pace(poll=0.05, rescue=1, attempts=3, soonest=0.02, longest=0.1)
DEADLINE = 60.0  # seconds: for what comes to pass in a moment on a machine that has one


class Row(NamedTuple):
    """A review's job as procrastinate keeps it."""

    id: int
    status: str
    lock: str
    queueing_lock: str
    args: dict[str, Any]
    scheduled_at: datetime | None
    attempts: int


@dataclass
class Shop:
    """One database with its engine; every worker that is hired is dismissed at the end."""

    url: str
    pace: Pace = QUICK
    threads: list[tuple[threading.Thread, threading.Event]] = field(default_factory=list)
    given_up: list[tuple[ReviewRequested, str]] = field(default_factory=list)

    @property
    def engine(self) -> Engine:
        return Engine(self.url, pace=self.pace)

    def hire(
        self, perform: Perform, timetable: Sequence[Timed] = (), **pace: Any
    ) -> tuple[threading.Thread, threading.Event]:
        """Start a worker; returns its thread and the event that stops it."""
        stop = threading.Event()
        engine = Engine(self.url, pace=replace(self.pace, **pace))
        thread = threading.Thread(target=engine.work, args=(perform, stop, self.give_up, timetable), name="worker")
        thread.start()
        self.threads.append((thread, stop))
        return thread, stop

    def give_up(self, asked: ReviewRequested, why: str) -> None:
        self.given_up.append((asked, why))

    def dismiss(self) -> None:
        for _, stop in self.threads:
            stop.set()
        for thread, _ in self.threads:
            thread.join(DEADLINE)
            assert not thread.is_alive()

    def push(self, number: int = PUSH.number, reason: str = PUSH.reason) -> None:
        with psycopg.connect(plain(self.url)) as link:
            self.engine.enqueue(link, replace(PUSH, number=number, reason=reason))

    def do(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        with psycopg.connect(plain(self.url), autocommit=True) as link:
            done = link.execute(statement, values)
            return done.fetchall() if done.description else []

    def rows(self) -> list[Row]:
        columns = ", ".join(Row._fields)
        return [
            Row(*row)
            for row in self.do(f"SELECT {columns} FROM procrastinate_jobs WHERE queue_name = 'reviews' ORDER BY id")
        ]

    def statuses(self) -> list[str]:
        return [row.status for row in self.rows()]

    def is_quiet(self) -> bool:
        """Nothing waits and nothing runs."""
        return not {"todo", "doing"} & set(self.statuses())

    @contextmanager
    def away(self) -> Iterator[None]:
        """The database is gone for everybody, as in a restart that takes its time."""
        name = psycopg.conninfo.conninfo_to_dict(plain(self.url))["dbname"]
        with psycopg.connect(plain(of_database(self.url, "postgres")), autocommit=True) as link:
            link.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false')
            try:
                link.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name])
                yield
            finally:
                link.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS true')

    @contextmanager
    def meddling(self, before: str, meddle: str) -> Iterator[Callable[[], int]]:
        """The database does something before some changes to jobs; tells how often it came to that."""
        self.do("CREATE SEQUENCE tries")  # counts on even in transactions that are rolled back
        self.do(
            "CREATE FUNCTION meddle() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ DECLARE try int := nextval('tries'); BEGIN {meddle}; RETURN NEW; END $$"
        )
        action, _, condition = before.partition(" ")
        self.do(
            f"CREATE TRIGGER meddle BEFORE {action} ON procrastinate_jobs FOR EACH ROW "
            f"WHEN ({condition}) EXECUTE FUNCTION meddle()"
        )
        try:
            yield lambda: int(self.do("SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM tries")[0][0])
        finally:
            self.do("DROP FUNCTION meddle CASCADE")
            self.do("DROP SEQUENCE tries")


class Log(logging.Handler):
    """What an operator reads: every line from the level INFO up, of whatever logger, as it is written."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []
        self.warnings: list[str] = []
        self.errors: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        line = self.format(record)
        self.lines.append(line)
        if record.levelno >= logging.ERROR:
            self.errors.append(line)
        elif record.levelno >= logging.WARNING:
            self.warnings.append(line)


def until(condition: Callable[[], object]) -> None:
    """Wait for something to become true."""
    deadline = time.monotonic() + DEADLINE
    while not condition():
        assert time.monotonic() < deadline, "it did not come to pass"
        time.sleep(0.01)


class Reviews:
    """Stands for the use case: notes which pull requests are reviewed, and keeps each in hand while `held`."""

    def __init__(self, *, held: bool = False) -> None:
        self._lock = threading.Lock()
        self.go = threading.Event()
        if not held:
            self.go.set()
        self.begun: list[ReviewRequested] = []
        self.ended: list[ReviewRequested] = []
        self.inside: list[int] = []
        self.most_at_once: dict[int, int] = {}

    def __call__(self, asked: ReviewRequested, guard: Callable[[], None]) -> None:
        with self._lock:
            self.begun.append(asked)
            self.inside.append(asked.number)
            here = self.inside.count(asked.number)
            self.most_at_once[asked.number] = max(here, self.most_at_once.get(asked.number, 0))
        assert self.go.wait(DEADLINE)
        with self._lock:
            self.inside.remove(asked.number)
            self.ended.append(asked)

    def has_ended(self, number: int) -> bool:
        return number in [asked.number for asked in self.ended]
