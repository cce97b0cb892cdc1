"""EDGE. How does work wait, run, and come to its end? The only file that imports procrastinate.

Of one pull request at most one job runs and one waits. A job that fails is followed by a new one, a job that loses its
worker starts again: running twice does no harm, for args are hints and each write is guarded.
"""

import asyncio
import logging
import random
import traceback
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import asdict, dataclass
from functools import partial
from math import ceil
from pathlib import Path
from threading import Event
from time import monotonic
from typing import Any

import psycopg
from procrastinate import App, JobContext, PsycopgConnector, SyncPsycopgConnector
from procrastinate.exceptions import AlreadyEnqueued, ConnectorException, UniqueViolation
from procrastinate.job_context import AbortReason
from procrastinate.jobs import Job, Status
from procrastinate.manager import JobManager
from procrastinate.types import TimeDeltaParams
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg.types.json import Jsonb

from bot.ports import ForgeTrouble, ReviewRequested, Superseded

Guard = Callable[[], None]
"""Called right before a write to GitHub; raises Superseded when the job is no longer ours, ForgeTrouble if unknown."""

Perform = Callable[[ReviewRequested, Guard], None]
"""Does one review, in a thread of its own."""

GivenUp = Callable[[ReviewRequested, str], None]
"""Hears of a review that is not tried again, and why."""

Stopping = Callable[[], bool]
"""Says whether the worker is told to end, so that long work by the clock ends between two steps."""


@dataclass(frozen=True, slots=True)
class Timed:
    """Work that is done by the clock, by whichever worker comes to it first, and one at a time waiting. `cron` is of UTC."""

    name: str
    cron: str
    run: Callable[[Stopping], None]


_log = logging.getLogger(__name__)

