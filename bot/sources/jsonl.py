"""Which lines does a JSONL file hold? One pass, without a second copy of the file."""

import io
from collections.abc import Iterator


def lines(raw: bytes) -> Iterator[tuple[int, bytes]]:
    """Walk the lines with their 1-based numbers, without line ends; what follows the last line end is no line if empty."""
    for number, line in enumerate(io.BytesIO(raw), 1):
        yield number, line.rstrip(b"\r\n")
