"""Does a hostile file take down its reading process only, and is the next one read as if nothing had been?"""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from bot.readiness.data_profile import DataProfile
from bot.readiness.eval_report import EvalReport
from bot.readiness.fact import Trouble, Unavailable
from bot.sources.reader import InThisProcess
from bot.sources.reading_process import Limits, ReadingProcesses
from tests.sources.corpus import ROOT
from tests.sources.evals import made_records
from tests.sources.lm_eval_files import Run, sample

PATIENCE = 60  # seconds until a poll gives up; nothing is asserted about how long anything takes
ROW = b'{"messages": [{"role": "user", "content": "ticket %d"}, {"role": "assistant", "content": "refund"}]}\n'
SMALL = b"".join(ROW % n for n in range(100))
MEMORY_BOMB = b"[" + b"[]," * 6_000_000 + b"[]]"  # 18 MB of text, 400 MB of lists


LARGE = 200_000  # rows that keep a process at work for a while


@pytest.fixture(scope="module")
def large() -> bytes:
    return b"".join(ROW % n for n in range(LARGE))


@pytest.fixture
def pool() -> Iterator[Callable[..., ReadingProcesses]]:
    """Opens pools that are closed after the test."""
    opened: list[ReadingProcesses] = []

    def open_one(count: int = 1, **limits: float) -> ReadingProcesses:
        opened.append(ReadingProcesses(count, Limits(**limits)))  # type: ignore[arg-type]
        return opened[-1]

    yield open_one
    for one in opened:
        one.close()
    assert children() == []


