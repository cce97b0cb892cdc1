"""When GitHub stumbles, is the answer still given, once, and is a doubt never taken for a yes?"""

import pytest

from bot.sandbox.world import Fault
from tests.end_to_end.conftest import Team, until


@pytest.mark.parametrize(
    "fault",
    [
        Fault("GET", r"/pulls/\d+$", times=2, status=502),
        Fault("GET", r"/pulls/\d+/files", times=1, status=500),
        Fault("POST", "/check-runs", times=1, status=502),
        Fault("POST", "/check-runs", times=1, status=502, after=True),
        Fault("PATCH", "/check-runs", times=1, action="drop", after=True),
        Fault("POST", "/statuses", times=1, action="drop", after=True),
        Fault("POST", r"/issues/\d+/comments", times=1, status=502, after=True),
        Fault("POST", r"/pulls/\d+/reviews", times=1, status=502, after=True),
        Fault("POST", "/access_tokens", times=1, status=503),
        Fault("*", "/repos/", times=1, status=429, headers={"Retry-After": "1"}, body={"message": "slow down"}),
        Fault(
            "*",
            "/repos/",
            times=1,
            status=403,
            body={"message": "You have exceeded a secondary rate limit"},
            headers={"Retry-After": "1"},
        ),
        Fault("GET", r"/contents/.*finetune-proposal", times=1, status=503),
    ],
    ids=lambda fault: f"{fault.method} {fault.path} {fault.action} {fault.status}{' after' if fault.after else ''}",
)
def test_one_stumble_changes_nothing_about_the_answer(team: Team, fault: Fault) -> None:
    team.world.faults.append(fault)
    pull = team.open(dict(team.example("not-yet")[1]))
    run = team.answer(pull)
    assert fault.times == 0  # it happened
    assert run.conclusion == "failure"
    assert (run.title or "").startswith("Not yet")
    assert len([r for r in team.runs(pull) if r.status == "completed"]) == 1
    assert len(run.annotations) == len({(a.start_line, a.title, a.message) for a in run.annotations})
    assert len(team.comments(pull)) == 1
    assert len({c.review.id for c in team.world.review_comments(pull)}) == 1
    assert len(team.statuses(pull)) == 1


def test_a_commit_that_github_does_not_know_everywhere_yet_is_answered_when_it_does(team: Team) -> None:
    lag = Fault("POST", "/check-runs", times=4, status=422, body={"message": "No commit found for SHA: it is new"})
    team.world.faults.append(lag)
    pull = team.open({"docs/x.md": "# X\n"})
    assert team.answer(pull).conclusion == "success"
    assert lag.times == 0


def test_a_review_that_comes_to_no_end_is_a_failure_on_the_head_and_a_re_run_begins_anew(team: Team) -> None:
    stranger = team.world.create_user("mallory")
    fork = team.world.fork(team.repo(), stranger)
    team.world.faults.append(Fault("GET", "/contents/.*finetune-proposal", times=-1, status=503))
    team.world.commit(fork, "tune", dict(team.example("ready")[1]), "Propose", stranger)
    pull = team.open_from_fork(fork, stranger)
    given_up = team.answer(pull)
    assert (given_up.conclusion, given_up.title) == ("failure", "Could not be reviewed")
    assert [s.state for s in team.statuses(pull)] == ["failure"]
    assert team.comments(pull) == []
    team.world.faults.clear()
    team.world.rerequest_run(given_up, team.world.account("lena-brandt"))
    team.rest()
    assert [run.conclusion for run in team.runs(pull)] == ["success", "failure"]
    assert team.statuses(pull)[0].state == "success"


def test_a_review_that_was_given_up_is_done_anew_by_the_next_event(team: Team) -> None:
    pull = team.open(dict(team.example("not-yet")[1]))
    team.answer(pull)
    team.world.faults.append(Fault("GET", r"/pulls/\d+/files", times=-1, status=502))
    team.world.rerequest_run(team.runs(pull)[0], team.world.account("ana-lopes"))
    team.rest()
    assert team.runs(pull)[0].title == "Could not be reviewed"
    team.world.faults.clear()
    team.world.edit_pull(pull, team.world.account("ana-lopes"), title="Is it well again?")
    team.rest()
    assert (team.runs(pull)[0].title or "").startswith("Not yet")


def test_an_answer_that_stands_is_not_taken_back_when_a_later_review_comes_to_no_end(team: Team) -> None:
    pull = team.open(dict(team.example("ready")[1]))
    answered = team.answer(pull)
    stumble = Fault("GET", r"/pulls/\d+$", times=20, status=502)  # as often as a review is tried
    team.world.faults.append(stumble)
    team.world.edit_pull(pull, team.world.account("ana-lopes"), title="Only the title")
    team.rest()
    assert stumble.times == 0
    assert team.runs(pull) == [answered]


@pytest.mark.parametrize(
    "fault",
    [
        Fault("GET", "/contents/.*train.jsonl", times=-1, status=503),
        Fault("GET", "/users/", times=-1, status=500),
    ],
    ids=["evidence", "owner"],
)
def test_what_cannot_be_read_now_is_no_success_and_turns_into_one_by_itself(team: Team, fault: Fault) -> None:
    team.world.faults.append(fault)
    pull = team.open(dict(team.example("ready")[1]))
    until(lambda: team.runs(pull) and team.runs(pull)[0].status == "completed", "the doubt is told")
    assert team.runs(pull)[0].conclusion == "failure"
    assert (team.runs(pull)[0].title or "").startswith("Could not verify")
    team.world.faults.clear()
    until(lambda: team.runs(pull)[0].conclusion == "success", "the answer has turned")
    team.rest()
    assert [run.conclusion for run in team.runs(pull)] == ["success", "failure"]
    assert len(team.comments(pull)) == 1


def test_a_doubt_that_stays_is_told_once_and_still_stands_when_it_is_given_up(team: Team) -> None:
    team.world.faults.append(Fault("GET", "/contents/.*train.jsonl", times=-1, status=503))
    pull = team.open(dict(team.example("ready")[1]))
    until(lambda: team.service.engine.waiting().get("failed"), "it is given up")
    [run] = team.runs(pull)
    assert (run.title or "").startswith("Could not verify")


def test_a_webhook_sent_twice_is_answered_once(team: Team) -> None:
    from bot.sandbox.world import DeliveryFault

    team.world.delivery_faults.append(DeliveryFault("pull_request", "opened", kind="duplicate"))
    pull = team.open(dict(team.example("not-yet")[1]))
    team.answer(pull)
    assert len(team.runs(pull)) == 1
    assert len(team.comments(pull)) == 1


def test_an_app_that_was_taken_off_stops_quietly(team: Team) -> None:
    pull = team.open(dict(team.example("ready")[1]))
    team.answer(pull)
    [installation] = team.world.installations.values()
    team.push(pull, {"x.md": "x\n"})
    team.world.uninstall(installation)
    team.rest()
    assert team.service.engine.waiting().get("failed", 0) == 0
