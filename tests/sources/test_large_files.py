"""Are large files read onto disk and larger ones by samples, within bounds, whatever they hold and wherever they lie?"""

import gzip
import hashlib
import json
import os
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.readiness import proposal
from bot.readiness.data_profile import DataProfile
from bot.readiness.fact import Fact, Grade, Hindrance, Known, Trouble, Unavailable
from bot.sources import on_disk, reading_process, sampled
from bot.sources.gather import Gatherer
from bot.sources.on_disk import OnDisk, Spool
from bot.sources.reading_process import Limits, ReadingProcesses
from bot.sources.sampled import draw, sample
from bot.sources.stores import REPOSITORY_ALONE, Stores
from bot.sources.stores.https import HttpsStore
from bot.sources.stores.hub import HubStore
from bot.sources.stores.large import Stretches
from bot.sources.stores.operator import Https, Hub
from bot.sources.trouble import Unreadable
from tests.sources.stores.loopback import Answer, Internet, body, running
from tests.sources.test_gather import around, repository

COMMIT = "0123456789abcdef0123456789abcdef01234567"
PLACE, FILE = "files.example", "https://files.example/train.jsonl"
HUB = f"hf://acme/tickets@{COMMIT}/train.jsonl"


def row(n: int, answer: str = "billing") -> bytes:
    messages = [{"role": "user", "content": f"Ticket {n} about {n * n}"}, {"role": "assistant", "content": answer}]
    return json.dumps({"messages": messages}).encode() + b"\n"


ROWS = b"".join(row(n) for n in range(30_000))


@pytest.fixture(scope="module")
def internet(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Internet]:
    with running(tmp_path_factory.mktemp("large")) as found:
        yield found


def ranged(content: bytes, asked: list[str] | None = None, tags: Iterator[str] | None = None, **headers: str) -> Answer:
    """Answer a request for a part of a file with that part, and any other with the whole of it."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        span = re.fullmatch(r"bytes=(\d+)-(\d+)", handler.headers.get("range", ""))
        if asked is not None:
            asked.append(handler.headers.get("range", "whole"))
        if span is None:
            body(content, **headers)(handler)
            return
        begin, end = int(span[1]), min(int(span[2]), len(content) - 1)
        told = {"content_range": f"bytes {begin}-{end}/{len(content)}", "etag": next(tags) if tags else '"1"'}
        body(content[begin : end + 1], 206, **(headers | told))(handler)

    return answer


def opened(internet: Internet, most: int) -> Stores:
    guard = internet.guard()
    return {
        **REPOSITORY_ALONE,
        "https": HttpsStore(Https(hosts=(PLACE,)), guard, most=most),
        "hf": HubStore(Hub(), guard, most=most),
    }


def read(
    internet: Internet, link: Any = FILE, most: int = 1_000_000_000, reader: Any = None, **data: Any
) -> Fact[DataProfile]:
    claims = {"data": {"train": {"path": link}} | data, "training": {"method": "sft"}}
    text = yaml.safe_dump({"version": 1, "adapter": "ticket-router"} | claims).encode()
    reading = proposal.read(text, opened_on=date(2026, 1, 1))
    assert reading.proposal is not None
    gatherer = Gatherer(reader, opened(internet, most))
    return gatherer.gather(reading.proposal, "finetune-proposal.yaml", around(repository())).data["data.train"]


def known(fact: Fact[DataProfile]) -> Known[DataProfile]:
    assert isinstance(fact, Known), fact
    return fact


def trouble(fact: Fact[DataProfile]) -> Unavailable:
    assert isinstance(fact, Unavailable), fact
    return fact


@pytest.fixture
def small_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let files go onto disk that could be held: so what is said of large ones is seen with small ones."""
    monkeypatch.setattr(Spool.__init__, "__defaults__", (100_000,))


@pytest.fixture
def processes() -> Iterator[ReadingProcesses]:
    found = ReadingProcesses(1)
    yield found
    found.close()


@pytest.mark.usefixtures("small_memory")
@pytest.mark.parametrize(
    ("name", "packed"), [("train.jsonl", ROWS), ("train.jsonl.gz", gzip.compress(ROWS, 1))], ids=["plain", "gzip"]
)
def test_a_file_on_disk_is_counted_as_one_in_memory(
    internet: Internet, processes: ReadingProcesses, name: str, packed: bytes
) -> None:
    internet.serve(f"{PLACE}/{name}", body(packed))
    before = len(os.listdir("/proc/self/fd"))
    link = {"uri": f"https://{PLACE}/{name}", "sha256": hashlib.sha256(packed).hexdigest()}
    found = known(read(internet, link, reader=processes))
    assert (found.value.rows, found.value.valid, found.value.sampled) == (30_000, 30_000, None)
    assert (found.source.grade, found.source.size) == (Grade.B, len(packed))
    in_memory = processes.data_profile(packed, "auto", "sft")
    assert isinstance(in_memory, DataProfile)
    unnamed = {"label_fields": None, "labels": ()}  # names are kept of what is a declared closed set
    assert replace(found.value, **unnamed) == replace(in_memory, **unnamed)
    assert len(os.listdir("/proc/self/fd")) <= before + 2  # what the process that stays has


