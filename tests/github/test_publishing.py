"""Does GitHub look like the answer, with as few calls as promised, and with each thing there exactly once?"""

import pytest

from bot.ports import ForgeTrouble, Superseded
from bot.report.comment import MARKER
from tests.github.answers import PATH, no_proposal, not_yet, ready
from tests.github.conftest import Bot
from tests.github.memory_ledger import MemoryLedger
from tests.github.stand_in import HEAD, NUMBER, Fault, StandIn

REPO = "/repos/acme/models"
BEGUN = [
    ("GET", f"{REPO}/pulls/{NUMBER}"),
    ("GET", f"{REPO}/pulls/{NUMBER}/files"),
    ("POST", f"{REPO}/check-runs"),
    ("GET", f"{REPO}/contents/{PATH}"),
]


def test_a_first_review_that_is_ready_takes_six_calls(bot: Bot, github: StandIn) -> None:
    bot.review(ready())
    run = github.runs[0]
    assert github.calls == [
        *BEGUN,
        ("PATCH", f"{REPO}/check-runs/{run['id']}"),
        ("POST", f"{REPO}/statuses/{HEAD}"),
    ]
    assert (run["name"], run["head_sha"], run["external_id"]) == ("Fine-tune readiness", HEAD, f"{NUMBER}:{HEAD}")
    assert (run["status"], run["conclusion"]) == ("completed", "success")
    assert run["details_url"] == "https://tunegate.example/reviews/1"
    status = github.statuses[0]
    assert (status["context"], status["state"]) == ("tunegate/readiness", "success")
    assert status["target_url"] == "https://tunegate.example/reviews/1"
    assert not github.comments


def test_a_first_review_that_is_not_ready_takes_eight_calls(bot: Bot, github: StandIn) -> None:
    bot.review(not_yet(3, 7))
    assert github.calls == [
        *BEGUN,
        ("PATCH", f"{REPO}/check-runs/{github.runs[0]['id']}"),
        ("POST", f"{REPO}/statuses/{HEAD}"),
        ("POST", f"{REPO}/issues/{NUMBER}/comments"),
        ("POST", f"{REPO}/pulls/{NUMBER}/reviews"),
    ]
    assert github.runs[0]["conclusion"] == "failure"
    assert [a["start_line"] for a in github.runs[0]["annotations"]] == [3, 7]
    assert [(c["path"], c["line"]) for c in github.reviews[0]["comments"]] == [(PATH, 3), (PATH, 7)]
    assert github.comments[0]["body"].startswith(MARKER)


def test_no_proposal_is_one_completed_run_and_a_status(bot: Bot, github: StandIn) -> None:
    bot.review(no_proposal())
    assert [call[0] for call in github.writes] == ["POST", "POST"]
    assert (github.runs[0]["status"], github.runs[0]["conclusion"]) == ("completed", "success")


def test_the_same_answer_again_writes_nothing(bot: Bot, github: StandIn) -> None:
    bot.review(not_yet(3, 40))
    before = len(github.writes)
    bot.review(not_yet(3, 40))
    assert len(github.writes) == before
    assert len(github.calls) == 8 + 3  # the pull request, its files, its proposal


def test_the_run_shows_that_the_proposal_is_being_read(bot: Bot, github: StandIn) -> None:
    forge, pull = bot.pull()
    forge.begin(pull, "")
    forge.begin(pull, "")
    assert len(github.runs) == 1
    assert (github.runs[0]["status"], github.runs[0]["output"]["title"]) == ("in_progress", "Reading the proposal")
    assert "details_url" not in github.runs[0]


def test_another_answer_on_the_same_head_is_a_new_completed_run(bot: Bot, github: StandIn) -> None:
    bot.review(not_yet(3, 40))
    bot.review(ready())
    assert [run["conclusion"] for run in github.runs] == ["failure", "success"]
    assert [len(run["annotations"]) for run in github.runs] == [2, 0]
    assert [status["state"] for status in github.statuses] == ["failure", "success"]
    assert len(github.comments) == 1
    assert "Ready" in github.comments[0]["body"]


def test_a_new_head_gets_a_run_of_its_own_and_the_comment_is_edited(bot: Bot, github: StandIn) -> None:
    bot.review(not_yet(3))
    github.pull["head"]["sha"] = "d" * 40
    bot.review(not_yet(4))
    assert [run["head_sha"] for run in github.runs] == [HEAD, "d" * 40]
    assert len(github.comments) == 1
    assert "dddddddddddd" in github.comments[0]["body"]
    assert len(github.reviews) == 1  # the same words at another line are not said again


def test_what_is_said_at_lines_anew_comes_as_one_more_review(bot: Bot, github: StandIn) -> None:
    bot.review(not_yet(3))
    bot.review(not_yet(3, 5))
    assert [[c["line"] for c in review["comments"]] for review in github.reviews] == [[3], [5]]


def test_remarks_stay_on_the_lines_of_the_diff(bot: Bot, github: StandIn) -> None:
    bot.review(not_yet(12, 13))
    assert [c["line"] for c in github.reviews[0]["comments"]] == [12]


