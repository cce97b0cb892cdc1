"""Does the arithmetic give the figures of the worked examples, and never a better one than the amounts allow?"""

import re
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from bot.readiness import worked_out
from bot.readiness.checks.cost import cost_estimated, totals_add_up
from bot.readiness.economics import Economics, compute, of, per_request, strained
from bot.readiness.finding import Finding
from bot.readiness.proposal import read
from bot.readiness.schema import OpsCost
from bot.readiness.wording import a_day, days, money, price
from tests.dossiers import POLICY, dossier

S0: dict[str, Any] = {
    "currency": "USD",
    "as_of": "2025-12-01",
    "volume": {"requests": 10_000, "period": "day"},
    "baseline": {"unit_cost": 0.005},
    "tuned": {"unit_cost": 0.0003, "hosting": {"kind": "per_token", "amount": 0, "period": "month"}},
    "one_time": {"training": 200, "data": 0, "data_source": "existing-labels", "eval": 0, "engineer_hours": 10, "hourly_rate": 100},
    "maintenance": {"hours_per_month": 2, "revalidation": 50},
}  # fmt: skip


def computed(**changes: Any) -> Economics:
    found = maybe(**changes)
    assert found is not None
    return found


def maybe(multiplier: int = 3, **changes: Any) -> Economics | None:
    cost = OpsCost.model_validate({**S0, **changes})
    return compute(cost, multiplier=Decimal(multiplier), default_rate=Decimal(100))


def test_the_worked_example_gives_exactly_its_figures() -> None:
    found = computed()
    assert (found.run12_baseline, found.run12_tuned, found.gross_saving) == (18_250, 1_095, 17_155)
    assert (found.training_cost, found.one_time, found.ownership12, found.net12) == (1_200, 1_200, 3_600, 12_355)
    readings = (found.payback_bare, found.payback_labour, found.payback_loaded)
    assert [round(reading or 0, 2) for reading in readings] == [Decimal("4.26"), Decimal("25.53"), Decimal("32.31")]
    assert [days(reading) for reading in readings] == ["4.3 days", "25.5 days", "32.3 days"]


@pytest.mark.parametrize(
    ("multiplier", "net", "payback", "break_even"), [(3, 12_355, "32.3", 2_798), (4, 11_155, "35.5", 3_498), (5, 9_955, "39.3", 4_197)]
)  # fmt: skip
def test_the_worked_example_at_other_multipliers(multiplier: int, net: int, payback: str, break_even: int) -> None:
    found = computed(multiplier=multiplier)
    assert found.net12 == net
    assert days(found.payback_loaded) == f"{payback} days"
    assert found.break_even_per_day is not None
    assert round(found.break_even_per_day) == break_even


def test_a_tenth_of_the_volume_loses_money_although_the_bare_payback_looks_short() -> None:
    found = computed(multiplier=4, volume={"requests": 1_000, "period": "day"})
    assert money(found.net12, None) == "-4,284"
    assert days(found.payback_bare) == "42.6 days"


def test_a_month_is_a_twelfth_of_365_days() -> None:
    by_day, by_year = computed(), computed(volume={"requests": 3_650_000, "period": "year"})
    by_month = computed(volume={"requests": Decimal(3_650_000) / 12, "period": "month"})
    assert by_year == by_day
    assert round(by_month.net12, 6) == by_day.net12
    hosted = computed(tuned={"unit_cost": 0, "hosting": {"kind": "gpu", "amount": 100, "period": "month"}})
    assert hosted.run12_tuned == 1_200


