"""Do the bounds agree with published values, and with what they promise?"""

import random
from statistics import NormalDist, fmean, stdev

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binomtest, bootstrap

from bot.readiness.statistics import (
    BOOTSTRAP_MAX_N,
    bootstrap_bound,
    bound_of_mean,
    needed_n,
    needed_n_of_mean,
    seed_of,
    wilson,
)

COUNTS = st.integers(1, 2_000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


@pytest.mark.parametrize(
    ("successes", "n", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_wilson_agrees_with_newcombes_table(successes: int, n: int, low: float, high: float) -> None:
    # two-sided 95 %, which is 97.5 % on either side (Statistics in Medicine 17, 1998, table I, method 3)
    assert wilson(successes, n, 0.975, upper=False) == pytest.approx(low, abs=5e-5)
    assert wilson(successes, n, 0.975, upper=True) == pytest.approx(high, abs=5e-5)


def test_of_200_items_150_right_are_surely_below_four_fifths_and_151_are_not() -> None:
    assert wilson(150, 200, 0.95, upper=True) < 0.8 < wilson(151, 200, 0.95, upper=True)


@given(COUNTS)
def test_wilson_holds_the_proportion_and_stays_within_0_and_1(counts: tuple[int, int]) -> None:
    successes, n = counts
    low, high = wilson(successes, n, 0.95, upper=False), wilson(successes, n, 0.95, upper=True)
    assert 0 <= low <= successes / n + 1e-12
    assert successes / n - 1e-12 <= high <= 1


@given(COUNTS)
def test_one_more_right_raises_the_bound(counts: tuple[int, int]) -> None:
    successes, n = counts
    if successes < n:
        assert wilson(successes, n, 0.95, upper=True) < wilson(successes + 1, n, 0.95, upper=True)


@given(st.floats(0.01, 0.99), st.floats(0.01, 0.99))
def test_the_needed_n_is_the_smallest_that_is_sure(proportion: float, bar: float) -> None:
    for below in (True, False):
        n = needed_n(proportion, bar, 0.95, below=below)
        if (proportion >= bar) if below else (proportion <= bar):
            assert n is None
        elif n is not None and n > 2:
            at, before = (wilson(proportion * k, k, 0.95, upper=below) for k in (n, n - 1))
            assert (at < bar <= before) if below else (before <= bar < at)


def test_no_n_is_named_beyond_a_million() -> None:
    assert needed_n(0.89999, 0.9, 0.95, below=True) is None
    assert needed_n_of_mean([3.0, 4.0] * 50, 3.5001, 0.95) is None


def test_the_needed_n_of_a_mean_is_about_where_its_bound_meets_the_bar() -> None:
    scores = [3.0, 4.0, 5.0, 4.0]
    n = needed_n_of_mean(scores, 4.1, 0.95)
    assert n is not None
    assert NormalDist().inv_cdf(0.95) * 0.8165 / n**0.5 == pytest.approx(0.1, rel=0.01)


def test_a_mean_of_equal_scores_is_sure() -> None:
    assert bound_of_mean([0.4] * 10, 0.95, upper=True, seed=1) == pytest.approx(0.4)
    assert needed_n_of_mean([0.4], 0.5, 0.95) is None


def test_a_spread_beyond_floating_point_is_none() -> None:
    assert bootstrap_bound([0.0, 2.5e-148], 0.95, upper=True, seed=0) == fmean([0.0, 2.5e-148])


def test_the_same_seed_gives_the_same_bound() -> None:
    draw = random.Random(7)
    scores = [draw.random() for _ in range(200)]
    assert bootstrap_bound(scores, 0.95, upper=True, seed=3) == bootstrap_bound(scores, 0.95, upper=True, seed=3)
    assert (
        bootstrap_bound(scores, 0.95, upper=True, seed=3)
        > fmean(scores)
        > bootstrap_bound(scores, 0.95, upper=False, seed=3)
    )


def test_bootstrap_and_normal_approximation_agree_where_one_takes_over_from_the_other() -> None:
    draw = random.Random(11)
    scores = [draw.betavariate(8, 2) for _ in range(BOOTSTRAP_MAX_N + 1)]
    for upper in (True, False):
        exact = bootstrap_bound(scores, 0.95, upper=upper, seed=1)
        assert bound_of_mean(scores, 0.95, upper=upper, seed=1) == pytest.approx(exact, abs=5e-4)


def test_the_bootstrap_bound_covers_about_as_often_as_it_says() -> None:
    draw, covered = random.Random(5), 0
    for seed in range(200):
        scores = [draw.betavariate(4, 2) for _ in range(100)]
        covered += bootstrap_bound(scores, 0.95, upper=True, seed=seed, resamples=400) >= 4 / 6
    assert covered >= 180


@given(COUNTS)
def test_wilson_is_scipys(counts: tuple[int, int]) -> None:
    successes, n = counts
    interval = binomtest(successes, n).proportion_ci(0.9, method="wilson")
    assert wilson(successes, n, 0.95, upper=False) == pytest.approx(max(interval.low, 0.0), abs=1e-12)
    assert wilson(successes, n, 0.95, upper=True) == pytest.approx(min(interval.high, 1.0), abs=1e-12)


def test_the_acceleration_of_a_skewed_sample_lifts_the_upper_bound_as_by_hand() -> None:
    # scores 0 x 9 and 1: the mean is 0.1, the deviations' cubes sum to 0.729 - 9 * 0.001 = 0.72, their squares to 0.9.
    # a = 0.72 / (6 * 0.9 ** 1.5) = 0.1405. Resampled means are k / 10, k binomial (10, 0.1): P(k < 1) + P(k = 1) / 2 = 0.5424,
    # z0 = 0.1066. Upper 95 %: z0 + (z0 + 1.6449) / (1 - a * (z0 + 1.6449)) = 2.4305, a level of 0.9925; P(k <= 3) = 0.9872,
    # P(k <= 4) = 0.9984, so the bound is 0.4, where the plain percentile says 0.3 (P(k <= 2) = 0.9298)
    scores = [0.0] * 9 + [1.0]
    assert bootstrap_bound(scores, 0.95, upper=True, seed=1, resamples=20_000) == pytest.approx(0.4)


@pytest.mark.parametrize("shape", [(8, 2), (2, 8), (1, 1), (0.5, 3)])
@pytest.mark.parametrize("n", [20, 150])
def test_the_bootstrap_is_scipys(shape: tuple[float, float], n: int) -> None:
    draw = random.Random(n)
    scores = [draw.betavariate(*shape) for _ in range(n)]
    found = bootstrap(
        (scores,), np.mean, confidence_level=0.9, method="BCa", n_resamples=20_000, rng=np.random.default_rng(1)
    ).confidence_interval
    spread = stdev(scores) / n**0.5
    for upper, expected in ((False, found.low), (True, found.high)):
        bound = bootstrap_bound(scores, 0.95, upper=upper, seed=2, resamples=20_000)
        assert abs(bound - expected) < 0.12 * spread  # of a standard error: what two draws of 20,000 differ by


@given(st.lists(st.floats(0, 1), min_size=2, max_size=40), st.integers(0, 9))
@settings(max_examples=25)
def test_where_lower_is_better_the_bounds_are_mirrored(scores: list[float], seed: int) -> None:
    low = bootstrap_bound(scores, 0.95, upper=False, seed=seed, resamples=200)
    high = bootstrap_bound([1 - score for score in scores], 0.95, upper=True, seed=seed, resamples=200)
    assert low == pytest.approx(1 - high, abs=0.02)


def test_the_seed_follows_from_the_items_and_not_from_their_order() -> None:
    assert seed_of(["b", "a"]) == seed_of(["a", "b"]) != seed_of(["a", "c"])
