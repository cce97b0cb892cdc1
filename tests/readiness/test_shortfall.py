"""Is every ambiguity of a run read against the claim that it would help?"""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.readiness.bar import Bar
from bot.readiness.baseline import Measured
from bot.readiness.eval_report import EvalItem, EvalMetric, EvalReport
from bot.readiness.fact import Grade, Known, Source
from bot.readiness.shortfall import Placed, Standing, place, severe, too_many_errors

UP, DOWN = True, False


def measured(
    *scores: float | None,
    keys: list[str] | None = None,
    rescored: str | None = None,
    recomputed: float | None = 0.5,
) -> Measured:
    names = keys or [str(n) for n in range(len(scores))]
    items = tuple(EvalItem(key, key, score, errored=score is None) for key, score in zip(names, scores, strict=True))
    return run(items, rescored=rescored, recomputed=recomputed)


def run(items: tuple[EvalItem, ...], *, rescored: str | None = None, recomputed: float | None = 0.5) -> Measured:
    metric = EvalMetric("t", "m", None, 0.5, None, None, len(items), "/x", recomputed, rescored, items)
    report = EvalReport("native", None, "complete", None, None, None, None, False, (metric,), True)
    return Measured("eval.baseline", Known(report, Source("a.json", Grade.B)), metric)


def placed(of: Measured, bar: float, higher: bool = UP) -> Placed:
    return place(of, Bar(bar, higher), 0.95)


def test_an_error_counts_as_right_and_as_one_for_proportions() -> None:
    found = placed(measured(*[1.0] * 170, *[0.0] * 20, *[None] * 10), 0.9)
    assert (found.value, found.charitable, found.errored) == (0.85, 0.9, 10)
    assert found.standing is Standing.MEETS


def test_an_error_counts_as_zero_where_lower_is_better() -> None:
    found = placed(measured(*[1.0] * 30, *[0.0] * 160, *[None] * 10), 0.1, DOWN)
    assert (found.value, found.charitable) == (0.2, 0.15)
    assert severe(measured(*[1.0] * 30, *[0.0] * 160, *[None] * 10), Bar(0.1, DOWN)) == 0.2


def test_an_error_among_fractions_counts_as_a_whole() -> None:
    assert placed(measured(0.5, 0.25, None), 0.9).charitable == pytest.approx(1.75 / 3)


def test_an_error_among_marks_counts_as_the_best_mark_and_at_least_as_the_bar() -> None:
    assert placed(measured(2.0, 4.0, None), 4.5).charitable == pytest.approx(10.5 / 3)
    assert placed(measured(2.0, 5.0, None), 4.5).charitable == 4.0
    assert placed(measured(12.0, 9.0, None), 5.0, DOWN).charitable == pytest.approx(26 / 3)


def test_a_score_beside_an_error_does_not_count() -> None:
    items = (EvalItem("a", "a", 0.0, errored=True), EvalItem("b", "b", 0.0))
    assert placed(run(items), 0.9).charitable == 0.5
    assert run(items).errored == 1
    assert severe(run(items), Bar(0.9, UP)) == 0.0


def test_a_row_that_is_right_but_for_form_counts_as_right_and_a_score_of_zero_stays_zero() -> None:
    items = (EvalItem("a", "a", 0.0), EvalItem("b", "b", 0.0, tolerant=1.0))
    found = placed(run(items, rescored="text"), 0.9)
    assert (found.value, found.charitable, found.form) == (0.0, 0.5, True)


def test_where_lower_is_better_and_in_an_errored_row_form_changes_nothing() -> None:
    items = (EvalItem("a", "a", 0.0, tolerant=1.0), EvalItem("b", "b", 1.0))
    assert placed(run(items, rescored="text"), 0.4, DOWN).charitable == 0.5
    errored = (EvalItem("a", "a", None, errored=True, tolerant=1.0), EvalItem("b", "b", 1.0))
    assert not placed(run(errored, rescored="text"), 0.9).form


