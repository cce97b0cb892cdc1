"""How sure is a mean of scores that are not 0 or 1? A bootstrapped bound, and the N that is needed.

The standard library suffices for the mean: importing scipy takes longer than a whole review of a small proposal.
"""

import hashlib
import random
from collections.abc import Iterable, Sequence
from math import ceil, sqrt
from statistics import NormalDist, fmean, stdev

from bot.readiness.statistics.proportion import MAX_N

BOOTSTRAP_MAX_N = 2_000  # beyond this both bounds agree to the digits shown, and resampling takes seconds
_NORMAL = NormalDist()


def seed_of(keys: Iterable[str]) -> int:
    """Derive a seed from items' keys, whatever their order: a replay resamples alike, and nobody can choose the draw."""
    return int(hashlib.sha256("".join(sorted(keys)).encode()).hexdigest()[:12], 16)


def bound_of_mean(scores: Sequence[float], confidence: float, *, upper: bool, seed: int) -> float:
    """Bound a mean, one-sided: bootstrapped, and by the normal approximation where the sample is too large for that."""
    if len(scores) > BOOTSTRAP_MAX_N:
        half = _NORMAL.inv_cdf(confidence) * stdev(scores) / sqrt(len(scores))
        return fmean(scores) + (half if upper else -half)
    return bootstrap_bound(scores, confidence, upper=upper, seed=seed)


def bootstrap_bound(
    scores: Sequence[float], confidence: float, *, upper: bool, seed: int, resamples: int = 2_000
) -> float:
    """Bound a mean, one-sided, by the bias-corrected and accelerated bootstrap (BCa: Efron, JASA 82, 1987, 171-185).

    Unlike plain percentiles it keeps its promise where scores are skewed, as they are close to a ceiling.
    """
    mean = fmean(scores)
    deviations = [score - mean for score in scores]
    spread = sum(d * d for d in deviations)
    # a spread too small for floating point to hold its power of 1.5 is no spread that a bound could show
    if min(scores) == max(scores) or spread**1.5 == 0.0:
        return mean
    draw = random.Random(seed)  # noqa: S311  # statistics, no secret
    means = sorted(fmean(draw.choices(scores, k=len(scores))) for _ in range(resamples))
    # ties count half; a share of 0 or 1 would have no normal score
    below = sum((m < mean) + (m <= mean) for m in means) / (2 * resamples)
    bias = _NORMAL.inv_cdf(min(max(below, 0.5 / resamples), 1 - 0.5 / resamples))
    acceleration = sum(d**3 for d in deviations) / (6 * spread**1.5)
    shifted = bias + _NORMAL.inv_cdf(confidence if upper else 1 - confidence)
    slack = 1 - acceleration * shifted
    level = _NORMAL.cdf(bias + shifted / slack) if slack > 0 else float(upper)
    rank = ceil(level * resamples) if upper else int(level * resamples) + 1
    return means[min(max(rank, 1), resamples) - 1]


def needed_n_of_mean(scores: Sequence[float], bar: float, confidence: float) -> int | None:
    """Find the N at which a mean with this spread is surely apart from the bar; None when it is not apart, or none up to MAX_N."""
    gap = abs(fmean(scores) - bar)
    if len(scores) < 2 or gap == 0:
        return None
    n = (_NORMAL.inv_cdf(confidence) * stdev(scores) / gap) ** 2
    return ceil(n) + 1 if n < MAX_N else None
