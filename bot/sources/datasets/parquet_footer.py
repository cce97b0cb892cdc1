"""What does the end of a Parquet file promise of its rows? Read before any row is unpacked, so that a cap is told in words.

The footer is Thrift's compact encoding. What it promises may be a lie: whoever walks the rows counts them again.
"""

import mmap
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.sources.trouble import Unreadable, not_supported

MAX_FOOTER = 8_000_000  # house: bytes; 10,000 columns take 1.5 million
MAX_FIELDS = 20_000  # house: of the schema, those inside of columns counted too
MAX_DEPTH = 64  # levels of the schema; the reader of rows gives up at as many
MAX_ROWS = 10_000_000  # house: as many as short rows of JSONL fit into what is unpacked at most
_PLAIN, _SEALED = b"PAR1", b"PARE"
MAGIC = (_PLAIN, _SEALED)
_TAIL = 8  # bytes: the footer's length and the magic
_FIX = "Write it anew, or link the rows as JSONL."


@dataclass(frozen=True, slots=True)
class Promise:
    """How many rows a file says it has, and how many bytes its columns have once they are unpacked.

    `dictionaries`: bytes of the largest dictionary of each column, together. A row may hold as many, however small the file.
    """

    rows: int
    unpacked: int
    dictionaries: int = 0


def broken(why: str) -> Unreadable:
    """Begin the error for a file that is no sound Parquet; `why` goes on with "The Parquet file"."""
    return Unreadable(f"The Parquet file {why}.", _FIX)


def read(raw: bytes | mmap.mmap) -> Promise:
    """Read the footer; raises Unreadable, also for what is beyond a cap."""
    end = raw[-4:]
    if len(raw) < len(_PLAIN) + _TAIL or end not in MAGIC:
        raise broken("is cut short: its end is missing")
    if end == _SEALED or raw[:4] == _SEALED:
        raise _encrypted()
    length = int.from_bytes(raw[-_TAIL:-4], "little")
    if length > len(raw) - len(_PLAIN) - _TAIL:
        raise broken("is cut short, or its end is broken")
    if length > MAX_FOOTER:
        raise _beyond(f"describes its columns in {length:,} bytes, at most {MAX_FOOTER:,} are read")
    try:
        found = _Compact(raw[-_TAIL - length : -_TAIL]).struct(_WANTED)
        if 8 in found:
            raise _encrypted()
        groups = found.get(4, [])
        promise = Promise(found[3], sum(group[2] for group in groups), _dictionaries(raw, groups))
        fields, depth = _shape(found[2])
    except (IndexError, KeyError, TypeError, ValueError) as error:
        raise broken("has an end that is broken") from error
    if fields == 0:
        raise broken("has no columns")
    if promise.rows < 0 or any(group[2] < 0 for group in groups):
        raise broken("has an end that is broken")
    if fields > MAX_FIELDS:
        raise _beyond(f"has {fields:,} columns and fields in them, at most {MAX_FIELDS:,} are read")
    if depth > MAX_DEPTH:
        raise _beyond(f"nests its columns {depth:,} levels deep, at most {MAX_DEPTH} are read")
    if promise.rows > MAX_ROWS:
        raise _beyond(f"has {promise.rows:,} rows, at most {MAX_ROWS:,} are read")
    return promise


def _encrypted() -> Unreadable:
    return not_supported("The Parquet file is encrypted, and no key is asked for.", "Link it without encryption.")


def _beyond(what: str) -> Unreadable:
    return Unreadable(f"The Parquet file {what}.", "Link a smaller file, with the columns that are learnt from.")


def _dictionaries(raw: bytes | mmap.mmap, groups: list[dict[int, Any]]) -> int:
    """Add up the largest dictionary of each column, by the headers of their pages."""
    largest: dict[int, int] = {}
    for group in groups:
        for column, chunk in enumerate(group.get(1, [])):
            begin = chunk.get(3, {}).get(11, 0)
            if begin > 0:  # some writers say 0 for none
                size = _Compact(raw[begin : begin + _LONGEST_HEADER]).struct(_WANTED_OF_PAGE)[2]
                largest[column] = max(largest.get(column, 0), size)
    return sum(largest.values())


