"""Which rows does a Parquet file hold? Each as the line of JSON that it would be in JSONL, with its 1-based number.

Parquet knows no absent keys: what is null in a row is left out of it, at every depth. Times become ISO texts, decimals texts of
their digits, bytes the UTF-8 text that they are, NaN and infinities null. Never more than a few rows are unpacked at a time.
"""

import io
import mmap
import os
import re
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from typing import Any, TypeVar

import msgspec
from arro3.core import DataType, Field, RecordBatch, Schema
from arro3.io import read_parquet, write_ndjson

from bot.sources import strict_json
from bot.sources.datasets import parquet_footer
from bot.sources.trouble import Unreadable

MAGIC = parquet_footer.MAGIC
_AT_ONCE = 64  # rows; measured: four times as many are read 15 % faster, and take four times the memory
_UNPACKED_AT_ONCE = 256_000_000  # house: bytes of rows, by what the footer says of them
_WHOLE = 16_000_000  # bytes of a batch up to which its rows are written together
_LONGEST_MENDED = 4_000_000  # bytes of a row; a longer one is refused by whoever asks for rows
_INDEX = re.compile(r"__index_level_\d+__")  # the numbers that pandas gives its rows: no part of them
_MAPS = "Write it as a structure, or link the rows as JSONL."

_T = TypeVar("_T")
_Mender = Callable[[Any], Any]


