"""What do the rows of a run prove? Rows in our words, whatever tool wrote them -> the items of a metric, without their text.

A reader walks its rows once and hands over a `Row` for each of a metric's: here it becomes an `EvalItem`, is scored anew
from answer and target, and counts in the composition of the set. No text outlives the walk.
"""

from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from statistics import fmean

from bot.readiness.eval_report import EvalItem, EvalMetric
from bot.readiness.rescore import Rescored, rescore, scored_anew
from bot.readiness.schema import Metric
from bot.sources.composition import Compositor
from bot.sources.normalise import digest, normal
from bot.sources.trouble import Unreadable

MAX_ITEMS = 400_000  # house: rows of the metrics that were asked for; 200,000 rows under two filters
_TARGETS_KEPT = 1_000
_PAIRS_KEPT = 1_000  # of answer and target
_SHORT = 100  # characters of answers and targets that may well come again
MAX_SCORES = 2_000_000  # house: rows of a file times the metrics that were asked for


@dataclass(frozen=True, slots=True)
class Wanted:
    """Of which metric the items are wanted; an unset part matches anything. `name` None: of every metric."""

    task: str | None = None
    name: str | None = None
    variant: str | None = None

    @classmethod
    def of(cls, metric: Metric | None) -> "Wanted":
        """Take what a proposal names."""
        return cls(metric.task, metric.name, metric.variant) if metric else cls()

    def keeps(self, task: str, name: str | None, variant: str | None) -> bool:
        """Say whether a metric's items are wanted: those of another metric would only cost memory."""
        return self.name is None or (
            self.name == name and self.task in (None, task) and self.variant in (None, variant)
        )


EVERYTHING = Wanted()


@dataclass(slots=True)  # not frozen: made for every row, dropped at once, and a frozen one takes three times as long
class Row:
    """One row of one metric. `input` and `target` identify the item; `output` is the answer, where it is there as text.

    `score` is the tool's own number (None: not scored); `errored` that the run stumbled, so that the score says nothing.
    `hashed` is the digest of an item whose texts are confidential: it then identifies the item in place of them.
    """

    native_id: str
    input: str
    target: str | None
    score: float | None
    output: str | None = None
    errored: bool = False
    tools: tuple[str, ...] = ()
    hashed: str | None = None


def too_many_scores() -> Unreadable:
    """Say that the rows hold more scores than are read."""
    return Unreadable(
        f"The rows hold more than {MAX_SCORES:,} scores, beyond which they are not read.",
        "Name in `eval.metric` which metric counts, or link fewer rows.",
    )


class Filler:
    """Gathers the items of one metric, row by row; for readers that walk their rows once for several metrics."""

    def __init__(self) -> None:
        self.scores: list[float] = []
        self._items: list[EvalItem] = []
        self._again: list[Rescored | None] = []
        self._made_of = Compositor()
        self._hashed = False
        self._targets: dict[str, bytes] = {}
        self._pairs: dict[tuple[str, str | None], Rescored | None] = {}

    def __len__(self) -> int:
        return len(self._items)

    def add(self, row: Row) -> None:
        """Take the next row of the metric; raises Unreadable when there are too many."""
        if len(self._items) >= MAX_ITEMS:
            raise Unreadable(
                f"The rows hold more than {MAX_ITEMS:,} scores of this metric, beyond which they are not read.",
                "Link fewer rows.",
            )
        if row.score is not None:
            self.scores.append(row.score)
        if row.hashed is None:
            target = self._targets.get(row.target or "")
            if target is None:
                target = self._target(row.target or "")
            identity = digest(normal(row.input), target).hex()
            self._made_of.add(identity, row.input, row.target, row.tools)
        else:
            identity, self._hashed = row.hashed, True
        self._again.append(None if row.output is None or row.score is None else self._rescored(row.output, row))
        self._items.append(_item(identity, row.native_id, None if row.errored else row.score, row.errored))

    def _target(self, text: str) -> bytes:
        """Write a target in its normal form, and keep it; most sets have few different ones."""
        known = normal(text)
        if len(self._targets) < _TARGETS_KEPT:
            self._targets[text] = known
        return known

    def _rescored(self, output: str, row: Row) -> Rescored | None:
        """Score an answer anew; of labels the same answer to the same target comes again and again."""
        if len(output) > _SHORT or len(row.target or "") > _SHORT:
            return rescore(output, row.target, row.score)
        pair = (output, row.target)
        if pair in self._pairs:
            return self._pairs[pair]
        found = rescore(output, row.target, row.score)
        if len(self._pairs) < _PAIRS_KEPT:
            self._pairs[pair] = found
        return found

    def stumbled(self, place: int) -> None:
        """Say of an item, by the order of adding, that it errored after all."""
        self._items[place] = replace(self._items[place], score=None, errored=True)

    def filled(self, metric: EvalMetric, *, recompute: bool = True, rescoring: bool = True) -> EvalMetric:
        """Return the metric with its items.

        With `recompute` the value that follows is the mean of all scores, as most tools reckon; a reader whose tool reckons
        otherwise sets `recomputed` itself. Without `rescoring` answer and target do not decide the score.
        """
        kind: str | None = None
        items = self._items
        if rescoring:
            kind, items = scored_anew(metric.name, metric.direction, items, self._again)
        return replace(
            metric,
            recomputed=fmean(self.scores) if recompute and self.scores else metric.recomputed,
            rescored=kind,
            items=tuple(items),
            composition=self._made_of.composition() if items and not self._hashed else None,
            hashed=self._hashed,
        )


# a frozen item is made for every row: through its slots in half the time that it takes to set them by their names
_key, _native_id, _score, _errored, _tolerant, _contradicts = (
    vars(EvalItem)[field.name].__set__ for field in fields(EvalItem)
)


def _item(key: str, native_id: str, score: float | None, errored: bool) -> EvalItem:
    """Make `EvalItem(key, native_id, score, errored)`."""
    item = _blank(EvalItem)
    _key(item, key)
    _native_id(item, native_id)
    _score(item, score)
    _errored(item, errored)
    _tolerant(item, None)
    _contradicts(item, False)
    return item


_blank = object.__new__


def fill(metric: EvalMetric, rows: Iterable[Row], *, recompute: bool = True) -> EvalMetric:
    """Give a metric its items, see `Filler`; raises Unreadable when there are too many."""
    filler = Filler()
    for row in rows:
        filler.add(row)
    return filler.filled(metric, recompute=recompute)
