"""Do two fair draws of one production pass for alike, and does what is far apart stand out?"""

import random
from collections import Counter
from collections.abc import Callable, Mapping, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.readiness.eval_report import Composition
from bot.readiness.shift import Shift, shifts


def drawn(n: int, rng: random.Random, weights: Sequence[float] = (5, 3, 1, 1)) -> Composition:
    labels = Counter(rng.choices("abcd", weights, k=n))
    lengths = sorted(int(rng.lognormvariate(5, 0.8)) for _ in range(n))
    return Composition(n, tuple(lengths), dict(Counter(rng.choices(["LATIN", "HAN"], [4, 1], k=n))), dict(labels))


def of(what: str, one: Composition, other: Composition) -> Shift:
    (found,) = [shift for shift in shifts(one, other) if shift.what == what]
    return found


@pytest.mark.parametrize("sizes", [(20, 20), (200, 30), (240, 1_000), (2_000, 5_000)])
def test_fair_draws_are_hardly_ever_apart(sizes: tuple[int, int]) -> None:
    rng = random.Random(7)
    apart = Counter[str]()
    for _ in range(100):
        for shift in shifts(*(drawn(n, rng) for n in sizes)):
            apart[shift.what] += shift.sure > 0
    assert max(apart.values()) <= 5


def test_another_mix_of_labels_stands_out_once_there_are_enough() -> None:
    rng = random.Random(7)
    other = (1, 1, 3, 5)
    small = of("labels", drawn(300, rng), drawn(12, rng, other))
    large = of("labels", drawn(300, rng), drawn(400, rng, other))
    assert small.sure < 0.25 < large.sure
    assert large.size == pytest.approx(0.6, abs=0.06)


def lengths(*values: int) -> Composition:
    return Composition(len(values), tuple(sorted(values)))


SPREAD = range(40, 440)


@pytest.mark.parametrize(
    ("turned", "alike"),
    [
        (lambda n: n, True),
        (lambda n: n * 115 // 100, True),  # a little longer
        (lambda n: n + 3_000, True),  # instructions before every input
        (lambda n: n * 4, False),
        (lambda n: 40 + (n - 40) // 8, False),
    ],
)
def test_lengths(turned: Callable[[int], int], alike: bool) -> None:
    shift = of("lengths", lengths(*map(turned, SPREAD)), lengths(*SPREAD))
    assert (shift.sure == 0) is alike
    assert "in the median" in shift.detail


def test_the_largest_distance_is_that_of_sets_with_nothing_in_common() -> None:
    one = Composition(500, (), {"LATIN": 500}, {"a": 250, "b": 250}, {"search": 500})
    other = Composition(500, (), {"HAN": 500}, {"c": 250, "d": 250}, {"refund": 500})
    assert {(shift.what, shift.size) for shift in shifts(one, other)} == {("labels", 1), ("scripts", 1), ("tools", 1)}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({}, {"a": 100}),
        ({f"t{n}": 1 for n in range(100)}, {f"u{n}": 1 for n in range(100)}),  # free texts
        ({"a": 50, "b": 50}, {f"u{n}": 1 for n in range(100)}),
    ],
)
def test_labels_that_do_not_repeat_are_not_compared(one: Mapping[str, int], other: Mapping[str, int]) -> None:
    assert shifts(Composition(100, labels=one), Composition(100, labels=other)) == ()


COUNTS = st.dictionaries(st.sampled_from("abc"), st.integers(1, 500), max_size=3)
MADE_OF = st.builds(
    lambda counts, sizes: Composition(
        max(sum(counts.values()), len(sizes)), tuple(sorted(sizes)), counts, counts, counts
    ),
    COUNTS,
    st.lists(st.integers(0, 10**6), max_size=30),
)


@given(MADE_OF, MADE_OF)
def test_a_distance_lies_between_0_and_1_and_is_the_same_both_ways(one: Composition, other: Composition) -> None:
    there, back = shifts(one, other), shifts(other, one)
    assert [(s.what, s.size, s.noise) for s in there] == [
        (s.what, pytest.approx(s.size), pytest.approx(s.noise)) for s in back
    ]
    assert all(0 <= s.size <= 1 and 0 <= s.noise <= 1 and 0 <= s.sure <= s.size for s in there)
    assert all(s.sure == 0 for s in shifts(one, one))
