"""Is what stands in the timetable done again and again, by one worker each time, whatever went wrong before?"""

import threading
import time

from bot.engine import Timed
from tests.engine.shop import Reviews, Shop, until

EACH_SECOND = "* * * * * */1"


def test_it_is_done_again_and_again_and_a_failure_ends_nothing(shop: Shop) -> None:
    turns: list[float] = []

    def turn() -> None:
        turns.append(time.monotonic())
        raise ValueError("not this time")

    shop.hire(Reviews(), [Timed("turn", EACH_SECOND, turn)])
    until(lambda: len(turns) >= 3)
    shop.push()
    until(lambda: shop.statuses() == ["succeeded"])  # and reviews go on beside it


def test_of_two_workers_one_does_it_each_time(shop: Shop) -> None:
    seconds: list[int] = []
    lock = threading.Lock()

    def turn() -> None:
        with lock:
            seconds.append(int(time.time()))

    timetable = [Timed("turn", EACH_SECOND, turn)]
    shop.hire(Reviews(), timetable)
    shop.hire(Reviews(), timetable)
    until(lambda: len(seconds) >= 4)
    with lock:
        took = seconds[-1] - seconds[0] + 1
        assert len(seconds) <= took + 2  # twice as many if both did it; a turn may run into the next second
