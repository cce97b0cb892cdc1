"""Is this row an answer with a thumb, as KTO takes it? `{"prompt": ..., "completion": ..., "label": true}` of TRL."""

from typing import Any

from msgspec.structs import replace

from bot.sources.datasets import trl
from bot.sources.datasets.scan import Example, Faulty, RowReader


def reader(method: str) -> RowReader:
    """Give the reader of a row; such rows serve one method only."""
    return read


def read(row: dict[str, Any]) -> Example:
    """Read a row; raises Faulty."""
    trl.known(row)
    asked, answer = trl.messages(row, "prompt", "user"), trl.messages(row, "completion", "assistant")
    if "label" not in row:
        raise Faulty("missing_field", "The row has no `label`.")
    if not isinstance(row["label"], bool):
        raise Faulty("label_type", "`label` is neither true nor false.")
    return replace(trl.conversation([*asked, *answer], row), wanted=row["label"], given=row)