def test_repetitions_of_an_item_count_as_one() -> None:
    keys = [f"right-{n}" for n in range(184)] + [f"wrong-{n}" for n in range(16) for _ in range(10)]
    found = placed(measured(*[1.0] * 184, *[0.0] * 160, keys=keys), 0.9)
    assert (found.value, found.n, found.rows) == (0.92, 200, 344)
    once, often = (
        measured(*[1.0] * 176, *[0.0] * 24),
        measured(*([1.0] * 176 + [0.0] * 24) * 9, keys=[str(n) for n in range(200)] * 9),
    )
    assert placed(once, 0.9) == replace(placed(often, 0.9), rows=200)


def test_the_order_of_the_rows_does_not_matter() -> None:
    scores = [float(n % 5) for n in range(300)]
    one = measured(*scores)
    other = replace(one, metric=replace(one.metric, items=tuple(reversed(one.metric.items))))
    assert placed(one, 2.1) == placed(other, 2.1)


def test_surely_short_and_within_noise_are_told_apart() -> None:
    assert placed(measured(*[1.0] * 150, *[0.0] * 50), 0.8).standing is Standing.SHORT
    found = placed(measured(*[1.0] * 151, *[0.0] * 49), 0.8)
    assert found.standing is Standing.WITHIN_NOISE
    assert found.needed is not None
    assert 200 < found.needed < 300
    assert placed(measured(*[1.0] * 160, *[0.0] * 40), 0.8).standing is Standing.MEETS


def test_marks_within_noise_name_the_n_that_would_tell() -> None:
    found = placed(measured(*[4.0, 5.0, 3.0] * 10), 4.1)
    assert found.standing is Standing.WITHIN_NOISE
    assert found.needs() == "about 188 items would tell"


def test_lower_is_better_mirrors_higher() -> None:
    up, down = measured(*[1.0] * 150, *[0.0] * 50), measured(*[0.0] * 150, *[1.0] * 50)
    for bar in (0.7, 0.75, 0.78, 0.8, 0.9):
        assert placed(up, bar).standing is placed(down, 1 - bar, DOWN).standing


def test_more_than_five_percent_errors_tell_nothing() -> None:
    assert too_many_errors(measured(*[1.0] * 95, *[None] * 5), 0.05) is None
    assert too_many_errors(measured(*[1.0] * 94, *[None] * 6), 0.05) is not None
    assert too_many_errors(measured(None), 0.05) is not None


SCORES = st.lists(st.sampled_from([None, 0.0, 1.0]), min_size=1, max_size=60)


@given(SCORES, st.integers(0, 59), st.sampled_from([0.5, 0.8, 0.9, 0.95]))
def test_a_better_or_an_errored_row_never_makes_a_run_fall_shorter(
    scores: list[float | None], at: int, bar: float
) -> None:
    at %= len(scores)
    order = [Standing.SHORT, Standing.WITHIN_NOISE, Standing.MEETS]
    for better in (1.0, None):
        improved = [*scores[:at], better, *scores[at + 1 :]]
        before, after = placed(measured(*scores), bar), placed(measured(*improved), bar)
        assert order.index(after.standing) >= order.index(before.standing)


@given(SCORES, st.sampled_from([0.5, 0.9]))
def test_what_is_read_severely_is_never_above_what_is_read_charitably(scores: list[float | None], bar: float) -> None:
    of = measured(*scores)
    assert severe(of, Bar(bar, UP)) <= placed(of, bar).charitable
    assert severe(of, Bar(bar, DOWN)) >= placed(of, bar, DOWN).charitable


def test_a_metric_that_is_no_mean_of_its_rows_is_told_from_one_that_is() -> None:
    rows = (1.0, 1.0, 0.0, None)
    assert measured(*rows, recomputed=2 / 3).averages  # over the scored rows
    assert measured(*rows, recomputed=0.5).averages  # errors as 0
    assert not measured(*rows, recomputed=0.9).averages
    assert not measured(*rows, recomputed=None).averages
    assert measured(1.0, 1.0, 0.0, keys=["a", "a", "b"], recomputed=0.5).averages  # repetitions averaged first


def test_a_number_without_rows_that_prove_it_is_an_aggregate() -> None:
    assert measured(1.0).source.grade is Grade.B
    assert measured(1.0, recomputed=None).source.grade is Grade.C
    assert run((), recomputed=None).source.grade is Grade.C
