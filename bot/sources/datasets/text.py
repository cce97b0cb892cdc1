"""Is this row a text to go on pretraining with? `{"text": "..."}`, one a line; other fields are the team's own."""

from typing import Any

from bot.sources.datasets.scan import Example, Faulty, RowReader


def reader(method: str) -> RowReader:
    """Give the reader of a row; text serves one method only."""
    return read


def read(row: dict[str, Any]) -> Example:
    """Read a row of text; raises Faulty."""
    if "text" not in row:
        raise Faulty("missing_field", "The row has no `text`.")
    if not isinstance(row["text"], str):
        raise Faulty("content_type", "`text` is no text.")
    if not row["text"].strip():
        raise Faulty("empty_content", "`text` is empty.")
    return Example(row["text"], None, given=row)
