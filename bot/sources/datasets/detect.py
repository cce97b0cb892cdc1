"""Of which format are these rows? Told by the keys of the first rows."""

from collections import Counter
from collections.abc import Callable
from typing import Any

from bot.sources import strict_json
from bot.sources.datasets.containers import Raw, rows
from bot.sources.trouble import Unreadable

_LOOKED_AT = 20
_MAX_ROW_BYTES = 1_000_000


def detect(raw: Raw) -> str:
    """Name the format that most of the first rows have; raises Unreadable when they have none that is known."""
    votes: Counter[str] = Counter()
    keys: list[str] = []
    looked = 0
    for _, row in rows(raw):
        if isinstance(row, bytes) and not row.strip():
            continue
        looked += 1
        if looked > _LOOKED_AT:
            break
        if isinstance(row, bytes):
            try:
                row = strict_json.loads(row, max_bytes=_MAX_ROW_BYTES)
            except strict_json.BadJson:
                continue
        if isinstance(row, dict):
            keys = keys or list(row)
            votes.update(form for form, recognises in _FORMATS.items() if recognises(row))
    if votes:
        return votes.most_common(1)[0][0]
    if not looked:
        return "openai-chat"  # an empty file has no rows in any format
    listed = ", ".join(f"`{strict_json.printable(key, 40)}`" for key in keys[:12]) or "none, for it is no JSON object"
    raise Unreadable(
        f"The format of the training file cannot be told; the keys of its first row are: {listed}.",
        "Name its format under `data.train.format`, or write rows of `messages`.",
    )


def _has(*keys: str) -> Callable[[dict[str, Any]], bool]:
    return lambda row: all(key in row for key in keys)


def _is_bedrock(row: dict[str, Any]) -> bool:
    return str(row.get("schemaVersion", "")).startswith("bedrock")


_FORMATS: dict[str, Callable[[dict[str, Any]], bool]] = {
    "openai-preference": _has("input", "preferred_output"),
    "kto": _has("prompt", "completion", "label"),
    "trl": lambda row: _has("chosen", "rejected")(row) or (_has("prompt", "completion")(row) and "label" not in row),
    "sharegpt": _has("conversations"),
    "alpaca": _has("instruction", "output"),
    "vertex": _has("contents"),
    "bedrock": _is_bedrock,
    "openai-chat": lambda row: "messages" in row and not _is_bedrock(row),
    "text": lambda row: "text" in row and "messages" not in row,
}
