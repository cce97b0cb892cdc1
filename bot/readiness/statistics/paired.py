"""Is a difference between two runs over the same items more than luck? Tests and bounds of paired differences."""

from collections.abc import Sequence
from math import comb, exp, lgamma, log, sqrt
from statistics import NormalDist

EXACT_MAX = 1_000  # pairs that differ; beyond this the sum runs over logarithms, right to nine digits
SIGN_FLIPS = 9_999  # house: Monte Carlo error of p = 0.05 about 0.002
SIGN_FLIP_MAX_N = 2_000  # beyond this a sum of random signs is normal to the digits shown


def mcnemar(wins: int, losses: int) -> float:
    """Compute the one-sided p of the exact McNemar test: as many wins or more among the pairs that differ, by luck alone.

    Right to the last digit up to EXACT_MAX pairs that differ.
    """
    n = wins + losses
    if wins <= losses:  # most of the mass: the rest is the smaller sum
        return 1.0 - _tail(n, losses + 1) if wins > 0 else 1.0
    return _tail(n, wins)


def _tail(n: int, least: int) -> float:
    """Compute P(X >= least) for X ~ Binomial(n, 1/2), with least > n / 2."""
    if least > n:
        return 0.0
    term = total = 1
    if n <= EXACT_MAX:
        term = total = comb(n, least)
        for k in range(least, n):
            term = term * (n - k) // (k + 1)
            total += term
        return total / (1 << n)
    first = exp(lgamma(n + 1) - lgamma(least + 1) - lgamma(n - least + 1) - n * log(2))
    share = mass = 1.0
    for k in range(least, n):
        share *= (n - k) / (k + 1)
        mass += share
        if share < 1e-17 * mass:
            break
    return min(1.0, first * mass)


def agresti_min(wins: int, losses: int, n: int, confidence: float, *, upper: bool) -> float:
    """Bound the paired difference of two proportions, one-sided: Wald's bound with half a pair added to each cell.

    Agresti and Min, Statistics in Medicine 24 (2005) 729-740. Between -1 and 1.
    """
    total = n + 2
    difference = (wins - losses) / total
    error = sqrt(((wins + losses + 1) / total - difference**2) / total)
    half = NormalDist().inv_cdf(confidence) * error
    return min(1.0, max(-1.0, difference + (half if upper else -half)))


def sign_flip(differences: Sequence[float], *, seed: int) -> tuple[float, float]:
    """Compute the one-sided p that paired differences have a mean so far above, and so far below, 0: every sign is a coin's.

    All signs up to 13 differences, 9,999 random draws up to SIGN_FLIP_MAX_N, the normal approximation beyond.
    """
    moved = [difference for difference in differences if difference != 0]  # a zero has no sign
    if not moved:
        return 1.0, 1.0
    if len(moved) == 1:  # a coin thrown once; scipy asks for two
        return (0.5, 1.0) if moved[0] > 0 else (1.0, 0.5)
    if len(moved) > SIGN_FLIP_MAX_N:
        z = sum(moved) / sqrt(sum(difference * difference for difference in moved))
        return NormalDist().cdf(-z), NormalDist().cdf(z)
    import numpy as np
    from scipy.stats import permutation_test

    found = permutation_test(
        (np.array(moved),), np.mean, permutation_type="samples", alternative="greater", vectorized=True,
        n_resamples=SIGN_FLIPS, batch=500, rng=np.random.default_rng(seed),
    )  # fmt: skip
    # the other side from the same draws, as scipy reckons: ties count, and so does the sample itself unless all signs were tried
    null, own = found.null_distribution, 0 if 2 ** len(moved) <= SIGN_FLIPS else 1
    slack = 1e-14 * abs(found.statistic)
    below = (int(np.sum(null <= found.statistic + slack)) + own) / (len(null) + own)
    return float(found.pvalue), min(1.0, below)
