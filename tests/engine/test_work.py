"""Does each pull request get its review, never two at once, and does a worker end as it should?"""

import signal
import threading
from types import FrameType
from typing import Any

import pytest

from bot.engine import Guard
from bot.ports import ReviewRequested, Superseded
from tests.engine.shop import DEADLINE, PUSH, Reviews, Shop, until


def test_a_burst_of_pushes_during_a_review_is_one_more_review_after_it(shop: Shop) -> None:
    reviews = Reviews(held=True)
    shop.hire(reviews)
    shop.hire(reviews)
    shop.push(reason="first")
    until(lambda: len(reviews.begun) == 1)
    for turn in range(20):
        shop.push(reason=f"burst {turn}")
    reviews.go.set()
    until(shop.is_quiet)
    assert [asked.reason for asked in reviews.ended] == ["first", "burst 19"]
    assert reviews.most_at_once == {5: 1}


def test_different_pull_requests_are_reviewed_side_by_side(shop: Shop) -> None:
    together = threading.Barrier(8)

    def review(asked: ReviewRequested, guard: Guard) -> None:
        together.wait(DEADLINE)  # passes when eight are inside at once, and not before

    shop.hire(review)
    for number in range(8):
        shop.push(number)
    until(shop.is_quiet)
    assert shop.statuses() == ["succeeded"] * 8


def test_two_workers_share_the_work_and_nothing_is_done_twice(shop: Shop) -> None:
    reviews = Reviews()
    for number in range(40):
        shop.push(number)
    shop.hire(reviews)
    shop.hire(reviews)
    until(shop.is_quiet)
    assert sorted(asked.number for asked in reviews.ended) == list(range(40))


def test_a_review_says_what_was_asked(shop: Shop) -> None:
    reviews = Reviews()
    shop.hire(reviews)
    shop.push()
    until(lambda: reviews.ended)
    assert reviews.ended == [PUSH]


def test_a_worker_that_is_stopped_lets_its_review_end_and_takes_no_other(shop: Shop) -> None:
    reviews = Reviews(held=True)
    thread, stop = shop.hire(reviews)
    shop.push()
    until(lambda: reviews.begun)
    stop.set()
    until(
        lambda: (
            not shop.do("SELECT 1 FROM pg_stat_activity WHERE query LIKE 'LISTEN%%' AND datname = current_database()")
        )
    )
    shop.push(number=6)
    assert thread.is_alive()
    reviews.go.set()
    thread.join(DEADLINE)
    assert not thread.is_alive()
    assert shop.statuses() == ["succeeded", "todo"]
    assert shop.do("SELECT 1 FROM procrastinate_workers") == []


def test_a_review_that_overruns_the_grace_is_left_to_another_worker_and_may_write_no_more(shop: Shop) -> None:
    go = threading.Event()
    said: list[str] = []

    def slow(asked: ReviewRequested, guard: Guard) -> None:
        said.append("begun")
        assert go.wait(DEADLINE)
        try:
            guard()
        except Superseded as why:
            said.append(str(why))
            raise

    thread, stop = shop.hire(slow, grace=0.1)
    shop.push()
    until(lambda: said)
    stop.set()
    thread.join(DEADLINE)
    assert not thread.is_alive()
    assert shop.statuses() == ["aborted", "todo"]
    reviews = Reviews()
    shop.hire(reviews)
    until(lambda: reviews.ended == [PUSH])
    go.set()
    until(lambda: said == ["begun", "the job is in other hands"])


def test_a_worker_that_is_stopped_before_it_has_begun_ends(shop: Shop) -> None:
    stop = threading.Event()
    stop.set()
    shop.engine.work(Reviews(), stop)
    stop.clear()
    thread, stop = shop.hire(Reviews())
    stop.set()
    thread.join(DEADLINE)
    assert not thread.is_alive()


def test_a_worker_in_the_main_thread_leaves_the_processs_signals_alone(shop: Shop) -> None:
    def ours(number: int, frame: FrameType | None) -> None: ...

    stop = threading.Event()
    during: list[Any] = []

    def review(asked: ReviewRequested, guard: Guard) -> None:
        during.extend(signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT))
        stop.set()

    before = {number: signal.signal(number, ours) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        shop.push()
        shop.engine.work(review, stop)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    assert during == [ours, ours]


@pytest.mark.parametrize(
    "change",
    ["attempts = attempts + 1", "worker_id = NULL", "status = 'todo'", "status = 'succeeded'"],
    ids=["restarted", "worker lost", "waits again", "ended"],
)
def test_the_guard_says_no_as_soon_as_the_job_is_in_other_hands(shop: Shop, change: str) -> None:
    go = threading.Event()
    said: list[str] = []

    def review(asked: ReviewRequested, guard: Guard) -> None:
        if said:
            return  # the job once more, now by right
        guard()
        said.append("yes")
        assert go.wait(DEADLINE)
        with pytest.raises(Superseded):
            guard()
        said.append("no")

    shop.hire(review, rescue=30, concurrency=1)
    shop.push()
    until(lambda: said == ["yes"])
    shop.do(f"UPDATE procrastinate_jobs SET {change} WHERE lock = '11:5'")
    go.set()
    until(lambda: said == ["yes", "no"])
