"""Is a run surely below the bar, surely at or above it, or within noise? Every ambiguity is read against the claim.

Errored and unscored rows of a run that is said to fall short count as right, and a string metric is scored tolerantly
(READINESS section 1): a baseline may not fall short merely because its run stumbled. Of a run that is said to meet the
bar they count as wrong. Repetitions of an item are averaged first: they add no certainty.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from statistics import fmean

from bot.readiness.bar import Bar
from bot.readiness.baseline import NAMES, Measured
from bot.readiness.statistics import bound_of_mean, needed_n, needed_n_of_mean, seed_of, wilson
from bot.readiness.wording import beside, count, percent


class Standing(StrEnum):
    """Where a run stands with respect to the bar."""

    SHORT = "short"
    WITHIN_NOISE = "within_noise"
    MEETS = "meets"


@dataclass(frozen=True, slots=True)
class Placed:
    """A run held against the bar, the claim being that it falls short.

    `value` with errored rows counted as wrong and scores as given, `charitable` with every ambiguity counted as right,
    `bound` its one-sided bound. `n` are distinct items. `form` says that answers were counted as right which differ from
    the target only in form; `needed` is the N at which the shortfall would be sure.
    """

    name: str
    standing: Standing
    bar: Bar
    value: float
    charitable: float
    bound: float
    n: int
    rows: int
    errored: int
    form: bool
    needed: int | None

    @property
    def lifted(self) -> str | None:
        """Say what was counted as right for want of certainty; None when that made no difference."""
        if self.charitable == self.value:
            return None
        reasons = [f"{count(self.errored, 'row')} without a score counted as right"] if self.errored else []
        reasons += ["answers that differ from the target only in form counted as right"] if self.form else []
        return " and ".join(reasons) or None

    def seen(self) -> str:
        """Say where the run stands, in one sentence."""
        charity = f" ({beside(self.charitable, self.bar.value)} with {self.lifted})" if self.lifted else ""
        whose = self.name[:1].upper() + self.name[1:]
        return f"{whose} reaches {beside(self.value, self.bar.value)}{charity} over {count(self.n, 'item')}, the bar is {self.bar.said()}."

    def needs(self) -> str:
        """Say which N would tell."""
        return f"about {self.needed:,} items would tell" if self.needed else "more items would tell"


def place(measured: Measured, bar: Bar, confidence: float) -> Placed:
    """Hold a run with rows against the bar; at least one row is needed."""
    rows = measured.metric.items
    worst, best = _extremes(measured, bar)
    plain: dict[str, list[float]] = {}
    kind: dict[str, list[float]] = {}
    form = False
    for item in rows:
        errored = item.score is None or item.errored
        score = worst if item.score is None or errored else item.score
        again = item.tolerant if bar.higher and not errored else None
        form = form or (again is not None and again != score)
        plain.setdefault(item.key, []).append(score)
        kind.setdefault(item.key, []).append(best if errored else score if again is None else again)
    value = fmean(fmean(scores) for scores in plain.values())
    scores = [fmean(kind[key]) for key in sorted(kind)]
    charitable, n = fmean(scores), len(scores)
    if measured.binary:
        bound = wilson(charitable * n, n, confidence, upper=bar.higher)
        needed = needed_n(charitable, bar.value, confidence, below=bar.higher)
    else:
        bound = bound_of_mean(scores, confidence, upper=bar.higher, seed=seed_of(kind))
        needed = needed_n_of_mean(scores, bar.value, confidence)
    standing = (
        Standing.MEETS if bar.met_by(charitable) else Standing.WITHIN_NOISE if bar.met_by(bound) else Standing.SHORT
    )
    name = NAMES[measured.at]
    return Placed(name, standing, bar, value, charitable, bound, n, len(rows), measured.errored, form, needed)


def severe(measured: Measured, bar: Bar) -> float:
    """Compute the value of a run that is said to meet the bar: errored and unscored rows count as wrong."""
    worst, _ = _extremes(measured, bar)
    groups: dict[str, list[float]] = {}
    for item in measured.metric.items:
        groups.setdefault(item.key, []).append(worst if item.score is None or item.errored else item.score)
    return fmean(fmean(scores) for scores in groups.values())


def too_many_errors(measured: Measured, limit: float) -> str | None:
    """Say that a run errored so often that it tells nothing; None when it did not."""
    rows, errored = len(measured.metric.items), measured.errored
    if errored <= limit * rows:
        return None
    share_of = f"{errored:,} of {count(rows, 'row')} of {NAMES[measured.at]}"
    return f"{share_of} errored or have no score, more than {percent(limit)}: the run tells nothing."


def _extremes(measured: Measured, bar: Bar) -> tuple[float, float]:
    scores = [item.score for item in measured.scored if item.score is not None]
    return extremes(scores, bar.value, higher=bar.higher)


def extremes(scores: Sequence[float], *also: float, higher: bool) -> tuple[float, float]:
    """Find what a row that is wrong, and one that is right, would have scored: the worst and the best that are known."""
    low, high = 0.0, 1.0
    if not all(0 <= score <= 1 for score in scores):
        low, high = min([*scores, *also]), max([*scores, *also])
    return (low, high) if higher else (high, low)
