"""Does the comparison of two groups keep its promise, and widen where little is known?"""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import ttest_ind

from bot.readiness.statistics import difference

SCORES = st.lists(st.sampled_from([0.0, 1.0]), min_size=2, max_size=60) | st.lists(
    st.floats(-5, 5, allow_nan=False), min_size=2, max_size=60
)


def test_other_scores_agree_with_welch_where_groups_are_large() -> None:
    rng = random.Random(5)
    ours, theirs = [rng.gauss(0.6, 0.2) for _ in range(900)], [rng.gauss(0.55, 0.3) for _ in range(700)]
    gain, low, high = difference(ours, theirs, 0.95)
    welch = ttest_ind(ours, theirs, equal_var=False).confidence_interval(0.90)
    assert (low, high) == pytest.approx((welch.low, welch.high), abs=1e-4)
    assert gain == pytest.approx((low + high) / 2)


def test_a_group_without_a_failure_is_not_taken_for_certain() -> None:
    # (11 + 1) / 13 against (7 + 1) / 13, by hand: spread = sqrt(12*1/13**3 + 8*5/13**3)
    gain, low, high = difference([1.0] * 11, [1.0] * 7 + [0.0] * 4, 0.95)
    assert gain == pytest.approx(4 / 11)
    assert (low + high) / 2 == pytest.approx(4 / 13)
    assert (high - low) / 2 == pytest.approx(1.644854 * (52 / 13**3) ** 0.5, abs=1e-5)
    assert difference([1.0] * 11, [1.0] * 11, 0.95)[2] > 0.1


def test_a_true_loss_is_missed_seldom_and_an_invented_one_is_rare() -> None:
    rng = random.Random(11)

    def group(share: float, n: int) -> list[float]:
        return [float(rng.random() < share) for _ in range(n)]

    invented = sum(difference(group(0.8, 300), group(0.8, 300), 0.95)[2] < 0 for _ in range(2_000)) / 2_000
    found = sum(difference(group(0.7, 300), group(0.8, 300), 0.95)[2] < 0 for _ in range(500)) / 500
    assert invented < 0.065
    assert found > 0.85


@given(SCORES, SCORES)
def test_both_ways_round_it_is_the_same(one: list[float], other: list[float]) -> None:
    gain, low, high = difference(one, other, 0.95)
    back, back_low, back_high = difference(other, one, 0.95)
    assert (gain, low, high) == pytest.approx((-back, -back_high, -back_low), abs=1e-9)
    assert low <= high
