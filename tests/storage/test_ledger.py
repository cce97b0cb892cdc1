"""Does the ledger keep what was concluded and written, word for word, and know what is still owed?"""

import threading
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from bot.ports import Concluded, Publication
from bot.ports import Ledger as Port
from bot.storage.database import Database
from bot.storage.ledger import Ledger
from bot.storage.tables import reviews


@pytest.fixture
def ledger(database: Database) -> Ledger:
    return Ledger(database)


def record(
    ledger: Port, *, repo_id: int = 11, number: int = 5, head: str = "a" * 40, dossier: Mapping[str, Any] | None = None
) -> str:
    return ledger.record(
        Concluded(
            repo_id=repo_id,
            number=number,
            head_sha=head,
            base_sha="b" * 40,
            policy_sha256="c" * 64,
            bot_version="0.1.0",
            format=1,
            decision="not_yet",
            dossier={"adapter": "ticket-router"} if dossier is None else dossier,
            verdict={"items": {"eval": "failed"}},
        )
    )


def states(ledger: Ledger, *ids: str) -> list[str | None]:
    found = [ledger.find(review_id) for review_id in ids]
    return [None if review is None else review.answer_state for review in found]


def test_a_review_is_found_as_it_was_recorded(ledger: Ledger, database: Database) -> None:
    review_id = record(ledger)
    review = ledger.find(review_id)
    assert review is not None
    assert (review.id, review.repo_id, review.number) == (review_id, 11, 5)
    assert (review.head_sha, review.base_sha, review.policy_sha256) == ("a" * 40, "b" * 40, "c" * 64)
    assert (review.bot_version, review.format, review.decision) == ("0.1.0", 1, "not_yet")
    assert (review.dossier, review.verdict) == ({"adapter": "ticket-router"}, {"items": {"eval": "failed"}})
    assert review.answer_state == "owed"
    with database.begin() as connection:
        now = connection.scalar(select(func.now()))
    assert review.created_at.utcoffset() == timedelta(0)
    assert timedelta(0) <= now - review.created_at < timedelta(minutes=5)


def test_an_id_is_random(ledger: Ledger) -> None:
    ids = {UUID(record(ledger, number=number)) for number in range(1, 9)}
    assert len({review_id.int >> 96 for review_id in ids}) == 8
    assert {review_id.version for review_id in ids} == {4}


@pytest.mark.parametrize("said", ["", "7", "../etc/passwd", "a\0", "é" * 32, "00000000-0000-4000-8000-000000000000"])
def test_an_id_that_nobody_gave_out_finds_nothing(ledger: Ledger, said: str) -> None:
    record(ledger)
    assert ledger.find(said) is None
    ledger.given(said)
    assert ledger.owed(11, 5) is not None


def test_the_newest_review_is_the_latest_and_the_only_one_owed(ledger: Ledger) -> None:
    first, second = record(ledger), record(ledger, head="d" * 40)
    elsewhere = record(ledger, number=6)
    latest, owed = ledger.latest(11, 5), ledger.owed(11, 5)
    assert latest is not None
    assert latest.id == second
    assert latest == owed
    assert states(ledger, first, second, elsewhere) == ["superseded", "owed", "owed"]


def test_an_answer_that_was_given_is_owed_no_more(ledger: Ledger) -> None:
    review_id = record(ledger)
    ledger.given(review_id)
    assert states(ledger, review_id) == ["given"]
    assert ledger.owed(11, 5) is None
    again = record(ledger)
    assert states(ledger, review_id, again) == ["given", "owed"]


def test_a_superseded_answer_is_never_given(ledger: Ledger) -> None:
    first, _ = record(ledger), record(ledger)
    ledger.given(first)
    assert states(ledger, first) == ["superseded"]


def test_nothing_is_known_of_a_pull_request_before_its_first_review(ledger: Ledger) -> None:
    assert (ledger.latest(11, 5), ledger.owed(11, 5), ledger.pull_requests_at(11, "a" * 40)) == (None, None, ())


