"""What do some rows of a very large file show? Whole rows of stretches at random places, the same ones for the same content.

Only lines can be found in the middle of a file: plain JSONL. Places are drawn by a digest of the file's size and of its store's
name of the content, so that the same inputs give the same verdict.
"""

import hashlib
import random
from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.readiness.data_profile import DataProfile, Sampled
from bot.sources.datasets import parquet
from bot.sources.datasets.scan import FAULTS_KEPT
from bot.sources.stores.large import Stretches
from bot.sources.trouble import Unreadable

STRETCHES = 50
"""Places at which a file is looked into (house)."""
ROWS = 40
"""Rows that are taken at each place, at most (house): 2,000 in all."""
LENGTH = 262_144
"""Bytes that are read at each place (house): 40 rows of 6 kB."""
LEAST = 200
"""Rows without which nothing is said of a file (house)."""
_PLAIN = "Store the rows as plain JSONL, one row a line, where parts of a file can be read."
_PACKED = {
    b"\x1f\x8b": "packed by gzip", b"\x28\xb5\x2f\xfd": "packed by zstd", b"PK\x03\x04": "a zip archive",
    **dict.fromkeys(parquet.MAGIC, "a Parquet file"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Sample:
    """Rows as lines, one of each stretch after the other, with the number of the stretch of each."""

    rows: tuple[bytes, ...]
    stretch: tuple[int, ...]
    size: int
    stretches: int

    @property
    def lines(self) -> bytes:
        """Write the rows as a file of their own."""
        return b"".join(row + b"\n" for row in self.rows)

    def profiled(self, found: DataProfile) -> DataProfile:
        """Say of a profile of these lines, with all its faults, that they are a sample."""
        faulty = {self.stretch[fault.line - 1] for fault in found.faults}
        length = sum(len(row) + 1 for row in self.rows) / len(self.rows)
        sampled = Sampled(
            size=self.size,
            about=round(self.size / length),
            stretches=self.stretches,
            faulty=len(faulty),
            longest=max(self.stretch.count(number) for number in set(self.stretch)),
        )
        return replace(found, sampled=sampled, faults=found.faults[:FAULTS_KEPT], losses=found.losses[:FAULTS_KEPT])


def draw(size: int, content: str) -> tuple[tuple[int, int], ...]:
    """Draw stretches of a file of so many bytes: the first one at its beginning, the others at random places."""
    length = min(LENGTH, size)
    seed = hashlib.sha256(f"{size}\n{content}".encode()).digest()
    chance = random.Random(seed)  # noqa: S311  # to be repeatable, not secret
    places = {0} | {chance.randrange(size - length + 1) for _ in range(STRETCHES - 1)}
    return tuple((place, length) for place in sorted(places)) if size else ()


def sample(found: Stretches) -> Sample:
    """Take the whole rows out of stretches; raises Unreadable where these hold no lines of JSON."""
    begin = found.parts[0][1] if found.parts else b""
    packed = next((what for magic, what in _PACKED.items() if begin.startswith(magic)), None)
    if packed is None and begin.lstrip()[:1] != b"{":
        packed = "no JSONL"
    if packed is not None:
        raise Unreadable(
            f"The training file has {found.size:,} bytes, too many to be read whole, and is {packed}: no part of it can be "
            "read by itself.",
            _PLAIN,
        )
    seen, each = set[int](), list[list[bytes]]()
    for place, part in found.parts:
        lines = _whole(place, part, found.size)
        each.append([line for at, line in lines[:ROWS] if at not in seen])
        seen |= {at for at, _ in lines[:ROWS]}
    # the first row of each stretch, then the second ones: what is only looked at in the first rows is of the whole file
    mixed = [(n, lines[row]) for row in range(ROWS) for n, lines in enumerate(each) if row < len(lines)]
    if len(mixed) < LEAST:
        raise Unreadable(
            f"The training file has {found.size:,} bytes, too many to be read whole, and its rows are so long that "
            f"{len(found.parts)} looks into it found {len(mixed)} whole ones.",
            "Link smaller files, or shorter rows.",
        )
    return Sample(tuple(line for _, line in mixed), tuple(n for n, _ in mixed), found.size, len(found.parts))


def _whole(place: int, part: bytes, size: int) -> Sequence[tuple[int, bytes]]:
    """Find the lines that stand in a stretch from their beginning to their end, with their places in the file."""
    at = 0 if place == 0 else part.find(b"\n") + 1
    if place and not at:
        return []
    lines = []
    while (end := part.find(b"\n", at)) >= 0:
        lines.append((place + at, part[at:end].rstrip(b"\r")))
        at = end + 1
    if place + len(part) == size and at < len(part):
        lines.append((place + at, part[at:]))
    return lines
