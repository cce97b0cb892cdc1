"""Is work by the clock done once each time, however many workers there are, and holds one failure up nothing?"""

import threading
import time
from collections.abc import Callable

from bot.engine import Timed
from tests.engine.shop import Log, Reviews, Shop, until

EVERY_SECOND = "* * * * * *"


def test_of_two_workers_one_does_it_each_time(shop: Shop) -> None:
    runs: list[int] = []
    timetable = [Timed("note", EVERY_SECOND, lambda stopping: runs.append(1))]
    for _ in range(2):
        shop.hire(Reviews(), timetable)
    until(lambda: len(runs) >= 4)
    shop.dismiss()
    jobs = shop.do("SELECT args->>'timestamp', count(*) FROM procrastinate_jobs WHERE task_name = 'note' GROUP BY 1")
    assert {number for _, number in jobs} == {1}
    assert len(runs) <= len(jobs)  # never more often than its times have come


def test_work_that_fails_is_told_and_done_again_and_reviews_go_on(shop: Shop, log: Log) -> None:
    tries: list[float] = []

    def fail(stopping: Callable[[], bool]) -> None:
        tries.append(time.monotonic())
        raise ValueError("secret")

    reviews = Reviews()
    shop.hire(reviews, [Timed("remind", EVERY_SECOND, fail)])
    until(lambda: len(tries) >= 2)
    shop.push(7)
    until(lambda: reviews.has_ended(7))
    assert any(line.startswith("remind came to nothing: ValueError") for line in log.errors)
    assert "secret" not in "".join(log.lines)


def test_long_work_hears_that_the_worker_ends(shop: Shop) -> None:
    begun, heard = threading.Event(), threading.Event()

    def work(stopping: Callable[[], bool]) -> None:
        begun.set()
        while not stopping():
            time.sleep(0.01)
        heard.set()

    _, stop = shop.hire(Reviews(), [Timed("work", EVERY_SECOND, work)], grace=0.2)
    assert begun.wait(30)
    assert not heard.is_set()
    stop.set()
    assert heard.wait(30)