def test_a_bill_of_today_alone_is_insufficient() -> None:
    # 2,500 a month for 5 million tickets is the baseline; what the tuned model costs is not said
    bill = {"volume": {"requests": 5_000_000, "period": "month"}, "baseline": {"unit_cost": 0.0005}}
    week = {
        "training": 0,
        "data": 0,
        "data_source": "existing-labels",
        "eval": 0,
        "engineer_hours": 40,
        "hourly_rate": 100,
    }
    assert maybe(**bill, one_time=week, tuned=None) is None
    free = {"unit_cost": 0, "hosting": {"kind": "per_token", "amount": 0, "period": "month"}}
    found = computed(**bill, one_time=week, tuned=free)
    assert round(found.run12_baseline, 6) == 30_000
    assert found.payback_labour is not None
    assert round(found.payback_labour / (Decimal(365) / 12), 1) == Decimal("1.6")  # months, not the first


def test_ownership_multiplies_the_training_cost_and_never_the_labels() -> None:
    once = {**S0["one_time"], "data": 5_000, "data_source": "hand-labelled", "eval": 300}
    found = computed(one_time=once)
    assert (found.training_cost, found.ownership12, found.one_time) == (1_200, 3_600, 6_500)


def test_stated_maintenance_counts_where_it_is_more_than_the_multiple() -> None:
    found = computed(maintenance={"hours_per_month": 10, "revalidation": 500})
    assert found.ownership12 == 12 * 10 * 100 + 4 * 500
    assert computed(maintenance=None).ownership12 == 3_600


def test_hours_without_a_rate_are_priced_at_the_policys() -> None:
    once = {key: value for key, value in S0["one_time"].items() if key != "hourly_rate"}
    assert computed(one_time=once) == computed()


def test_it_never_pays_back_when_nothing_is_saved() -> None:
    dearer = {"unit_cost": 0.006, "hosting": {"kind": "per_token", "amount": 0, "period": "month"}}
    found = computed(tuned=dearer)
    assert (found.payback_bare, found.payback_labour, found.payback_loaded) == (None, None, None)
    assert found.break_even_per_day is None
    assert days(None) == "never"


PARTS = ["volume", "baseline", "tuned", "one_time"]
HOLES = [("volume", "requests"), ("volume", "period"), ("baseline", "unit_cost"), ("tuned", "unit_cost"), ("tuned", "hosting"),
         ("one_time", "training"), ("one_time", "data"), ("one_time", "eval"), ("one_time", "engineer_hours")]  # fmt: skip


@pytest.mark.parametrize(("part", "field"), HOLES)
def test_a_hole_is_not_filled_with_zero(part: str, field: str) -> None:
    assert maybe(**{part: {key: value for key, value in S0[part].items() if key != field}}) is None


AMOUNTS = st.one_of(st.none(), st.integers(0, 10**15), st.floats(0, 1e15), st.just(1e-300))
HOSTING = st.none() | st.fixed_dictionaries({"kind": st.sampled_from(["per_token", "gpu", None]), "amount": AMOUNTS, "period": st.sampled_from(["month", None])})  # fmt: skip
COSTS = st.fixed_dictionaries(
    {
        "currency": st.just("USD"),
        "as_of": st.just("2025-12-01"),
        "volume": st.none() | st.fixed_dictionaries({"requests": AMOUNTS, "period": st.sampled_from(["day", "month", "year", None])}),
        "baseline": st.none() | st.fixed_dictionaries({"unit_cost": AMOUNTS, "hosting": HOSTING}),
        "tuned": st.none() | st.fixed_dictionaries({"unit_cost": AMOUNTS, "hosting": HOSTING}),
        "one_time": st.none() | st.fixed_dictionaries(dict.fromkeys(("training", "data", "eval", "engineer_hours", "hourly_rate"), AMOUNTS)),
        "benefit": st.just({"kind": "cost"}),
        "claimed": st.fixed_dictionaries({"savings_12_months": AMOUNTS, "payback_days": AMOUNTS}),
    }
)  # fmt: skip


