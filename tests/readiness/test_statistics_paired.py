"""Do the tests of paired differences agree with published and hand-worked values, and with scipy?"""

import random
from math import comb

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binom, binomtest, permutation_test

from bot.readiness.statistics import agresti_min, error_reduction, holm, mcnemar, relative_gain, sign_flip
from bot.readiness.statistics.paired import EXACT_MAX, SIGN_FLIP_MAX_N

DISCORDANT = st.tuples(st.integers(0, 400), st.integers(0, 400))


@pytest.mark.parametrize(
    ("wins", "losses", "p"),
    [
        (0, 0, 1.0),
        (0, 3, 1.0),
        (5, 0, 1 / 32),
        (9, 1, 11 / 1024),  # (10 choose 9) + (10 choose 10) of 2 ** 10
        (8, 2, 56 / 1024),
        (1, 1, 3 / 4),
        (2, 8, 1 - 11 / 1024),  # all but 0 and 1 of ten: 1 - (1 + 10) / 1024
    ],
)
def test_mcnemar_agrees_with_counting_by_hand(wins: int, losses: int, p: float) -> None:
    assert mcnemar(wins, losses) == pytest.approx(p, rel=1e-14)


def test_mcnemar_of_the_prime_ministers_approval() -> None:
    # Agresti, Categorical Data Analysis, table of approval in two surveys: 150 and 86 of 1,600 changed their minds.
    # R's exact2x2 (Fay, The R Journal 2, 2010, 53-58) gives the two-sided exact p of these data as 3.716e-05.
    assert 2 * mcnemar(150, 86) == pytest.approx(3.716e-05, rel=2e-4)


@given(DISCORDANT)
def test_mcnemar_is_the_binomial_test(counts: tuple[int, int]) -> None:
    wins, losses = counts
    if wins + losses:
        expected = binomtest(wins, wins + losses, 0.5, alternative="greater").pvalue
        assert mcnemar(wins, losses) == pytest.approx(expected, rel=1e-9)


@given(st.integers(400, 60_000), st.integers(-400, 400))
@settings(max_examples=30)
def test_mcnemar_of_very_many_pairs_is_the_binomial_tail(half: int, more: int) -> None:
    wins, losses = half + more, half - more
    assert mcnemar(wins, losses) == pytest.approx(float(binom.sf(wins - 1, wins + losses, 0.5)), rel=1e-7)


