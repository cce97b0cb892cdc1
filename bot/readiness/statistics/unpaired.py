"""How do two groups of scores differ that are not of the same items? By their means, with a bound that small groups widen."""

from collections.abc import Sequence
from math import sqrt
from statistics import NormalDist, fmean, variance


def difference(ours: Sequence[float], theirs: Sequence[float], confidence: float) -> tuple[float, float, float]:
    """Find how much greater our mean is, and its one-sided lower and upper bound. Each group holds at least two scores.

    Proportions are bounded as Agresti and Caffo do it (one success and one failure added to each group), so that a group
    without any failure is not taken for certain; other scores by the normal approximation of Welch.
    """
    gain = fmean(ours) - fmean(theirs)
    z = NormalDist().inv_cdf(confidence)
    if all(score in (0.0, 1.0) for group in (ours, theirs) for score in group):
        one, other = ((sum(group) + 1) / (len(group) + 2) for group in (ours, theirs))
        spread = sqrt(one * (1 - one) / (len(ours) + 2) + other * (1 - other) / (len(theirs) + 2))
        return gain, one - other - z * spread, one - other + z * spread
    spread = sqrt(variance(ours) / len(ours) + variance(theirs) / len(theirs))
    return gain, gain - z * spread, gain + z * spread