def _shape(elements: list[dict[int, Any]]) -> tuple[int, int]:
    """Count the fields below the root and the levels that they make; raises ValueError where they make no tree."""
    left = [1]  # of each open level, the elements that it still lacks
    deepest = 0
    for element in elements:
        while left and not left[-1]:
            left.pop()
        if not left:
            raise ValueError("more elements than the tree holds")
        left[-1] -= 1
        deepest = max(deepest, len(left) - 1)
        children = element.get(5, 0)
        if children < 0:
            raise ValueError("a negative number of children")
        if children:
            left.append(children)
    if any(left):
        raise ValueError("fewer elements than the tree holds")
    return len(elements) - 1, deepest


_Wanted = Mapping[int, Any]
_WANTED: _Wanted = {  # by the numbers of the format's definition; None: a number, else what is wanted inside
    2: {5: None},  # schema: its elements' numbers of children
    3: None,  # rows
    4: {1: {3: {11: None}}, 2: None},  # groups of rows: where their columns' dictionaries begin, their bytes unpacked
    8: {},  # how it is encrypted
}
_WANTED_OF_PAGE: _Wanted = {2: None}  # its bytes unpacked
_LONGEST_HEADER = 1_000  # bytes; one of a dictionary has 20
_TRUE, _FALSE, _BYTE, _I16, _I32, _I64, _DOUBLE, _BINARY, _LIST, _SET, _MAP, _STRUCT = range(1, 13)
_MOST_NESTED = 32


class _Compact:
    """Walks one structure in Thrift's compact encoding; raises IndexError or ValueError for what is none."""

    def __init__(self, raw: bytes) -> None:
        self._raw = raw
        self._at = 0
        self._depth = 0

    def struct(self, wanted: _Wanted) -> dict[int, Any]:
        """Take the wanted fields of a structure by their numbers, and step over all others."""
        self._enter()
        found: dict[int, Any] = {}
        number = 0
        while head := self._byte():
            number = number + (head >> 4) if head >> 4 else self._integer()
            if number in wanted:
                found[number] = self._value(head & 15, wanted[number])
            else:
                self._skip(head & 15, in_field=True)
        self._depth -= 1
        return found

    def _value(self, kind: int, wanted: _Wanted | None) -> Any:
        if kind in (_I16, _I32, _I64) and wanted is None:
            return self._integer()
        if kind == _STRUCT and wanted is not None:
            return self.struct(wanted)
        if kind == _LIST and wanted is not None:
            size, inner = self._list()
            return [self._value(inner, wanted) for _ in range(size)]
        raise ValueError("a field of another type")

    def _skip(self, kind: int, *, in_field: bool) -> None:
        if kind in (_TRUE, _FALSE):
            self._at += not in_field  # a field's truth stands in its head
        elif kind == _BYTE:
            self._at += 1
        elif kind in (_I16, _I32, _I64):
            while self._byte() & 0x80:
                pass
        elif kind == _DOUBLE:
            self._at += 8
        elif kind == _BINARY:
            size = self._natural()
            self._at += size
        elif kind in (_LIST, _SET):
            size, inner = self._list()
            self._enter()
            for _ in range(size):
                self._skip(inner, in_field=False)
            self._depth -= 1
        elif kind == _STRUCT:
            self.struct({})
        else:  # the format has no maps
            raise ValueError("an unknown type")
        if self._at > len(self._raw):
            raise IndexError("cut short")

    def _list(self) -> tuple[int, int]:
        head = self._byte()
        size = head >> 4 if head >> 4 < 15 else self._natural()
        return size, head & 15  # a size that is a lie ends with the bytes: each entry has one at least

    def _enter(self) -> None:
        self._depth += 1
        if self._depth > _MOST_NESTED:
            raise ValueError("nested too deep")

    def _byte(self) -> int:
        found = self._raw[self._at]
        self._at += 1
        return found

    def _natural(self) -> int:
        found = 0
        for shift in range(0, 70, 7):
            byte = self._byte()
            found |= (byte & 0x7F) << shift
            if byte < 0x80:
                return found
        raise ValueError("a number with too many digits")

    def _integer(self) -> int:
        folded = self._natural()
        return (folded >> 1) ^ -(folded & 1)
