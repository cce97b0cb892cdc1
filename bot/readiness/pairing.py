"""How do two runs compare, item by item? Every ambiguity is read against the candidate, whose gain is the claim.

A row of the candidate without a score counts as wrong, one of the other run as right; so does an item that one of the
runs leaves out. Repetitions of an item are averaged first: they add no certainty.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from statistics import fmean, stdev

from bot.readiness import statistics
from bot.readiness.baseline import Measured, name_of
from bot.readiness.eval_report import EvalItem
from bot.readiness.shortfall import extremes
from bot.readiness.wording import count, share

EPSILON = 1e-9  # shares are sums of floats: 0.63 - 0.6 is no less than 0.03


@dataclass(frozen=True, slots=True)
class Rules:
    """How sure a comparison must be, how probably it is to notice what is there, and which share of items may lack a pair."""

    confidence: float
    power: float
    max_unpaired: float

    @property
    def alpha(self) -> float:
        """How small a one-sided p must be: below 0.05 at a confidence of 0.95, without what floats add to the difference."""
        return round(1 - self.confidence, 12)


@dataclass(frozen=True, slots=True)
class Pairing:
    """A candidate's run held against another over the same items.

    `candidate` and `other` are means over all items, `gain` their difference in the better direction, `relative` that gain
    as a share of the other's value (of its goodness, 1 - value, where lower is better and scores are shares; None where
    that is 0). `p_gain` and `p_loss` are one-sided, `low` and `high` one-sided bounds of the gain. `errored` rows of the
    candidate counted as wrong, `other_errored` of the other run as right; likewise the items that only one run has (`missing`
    from the candidate, `extra` in it). `shares` says that every score lies between 0 and 1.
    """

    higher: bool
    n: int
    wins: int
    losses: int
    ties: int
    candidate: float
    other: float
    gain: float
    relative: float | None
    p_gain: float
    p_loss: float
    low: float
    high: float
    errored: int
    other_errored: int
    missing: int
    extra: int
    shares: bool
    spread: float | None  # standard deviation of the differences; None where every pair is won, lost or tied

    @property
    def goodness(self) -> float:
        """The other run's value as a share of what can be reached, for scores between 0 and 1."""
        return self.other if self.higher else 1 - self.other

    @property
    def unpaired(self) -> int:
        """How many items only one of both runs has."""
        return self.missing + self.extra

    def margin(self, points: float) -> float:
        """Translate points (0.02: two of a hundred) to the scores' scale: a share of the other's value where they are no shares."""
        return points if self.shares else points * abs(self.other)

    def needed_for(self, gain: float, rules: Rules) -> int | None:
        """Find the number of pairs that would show a gain of this size, where both runs differ otherwise as often as here."""
        if self.spread is None:
            return statistics.needed_pairs(gain, min(1.0, self._churn + gain), rules.confidence, rules.power)
        return statistics.needed_pairs_of_shift(gain, self.spread, rules.confidence, rules.power)

    @property
    def _churn(self) -> float:
        return 2 * min(self.wins, self.losses) / self.n

    def detectable(self, rules: Rules) -> float:
        """Find the smallest gain that so many pairs show, where both runs differ otherwise as often as here."""
        if self.spread is None:
            return statistics.detectable_over_churn(self.n, self._churn, rules.confidence, rules.power)
        return statistics.detectable_shift(self.n, self.spread, rules.confidence, rules.power)

    def shows(self, asked: float, rules: Rules) -> str:
        """Say which gain so many items show, and how many would show the one asked for."""
        none = statistics.mcnemar(self.n, 0) >= rules.alpha  # not even if all of them were won
        shown = (
            "so few items show nothing" if none else f"so many items show {self.points(self.detectable(rules))} or more"
        )
        if asked <= EPSILON:
            return shown
        needed = self.needed_for(asked, rules)
        return f"{shown}, {self.points(asked)} take {f'about {needed:,}' if needed else 'more than anybody has'}"

    def points(self, difference: float) -> str:
        """Write a difference for people: in points of a hundred where scores are shares."""
        if not self.shares:
            return share(difference)
        hundredths = f"{100 * difference:.1f}".removesuffix(".0")
        return f"{hundredths} point" if hundredths == "1" else f"{hundredths} points"

    def seen(self, name: str) -> str:
        """Say how both runs compare, in one sentence."""
        size = "" if self.relative is None else f", {100 * abs(self.relative):.1f} % relative"
        change = (
            f"a {'gain' if self.gain > 0 else 'loss'} of {self.points(abs(self.gain))}{size}"
            if self.gain
            else "no gain"
        )
        return (
            f"Over {count(self.n, 'paired item')} the candidate reaches {share(self.candidate)} against {share(self.other)} of {name}: "
            f"{change} ({self.wins:,} won, {self.losses:,} lost, {self.ties:,} tied)."
        )

    def charity(self, name: str) -> str | None:
        """Say what was counted against the candidate for want of a score or of a pair; None where nothing was."""
        told = (
            (self.errored, "row", "of the candidate without a score counted as wrong"),
            (self.other_errored, "row", f"of {name} without a score counted as right"),
            (self.missing, "item", "that the candidate's run lacks counted as wrong there"),
            (self.extra, "item", f"that the run of {name} lacks counted as right there"),
        )
        said = "; ".join(f"{count(number, thing)} {how}" for number, thing, how in told if number)
        return f"{said}." if said else None


