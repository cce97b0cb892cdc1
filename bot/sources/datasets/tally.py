"""How many examples are really there? All rows, less each loss in its order; what is left is effective.

A row is lost to the first step that it falls to: not valid, a copy, nearly a copy, in the held-out set, at odds with an
earlier row, with a target that the output's schema refuses, of a shape that production does not have. Of two rows that are at odds or alike, the later one is named, with the line of the first.
"""

from array import array
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field

from bot.readiness.data_profile import DataProfile, LabelCount, RowFault
from bot.sources import normalise, strict_json
from bot.sources.datasets.leak import Leak
from bot.sources.datasets.near import Rows, near_duplicates
from bot.sources.datasets.output_schema import OutputSchema
from bot.sources.datasets.production import Production
from bot.sources.datasets.scan import FAULTS_KEPT, MAX_LABELS, Example, Faulty
from bot.sources.datasets.words import APART, Piece, Words

CLOSED_SHARE = (
    0.02  # house: share of rows with a target that no other row has; an estimate of how often a new one comes
)
LINES_KEPT = 20
_LABEL_LENGTH = 100
_ONE_RIGHT = ("closed_set", "structured")
_ODD = 0.5  # house: share of the rows that may be lost for their shape
_REMEMBERED = 1_000  # instructions, and answers, that are remembered in their normal form


@dataclass(slots=True)
class _Label:
    shown: str
    rows: int = 0


