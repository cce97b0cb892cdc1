"""How sure can one be, given N? Wilson bounds, a bootstrap bound, the N that is needed, the gain that N can show."""

import random
from collections.abc import Sequence
from math import ceil, sqrt
from statistics import NormalDist, fmean

MAX_N = 1_000_000  # beyond this "the N needed" is no advice


def wilson(successes: float, n: int, confidence: float, *, upper: bool) -> float:
    """Bound a proportion, one-sided, by Wilson's score interval (n >= 1; successes may be fractional)."""
    z = NormalDist().inv_cdf(confidence)
    p = successes / n
    centre = p + z * z / (2 * n)
    half = z * sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    bound = (centre + half if upper else centre - half) / (1 + z * z / n)
    return min(1.0, max(0.0, bound))


def needed_n(proportion: float, bar: float, confidence: float, *, below: bool) -> int | None:
    """Find the smallest N at which this proportion is surely below (above) the bar; None when none up to MAX_N is."""
    if (proportion >= bar) if below else (proportion <= bar):
        return None
    low, high = 1, 2

    def sure(n: int) -> bool:
        bound = wilson(proportion * n, n, confidence, upper=below)
        return bound < bar if below else bound > bar

    while not sure(high):
        low, high = high, high * 2
        if high > MAX_N:
            return None
    while low < high - 1:
        middle = (low + high) // 2
        low, high = (low, middle) if sure(middle) else (middle, high)
    return high


def bootstrap_bound(
    scores: Sequence[float], confidence: float, *, upper: bool, seed: int, resamples: int = 2_000
) -> float:
    """Bound a mean, one-sided, by the percentile bootstrap; the seed makes a replay give the same verdict."""
    draw = random.Random(seed)  # noqa: S311  # statistics, no secret
    means = sorted(fmean(draw.choices(scores, k=len(scores))) for _ in range(resamples))
    rank = ceil(confidence * resamples) - 1
    return means[rank] if upper else means[resamples - 1 - rank]


def detectable_gain(n: int, discordance: float = 0.2, confidence: float = 0.95, power: float = 0.8) -> float:
    """Find the smallest gain that a paired comparison of n items shows with the given power.

    Normal approximation of the exact one-sided McNemar test, at a share of discordant pairs of 0.2
    (notes of the field put n = 200 at about 8 points).
    """
    z_alpha, z_power = NormalDist().inv_cdf(confidence), NormalDist().inv_cdf(power)
    low, high = 0.0, discordance
    for _ in range(60):
        gain = (low + high) / 2
        shown = (
            n * gain * gain >= (z_alpha * sqrt(discordance) + z_power * sqrt(max(discordance - gain * gain, 0.0))) ** 2
        )
        low, high = (low, gain) if shown else (gain, high)
    return high
