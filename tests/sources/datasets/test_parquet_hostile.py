"""Is a Parquet file that is broken, beyond a cap or hostile told in a sentence, and does none take more than its reading process?"""

import io
import json
import random
from collections.abc import Iterator

import pytest
from arro3.core import Array, DataType, Field, list_array

from bot.readiness.data_profile import DataProfile
from bot.readiness.fact import Trouble, Unavailable
from bot.sources.datasets import containers, parquet, parquet_footer
from bot.sources.datasets.keys import Beside
from bot.sources.reader import InThisProcess
from bot.sources.reading_process import Limits, ReadingProcesses
from bot.sources.trouble import Unreadable
from tests.sources.datasets.parquet_files import footer, lines, packed, refused, table, with_footer, written

CALL = {"id": "1", "function": {"name": "refund", "arguments": "{}"}}
CHATS = [
    {
        "messages": [
            {"role": "user", "content": f"ticket {n} " * 3},
            {"role": "assistant", "content": ("refund", "login")[n % 2], **({"tool_calls": [CALL]} if n % 3 else {})},
        ],
        "meta": {"user_id": n, "score": n / 7},
    }
    for n in range(100)
]
RAW = written(CHATS)
MUTATIONS = 400
SECONDS = 20


@pytest.fixture(scope="module")
def apart() -> Iterator[ReadingProcesses]:
    processes = ReadingProcesses(1, Limits(megabytes=600, seconds=SECONDS))
    yield processes
    processes.close()


def works(processes: ReadingProcesses) -> bool:
    found = processes.data_profile(RAW, "auto", None)
    return isinstance(found, DataProfile) and found.effective == len(CHATS)


def test_what_is_read_there_is_what_is_read_here(apart: ReadingProcesses) -> None:
    held = written([{"input": "ticket 7 ticket 7 ticket 7", "target": "login"}])
    for raw in (RAW, RAW[:-20], b"PAR1", lines(CHATS)):
        besides: tuple[dict[Beside, bytes], ...] = ({}, {"holdout": held}, {"holdout": held[:-9]})
        for beside in besides:
            there = apart.data_profile(raw, "auto", None, beside)
            assert there == InThisProcess().data_profile(raw, "auto", None, beside)
    assert apart.small("sample", RAW) == InThisProcess().small("sample", RAW)


@pytest.mark.parametrize("left", [4, 5, 11, 12, 40, len(RAW) // 2, len(RAW) - 1])
def test_a_file_that_is_cut_short_is_told_as_such(left: int) -> None:
    fact = refused(RAW[:left])
    assert fact.trouble is Trouble.DEFINITIVE
    assert "cut short" in fact.reason


def test_a_file_whose_end_is_kept_and_whose_middle_is_lost_is_told_as_broken() -> None:
    fact = refused(RAW[:20] + RAW[-len(footer(RAW)) - 8 :])
    assert fact.trouble is Trouble.DEFINITIVE
    assert "The Parquet file" in fact.reason


# a structure with one field more before its stop: number 8, the way in which the file is encrypted
ENCRYPTED = footer(RAW)[:-1] + b"\x0c\x10\x1c\x00\x00\x00"


@pytest.mark.parametrize("raw", [RAW[:-4] + b"PARE", b"PARE" + RAW[4:-4] + b"PARE", with_footer(RAW, ENCRYPTED)])
def test_an_encrypted_file_is_not_held_against_the_team(raw: bytes) -> None:
    fact = refused(raw)
    assert fact.trouble is Trouble.NOT_SUPPORTED
    assert "is encrypted" in fact.reason


def promise(rows: int, unpacked: int, fields: int = 1, children: int = 0) -> bytes:
    """Write the least of a footer: a root with fields, a number of rows, and one group of them."""
    root = b"\x48\x01r\x15" + number(fields) + b"\x00"
    inside = b"\x48\x01a" + (b"\x15" + number(children) if children else b"") + b"\x00"
    schema = b"\x29\xfc" + varint(1 + fields) + root + inside * fields
    group = b"\x26" + number(unpacked) + b"\x16" + number(rows) + b"\x00"
    return b"\x15\x02" + b"\x19" + schema[1:] + b"\x16" + number(rows) + b"\x19\x1c" + group + b"\x00"


def varint(value: int) -> bytes:
    found = bytearray()
    while value > 0x7F:
        found.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*found, value])


def number(value: int) -> bytes:
    return varint(value << 1)


def test_the_footer_that_is_written_here_is_one() -> None:
    assert parquet_footer.read(with_footer(RAW, promise(7, 70))) == parquet_footer.Promise(7, 70)
    assert parquet_footer.read(RAW).rows == len(CHATS)


