"""Which rows does a file of per-sample rows hold? Objects: one JSON object a line, a JSON list, a logged table, or CSV.

Plain or packed by gzip or zstd; or Parquet, as rows of JSON. Strict and bounded. Of CSV every value is text, and an empty cell is none.
"""

import csv
import io
from collections.abc import Iterator
from typing import Any

from bot.sources import strict_json
from bot.sources.jsonl import lines
from bot.sources.trouble import Unreadable

MAX_ROW_BYTES = 4_000_000  # long prompts stand in a sample twice
MAX_ROWS = 200_000
MAX_WHOLE_BYTES = 100_000_000  # of rows that are one JSON text
FIX = "Link the rows as the eval tool wrote them: one JSON object a line."


def objects(raw: bytes, max_rows: int = MAX_ROWS) -> Iterator[tuple[int, dict[str, Any]]]:
    """Walk the rows with their 1-based lines (of a list or a table: their places); raises Unreadable."""
    for found, (line, row) in enumerate(_rows(raw), 1):
        if found > max_rows:
            raise Unreadable(
                f"The rows are more than {max_rows:,}, beyond which they are not read.", "Link fewer rows."
            )
        if not isinstance(row, dict):
            raise Unreadable(f"Line {line} of the rows is no JSON object.", FIX)
        yield line, row


def table(columns: Any, data: Any) -> Iterator[tuple[int, dict[str, Any]]]:
    """Walk a table that a tracking tool logged (`columns` and `data`); raises Unreadable."""
    if not isinstance(columns, list) or not isinstance(data, list) or not all(isinstance(c, str) for c in columns):
        raise Unreadable("The table has no list of `columns` and of `data`.", FIX)
    if len(set(columns)) != len(columns):
        raise Unreadable("The table names a column twice.", "Give each column its own name.")
    for place, row in enumerate(data, 1):
        if not isinstance(row, list) or len(row) != len(columns):
            raise Unreadable(f"Row {place} of the table has another number of cells than there are columns.", FIX)
        yield place, dict(zip(columns, row, strict=True))


def _rows(raw: bytes) -> Iterator[tuple[int, Any]]:
    # only here: readers of data sets look at rows of evals too
    from bot.sources.datasets import containers, parquet

    if raw[:4] in parquet.MAGIC:
        yield from _parquet(raw)
        return
    raw = containers.unpack(raw, "The file of rows", MAX_WHOLE_BYTES)[:]
    if raw[:4] in parquet.MAGIC:
        raise Unreadable("The file of rows is Parquet inside of another packing.", "Link the Parquet file itself.")
    start = raw[:64].removeprefix(b"\xef\xbb\xbf").lstrip()[:1]
    if start == b"[":
        whole = _whole(raw)
        if not isinstance(whole, list):
            raise Unreadable("The rows are no list of objects.", FIX)
        yield from enumerate(whole, 1)
    elif start == b"{" or not start:
        yield from _jsonl(raw)
    else:
        yield from _csv(raw)


def _parquet(raw: bytes) -> Iterator[tuple[int, Any]]:
    from bot.sources.datasets import parquet

    for number, text in parquet.rows(raw, MAX_WHOLE_BYTES):
        try:
            yield number, strict_json.loads(text, max_bytes=MAX_ROW_BYTES)
        except strict_json.BadJson as bad:
            raise Unreadable(f"Row {number} of the Parquet file {bad}.", "Give each column its own name.") from bad


def _jsonl(raw: bytes) -> Iterator[tuple[int, Any]]:
    for number, (line, text) in enumerate(lines(raw)):
        if not text.strip():
            continue
        try:
            row = strict_json.loads(text, max_bytes=MAX_ROW_BYTES)
        except strict_json.BadJson as bad:
            if number == 0 and _is_begun(text):  # one JSON text over many lines: a table
                whole = _whole(raw)
                if isinstance(whole, dict) and "columns" in whole and "data" in whole:
                    yield from table(whole["columns"], whole["data"])
                    return
            raise Unreadable(f"Line {line} of the rows {bad}.", FIX) from bad
        if (
            number == 0
            and isinstance(row, dict)
            and row.keys() >= {"columns", "data"}
            and isinstance(row["data"], list)
        ):
            yield from table(row["columns"], row["data"])
            return
        yield line, row


def _is_begun(line: bytes) -> bool:
    return line.strip() in (b"{", b'{"columns": [', b'{"columns":[')


def _whole(raw: bytes) -> Any:
    try:
        return strict_json.loads(raw, max_bytes=MAX_WHOLE_BYTES)
    except strict_json.BadJson as bad:
        raise Unreadable(f"The file of rows {bad}.", FIX) from bad


def _csv(raw: bytes) -> Iterator[tuple[int, Any]]:
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Unreadable("The file of rows is not UTF-8 text.", "Write the CSV in UTF-8.") from error
    csv.field_size_limit(MAX_ROW_BYTES)
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        columns = [column.strip() for column in next(reader, [])]
        if len(columns) < 2 or len(set(columns)) != len(columns):
            raise Unreadable("The file of rows is neither JSON nor CSV with a header of different names.", FIX)
        while (cells := next(reader, None)) is not None:
            if not cells:
                continue
            if len(cells) != len(columns):
                raise Unreadable(
                    f"Line {reader.line_num} of the rows has {len(cells)} cells, the header has {len(columns)}.", FIX
                )
            yield reader.line_num, dict(zip(columns, (cell or None for cell in cells), strict=True))
    except csv.Error as error:
        raise Unreadable(f"Line {reader.line_num} of the rows is no CSV: {error}.", FIX) from error
