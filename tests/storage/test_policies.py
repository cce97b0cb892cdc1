"""Is a policy file kept for every worker, each installation's for itself, forgotten at a push, and logged when it turns?"""

import base64
import hashlib
from concurrent.futures import ThreadPoolExecutor
from time import monotonic

import psycopg
import pytest

from bot.ports import Delivery, Heard, Installation, KnownPolicies
from bot.readiness.policy_file import OUT_OF_SIGHT
from bot.storage.audit import AuditLog
from bot.storage.audit_chain import breaks
from bot.storage.database import Database
from bot.storage.inbox import Inbox
from bot.storage.policies import PoliciesKept
from bot.wiring import wrong_with
from tests.database import plain

FILE = (7, "acme/.github", "tunegate/policy.yaml")
ABSENT = {"asked_at": "2026-01-01T00:00:00+00:00", "absent": True}


@pytest.fixture
def policies(database: Database) -> KnownPolicies:
    return PoliciesKept(database)


def push(database: Database, guid: str, repository: str = "Acme/.GitHub") -> None:
    inbox = Inbox(database, lambda connection, asked: None)
    assert inbox.accept(Heard(Delivery(guid, "push", None, 7, 11, None), policy_of=repository)) == "new"


def test_what_was_found_is_recalled_whatever_the_case_of_the_name(database: Database, policies: KnownPolicies) -> None:
    assert policies.find(*FILE) == (None, 0)
    policies.keep(*FILE, ABSENT, 0)
    assert PoliciesKept(database).find(7, "ACME/.github", FILE[2]) == (ABSENT, 0)
    assert policies.find(8, *FILE[1:]) == (None, 0)
    policies.keep(*FILE, {**ABSENT, "absent": False}, 0)
    assert policies.find(*FILE)[0] == {**ABSENT, "absent": False}


def test_a_push_ends_it_and_the_next_look_is_kept(database: Database, policies: KnownPolicies) -> None:
    policies.keep(*FILE, ABSENT, 0)
    push(database, "one", "acme/other")
    assert policies.find(*FILE) == (ABSENT, 0)
    push(database, "two")
    # not forgotten, for its repository may be out of sight at the next look
    assert policies.find(*FILE) == ({**ABSENT, "asked_at": "1970-01-01T00:00:00+00:00"}, 1)
    policies.keep(*FILE, ABSENT, 1)
    assert policies.find(*FILE) == (ABSENT, 1)


def test_what_was_asked_for_before_a_push_is_not_kept_after_it(database: Database, policies: KnownPolicies) -> None:
    _, pushes = policies.find(*FILE)  # nothing is known yet, and a worker begins to ask
    push(database, "one")
    policies.keep(*FILE, ABSENT, pushes)
    assert policies.find(*FILE) == (None, 1)


def test_an_installation_that_is_gone_leaves_nothing(database: Database, policies: KnownPolicies) -> None:
    policies.keep(*FILE, ABSENT, 0)
    gone = Installation(7, "acme", 1, "deleted")
    Inbox(database, lambda connection, asked: None).accept(
        Heard(Delivery("gone", "installation", "deleted", 7, None, None), installation=gone)
    )
    assert policies.find(*FILE) == (None, 0)


BROKEN = b"version: 1\nchecks:\n  enough-exmples: {enforcement: soft}\n"


def file(content: bytes | None, trouble: str = "") -> dict[str, object]:
    """What is kept of a file that is there."""
    text = None if content is None else base64.b64encode(content).decode()
    return {"asked_at": ABSENT["asked_at"], "absent": False, "content": text, "trouble": trouble}


def told(database: Database) -> list[tuple[str, str, str | None, str | None, str]]:
    entries = list(AuditLog(database).entries())
    assert list(breaks(entries)) == []
    assert {(entry.actor, entry.actor_id, entry.repo_id, entry.number) for entry in entries} <= {
        ("tunegate", None, None, None)
    }
    return [
        (e.action, e.subject, e.detail["before"], e.detail["after"], e.detail["trouble"]) for e in entries
    ]  # fmt: skip


def digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def test_each_policy_that_comes_to_hold_is_logged_once_with_the_one_before(database: Database) -> None:
    kept = PoliciesKept(database, wrong_with)
    subject = "acme/.github tunegate/policy.yaml"
    first, second = b"version: 1\n", b"version: 1\nshadow: true\n"
    for found in (ABSENT, file(first), file(first), file(second), file(BROKEN), file(BROKEN), ABSENT, ABSENT):
        kept.keep(*FILE, found, 0)
    wrong = "line 3: There is no check `enough-exmples`."
    assert told(database) == [
        ("policy.changed", subject, None, digest(first), ""),
        ("policy.changed", subject, digest(first), digest(second), ""),
        ("policy.broken", subject, digest(second), digest(BROKEN), wrong),
        ("policy.removed", subject, digest(BROKEN), None, ""),
    ]


def test_a_policy_out_of_sight_is_logged_and_so_is_its_return(database: Database) -> None:
    kept = PoliciesKept(database, wrong_with)
    held = digest(b"version: 1\n")
    for found in (file(b"version: 1\n"), *[file(b"version: 1\n", OUT_OF_SIGHT)] * 2, file(b"version: 1\n")):
        kept.keep(*FILE, found, 0)
    assert [entry[:1] + entry[2:] for entry in told(database)][1:] == [
        ("policy.out_of_sight", held, held, OUT_OF_SIGHT),
        ("policy.changed", held, held, ""),
    ]


def test_a_file_that_cannot_be_read_at_all_is_broken(database: Database) -> None:
    kept = PoliciesKept(database, wrong_with)
    kept.keep(7, "acme/router", ".tunegate.yaml", file(None, "It is a folder."), 0)
    assert told(database) == [
        ("policy.broken", "acme/router .tunegate.yaml", None, None, "line 1: It is a folder.")
    ]  # fmt: skip


def test_a_repository_s_file_is_read_as_one(database: Database) -> None:
    """`may_loosen` is the organisation's to say: passed over in a repository's, and no ground to call the file broken."""
    kept = PoliciesKept(database, wrong_with)
    kept.keep(7, "acme/router", ".tunegate.yaml", file(b"version: 1\nmay_loosen: 7\n"), 0)
    kept.keep(*FILE, file(b"version: 1\nmay_loosen: 7\n"), 0)
    assert [entry[0] for entry in told(database)] == ["policy.changed", "policy.broken"]


def test_what_is_not_kept_is_not_logged(database: Database) -> None:
    kept = PoliciesKept(database, wrong_with)
    push(database, "one")
    kept.keep(*FILE, file(b"version: 1\n"), 0)
    assert told(database) == []


def test_of_two_workers_that_find_the_same_one_tells_of_it(database_url: str, database: Database) -> None:
    kept = PoliciesKept(database, wrong_with)
    kept.keep(*FILE, file(b"version: 1\n"), 0)
    waiting = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    with ThreadPoolExecutor(2) as threads, psycopg.connect(plain(database_url)) as holder:
        holder.execute("SELECT found FROM policy_files FOR UPDATE")  # so that both meet, however fast each is
        for _ in range(2):
            threads.submit(kept.keep, *FILE, file(b"version: 1\nshadow: true\n"), 0)
        with psycopg.connect(plain(database_url), autocommit=True) as eyes:
            end = monotonic() + 60
            while eyes.execute(waiting).fetchone() != (2,):
                assert monotonic() < end
        holder.rollback()
    assert [entry[0] for entry in told(database)] == ["policy.changed"] * 2


def test_it_stands_or_falls_with_what_is_kept(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    def lost(connection: object, entry: object) -> int:
        raise ConnectionError("the database went away")

    monkeypatch.setattr("bot.storage.policies.append", lost)
    with pytest.raises(ConnectionError):
        PoliciesKept(database, wrong_with).keep(*FILE, file(b"version: 1\n"), 0)
    assert PoliciesKept(database).find(*FILE) == (None, 0)