@dataclass(slots=True)
class Tally:
    """Counts rows. `output` is what the task puts out, as the proposal says; `kept` so many faults of each kind are named."""

    output: str | None = None
    leak: Leak | None = None
    schema: OutputSchema | None = None
    production: Production | None = None
    kept: int = FAULTS_KEPT
    _rows: int = 0
    _valid: int = 0
    _faults: list[RowFault] = field(default_factory=list)
    _counts: Counter[str] = field(default_factory=Counter)
    _seen: dict[bytes, int] = field(default_factory=dict)  # each distinct row, by its digest: its number
    # of each copy its line, and the number of the row that it copies; arrays, as single numbers would be strewn over the memory
    _copies: tuple["array[int]", "array[int]"] = field(default_factory=lambda: (array("q"), array("q")))
    _first: dict[int, int] = field(default_factory=dict)  # of each question, by its hash, the first row's number
    _conflicts: list[tuple[int, int]] = field(default_factory=list)  # numbers of rows: the later, the first
    _misfits: list[tuple[int, int, Faulty]] = field(default_factory=list)  # line, number of the row, what is wrong
    _calling: list[int] = field(default_factory=lambda: [0, 0])  # valid rows whose target calls; that offer no tool
    _characters: "array[int]" = field(default_factory=lambda: array("q"))
    _near: Rows = field(default_factory=Rows)
    _words: Words = field(init=False)
    _labels: dict[bytes, _Label] | None = field(default_factory=dict)  # None: too many to be a closed set
    _prefixes: dict[str, bytes] = field(default_factory=dict)
    _answers: dict[str, bytes] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._words = Words(self._take)

    def blame(self, line: int, fault: Faulty) -> None:
        """Count a row that does not hold to its format."""
        self._rows += 1
        self._counts[fault.code] += 1
        if len(self._faults) < self.kept:
            self._faults.append(RowFault(fault.code, line, fault.message))

    def add(self, line: int, example: Example) -> None:
        """Count a row that does."""
        self._rows += 1
        self._valid += 1
        user = normalise.normal(example.user)
        context = self._context(example, user)
        given = example.target is not None
        target = taught = answer = self._answer(example.target) if example.target is not None else b""
        preferred = example.rejected is not None or example.wanted is not None
        if preferred:  # a pair, or an answer with its thumb
            answers = (target, normalise.normal(example.rejected or ""), b"%d" % bool(example.wanted))
            taught, answer = b"\x00".join(answers), APART.join(answers)
        key = normalise.digest(context, taught)
        row = self._seen.setdefault(key, len(self._seen))
        if self.schema is not None and (misfit := self.schema.fault(example)) is not None:
            self._misfits.append((line, row, misfit))
        if example.calls:
            self._calling[0] += 1
            self._calling[1] += not example.tools
        if row < len(self._characters):
            self._copies[0].append(line)
            self._copies[1].append(row)
            return
        if given and not preferred:  # of a preference two answers to one question are the point
            first = self._first.setdefault(hash(context), row)
            if first != row:
                self._conflicts.append((row, first))
        if self.leak is not None:
            self.leak.see(row, user or context)
        if self.production is not None:
            self.production.see(example, context, key)
        self._words.add(line, context, user, answer, mark=bool(example.wanted))
        # characters of the normal form: a file is not made longer by blanks, and copies teach nothing twice
        self._characters.append(_characters(context) + _characters(target))
        if self._labels is None or example.target is None or preferred:
            return
        label = self._labels.get(target)
        if label is None:
            label = self._labels[target] = _Label(example.target)
        label.rows += 1
        if len(self._labels) > MAX_LABELS:
            self._labels = None

    def profile(self, form: str) -> DataProfile:
        """Conclude, once all rows were counted."""
        self._words.finish()
        self._seen, self._first = {}, {}  # what comes now needs the memory
        lines = self._near.lines()
        unique = len(lines)
        labels = self._closed_set(unique)
        near = near_duplicates(self._near)
        leaked, items = self.leak.found() if self.leak is not None else (set[int](), set[str]())
        contradicting = dict(self._conflicts) if self._one_is_right(closed=bool(labels)) else {}
        gone = set[int]()
        lost = {"fault": self._rows - self._valid, "duplicate": self._valid - unique}
        steps: list[tuple[str, Set[int]]] = [
            ("near_duplicate", near.keys()),
            ("leak", leaked),
            ("conflict", contradicting.keys()),
        ]
        if self.schema is not None:
            steps.append(("schema", self._unfit(lines)))
        shapes, unlike = self.production.found() if self.production is not None else (None, dict[int, str]())
        if shapes is not None:
            # where most rows are unlike the sample, it is not these rows that are odd: that is told, and takes none away
            steps.append(("shape", set[int]() if shapes.unlike > _ODD * shapes.rows else unlike.keys()))
        for step, numbers in steps:
            more = numbers - gone
            lost[step] = len(more)
            gone |= more
        leaked_lines = sorted(
            [lines[row] for row in leaked] + [line for line, row in zip(*self._copies, strict=True) if row in leaked]
        )
        named = [
            *self._named("duplicate", ((line, lines[row]) for line, row in zip(*self._copies, strict=True))),
            *self._named("near_duplicate", ((lines[row], lines[first]) for row, first in near.items())),
            *self._named("leak", ((line, 0) for line in leaked_lines)),
            *self._named("conflict", ((lines[row], lines[first]) for row, first in self._conflicts)),
            *(RowFault(fault.code, line, fault.message) for line, _, fault in self._misfits[: self.kept]),
            *(
                RowFault("unlike_production", lines[row], _MESSAGES["shape"].format(part=unlike[row]))
                for row in sorted(unlike)[: self.kept]
            ),
        ]
        return DataProfile(
            format=form,
            rows=self._rows,
            valid=self._valid,
            effective=unique - len(gone),
            duplicates=self._valid - unique,
            faults=tuple(self._faults),
            fault_counts=dict(sorted(self._counts.items())),
            closed_set=bool(labels),
            labels=labels,
            tokens=sum(size for row, size in enumerate(self._characters) if row not in gone) // 4,
            near_duplicates=len(near),
            lost=lost,
            losses=tuple(named),
            conflicts=len(self._conflicts),
            conflict_lines=tuple((lines[row], lines[first]) for row, first in self._conflicts[:LINES_KEPT]),
            leaked=None if self.leak is None else len(leaked_lines),
            leaked_lines=tuple(leaked_lines[:LINES_KEPT]),
            leaked_items=tuple(sorted(items)),
            held_out=0 if self.leak is None else self.leak.items,
            misfits=None if self.schema is None else len(self._misfits),
            constrained=self.schema is not None and self.schema.constrained,
            shapes=shapes,
            calling=self._calling[0],
            calling_nothing=self._calling[1],
        )

    def _take(self, rows: Piece) -> None:
        """Take the words of some rows."""
        self._near.take(rows)
        if self.leak is not None:
            self.leak.take(rows)

    def _unfit(self, lines: Sequence[int]) -> set[int]:
        """Give the numbers of the rows that the schema refuses; a copy that it refuses says nothing of its first row."""
        return {row for line, row, _ in self._misfits if lines[row] == line}

    def _answer(self, text: str) -> bytes:
        """Write an answer in its normal form; a label, which comes again and again, is written once."""
        known = self._answers.get(text)
        if known is None:
            known = normalise.normal(text)
            if len(self._answers) < _REMEMBERED:
                self._answers[text] = known
        return known

    def _context(self, example: Example, user: bytes) -> bytes:
        """Write what comes before the target in its normal form; what most rows begin with is written once."""
        if (
            example.system
            and user
            and example.context == f"{example.system} {example.user} "
            and (user[:1].isalnum() or normalise.has_words(user))
        ):
            return self._after(example.system, user)
        whole = example.context.rstrip()
        said = example.user.rstrip()
        before = whole[: len(whole) - len(said)]
        if said and not before:
            return user
        if not said or not whole.endswith(said) or not normalise.has_words(user) or not before[-1:].isspace():
            return normalise.normal(example.context)
        return self._after(before, user)

    def _after(self, before: str, user: bytes) -> bytes:
        """Put the normal form of what the user says after that of what stands before it."""
        prefix = self._prefixes.get(before)
        if prefix is None:
            prefix = normalise.normal(before)
            prefix = prefix + b" " if normalise.has_words(prefix) else b""
            if len(self._prefixes) < _REMEMBERED:
                self._prefixes[before] = prefix
        return prefix + user

    def _one_is_right(self, *, closed: bool) -> bool:
        """Say whether each question has one right answer: where the proposal does not, the rows may."""
        return self.output in _ONE_RIGHT if self.output is not None else closed

    def _named(self, code: str, found: Iterable[tuple[int, int]]) -> list[RowFault]:
        """Name the first rows that are lost to a step; the line of the row that they are held against, where there is one."""
        ordered = sorted(found)[: self.kept]
        return [RowFault(code, line, _MESSAGES[code].format(first=first)) for line, first in ordered]

    def _closed_set(self, unique: int) -> tuple[LabelCount, ...]:
        """List the targets when they are a closed set: several, and a new row would hardly bring a new one."""
        labels = list((self._labels or {}).values())
        lone = sum(1 for label in labels if label.rows == 1)
        if len(labels) < 2 or lone > CLOSED_SHARE * unique:
            return ()
        labels.sort(key=lambda label: (-label.rows, label.shown))
        return tuple(LabelCount(strict_json.printable(label.shown, _LABEL_LENGTH), label.rows) for label in labels)


def _characters(form: bytes) -> int:
    return len(form) if form.isascii() else len(form.decode())


_MESSAGES: Mapping[str, str] = {
    "duplicate": "The row is a copy of line {first:,}.",
    "near_duplicate": "The row is nearly the same as line {first:,}: at least seven of ten runs of three words.",
    "leak": "The row is in the held-out set.",
    "shape": "No request of production has the {part} of this row.",
    "conflict": "The row answers otherwise than line {first:,}, which asks the same.",
}
