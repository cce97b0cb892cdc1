"""How does a test get a Parquet file? Written from rows of JSON, with a schema of its own where JSON has no such type."""

import io
import json
from collections.abc import Iterable, Mapping
from typing import Any

from arro3.core import Array, DataType, Field, Schema, Table
from arro3.io import infer_json_schema, read_json, write_parquet

from bot.readiness.data_profile import DataProfile
from bot.readiness.fact import Unavailable
from bot.sources import datasets
from bot.sources.datasets import parquet

TWICE = Table.from_arrays([Array(["q"], DataType.utf8()), Array(["q"], DataType.utf8())], names=["a", "a"])
CHATS: list[dict[str, Any]] = [
    {"messages": [{"role": "user", "content": f"q {n} é"}, {"role": "assistant", "content": f"a {n % 3}"}]}
    for n in range(150)
]


def lines(rows: Iterable[Mapping[str, Any]]) -> bytes:
    return "".join(json.dumps(row, sort_keys=True, ensure_ascii=False) + "\n" for row in rows).encode()


def written(rows: Iterable[Mapping[str, Any]], types: Mapping[str, DataType] | None = None, **options: Any) -> bytes:
    """Write rows; what a row lacks is null. Types that JSON has not are given, then of all columns."""
    text = lines(rows)
    if types is None:
        found = infer_json_schema(io.BytesIO(text))
        fields = [found.field(name) for name in sorted(found.names)]  # as the keys of a line are
    else:
        fields = [Field(name, kind, nullable=True) for name, kind in types.items()]
    return packed(read_json(io.BytesIO(text), Schema(fields)), **options)


def table(columns: Mapping[str, Array]) -> Table:
    return Table.from_pydict(dict(columns))


def packed(data: Any, **options: Any) -> bytes:
    out = io.BytesIO()
    write_parquet(data, out, **options)
    return out.getvalue()


def with_footer(raw: bytes, footer: bytes) -> bytes:
    """Put another footer under a file's columns."""
    return raw[: -8 - _length(raw)] + footer + len(footer).to_bytes(4, "little") + b"PAR1"


def footer(raw: bytes) -> bytes:
    return raw[-8 - _length(raw) : -8]


def _length(raw: bytes) -> int:
    return int.from_bytes(raw[-8:-4], "little")


def profile(raw: bytes, form: str = "auto", method: str | None = None, **beside: Any) -> DataProfile:
    found = datasets.profile(raw, form, method, **beside)
    assert isinstance(found, DataProfile), found
    return found


def refused(raw: bytes, method: str = "continued_pretraining") -> Unavailable:
    found = datasets.profile(raw, "auto", method)
    assert isinstance(found, Unavailable), found
    assert found.fix
    return found


def rows(raw: bytes) -> list[dict[str, Any]]:
    return [json.loads(line) for _, line in parquet.rows(raw, 10**9)]
