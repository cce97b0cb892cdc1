"""Is a webhook that was accepted durable, counted once, and put to work with it or not at all?"""

import threading
from dataclasses import replace
from typing import Any

import psycopg
import pytest
from sqlalchemy import select

from bot.ports import Delivery, Heard, Installation, Publication, ReviewRequested
from bot.storage.database import Database
from bot.storage.inbox import Inbox
from bot.storage.ledger import Ledger
from bot.storage.tables import deliveries, installations, publications, repositories

PUSH = Delivery("3f1c", "pull_request", "synchronize", 7, 11, 5)
ASKED = ReviewRequested(installation_id=7, repo_id=11, number=5, reason="pull_request.synchronize")
HEARD = Heard(PUSH, (ASKED,))
ACME = Installation(7, "acme", 70, "active")


def put_to_work(connection: psycopg.Connection[Any], asked: ReviewRequested) -> None:
    """Stands for the engine: one row in its table, on the caller's connection."""
    connection.execute(
        "INSERT INTO procrastinate_jobs (queue_name, task_name, lock) VALUES ('reviews', 'review', %s)",
        [f"{asked.repo_id}:{asked.number}"],
    )


def jobs(database: Database) -> list[str]:
    with database.begin() as connection:
        return list(connection.exec_driver_sql("SELECT lock FROM procrastinate_jobs ORDER BY id").scalars())


def states(database: Database) -> list[tuple[str, str, str | None]]:
    with database.begin() as connection:
        rows = connection.execute(select(deliveries.c.guid, deliveries.c.state, deliveries.c.note))
        return [(row.guid, row.state, row.note) for row in rows]


def known_repositories(database: Database) -> dict[int, tuple[int, str, bool]]:
    with database.begin() as connection:
        rows = connection.execute(select(repositories))
        return {row.id: (row.installation_id, row.full_name, row.private) for row in rows}


def known_installations(database: Database) -> dict[int, tuple[str, int, bool]]:
    with database.begin() as connection:
        return {
            row.id: (row.account, row.account_id, row.suspended) for row in connection.execute(select(installations))
        }


@pytest.fixture
def inbox(database: Database) -> Inbox:
    return Inbox(database, put_to_work)


def test_a_delivery_is_stored_and_put_to_work(inbox: Inbox, database: Database) -> None:
    assert inbox.accept(HEARD) == "new"
    assert states(database) == [("3f1c", "accepted", None)]
    assert jobs(database) == ["11:5"]
    with database.begin() as connection:
        stored = connection.execute(select(deliveries)).one()
    assert (stored.event, stored.action) == ("pull_request", "synchronize")
    assert (stored.installation_id, stored.repo_id, stored.number) == (7, 11, 5)


def test_a_delivery_sent_twice_is_put_to_work_once(inbox: Inbox, database: Database) -> None:
    assert [inbox.accept(HEARD), inbox.accept(HEARD)] == ["new", "known"]
    assert jobs(database) == ["11:5"]


def test_a_delivery_sent_eight_times_at_once_is_put_to_work_once(inbox: Inbox, database: Database) -> None:
    together = threading.Barrier(8)
    answers: list[str] = []

    def send() -> None:
        together.wait(timeout=30)
        answers.append(inbox.accept(HEARD))

    senders = [threading.Thread(target=send) for _ in range(8)]
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join(timeout=30)
    assert sorted(answers) == ["known"] * 7 + ["new"]
    assert jobs(database) == ["11:5"]


def test_a_delivery_whose_work_failed_goes_through_again(inbox: Inbox, database: Database) -> None:
    inbox.accept(HEARD)
    inbox.settle(11, 5, "failed", note="GitHub was away")
    assert states(database) == [("3f1c", "failed", "GitHub was away")]
    assert inbox.accept(HEARD) == "new"
    assert states(database) == [("3f1c", "accepted", None)]
    assert jobs(database) == ["11:5", "11:5"]