_REVIEW, _REVIEWS, _SYSTEM = "review", "reviews", "system"  # the task, its queue, the queue of the engine's own tasks
_KEPT = {_REVIEWS: 14 * 24, _SYSTEM: 1}  # hours for which an ended job can be looked at; of `system` 17,000 end a day
_PATIENCE = 15.0  # seconds for a database that is away; the worker's own heartbeat gives up before that
_HELD = """SELECT id FROM procrastinate_jobs WHERE id = %(id)s AND status = 'doing'
    AND worker_id IS NOT DISTINCT FROM %(worker_id)s AND attempts = %(attempts)s"""


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast the engine turns: house numbers, in seconds where nothing else is said."""

    poll: float = 0.5  # nothing wakes a worker when a pull request's first job ends and its second may start
    concurrency: int = 16  # jobs at once in one worker
    heartbeat: float = 10
    stalled_after: float = 30  # without a heartbeat a worker's jobs are given to others
    rescue: int = 5  # between two looks for such jobs; must divide a minute
    rescues: int = 5  # of one job: it may well be what kills the workers
    grace: float = 20  # for running jobs at the end; no heartbeat then: with `heartbeat` at most `stalled_after`
    attempts: int = 20  # with the waits below about 6 hours, 11 at the most: longer than GitHub is in trouble as a rule
    soonest: float = 5
    longest: float = 3600

    def wait(self, attempt: int, retry_after: float | None) -> float:
        """Draw the wait after a failed attempt (the first is 1); never less than `retry_after`, however long that is."""
        drawn = random.uniform(self.soonest, min(self.longest, self.soonest * 2**attempt))  # noqa: S311  # no secret
        return drawn if retry_after is None else max(drawn, retry_after + random.uniform(0, self.soonest))  # noqa: S311


HOUSE = Pace()


class Engine:
    """The job engine on one database; any number of them, in any number of processes, may share it."""

    def __init__(self, url: str, *, pace: Pace = HOUSE) -> None:
        """Prepare; nothing connects before it is needed, and nothing needs to be closed."""
        given: dict[str, Any] = conninfo_to_dict(f"postgresql://{url.partition('://')[2]}")  # whatever driver it names
        # a server that is gone without a word is to be noticed before `stalled_after` is over
        self._conninfo = make_conninfo(**{"connect_timeout": 5, "tcp_user_timeout": 20_000, **given})
        self._pace = pace
        self._app = App(connector=SyncPsycopgConnector())  # never opened: it writes on its callers' connections only

    def enqueue(self, connection: psycopg.Connection[Any], review: ReviewRequested) -> None:
        """Put a review to work in the caller's transaction. One that waits already is renewed, and due at once."""
        key = f"{review.repo_id}:{review.number}"
        args = {**asdict(review), "attempt": 1}
        # both locks: else several could wait, and the first would hold up the others even if it is due much later
        deferrer = self._app.configure_task(_REVIEW, queue=_REVIEWS, lock=key, queueing_lock=key, connection=connection)
        # by hand: `connection.transaction()` commits at its end if the caller has executed nothing before
        connection.execute("SAVEPOINT enqueue")
        while True:
            try:
                deferrer.defer(**args)
                break
            except AlreadyEnqueued:
                connection.execute("ROLLBACK TO SAVEPOINT enqueue")
            renewed = "UPDATE procrastinate_jobs SET args = %s, scheduled_at = NULL WHERE queueing_lock = %s AND status = 'todo'"
            if connection.execute(renewed, [Jsonb(args), key]).rowcount:
                break  # otherwise a worker has just taken it, perhaps without knowing of this push: one more must wait
        connection.execute("RELEASE SAVEPOINT enqueue")

    def waiting(self) -> dict[str, int]:
        """Count the reviews' jobs by status (todo, doing, failed ...); raises psycopg.OperationalError."""
        question = "SELECT status::text, count(*) FROM procrastinate_jobs WHERE task_name = %s GROUP BY 1"
        with psycopg.connect(self._conninfo) as connection:
            return {str(status): int(count) for status, count in connection.execute(question, [_REVIEW])}

    def work(
        self,
        perform: Perform,
        stop: Event,
        given_up: GivenUp = lambda asked, why: None,
        timetable: Sequence[Timed] = (),
    ) -> None:
        """Do jobs until `stop` is set; then let those that run come to their end, within the grace, and return."""
        asyncio.run(self._work(perform, stop, given_up, timetable))

    async def _work(self, perform: Perform, stop: Event, given_up: GivenUp, timetable: Sequence[Timed]) -> None:
        """One worker after another, for procrastinate's ends at the first trouble with the database."""
        pause = 0.5
        while not stop.is_set():
            began = monotonic()
            running = asyncio.create_task(_Worker(self._conninfo, self._pace, perform, given_up, timetable).run())
            while not (stop.is_set() or running.done()):
                await asyncio.wait([running], timeout=0.2)  # an event of threads wakes no loop
            running.cancel()
            (ended,) = await asyncio.gather(running, return_exceptions=True)
            if not stop.is_set():
                pause = 0.5 if monotonic() - began > 60 else min(2 * pause, 15)
                _log.warning("the worker came to an end (%s); the next begins in %g s", _named(ended), pause)
                await asyncio.to_thread(stop.wait, pause)


