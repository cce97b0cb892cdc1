"""Small logs of Inspect, made up, and archives of which every field can be made to lie."""

import json
import struct
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from backports.zstd import compress

Json = dict[str, Any]
RIGHT, WRONG = "refund", "other"


def sample(
    number: int, value: Any = "C", *, scorer: str = "match", epoch: int = 1, answer: str | None = None, **more: Any
) -> Json:
    """Make a sample as summaries hold it; an answer fits its letter."""
    said = answer if answer is not None else RIGHT if value in ("C", 1, 1.0) else WRONG
    return {
        "id": f"t{number}",
        "epoch": epoch,
        "input": f"Which queue does ticket {number} belong to?",
        "target": RIGHT,
        "metadata": {"language": "en" if number % 2 else "de"},
        "scores": {scorer: {"value": value, "answer": said, "explanation": said, "history": []}},
        "completed": True,
    } | more


def errored(number: int, **more: Any) -> Json:
    return sample(number, scores={}, error="RuntimeError('boom')", **more)


def score(value: float | None, n: int | None, *, name: str = "match", metric: str = "accuracy", **more: Any) -> Json:
    """Make an entry of `results.scores`."""
    entry: Json = {
        "name": name,
        "scorer": name,
        "params": {},
        "metrics": {
            metric: {"name": metric, "value": value, "params": {}},
            "stderr": {"name": "stderr", "value": 0.1, "params": {}},
        },
    }
    return entry | ({} if n is None else {"scored_samples": n, "unscored_samples": 0}) | more


def header(*scores: Json, rows: int = 4, config: Json | None = None, about: Json | None = None, **more: Any) -> Json:
    """Make a header: of a run over 4 samples of a data set of 2,376."""
    given: Json = {
        "version": 2,
        "status": "success",
        "eval": {
            "created": "2026-11-22T13:52:40+01:00",
            "task": "tickets",
            "task_version": 0,
            "dataset": {"name": "tickets", "samples": 2376, "sample_ids": [f"t{n}" for n in range(rows)]},
            "model": "openai/gpt-4.1",
            "model_args": {"api_key": "sk-secret"},
            "config": {"epochs": 1} | (config or {}),
            "packages": {"inspect_ai": "0.3.285"},
        }
        | (about or {}),
        "plan": {},
        "results": {"total_samples": rows, "completed_samples": rows, "scores": list(scores)},
        "stats": {"started_at": "2026-11-22T12:52:41+00:00", "completed_at": "2026-11-22T12:53:44+00:00"},
        "invalidated": False,
    }
    return given | more


FOUR = [sample(0, "C"), sample(1, "I"), sample(2, "C"), sample(3, "I")]


def log(*scores: Json, samples: list[Json] | None = None, **more: Any) -> Json:
    """Make a log as one JSON."""
    rows = FOUR if samples is None else samples
    found = header(*(scores or (score(0.5, 4),)), **({"rows": len(rows)} | more))
    return found | {"samples": rows}


@dataclass(frozen=True)
class Member:
    """A member of an archive; what is set besides its content overrides what follows from it."""

    name: str
    content: bytes
    method: int = 93
    directory: Mapping[str, int] = field(default_factory=dict)  # flags, method, crc, packed, size, at
    local: Mapping[str, Any] = field(default_factory=dict)  # flags, method, name

    @property
    def data(self) -> bytes:
        if self.method == 93:
            return compress(self.content)
        if self.method == 8:
            packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
            return packer.compress(self.content) + packer.flush()
        return self.content


def archive(*members: Member, comment: bytes = b"", entries: int | None = None, wide: bool = False) -> bytes:
    """Write an archive; `wide` with the fields that are for more than 65,535 members and 4 GB."""
    body, listed = b"", b""
    for member in members:
        data = member.data
        facts = {"flags": 0, "method": member.method, "crc": zlib.crc32(member.content), "packed": len(data),
                 "size": len(member.content), "at": len(body)} | dict(member.directory)  # fmt: skip
        own: Json = {"flags": 0, "method": facts["method"], "name": member.name} | dict(member.local)
        name = own["name"].encode()
        body += struct.pack("<4s5H3I2H", b"PK\x03\x04", 20, own["flags"], own["method"], 0, 0, 0, 0, 0, len(name), 0)
        body += name + data
        name = member.name.encode()
        extra = b""
        sizes = (facts["packed"], facts["size"], facts["at"])
        if wide:
            extra = struct.pack("<2H3Q", 1, 24, facts["size"], facts["packed"], facts["at"])
            sizes = (0xFFFFFFFF,) * 3
        listed += struct.pack(
            "<4s6H3I5H2I", b"PK\x01\x02", 20, 20, facts["flags"], facts["method"], 0, 0, facts["crc"], sizes[0], sizes[1],
            len(name), len(extra), 0, 0, 0, 0, sizes[2],
        )  # fmt: skip
        listed += name + extra
    count, ends = len(members) if entries is None else entries, b""
    told = (count, len(listed), len(body))
    if wide:
        at = len(body) + len(listed)
        ends = struct.pack("<4sQ2H2I4Q", b"PK\x06\x06", 44, 45, 45, 0, 0, count, *told)
        ends += struct.pack("<4sIQI", b"PK\x06\x07", 0, at, 1)
        told = (0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF)
    end = struct.pack("<4s4H2IH", b"PK\x05\x06", 0, 0, told[0], *told, len(comment))
    return body + listed + ends + end + comment


def data(value: Any) -> bytes:
    """Write JSON as Inspect does, NaN included."""
    return json.dumps(value).encode()


def packed(document: Json, *more: Member, method: int = 93, **changes: Any) -> bytes:
    """Write a log as `.eval`: its header and summaries, and other members."""
    head = {key: value for key, value in document.items() if key != "samples"}
    return archive(
        Member("_journal/start.json", b"{}", method),
        Member("summaries.json", data(document["samples"]), method),
        Member("header.json", data(head), method),
        *more,
        **changes,
    )