def test_a_delivery_whose_work_is_done_does_not(inbox: Inbox, database: Database) -> None:
    inbox.accept(HEARD)
    inbox.settle(11, 5, "done")
    assert inbox.accept(HEARD) == "known"
    assert states(database) == [("3f1c", "done", None)]


def test_only_what_a_review_has_heard_of_is_settled_by_it(inbox: Inbox, database: Database) -> None:
    other = replace(HEARD, delivery=replace(PUSH, guid="other", number=6))
    later = replace(HEARD, delivery=replace(PUSH, guid="later"))
    inbox.accept(HEARD)
    inbox.accept(other)
    heard = inbox.newest()
    inbox.accept(later)
    inbox.settle(11, 5, "done", upto=heard)
    assert sorted(states(database)) == [
        ("3f1c", "done", None),
        ("later", "accepted", None),
        ("other", "accepted", None),
    ]


def test_a_re_run_that_names_its_pull_request_is_settled_with_it(inbox: Inbox, database: Database) -> None:
    inbox.accept(replace(HEARD, delivery=replace(PUSH, event="check_run", number=None)))
    inbox.settle(11, 5, "done")
    assert states(database) == [("3f1c", "done", None)]


def test_a_delivery_that_asks_for_nothing_is_remembered_as_ignored(inbox: Inbox, database: Database) -> None:
    assert inbox.accept(Heard(Delivery("p", "ping", None, None, None, None))) == "new"
    assert states(database) == [("p", "ignored", None)]


def test_a_note_may_hold_what_a_database_cannot(inbox: Inbox, database: Database) -> None:
    inbox.accept(HEARD)
    inbox.settle(11, 5, "failed", note="a\0b\ud800")
    assert states(database) == [("3f1c", "failed", "a\N{REPLACEMENT CHARACTER}b?")]


def test_a_delivery_that_cannot_be_put_to_work_is_not_stored_either(database: Database) -> None:
    def broken(connection: psycopg.Connection[Any], asked: ReviewRequested) -> None:
        put_to_work(connection, asked)
        raise RuntimeError("no engine")

    with pytest.raises(RuntimeError, match="no engine"):
        Inbox(database, broken).accept(replace(HEARD, installation=ACME))
    assert (states(database), jobs(database), known_installations(database)) == ([], [], {})
    assert Inbox(database, put_to_work).accept(HEARD) == "new"


def test_a_refusal_inside_a_savepoint_keeps_the_delivery(database: Database) -> None:
    def refused(connection: psycopg.Connection[Any], asked: ReviewRequested) -> None:
        try:
            with connection.transaction():
                connection.execute("INSERT INTO procrastinate_jobs (id) VALUES (NULL)")
        except psycopg.errors.NotNullViolation:
            put_to_work(connection, asked)

    assert Inbox(database, refused).accept(HEARD) == "new"
    assert states(database) == [("3f1c", "accepted", None)]
    assert jobs(database) == ["11:5"]


def test_reviews_are_put_to_work_in_one_order_whatever_the_order_heard(inbox: Inbox, database: Database) -> None:
    asked = [replace(ASKED, repo_id=repo_id, number=number) for repo_id, number in ((12, 1), (11, 9), (11, 5))]
    inbox.accept(Heard(PUSH, tuple(asked)))
    assert jobs(database) == ["11:5", "11:9", "12:1"]


def test_asking_again_forgets_the_check_run_and_status_of_that_pull_request_alone(
    inbox: Inbox, database: Database
) -> None:
    ledger = Ledger(database)
    for number in (5, 6):
        for kind in ("check_run", "status", "sticky_comment", "review_comments"):
            ledger.publish(11, number, Publication(kind, "", 1, "hash", None))  # type: ignore[arg-type]
    inbox.accept(Heard(PUSH, (replace(ASKED, again=True),)))
    with database.begin() as connection:
        left = connection.execute(select(publications.c.number, publications.c.kind)).all()
    assert {(row.number, row.kind) for row in left} == {
        (5, "sticky_comment"),
        (5, "review_comments"),
        (6, "check_run"),
        (6, "status"),
        (6, "sticky_comment"),
        (6, "review_comments"),
    }


