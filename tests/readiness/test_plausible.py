"""Is an edited aggregate noticed without its rows, and an honest one never accused?"""

from math import sqrt

import pytest

from bot.readiness.eval_report import EvalMetric
from bot.readiness.plausible import implausible


def metric(value: float, stderr: float | None, n: int | None, name: str = "exact_match") -> EvalMetric:
    return EvalMetric("tickets", name, "none", value, stderr, None, n, "/x")


@pytest.mark.parametrize("n", [2, 50, 200, 5000])
@pytest.mark.parametrize("right", [0.0, 0.31, 0.5, 0.715, 1.0])
def test_an_honest_aggregate_holds_together(n: int, right: float) -> None:
    value = round(right * n) / n
    for divisor in (n - 1, n) if n > 40 else (n - 1,):
        assert implausible(metric(value, sqrt(value * (1 - value) / divisor), n), "lm-eval") is None
    rounded = round(value, 4)
    assert implausible(metric(rounded, round(sqrt(value * (1 - value) / (n - 1)), 4), n), "lm-eval") is None


def test_an_edited_value_is_noticed_by_its_standard_error() -> None:
    honest = sqrt(0.48 * 0.52 / 199)
    assert implausible(metric(0.9, honest, 200), "lm-eval") is not None


def test_an_edited_n_is_noticed_by_the_standard_error() -> None:
    assert implausible(metric(0.48, sqrt(0.48 * 0.52 / 199), 800), "lm-eval") is not None


def test_a_share_that_no_count_gives_is_noticed() -> None:
    value = 0.5123456789
    assert implausible(metric(value, sqrt(value * (1 - value) / 199), 200), "lm-eval") is not None


def test_a_share_beyond_its_scale_is_noticed() -> None:
    assert implausible(metric(1.2, None, None), "lm-eval") is not None


@pytest.mark.parametrize(
    ("name", "format"), [("f1", "lm-eval"), ("exact_match", "tunegate-eval/1"), ("loss", "inspect")]
)
def test_what_is_no_share_or_has_another_error_is_left_alone(name: str, format: str) -> None:
    assert implausible(metric(0.9, 0.2, 200, name), format) is None
