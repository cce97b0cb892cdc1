"""Which lines does a JSONL file hold? One pass, without a second copy of the file."""

import io
import mmap
from collections.abc import Iterator


def lines(raw: bytes | mmap.mmap) -> Iterator[tuple[int, bytes]]:
    """Walk the lines with their 1-based numbers, without line ends; what follows the last line end is no line if empty."""
    if isinstance(raw, mmap.mmap):
        raw.seek(0)
    for number, line in enumerate(io.BytesIO(raw) if isinstance(raw, bytes) else iter(raw.readline, b""), 1):
        yield number, line.rstrip(b"\r\n")
