"""Is a review that fails tried again, at the right time, and in the end given up where people see it?"""

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from bot.engine import HOUSE, Guard, Pace
from bot.ports import ForgeTrouble, ReviewRequested, Superseded
from tests.engine.shop import DEADLINE, PUSH, Log, Shop, until

TOKEN = "ghs_16C7e42F292c6912E7710c838347Ae178B4a"
FAR = 1000.0


class Troubled:
    """Raises its troubles one after another, then reviews in peace."""

    def __init__(self, *troubles: Exception) -> None:
        self.troubles = list(troubles)
        self.begun = 0
        self.ended = 0

    def __call__(self, asked: ReviewRequested, guard: Guard) -> None:
        self.begun += 1
        if self.troubles:
            raise self.troubles.pop(0)
        self.ended += 1


@pytest.mark.parametrize(
    "trouble", [ForgeTrouble("GitHub answered 502"), KeyError("sha"), StopIteration(), TimeoutError()], ids=repr
)
def test_a_review_that_fails_is_followed_by_a_new_job(shop: Shop, trouble: Exception) -> None:
    review = Troubled(trouble, trouble)
    shop.hire(review)
    shop.push()
    until(lambda: review.ended == 1 and shop.is_quiet())
    assert [(row.status, row.args["attempt"]) for row in shop.rows()] == [
        ("succeeded", 1),
        ("succeeded", 2),
        ("succeeded", 3),
    ]


def test_trap_a_failing_review_whose_pull_request_was_pushed_meanwhile_blocks_nothing(shop: Shop) -> None:
    go = threading.Event()
    reasons: list[str] = []

    def review(asked: ReviewRequested, guard: Guard) -> None:
        reasons.append(asked.reason)
        assert go.wait(DEADLINE)
        if len(reasons) == 1:
            raise RuntimeError

    shop.hire(review)
    shop.push(reason="first")
    until(lambda: reasons)
    shop.push(reason="second")
    go.set()
    until(lambda: len(reasons) == 2 and shop.is_quiet())
    assert reasons == ["first", "second"]
    assert [row.args["attempt"] for row in shop.rows()] == [1, 1]
    shop.push(reason="third")
    until(lambda: reasons == ["first", "second", "third"] and shop.is_quiet())


def test_a_push_ends_the_wait_of_a_review_that_failed(shop: Shop) -> None:
    review = Troubled(ForgeTrouble("GitHub limits the rate of requests", retry_after=FAR))
    shop.hire(review)
    shop.push()
    until(lambda: shop.statuses() == ["succeeded", "todo"])
    shop.push()
    until(lambda: review.ended == 1 and shop.is_quiet())
    assert review.begun == 2


def test_githubs_own_word_on_when_to_come_back_is_honoured(shop: Shop) -> None:
    asked_at = datetime.now(UTC)
    shop.hire(Troubled(ForgeTrouble("GitHub limits the rate of requests", retry_after=FAR)))
    shop.push()
    until(lambda: shop.statuses() == ["succeeded", "todo"])
    scheduled = shop.rows()[-1].scheduled_at
    assert scheduled is not None
    assert scheduled >= asked_at + timedelta(seconds=FAR)
    assert scheduled <= datetime.now(UTC) + timedelta(seconds=FAR + shop.pace.soonest)


def test_the_waits_grow_are_drawn_at_random_and_stay_between_floor_and_cap() -> None:
    pace = Pace(soonest=5, longest=3600)
    highest = {attempt: max(pace.wait(attempt, None) for _ in range(2000)) for attempt in (1, 2, 5, 19)}
    assert min(pace.wait(19, None) for _ in range(2000)) < 300
    assert min(pace.wait(1, None) for _ in range(2000)) >= 5
    assert 5 < highest[1] <= 10 < highest[2] <= 20 < highest[5] <= 160 < highest[19] <= 3600
    assert all(7200 <= pace.wait(1, 7200) <= 7205 for _ in range(100))


def test_a_review_is_tried_for_longer_than_github_is_in_trouble_as_a_rule() -> None:
    spans = [sum(HOUSE.wait(attempt, None) for attempt in range(1, HOUSE.attempts)) / 3600 for _ in range(200)]
    assert 5 < sum(spans) / len(spans) < 7
    assert max(spans) < 11.5


def test_a_review_that_always_fails_is_given_up_where_people_see_it(shop: Shop, log: Log) -> None:
    review = Troubled(*(RuntimeError(TOKEN) for _ in range(9)))
    shop.hire(review)
    shop.push()
    until(lambda: shop.statuses() == ["succeeded", "succeeded", "failed"])
    assert review.begun == 3
    assert shop.engine.waiting() == {"succeeded": 2, "failed": 1}
    (line,) = log.errors
    assert line.startswith(f"review of 11:5 (job {shop.rows()[-1].id}) is given up: attempt 3 failed, RuntimeError at ")
    [(asked, why)] = shop.given_up
    assert (asked, why.partition(" at ")[0]) == (PUSH, "attempt 3 failed, RuntimeError")
    shop.push()
    until(lambda: review.begun == 4)  # a push starts afresh


@pytest.mark.parametrize(
    "trouble",
    [lambda: RuntimeError(f"Bearer {TOKEN}\nsecond line"), lambda: ForgeTrouble("GitHub answered 502:\nfirst\nsecond")],
    ids=["unexpected", "forge"],
)
def test_a_line_in_the_log_is_one_line_and_holds_no_token(
    shop: Shop, log: Log, trouble: Callable[[], Exception]
) -> None:
    shop.hire(Troubled(*(trouble() for _ in range(9))))
    shop.push()
    until(lambda: "failed" in shop.statuses())
    assert (len(log.warnings), len(log.errors)) == (2, 1)
    assert [line for line in log.lines if "\n" in line or TOKEN in line] == []


def test_a_superseded_review_ends_quietly(shop: Shop, log: Log) -> None:
    review = Troubled(Superseded("the head has moved on"))
    shop.hire(review)
    shop.push()
    until(shop.is_quiet)
    assert shop.statuses() == ["succeeded"]
    assert (log.warnings, log.errors) == ([], [])


def test_hints_that_this_release_does_not_know_are_left_to_one_that_does(shop: Shop) -> None:
    review = Troubled()
    shop.push()
    shop.do("UPDATE procrastinate_jobs SET args = args || '{\"urgency\": 1}'")
    shop.hire(review)
    until(lambda: shop.statuses() == ["succeeded", "succeeded", "failed"])
    assert review.begun == 0
    shop.push()
    until(lambda: review.ended == 1)
    assert PUSH.reason == shop.rows()[-1].args["reason"]
