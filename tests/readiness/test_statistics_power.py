"""Do so many pairs show what is said of them? Held against simulations of the exact test, and against its exact power."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom

from bot.readiness.statistics import (
    agresti_min,
    detectable_gain,
    detectable_over_churn,
    detectable_shift,
    mcnemar,
    needed_pairs,
    needed_pairs_of_shift,
    sign_flip,
)

DRAWS = 4_000


def simulated_power(n: int, discordance: float, gain: float, seed: int = 1) -> float:
    """Draw wins and losses of n pairs, and count how often the exact one-sided McNemar test is below 0.05."""
    shares = ((discordance + gain) / 2, (discordance - gain) / 2, 1 - discordance)
    wins, losses, _ = np.random.default_rng(seed).multinomial(n, shares, size=DRAWS).T
    return float(np.mean(binom.sf(wins - 1, wins + losses, 0.5) < 0.05))


def exact_power(n: int, discordance: float, gain: float) -> float:
    """Sum the probabilities of all outcomes that the exact one-sided McNemar test calls no luck."""
    differing = np.arange(n + 1)
    critical = [next((w for w in range(k // 2, k + 1) if mcnemar(w, k - w) < 0.05), k + 1) for k in range(n + 1)]
    won = (discordance + gain) / (2 * discordance)
    return float(np.sum(binom.pmf(differing, n, discordance) * binom.sf(np.array(critical) - 1, differing, won)))


@pytest.mark.parametrize(
    ("n", "discordance", "gain"),
    # simulated: exact one-sided McNemar, 80 % power
    [(200, 0.1, 0.06), (200, 0.15, 0.07), (200, 0.2, 0.08), (200, 0.3, 0.10), (200, 0.4, 0.11), (540, 0.2, 0.05), (280, 0.1, 0.05)],
)  # fmt: skip
def test_the_gain_that_n_can_show_agrees_with_simulation(n: int, discordance: float, gain: float) -> None:
    found = detectable_gain(n, discordance)
    assert found == pytest.approx(gain, abs=0.006)
    assert 0.77 <= simulated_power(n, discordance, found) <= 0.87


@pytest.mark.parametrize(
    ("gain", "discordance"), [(0.05, 0.2), (0.05, 0.1), (0.03, 0.06), (0.08, 0.2), (0.1, 0.1), (0.25, 0.5)]
)
def test_so_many_pairs_as_are_needed_show_the_gain_and_a_quarter_fewer_do_not(gain: float, discordance: float) -> None:
    n = needed_pairs(gain, discordance)
    assert n is not None
    assert simulated_power(n, discordance, gain) >= 0.78
    assert simulated_power(n * 3 // 4, discordance, gain) < 0.8


@pytest.mark.parametrize("n", [20, 60, 200])
@pytest.mark.parametrize("churn", [0.0, 0.1, 0.3])
def test_what_so_many_pairs_show_on_top_of_churn_is_shown_with_the_power_that_is_said(n: int, churn: float) -> None:
    gain = detectable_over_churn(n, churn)
    assert exact_power(n, min(churn + gain, 1.0), gain) >= 0.78
    if churn:
        assert exact_power(n, churn + gain / 2, gain / 2) < 0.6


def test_what_cannot_be_shown_is_not_said_to_be() -> None:
    assert detectable_over_churn(4, 0.0) == pytest.approx(1.0)  # four wins of four have p = 1 / 16
    assert needed_pairs(0.0, 0.2) is None
    assert needed_pairs(-0.1, 0.2) is None
    assert needed_pairs(1e-6, 0.2) is None  # more than a million
    assert needed_pairs_of_shift(0.0, 1.0) is None
    assert needed_pairs_of_shift(1e-6, 1.0) is None


@given(st.floats(0.005, 0.5), st.floats(0.01, 1.0))
def test_a_larger_gain_needs_fewer_pairs_and_more_discordance_more(gain: float, discordance: float) -> None:
    n, less, noisier = (
        needed_pairs(gain, discordance),
        needed_pairs(gain * 1.2, max(discordance, gain * 1.2)),
        needed_pairs(gain, min(1.0, discordance * 1.5)),
    )
    assert n is not None
    assert less is not None
    assert noisier is not None
    assert noisier >= n
    if discordance >= gain * 1.2:
        assert less <= n


def test_a_useless_adapter_passes_by_five_percent_relative_often_and_with_a_test_seldom() -> None:
    # why both are asked for: from 0.6, psi = 0.2 and no gain at all, 3 points of 200 are seen one time in five
    wins, losses, _ = np.random.default_rng(1).multinomial(200, (0.1, 0.1, 0.8), size=DRAWS).T
    seen = (wins - losses) / 200 >= 0.05 * 0.6
    sure = binom.sf(wins - 1, wins + losses, 0.5) < 0.05
    assert 0.17 <= np.mean(seen) <= 0.23
    assert np.mean(seen & sure) <= 0.05


@pytest.mark.parametrize(("n", "margin", "power"), [(1_000, 0.02, 0.83), (500, 0.03, 0.86)])
def test_so_many_pairs_rule_a_loss_out_as_often_as_simulated(n: int, margin: float, power: float) -> None:
    # no change at all and psi = 0.06: the share of runs in which Agresti and Min's lower bound is above the margin
    wins, losses, _ = np.random.default_rng(2).multinomial(n, (0.03, 0.03, 0.94), size=DRAWS).T
    shown = np.mean(
        [agresti_min(int(w), int(lost), n, 0.95, upper=False) > -margin for w, lost in zip(wins, losses, strict=True)]
    )
    assert shown == pytest.approx(power, abs=0.03)
    needed = needed_pairs(margin, 0.06)
    assert needed is not None
    assert needed <= n * 1.05


def test_a_shift_of_the_mean_is_shown_by_so_many_pairs() -> None:
    n = needed_pairs_of_shift(0.1, 0.4)
    assert n == 100  # (1.6449 + 0.8416) ** 2 * 16 = 98.9, and one more for the estimated spread
    assert detectable_shift(n, 0.4) == pytest.approx(0.0995, abs=1e-4)
    draw = np.random.default_rng(3)
    shown = sum(sign_flip(list(draw.normal(0.1, 0.4, n)), seed=k)[0] < 0.05 for k in range(20))
    assert shown >= 11


def test_fewer_than_five_pairs_never_show_a_shift() -> None:
    assert needed_pairs_of_shift(0.5, 1e-9) == 5
