"""Does a file still say the same? A digest of what it says, which indentation, order of keys and comments do not change.

For schemas and prompts: of JSON and YAML what they hold counts, of anything else its words.
"""

import hashlib
import json
from typing import Any

from bot.readiness import strict_yaml
from bot.sources import strict_json
from bot.sources.normalise import normal
from bot.sources.trouble import Unreadable

MAX_BYTES = 1_000_000
_YAML = (".yaml", ".yml")


def meaning(raw: bytes, path: str = "") -> str:
    """Digest what a file says; raises Unreadable. What is no valid JSON or YAML counts as words."""
    if len(raw) > MAX_BYTES:
        raise Unreadable(
            f"The file has {len(raw):,} bytes, at most {MAX_BYTES:,} are compared.", "Link a prompt or a schema."
        )
    value = _structure(raw, path)
    if value is None:
        said = b"words " + normal(raw.decode("utf-8-sig", "replace"))
    else:
        plain = json.dumps(_plain(value), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        said = b"value " + plain.encode("utf-8", "replace")
    return hashlib.sha256(said).hexdigest()


def _structure(raw: bytes, path: str) -> Any:
    """Read an object or a list; None for a file that holds neither."""
    value: Any = None
    if raw.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] in (b"{", b"["):
        try:
            value = strict_json.loads(raw, max_bytes=MAX_BYTES)
        except strict_json.BadJson:
            value = None
    if value is None and path.lower().endswith(_YAML):
        document = strict_yaml.load(raw)
        value = None if document.problems else document.data
    return value if isinstance(value, dict | list) else None


def _plain(value: Any) -> Any:
    """Write 1.0 as 1: they are one number."""
    if isinstance(value, dict):
        return {key: _plain(entry) for key, entry in value.items()}
    if isinstance(value, list):
        return [_plain(entry) for entry in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value