@pytest.mark.usefixtures("small_memory")
def test_a_digest_that_differs_is_told_of_a_file_on_disk(internet: Internet) -> None:
    internet.serve(f"{PLACE}/train.jsonl", body(ROWS))
    told = trouble(read(internet, {"uri": FILE, "sha256": "0" * 64}))
    assert "The digest of" in told.reason
    assert told.trouble is Trouble.DEFINITIVE


def test_a_disk_that_is_full_is_not_held_against_the_team(internet: Internet, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*args: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Spool, "write", full)
    internet.serve(f"{PLACE}/train.jsonl", body(ROWS))
    told = trouble(read(internet))
    assert told.trouble is Trouble.PASSING
    assert "No space left on device" in told.reason


def test_a_larger_file_without_a_manifest_is_beyond_the_cap(internet: Internet) -> None:
    internet.serve(f"{PLACE}/train.jsonl", ranged(ROWS))
    told = trouble(read(internet, most=1_000_000))
    assert told.hindrance is Hindrance.TOO_LARGE
    assert told.trouble is Trouble.DEFINITIVE
    assert "at most 1,000,000 bytes are read" in told.reason


def test_of_a_larger_file_a_sample_is_read_where_a_manifest_speaks_for_it(internet: Internet) -> None:
    asked: list[str] = []
    internet.serve(
        f"huggingface.co/datasets/acme/tickets/resolve/{COMMIT}/train.jsonl", ranged(ROWS, asked, x_repo_commit=COMMIT)
    )
    link = f"hf://datasets/acme/tickets@{COMMIT}/train.jsonl"
    found = known(read(internet, link, most=1_000_000, manifest="manifest.json"))
    assert found.value.sampled is not None
    assert 1_500 < found.value.rows <= 2_000
    assert found.value.valid == found.value.rows
    assert abs(found.value.sampled.about - 30_000) < 600
    assert (found.value.sampled.size, found.source.grade, found.source.sha256) == (len(ROWS), Grade.B, None)
    assert len(asked) <= 2 + sampled.STRETCHES
    again = known(read(internet, link, most=1_000_000, manifest="manifest.json"))
    assert again.value == found.value


def test_an_address_without_a_version_pins_no_sample(internet: Internet) -> None:
    internet.serve(f"{PLACE}/train.jsonl", ranged(ROWS))
    found = known(
        read(internet, {"uri": FILE, "sha256": hashlib.sha256(ROWS).hexdigest()}, 1_000_000, manifest="m.json")
    )
    assert found.source.grade is Grade.D


def test_faulty_rows_of_a_sample_are_counted_by_the_stretches_that_hold_them(internet: Internet) -> None:
    internet.serve(f"{PLACE}/train.jsonl", ranged(b"".join(row(n, "a" if n % 10 else "") for n in range(30_000))))
    found = known(read(internet, most=1_000_000, manifest="manifest.json")).value
    assert found.sampled is not None
    assert found.sampled.faulty == found.sampled.stretches
    assert 0.05 < 1 - found.valid / found.rows < 0.15
    assert len(found.faults) == 20


def test_a_file_that_changes_while_it_is_read_is_tried_again(internet: Internet) -> None:
    internet.serve(f"{PLACE}/train.jsonl", ranged(ROWS, tags=iter(f'"{n}"' for n in range(1000))))
    told = trouble(read(internet, most=1_000_000, manifest="manifest.json"))
    assert told.trouble is Trouble.PASSING
    assert "changes while it is read" in told.reason


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (gzip.compress(os.urandom(2_000_000), 1), "is packed by gzip"),
        (b"PAR1" + bytes(2_000_000), "is a Parquet file"),
        (b"[" + b"{},\n" * 500_000, "is no JSONL"),
        ((b'{"a": "' + b"x" * 900_000 + b'"}\n') * 3, "its rows are so long"),
    ],
    ids=["gzip", "parquet", "array", "long-rows"],
)
def test_what_has_no_lines_that_can_be_found_is_told_with_what_to_do(
    internet: Internet, content: bytes, said: str
) -> None:
    internet.serve(f"{PLACE}/train.jsonl", ranged(content))
    told = trouble(read(internet, most=1_000_000, manifest="manifest.json"))
    assert said in told.reason
    assert f"{len(content):,} bytes" in told.reason
    assert told.trouble is Trouble.DEFINITIVE
    assert told.fix