@pytest.mark.parametrize(
    ("end", "said"),
    [
        (promise(10**7 + 1, 1), "10,000,001 rows, at most 10,000,000"),
        (promise(1, containers.MAX_UNPACKED + 1), "more than 500,000,000 bytes"),
        (promise(1, 1, fields=20_001), "20,001 columns and fields in them, at most 20,000"),
        (promise(1, 1, fields=3, children=1), "an end that is broken"),
        (promise(1, 1)[:-3], "an end that is broken"),
        (b"\x15\x02\x00", "an end that is broken"),
        (b"\x19\xfc\xff\xff\xff\xff\x0f", "an end that is broken"),
        (b"\x18\xff\xff\xff\xff\x0f", "an end that is broken"),
        (b"\x1c" * 1_000, "an end that is broken"),
        (b"\xff" * 1_000, "an end that is broken"),
        (bytes(parquet_footer.MAX_FOOTER + 1), "in 8,000,001 bytes, at most 8,000,000"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_a_footer_says_beyond_a_cap_or_without_sense_is_told(end: bytes, said: str) -> None:
    fact = refused(with_footer(RAW, end))
    assert fact.trouble is Trouble.DEFINITIVE
    assert said in fact.reason


def test_columns_nested_without_end_are_told_before_they_are_read() -> None:
    kind, value = DataType.utf8(), '"x"'
    for _ in range(parquet_footer.MAX_DEPTH):
        kind, value = DataType.struct([Field("a", kind)]), f'{{"a":{value}}}'
    raw = written([json.loads(f'{{"a":{value}}}')], {"a": kind}, skip_arrow_metadata=True)
    assert "65 levels deep, at most 64" in refused(raw).reason


def test_a_footer_that_promises_other_rows_than_there_are_is_told() -> None:
    two = written([{"text": "a"}] * 2)
    told, row_groups = b"\x16" + number(2), b"\x19"
    assert footer(two).count(told + row_groups) == 1
    lying = footer(two).replace(told + row_groups, b"\x16" + number(3) + row_groups)
    with pytest.raises(Unreadable, match="promises 3 rows and holds 2"):
        list(parquet.rows(with_footer(two, lying), 10**9))


def test_a_library_that_gives_up_in_panic_is_a_broken_file(capfd: pytest.CaptureFixture[str]) -> None:
    at = RAW.index(b"ARROW:schema") + 20
    fact = refused(RAW[:at] + b"!!!!" + RAW[at + 4 :])
    assert fact.trouble is Trouble.DEFINITIVE
    assert fact.reason == "The Parquet file cannot be read: it is broken."
    assert capfd.readouterr().err == ""


def test_an_interruption_is_no_broken_file(monkeypatch: pytest.MonkeyPatch) -> None:
    for error in (KeyboardInterrupt, MemoryError):

        def stop(*_: object, **__: object) -> object:
            raise error  # noqa: B023  # called at once

        monkeypatch.setattr(parquet, "read_parquet", stop)
        with pytest.raises(error):
            list(parquet.rows(RAW, 10**9))


def test_memory_that_ends_while_a_row_is_written_is_no_broken_file(monkeypatch: pytest.MonkeyPatch) -> None:
    class Full(io.BytesIO):
        def write(self, _: object) -> int:
            raise MemoryError

    monkeypatch.setattr(parquet.io, "BytesIO", Full)
    with pytest.raises(MemoryError):
        list(parquet.rows(RAW, 10**9))


def mutations() -> Iterator[bytes]:
    """Give files that are cut, or changed in some bytes: half of the time in their footer."""
    drawn = random.Random(20)
    files = [
        RAW,
        written(CHATS, compression="zstd(3)", max_row_group_size=30),
        written(CHATS, compression="snappy", writer_version="parquet_2_0"),
        written(CHATS, dictionary_enabled=False, skip_arrow_metadata=True),
    ]
    for turn in range(MUTATIONS):
        raw = bytearray(files[turn % len(files)])
        if turn % 7 == 0:
            del raw[drawn.randrange(4, len(raw)) :]
        begin = max(4, len(raw) - len(footer(raw)) - 8) if drawn.random() < 0.5 and len(raw) > 20 else 4
        for _ in range(drawn.choice((1, 1, 2, 8)) if len(raw) > begin else 0):
            raw[drawn.randrange(begin, len(raw))] = drawn.randrange(256)
        if turn % 11 == 0:
            at = drawn.randrange(4, len(raw) + 1)
            del raw[at : at + drawn.randrange(20)]
        yield bytes(raw)


def test_whatever_bytes_are_changed_there_is_an_answer(apart: ReadingProcesses) -> None:
    told = 0
    for raw in mutations():
        found = apart.data_profile(raw, "auto", None)
        if isinstance(found, Unavailable):
            told += 1
            assert found.fix
            assert "Our fault" not in found.reason
            assert found.trouble is not Trouble.PASSING, found.reason
    assert told > MUTATIONS // 3
    assert works(apart)


@pytest.fixture(scope="module")
def stored_once() -> Array:
    """Give a long text that stands in eighty places, and in the file once."""
    text = Array(["x" * 12_000_000], DataType.utf8()).cast(DataType.dictionary(DataType.int32(), DataType.utf8()))
    return text.take(Array([0] * 80, DataType.uint32()))


def bomb(column: Array) -> bytes:
    raw = packed(table({"text": column}), compression="zstd(3)", dictionary_page_size_limit=10**9)
    assert len(raw) < 100_000
    return raw


def test_a_long_text_in_every_row_is_told_at_the_cap(apart: ReadingProcesses, stored_once: Array) -> None:
    found = apart.data_profile(bomb(stored_once), "text", "continued_pretraining")
    assert isinstance(found, Unavailable)
    assert "more than 500,000,000 bytes" in found.reason
    assert works(apart)


def test_what_takes_too_much_memory_takes_its_reading_process_only(apart: ReadingProcesses, stored_once: Array) -> None:
    one_row = list_array(Array([0, 80], DataType.int32()), stored_once)
    found = apart.data_profile(bomb(one_row), "text", "continued_pretraining")
    assert isinstance(found, Unavailable)
    assert found.trouble is Trouble.DEFINITIVE
    assert works(apart)
