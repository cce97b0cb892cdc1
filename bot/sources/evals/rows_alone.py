"""What do rows say that come without an artifact? Value and N are what follows from them, and each score is a metric.

Scores stand under `score` or `scores`, or in columns of numbers.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from bot.readiness.eval_report import EvalMetric
from bot.sources.evals.format import named, number
from bot.sources.evals.items import MAX_SCORES, Filler, Row, Wanted, too_many_scores
from bot.sources.evals.native_rows import FIX, OWN_COLUMNS, Sample, score_of, scores_of
from bot.sources.strict_json import printable
from bot.sources.trouble import Unreadable

MAX_METRICS = 1_000


@dataclass(slots=True)
class _Tally:
    """What was seen of one metric. `filler` is None where its items are not wanted."""

    metric: EvalMetric
    filler: Filler | None
    total: float = 0.0
    scored: int = 0
    rows: int = 0

    def add(self, row: Row) -> None:
        self.rows += 1
        if row.score is not None:
            self.total += row.score
            self.scored += 1
        if self.filler is not None:
            self.filler.add(row)

    def done(self) -> EvalMetric:
        metric = self.metric if self.filler is None else self.filler.filled(self.metric)
        mean = self.total / self.scored if self.scored else None
        return replace(metric, value=metric.recomputed if self.filler is not None else mean, n=self.scored)


@dataclass(slots=True)
class _Walk:
    wanted: Wanted
    tallies: dict[tuple[str, str], _Tally] = field(default_factory=dict)
    bare: dict[str, list[Row]] = field(default_factory=dict)  # rows without any score are of every metric of their task
    by_column: bool = False
    texts: set[str] = field(default_factory=set)  # columns that are no numbers
    taken: int = 0

    def add(self, found: Sample) -> None:
        task, scores = found.task or "", self._scores(found)
        if not scores:
            self.bare.setdefault(task, []).append(found.row(None))
        for name, score in scores.items():
            self._tally(task, name).add(found.row(score))
        if not scores or found.errored or self.by_column:
            others = [tally for (own, name), tally in self.tallies.items() if own == task and name not in scores]
            for tally in others:
                tally.add(found.row(None))
        self.taken += len(scores)
        if self.taken > MAX_SCORES and not self.wanted.name:
            raise too_many_scores()

    def _scores(self, found: Sample) -> Mapping[str, float | None]:
        if "scores" in found.cells or "score" in found.cells:
            return {name or "score": score for name, score in scores_of(found, frozenset()).items()}
        self.by_column = True
        columns = {name: value for name, value in found.cells.items() if name not in OWN_COLUMNS | self.texts}
        for name in [name for name, value in columns.items() if not self._is_number(name, value, found.line)]:
            del columns[name]
            self.texts.add(name)
            for at in [at for at in self.tallies if at[1] == name]:
                del self.tallies[at]
        return {name: score_of(value, found.line) for name, value in columns.items()}

    def _is_number(self, name: str, value: Any, line: int) -> bool:
        if value is None or (not isinstance(value, str) and number(value) is not None):
            return True
        if name == self.wanted.name:
            score_of(value, line)  # the very metric that counts: say which row is wrong
            return True
        if not isinstance(value, str) or len(value) > 60:
            return False
        try:
            score_of(value, line)
        except Unreadable:
            return False
        return True

    def _tally(self, task: str, given: str) -> _Tally:
        tally = self.tallies.get((task, given))
        if tally is None:
            if len(self.tallies) >= MAX_METRICS:
                raise Unreadable(
                    f"The rows hold more than {MAX_METRICS:,} metrics, beyond which they are not read.", FIX
                )
            name, _, variant = given.partition("/")
            named(task, name, variant)
            metric = EvalMetric(
                task, printable(name, 300), variant or None, value=None, stderr=None, direction=None, n=None, pointer=""
            )
            keeps = self.wanted.keeps(task, metric.name, metric.variant)
            tally = self.tallies[task, given] = _Tally(metric, Filler() if keeps else None)
            for row in self.bare.get(task, ()):
                tally.add(row)
        return tally


def metrics_of(found: Iterable[Sample], wanted: Wanted) -> tuple[EvalMetric, ...]:
    """Find the metrics of rows in one walk; raises Unreadable."""
    walk = _Walk(wanted)
    for sample in found:
        walk.add(sample)
    # a column without any number is no metric, unless it is the very one that was asked for
    return tuple(
        tally.done()
        for tally in walk.tallies.values()
        if tally.scored or not walk.by_column or tally.metric.name == wanted.name
    )
