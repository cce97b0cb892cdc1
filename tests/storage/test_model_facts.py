"""Are tables of models kept as they should: told what is new, a date never lost, an own file taken at its word?"""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import psycopg
import pytest

from bot.readiness.model_facts import ModelEntry, ModelFacts, merged
from bot.readiness.model_place import place
from bot.readiness.model_table import ModelsRead
from bot.storage.database import Database
from bot.storage.model_facts import CannotRead, ModelFactsKept, OlderTable, open_to_read
from tests.database import plain

DAY, LATER = date(2026, 11, 1), date(2026, 11, 30)


def entry(name: str = "acme-mini", provider: str = "openai", **said: Any) -> ModelEntry:
    return ModelEntry.model_validate({"provider": provider, "match": name, "source": "a table", **said})


def table(*entries: ModelEntry, origin: str = "litellm", as_of: date = DAY, sha256: str = "1" * 64) -> ModelsRead:
    return ModelsRead(origin, "1.0", sha256, as_of, entries)


def facts(kept: ModelFactsKept, name: str = "acme-mini", provider: str = "openai") -> ModelFacts | None:
    wanted = place(name, provider)
    return merged(wanted, kept.told(wanted))


PRICED = {"per_million": {"input": 0.15, "output": 0.6}}


def test_a_table_is_kept_and_found_again_by_provider_and_name(database: Database) -> None:
    kept = ModelFactsKept(database)
    changed = kept.refresh(table(entry(**PRICED, retires_on="2027-01-14"), entry("acme/base-8b", "together", **PRICED)))
    assert (len(changed.new), changed.changed, changed.gone, changed.same) == (2, (), (), 0)
    found = facts(kept)
    assert found is not None
    assert (found.input_price, found.served_until) == (Decimal("0.00000015"), date(2027, 1, 14))
    assert (found.prices_on, found.dates_on) == (DAY, DAY)
    assert facts(kept, "base-8b", "together")
    assert facts(kept, provider="azure") is None
    assert facts(kept, "acme-mini-2026-01-01") is None


def test_the_same_table_again_says_nothing_new(database: Database) -> None:
    kept = ModelFactsKept(database)
    read = table(
        entry(**PRICED, retires_on="2027-01-14"),
        entry("acme-dear", per_million={"input": "1.1428571428571428", "output": 1}),
    )
    kept.refresh(read)
    again = kept.refresh(replace(read, as_of=LATER))
    assert not again
    assert (again.same, again.as_of) == (2, LATER)
    found = facts(kept)
    assert found is not None
    assert found.prices_on == LATER, "it was looked at again"
    assert kept.refresh(read).as_of == LATER, "the same bytes are none the older for an older day"


def test_a_change_is_told_with_what_was_before(database: Database) -> None:
    kept = ModelFactsKept(database)
    kept.refresh(table(entry(retires_on="2027-01-14")))
    changed = kept.refresh(table(entry(retires_on="2027-06-01"), sha256="2" * 64, as_of=LATER))
    ((before, now),) = changed.changed
    assert (before.retires_on, now.retires_on) == (date(2027, 1, 14), date(2027, 6, 1))


def test_a_date_that_was_seen_once_stays_when_its_entry_vanishes(database: Database) -> None:
    kept = ModelFactsKept(database)
    kept.refresh(table(entry(**PRICED, retires_on="2027-01-14"), entry("acme-maxi")))
    changed = kept.refresh(table(entry("acme-maxi"), sha256="2" * 64, as_of=LATER))
    assert [one.match for one in changed.gone] == [("acme-mini",)]
    found = facts(kept)
    assert found is not None
    assert (found.served_until, found.dates_on) == (date(2027, 1, 14), LATER), "absent is not current"
    assert found.prices_on == DAY, "its price is as old as the last table that had it"
    assert not kept.refresh(table(entry("acme-maxi"), sha256="2" * 64, as_of=LATER)), "gone is told once"


