"""Is whoever was found kept for every worker, one entry a name, each repository's for itself?"""

from bot.ports import KnownPeople
from bot.storage.database import Database
from bot.storage.people import PeopleKept


def test_the_newest_entry_of_a_name_is_recalled(database: Database) -> None:
    people: KnownPeople = PeopleKept(database)
    assert people.find(11, "person:ada") is None
    people.keep(11, "person:ada", {"day": "2026-01-01", "value": {"id": 1}})
    people.keep(11, "person:ada", {"day": "2026-01-02", "value": {"id": 1}})
    assert PeopleKept(database).find(11, "person:ada") == {"day": "2026-01-02", "value": {"id": 1}}
    assert people.find(12, "person:ada") is None
