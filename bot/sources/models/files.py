"""What does an operator's file say of models? Our own form in YAML or JSON, or litellm's published JSON, told by its content."""

import hashlib
from datetime import date
from typing import Any

from pydantic import ValidationError

from bot.readiness.model_facts import ModelFile
from bot.readiness.model_table import ModelsRead
from bot.readiness.strict_yaml import load
from bot.sources import strict_json
from bot.sources.models import litellm

MAX_BYTES = 64_000_000
MAX_OWN_BYTES = 1_000_000
MAX_ROWS = 50_000


class BadTable(ValueError):
    """A file is no table of models that can be used; the message says where and why."""


def read(raw: bytes, as_of: date) -> ModelsRead:
    """Read a file that is of a day; entries of our own form keep the days that they state. Raises BadTable."""
    digest = hashlib.sha256(raw).hexdigest()
    if len(raw) > MAX_BYTES:
        raise BadTable(f"it has {len(raw):,} bytes, at most {MAX_BYTES:,} are read")
    if raw.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"{":
        try:
            data = strict_json.loads(raw, max_bytes=MAX_BYTES)
        except strict_json.BadJson as error:
            raise BadTable(f"its JSON {error}") from error
        if litellm.looks_like_it(data):
            if len(data) > MAX_ROWS:
                raise BadTable(f"it has {len(data):,} rows, at most {MAX_ROWS:,} are read")
            entries, skipped = litellm.read(data)
            return ModelsRead("litellm", None, digest, as_of, entries, skipped)
        return _own(data, {}, digest, as_of)
    document = load(raw, max_bytes=MAX_OWN_BYTES)
    for problem in document.problems:
        raise BadTable(f"line {problem.line}: {problem.message} {problem.fix}")
    return _own(document.data, document.lines, digest, as_of)


def _own(data: Any, lines: dict[str, int], digest: str, as_of: date) -> ModelsRead:
    try:
        found = ModelFile.model_validate(data)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        path = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in first["loc"]).lstrip(".")
        where = f"line {lines[path]}: " if path in lines else ""
        said = "it holds no `models: [...]`" if not path or path == "models" else f"{path}: {first['msg']}"
        raise BadTable(f"{where}{said}") from error
    return ModelsRead("own", None, digest, as_of, found.entries)
