"""Are figures written so that people can tell them apart?"""

import pytest

from bot.readiness.wording import beside


@pytest.mark.parametrize(
    ("value", "other", "written"),
    [
        (0.9, 0.92, "0.9"),
        (0.89997, 0.9, "0.89997"),
        (0.9, 0.9, "0.9"),
        (0.9 - 1e-12, 0.9, "0.9"),
        (1234.5, 2000, "1,234.5"),
    ],
)
def test_a_score_is_written_so_that_it_differs_from_what_it_is_held_against(
    value: float, other: float, written: str
) -> None:
    assert beside(value, other) == written
