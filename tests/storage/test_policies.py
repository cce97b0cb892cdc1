"""Is a policy file kept for every worker, each installation's for itself, and forgotten at a push, even while it is read?"""

import pytest

from bot.ports import Delivery, Heard, Installation, KnownPolicies
from bot.storage.database import Database
from bot.storage.inbox import Inbox
from bot.storage.policies import PoliciesKept

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
