"""What can so many pairs show, and how many would show it? One-sided tests of paired differences, at a given power."""

from math import ceil, log2, sqrt
from statistics import NormalDist

from bot.readiness.statistics.proportion import MAX_N

DISCORDANCE = 0.2  # house: share of the pairs in which only one of both runs is right, where none is observed


def detectable_gain(n: int, discordance: float = DISCORDANCE, confidence: float = 0.95, power: float = 0.8) -> float:
    """Find the smallest gain that the exact one-sided McNemar test of n pairs shows; the discordance where that is not enough.

    A gain is never above the share of the pairs that differ: one that equals it may therefore still go unseen.
    Normal approximation with the continuity correction, as the exact test counts whole pairs (n = 200: about 8 points).
    """
    low, high = 0.0, discordance
    for _ in range(60):
        gain = (low + high) / 2
        shown = n * gain - 1 >= sqrt(n) * _noise(gain, discordance, confidence, power)
        low, high = (low, gain) if shown else (gain, high)
    return high


def needed_pairs(gain: float, discordance: float, confidence: float = 0.95, power: float = 0.8) -> int | None:
    """Find the number of pairs that show a gain; None where it is no gain, or none up to MAX_N does."""
    if gain <= 0:
        return None
    noise = _noise(gain, max(discordance, gain), confidence, power)  # a gain needs as many pairs that differ
    root = (noise + sqrt(noise * noise + 4 * gain)) / (2 * gain)
    return ceil(root * root) if root * root < MAX_N else None


def detectable_over_churn(n: int, churn: float, confidence: float = 0.95, power: float = 0.8) -> float:
    """Find the smallest gain that n pairs show, where a share of them differs both ways alike (churn) and the gain comes on top.

    1 - churn where not even that is enough.
    """
    low, high = 0.0, 1.0 - churn
    for _ in range(60):
        gain = (low + high) / 2
        needed = needed_pairs(gain, churn + gain, confidence, power)
        low, high = (low, gain) if needed is not None and needed <= n else (gain, high)
    return high


def _noise(gain: float, discordance: float, confidence: float, power: float) -> float:
    """Compute how far a paired difference of proportions must stick out, times the root of n."""
    normal = NormalDist()
    z_alpha, z_power = normal.inv_cdf(confidence), normal.inv_cdf(power)
    return z_alpha * sqrt(discordance) + z_power * sqrt(max(discordance - gain * gain, 0.0))


def detectable_shift(n: int, spread: float, confidence: float = 0.95, power: float = 0.8) -> float:
    """Find the smallest mean difference that n pairs show; `spread` is the differences' standard deviation."""
    return _reach(confidence, power) * spread / sqrt(n)


def needed_pairs_of_shift(shift: float, spread: float, confidence: float = 0.95, power: float = 0.8) -> int | None:
    """Find the number of pairs that show a mean difference; None where it is not above 0, or none up to MAX_N does."""
    if shift <= 0:
        return None
    n = (_reach(confidence, power) * spread / shift) ** 2
    fewest = ceil(log2(1 / (1 - confidence)))  # even where every pair is won: signs of so many agree by luck
    return max(ceil(n) + 1, fewest) if n < MAX_N else None


def _reach(confidence: float, power: float) -> float:
    return NormalDist().inv_cdf(confidence) + NormalDist().inv_cdf(power)
