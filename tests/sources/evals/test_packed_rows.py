"""Are the rows of an eval the same rows, whatever they are packed in, and is a bomb told as such?"""

import gzip
import json
import sys

import pytest

from bot.sources.evals import rows
from bot.sources.trouble import Unreadable
from tests.sources.datasets.parquet_files import written

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

ROWS = [{"input": f"Ticket {n}", "target": "refund"} for n in range(3)]
PLAIN = b"".join(json.dumps(row).encode() + b"\n" for row in ROWS)
PACKED = {"plain": PLAIN, "gzip": gzip.compress(PLAIN), "zstd": zstd.compress(PLAIN), "parquet": written(ROWS)}


@pytest.mark.parametrize("raw", PACKED.values(), ids=PACKED)
def test_rows_are_the_same_whatever_they_are_packed_in(raw: bytes) -> None:
    assert list(rows.objects(raw)) == list(enumerate(ROWS, 1))


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (gzip.compress(PLAIN)[:-20], "The file of rows is packed by gzip, and broken or cut short."),
        (zstd.compress(PLAIN)[:-5], "The file of rows is packed by zstd, and broken or cut short."),
        (gzip.compress(bytes(100_000_001), 1), "has more than 100,000,000 bytes unpacked"),
        (b"PK\x03\x04", "The file of rows is a zip archive"),
        (gzip.compress(PACKED["parquet"]), "Parquet inside of another packing"),
        (PACKED["parquet"][:-3], "The Parquet file is cut short"),
    ],
    ids=["gzip-cut", "zstd-cut", "bomb", "zip", "parquet-in-gzip", "parquet-cut"],
)
def test_what_cannot_be_unpacked_is_told(raw: bytes, said: str) -> None:
    with pytest.raises(Unreadable) as caught:
        list(rows.objects(raw))
    assert said in caught.value.fact.reason
    assert caught.value.fact.fix
