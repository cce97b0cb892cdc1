"""How is a data set walked? Row by row: every faulty row at its line, every other one as an example, whatever its format.

What a row must look like is the format's matter; here are the faults that every format shares.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

import msgspec

from bot.sources import strict_json
from bot.sources.datasets.containers import Raw, rows

MAX_ROW_BYTES = 1_000_000
MAX_DEPTH = 64
FAULTS_KEPT = 20
TELL_EVERY = 5_000  # rows
MAX_LABELS = 1_000  # more distinct targets are no closed set, whatever the number of rows
_BOM = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")


class Faulty(Exception):
    """A row does not hold to its format: stable code and one sentence."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


class Example(msgspec.Struct, frozen=True):
    """A row as an example, whatever its format: what comes before the target, and the target; None where the method has none.

    `user` is what the user says before the target, without instructions and tools; `rejected` the answer that is not to be
    given, `wanted` whether the target is one to be given (KTO); `roles` in their order, `tools` the names that are offered.
    `given` is the row, decoded or as its line: for keys that the proposal names, like `meta.user_id`. `calls` are the calls of tools
    that the target makes: name, and the text of the arguments. `system` are the instructions that stand before all.
    A struct of msgspec: one is made of every row, and a frozen dataclass takes eight times as long.
    """

    context: str
    target: str | None
    user: str = ""
    rejected: str | None = None
    wanted: bool | None = None
    roles: tuple[str, ...] = ()
    tools: tuple[str, ...] = ()
    given: Mapping[str, Any] | bytes = {}
    calls: tuple[tuple[str, str], ...] = ()
    system: str = ""

    @property
    def row(self) -> Mapping[str, Any]:
        """The row as it was decoded, or as it is decoded now: few look at it."""
        if isinstance(self.given, bytes):
            row: dict[str, Any] = msgspec.json.decode(self.given)
            return row
        return self.given


class Observer(Protocol):
    """Looks at every valid row for one question, and says in the end what it found."""

    def see(self, line: int, example: Example) -> None:
        """Look at a valid row; never raises for what it holds."""

    def found(self) -> Mapping[str, Any]:
        """Give fields of the profile with their values."""


class Counter(Protocol):
    """Counts the rows."""

    def blame(self, line: int, fault: Faulty) -> None:
        """Count a row that does not hold to its format."""

    def add(self, line: int, example: Example) -> None:
        """Count a row that does."""


RowReader = Callable[[dict[str, Any]], Example]
"""Turns a row into an example; raises Faulty."""

QuickReader = Callable[[bytes], Example | None]
"""Turns a line into the example that the format's reader would make of it; None where that reader must look."""


def scan(
    raw: Raw,
    read: RowReader,
    counter: Counter,
    observers: Sequence[Observer] = (),
    progress: Callable[[int], None] | None = None,
    quick: QuickReader | None = None,
) -> None:
    """Count the rows of a data set, and let each observer look at the valid ones; never raises for what the rows hold.

    `progress` is told now and then how many rows were walked; `quick` is asked first, where the format has such a reader.
    """
    watching = [observer.see for observer in observers]
    for line, given in rows(raw):
        if progress is not None and line % TELL_EVERY == 0:
            progress(line)
        example = quick(given) if quick is not None and isinstance(given, bytes) else None
        if example is None:
            try:
                example = example_of(given, read)
            except Faulty as fault:
                counter.blame(line, fault)
                continue
        counter.add(line, example)
        for see in watching:
            see(line, example)


def example_of(given: bytes | dict[str, Any], read: RowReader) -> Example:
    """Read a row, as a line or decoded, by its format's reader; raises Faulty."""
    return read(_row(given) if isinstance(given, bytes) else given)


def _row(text: bytes) -> dict[str, Any]:
    if len(text) > MAX_ROW_BYTES:
        raise Faulty("too_long", f"The row has {len(text):,} bytes, {MAX_ROW_BYTES:,} are the most.")
    if not text.strip():
        raise Faulty("blank_line", "The line is blank.")
    try:
        row = strict_json.quickly(text, MAX_DEPTH)
    except ValueError as error:
        raise _unreadable(text) from error
    if not isinstance(row, dict):
        raise Faulty("json", "The line is JSON, but no object.")
    return row


def _unreadable(text: bytes) -> Faulty:
    """Find out why a line is not readable, in words; the fast decoder's own are not for people."""
    if text.startswith(_BOM):
        return Faulty("encoding", "The line begins with a byte order mark.")
    try:
        strict_json.loads(text, max_bytes=MAX_ROW_BYTES, max_depth=MAX_DEPTH)
    except strict_json.TwiceTheKey as twice:
        return Faulty("duplicate_key", f"The row {twice}.")
    except strict_json.BadJson as bad:
        encoding = "UTF-8" in str(bad)
        return Faulty("encoding" if encoding else "json", f"The line {bad}.")
    return Faulty("encoding", "The line holds half of a character (a lone surrogate), or a number out of range.")