def test_workers_that_record_at_once_leave_one_answer_owed(ledger: Ledger, database: Database) -> None:
    together = threading.Barrier(6)
    ids: list[str] = []

    def work() -> None:
        together.wait(timeout=30)
        ids.append(record(ledger))

    workers = [threading.Thread(target=work) for _ in range(6)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(timeout=30)
    assert sorted(map(str, states(ledger, *ids))) == ["owed", *["superseded"] * 5]
    with database.begin() as connection:
        assert connection.scalar(select(func.count()).select_from(reviews)) == 6


def test_a_review_that_cannot_be_stored_supersedes_nothing(ledger: Ledger) -> None:
    review_id = record(ledger)
    with pytest.raises(Exception, match="not JSON serializable"):
        record(ledger, dossier={"when": object()})
    assert states(ledger, review_id) == ["owed"]


def test_a_hostile_dossier_is_stored_all_the_same(ledger: Ledger) -> None:
    odd = {"nul": "a\0b", "half": "\ud83d", "nan": float("nan"), "inf": [float("-inf")], "é\0": {"deep": ("\0",)}}
    review = ledger.find(record(ledger, dossier=odd))
    assert review is not None
    mark = "\N{REPLACEMENT CHARACTER}"
    assert review.dossier == {
        "nul": f"a{mark}b",
        "half": "?",
        "nan": "nan",
        "inf": ["-inf"],
        f"é{mark}": {"deep": [mark]},
    }


def test_json_comes_back_as_it_went(ledger: Ledger) -> None:
    plain = {"text": 'é 漢 😀 % :name \\u0000 "', "int": 2**70, "float": 0.1, "none": None, "list": [True, {}], "": ""}
    review = ledger.find(record(ledger, dossier=plain))
    assert review is not None
    assert review.dossier == plain


def test_the_pull_requests_of_a_commit_are_told_once_each(ledger: Ledger) -> None:
    for number in (9, 5, 5):
        record(ledger, number=number)
    record(ledger, number=6, head="d" * 40)
    record(ledger, repo_id=12, number=7)
    assert ledger.pull_requests_at(11, "a" * 40) == (5, 9)


def test_a_pull_request_whose_review_has_only_begun_is_told_too(ledger: Ledger) -> None:
    record(ledger, number=9)
    ledger.publish(11, 5, Publication("check_run", "a" * 40, None, "in_progress", None))
    ledger.publish(11, 9, Publication("check_run", "a" * 40, 7, "hash", None))
    ledger.publish(11, 6, Publication("check_run", "d" * 40, 8, "hash", None))
    ledger.publish(11, 7, Publication("status", "a" * 40, 9, "hash", None))
    assert ledger.pull_requests_at(11, "a" * 40) == (5, 9)


def test_what_is_about_to_be_written_is_remembered_without_an_id_and_then_with_it(ledger: Ledger) -> None:
    review_id = record(ledger)
    intent = Publication("check_run", "a" * 40, None, "hash", None)
    ledger.publish(11, 5, intent)
    assert ledger.publication(11, 5, "check_run", "a" * 40) == intent
    written = Publication("check_run", "a" * 40, 2**40, "other", review_id)
    ledger.publish(11, 5, written)
    assert ledger.publication(11, 5, "check_run", "a" * 40) == written


def test_publications_are_told_apart_by_pull_request_kind_and_target(ledger: Ledger) -> None:
    places = [(11, 5, "status", "a"), (11, 5, "status", "b"), (11, 6, "status", "a"), (12, 5, "status", "a")]
    for remote_id, (repo_id, number, _, target) in enumerate(places):
        ledger.publish(repo_id, number, Publication("status", target, remote_id, "hash", None))
    ledger.publish(11, 5, Publication("sticky_comment", "", 9, "hash", None))
    found = [ledger.publication(*place) for place in places]
    assert [publication and publication.remote_id for publication in found] == [0, 1, 2, 3]
    comment = ledger.publication(11, 5, "sticky_comment")
    assert comment is not None
    assert comment.remote_id == 9
    assert ledger.publication(11, 5, "check_run", "a") is None


def test_a_publication_answers_a_review_of_its_own_pull_request(ledger: Ledger) -> None:
    review_id = record(ledger)
    with pytest.raises(IntegrityError):
        ledger.publish(11, 6, Publication("status", "", 1, "hash", review_id))


def test_earlier_reviews_are_one_for_each_other_head_newest_first(ledger: Ledger) -> None:
    record(ledger, head="1" * 40)
    second = record(ledger, head="1" * 40)
    third = record(ledger, head="2" * 40)
    record(ledger, head="3" * 40)
    record(ledger, number=6, head="4" * 40)
    assert [review.id for review in ledger.earlier(11, 5, "3" * 40)] == [third, second]
    assert ledger.earlier(11, 7, "") == ()


def test_no_more_than_ten_earlier_heads_are_looked_at(ledger: Ledger) -> None:
    for number in range(12):
        record(ledger, head=f"{number:040}")
    found = ledger.earlier(11, 5, f"{11:040}")
    assert [review.head_sha for review in found] == [f"{number:040}" for number in range(10, 0, -1)]


def test_the_newest_review_of_each_pull_request_is_listed_the_last_one_first(ledger: Ledger) -> None:
    record(ledger, number=5, head="a" * 40)
    other = record(ledger, number=6)
    elsewhere = record(ledger, repo_id=12, number=5)
    again = record(ledger, number=5, head="c" * 40)
    assert ledger.newest(10) == (again, elsewhere, other)
    assert ledger.newest(1) == (again,)


def test_the_head_that_was_shown_is_of_the_last_answer_that_was_given_by_then(
    ledger: Ledger, database: Database
) -> None:
    def now() -> datetime:
        with database.begin() as connection:
            instant: datetime = connection.execute(select(func.clock_timestamp())).scalar_one()
        return instant

    before = now()
    ledger.given(record(ledger))
    after_first = now()
    ledger.given(record(ledger, head="d" * 40))
    after_second = now()
    record(ledger, head="e" * 40)  # its answer is still owed
    ledger.given(record(ledger, number=6, head="f" * 40))
    shown = [ledger.shown_at(11, 5, instant) for instant in (before, after_first, after_second, now())]
    assert shown == [None, "a" * 40, "d" * 40, "d" * 40]
