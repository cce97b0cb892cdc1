"""Do the paired tests, their bounds and the adjustment agree with published values, with scipy, and with simulation?"""

import subprocess
import sys
from itertools import product
from math import sqrt
from statistics import NormalDist, fmean, stdev

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from bot.readiness.statistics import (
    agresti_min,
    bootstrap_bound,
    detectable_gain,
    detectable_shift,
    error_reduction,
    holm,
    mcnemar,
    needed_pairs,
    needed_pairs_of_shift,
    relative_gain,
    seed_of,
    sign_flip,
)

PAIRS = st.tuples(st.integers(0, 400), st.integers(0, 400))


@pytest.mark.parametrize(
    ("wins", "losses", "p"),
    # by hand: sums of binomial coefficients over 2**n
    [(5, 0, 1 / 32), (4, 1, 6 / 32), (0, 5, 1.0), (8, 2, 56 / 1024), (9, 1, 11 / 1024), (0, 0, 1.0), (1, 1, 3 / 4)],
)
def test_mcnemar_is_the_binomial_tail(wins: int, losses: int, p: float) -> None:
    assert mcnemar(wins, losses) == pytest.approx(p, rel=1e-12)


@given(PAIRS)
def test_mcnemar_agrees_with_scipy(pairs: tuple[int, int]) -> None:
    wins, losses = pairs
    if wins + losses:
        expected = stats.binomtest(wins, wins + losses, 0.5, alternative="greater").pvalue
        assert mcnemar(wins, losses) == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize(("wins", "losses"), [(700, 640), (6_000, 5_700), (50_100, 50_000), (1_000, 0), (90, 95_000)])
def test_mcnemar_agrees_with_scipy_for_many_pairs_too(wins: int, losses: int) -> None:
    expected = stats.binomtest(wins, wins + losses, 0.5, alternative="greater").pvalue
    assert mcnemar(wins, losses) == pytest.approx(expected, rel=1e-7, abs=1e-300)


@given(PAIRS)
def test_a_win_more_makes_luck_less_likely(pairs: tuple[int, int]) -> None:
    wins, losses = pairs
    assert mcnemar(wins + 1, losses) <= mcnemar(wins, losses) + 1e-12


def test_agresti_and_min_s_bound_is_the_one_of_their_paper() -> None:
    # Statistics in Medicine 24 (2005) 729-740: half a pair is added to each cell, then Wald's interval;
    # the approval ratings of Agresti, Categorical Data Analysis, table 10.1: 794, 150, 86, 570
    wins, losses, n, z = 86, 150, 1600, NormalDist().inv_cdf(0.975)
    b, c, total = wins + 0.5, losses + 0.5, n + 2
    centre = (b - c) / total
    half = z * sqrt((b + c) - (b - c) ** 2 / total) / total
    assert agresti_min(wins, losses, n, 0.975, upper=False) == pytest.approx(centre - half, rel=1e-12)
    assert agresti_min(wins, losses, n, 0.975, upper=True) == pytest.approx(centre + half, rel=1e-12)
    # Wald's own interval there is published as (-0.06, -0.02)
    assert (centre - half, centre + half) == (pytest.approx(-0.0587, abs=2e-4), pytest.approx(-0.0212, abs=2e-4))


@given(PAIRS, st.integers(0, 1_000))
def test_the_bound_holds_the_difference_and_stays_a_difference_of_shares(pairs: tuple[int, int], ties: int) -> None:
    wins, losses = pairs
    n = wins + losses + ties
    if n:
        low, high = (agresti_min(wins, losses, n, 0.95, upper=upper) for upper in (False, True))
        assert -1 <= low <= high <= 1
        shrunk = (wins - losses) / (n + 2)
        assert low <= shrunk + 1e-12 <= high + 2e-12


@given(st.lists(st.integers(-4, 4), min_size=1, max_size=9))
def test_signs_of_few_differences_are_counted_out(differences: list[int]) -> None:
    moved = [d for d in differences if d]
    if moved:
        totals = [
            sum(sign * d for sign, d in zip(signs, moved, strict=True)) for signs in product((1, -1), repeat=len(moved))
        ]
        expected = sum(total >= sum(moved) - 1e-9 for total in totals) / len(totals)
        assert sign_flip([float(d) for d in differences], seed=1) == pytest.approx(expected, rel=1e-9)


def test_signs_of_many_differences_are_drawn_alike_by_the_same_seed() -> None:
    draw = np.random.default_rng(3)
    differences = list(draw.normal(0.05, 0.3, 120))
    first = sign_flip(differences, seed=9)
    assert first == sign_flip(differences, seed=9)
    t = stats.ttest_1samp(differences, 0, alternative="greater").pvalue
    assert first == pytest.approx(t, abs=0.01)


def test_beyond_the_cap_the_normal_law_takes_over() -> None:
    draw = np.random.default_rng(4)
    differences = list(draw.normal(0.008, 0.3, 2_500))
    t = stats.ttest_1samp(differences, 0, alternative="greater").pvalue
    assert sign_flip(differences, seed=1) == pytest.approx(t, abs=0.005)
    assert sign_flip([0.0] * 50, seed=1) == 1.0


