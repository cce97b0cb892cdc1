"""Does a review survive the death of its worker, and a worker that was only thought dead do no harm?"""

import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.engine.shop import DEADLINE, PUSH, Log, Reviews, Shop, until

ALERT = {"heartbeat": 0.3, "stalled_after": 3}


@contextmanager
def doomed(shop: Shop) -> Iterator[subprocess.Popen[str]]:
    """A worker in a process of its own, inside a review."""
    with subprocess.Popen(
        [sys.executable, "-m", "tests.engine.doomed", shop.url],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == "begun\n"
            yield process
        finally:
            process.kill()


def lose_worker(shop: Shop) -> None:
    """As a worker's death leaves its job behind."""
    shop.do("UPDATE procrastinate_jobs SET status = 'doing' WHERE queue_name = 'reviews'")


def test_a_review_whose_worker_is_killed_is_done_by_another(shop: Shop) -> None:
    shop.push()
    with doomed(shop) as process:
        process.send_signal(signal.SIGKILL)
        process.wait(DEADLINE)
        assert shop.statuses() == ["doing"]
        reviews = Reviews()
        shop.hire(reviews, **ALERT)
        until(shop.is_quiet)
    assert reviews.ended == [PUSH]
    assert [(row.status, row.attempts) for row in shop.rows()] == [("succeeded", 2)]


def test_a_worker_that_was_frozen_may_not_write_nor_end_the_job_that_another_runs(shop: Shop) -> None:
    shop.push()
    with doomed(shop) as process:
        process.send_signal(signal.SIGSTOP)
        reviews = Reviews(held=True)
        shop.hire(reviews, **ALERT)
        until(lambda: reviews.begun)
        process.send_signal(signal.SIGCONT)
        said, _ = process.communicate("go\n", timeout=DEADLINE)
        assert said == "no\n"
        assert process.returncode == 0
    assert shop.statuses() == ["doing"]
    reviews.go.set()
    until(shop.is_quiet)
    assert [(row.status, row.attempts) for row in shop.rows()] == [("succeeded", 2)]


def test_a_worker_that_was_frozen_in_the_middle_of_a_statement_holds_up_no_rescue(shop: Shop) -> None:
    shop.push()
    with shop.meddling("INSERT NEW.task_name = 'rescue'", "IF try = 1 THEN PERFORM pg_sleep(2); END IF"):
        with doomed(shop) as process:
            until(lambda: shop.do("SELECT 1 FROM pg_stat_activity WHERE wait_event = 'PgSleep'"))
            process.send_signal(signal.SIGSTOP)
            reviews = Reviews()
            shop.hire(reviews, **ALERT)
            until(lambda: reviews.ended == [PUSH])
        shop.dismiss()


def test_trap_a_rescue_that_meets_a_waiting_push_lets_the_push_go_ahead(shop: Shop) -> None:
    shop.push(reason="lost")
    lose_worker(shop)
    shop.push(reason="newer")
    assert shop.statuses() == ["doing", "todo"]
    reviews = Reviews()
    shop.hire(reviews, **ALERT)
    until(shop.is_quiet)
    assert [asked.reason for asked in reviews.ended] == ["newer"]
    assert shop.statuses() == ["failed", "succeeded"]


def test_a_rescue_goes_on_to_the_next_job(shop: Shop) -> None:
    shop.push(number=1)
    shop.push(number=2)
    lose_worker(shop)
    shop.push(number=1)
    reviews = Reviews()
    shop.hire(reviews, **ALERT)
    until(shop.is_quiet)
    assert sorted(asked.number for asked in reviews.ended) == [1, 2]


def test_a_rescuer_that_dies_does_not_hold_up_the_next(shop: Shop) -> None:
    shop.hire(Reviews())
    until(lambda: shop.do("SELECT 1 FROM procrastinate_jobs WHERE task_name = 'rescue' AND status = 'succeeded'"))
    shop.dismiss()
    shop.push()
    lose_worker(shop)
    shop.do(
        "UPDATE procrastinate_jobs SET status = 'doing', worker_id = NULL "
        "WHERE id = (SELECT max(id) FROM procrastinate_jobs WHERE task_name = 'rescue')"
    )
    reviews = Reviews()
    shop.hire(reviews, **ALERT)
    until(lambda: reviews.ended == [PUSH])


def test_a_review_that_loses_its_worker_each_time_is_given_up_where_people_see_it(shop: Shop, log: Log) -> None:
    shop.push()
    lose_worker(shop)
    shop.do("UPDATE procrastinate_jobs SET attempts = %s", shop.pace.rescues)
    reviews = Reviews()
    shop.hire(reviews, **ALERT)
    until(lambda: shop.statuses() == ["failed"])
    until(lambda: log.errors)
    assert log.errors == [f"review of 11:5 (job {shop.rows()[0].id}) is given up: 6 workers were lost in it"]
    until(lambda: shop.given_up == [(PUSH, "6 workers were lost in it")])
    assert reviews.begun == []


def test_full_hands_come_to_the_rescue_first(shop: Shop) -> None:
    shop.push(number=1)
    lose_worker(shop)
    for number in range(2, 40):
        shop.push(number)
    reviews = Reviews(held=True)
    shop.hire(reviews, concurrency=1, **ALERT)
    until(lambda: reviews.begun)
    until(lambda: shop.do("SELECT 1 FROM procrastinate_jobs WHERE task_name = 'rescue'"))
    reviews.go.set()
    until(shop.is_quiet)
    assert 1 in [asked.number for asked in reviews.begun][:2]


def old(shop: Shop, days: float) -> None:
    shop.do("UPDATE procrastinate_events SET at = now() - %s * interval '1 day'", days)


@pytest.mark.parametrize("status", ["succeeded", "failed", "aborted", "cancelled"])
def test_a_job_that_ended_long_ago_is_deleted_when_a_worker_comes(shop: Shop, status: str) -> None:
    shop.push(number=1)
    shop.do("UPDATE procrastinate_jobs SET status = %s::procrastinate_job_status", status)
    shop.push(number=2)
    old(shop, days=15)
    shop.push(number=3)
    shop.do("UPDATE procrastinate_jobs SET status = %s::procrastinate_job_status WHERE lock = '11:3'", status)
    shop.hire(Reviews())
    until(lambda: [row.lock for row in shop.rows()] == ["11:2", "11:3"])


def test_the_traces_of_rescues_are_kept_for_an_hour_only(shop: Shop) -> None:
    shop.do(
        "INSERT INTO procrastinate_jobs (queue_name, task_name, args) VALUES ('system', 'rescue', '{\"timestamp\": 1}')"
    )
    shop.do("UPDATE procrastinate_jobs SET status = 'succeeded'")
    old(shop, days=0.1)

    def traces() -> list[tuple[int]]:
        return shop.do("SELECT 1 FROM procrastinate_jobs WHERE args = '{\"timestamp\": 1}'")

    assert traces()
    shop.hire(Reviews())
    until(lambda: not traces())
