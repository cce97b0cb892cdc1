"""Is a review put to work with its caller's transaction or not at all, and once however often it is asked for?"""

import threading
from dataclasses import replace

import psycopg
import pytest

from bot.engine import Engine
from bot.ports import Delivery, Heard
from bot.storage.database import Database
from bot.storage.inbox import Inbox
from tests.database import plain
from tests.engine.shop import DEADLINE, PUSH, Reviews, Shop, until


def test_a_review_waits_with_its_hints(shop: Shop) -> None:
    shop.push()
    (row,) = shop.rows()
    assert (row.status, row.scheduled_at) == ("todo", None)
    assert row.args == {
        "installation_id": 7,
        "repo_id": 11,
        "number": 5,
        "reason": "pull_request.synchronize",
        "again": False,
        "attempt": 1,
    }


def test_a_callers_rollback_leaves_no_job(shop: Shop) -> None:
    with psycopg.connect(plain(shop.url)) as link:
        link.execute("SELECT 1")
        shop.engine.enqueue(link, PUSH)
        link.rollback()
    assert shop.rows() == []


def test_even_the_first_thing_that_a_caller_does_is_his_to_roll_back(shop: Shop) -> None:
    with psycopg.connect(plain(shop.url)) as link:
        shop.engine.enqueue(link, PUSH)
        shop.engine.enqueue(link, PUSH)
        link.rollback()
    assert shop.rows() == []


def test_a_worker_sees_a_review_when_its_caller_has_committed(shop: Shop) -> None:
    reviews = Reviews()
    shop.hire(reviews)
    with psycopg.connect(plain(shop.url)) as link:
        shop.engine.enqueue(link, PUSH)
        shop.push(number=6)
        until(lambda: [asked.number for asked in reviews.ended] == [6])
    until(lambda: [asked.number for asked in reviews.ended] == [6, 5])


def test_trap_a_push_that_meets_a_waiting_job_leaves_its_callers_transaction_alive(shop: Shop) -> None:
    database = Database(shop.url)
    inbox = Inbox(database, shop.engine.enqueue)
    for guid in ("first", "second", "third"):
        assert inbox.accept(Heard(Delivery(guid, "pull_request", "synchronize", 7, 11, 5), (PUSH,))) == "new"
    database.close()
    assert shop.do("SELECT guid FROM deliveries ORDER BY id") == [("first",), ("second",), ("third",)]
    assert shop.statuses() == ["todo"]


def test_the_newest_hints_win(shop: Shop) -> None:
    shop.push(reason="pull_request.opened")
    shop.push(reason="pull_request.edited")
    (row,) = shop.rows()
    assert row.args["reason"] == "pull_request.edited"


def test_trap_a_push_pulls_forward_what_waits_for_a_later_hour(shop: Shop) -> None:
    shop.push()
    shop.do("UPDATE procrastinate_jobs SET scheduled_at = now() + interval '1 hour', args = args || '{\"attempt\": 9}'")
    shop.push()
    (row,) = shop.rows()
    assert row.scheduled_at is None
    assert row.args["attempt"] == 1  # a new push deserves all its attempts
    reviews = Reviews()
    shop.hire(reviews)
    until(lambda: reviews.ended)


def test_trap_a_job_for_a_later_hour_never_stands_before_one_that_is_due(shop: Shop) -> None:
    """With `lock` alone, the earlier and later job would block the later one that is due."""
    shop.push()
    shop.do("UPDATE procrastinate_jobs SET scheduled_at = now() + interval '1 hour'")
    shop.push()
    assert [(row.lock, row.queueing_lock) for row in shop.rows()] == [("11:5", "11:5")]
    reviews = Reviews()
    shop.hire(reviews)
    until(shop.is_quiet)
    assert len(reviews.ended) == 1


def test_a_push_whose_waiting_job_is_taken_in_that_moment_gets_a_job_of_its_own(shop: Shop) -> None:
    shop.push()
    with psycopg.connect(plain(shop.url)) as worker:
        worker.execute("SELECT 1 FROM procrastinate_jobs FOR UPDATE")  # as a worker does who is about to take it
        pushing = threading.Thread(target=shop.push)
        pushing.start()
        until(
            lambda: shop.do(
                "SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE 'UPDATE procrastinate_jobs%%'"
            )
        )
        worker.execute("UPDATE procrastinate_jobs SET status = 'doing'")
    pushing.join(DEADLINE)
    assert shop.statuses() == ["doing", "todo"]


def test_any_spelling_of_the_databases_url_will_do(shop: Shop) -> None:
    rest = shop.url.partition("://")[2]
    for scheme in ("postgresql+psycopg", "postgresql", "postgres"):
        assert Engine(f"{scheme}://{rest}").waiting() == {}


def test_reviews_are_counted_by_status(shop: Shop) -> None:
    for number in range(5):
        shop.push(number)
    shop.do("UPDATE procrastinate_jobs SET status = 'failed' WHERE lock = '11:0'")
    shop.do("UPDATE procrastinate_jobs SET status = 'doing' WHERE lock = '11:1'")
    shop.do("INSERT INTO procrastinate_jobs (queue_name, task_name) VALUES ('system', 'rescue')")
    assert shop.engine.waiting() == {"failed": 1, "doing": 1, "todo": 3}


def test_a_database_that_is_away_is_told_to_who_counts(shop: Shop) -> None:
    with shop.away(), pytest.raises(psycopg.OperationalError):
        shop.engine.waiting()


def test_a_review_of_each_pull_request_waits_for_itself(shop: Shop) -> None:
    with psycopg.connect(plain(shop.url)) as link:
        for repo_id, number in ((11, 5), (11, 6), (12, 5)):
            shop.engine.enqueue(link, replace(PUSH, repo_id=repo_id, number=number))
    assert [row.lock for row in shop.rows()] == ["11:5", "11:6", "12:5"]
