"""Are rows the same whatever they are packed in, and is a bomb or a broken file told and bounded?"""

import csv
import gzip
import io
import json
import zlib

import pytest
from backports.zstd import compress

from bot.readiness.data_profile import DataProfile
from bot.readiness.fact import Trouble, Unavailable
from bot.sources import datasets
from bot.sources.datasets import containers

ROWS = [
    {"messages": [{"role": "user", "content": f"q {n}"}, {"role": "assistant", "content": f"a {n % 3}"}]}
    for n in range(50)
]
JSONL = "".join(json.dumps(row) + "\n" for row in ROWS).encode()


def profile(raw: bytes, form: str = "auto", method: str = "sft") -> DataProfile:
    found = datasets.profile(raw, form, method)
    assert isinstance(found, DataProfile), found
    return found


def refused(raw: bytes) -> Unavailable:
    found = datasets.profile(raw, "auto", "sft")
    assert isinstance(found, Unavailable), found
    assert found.fix
    return found


@pytest.mark.parametrize(
    "raw",
    [
        gzip.compress(JSONL),
        gzip.compress(JSONL[:2_000]) + gzip.compress(JSONL[2_000:]),
        compress(JSONL),
        compress(JSONL[:2_000]) + compress(JSONL[2_000:]),
        json.dumps(ROWS).encode(),
        json.dumps(ROWS, indent=2).encode(),
        gzip.compress(json.dumps(ROWS).encode()),
    ],
    ids=["gzip", "gzip in two", "zstd", "zstd in two", "array", "array over lines", "array in gzip"],
)
def test_rows_are_the_same_whatever_they_are_packed_in(raw: bytes) -> None:
    assert profile(raw) == profile(JSONL)


def test_a_table_of_cells_holds_rows() -> None:
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, ["prompt", "completion"])
    writer.writeheader()
    writer.writerows({"prompt": f'Sort "{n}",\nplease', "completion": "refund"} for n in range(5))
    found = profile(out.getvalue().encode())
    assert (found.format, found.rows, found.valid) == ("trl", 5, 5)


def test_a_formula_in_a_cell_is_a_text_and_nothing_else() -> None:
    formula = '=HYPERLINK(""https://example.com"",""x"")'
    table = f'prompt,completion\n"{formula}","=1+1"\n'.encode()
    assert list(containers.rows(table)) == [
        (2, {"prompt": '=HYPERLINK("https://example.com","x")', "completion": "=1+1"})
    ]


def test_a_row_of_a_table_with_another_number_of_cells_is_found_at_its_line() -> None:
    found = profile(b"instruction,output\nSort it,refund\nSort it\nSort that,login\n")
    assert [(fault.line, fault.code) for fault in found.faults] == [(3, "json")]


def test_an_entry_of_an_array_that_is_no_object_is_found_at_its_place() -> None:
    found = profile(json.dumps([ROWS[0], 7, ROWS[1]]).encode())
    assert [(fault.line, fault.code) for fault in found.faults] == [(2, "json")]


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (gzip.compress(JSONL)[:-20], "gzip, and broken or cut short"),
        (b"\x1f\x8brows", "gzip, and broken or cut short"),
        (compress(JSONL)[:-20], "zstd, and broken or cut short"),
        (b"\x28\xb5\x2f\xfdrows", "zstd, and broken or cut short"),
        (b"[1, 2", "JSON array, and"),
        (b"a,a\n1,2\n", "names a column twice"),
        (b"name,text\n\xff,1\n", "not UTF-8"),
        (b'name,text\n"open,1\n', "no CSV that can be read"),
    ],
)
def test_a_broken_file_is_told(raw: bytes, said: str) -> None:
    fact = refused(raw)
    assert fact.trouble is Trouble.DEFINITIVE
    assert said in fact.reason


@pytest.mark.parametrize(("raw", "what"), [(b"PK\x03\x04rows", "zip archive"), (b"PARE rows, and PARE", "Parquet")])
def test_what_is_not_opened_yet_is_named_and_not_held_against_the_team(raw: bytes, what: str) -> None:
    fact = refused(raw)
    assert fact.trouble is Trouble.NOT_SUPPORTED
    assert what in fact.reason


@pytest.mark.parametrize("pack", [gzip.compress, compress])
def test_a_bomb_is_stopped_at_the_cap(pack: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(containers, "MAX_UNPACKED", 5_000_000)
    fact = refused(pack(bytes(50_000_000)))  # type: ignore[operator]
    assert fact.trouble is Trouble.DEFINITIVE
    assert "more than 5,000,000 bytes" in fact.reason


def test_a_small_packing_of_much_is_unpacked_step_by_step() -> None:
    pieces = list(containers._gzip(gzip.compress(bytes(10_000_000))))
    assert max(map(len, pieces)) <= containers._STEP
    assert sum(map(len, pieces)) == 10_000_000
    assert zlib.crc32(b"".join(pieces)) == zlib.crc32(bytes(10_000_000))