class _Worker:
    """One procrastinate worker, from its first connection to its end."""

    def __init__(
        self, conninfo: str, pace: Pace, perform: Perform, given_up: GivenUp, timetable: Sequence[Timed] = ()
    ) -> None:
        self._conninfo = conninfo
        self._pace = pace
        self._perform = perform
        self._given_up = given_up
        # threads of its own: jobs that overran the grace of a former worker may still hold theirs
        self._threads = ThreadPoolExecutor(pace.concurrency, thread_name_prefix=_REVIEW)
        # without transactions, in the midst of which a frozen worker would hold up the rescues of all others
        how: dict[str, Any] = {"configure": lambda link: link.set_autocommit(True)}
        connector = PsycopgConnector(conninfo=conninfo, min_size=1, max_size=4, timeout=5, **how)
        # tidying is hourly and made up for: a service that is up for minutes only comes round to it as well
        self._app = App(connector=connector, periodic_defaults={"max_delay": 3600})
        self._app.job_manager = self._jobs = _Jobs(connector)
        # never `retry=`: beside a newer job that waits a failed one cannot wait again, stays running, and blocks both
        self._app.task(name=_REVIEW, queue=_REVIEWS, pass_context=True)(self._review)
        # the first thing for full hands to take up; no lock, for a rescuer that dies must not hold up the next
        rescue = self._app.task(name="rescue", queue=_SYSTEM, priority=1, queueing_lock="rescue")(self._rescue)
        self._app.periodic(cron=f"* * * * * */{pace.rescue}")(rescue)  # seconds are the sixth field
        self._app.periodic(cron="7 * * * *")(self._app.task(name="tidy", queue=_SYSTEM)(self._tidy))
        self._ending = Event()
        for timed in timetable:
            self._enter(timed)

    async def run(self) -> None:
        """Work until cancelled, or until the database is lost."""
        try:
            async with self._app.open_async():
                await self._app.run_worker_async(
                    concurrency=self._pace.concurrency,
                    fetch_job_polling_interval=self._pace.poll,
                    update_heartbeat_interval=self._pace.heartbeat,
                    stalled_worker_timeout=self._pace.stalled_after,
                    shutdown_graceful_timeout=self._pace.grace,
                    install_signal_handlers=False,
                )
        finally:
            self._ending.set()
            self._threads.shutdown(wait=False, cancel_futures=True)

    def _enter(self, timed: Timed) -> None:
        """Put work by the clock into this worker's timetable."""

        async def run(timestamp: int) -> None:
            loop = asyncio.get_running_loop()
            try:
                await loop.run_in_executor(self._threads, timed.run, self._ending.is_set)
            except Exception as why:  # noqa: BLE001  # it is done again at its next time
                _log.error("%s came to nothing: %s", timed.name, _named(why))

        task = self._app.task(name=timed.name, queue=_SYSTEM, queueing_lock=timed.name)(run)
        self._app.periodic(cron=timed.cron)(task)

    async def _review(self, context: JobContext, /, *, attempt: int, **asked: Any) -> None:
        job = context.job
        try:
            trouble = await asyncio.get_running_loop().run_in_executor(self._threads, self._attempt, job, asked)
        except asyncio.CancelledError:
            if context.abort_reason() is AbortReason.SHUTDOWN:  # the grace is over: another worker does it anew
                await self._follow(job, attempt)
            raise
        if trouble is None:
            return
        if attempt >= self._pace.attempts:
            await self._give_up(job, f"attempt {attempt} failed, {_named(trouble)}")
            raise _GivenUp
        wait = self._pace.wait(attempt, trouble.retry_after if isinstance(trouble, ForgeTrouble) else None)
        _log.warning("%s, attempt %d: %s; tried again in %.0f s", _job(job), attempt, _named(trouble), wait)
        await self._follow(job, attempt + 1, wait)

    def _attempt(self, job: Job, asked: dict[str, Any]) -> Exception | None:
        """Do the review, in a thread. Trouble is returned: a StopIteration that is raised into a future hangs the job."""
        try:
            self._perform(ReviewRequested(**asked), partial(self._check, job))
        except Superseded as why:
            _log.info("%s ends: %r", _job(job), str(why)[:200])
        except Exception as why:  # noqa: BLE001  # whatever it is, the review is still owed
            return why
        return None

    def _check(self, job: Job) -> None:
        """Raise unless the job is still in the hands that fetched it."""
        try:
            with psycopg.connect(self._conninfo) as connection:
                held = connection.execute(_HELD, job.asdict()).rowcount
        except psycopg.Error as why:
            raise ForgeTrouble(f"the database could not be asked whose job it is ({type(why).__name__})") from why
        if not held:
            raise Superseded("the job is in other hands")

    async def _give_up(self, job: Job, why: str) -> None:
        _log.error("%s is given up: %s", _job(job), why)
        if job.task_name == _REVIEW:
            hints: dict[str, Any] = {name: said for name, said in job.task_kwargs.items() if name != "attempt"}
            try:
                await asyncio.get_running_loop().run_in_executor(
                    self._threads, self._given_up, ReviewRequested(**hints), why
                )
            except Exception as trouble:  # noqa: BLE001  # whoever hears it may fail; the job itself says that it failed
                _log.error("nobody could be told that %s is given up: %s", _job(job), _named(trouble))

    async def _follow(self, job: Job, attempt: int, wait: float = 0) -> None:
        """Let a new job follow, before the old one returns."""
        args = {**job.task_kwargs, "attempt": attempt}
        when: TimeDeltaParams | None = {"milliseconds": ceil(wait * 1000)} if wait else None
        new = self._app.tasks[_REVIEW].configure(lock=job.lock, queueing_lock=job.queueing_lock, schedule_in=when)
        with suppress(AlreadyEnqueued):  # a newer push waits: it takes over
            await _insist(lambda: new.defer_async(**args))

    async def _rescue(self, timestamp: int) -> None:
        for job in await self._jobs.get_stalled_jobs(seconds_since_heartbeat=self._pace.stalled_after):
            with suppress(ConnectorException):  # the next round tries again
                await self._rescue_one(job)

    async def _rescue_one(self, job: Job) -> None:
        if job.attempts >= self._pace.rescues:
            if await self._jobs.turn(job, Status.FAILED):
                await self._give_up(job, f"{job.attempts + 1} workers were lost in it")
            return
        try:
            if await self._jobs.turn(job, Status.TODO):
                _log.warning("%s has lost its worker and starts again", _job(job))
        except UniqueViolation:  # a newer push waits for this one's end
            await self._jobs.turn(job, Status.FAILED)

    async def _tidy(self, timestamp: int) -> None:
        everything = {"include_failed": True, "include_cancelled": True, "include_aborted": True}
        for queue, hours in _KEPT.items():
            await self._jobs.delete_old_jobs(hours, queue=queue, **everything)


