"""Do the bounds agree with published values, and with what they promise?"""

import random
from statistics import NormalDist, fmean

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.readiness.statistics import (
    BOOTSTRAP_MAX_N,
    bootstrap_bound,
    bound_of_mean,
    detectable_gain,
    needed_n,
    needed_n_of_mean,
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


@pytest.mark.parametrize(
    ("n", "discordance", "gain"),
    # simulated: exact one-sided McNemar, 80 % power
    [(200, 0.1, 0.06), (200, 0.2, 0.08), (200, 0.3, 0.10), (200, 0.4, 0.11), (540, 0.2, 0.05), (280, 0.1, 0.05)],
)
def test_the_gain_that_n_can_show_agrees_with_simulation(n: int, discordance: float, gain: float) -> None:
    assert detectable_gain(n, discordance) == pytest.approx(gain, abs=0.006)
