"""How sure can one be, given N? Wilson bounds, a bootstrap bound, the N that is needed, the gain that N can show."""

import random
from collections.abc import Sequence
from math import ceil, sqrt
from statistics import NormalDist, fmean, stdev

MAX_N = 1_000_000  # beyond this "the N needed" is no advice
DISCORDANCE = 0.2  # share of the pairs in which only one of both runs is right
BOOTSTRAP_MAX_N = 2_000  # beyond this both bounds agree to the digits shown, and resampling takes seconds


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


def bound_of_mean(scores: Sequence[float], confidence: float, *, upper: bool, seed: int) -> float:
    """Bound a mean, one-sided: bootstrapped, and by the normal approximation where the sample is too large for that.

    The seed makes a replay give the same verdict.
    """
    if len(scores) > BOOTSTRAP_MAX_N:
        half = NormalDist().inv_cdf(confidence) * stdev(scores) / sqrt(len(scores))
        return fmean(scores) + (half if upper else -half)
    return bootstrap_bound(scores, confidence, upper=upper, seed=seed)


def bootstrap_bound(
    scores: Sequence[float], confidence: float, *, upper: bool, seed: int, resamples: int = 2_000
) -> float:
    """Bound a mean, one-sided, by the percentile bootstrap."""
    draw = random.Random(seed)  # noqa: S311  # statistics, no secret
    means = sorted(fmean(draw.choices(scores, k=len(scores))) for _ in range(resamples))
    rank = ceil(confidence * resamples) - 1
    return means[rank] if upper else means[resamples - 1 - rank]


def needed_n_of_mean(scores: Sequence[float], bar: float, confidence: float) -> int | None:
    """Find the N at which a mean with this spread is surely apart from the bar; None when it is not apart, or none up to MAX_N."""
    gap = abs(fmean(scores) - bar)
    if len(scores) < 2 or gap == 0:
        return None
    n = (NormalDist().inv_cdf(confidence) * stdev(scores) / gap) ** 2
    return ceil(n) + 1 if n < MAX_N else None


def detectable_gain(n: int, discordance: float = DISCORDANCE, confidence: float = 0.95, power: float = 0.8) -> float:
    """Find the smallest gain that a paired comparison of n items shows with the given power; at most the discordance.

    Normal approximation of the exact one-sided McNemar test (simulated, n = 200 shows about 8 points).
    """
    z_alpha, z_power = NormalDist().inv_cdf(confidence), NormalDist().inv_cdf(power)
    low, high = 0.0, discordance
    for _ in range(60):
        gain = (low + high) / 2
        noise = z_alpha * sqrt(discordance) + z_power * sqrt(max(discordance - gain * gain, 0.0))
        low, high = (low, gain) if n * gain * gain >= noise**2 else (gain, high)
    return high