@given(COSTS)
def test_whatever_the_amounts_a_gap_is_told_or_the_figures_follow(cost: dict[str, Any]) -> None:
    parsed = OpsCost.model_validate(cost)
    case = dossier()
    proposal = case.proposal.model_copy(update={"ops_cost": parsed})
    gaps = [
        f
        for f in cost_estimated.run(type(case)(proposal, case.policy, case.evidence, case.opened_on))
        if f.outcome == "failed"
    ]
    found = of(parsed, POLICY)
    if found is None:
        assert gaps
        return
    assert (found.net12 >= 0) == (
        found.payback_loaded is not None and found.payback_loaded <= 365
    ) or found.one_time == 0
    for figure in (found.net12, found.gross_saving, found.one_time):
        assert money(figure, "USD").endswith(" USD")
    assert days(found.payback_loaded)


def test_amounts_are_written_for_people() -> None:
    assert money(Decimal("12355.4"), "USD") == "12,355 USD"
    assert money(Decimal("-4284"), None) == "-4,284"
    assert money(Decimal("47"), "EUR") == "47.00 EUR"
    assert price(Decimal("0.000300"), "USD") == "0.0003 USD"
    assert price(Decimal("3E-7"), None) == "0.0000003"
    assert price(Decimal("1E+3"), None) == "1,000"
    assert price(Decimal(900) / 30_417, "USD") == "0.0295887 USD"
    assert price(None, "USD") == "nothing"
    assert days(Decimal("1e300")) == "more than 100 years"


def test_the_worked_example_holds_to_the_cent_under_worse_luck() -> None:
    found = strained(OpsCost.model_validate(S0), POLICY)
    assert {name: each.net12 for name, each in found.items()} == {
        "volume": Decimal("3777.50"),
        "tuned_cost": Decimal("11260"),
        "training_multiplier": Decimal("9955"),
    }


def test_worse_luck_makes_hosting_dearer_too() -> None:
    hosted = {"unit_cost": 0, "hosting": {"kind": "gpu", "amount": 100, "period": "month"}}
    found = strained(OpsCost.model_validate({**S0, "tuned": hosted}), POLICY)
    assert found["tuned_cost"].run12_tuned == 2_400
    assert found["volume"].run12_tuned == 1_200


def test_with_a_hole_nothing_is_redone() -> None:
    assert strained(OpsCost.model_validate({**S0, "tuned": None, "volume": None}), POLICY) == {}


def test_a_fifth_of_the_engineers_time_is_shown_by_the_month_and_by_the_quarter() -> None:
    cost = OpsCost.model_validate(S0)
    shown = {entry.name: entry for entry in worked_out.of(cost, POLICY, computed()).entries}
    assert (shown["upkeep12_by_month"].value, shown["upkeep12_by_quarter"].value) == (2_400, 800)
    assert {entry.name: entry.said("USD") for entry in shown.values()}["break_even_per_day"] == "2,798 requests a day"
    assert shown["hourly_rate"].origin == "proposal"


def test_the_working_says_what_the_policy_put_in() -> None:
    once = {key: value for key, value in S0["one_time"].items() if key != "hourly_rate"}
    cost = OpsCost.model_validate({**S0, "one_time": once, "maintenance": None})
    shown = {entry.name: entry for entry in worked_out.of(cost, POLICY, computed(one_time=once), Decimal(500)).entries}
    assert (shown["hourly_rate"].value, shown["hourly_rate"].origin) == (100, "policy")
    assert (shown["value12"].origin, shown["net12_with_value"].value) == ("evidence", 12_355 + 500)
    assert "maintenance_hours" not in shown


def test_two_and_a_half_thousand_a_month_is_not_paid_back_in_the_first_month() -> None:
    # the bill of today with nothing at all for the tuned model, an engineer's week at 100 an hour, nothing else
    bill = {"volume": {"requests": 5_000_000, "period": "month"}, "baseline": {"unit_cost": 0.0005}}
    week = {"training": 0, "data": 0, "data_source": "existing-labels", "eval": 0, "engineer_hours": 40, "hourly_rate": 100}  # fmt: skip
    free = {"unit_cost": 0, "hosting": {"kind": "per_token", "amount": 0, "period": "month"}}
    found = computed(**bill, one_time=week, tuned=free)
    month = Decimal(365) / 12
    assert found.payback_labour is not None
    assert found.payback_labour > month
    cheapest = computed(**bill, one_time={**week, "hourly_rate": 62.5}, tuned=free)
    assert cheapest.payback_labour is not None
    assert round(cheapest.payback_labour / month, 6) == 1  # only at 62.50 an hour


