"""When GitHub stumbles, is the answer still given, once, and is a doubt never taken for a yes?"""

import pytest

from bot.sandbox.world import Fault
from tests.end_to_end.conftest import Team


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


def test_evidence_that_cannot_be_read_now_is_no_success(team: Team) -> None:
    team.world.faults.append(Fault("GET", "/contents/.*train.jsonl", times=-1, status=503))
    pull = team.open(dict(team.example("ready")[1]))
    run = team.answer(pull)
    assert run.conclusion == "failure"
    assert (run.title or "").startswith("Could not verify")
    team.world.faults.clear()
    team.world.rerequest_run(run, team.world.account("ana-lopes"))
    team.rest()
    assert team.runs(pull)[0].conclusion == "success"


def test_an_owner_who_cannot_be_looked_up_now_is_no_success(team: Team) -> None:
    team.world.faults.append(Fault("GET", "/users/", times=-1, status=500))
    run = team.answer(team.open(dict(team.example("ready")[1])))
    assert run.conclusion == "failure"
    assert any("ana-lopes" in a.message for a in run.annotations)


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
