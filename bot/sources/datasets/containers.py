"""What rows does a training file hold, whatever they are packed in? JSONL, a JSON array, CSV, Parquet; plain, or packed by gzip or zstd.

Unpacked within bounds. Rows of JSONL and Parquet come as bytes with their lines, others as objects with their places.
"""

import csv
import io
import mmap
import zlib
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from bot.sources import strict_json
from bot.sources.datasets import parquet
from bot.sources.jsonl import lines
from bot.sources.on_disk import Spool
from bot.sources.trouble import Unreadable, not_supported

MAX_UNPACKED = (
    500_000_000  # house: what can be counted within a reading process's limits; of a larger file as much as itself
)
_UNPACKED_IN_MEMORY = 64_000_000  # house
_STEP = 1 << 20
_LONGEST_CELL = 1_000_000
_UNREAD = {b"PK\x03\x04": "a zip archive"}
_FIX = "Write it as JSONL: one row a line."

Raw = bytes | mmap.mmap
"""The bytes of a file, in memory or on disk."""
Rows = Iterator[tuple[int, bytes | dict[str, Any]]]


def unpack(raw: Raw, name: str = "The training file", max_bytes: int | None = None) -> Raw:
    """Give a file's bytes without their packing, on disk where they are many; raises Unreadable.

    `name` begins what is told of it. At most `max_bytes` are unpacked (None: `MAX_UNPACKED`), or as many as it is large itself.
    """
    begin = raw[:4]
    for magic, what in _UNREAD.items():
        if begin == magic:
            raise not_supported(f"{name} is {what}; that is not opened yet.", "Link it as JSONL.")
    if begin.startswith(b"\x1f\x8b"):
        return _bounded(_gzip, raw, f"{name} is packed by gzip", max_bytes)
    if begin == b"\x28\xb5\x2f\xfd":
        return _bounded(_zstd, raw, f"{name} is packed by zstd", max_bytes)
    return raw


def rows(raw: Raw) -> Rows:
    """Walk the rows of an unpacked file; raises Unreadable."""
    begin = raw[:4096].lstrip()
    if raw[:4] in parquet.MAGIC:
        yield from parquet.rows(raw, max(MAX_UNPACKED, len(raw)))
    elif begin[:1] == b"[":
        yield from _array(raw)
    elif begin and begin[:1] not in b'{"' and _is_csv(begin):
        yield from _csv(raw)
    else:
        yield from lines(raw)


def _bounded(pieces: Callable[[Raw], Iterator[bytes]], raw: Raw, what: str, max_bytes: int | None) -> Raw:
    whole, most = Spool(_UNPACKED_IN_MEMORY), max(max_bytes or MAX_UNPACKED, len(raw))
    try:
        for piece in pieces(raw):
            whole.write(piece)
            if whole.size > most:
                raise Unreadable(
                    f"{what}, and has more than {most:,} bytes unpacked, the most that are read.",
                    "Link a smaller file.",
                )
        content = whole.content()
    except (zlib.error, EOFError) as error:
        raise Unreadable(f"{what}, and broken or cut short.", "Pack it anew.") from error
    finally:
        whole.close()
    if isinstance(content, bytes):
        return content
    try:
        return content.mapped()  # which keeps the file
    finally:
        content.close()


class _Pieces:
    """The bytes of a packed file, one piece after the other; what was too much is given back."""

    def __init__(self, raw: Raw) -> None:
        self._raw = raw
        self._at = 0

    def next(self) -> bytes:
        """Give the next piece; empty at the end."""
        piece = self._raw[self._at : self._at + _STEP]
        self._at += len(piece)
        return piece

    def give_back(self, rest: bytes) -> None:
        """Take back what stands after a member."""
        self._at -= len(rest)

    def more(self) -> bool:
        """Say whether anything but zeros follows; these are passed over."""
        while (piece := self.next()) and not piece.strip(b"\x00"):
            pass
        self.give_back(piece.lstrip(b"\x00"))
        return bool(piece)


def _gzip(raw: Raw) -> Iterator[bytes]:
    pieces = _Pieces(raw)
    while pieces.more():  # several members may follow one another
        unpacker, data = zlib.decompressobj(wbits=31), b""
        while not unpacker.eof:
            given = data or pieces.next()
            piece = unpacker.decompress(given, _STEP)
            data = unpacker.unconsumed_tail
            if not piece and not given and not unpacker.eof:
                raise EOFError
            yield piece
        pieces.give_back(unpacker.unused_data)


def _zstd(raw: Raw) -> Iterator[bytes]:
    import sys

    if sys.version_info >= (3, 14):
        from compression.zstd import ZstdDecompressor, ZstdError
    else:
        from backports.zstd import ZstdDecompressor, ZstdError
    pieces = _Pieces(raw)
    try:
        while data := pieces.next():
            unpacker = ZstdDecompressor()
            while True:
                yield unpacker.decompress(data, _STEP)
                if unpacker.eof:
                    break
                data = pieces.next() if unpacker.needs_input else b""
                if unpacker.needs_input and not data:
                    raise EOFError
            pieces.give_back(unpacker.unused_data)
    except ZstdError as error:
        raise EOFError from error


def _array(raw: Raw) -> Rows:
    if len(raw) > MAX_UNPACKED:
        raise Unreadable(
            f"The training file is one JSON array of {len(raw):,} bytes; of such {MAX_UNPACKED:,} at most are read.",
            _FIX,
        )
    try:
        whole = strict_json.loads(raw[:], max_bytes=MAX_UNPACKED)
    except strict_json.BadJson as bad:
        raise Unreadable(f"The training file begins like a JSON array, and {bad}.", _FIX) from bad
    for place, row in enumerate(whole, 1):
        yield place, row if isinstance(row, dict) else b"[]"  # which is no row, and is told so at its place


def _texts(raw: Raw) -> Iterable[str]:
    """Give the lines of a table with their ends; of a file on disk one at a time."""
    if isinstance(raw, bytes):
        return io.StringIO(raw.decode("utf-8-sig"), newline="")
    raw.seek(0)
    return (line.decode("utf-8-sig" if n == 0 else "utf-8") for n, line in enumerate(iter(raw.readline, b"")))


def _is_csv(begin: bytes) -> bool:
    """Say whether the first line is a header of a table: names and commas, and no JSON."""
    head = begin.split(b"\n", 1)[0].removeprefix(b"\xef\xbb\xbf").strip()
    names = [name.strip(b'" \r') for name in head.split(b",")]
    return len(names) > 1 and all(name.replace(b"_", b"a").isalnum() for name in names)


def _csv(raw: Raw) -> Rows:
    csv.field_size_limit(_LONGEST_CELL)
    try:
        table = csv.reader(_texts(raw), strict=True)
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