def pair(candidate: Measured, other: Measured, *, higher: bool, rules: Rules) -> Pairing | str:
    """Pair two runs with rows, item by item; a sentence says why they cannot be compared. Both need at least one row."""
    problem = _differently_scored(candidate, other)
    if problem:
        return problem
    ours, theirs = _by_key(candidate), _by_key(other)
    keys = sorted(ours.keys() | theirs.keys())
    missing, extra = len(theirs.keys() - ours.keys()), len(ours.keys() - theirs.keys())
    if missing + extra > rules.max_unpaired * len(keys):
        return (
            f"They are runs over different held-out sets: of {count(len(keys), 'item')} {missing + extra:,} are in only one of "
            f"both ({missing:,} only in that of {other.name}, {extra:,} only in the candidate's)"
        )
    scores = [item.score for run in (candidate, other) for item in run.scored if item.score is not None]
    worst, best = extremes(scores, higher=higher)
    sign = 1.0 if higher else -1.0
    pairs = [(_mean(ours.get(key, ()), worst), _mean(theirs.get(key, ()), best)) for key in keys]
    return _compared(
        [sign * (one - two) for one, two in pairs],
        values=(fmean(one for one, _ in pairs), fmean(two for _, two in pairs)),
        higher=higher,
        shares=all(0 <= score <= 1 for score in scores),
        told=(candidate.errored, other.errored, missing, extra),
        seed=statistics.seed_of(keys),
        rules=rules,
    )


def _differently_scored(candidate: Measured, other: Measured) -> str | None:
    ours, theirs = candidate.report.value, other.report.value
    if _read_from(candidate) == _read_from(other):
        return "Both are one and the same run: link that of each"
    if (candidate.metric.name, candidate.metric.variant) != (other.metric.name, other.metric.variant):
        return f"They are not the same metric: `{name_of(candidate.metric)}` and `{name_of(other.metric)}`"
    if ours.scorer and theirs.scorer and ours.scorer != theirs.scorer:
        return f"They were scored differently ({ours.scorer[:40]} and {theirs.scorer[:40]})"
    if ours.judge and theirs.judge and ours.judge != theirs.judge:
        return f"They were judged by different models ({ours.judge} and {theirs.judge})"
    return None


def _read_from(measured: Measured) -> tuple[str, str | None]:
    """Identify the file of a run, whatever it is called, and which of its runs it is."""
    source = measured.report.source
    return source.sha256 or f"{source.uri}@{source.revision}", measured.report.value.run


def _by_key(measured: Measured) -> Mapping[str, list[EvalItem]]:
    groups: dict[str, list[EvalItem]] = {}
    for item in measured.metric.items:
        groups.setdefault(item.key, []).append(item)
    return groups


def _mean(items: Iterable[EvalItem], lacking: float) -> float:
    scores = [lacking if item.score is None or item.errored else item.score for item in items]
    return fmean(scores) if scores else lacking


def _compared(
    gains: list[float],
    *,
    values: tuple[float, float],
    higher: bool,
    shares: bool,
    told: tuple[int, int, int, int],
    seed: int,
    rules: Rules,
) -> Pairing:
    n, gain = len(gains), fmean(gains)
    wins, losses = sum(g > 0 for g in gains), sum(g < 0 for g in gains)
    if all(g in (-1.0, 0.0, 1.0) for g in gains):
        spread = None
        p_gain, p_loss = statistics.mcnemar(wins, losses), statistics.mcnemar(losses, wins)
        low, high = (statistics.agresti_min(wins, losses, n, rules.confidence, upper=upper) for upper in (False, True))
    else:
        spread = stdev(gains) if n > 1 else abs(gain)
        p_gain, p_loss = statistics.sign_flip(gains, seed=seed)
        low, high = (
            statistics.bound_of_mean(gains, rules.confidence, upper=upper, seed=seed) for upper in (False, True)
        )
    candidate, other = values
    whole = (other if higher else 1 - other) if shares else other
    errored, other_errored, missing, extra = told
    return Pairing(
        higher=higher,
        n=n,
        wins=wins,
        losses=losses,
        ties=n - wins - losses,
        candidate=candidate,
        other=other,
        gain=gain,
        relative=statistics.relative_gain(gain, whole),
        p_gain=p_gain,
        p_loss=p_loss,
        low=low,
        high=high,
        errored=errored,
        other_errored=other_errored,
        missing=missing,
        extra=extra,
        shares=shares,
        spread=spread,
    )