@pytest.mark.parametrize("skew", [(8.0, 2.0), (2.0, 2.0), (30.0, 1.0)])
def test_the_bootstrap_bound_is_scipy_s(skew: tuple[float, float]) -> None:
    scores = np.random.default_rng(11).beta(*skew, size=200)
    expected = stats.bootstrap(
        (scores,), np.mean, confidence_level=0.9, n_resamples=9_999, method="BCa", rng=np.random.default_rng(2)
    ).confidence_interval
    spread = stdev(scores) / sqrt(len(scores))
    for upper, bound in ((False, expected.low), (True, expected.high)):
        found = bootstrap_bound([float(s) for s in scores], 0.95, upper=upper, seed=5)
        assert found == pytest.approx(bound, abs=0.12 * spread)


def test_holm_s_adjustment_of_a_worked_example() -> None:
    # by hand: 4 x 0.005; max(3 x 0.01, ...); 2 x 0.03; 1 x 0.04, which may not fall below the former 0.06
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx((0.03, 0.06, 0.06, 0.02))
    assert holm([]) == ()
    assert holm([0.7, 0.9]) == (1.0, 1.0)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=12))
def test_holm_keeps_the_order_and_only_raises(ps: list[float]) -> None:
    adjusted = holm(ps)
    assert all(one <= other for one, other in zip(ps, adjusted, strict=True))
    by_p = [value for _, value in sorted(zip(ps, adjusted, strict=True))]
    assert by_p == sorted(by_p)


def _power(n: int, gain: float, discordance: float, draws: int = 4_000) -> float:
    """Simulate the share of draws in which the exact one-sided McNemar test shows a true gain."""
    win, lose = (discordance + gain) / 2, (discordance - gain) / 2
    drawn = np.random.default_rng(17).multinomial(n, [win, lose, 1 - win - lose], size=draws)
    shown = stats.binom.sf(drawn[:, 0] - 1, drawn[:, 0] + drawn[:, 1], 0.5) < 0.05
    return float(shown.mean())


@pytest.mark.parametrize(
    ("gain", "discordance"), [(0.05, 0.2), (0.05, 0.1), (0.08, 0.2), (0.1, 0.3), (0.03, 0.06), (0.02, 0.06)]
)
def test_the_pairs_that_are_needed_have_the_power_that_is_promised(gain: float, discordance: float) -> None:
    n = needed_pairs(gain, discordance)
    assert n is not None
    assert 0.78 <= _power(n, gain, discordance) <= 0.86


@given(st.integers(60, 2_000), st.floats(0.05, 0.5))
def test_the_gain_that_so_many_show_is_the_gain_that_needs_so_many(n: int, discordance: float) -> None:
    gain = detectable_gain(n, discordance)
    if gain < discordance:
        assert needed_pairs(gain + 1e-9, discordance) == pytest.approx(n, abs=1.5)


def test_what_cannot_be_shown_needs_no_number() -> None:
    assert needed_pairs(0.0, 0.2) is None
    assert needed_pairs(-0.1, 0.2) is None
    assert needed_pairs(1e-5, 0.2) is None
    assert needed_pairs_of_shift(0.0, 1.0) is None
    assert needed_pairs_of_shift(1e-6, 1.0) is None


def test_pairs_of_scores_need_what_the_textbook_says() -> None:
    # n = ((z_alpha + z_beta) * sd / shift)**2, one-sided 5 % and 80 %: 2.4865**2 = 6.183
    assert needed_pairs_of_shift(0.1, 0.5) == pytest.approx(6.183 * 25, abs=2)
    assert detectable_shift(155, 0.5) == pytest.approx(0.1, abs=0.001)


def test_effects_are_told_in_both_ways() -> None:
    assert relative_gain(0.03, 0.6) == pytest.approx(0.05)
    assert relative_gain(0.03, -0.6) == pytest.approx(0.05)
    assert relative_gain(0.03, 0.0) is None
    assert error_reduction(0.03, 0.95) == pytest.approx(0.6)
    assert error_reduction(0.0, 1.0) is None


def test_the_seed_hangs_on_the_items_and_not_on_their_order() -> None:
    assert seed_of(["a", "b", "c"]) == seed_of(["c", "a", "b"])
    assert seed_of(["a", "b"]) != seed_of(["a", "c"])


def test_judging_scores_of_0_and_1_imports_neither_scipy_nor_numpy() -> None:
    code = (
        "import sys; from tests.dossiers import CASES, read_case; from bot.readiness.checks import CHECKS\n"
        "dossier, *_ = read_case(CASES / 'gain-is-real' / 'a-clear-gain.yaml')\n"
        "found = [f for c in CHECKS if c.item == 'eval' for f in c.run(dossier)]\n"
        "assert len(found) > 5\n"
        "print(sorted({'numpy', 'scipy'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_mean_of_a_bootstrap_bound_lies_beyond_the_mean() -> None:
    scores = [0.2, 0.9, 0.4, 1.0, 0.7] * 20
    low, high = (bootstrap_bound(scores, 0.95, upper=upper, seed=1) for upper in (False, True))
    assert low < fmean(scores) < high
