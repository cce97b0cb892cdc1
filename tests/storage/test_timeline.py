"""Is what happened about a pull request told in its order, and of no other pull request?"""

from uuid import uuid4

from bot.ports import Call, Delivery, Heard, Publication, ReviewRequested
from bot.storage.database import Database
from bot.storage.inbox import Inbox
from bot.storage.ledger import Ledger
from bot.storage.timeline import TimelineOfPulls
from tests.storage.test_ledger import record

CALLS = (
    Call("2026-11-24T10:00:00+00:00", "GET", "/repos/acme/x/pulls/5", 200, "A1:B2", 31),
    Call("2026-11-24T10:00:01+00:00", "POST", "/repos/acme/x/check-runs", 0, None, 10_000),
)


def hear(database: Database, number: int) -> str:
    guid = str(uuid4())
    inbox = Inbox(database, lambda connection, review: None)
    delivery = Delivery(guid, "pull_request", "synchronize", 22, 11, number)
    inbox.accept(Heard(delivery, (ReviewRequested(22, 11, number, "pull_request.synchronize"),)))
    inbox.settle(11, number, "failed", note="the forge was away")
    return guid


def test_what_happened_is_told_newest_first(database: Database) -> None:
    ledger, timeline = Ledger(database), TimelineOfPulls(database)
    guid = hear(database, 5)
    hear(database, 6)
    review = record(ledger)
    record(ledger, number=6)
    ledger.publish(11, 5, Publication("check_run", "a" * 40, 77, "hash", review))
    ledger.given(review, CALLS)
    moments = timeline.of(11, 5)
    assert [(m.kind, m.reference) for m in moments] == [("publication", "77"), ("review", review), ("delivery", guid)]
    assert [m.state for m in moments] == ["written", "given", "failed: the forge was away"]
    assert moments[0].what == "check_run at aaaaaaaaaaaa"
    assert moments[2].what == "pull_request.synchronize"
    assert all(m.at.utcoffset() is not None for m in moments)


def test_the_calls_of_a_review_are_kept_with_it(database: Database) -> None:
    ledger, timeline = Ledger(database), TimelineOfPulls(database)
    first, second = record(ledger), record(ledger, number=6)
    ledger.given(first, CALLS)
    assert timeline.calls(first) == CALLS
    assert timeline.calls(second) == timeline.calls("no id") == ()
