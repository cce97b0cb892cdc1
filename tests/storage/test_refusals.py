"""Is a training file found again under another name, within one installation, and told without a stranger's names?"""

from datetime import UTC, datetime

import pytest
from sqlalchemy import insert

from bot.ports import Concluded
from bot.readiness.refusal import Refusal
from bot.storage.database import Database
from bot.storage.ledger import Ledger
from bot.storage.refusals import Refusals
from bot.storage.tables import installations, repositories

HERE, BESIDE, ELSEWHERE = 11, 12, 99
SAME, OTHER = "a" * 64, "b" * 64


@pytest.fixture
def two_installations(database: Database) -> None:
    with database.begin() as connection:
        for number, repos in ((7, (HERE, BESIDE)), (8, (ELSEWHERE,))):
            connection.execute(insert(installations).values(id=number, account="a", account_id=number, suspended=False))
            for repo in repos:
                row = {"id": repo, "installation_id": number, "full_name": f"a/r{repo}", "private": True}
                connection.execute(insert(repositories).values(row))


def reviewed(
    database: Database,
    repo_id: int,
    number: int,
    *,
    adapter: str = "ticket-sorter",
    sha256: str | None = SAME,
    decision: str = "not_yet",
) -> None:
    source = {"uri": "data/train.jsonl", "grade": "C", "sha256": sha256}
    fact = {"value": {}, "source": source} if sha256 else {"reason": "no", "trouble": "passing"}
    Ledger(database).record(
        Concluded(
            repo_id=repo_id,
            number=number,
            head_sha="c" * 40,
            base_sha="d" * 40,
            policy_sha256="e" * 64,
            bot_version="0.1.0",
            format=1,
            decision=decision,
            dossier={"proposals": {"p.yaml": {"evidence": {"data": {"data.train": fact}}}}},
            verdict={"proposals": [{"path": "p.yaml", "adapter": adapter, "verdict": decision}]},
        )
    )


def found(database: Database) -> tuple[Refusal, ...]:
    return Refusals(database).of(HERE, 5, "ticket-router", SAME)


@pytest.mark.usefixtures("two_installations")
def test_the_same_bytes_under_another_name_are_found_with_their_pull_request(database: Database) -> None:
    reviewed(database, HERE, 4)
    assert found(database) == (Refusal(datetime.now(UTC).date(), "ticket-sorter", 4),)


@pytest.mark.usefixtures("two_installations")
def test_of_another_repository_of_the_installation_no_name_is_told_and_of_others_nothing(database: Database) -> None:
    reviewed(database, BESIDE, 5)
    reviewed(database, ELSEWHERE, 6)
    assert found(database) == (Refusal(datetime.now(UTC).date()),)


@pytest.mark.usefixtures("two_installations")
def test_what_is_no_refusal_under_another_name_is_not_told(database: Database) -> None:
    reviewed(database, HERE, 1, adapter="ticket-router")
    reviewed(database, HERE, 2, sha256=OTHER)
    reviewed(database, HERE, 3, decision="ready")
    reviewed(database, HERE, 4, sha256=None)
    reviewed(database, HERE, 5)  # the pull request itself
    reviewed(database, HERE, 6)
    reviewed(database, HERE, 6, decision="ready")  # its newest answer counts
    assert found(database) == ()


def test_a_repository_that_no_installation_lists_is_looked_at_alone(database: Database) -> None:
    reviewed(database, HERE, 4)
    reviewed(database, BESIDE, 4)
    assert [refusal.number for refusal in found(database)] == [4]