def rows(raw: bytes | mmap.mmap, max_bytes: int) -> Iterator[tuple[int, bytes]]:
    """Walk the rows; raises Unreadable, also where they have more bytes than `max_bytes` as lines of JSON."""
    promise = parquet_footer.read(raw)
    if promise.unpacked > max_bytes:
        raise _too_large(max_bytes)
    most = max(1, promise.dictionaries, promise.unpacked // max(1, promise.rows))  # bytes of a row
    at_once = max(1, min(_AT_ONCE, _UNPACKED_AT_ONCE // most))
    batches = _sound(lambda: read_parquet(raw, batch_size=at_once))
    stored = _sound(lambda: batches.schema)
    kept = [n for n, name in enumerate(stored.names) if not _INDEX.fullmatch(name)]
    schema = Schema([stored.field(n) for n in kept])
    _look_at(schema)
    written = _written(schema)
    menders = _menders(written or schema)
    number = total = 0
    while (batch := _sound(lambda: next(batches, None))) is not None:
        for line in _lines(batch if len(kept) == len(stored.names) else batch.select(kept), written):
            number += 1
            total += len(line) + 1
            if total > max_bytes or number > parquet_footer.MAX_ROWS:
                raise _too_large(max_bytes)
            yield number, _mended(number, line, menders) if menders else line
    if number != promise.rows:
        raise parquet_footer.broken(f"promises {promise.rows:,} rows and holds {number:,}")


def _too_large(max_bytes: int) -> Unreadable:
    return Unreadable(
        f"Unpacked, the Parquet file has more than {max_bytes:,} bytes, the most that are read.", "Link a smaller file."
    )


def _sound(step: Callable[[], _T]) -> _T:
    """Take a step of the library; raises Unreadable for whatever it says of the file."""
    try:
        with _silence():
            return step()
    except MemoryError:
        raise
    except Exception as error:
        if "MemoryError" in str(error):  # of the text that a batch is written to, passed on by its name only
            raise MemoryError from error
        raise _unsound(error) from error
    except BaseException as error:
        # what the library did not expect of a file is a panic, which is no Exception and has no public name
        if type(error).__name__ != "PanicException":
            raise
        raise _unsound(error) from error


@contextmanager
def _silence() -> Iterator[None]:
    """Keep from the error output what the library writes there by itself when it panics: what is wrong is told in our words."""
    sys.stderr.flush()
    try:
        kept = os.dup(2)
    except OSError:  # there is no error output
        yield
        return
    try:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, 2)
        os.close(nowhere)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)


def _unsound(error: BaseException) -> Unreadable:
    said = str(error)
    if "UTF-8" in said or "utf-8" in said:
        return parquet_footer.broken("holds text that is not UTF-8")
    if "Only UTF8 keys" in said:
        return Unreadable("The Parquet file has a map whose keys are no texts.", _MAPS)
    # a panic's words are for the library's authors; of an error those are left out that name its layers
    told = "it is broken" if not isinstance(error, Exception) else said.split("\n")[0].rsplit("error: ", 1)[-1]
    return parquet_footer.broken(f"cannot be read: {strict_json.printable(told or 'no reason is given', 120)}")


def _look_at(schema: Schema) -> None:
    """Raise Unreadable for columns that are no rows to learn from."""
    names = schema.names
    if not names:
        raise parquet_footer.broken("has no columns")
    if len(set(names)) != len(names):
        twice = next(name for name in names if names.count(name) > 1)
        raise Unreadable(
            f"The Parquet file names a column twice: `{strict_json.printable(twice)}`.",
            "Give each column its own name.",
        )
    types = {field.name: field.type for field in _fields(schema)}
    texts = any("Utf8" in repr(one) for one in types.values())
    if "input_ids" in types and not texts:
        raise Unreadable(
            "The Parquet file holds tokenised data (`input_ids`), which cannot be read as text.",
            "Link the rows as they were before the tokenizer: as texts or messages.",
        )
    for name, one in types.items():
        shown = repr(one)
        # of the insides of a map nothing is told but how they are shown
        if "Map(" in shown and ("Binary" in shown or "Decimal" in shown):
            raise Unreadable(
                f"The column `{strict_json.printable(name)}` holds a map of bytes or decimals, which is not read.",
                _MAPS,
            )


def _fields(schema: Schema) -> list[Field]:
    return [schema.field(n) for n in range(len(schema.names))]


def _lines(batch: RecordBatch, written: Schema | None) -> Iterator[bytes]:
    if written is not None:
        batch = _sound(lambda: _cast(batch, written))
    pieces = [batch] if batch.nbytes <= _WHOLE else (batch.slice(n, 1) for n in range(batch.num_rows))
    for piece in pieces:
        out = io.BytesIO()
        _sound(partial(write_ndjson, piece, out, explicit_nulls=False))
        out.seek(0)
        for line in out:
            yield line.rstrip(b"\n")


def _cast(batch: RecordBatch, written: Schema) -> RecordBatch:
    columns = [
        column if column.type == to.type else column.cast(to.type)
        for column, to in zip(batch.columns, _fields(written), strict=True)
    ]
    return RecordBatch.from_arrays(columns, schema=written)


def _written(schema: Schema) -> Schema | None:
    """Give the schema in which rows are written where it is another than that in which they are stored."""
    fields = _fields(schema)
    plain = [_plain(field.type) for field in fields]
    if not any(plain):
        return None
    return Schema([field if to is None else field.with_type(to) for field, to in zip(fields, plain, strict=True)])


def _plain(kind: DataType) -> DataType | None:
    """Give a type with texts for decimals, whose digits no number keeps, and without dictionaries, which hide a row's size.

    None where the type has neither.
    """
    if DataType.is_decimal(kind):
        return DataType.utf8()
    if DataType.is_struct(kind):
        plain = [_plain(field.type) for field in kind.fields]
        inside = [f if to is None else f.with_type(to) for f, to in zip(kind.fields, plain, strict=True)]
        return DataType.struct(inside) if any(plain) else None
    if kind.value_type is None:
        return None
    inner = _plain(kind.value_type)
    if DataType.is_dictionary(kind):
        return inner or kind.value_type
    if inner is None or kind.value_field is None:
        return None
    entry = kind.value_field.with_type(inner)
    if DataType.is_fixed_size_list(kind):
        return DataType.list(entry, kind.list_size)
    return DataType.large_list(entry) if DataType.is_large_list(kind) else DataType.list(entry)


def _menders(schema: Schema) -> dict[str, _Mender]:
    """List the columns that hold bytes, which are written as hexadecimal digits, with what makes a text of them."""
    found = ((field.name, _mender(field.type)) for field in _fields(schema))
    return {name: mender for name, mender in found if mender is not None}


def _mender(kind: DataType) -> _Mender | None:
    if any(is_bytes(kind) for is_bytes in _BYTES):
        return _text
    if DataType.is_struct(kind):
        inside = ((field.name, _mender(field.type)) for field in kind.fields)
        menders = {name: mender for name, mender in inside if mender is not None}
        return partial(_in_struct, menders) if menders else None
    if kind.value_type is None:
        return None
    mender = _mender(kind.value_type)
    return None if mender is None else partial(_in_list, mender)


_BYTES = (
    DataType.is_binary,
    DataType.is_large_binary,
    DataType.is_binary_view,
    DataType.is_fixed_size_binary,
)


def _text(digits: Any) -> Any:
    return bytes.fromhex(digits).decode() if isinstance(digits, str) else digits


def _in_struct(menders: Mapping[str, _Mender], value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    return {name: menders[name](inner) if name in menders else inner for name, inner in value.items()}


def _in_list(mender: _Mender, value: Any) -> Any:
    return [mender(inner) for inner in value] if isinstance(value, list) else value


def _mended(number: int, line: bytes, menders: Mapping[str, _Mender]) -> bytes:
    """Give a line with its bytes as text; raises Unreadable. A line that is at fault anyway stays as it is."""
    try:
        row = strict_json.loads(line, max_bytes=_LONGEST_MENDED)
    except strict_json.BadJson:
        return line
    for name, mender in menders.items():
        if name in row:
            try:
                row[name] = mender(row[name])
            except UnicodeDecodeError as error:
                raise Unreadable(
                    f"The column `{strict_json.printable(name)}` holds bytes that are no UTF-8 text, first in row {number}.",
                    "Write the column as text, or leave it out.",
                ) from error
    return msgspec.json.encode(row)