def children(parent: int | None = None) -> list[int]:
    """List the reading processes of a process, by what the kernel says of them."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rsplit(") ", 1)[1].split()
            command = (stat.parent / "cmdline").read_bytes()
        except (OSError, IndexError):
            continue  # gone meanwhile
        if int(fields[1]) == (parent or os.getpid()) and b"bot.sources.reading_child" in command and fields[0] != "Z":
            found.append(int(stat.parent.name))
    return sorted(found)


HELM = made_records.folder(
    [made_records.stat("exact_match", 0.5)],
    [made_records.instance("id1", made_records.stat("exact_match", 1.0))],
    made_records.spec(),
)


def busy(process: int, ticks: int = 15) -> bool:
    """Say whether a reading process has computed for some hundredths of a second in its life."""
    fields = Path(f"/proc/{process}/stat").read_text().rsplit(") ", 1)[1].split()
    return int(fields[11]) + int(fields[12]) > ticks


def until(what: Callable[[], bool]) -> None:
    """Wait until something holds."""
    give_up = time.monotonic() + PATIENCE
    while not what():
        assert time.monotonic() < give_up, "waited in vain"
        time.sleep(0.002)


def works(processes: ReadingProcesses) -> bool:
    found = processes.data_profile(SMALL, "openai-chat", "sft")
    return isinstance(found, DataProfile) and found.effective == 100


def test_what_is_read_there_is_what_is_read_here(pool: Callable[..., ReadingProcesses]) -> None:
    there, here = pool(), InThisProcess()
    run = Run([sample(n, answer="64" if n % 3 else "") for n in range(30)])
    for reader in (there, here):
        assert isinstance(reader.eval_report(run.artifact(), run.samples(), None), EvalReport)
    faulty = SMALL + b"{oops\n\n" + SMALL
    questions: list[Callable[[InThisProcess | ReadingProcesses], object]] = [
        lambda reader: reader.eval_report(run.artifact(), run.samples(), "one"),
        lambda reader: reader.eval_report(run.artifact(), None, None),
        lambda reader: reader.eval_report(run.artifact(), b"", None),
        lambda reader: reader.eval_report(b"", None, None),
        lambda reader: reader.eval_report(HELM["stats.json"], None, siblings=HELM),
        lambda reader: reader.eval_report(b'{"accuracy": 1}', b"x", None),
        lambda reader: reader.data_profile(faulty, "auto", None),
        lambda reader: reader.data_profile(b"", "openai-chat", "sft"),
        lambda reader: reader.data_profile(SMALL, "trl", "dpo"),
        lambda reader: reader.data_profile(b'{"messages": "\\u0000"}', "openai-chat", "sft"),
    ]
    for ask in questions:
        assert ask(there) == ask(here)


def test_one_process_serves_one_file_after_another(pool: Callable[..., ReadingProcesses]) -> None:
    processes = pool()
    assert works(processes)
    before = children()
    assert works(processes)
    assert children() == before
    assert len(before) == 1


def test_a_file_that_fills_the_memory_is_beyond_the_cap(pool: Callable[..., ReadingProcesses]) -> None:
    processes = pool(megabytes=256)
    assert works(processes)
    fact = processes.eval_report(MEMORY_BOMB, None, None)
    assert isinstance(fact, Unavailable)
    assert fact.trouble is Trouble.DEFINITIVE
    assert fact.reason == "It takes more than 256 MB of memory to read, which is beyond the cap."
    assert works(processes)


def test_a_file_that_takes_too_much_computing_is_beyond_the_cap(
    pool: Callable[..., ReadingProcesses], large: bytes
) -> None:
    processes = pool(seconds=1)
    fact = processes.data_profile(large * 5, "openai-chat", "sft")
    assert isinstance(fact, Unavailable)
    assert fact.trouble is Trouble.DEFINITIVE
    assert fact.reason == "It takes more than 1 seconds of computing to read, which is beyond the cap."
    assert works(processes)


def test_each_file_has_its_own_seconds(pool: Callable[..., ReadingProcesses]) -> None:
    processes, part = pool(seconds=2), b"".join(ROW % n for n in range(40_000))
    assert works(processes)
    before = children()
    while not busy(before[0], ticks=400):  # far more than one file may cost
        assert isinstance(processes.data_profile(part, "openai-chat", "sft"), DataProfile)
    assert children() == before


def test_a_busy_machine_is_not_held_against_the_team(pool: Callable[..., ReadingProcesses], large: bytes) -> None:
    processes = pool(deadline=0.1)
    fact = processes.data_profile(large, "openai-chat", "sft")
    assert isinstance(fact, Unavailable)
    assert fact.trouble is Trouble.PASSING
    assert fact.reason == "It could not be read within 0.1 seconds: this machine is too busy."


def test_a_process_that_was_killed_while_idle_is_replaced(pool: Callable[..., ReadingProcesses]) -> None:
    processes = pool()
    assert works(processes)
    (first,) = children()
    os.kill(first, signal.SIGKILL)
    assert works(processes)
    assert children() != [first]


def test_a_process_that_was_killed_at_work_is_replaced_and_the_file_read(
    pool: Callable[..., ReadingProcesses], large: bytes
) -> None:
    processes = pool()
    with ThreadPoolExecutor(1) as threads:
        reading = threads.submit(processes.data_profile, large, "openai-chat", "sft")
        until(lambda: any(busy(child) for child in children()))
        os.kill(children()[0], signal.SIGKILL)
        found = reading.result()
    assert isinstance(found, DataProfile)
    assert found.effective == LARGE


def test_a_file_that_no_process_survives_is_refused(pool: Callable[..., ReadingProcesses], large: bytes) -> None:
    processes = pool()
    with ThreadPoolExecutor(1) as threads:
        reading = threads.submit(processes.data_profile, large * 5, "openai-chat", "sft")
        for _ in range(2):
            until(lambda: any(busy(child, 150) for child in children()))
            victim = children()[0]
            os.kill(victim, signal.SIGKILL)
            until(lambda victim=victim: victim not in children())  # type: ignore[misc]
        fact = reading.result()
    assert isinstance(fact, Unavailable)
    assert fact.trouble is Trouble.DEFINITIVE
    assert fact.reason == "The process that read it did not survive it, twice."
    assert works(processes)


def test_sixteen_threads_share_a_few_processes(pool: Callable[..., ReadingProcesses]) -> None:
    processes = pool(2, megabytes=256)
    run = Run([sample(n) for n in range(20)])

    def work(number: int) -> bool:
        if number % 32 == 3:  # hostile files among the others
            return isinstance(processes.eval_report(MEMORY_BOMB, None, None), Unavailable)
        if number % 2:
            return isinstance(processes.eval_report(run.artifact(), run.samples(), None), EvalReport)
        rows = b"".join(ROW % n for n in range(number + 1))
        found = processes.data_profile(rows, "openai-chat", "sft")
        return isinstance(found, DataProfile) and found.rows == number + 1

    with ThreadPoolExecutor(16) as threads:
        assert all(threads.map(work, range(64)))
    assert len(children()) <= 2


def test_closing_ends_the_processes_and_what_they_were_reading(
    pool: Callable[..., ReadingProcesses], large: bytes
) -> None:
    processes = pool()
    with ThreadPoolExecutor(1) as threads:
        reading = threads.submit(processes.data_profile, large, "openai-chat", "sft")
        until(lambda: any(busy(child) for child in children()))
        processes.close()
        fact = reading.result()
    assert isinstance(fact, Unavailable)
    assert fact.trouble is Trouble.PASSING
    assert children() == []
    assert isinstance(processes.data_profile(SMALL, "openai-chat", "sft"), Unavailable)


def test_no_thread_is_left_behind(pool: Callable[..., ReadingProcesses]) -> None:
    before = threading.active_count()
    processes = pool()
    assert works(processes)
    until(lambda: threading.active_count() == before)


def test_the_process_sees_nothing_of_the_services_environment(
    pool: Callable[..., ReadingProcesses], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://secret")
    processes = pool()
    assert works(processes)
    (child,) = children()
    assert b"secret" not in Path(f"/proc/{child}/environ").read_bytes()


def test_a_package_of_the_same_name_where_we_happen_to_stand_is_not_run(
    pool: Callable[..., ReadingProcesses], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "bot").mkdir()
    (tmp_path / "bot/__init__.py").write_text("raise SystemExit('another package')")
    monkeypatch.chdir(tmp_path)
    assert works(pool())


def test_the_processes_end_with_the_service_even_when_it_is_killed() -> None:
    script = (
        "import sys; from bot.sources.reading_process import ReadingProcesses; one = ReadingProcesses(1); "
        f"one.data_profile({SMALL!r}, 'openai-chat', 'sft'); print('ready', flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as service:
        assert service.stdout is not None
        assert service.stdout.readline() == b"ready\n"
        (child,) = children(service.pid)
        service.kill()
    until(lambda: not _runs(child))


def _runs(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rsplit(") ", 1)[1][0] != "Z"
    except OSError:
        return False


def test_a_defect_of_a_reader_is_our_fault_and_not_the_teams(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise KeyError("results")

    monkeypatch.setattr("bot.sources.evals.read", broken)
    monkeypatch.setattr("bot.sources.datasets.profile", broken)
    for fact in (InThisProcess().eval_report(b"", None, None), InThisProcess().data_profile(b"", "auto", None)):
        assert isinstance(fact, Unavailable)
        assert fact.trouble is Trouble.PASSING
        assert fact.reason == "Our fault: the reader stopped with KeyError."


def test_the_answer_may_hold_any_text(pool: Callable[..., ReadingProcesses]) -> None:
    rows = [{"id": "\u00fc \x00\u2028 \U0001f600", "input": "\ud83d", "target": "a", "output": "a", "score": 1}]
    raw = "".join(json.dumps(row) + "\n" for row in rows).encode()
    artifact = json.dumps(
        {"format": "tunegate-eval/1", "model": "\ud83d", "metrics": [{"name": "größe\U0001f600", "value": 1, "n": 1}]}
    ).encode()
    report = pool().eval_report(artifact, raw, None)
    assert isinstance(report, EvalReport)
    assert report == InThisProcess().eval_report(artifact, raw, None)
    assert (report.model, report.metrics[0].name) == ("?", "größe\U0001f600")
    assert report.metrics[0].items[0].native_id == "ü ?? \U0001f600"


def test_a_graders_tests_come_back_as_they_are_read_here(pool: Callable[..., ReadingProcesses]) -> None:
    processes = pool()
    for raw in (b"id,expected,graded\na,1,1\nb,0,1\n", b"id,expected\n"):
        assert processes.small("grader_tests", raw) == InThisProcess().small("grader_tests", raw)


def test_usage_and_value_come_back_as_they_are_read_here(pool: Callable[..., ReadingProcesses]) -> None:
    processes = pool()
    for raw in (b"date,requests\n2026-10-01,7\n", b"month,value\n2026-10,7.10\n", b"date,requests\n2026-10-01,=A1\n"):
        assert processes.small("usage", raw) == InThisProcess().small("usage", raw)
        assert processes.small("value", raw) == InThisProcess().small("value", raw)
