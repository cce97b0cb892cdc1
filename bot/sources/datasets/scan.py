"""How is a JSONL data set counted? One pass: every faulty row at its line, copies collapsed, targets counted.

What a row must look like is the format's matter; here are the faults that every format shares.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

from bot.readiness.evidence import DataProfile, LabelCount, RowFault
from bot.sources import normalise, strict_json
from bot.sources.datasets.containers import rows

MAX_ROW_BYTES = 1_000_000
MAX_DEPTH = 64
FAULTS_KEPT = 20
MAX_LABELS = 1_000  # more distinct targets are no closed set, whatever the number of rows
CLOSED_SHARE = (
    0.02  # house: share of rows with a target that no other row has; an estimate of how often a new one comes
)
_LABEL_LENGTH = 100
_BOM = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")


class Faulty(Exception):
    """A row does not hold to its format: stable code and one sentence."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


@dataclass(frozen=True, slots=True)
class Example:
    """A row as an example, whatever its format: what comes before the target, and the target; None where the method has none.

    `user` is what the user says before the target, without instructions and tools; `rejected` the answer that is not to be
    given, `wanted` whether the target is one to be given (KTO); `roles` in their order, `tools` the names that are offered.
    `row` is the row as it was decoded: for keys that the proposal names, like `meta.user_id`.
    """

    context: str
    target: str | None
    user: str = ""
    rejected: str | None = None
    wanted: bool | None = None
    roles: tuple[str, ...] = ()
    tools: tuple[str, ...] = ()
    row: Mapping[str, Any] = field(default_factory=dict)


class Observer(Protocol):
    """Looks at every valid row for one question, and says in the end what it found."""

    def see(self, line: int, example: Example) -> None:
        """Look at a valid row; never raises for what it holds."""

    def found(self) -> Mapping[str, Any]:
        """Give fields of the profile with their values."""


RowReader = Callable[[dict[str, Any]], Example]
"""Turns a row into an example; raises Faulty."""


def scan(
    raw: bytes, form: str, read: RowReader, observers: Sequence[Observer] = (), kept: int = FAULTS_KEPT
) -> DataProfile:
    """Count the rows of a data set, and let each observer look at the valid ones; never raises for what the rows hold."""
    tally = _Tally(kept)
    for line, given in rows(raw):
        tally.rows += 1
        try:
            example = example_of(given, read)
        except Faulty as fault:
            tally.blame(line, fault)
            continue
        tally.add(line, example)
        for observer in observers:
            observer.see(line, example)
    seen = {name: value for observer in observers for name, value in observer.found().items()}
    return replace(tally.profile(form), **seen)


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


@dataclass(slots=True)
class _Label:
    shown: str
    rows: int = 0


@dataclass(slots=True)
class _Tally:
    kept: int  # faults that are named
    rows: int = 0
    valid: int = 0
    characters: int = 0
    faults: list[RowFault] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    seen: set[bytes] = field(default_factory=set)
    first: dict[int, int] = field(default_factory=dict)  # of each question, by its hash, the first line
    conflicts: int = 0
    conflict_lines: list[tuple[int, int]] = field(default_factory=list)
    labels: dict[bytes, _Label] | None = field(default_factory=dict)  # None: too many to be a closed set

    def blame(self, line: int, fault: Faulty) -> None:
        self.counts[fault.code] += 1
        if len(self.faults) < self.kept:
            self.faults.append(RowFault(fault.code, line, fault.message))

    def add(self, line: int, example: Example) -> None:
        self.valid += 1
        context = normalise.normal(example.context)
        target = b"" if example.target is None else normalise.normal(example.target)
        taught = target
        if example.rejected is not None or example.wanted is not None:  # a pair, or an answer with its thumb
            taught = b"%b\x00%b\x00%d" % (target, normalise.normal(example.rejected or ""), bool(example.wanted))
        key = normalise.digest(context, taught)
        if key in self.seen:
            return
        self.seen.add(key)
        if taught is target and example.target is not None:  # of a preference two answers to one question are the point
            first = self.first.setdefault(hash(context), line)
            if first != line:
                self.conflicts += 1
                if len(self.conflict_lines) < FAULTS_KEPT:
                    self.conflict_lines.append((line, first))
        # characters of the normal form: a file is not made longer by blanks, and copies teach nothing twice
        self.characters += len(context.decode()) + len(target.decode())
        if self.labels is None or example.target is None or taught is not target:
            return
        label = self.labels.setdefault(target, _Label(example.target))
        label.rows += 1
        if len(self.labels) > MAX_LABELS:
            self.labels = None

    def profile(self, form: str) -> DataProfile:
        effective = len(self.seen)
        labels = self._closed_set(effective)
        return DataProfile(
            format=form,
            rows=self.rows,
            valid=self.valid,
            effective=effective,
            duplicates=self.valid - effective,
            faults=tuple(self.faults),
            fault_counts=dict(sorted(self.counts.items())),
            closed_set=bool(labels),
            labels=labels,
            tokens=self.characters // 4,
            conflicts=self.conflicts,
            conflict_lines=tuple(self.conflict_lines),
        )

    def _closed_set(self, effective: int) -> tuple[LabelCount, ...]:
        """List the targets when they are a closed set: several, and a new row would hardly bring a new one."""
        labels = list((self.labels or {}).values())
        lone = sum(1 for label in labels if label.rows == 1)
        if len(labels) < 2 or lone > CLOSED_SHARE * effective:
            return ()
        labels.sort(key=lambda label: (-label.rows, label.shown))
        return tuple(LabelCount(strict_json.printable(label.shown, _LABEL_LENGTH), label.rows) for label in labels)
