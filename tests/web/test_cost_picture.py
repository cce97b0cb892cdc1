"""Does the picture of costs put both lines and their crossing where the figures say, whatever the figures are?"""

from decimal import Decimal
from typing import Any

import pytest

from bot.web.cost_picture import HEIGHT, WIDTH, picture

S0 = {"run12_baseline": "18250.00", "run12_tuned": "1095.00", "one_time": "1200.00", "ownership12": "3600.00", "payback_loaded": "32.31"}  # fmt: skip


def working(**figures: str | None) -> dict[str, Any]:
    return {"currency": "USD", "entries": [{"name": name, "value": value} for name, value in {**S0, **figures}.items()]}


def drawn(**figures: str | None) -> dict[str, Any]:
    found = picture(working(**figures), "costs-1")
    assert found is not None
    return found


def line(points: str) -> list[tuple[float, float]]:
    return [(float(x), float(y)) for x, y in (point.split(",") for point in points.split(" "))]


def at(points: str, x: float) -> float:
    (x0, y0), (x1, y1) = line(points)
    return y0 + (y1 - y0) * (x - x0) / (x1 - x0)


def test_the_worked_example_crosses_on_its_32nd_day() -> None:
    found = drawn()
    assert found["crossing"]["said"] == "paid back after 32 days"
    x, y = float(found["crossing"]["x"]), float(found["crossing"]["y"])
    assert at(found["prompted"], x) == pytest.approx(y, abs=1)
    assert at(found["tuned"], x) == pytest.approx(y, abs=1)
    assert found["description"] == (
        "The prompted large model costs 18,250 USD in twelve months. The tuned small model begins at 1,200 USD, paid once, and has "
        "cost 5,895 USD with ownership after twelve months. The tuned model has paid back after 32 days."
    )


def test_the_axes_are_round_and_hold_both_lines() -> None:
    found = drawn()
    assert [tick["called"] for tick in found["amounts"]] == ["0", "5,000", "10,000", "15,000", "20,000"]
    assert [tick["called"] for tick in found["months"]] == ["0", "3", "6", "9", "12"]


@pytest.mark.parametrize("payback", [None, "366.00", "100000.00"])
def test_what_is_not_paid_back_in_a_year_has_no_crossing(payback: str | None) -> None:
    found = drawn(run12_baseline="3000.00", payback_loaded=payback)
    assert found["crossing"] is None
    assert "do not cross" in found["description"]


@pytest.mark.parametrize("days", [0, 1, 32, 180, 255, 300, 365])
def test_the_words_at_the_crossing_stay_inside_the_picture(days: int) -> None:
    gross = Decimal(1200 * 365) / max(days, 1) + 3600
    found = drawn(run12_baseline=f"{gross + 1095:.2f}", payback_loaded=f"{days}.00")
    crossing = found["crossing"]
    x, width = float(crossing["text_x"]), 165
    first, last = (x - width, x) if crossing["anchor"] == "end" else (x, x + width)
    assert 0 <= first < last <= WIDTH
    assert 0 <= float(crossing["text_y"]) <= HEIGHT


@pytest.mark.parametrize("amount", ["0.00", "0.01", "1.00", "99.99", "1" + "0" * 30 + ".00"])
def test_whatever_the_amounts_the_lines_stay_inside(amount: str) -> None:
    found = drawn(run12_baseline=amount, run12_tuned=amount, payback_loaded=None)
    for x, y in (*line(found["prompted"]), *line(found["tuned"])):
        assert 0 <= x <= WIDTH
        assert 0 <= y <= HEIGHT


def test_without_figures_nothing_is_drawn() -> None:
    nothing = dict.fromkeys(S0, "0.00")
    assert picture(None, "costs-1") is None
    assert picture({"currency": None, "entries": []}, "costs-1") is None
    assert picture(working(run12_tuned=None), "costs-1") is None
    assert picture(working(**nothing), "costs-1") is None


def test_beyond_the_base_model_s_end_nothing_is_drawn() -> None:
    found = drawn(days_counted="53.00")
    end = float(found["retired"]["x"])
    assert [line(found[name])[1][0] for name in ("prompted", "tuned")] == [end, end]
    x, y = float(found["crossing"]["x"]), float(found["crossing"]["y"])
    assert x < end
    assert at(found["prompted"], x) == pytest.approx(y, abs=1)
    assert at(found["tuned"], x) == pytest.approx(y, abs=1)
    assert "costs 2,650 USD in the 53 days until the base model is retired" in found["description"]
    assert drawn()["retired"] is None


@pytest.mark.parametrize("days", ["0.00", "20.00"])
def test_what_is_not_paid_back_before_the_base_model_ends_has_no_crossing(days: str) -> None:
    found = drawn(days_counted=days)
    assert found["crossing"] is None
    assert "do not cross within the" in found["description"]
