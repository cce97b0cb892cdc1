"""How are untrusted bytes read without harm? In processes of their own, with limits of time and memory.

A hostile file takes its process down, never the service: the file is then beyond a cap, and the next one is read by a new
process. Where it may not have been the file's doing, it is tried once more in a fresh process.
"""

import queue
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

import msgspec

import bot
from bot.readiness.data_profile import DataProfile
from bot.readiness.eval_report import EvalReport
from bot.readiness.fact import Trouble, Unavailable
from bot.readiness.rules.language import Truth
from bot.sources.datasets.keys import NO_KEYS, Beside, Keys
from bot.sources.datasets.scan import FAULTS_KEPT
from bot.sources.evals.items import EVERYTHING, Wanted
from bot.sources.on_disk import Content, OnDisk
from bot.sources.reader import Small, SmallFact
from bot.sources.reading_wire import (
    OUT_OF_MEMORY,
    READY,
    RULE_SECONDS,
    Answer,
    DataRequest,
    Ended,
    EvalRequest,
    Request,
    RuleRequest,
    SmallRequest,
    receive,
    send,
)

_START_SECONDS = 30
# threads of libraries are no faster beside other readers, and each reserves memory that counts against the limit
_ONE_THREAD = {"OPENBLAS_NUM_THREADS": "1", "RAYON_NUM_THREADS": "1", "MALLOC_ARENA_MAX": "2"}
# rensa's allocator sets a gigabyte aside as soon as it is loaded, unless it is told to take what it needs when it needs it
_NO_RESERVE = {"MIMALLOC_ARENA_RESERVE": "0"}
_LARGE_MEMORY = 9.0  # bytes beside each byte of a large file, itself among them
_LARGE_SECONDS = 240e-9  # of computing for each byte
_AGAIN = "Nothing to correct: it is tried again."


@dataclass(frozen=True, slots=True)
class Limits:
    """What one file may cost: megabytes of memory, seconds of computing, and seconds by the clock."""

    megabytes: int = 1_500
    seconds: int = 30
    deadline: float = 120

    def of_large(self, size: int) -> "Limits":
        """Give the limits of a file of so many bytes that lies on disk: more of each, as it is larger.

        Measured of rows of 750 bytes without a word in common: 8 bytes of memory and 122 nanoseconds for each byte.
        """
        return Limits(
            self.megabytes + round(size * _LARGE_MEMORY / 2**20),
            self.seconds + round(size * _LARGE_SECONDS),
            self.deadline + size * _LARGE_SECONDS * 4,
        )


