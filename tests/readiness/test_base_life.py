"""Does a base model that ends within the year shorten what it can save, and only that?"""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.readiness import worked_out
from bot.readiness.checks.owner import base_model_outlives_commitment
from bot.readiness.economics import Economics, of
from bot.readiness.named_models import BASE, life
from bot.readiness.schema import OpsCost
from tests.dossiers import POLICY, READY, READY_FACTS, TODAY, dossier
from tests.readiness.test_economics import S0


def counted(days: Decimal) -> Economics:
    found = of(OpsCost.model_validate(S0), POLICY, days)
    assert found is not None
    return found


def test_a_whole_year_is_what_it_was() -> None:
    assert counted(Decimal(365)) == of(OpsCost.model_validate(S0), POLICY)


def test_the_worked_example_on_a_base_that_ends_in_53_days() -> None:
    found = counted(Decimal(53))
    saved, owned = 47 * Decimal(53), 3_600 * Decimal(53) / 365
    assert round(found.net12, 6) == round(saved - owned - 1_200, 6)
    assert found.gross_saving == 17_155, "what is claimed for a year is held against a year"
    assert found.break_even_per_day is not None
    assert found.break_even_per_day > (counted(Decimal(365)).break_even_per_day or 0)


def test_on_a_base_that_has_ended_nothing_comes_back() -> None:
    found = counted(Decimal(0))
    assert (found.net12, found.break_even_per_day) == (-1_200, None)


def test_the_days_that_count_stand_in_the_working() -> None:
    def shown(days: int) -> dict[str, Any]:
        return {
            each.name: each.value
            for each in worked_out.of(OpsCost.model_validate(S0), POLICY, counted(Decimal(days))).entries
        }

    assert shown(53)["days_counted"] == 53
    assert "days_counted" not in shown(365)


@given(st.integers(0, 365), st.integers(0, 365))
def test_a_longer_life_never_saves_less(one: int, other: int) -> None:
    shorter, longer = (counted(Decimal(days)).net12 for days in sorted((one, other)))
    assert shorter <= longer


def test_at_the_break_even_of_a_short_life_nothing_is_left() -> None:
    volume = {"requests": str(counted(Decimal(100)).break_even_per_day), "period": "day"}
    cost = OpsCost.model_validate({**S0, "volume": {**volume, "requests": float(volume["requests"])}})
    found = of(cost, POLICY, Decimal(100))
    assert found is not None
    assert abs(found.net12) < Decimal("0.01")


def lived(entry: dict[str, Any], more: str = "provider: openai") -> Decimal:
    text = READY.replace("base_model: acme/base-8b,", f"base_model: acme/base-8b, {more},")
    return life(dossier(text, {**READY_FACTS, "models": {BASE: {"name": "acme/base-8b", **entry}}})).days(TODAY)


@pytest.mark.parametrize(
    ("until", "days"),
    [
        ("2026-01-01", 0),
        ("2025-06-01", 0),
        ("2026-01-31", 30),
        ("2026-12-31", 364),
        ("2027-01-01", 365),
        ("2030-01-01", 365),
    ],
)
def test_the_days_are_those_from_the_opening(until: str, days: int) -> None:
    assert lived({"provider": "openai", "servable_until": until}) == days


def test_what_nobody_knows_or_an_old_table_says_shortens_nothing() -> None:
    assert lived({"provider": "openai"}) == 365
    old = {"provider": "openai", "servable_until": "2026-02-01"}
    assert lived({**old, "checked_on": date(2025, 11, 17)}) == 31, "45 days"
    assert lived({**old, "checked_on": date(2025, 11, 16)}) == 365, "46 days"


def test_open_weights_on_own_machines_do_not_end() -> None:
    ends = {"provider": "self_hosted", "retires_on": "2026-02-01"}
    assert lived({**ends, "open_weights": True}, "provider: self_hosted") == 365
    assert lived({**ends, "open_weights": False}, "provider: self_hosted") == 31, "nobody hosts these by themselves"


@pytest.mark.parametrize(
    ("plan", "said"),
    [
        (
            {"unavailable": "There is no file `docs/moves.md` at this commit.", "trouble": "definitive"},
            "no file `docs/moves.md`",
        ),
        ({"words": 5}, "has 5 words, the policy asks for 20"),
    ],
)
def test_a_plan_that_says_nothing_is_told_also_where_no_date_is_known(plan: dict[str, Any], said: str) -> None:
    planned = dossier(
        READY.replace("owner:\n", "owner:\n  migration_plan: docs/moves.md\n"),
        READY_FACTS
        | {"plans": READY_FACTS["plans"] | {"owner.migration_plan": plan}}
        | {"models": {"training.base_model": {"unavailable": "No table holds it", "trouble": "not_supported"}}},
    )
    (found,) = base_model_outlives_commitment.run(planned)
    assert found.outcome == "passed"
    assert said in (found.remark or "")
