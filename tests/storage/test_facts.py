"""Are conclusions about evidence remembered, each repository's for itself?"""

from bot.ports import Facts
from bot.storage.database import Database
from bot.storage.facts import FactsOfRepository


def test_a_conclusion_is_recalled_by_its_name(database: Database) -> None:
    facts: Facts = FactsOfRepository(database, 11)
    assert facts.get("a") is None
    facts.put("a", {"value": 0.5, "text": "\x00 é"})
    assert facts.get("a") == {"value": 0.5, "text": "\ufffd é"}
    assert facts.get("b") is None


def test_another_repository_learns_nothing_of_it(database: Database) -> None:
    FactsOfRepository(database, 11).put("a", {"value": 1})
    assert FactsOfRepository(database, 12).get("a") is None


def test_a_conclusion_that_is_drawn_twice_stays(database: Database) -> None:
    facts = FactsOfRepository(database, 11)
    facts.put("a", {"value": 1})
    facts.put("a", {"value": 1})
    assert facts.get("a") == {"value": 1}
