"""How sure is a share of right answers? Wilson's bound, and the N that is needed."""

from math import sqrt
from statistics import NormalDist

MAX_N = 1_000_000  # house: beyond this "the N needed" is no advice


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