@pytest.mark.parametrize(
    ("side", "volume", "each"),
    [
        ({"unit_cost": 0.0003}, None, "0.0003"),
        ({"unit_cost": 0, "hosting": {"kind": "gpu", "amount": 300, "period": "day"}}, {"requests": 10_000, "period": "day"}, "0.03"),
        ({"unit_cost": 0.01, "hosting": {"kind": "gpu", "amount": 365, "period": "year"}}, {"requests": 1, "period": "day"}, "1.01"),
        ({"unit_cost": 0.01, "hosting": {"kind": "gpu", "amount": 365, "period": "year"}}, {"requests": 0, "period": "day"}, None),
        ({"unit_cost": 0.01, "hosting": {"kind": "gpu", "amount": 365}}, {"requests": 1, "period": "day"}, None),
        ({"hosting": {"kind": "gpu", "amount": 365, "period": "year"}}, {"requests": 1, "period": "day"}, None),
    ],
)  # fmt: skip
def test_a_request_bears_its_share_of_the_hosting(side: dict[str, Any], volume: Any, each: str | None) -> None:
    cost = OpsCost.model_validate({"tuned": side, "volume": volume})
    assert per_request(cost.tuned, cost.volume) == (None if each is None else Decimal(each))


def test_enormous_figures_are_cut_and_tiny_ones_are_not_lost() -> None:
    assert money(Decimal(10) ** 15, "USD") == "1,000,000,000,000,000 USD"
    assert money(Decimal(10) ** 15 + 1, "USD") == "more than 1,000,000,000,000,000 USD"
    assert money(-(Decimal(10) ** 30), "USD") == "less than -1,000,000,000,000,000 USD"
    assert price(Decimal("1E-12"), "USD") == "0.000000000001 USD"
    assert a_day(Decimal("2798.02")) == "2,798 requests a day"
    assert a_day(Decimal("1e300")) == "more than 1,000,000,000 requests a day"


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("ops_cost.baseline.unit_cost", "-0.005", "at least 0"),
        ("ops_cost.one_time.training", "1.0e+16", "out of range"),
        ("ops_cost.volume.requests", ".inf", "a plain number"),
        ("ops_cost.one_time.engineer_hours", "'10'", "a plain number"),
        ("ops_cost.currency", "Dollar", "currency"),
    ],
)
def test_an_amount_that_is_none_is_told_at_its_line(field: str, value: str, said: str) -> None:
    *above, last = field.split(".")
    text = "version: 1\nadapter: x\n" + "".join(f"{'  ' * depth}{name}:\n" for depth, name in enumerate(above))
    found = read(f"{text}{'  ' * len(above)}{last}: {value}\n".encode(), opened_on=date(2026, 1, 1))
    (problem,) = found.problems
    assert (problem.at, problem.line) == (field, 3 + len(above))
    assert said in f"{problem.message} {problem.fix}"


@pytest.mark.parametrize("requests", [10_000, 45_000, 400_000, 9_000_000])
def test_a_claim_that_is_corrected_as_told_adds_up(requests: int) -> None:
    def judged(payback: float) -> Finding:
        cost = S0 | {"volume": {"requests": requests, "period": "day"}, "claimed": {"payback_days": payback}}
        (found,) = totals_add_up.run(dossier(yaml.safe_dump({"version": 1, "adapter": "a", "ops_cost": cost})))
        return found

    told = re.search(r"`payback_days: ([0-9.]+)`", judged(5_000).fix or "")
    assert told is not None
    corrected = judged(float(told[1]))
    assert (corrected.outcome, corrected.remark) == ("passed", None)