def test_a_refused_review_costs_only_the_remarks(bot: Bot, github: StandIn) -> None:
    github.faults.append(Fault("POST", "/reviews", (422, {"message": "Unprocessable Entity"}, {})))
    bot.review(not_yet(3))
    assert not github.reviews
    assert github.comments
    before = len(github.calls)
    bot.review(not_yet(3))
    assert len(github.calls) == before + 3  # this head's diff will not change
    github.pull["head"]["sha"] = "d" * 40
    bot.review(not_yet(3))
    assert len(github.reviews) == 1


@pytest.mark.parametrize("count", [50, 51, 100, 137])
def test_many_annotations_come_in_batches_and_once(bot: Bot, github: StandIn, count: int) -> None:
    bot.review(not_yet(*range(1, count + 1)))
    assert len(github.runs) == 1
    assert [a["start_line"] for a in github.runs[0]["annotations"]] == list(range(1, count + 1))
    assert github.runs[0]["status"] == "completed"
    assert sum(method == "PATCH" for method, _ in github.calls) == -(-count // 50)


def test_a_new_run_with_many_annotations_is_completed_by_its_last_batch(bot: Bot, github: StandIn) -> None:
    bot.review(ready())
    github.faults.append(Fault("PATCH", "check-runs", (502, {}, {})))
    with pytest.raises(ForgeTrouble):
        bot.review(not_yet(*range(1, 61)))
    assert [(run["status"], len(run["annotations"])) for run in github.runs] == [("completed", 0), ("in_progress", 50)]
    bot.review(not_yet(*range(1, 61)))
    assert [(run["status"], len(run["annotations"])) for run in github.runs] == [("completed", 0), ("completed", 60)]


def test_half_of_another_answer_is_cancelled(bot: Bot, github: StandIn) -> None:
    github.faults.append(Fault("PATCH", "check-runs", (502, {}, {}), skip=1))
    with pytest.raises(ForgeTrouble):
        bot.review(not_yet(*range(1, 61)))
    bot.review(ready())
    assert [run["conclusion"] for run in github.runs] == ["cancelled", "success"]
    assert not github.runs[1]["annotations"]


def test_a_deleted_comment_is_made_anew_only_when_there_is_something_to_say(bot: Bot, github: StandIn) -> None:
    bot.review(not_yet(3))
    github.comments.clear()
    bot.review(ready())
    assert not github.comments
    bot.review(ready())
    assert [call for call in github.calls if "comments" in call[1]].count(github.calls[-1]) == 0
    bot.review(not_yet(3))
    assert len(github.comments) == 1


def test_a_deleted_comment_of_an_answer_not_ready_is_made_anew(bot: Bot, github: StandIn) -> None:
    bot.review(not_yet(3))
    github.comments.clear()
    bot.review(not_yet(4, saying="Other words"))
    assert len(github.comments) == 1


def test_a_deleted_remark_is_not_said_again(bot: Bot, github: StandIn) -> None:
    bot.review(not_yet(3))
    github.remarks.clear()
    bot.review(not_yet(3))
    assert len(github.reviews) == 1


def test_a_re_run_writes_the_run_and_the_status_anew(bot: Bot, github: StandIn) -> None:
    bot.review(not_yet(3))
    bot.ledger.forget("check_run", "status")
    bot.review(not_yet(3))
    assert [run["conclusion"] for run in github.runs] == ["failure", "failure"]
    assert (len(github.statuses), len(github.comments), len(github.reviews)) == (2, 1, 1)


def test_a_run_that_is_gone_from_github_is_replaced(bot: Bot, github: StandIn) -> None:
    forge, pull = bot.pull()
    forge.begin(pull, "https://tunegate.example/")
    github.runs.clear()
    forge.publish(pull, ready(), "review-1", "https://tunegate.example/reviews/1")
    assert [run["conclusion"] for run in github.runs] == ["success"]


def test_a_moved_head_stops_the_writing(bot: Bot, github: StandIn) -> None:
    forge, pull = bot.pull()
    github.pull["head"]["sha"] = "d" * 40
    with pytest.raises(Superseded):  # GitHub does not know the commit any more
        forge.begin(pull, "https://tunegate.example/")
    forge.pull_request()
    before = len(github.writes)
    with pytest.raises(Superseded):  # we have seen it move
        forge.publish(pull, ready(), "review-1", "https://tunegate.example/reviews/1")
    assert len(github.writes) == before


def test_the_guard_is_asked_before_each_write(bot: Bot, github: StandIn) -> None:
    asked: list[int] = []
    bot.guard = lambda: asked.append(len(github.writes))
    bot.review(not_yet(3))
    assert asked == [0, 1, 2, 3, 4]


def _assert_said_once(github: StandIn, annotations: int) -> None:
    assert [(run["status"], run["conclusion"]) for run in github.runs] == [("completed", "failure")]
    assert [a["start_line"] for a in github.runs[0]["annotations"]] == list(range(1, annotations + 1))
    assert (len(github.statuses), len(github.comments), len(github.reviews)) == (1, 1, 1)
    assert len(github.remarks) == 10


ANNOTATIONS = 60  # two batches, so there are six writes
WRITES = range(6)


@pytest.mark.parametrize("nth", WRITES)
def test_a_write_that_arrived_unheard_is_not_done_again(bot: Bot, github: StandIn, nth: int) -> None:
    github.faults.append(Fault("*", "check-runs|statuses|issues/.*comments|reviews", lost=True, skip=nth))
    with pytest.raises(ForgeTrouble):
        bot.review(not_yet(*range(1, ANNOTATIONS + 1)))
    assert not github.faults
    bot.review(not_yet(*range(1, ANNOTATIONS + 1)))
    _assert_said_once(github, ANNOTATIONS)


@pytest.mark.parametrize("nth", WRITES)
def test_a_stop_before_a_write_leaves_it_to_the_next_review(bot: Bot, github: StandIn, nth: int) -> None:
    def stop() -> None:
        if len(github.writes) == nth:
            raise Superseded("another worker has taken over")

    bot.guard = stop
    with pytest.raises(Superseded):
        bot.review(not_yet(*range(1, ANNOTATIONS + 1)))
    assert len(github.writes) == nth
    bot.guard = lambda: None
    bot.review(not_yet(*range(1, ANNOTATIONS + 1)))
    _assert_said_once(github, ANNOTATIONS)


@pytest.mark.parametrize("nth", range(1, 29))
def test_a_crash_at_any_note_in_the_ledger_leaves_each_thing_once(bot: Bot, github: StandIn, nth: int) -> None:
    bot.ledger.fail_at = nth  # begin, intents and ids of each write: 28 notes, the last one of the last remark
    with pytest.raises(ConnectionError):
        bot.review(not_yet(*range(1, ANNOTATIONS + 1)))
    bot.review(not_yet(*range(1, ANNOTATIONS + 1)))
    _assert_said_once(github, ANNOTATIONS)


def test_the_ledger_is_written_no_more_often_than_the_crash_test_tries(bot: Bot) -> None:
    bot.ledger.fail_at = 29
    bot.review(not_yet(*range(1, ANNOTATIONS + 1)))
    assert bot.ledger.fail_at == 1


@pytest.mark.parametrize("nth", range(1, 5))
def test_a_run_without_a_beginning_is_posted_once_whatever_crashes(bot: Bot, github: StandIn, nth: int) -> None:
    bot.ledger.fail_at = nth
    with pytest.raises(ConnectionError):
        bot.review(no_proposal())
    bot.review(no_proposal())
    assert [(run["status"], run["conclusion"]) for run in github.runs] == [("completed", "success")]
    assert len(github.statuses) == 1


def test_another_answer_that_crashed_is_not_mistaken_for_the_older_run(bot: Bot, github: StandIn) -> None:
    bot.review(ready())
    github.faults.append(Fault("POST", "check-runs", (502, {}, {})))
    with pytest.raises(ForgeTrouble):
        bot.review(not_yet(3))
    bot.review(not_yet(3))
    assert [run["conclusion"] for run in github.runs] == ["success", "failure"]


def test_an_interrupted_comment_is_not_posted_once_all_is_well(bot: Bot, github: StandIn) -> None:
    github.faults.append(Fault("POST", "issues", (502, {}, {})))
    with pytest.raises(ForgeTrouble):
        bot.review(not_yet(3))
    bot.review(ready())
    assert not github.comments
    listed = len([call for call in github.calls if call == ("GET", f"{REPO}/issues/{NUMBER}/comments")])
    bot.review(ready())
    assert len([call for call in github.calls if call == ("GET", f"{REPO}/issues/{NUMBER}/comments")]) == listed == 1


def test_a_strangers_comment_with_our_marker_is_not_taken_for_ours(bot: Bot, github: StandIn) -> None:
    github.comments.append({"id": 1, "user": {"login": "mallory"}, "body": f"{MARKER} Ready"})
    github.faults.append(Fault("POST", "issues", (502, {}, {})))
    with pytest.raises(ForgeTrouble):
        bot.review(not_yet(3))
    bot.review(not_yet(3))
    assert len(github.comments) == 2
    assert github.comments[0]["body"] == f"{MARKER} Ready"


def test_our_comment_is_found_on_a_later_page(bot: Bot, github: StandIn) -> None:
    github.comments += [{"id": n, "user": {"login": "ada"}, "body": "hm"} for n in range(1, 131)]
    github.faults.append(Fault("POST", "issues", lost=True))
    with pytest.raises(ForgeTrouble):
        bot.review(not_yet(3))
    bot.review(not_yet(3))
    assert sum(comment["body"].startswith(MARKER) for comment in github.comments) == 1


def test_two_pull_requests_with_one_head_keep_their_runs_apart(bot: Bot, github: StandIn) -> None:
    bot.review(ready())
    github.runs[0]["external_id"] = f"{NUMBER + 1}:{HEAD}"
    bot.ledger = MemoryLedger()
    bot.__post_init__()
    github.faults.append(Fault("POST", "check-runs", lost=True))
    with pytest.raises(ForgeTrouble):
        bot.review(not_yet(3))
    bot.review(not_yet(3))
    assert [run["conclusion"] for run in github.runs] == ["success", "failure"]