def test_both_ways_to_sum_meet_where_one_takes_over() -> None:
    for wins in (EXACT_MAX // 2 + 1, EXACT_MAX // 2 + 40, EXACT_MAX):
        even, odd = mcnemar(wins, EXACT_MAX - wins), mcnemar(wins, EXACT_MAX - wins + 1)
        assert odd == pytest.approx(float(binom.sf(wins - 1, EXACT_MAX + 1, 0.5)), rel=1e-8)
        assert even == pytest.approx(float(binom.sf(wins - 1, EXACT_MAX, 0.5)), rel=1e-8)


@given(DISCORDANT)
def test_a_win_more_never_raises_and_a_loss_more_never_lowers_the_p(counts: tuple[int, int]) -> None:
    wins, losses = counts
    assert mcnemar(wins + 1, losses) <= mcnemar(wins, losses) <= mcnemar(wins, losses + 1)


@given(DISCORDANT)
def test_of_both_sides_only_the_sample_itself_is_counted_twice(counts: tuple[int, int]) -> None:
    wins, losses = counts
    itself = comb(wins + losses, wins) / (1 << (wins + losses))
    assert mcnemar(wins, losses) + mcnemar(losses, wins) == pytest.approx(1 + itself, rel=1e-9)


def test_agresti_min_of_the_prime_ministers_approval() -> None:
    # Worked by hand from the cells of Agresti's table (n = 1600, 150 and 86 changed), with half a pair added to each:
    # d = 64 / 1602 = 0.039950; variance (237 / 1602 - d ** 2) / 1602 = 9.1352e-5; error 0.0095578.
    # Two-sided 95 %: 0.039950 -+ 1.95996 * 0.0095578; Agresti's Wald interval without the half pairs is (0.021, 0.059)
    low, high = (agresti_min(150, 86, 1600, 0.975, upper=upper) for upper in (False, True))
    assert (low, high) == (pytest.approx(0.021217, abs=2e-6), pytest.approx(0.058683, abs=2e-6))


@given(st.integers(0, 60), st.integers(0, 60), st.integers(0, 200))
def test_agresti_min_holds_the_shrunken_difference_and_mirrors(wins: int, losses: int, ties: int) -> None:
    n = wins + losses + ties
    if n:
        low, high = (agresti_min(wins, losses, n, 0.95, upper=upper) for upper in (False, True))
        assert -1 <= low <= (wins - losses) / (n + 2) <= high <= 1
        assert agresti_min(losses, wins, n, 0.95, upper=True) == pytest.approx(-low)


@pytest.mark.parametrize(("n", "psi", "gain"), [(50, 0.2, 0.05), (100, 0.1, 0.0), (200, 0.2, 0.08), (500, 0.06, -0.02)])
def test_agresti_mins_lower_bound_covers_about_as_often_as_it_says(n: int, psi: float, gain: float) -> None:
    draw, covered = random.Random(n), 0
    for _ in range(1_000):
        outcomes = draw.choices((1, -1, 0), weights=((psi + gain) / 2, (psi - gain) / 2, 1 - psi), k=n)
        bound = agresti_min(outcomes.count(1), outcomes.count(-1), n, 0.95, upper=False)
        covered += bound <= gain
    assert 930 <= covered <= 990


def test_all_signs_of_three_differences_by_hand() -> None:
    # of the eight sums of +-1, +-2, +-4 only 7 itself is so large, and none is smaller than -7
    assert sign_flip([1.0, 2.0, 4.0], seed=1) == (1 / 8, 1.0)
    # of +-1, +-2, -+4 the sums of at least -1: 7, 5, 3, 1, -1; of at most -1: -1, -3, -5, -7
    assert sign_flip([1.0, 2.0, -4.0], seed=1) == (5 / 8, 4 / 8)


def test_a_difference_of_nothing_has_no_sign() -> None:
    assert sign_flip([0.0, 0.0], seed=1) == (1.0, 1.0)
    assert sign_flip([0.0, 0.3], seed=1) == (0.5, 1.0)
    assert sign_flip([-0.3], seed=1) == (1.0, 0.5)
    assert sign_flip([1.0, 2.0, 4.0, 0.0, 0.0], seed=1) == (1 / 8, 1.0)


@given(st.lists(st.sampled_from([-1.0, 1.0]), min_size=2, max_size=13))
@settings(max_examples=30)
def test_of_wins_and_losses_all_signs_are_the_exact_mcnemar_test(signs: list[float]) -> None:
    wins, losses = signs.count(1.0), signs.count(-1.0)
    assert sign_flip(signs, seed=1) == (pytest.approx(mcnemar(wins, losses)), pytest.approx(mcnemar(losses, wins)))


@given(st.lists(st.floats(-1, 1).filter(lambda d: abs(d) > 1e-3), min_size=2, max_size=40))
@settings(max_examples=25)
def test_both_sides_are_what_scipy_says_of_each(differences: list[float]) -> None:
    above, below = sign_flip(differences, seed=5)
    mirrored_below, mirrored_above = sign_flip([-d for d in differences], seed=6)
    # draws are random beyond 13 differences: four standard errors of a share of 9,999
    assert above == pytest.approx(mirrored_above, abs=0.02)
    assert below == pytest.approx(mirrored_below, abs=0.02)
    if len(differences) <= 10:
        for alternative, p in (("greater", above), ("less", below)):
            found = permutation_test(
                (differences,), lambda x, axis: x.mean(axis=axis), permutation_type="samples", alternative=alternative
            )
            assert p == pytest.approx(found.pvalue, abs=1e-12)


def test_random_signs_and_the_normal_approximation_meet_where_one_takes_over() -> None:
    draw = random.Random(3)
    many = [draw.gauss(0.02, 0.5) for _ in range(SIGN_FLIP_MAX_N + 1)]
    approximate, by_draws = sign_flip(many, seed=1), sign_flip(many[:-1], seed=1)
    assert approximate == (pytest.approx(by_draws[0], abs=0.02), pytest.approx(by_draws[1], abs=0.02))


def test_the_same_seed_draws_the_same_signs() -> None:
    draw = random.Random(4)
    differences = [draw.gauss(0.1, 0.5) for _ in range(60)]
    assert sign_flip(differences, seed=9) == sign_flip(differences, seed=9)


def test_holm_agrees_with_its_textbook_example() -> None:
    # four hypotheses, tried at 0.05 / 4, 0.05 / 3, 0.05 / 2, 0.05 / 1 in their order (Holm 1979): the first two fall.
    # R: p.adjust(c(0.01, 0.04, 0.03, 0.005), "holm") is 0.03 0.06 0.06 0.02
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx((0.03, 0.06, 0.06, 0.02))
    assert holm([]) == ()
    assert holm([0.04]) == (0.04,)
    assert holm([0.6, 0.7]) == (1.0, 1.0)


@given(st.lists(st.floats(0, 1), max_size=8))
def test_holm_rejects_what_its_step_down_rule_rejects(ps: list[float]) -> None:
    rejected: set[int] = set()
    for rank, index in enumerate(sorted(range(len(ps)), key=lambda i: ps[i])):
        if ps[index] * (len(ps) - rank) >= 0.05:
            break
        rejected.add(index)
    adjusted = holm(ps)
    assert {index for index, p in enumerate(adjusted) if p < 0.05} == rejected
    assert all(one >= other for one, other in zip(adjusted, ps, strict=True))


def test_a_gain_is_related_to_what_there_was_and_to_the_errors_left() -> None:
    assert relative_gain(0.03, 0.6) == pytest.approx(0.05)
    assert relative_gain(0.5, -10.0) == pytest.approx(0.05)
    assert relative_gain(0.3, 0.0) is None
    assert error_reduction(0.01, 0.95) == pytest.approx(0.2)
    assert error_reduction(0.0, 1.0) is None
