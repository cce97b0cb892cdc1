"""What rows does a training file hold, whatever they are packed in? JSONL, a JSON array, CSV, Parquet; plain, or packed by gzip or zstd.

Unpacked within bounds. Rows of JSONL and Parquet come as bytes with their lines, others as objects with their places.
"""

import csv
import io
import zlib
from collections.abc import Callable, Iterator
from typing import Any

from bot.sources import strict_json
from bot.sources.datasets import parquet
from bot.sources.jsonl import lines
from bot.sources.trouble import Unreadable, not_supported

MAX_UNPACKED = 500_000_000  # house: as much as the reading process can hold beside what it counts
_STEP = 1 << 20
_LONGEST_CELL = 1_000_000
_UNREAD = {b"PK\x03\x04": "a zip archive"}
_FIX = "Write it as JSONL: one row a line."

Rows = Iterator[tuple[int, bytes | dict[str, Any]]]


def unpack(raw: bytes) -> bytes:
    """Give a file's bytes without their packing; raises Unreadable."""
    for magic, what in _UNREAD.items():
        if raw.startswith(magic):
            raise not_supported(f"The training file is {what}; that is not opened yet.", "Link it as JSONL.")
    if raw.startswith(b"\x1f\x8b"):
        return _bounded(_gzip, raw, "gzip")
    if raw.startswith(b"\x28\xb5\x2f\xfd"):
        return _bounded(_zstd, raw, "zstd")
    return raw


def rows(raw: bytes) -> Rows:
    """Walk the rows of an unpacked file; raises Unreadable."""
    begin = raw[:4096].lstrip()
    if raw.startswith(parquet.MAGIC):
        yield from parquet.rows(raw, MAX_UNPACKED)
    elif begin[:1] == b"[":
        yield from _array(raw)
    elif begin and begin[:1] not in b'{"' and _is_csv(begin):
        yield from _csv(raw)
    else:
        yield from lines(raw)


def _bounded(pieces: Callable[[bytes], Iterator[bytes]], raw: bytes, name: str) -> bytes:
    whole = bytearray()
    try:
        for piece in pieces(raw):
            whole += piece
            if len(whole) > MAX_UNPACKED:
                raise Unreadable(
                    f"Unpacked, the training file has more than {MAX_UNPACKED:,} bytes, the most that are read.",
                    "Link a smaller file.",
                )
    except (zlib.error, EOFError) as error:
        raise Unreadable(f"The training file is packed by {name}, and broken or cut short.", "Pack it anew.") from error
    return bytes(whole)


def _gzip(raw: bytes) -> Iterator[bytes]:
    rest = raw
    while rest.strip(b"\x00"):  # several members may follow one another
        unpacker = zlib.decompressobj(wbits=31)
        data = rest
        while not unpacker.eof:
            piece = unpacker.decompress(data, _STEP)
            data = unpacker.unconsumed_tail
            if not piece and not data and not unpacker.eof:
                raise EOFError
            yield piece
        rest = unpacker.unused_data


def _zstd(raw: bytes) -> Iterator[bytes]:
    import sys

    if sys.version_info >= (3, 14):
        from compression.zstd import ZstdDecompressor, ZstdError
    else:
        from backports.zstd import ZstdDecompressor, ZstdError
    rest = raw
    try:
        while rest:
            unpacker = ZstdDecompressor()
            data = rest
            while not unpacker.eof:
                piece = unpacker.decompress(data, _STEP)
                data = b""
                if not piece and unpacker.needs_input:
                    raise EOFError
                yield piece
            rest = unpacker.unused_data
    except ZstdError as error:
        raise EOFError from error


def _array(raw: bytes) -> Rows:
    try:
        whole = strict_json.loads(raw, max_bytes=MAX_UNPACKED)
    except strict_json.BadJson as bad:
        raise Unreadable(f"The training file begins like a JSON array, and {bad}.", _FIX) from bad
    for place, row in enumerate(whole, 1):
        yield place, row if isinstance(row, dict) else b"[]"  # which is no row, and is told so at its place


def _is_csv(begin: bytes) -> bool:
    """Say whether the first line is a header of a table: names and commas, and no JSON."""
    head = begin.split(b"\n", 1)[0].removeprefix(b"\xef\xbb\xbf").strip()
    names = [name.strip(b'" \r') for name in head.split(b",")]
    return len(names) > 1 and all(name.replace(b"_", b"a").isalnum() for name in names)


def _csv(raw: bytes) -> Rows:
    csv.field_size_limit(_LONGEST_CELL)
    try:
        table = csv.reader(io.StringIO(raw.decode("utf-8-sig"), newline=""), strict=True)
        header = [name.strip() for name in next(table, [])]
        if len(set(header)) != len(header):
            raise Unreadable("The training file is CSV, and names a column twice.", "Give each column its own name.")
        for cells in table:
            if len(cells) != len(header):
                yield table.line_num, b"[]"
            else:
                yield table.line_num, dict(zip(header, cells, strict=True))
    except UnicodeDecodeError as error:
        raise Unreadable("The training file is CSV, and not UTF-8.", "Write it in UTF-8.") from error
    except csv.Error as error:
        raise Unreadable(f"The training file is no CSV that can be read: {error}.", _FIX) from error