def test_a_date_that_an_entry_does_not_tell_any_more_stays(database: Database) -> None:
    kept = ModelFactsKept(database)
    kept.refresh(table(entry(**PRICED, retires_on="2027-01-14")))
    assert not kept.refresh(table(entry(**PRICED), sha256="2" * 64, as_of=LATER))
    found = facts(kept)
    assert found is not None
    assert found.served_until == date(2027, 1, 14)


def test_an_entry_that_comes_back_is_new_again(database: Database) -> None:
    kept = ModelFactsKept(database)
    first = table(entry(retires_on="2027-01-14"), entry("acme-maxi"))
    kept.refresh(first)
    kept.refresh(table(entry("acme-maxi"), sha256="2" * 64))
    assert [one.match for one in kept.refresh(replace(first, sha256="3" * 64)).new] == [("acme-mini",)]


def test_the_operators_own_file_is_taken_at_its_word(database: Database) -> None:
    kept = ModelFactsKept(database)
    kept.refresh(table(entry(retires_on="2027-01-14"), entry("acme-maxi"), origin="own"))
    kept.refresh(table(entry(), origin="own", sha256="2" * 64))
    found = facts(kept)
    assert found is not None
    assert found.served_until is None, "a date taken out of it is taken back"
    assert facts(kept, "acme-maxi") is None


def test_the_operators_own_file_wins_over_a_published_table(database: Database) -> None:
    kept = ModelFactsKept(database)
    kept.refresh(table(entry(["acme-mini", "acme-mini-latest"], servable_until="2028-01-01"), origin="own"))
    kept.refresh(table(entry(servable_until="2027-01-01"), as_of=LATER))
    for name in ("acme-mini", "acme-mini-latest"):
        found = facts(kept, name)
        assert found is not None
        assert found.served_until == date(2028, 1, 1)


def test_an_entry_for_many_is_found_with_the_models_own(database: Database) -> None:
    kept = ModelFactsKept(database)
    kept.refresh(table(entry("acme-*", trainable_until="2027-01-06"), entry("50%_off", trainable_until="2026-01-06")))
    found = facts(kept)
    assert found is not None
    assert found.trained_until == date(2027, 1, 6)


def test_a_hostile_name_is_only_not_found(database: Database) -> None:
    kept = ModelFactsKept(database)
    kept.refresh(table(entry()))
    for name in ("acme\0mini\ud800", "%", "_" * 500, "'; DROP TABLE model_facts; --", "*"):
        assert facts(kept, name) is None


def test_an_older_table_does_not_take_the_place_of_a_younger_one(database: Database) -> None:
    kept = ModelFactsKept(database)
    kept.refresh(table(entry(retires_on="2027-01-14"), as_of=LATER))
    with pytest.raises(OlderTable, match=r"2026-11-01.*2026-11-30"):
        kept.refresh(table(entry(retires_on="2026-12-31"), sha256="2" * 64))
    kept.refresh(table(entry(), origin="models-dev"))


def test_first_and_last_sight_are_kept(database: Database, database_url: str) -> None:
    kept = ModelFactsKept(database)
    kept.refresh(table(entry()))
    with psycopg.connect(plain(database_url)) as link:
        link.execute(
            "UPDATE model_facts SET first_seen = first_seen - interval '9 days', last_seen = last_seen - interval '9 days'"
        )
    kept.refresh(table(entry(), as_of=LATER))
    with psycopg.connect(plain(database_url)) as link:
        ((first, last, version, digest),) = link.execute(
            "SELECT first_seen, last_seen, version, sha256 FROM model_facts"
        ).fetchall()
    assert (last - first).days == 9
    assert (version, digest) == ("1.0", "1" * 64)


def test_a_database_that_cannot_be_read_is_told_without_its_password(database_url: str) -> None:
    assert open_to_read(database_url).all() == []
    with pytest.raises(CannotRead) as error:
        open_to_read("postgresql://tunegate:hunter2@127.0.0.1:9/none")
    assert "hunter2" not in str(error.value)
