"""Are a team's experiments counted once each, within one installation, and never against their own pull request?"""

from datetime import date
from typing import Any

import pytest
from sqlalchemy import insert

from bot.ports import Concluded
from bot.storage.database import Database
from bot.storage.experiments import Experiments
from bot.storage.ledger import Ledger
from bot.storage.tables import installations, repositories

HERE, BESIDE, ELSEWHERE = 11, 12, 99
OPENED = date(2026, 1, 5)


@pytest.fixture(autouse=True)
def two_installations(database: Database) -> None:
    with database.begin() as connection:
        for number, repos in ((7, (HERE, BESIDE)), (8, (ELSEWHERE,))):
            connection.execute(insert(installations).values(id=number, account="a", account_id=number, suspended=False))
            for repo in repos:
                row = {"id": repo, "installation_id": number, "full_name": f"a/r{repo}", "private": True}
                connection.execute(insert(repositories).values(row))


def reviewed(
    database: Database, repo_id: int, number: int, on: str = "2025-12-01", team: str | None = "acme/ml", times: int = 1
) -> None:
    fact = {"value": [], "source": {"uri": "earlier reviews", "grade": "C"}}
    dossier: dict[str, Any] = {"experiments": {team: fact} if team else {}}
    for _ in range(times):
        Ledger(database).record(
            Concluded(
                repo_id=repo_id,
                number=number,
                head_sha="c" * 40,
                base_sha="d" * 40,
                policy_sha256="e" * 64,
                bot_version="0.1.0",
                format=1,
                decision="not_yet",
                dossier={"opened_on": on, "proposals": {"p.yaml": {"evidence": dossier}}},
                verdict={"proposals": []},
            )
        )


def found(database: Database) -> list[str]:
    return [each.on.isoformat() for each in Experiments(database).of(HERE, 5, "Acme/ML", OPENED)]


def test_experiments_of_the_installation_count_once_each_the_newest_first(database: Database) -> None:
    reviewed(database, HERE, 4, "2025-11-01", times=3)
    reviewed(database, BESIDE, 5, "2025-12-01", team="ACME/ml")
    reviewed(database, ELSEWHERE, 6)
    assert found(database) == ["2025-12-01", "2025-11-01"]


def test_the_pull_request_itself_others_teams_and_what_was_opened_later_or_long_ago_do_not_count(
    database: Database,
) -> None:
    reviewed(database, HERE, 5)
    reviewed(database, HERE, 6, team="acme/other")
    reviewed(database, HERE, 7, "2026-01-06")
    reviewed(database, HERE, 8, "2025-01-01")
    assert found(database) == []


def test_what_is_no_experiment_any_more_does_not_count(database: Database) -> None:
    reviewed(database, HERE, 4)
    assert found(database) == ["2025-12-01"]
    reviewed(database, HERE, 4, team=None)
    assert found(database) == []