def test_a_server_that_knows_no_ranges_leaves_the_manifest_alone(internet: Internet) -> None:
    internet.serve(f"{PLACE}/train.jsonl", body(ROWS))
    told = trouble(read(internet, most=1_000_000, manifest="manifest.json"))
    assert told.hindrance is Hindrance.TOO_LARGE
    assert f"{len(ROWS):,} bytes" in told.reason


def test_rows_are_graded_by_the_worst_of_what_they_were_compared_with(internet: Internet) -> None:
    link = {"uri": FILE, "sha256": hashlib.sha256(ROWS).hexdigest()}
    schema = f"https://{PLACE}/schema.json"
    internet.serve(f"{PLACE}/train.jsonl", body(ROWS))
    internet.serve(f"{PLACE}/schema.json", body(b'{"type": "string"}'))
    assert known(read(internet, link)).source.grade is Grade.B
    found = known(read(internet, link, output_schema=schema)).source
    assert (found.grade, found.note) == (Grade.D, f"compared with `{schema}`, which nothing pins")


def test_what_asks_for_a_login_is_closed(internet: Internet) -> None:
    internet.serve(f"{PLACE}/train.jsonl", body(b"", 403))
    told = trouble(read(internet))
    assert (told.hindrance, told.trouble) == (Hindrance.CLOSED, Trouble.PASSING)


def test_places_are_drawn_by_the_content_and_lie_in_the_file() -> None:
    drawn = draw(10**9, '"1"')
    assert drawn == draw(10**9, '"1"') != draw(10**9, '"2"')
    assert len(drawn) == sampled.STRETCHES
    assert drawn[0] == (0, sampled.LENGTH)
    assert all(0 <= place <= 10**9 - length for place, length in drawn)
    assert draw(100, "") == ((0, 100),)
    assert draw(0, "") == ()


def test_only_whole_rows_are_taken_and_none_twice() -> None:
    lines = [row(n) for n in range(1000)]
    whole = b"".join(lines)
    parts = tuple((at, whole[at : at + 9_000]) for at in (0, 3_000, 5_005, len(whole) - 9_000))
    with pytest.raises(Unreadable, match="look"):
        sample(Stretches(len(whole), parts))
    parts = tuple((at, whole[at : at + 20_000]) for at in range(0, len(whole) - 20_000, 7_001))
    found = sample(Stretches(len(whole), parts))
    assert len(set(found.rows)) == len(found.rows)
    assert set(found.rows) <= {line.rstrip(b"\n") for line in lines}
    assert found.lines.count(b"\n") == len(found.rows)


def sparse(tmp_path: Path, size: int, begin: bytes = b"") -> OnDisk:
    path = tmp_path / "large"
    path.write_bytes(begin)
    os.truncate(path, size)
    return OnDisk(path.open("rb"), size)


def test_a_row_of_300_megabytes_is_one_faulty_row(tmp_path: Path, processes: ReadingProcesses) -> None:
    large = sparse(tmp_path, 300_000_000, row(1) + b'{"messages": "')
    found = processes.data_profile(large, "openai-chat", "sft")
    large.close()
    assert isinstance(found, DataProfile), found
    assert (found.rows, found.valid, dict(found.fault_counts)) == (2, 1, {"too_long": 1})


def test_a_bomb_on_disk_is_stopped_at_the_cap(tmp_path: Path, processes: ReadingProcesses) -> None:
    bomb = gzip.compress(bytes(1_000_000_000), 1)
    (tmp_path / "bomb").write_bytes(bomb)
    large = OnDisk((tmp_path / "bomb").open("rb"), len(bomb))
    told = processes.data_profile(large, "openai-chat", "sft")
    large.close()
    assert isinstance(told, Unavailable)
    assert told.reason == (
        "The training file is packed by gzip, and has more than 500,000,000 bytes unpacked, the most that are read."
    )


def test_a_large_file_has_further_limits_and_they_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert Limits().of_large(1_000_000_000).megabytes > Limits().megabytes + 1_000
    monkeypatch.setattr(reading_process, "_LARGE_MEMORY", 0.0)
    processes = ReadingProcesses(1, Limits(megabytes=250))
    large = sparse(tmp_path, 900_000_000)
    try:
        told = processes.data_profile(large, "openai-chat", "sft")
    finally:
        large.close()
        processes.close()
    assert isinstance(told, Unavailable)
    assert told.reason == "It takes more than 250 MB of memory to read, which is beyond the cap."


def test_a_spool_holds_what_is_small_and_digests_all() -> None:
    for size in (10, on_disk.IN_MEMORY + 10):
        spool = Spool()
        for _ in range(10):
            spool.write(bytes(size // 10))
        content = spool.content()
        assert isinstance(content, OnDisk) == (size > on_disk.IN_MEMORY)
        assert spool.sha256 == hashlib.sha256(bytes(size // 10 * 10)).hexdigest()
        if isinstance(content, OnDisk):
            with content.mapped() as mapped:
                assert (len(mapped), mapped[-1]) == (size // 10 * 10, 0)
            content.close()
