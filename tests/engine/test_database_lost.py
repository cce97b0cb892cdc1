"""Does the work go on when the database has been away?"""

import threading
from functools import partial

from bot.engine import Guard
from bot.ports import ForgeTrouble, ReviewRequested
from tests.engine.shop import DEADLINE, Log, Reviews, Shop, until

ALERT = {"heartbeat": 0.3, "stalled_after": 3}
REFUSE = "RAISE 'refused'"


def cut(shop: Shop) -> None:
    """End every connection to the database but the one that does it."""
    shop.do(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
        "WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
    )


def at_rest(shop: Shop) -> bool:
    """The worker has done what every worker begins with."""
    done = shop.do(
        "SELECT DISTINCT task_name FROM procrastinate_jobs WHERE queue_name = 'system' AND status = 'succeeded'"
    )
    return len(done) == 2


def test_a_worker_whose_connections_are_cut_goes_on(shop: Shop) -> None:
    reviews = Reviews()
    shop.hire(reviews, **ALERT)
    for number in range(6):
        shop.push(number)
        until(partial(reviews.has_ended, number))
        cut(shop)
    shop.push(6)
    until(lambda: reviews.has_ended(6) and shop.is_quiet())


def test_a_review_during_which_the_connections_are_cut_ends_well(shop: Shop) -> None:
    reviews = Reviews(held=True)
    shop.hire(reviews, **ALERT)
    shop.push()
    until(lambda: reviews.begun)
    cut(shop)
    reviews.go.set()
    until(lambda: reviews.ended and shop.is_quiet())
    shop.push()
    until(lambda: len(reviews.ended) >= 2 and shop.is_quiet())
    assert reviews.most_at_once == {5: 1}


def test_a_worker_outlives_a_database_that_was_away(shop: Shop, log: Log) -> None:
    reviews = Reviews()
    shop.hire(reviews, **ALERT)
    shop.push(1)
    until(lambda: reviews.ended and at_rest(shop))
    with shop.away():
        until(lambda: any("the worker came to an end" in line for line in log.warnings))
    shop.push(2)
    until(lambda: [asked.number for asked in reviews.ended] == [1, 2])
    assert [line for line in log.lines if "\n" in line] == []


def test_a_review_that_ends_while_the_database_is_away_holds_up_nothing(shop: Shop) -> None:
    reviews = Reviews(held=True)
    shop.hire(reviews, **ALERT)
    shop.push()
    until(lambda: reviews.begun)
    with shop.away():
        reviews.go.set()
        until(lambda: reviews.ended)
    until(shop.is_quiet)
    shop.push()
    until(lambda: len(reviews.ended) >= 2 and shop.is_quiet())


def test_a_review_that_fails_while_the_database_is_away_is_still_tried_again(shop: Shop, log: Log) -> None:
    go = threading.Event()
    begun: list[ReviewRequested] = []

    def review(asked: ReviewRequested, guard: Guard) -> None:
        begun.append(asked)
        assert go.wait(DEADLINE)
        if len(begun) == 1:
            raise ForgeTrouble("GitHub answered 502")

    shop.hire(review, **ALERT)
    shop.push()
    until(lambda: begun)
    with shop.away():
        go.set()
        until(lambda: any("tried again" in line for line in log.warnings))
    until(lambda: len(begun) == 2 and shop.is_quiet())


def test_the_end_of_a_review_is_told_until_the_database_takes_it(shop: Shop) -> None:
    """Else it would count as running for as long as its worker lives, and hold up the pull request."""
    shop.hire(Reviews())
    with shop.meddling("UPDATE NEW.status = 'succeeded' AND NEW.queue_name = 'reviews'", REFUSE) as tries:
        shop.push()
        until(lambda: tries() >= 2)
    until(lambda: shop.statuses() == ["succeeded"])


def test_a_review_that_failed_is_asked_for_again_until_the_database_takes_it(shop: Shop) -> None:
    begun: list[ReviewRequested] = []

    def review(asked: ReviewRequested, guard: Guard) -> None:
        begun.append(asked)
        if len(begun) == 1:
            raise ForgeTrouble("GitHub answered 502")

    shop.push()
    with shop.meddling("INSERT NEW.queue_name = 'reviews'", REFUSE) as tries:
        shop.hire(review)
        until(lambda: tries() >= 2)
    until(lambda: shop.statuses() == ["succeeded", "succeeded"])


def test_a_worker_that_is_stopped_while_the_database_is_away_ends(shop: Shop, log: Log) -> None:
    thread, stop = shop.hire(Reviews(), **ALERT)
    until(lambda: at_rest(shop))
    with shop.away():
        until(lambda: any("the worker came to an end" in line for line in log.warnings))
        stop.set()
        thread.join(DEADLINE)
        assert not thread.is_alive()


def test_the_guard_never_says_yes_while_the_database_cannot_be_asked(shop: Shop) -> None:
    go = threading.Event()
    said: list[str] = []

    def review(asked: ReviewRequested, guard: Guard) -> None:
        if said:
            said.append("again")
            return
        guard()
        said.append("yes")
        assert go.wait(DEADLINE)
        try:
            guard()
        except ForgeTrouble as why:
            said.append(why.reason)
            raise

    shop.hire(review, **ALERT)
    shop.push()
    until(lambda: said == ["yes"])
    with shop.away():
        go.set()
        until(lambda: len(said) == 2)
    assert said[1] == "the database could not be asked whose job it is (OperationalError)"
    until(lambda: said[2:] == ["again"] and shop.is_quiet())
