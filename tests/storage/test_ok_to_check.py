"""Is it kept of which commit somebody said ok-to-check, once, and in the log of decisions?"""

from datetime import UTC, date, datetime

from bot.ports import PullRequest, Said
from bot.storage.audit import AuditLog
from bot.storage.database import Database
from bot.storage.ok_to_check import OkToCheck

HEAD, OTHER = "a" * 40, "b" * 40
PULL = PullRequest(
    7, 11, "acme", "tools", 5, "Tune", "open", False, "mallory", HEAD, "c" * 40, "main", "main", date(2026, 11, 1), True
)
BEN = Said("ben-okafor", 42, "/tunegate ok-to-check", edited=False, written_at=datetime(2026, 11, 2, tzinfo=UTC))


def test_it_holds_for_one_commit_of_one_pull_request(database: Database) -> None:
    kept = OkToCheck(database)
    assert not kept.has(11, 5, HEAD)
    kept.give(PULL, BEN, "comment:1")
    assert kept.has(11, 5, HEAD)
    assert [kept.has(*other) for other in ((11, 5, OTHER), (11, 6, HEAD), (12, 5, HEAD))] == [False] * 3


def test_it_is_in_the_log_of_decisions_once(database: Database) -> None:
    kept = OkToCheck(database)
    kept.give(PULL, BEN, "comment:1")
    kept.give(PULL, BEN, "comment:2")
    [entry] = AuditLog(database).entries()
    assert (entry.action, entry.actor, entry.actor_id, entry.repo_id, entry.number, entry.subject) == (
        "fork.ok_to_check",
        "ben-okafor",
        42,
        11,
        5,
        HEAD,
    )
    assert entry.detail == {"reference": "comment:1"}