class ReadingProcesses:
    """A few reading processes, started when first needed. A `Reader`, safe to share between threads."""

    def __init__(self, count: int = 2, limits: Limits | None = None) -> None:
        """Take how many files may be read at once; further threads wait."""
        self._limits = limits or Limits()
        self._seats: queue.LifoQueue[_Process | None] = queue.LifoQueue()
        for _ in range(count):
            self._seats.put(None)
        self._lock = threading.Lock()
        self._large = threading.Lock()  # one at a time: their limits are far
        self._running: list[_Process] = []
        self._closed = False

    def eval_report(
        self,
        artifact: bytes,
        rows: bytes | None,
        run: str | None = None,
        wanted: Wanted = EVERYTHING,
        siblings: Mapping[str, bytes] | None = None,
    ) -> EvalReport | Unavailable:
        """Read an eval artifact with its rows."""
        sizes = {name: len(content) for name, content in (siblings or {}).items()}
        request = EvalRequest(len(artifact), None if rows is None else len(rows), run, wanted, sizes)
        answer = self._ask(request, artifact, rows or b"", *(siblings or {}).values())
        return answer if isinstance(answer, Unavailable) else answer.trouble or answer.report or _broken()

    def data_profile(
        self,
        raw: Content,
        form: str,
        method: str | None,
        beside: Mapping[Beside, bytes] | None = None,
        keys: Keys = NO_KEYS,
        output: str | None = None,
        faults_kept: int = FAULTS_KEPT,
    ) -> DataProfile | Unavailable:
        """Count the rows of a training file, and compare them with the files beside it.

        One that lies on disk is read by a process of its own, whose limits grow with it.
        """
        files = beside or {}
        sizes = {name: len(content) for name, content in files.items()}
        if isinstance(raw, OnDisk):
            request = DataRequest(raw.size, form, method, sizes, keys, output, faults_kept, on_disk=True)
            answer = self._ask_once(request, raw, *files.values())
        else:
            request = DataRequest(len(raw), form, method, sizes, keys, output, faults_kept)
            answer = self._ask(request, raw, *files.values())
        return answer if isinstance(answer, Unavailable) else answer.trouble or answer.profile or _broken()

    def small(self, kind: Small, raw: bytes) -> SmallFact | Unavailable:
        """Read a small file of facts."""
        answer = self._ask(SmallRequest(kind, len(raw)), raw)
        if isinstance(answer, Unavailable) or answer.trouble is not None:
            return answer if isinstance(answer, Unavailable) else answer.trouble or _broken()
        found: dict[Small, SmallFact | None] = {
            "human_checks": answer.checks,
            "row_ids": answer.ids,
            "sample": answer.sample,
            "latency": answer.latency,
            "grader_tests": answer.grader_tests,
            "training_config": answer.config,
            "serving_config": answer.serving,
            "manifest": answer.manifest,
            "usage": answer.usage,
            "value": answer.value,
        }
        return found[kind] or _broken()

    def rule(self, expression: str, given: bytes) -> Truth:
        """Evaluate an expression of a policy's rule; one that takes too much has no answer."""
        answer = self._ask(RuleRequest(expression, len(given)), given)
        if isinstance(answer, Answer):
            return answer.truth or Truth(None, "the process that was asked gave no answer", ours=True)
        if answer.trouble is Trouble.DEFINITIVE:
            return Truth(None, f"it takes more than {RULE_SECONDS} seconds or too much memory to answer")
        return Truth(None, answer.reason.removeprefix("Our fault: ").rstrip("."), ours=True)

    def close(self) -> None:
        """End the processes at once; what they were reading is unavailable."""
        with self._lock:
            self._closed = True
            running, self._running = self._running, []
        for process in running:
            process.close()

    def _ask(self, request: Request, *files: bytes) -> Answer | Unavailable:
        process = self._seats.get()
        try:
            for attempt in (1, 2):
                fresh = process is None
                try:
                    process = process or self._start()
                    return process.ask(request, files)
                except _Failed as failed:
                    if process is not None:
                        self._end(process)
                        process = None
                    if attempt == 2 or (failed.surely and (fresh or isinstance(request, RuleRequest))):
                        return failed.fact
            raise AssertionError("the second attempt is the last")
        finally:
            self._seats.put(process)

    def _ask_once(self, request: Request, large: OnDisk, *files: bytes) -> Answer | Unavailable:
        """Have a large file read by a process that is started for it and ended after it."""
        with self._large:
            process: _Process | None = None
            try:
                process = self._start(large)
                return process.ask(request, files)
            except _Failed as failed:
                return failed.fact
            finally:
                if process is not None:
                    self._end(process)

    def _start(self, large: OnDisk | None = None) -> "_Process":
        with self._lock:
            if self._closed:
                raise _Failed(Unavailable("The service is being stopped.", Trouble.PASSING, _AGAIN))
            process = _Process(self._limits if large is None else self._limits.of_large(large.size), large)
            self._running.append(process)
        try:
            process.greet()
        except _Failed:
            self._end(process)
            raise
        return process

    def _end(self, process: "_Process") -> None:
        process.close()
        with self._lock:
            if process in self._running:
                self._running.remove(process)


class _Failed(Exception):
    """A file was not read; `fact` says why, `surely` that a second attempt in a fresh process would end the same way."""

    def __init__(self, fact: Unavailable, *, surely: bool = False) -> None:
        super().__init__(fact.reason)
        self.fact = fact
        self.surely = surely


