"""Do tables lie over one another as they should: the policy first, then the operator's file, then whoever looked last?"""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from pydantic import ValidationError

from bot.readiness.check import Dossier
from bot.readiness.fact import Known, Unavailable
from bot.readiness.model_facts import Layer, ModelEntry, ModelFacts, ModelFile, Told, merged
from bot.readiness.model_place import place
from bot.readiness.named_models import BASE, known, life
from bot.readiness.policy import BadPolicy, Policy, read
from bot.settings import shipped
from tests.dossiers import READY, READY_FACTS, dossier

WANTED = place("acme-mini", "openai")
DEFAULT = (shipped("policies") / "default.yaml").read_bytes()


def told(layer: Layer = Layer.TABLE, match: str = "acme-mini", **said: Any) -> Told:
    entry = {"provider": "openai", "match": match, "source": f"https://{layer.name}.example", **said}
    return Told(layer, ModelEntry.model_validate(entry))


def facts(*tables: Told) -> ModelFacts:
    found = merged(WANTED, tables)
    assert found is not None
    return found


def test_the_policy_wins_over_the_operators_file_and_that_over_every_table() -> None:
    tables = [
        told(Layer.TABLE, servable_until="2027-01-01", checked_on="2026-11-30"),
        told(Layer.OPERATOR, servable_until="2027-02-01", checked_on="2020-01-01"),
        told(Layer.POLICY, servable_until="2027-03-01"),
    ]
    assert facts(*tables).served_until == date(2027, 3, 1)
    assert facts(*tables[:2]).served_until == date(2027, 2, 1)
    assert facts(*tables).dates_on is None


def test_of_two_tables_the_one_that_was_looked_at_last_counts() -> None:
    old = told(retires_on="2027-01-01", per_million={"input": 1, "output": 2}, checked_on="2026-01-01")
    new = told(retires_on="2027-06-01", checked_on="2026-11-01")
    found = facts(old, new)
    assert (found.served_until, found.dates_on) == (date(2027, 6, 1), date(2026, 11, 1))
    assert (found.input_price, found.prices_on) == (Decimal("0.000001"), date(2026, 1, 1))


def test_what_is_said_of_the_tuned_model_is_nearer_than_what_is_said_of_its_base() -> None:
    base = told(retires_on="2027-01-01", checked_on="2026-11-30")
    tuned = told(servable_until="2027-10-01", checked_on="2026-10-01")
    found = facts(base, tuned)
    assert (found.served_until, found.dates_on) == (date(2027, 10, 1), date(2026, 10, 1))


def test_an_older_word_on_the_base_ages_nothing() -> None:
    tuned = told(servable_until="2027-10-01", checked_on="2026-11-30")
    found = facts(tuned, told(retires_on="2027-01-01", trainable_until="2026-12-31", checked_on="2020-01-01"))
    assert (found.dates_on, found.trained_until) == (date(2026, 11, 30), date(2026, 12, 31))


def test_an_organisations_word_on_the_base_is_not_overruled_by_a_table_on_the_tuned_model() -> None:
    own = told(Layer.POLICY, retires_on="2026-12-01", months_after_retirement=1)
    assert facts(own, told(servable_until="2030-01-01", checked_on="2026-11-30")).served_until == date(2027, 1, 1)


def test_an_entry_for_many_fills_what_the_models_own_leaves_open() -> None:
    many = told(match="*", trainable_until="2027-01-06", months_after_retirement=12, checked_on="2026-11-30")
    found = facts(many, told(retires_on="2027-01-14", checked_on="2026-01-01"))
    assert (found.served_until, found.trained_until) == (date(2028, 1, 14), date(2027, 1, 6))


def test_prices_of_one_kind_stay_together_and_two_currencies_never_mix() -> None:
    half = told(per_million={"input": 1}, checked_on="2026-11-30")
    whole = told(per_million={"input": 3, "output": 4, "tuned_input": 6, "tuned_output": 8}, checked_on="2026-11-01")
    assert facts(half, whole).output_price is None, "half a price is not filled from elsewhere"
    euros = told(Layer.OPERATOR, per_million={"input": 2, "output": 2}, currency="EUR", checked_on="2026-11-01")
    found = facts(euros, whole)
    assert (found.currency, found.tuned_input_price) == ("EUR", None)


def test_what_no_table_holds_is_not_known() -> None:
    assert merged(place("acme-maxi", "openai"), [told()]) is None
    assert merged(place("acme-mini"), [told()]) is None
    assert merged(place("acme-mini", "azure"), [told()]) is None


def test_a_file_of_entries_gives_each_its_day() -> None:
    entry = {"provider": "p", "match": ["a", "b"], "source": "s"}
    found = ModelFile.model_validate(
        {"version": 1, "checked_on": "2026-11-30", "models": [entry, {**entry, "checked_on": "2026-01-01"}]}
    )
    assert [one.checked_on for one in found.entries] == [date(2026, 11, 30), date(2026, 1, 1)]


@pytest.mark.parametrize(
    "said",
    [
        {"per_million": {"input": -1}},
        {"per_million": {"input": float("nan")}},
        {"per_million": {"input": "1e999999"}},
        {"per_million": {"input": True}},
        {"servable_until": "soon"},
        {"match": []},
        {"match": "a" * 400},
        {"months_after_retirement": -1},
        {"source": ""},
        {"colour": "red"},
    ],
)
def test_what_is_no_entry_is_refused(said: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        ModelEntry.model_validate({"provider": "p", "match": "m", "source": "s", **said})


def with_models(text: str) -> Policy:
    return read([DEFAULT, f"models:\n{text}".encode()])


def judged(policy: Policy, entry: dict[str, Any] | None) -> Dossier:
    text = READY.replace("base_model: acme/base-8b,", "base_model: acme/base-8b, provider: together,")
    models = {BASE: entry} if entry else {BASE: {"unavailable": "No table holds it", "trouble": "not_supported"}}
    return dossier(text, {**READY_FACTS, "models": models}, policy=policy)


OVERLAY = "  - {provider: together, match: acme/base-8b, servable_until: 2026-03-01, source: our contract}\n"


def test_the_policys_word_is_laid_over_the_evidence_in_every_field() -> None:
    entry = {
        "provider": "together",
        "name": "acme/base-8b",
        "servable_until": "2030-01-01",
        "replacement": "acme/base-9b",
        "per_million": {"input": 1, "output": 1},
    }
    found = known(judged(with_models(OVERLAY), entry), BASE)
    assert isinstance(found, Known)
    assert (found.value.served_until, found.value.dates_from) == (date(2026, 3, 1), "our contract")
    assert (found.value.replacement, found.value.input_price) == ("acme/base-9b", Decimal("0.000001"))


def test_the_policys_word_stands_where_no_table_knows_the_model() -> None:
    found = known(judged(with_models(OVERLAY), None), BASE)
    assert isinstance(found, Known)
    assert life(judged(with_models(OVERLAY), None)).days(date(2026, 1, 1)) == 59


def test_without_it_the_model_stays_unknown() -> None:
    assert isinstance(known(judged(read([DEFAULT]), None), BASE), Unavailable)


def test_the_policys_word_changes_its_digest_and_a_bad_one_is_told_at_its_line() -> None:
    assert with_models(OVERLAY).sha256 != read([DEFAULT]).sha256
    with pytest.raises(BadPolicy, match="models"):
        with_models("  - {provider: together, match: x}\n")


def test_the_adapters_own_name_is_no_model() -> None:
    assert known(judged(read([DEFAULT]), None), "ops_cost.tuned.model") is None
