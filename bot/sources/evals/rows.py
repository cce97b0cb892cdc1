"""Which rows does a file of per-sample rows hold? JSON objects, one a line, strict and bounded."""

from collections.abc import Iterator
from typing import Any

from bot.sources import strict_json
from bot.sources.jsonl import lines
from bot.sources.trouble import Unreadable

MAX_ROW_BYTES = 4_000_000  # long prompts stand in a sample twice
MAX_ROWS = 200_000
FIX = "Link the rows as the eval tool wrote them: one JSON object a line."


def objects(raw: bytes, max_rows: int = MAX_ROWS) -> Iterator[tuple[int, dict[str, Any]]]:
    """Walk the rows with their lines, blank lines left out; raises Unreadable."""
    found = 0
    for line, text in lines(raw):
        if not text.strip():
            continue
        found += 1
        if found > max_rows:
            raise Unreadable(
                f"The rows are more than {max_rows:,}, beyond which they are not read.", "Link fewer rows."
            )
        try:
            row = strict_json.loads(text, max_bytes=MAX_ROW_BYTES)
        except strict_json.BadJson as bad:
            raise Unreadable(f"Line {line} of the rows {bad}.", FIX) from bad
        if not isinstance(row, dict):
            raise Unreadable(f"Line {line} of the rows is no JSON object.", FIX)
        yield line, row
