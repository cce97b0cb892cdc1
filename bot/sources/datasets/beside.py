"""Which rows does a set hold that is linked beside the training file? Those of an eval's rows, or Parquet."""

from collections.abc import Iterator
from typing import Any

from bot.sources import strict_json
from bot.sources.datasets import parquet
from bot.sources.evals import rows
from bot.sources.trouble import Unreadable

MAX_UNPACKED = 100_000_000  # bytes of Parquet's rows as lines of JSON; as many are read of a set that is JSONL


def objects(raw: bytes) -> Iterator[tuple[int, dict[str, Any]]]:
    """Walk the rows with their 1-based lines (of an array or of Parquet: their places); raises Unreadable."""
    if not raw.startswith(parquet.MAGIC):
        yield from rows.objects(raw)
        return
    for number, text in parquet.rows(raw, MAX_UNPACKED):
        if number > rows.MAX_ROWS:
            raise Unreadable(
                f"The rows are more than {rows.MAX_ROWS:,}, beyond which they are not read.", "Link fewer rows."
            )
        try:
            yield number, strict_json.loads(text, max_bytes=rows.MAX_ROW_BYTES)
        except strict_json.BadJson as bad:
            raise Unreadable(f"Row {number} of the Parquet file {bad}.", "Give each column its own name.") from bad