def test_asking_again_in_a_known_delivery_forgets_nothing(inbox: Inbox, database: Database) -> None:
    again = Heard(PUSH, (replace(ASKED, again=True),))
    inbox.accept(again)
    Ledger(database).publish(11, 5, Publication("check_run", "", 1, "hash", None))
    assert inbox.accept(again) == "known"
    assert Ledger(database).publication(11, 5, "check_run") is not None


def install(inbox: Inbox, guid: str, said: Installation) -> None:
    assert inbox.accept(Heard(replace(PUSH, guid=guid, event="installation"), installation=said)) == "new"


def test_an_installation_is_remembered_with_its_repositories(inbox: Inbox, database: Database) -> None:
    install(inbox, "1", replace(ACME, added=((11, "acme/a", True), (12, "acme/b", False), (12, "acme/b", False))))
    assert known_installations(database) == {7: ("acme", 70, False)}
    assert known_repositories(database) == {11: (7, "acme/a", True), 12: (7, "acme/b", False)}
    assert states(database) == [("1", "done", None)]


def test_an_installation_is_suspended_renamed_and_resumed(inbox: Inbox, database: Database) -> None:
    install(inbox, "1", ACME)
    install(inbox, "2", replace(ACME, account="acme-corp", state="suspended"))
    assert known_installations(database) == {7: ("acme-corp", 70, True)}
    install(inbox, "3", replace(ACME, account="acme-corp"))
    assert known_installations(database) == {7: ("acme-corp", 70, False)}


def test_a_repository_is_renamed_and_removed(inbox: Inbox, database: Database) -> None:
    install(inbox, "1", replace(ACME, added=((11, "acme/a", True), (12, "acme/b", True))))
    install(inbox, "2", replace(ACME, added=((11, "acme/c", False),), removed=((12, "acme/b", True),)))
    assert known_repositories(database) == {11: (7, "acme/c", False)}


def test_a_repository_that_moved_on_is_not_removed_by_the_installation_that_it_left(
    inbox: Inbox, database: Database
) -> None:
    install(inbox, "1", replace(ACME, added=((11, "acme/a", True),)))
    install(inbox, "2", Installation(8, "globex", 80, "active", added=((11, "globex/a", True),)))
    install(inbox, "3", replace(ACME, removed=((11, "acme/a", True),)))
    assert known_repositories(database) == {11: (8, "globex/a", True)}


def test_an_installation_that_is_deleted_takes_its_repositories_along(inbox: Inbox, database: Database) -> None:
    install(inbox, "1", replace(ACME, added=((11, "acme/a", True),)))
    install(inbox, "2", Installation(8, "globex", 80, "active", added=((12, "globex/b", True),)))
    install(inbox, "3", replace(ACME, state="deleted"))
    assert known_installations(database) == {8: ("globex", 80, False)}
    assert known_repositories(database) == {12: (8, "globex/b", True)}


def test_the_events_that_no_review_has_settled_are_named(inbox: Inbox) -> None:
    said = Delivery("c1", "issue_comment", "created", 7, 11, 5)
    inbox.accept(HEARD)
    began = inbox.newest()
    inbox.accept(Heard(said, (replace(ASKED, reason="issue_comment.created"),)))
    inbox.accept(Heard(replace(said, guid="c2", number=6), (replace(ASKED, number=6),)))
    assert inbox.unsettled(11, 5) == {"pull_request", "issue_comment"}
    inbox.settle(11, 5, "done", upto=began)  # the review had begun before the comment came: it is still to be heard
    assert inbox.unsettled(11, 5) == {"issue_comment"}
    inbox.settle(11, 5, "done", upto=inbox.newest())
    assert inbox.unsettled(11, 5) == frozenset()


def test_a_comment_that_asks_for_nothing_is_not_waited_for(inbox: Inbox) -> None:
    inbox.accept(Heard(Delivery("c3", "issue_comment", "created", 7, 11, 5)))
    assert inbox.unsettled(11, 5) == frozenset()
