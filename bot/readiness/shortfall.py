"""Is a run surely below the bar, surely at or above it, or within noise? Every ambiguity is read against the claim.

Errored and unscored rows of a run that is said to fall short count as right, and a string metric is scored tolerantly
(READINESS section 1): a baseline may not fall short merely because its run stumbled.
"""

import hashlib
from dataclasses import dataclass
from enum import StrEnum
from statistics import fmean

from bot.readiness.baseline import Measured
from bot.readiness.rescore import tolerant_score
from bot.readiness.statistics import bootstrap_bound, needed_n, wilson


class Standing(StrEnum):
    """Where a run stands with respect to the bar."""

    SHORT = "short"
    WITHIN_NOISE = "within_noise"
    MEETS = "meets"


@dataclass(frozen=True, slots=True)
class Shortfall:
    """`value` as the rows give it, `charitable` with every ambiguity counted as right, `bound` its one-sided bound.

    `lifted` names what made the difference between both, `needed` the N at which the shortfall would be sure.
    """

    standing: Standing
    value: float
    charitable: float
    bound: float
    n: int
    errored: int
    lifted: str | None
    needed: int | None


def shortfall(measured: Measured, bar: float, *, higher: bool, confidence: float) -> Shortfall:
    """Place a measured run with rows against the bar; at least one item is needed."""
    items = measured.metric.items
    best, worst = (1.0, 0.0) if higher else (0.0, 1.0)
    if not measured.binary:
        known = [item.score for item in items if item.score is not None]
        best, worst = (
            (max(known, default=bar), min(known, default=bar))
            if higher
            else (min(known, default=bar), max(known, default=bar))
        )
    plain = [worst if item.score is None else item.score for item in items]
    rescored = measured.metric.deterministic == "exact_match" and higher
    kind = [
        best if item.score is None else (tolerant_score(item) or item.score) if rescored else item.score
        for item in items
    ]
    n, value, charitable = len(items), fmean(plain), fmean(kind)
    if measured.binary:
        bound = wilson(charitable * n, n, confidence, upper=higher)
        needed = needed_n(charitable, bar, confidence, below=higher)
    else:
        seed = int(hashlib.sha256("".join(item.key for item in items).encode()).hexdigest()[:12], 16)
        bound, needed = bootstrap_bound(kind, confidence, upper=higher, seed=seed), None

    def below(number: float) -> bool:
        return number < bar if higher else number > bar

    standing = Standing.SHORT if below(bound) else Standing.WITHIN_NOISE if below(charitable) else Standing.MEETS
    errored = len(measured.unscored)
    tolerated = rescored and any(item.score is not None and tolerant_score(item) != item.score for item in items)
    reasons = [f"{errored} errored or unscored rows count as right"] if errored else []
    reasons += ["answers that differ from the target only in form count as right"] if tolerated else []
    return Shortfall(standing, value, charitable, bound, n, errored, " and ".join(reasons) or None, needed)