class _Jobs(JobManager):
    """Ends a job, or starts it again, only while it is in the hands it was seen in; procrastinate goes by the id alone.

    A worker that was frozen for too long would otherwise wake up and end the job that its successor runs.
    """

    async def finish_job(self, job: Job, status: Status, delete_job: bool) -> None:
        """What procrastinate's worker calls at the end of a job."""
        try:
            if not await _insist(lambda: self.turn(job, status)):
                _log.info("%s is in other hands by now", _job(job))
        except ConnectorException as why:
            _log.error("the end of %s could not be written: %s", _job(job), _named(why))

    async def turn(self, job: Job, status: Status) -> bool:
        """Let a job end, or wait again (TODO, raises UniqueViolation beside one that waits); False in other hands."""
        turned = f"procrastinate_finish_job_v1(id, '{status.value}', false)"
        if status is Status.TODO:
            turned = "procrastinate_retry_job_v2(id, now(), NULL, NULL, NULL)"
        statement = f"WITH held AS ({_HELD} FOR UPDATE) SELECT {turned} FROM held"  # noqa: S608  # of constants only
        return bool(await self.connector.execute_query_all_async(statement, **job.asdict()))


class _GivenUp(Exception):
    """Has procrastinate call a job failed; why was said before."""


class _Plainly(logging.Handler):
    """Passes on in one line what procrastinate warns of, without the job's args that it puts in."""

    def emit(self, record: logging.LogRecord) -> None:
        error = record.exc_info[1] if record.exc_info else None
        if not isinstance(error, _GivenUp):
            what = getattr(record, "action", record.funcName)
            number = getattr(record, "job", {}).get("id", "none")
            _log.log(record.levelno, "%s: %s (job %s): %s", record.name, what, number, _named(error))


_procrastinate = logging.getLogger("procrastinate")
_procrastinate.addHandler(_Plainly())
_procrastinate.propagate = False
_procrastinate.setLevel(logging.WARNING)
logging.getLogger("psycopg.pool").setLevel(logging.ERROR)  # it would tell of a database that is away twice a second


async def _insist(ask: Callable[[], Awaitable[Any]]) -> Any:
    """Ask the database, and again while it is away; raises ConnectorException when the patience is at its end."""
    until = monotonic() + _PATIENCE
    while True:
        try:
            return await ask()
        except ConnectorException:
            if monotonic() > until:
                raise
        await asyncio.sleep(0.5)


def _job(job: Job) -> str:
    return f"{job.task_name}{f' of {job.lock}' if job.lock else ''} (job {job.id})"


def _named(error: BaseException | None) -> str:
    """Name what went wrong without its message, which may hold anything; a forge's trouble is in our own words."""
    if isinstance(error, ForgeTrouble):
        return repr(error.reason[:200])
    if error is None:
        return "no reason given"
    cause = f" ({type(error.__cause__).__name__})" if error.__cause__ else ""
    where = [f" at {Path(frame.filename).name}:{frame.lineno}" for frame in traceback.extract_tb(error.__traceback__)]
    return f"{type(error).__name__}{cause}{''.join(where[-1:])}"