class _Process:
    """One reading process, used by one thread at a time. Raises _Failed, after which it is of no more use."""

    def __init__(self, limits: Limits, large: OnDisk | None = None) -> None:
        self._limits = limits
        given = () if large is None else (large.fileno(),)
        self._late = False
        self._decoder = msgspec.msgpack.Decoder(Answer)
        command = [sys.executable, "-m", "bot.sources.reading_child", str(limits.megabytes), str(limits.seconds)]
        command += map(str, given)
        home = Path(bot.__file__).resolve().parent.parent  # where `-m` finds this very package, whatever the folder
        try:
            # without the environment, which holds the service's secrets: a reader needs none of it
            self._process = subprocess.Popen(
                command,
                cwd=home,
                env=_ONE_THREAD | _NO_RESERVE,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                pass_fds=given,
            )
        except OSError as error:
            raise _Failed(_not_started(error.strerror or "unknown reason")) from error
        self._requests = cast(BinaryIO, self._process.stdin)
        self._answers = cast(BinaryIO, self._process.stdout)

    def greet(self) -> None:
        """Wait until the process is ready."""
        if self._within(_START_SECONDS, lambda: receive(self._answers)) != READY:
            raise _Failed(_not_started("it ended at once"))

    def ask(self, request: Request, files: tuple[bytes, ...]) -> Answer:
        """Have files read."""

        def read() -> bytes | None:
            send(self._requests, msgspec.msgpack.encode(request), *files)
            return receive(self._answers)

        frame = self._within(self._limits.deadline, read)
        if frame is None:
            raise self._failure()
        try:
            return self._decoder.decode(frame)
        except msgspec.DecodeError as error:
            raise _Failed(_broken()) from error

    def close(self) -> None:
        """End the process, at once."""
        self._process.kill()
        self._process.wait()
        for pipe in (self._requests, self._answers):
            with suppress(OSError):
                pipe.close()

    def _within(self, seconds: float, work: Callable[[], bytes | None]) -> bytes | None:
        """Do a piece of work with the process, which is killed when it takes longer; None when it failed."""
        timer = threading.Timer(seconds, self._too_late)
        timer.start()
        try:
            return work()
        except (OSError, ValueError, Ended):  # ValueError: the pipe was closed under us
            return None
        finally:
            timer.cancel()

    def _too_late(self) -> None:
        self._late = True
        self._process.kill()

    def _failure(self) -> _Failed:
        """Find out why the process did not answer."""
        try:
            code = self._process.wait(timeout=1)
        except subprocess.TimeoutExpired:
            code = 0
        limits = self._limits
        if self._late:
            reason = f"It could not be read within {limits.deadline:g} seconds: this machine is too busy."
            return _Failed(Unavailable(reason, Trouble.PASSING, _AGAIN), surely=True)
        if code == OUT_OF_MEMORY:
            return _beyond(f"It takes more than {limits.megabytes:,} MB of memory to read, which is beyond the cap.")
        if code == -signal.SIGXCPU:
            return _beyond(
                f"It takes more than {limits.seconds} seconds of computing to read, which is beyond the cap."
            )
        if code < 0:
            return _beyond("The process that read it did not survive it, twice.", surely=False)
        return _Failed(_broken())


def _beyond(reason: str, *, surely: bool = True) -> _Failed:
    fix = "Make the file smaller and its rows simpler."
    return _Failed(Unavailable(reason, Trouble.DEFINITIVE, fix), surely=surely)


def _not_started(why: str) -> Unavailable:
    return Unavailable(f"Our fault: no reading process could be started ({why}).", Trouble.PASSING, _AGAIN)


def _broken() -> Unavailable:
    fix = "Nothing to do for you; please report it with the review's link."
    return Unavailable("Our fault: the reading process gave no answer.", Trouble.PASSING, fix)
