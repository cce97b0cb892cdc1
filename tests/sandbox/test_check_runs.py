"""What does GitHub take of a check run and of a commit status, and what does it refuse?"""

from typing import Any

import pytest

from bot.sandbox.model import Pull
from tests.sandbox.town import PROPOSAL, Refusal, Town

RUNS = "/repos/acme/models/check-runs"
REMARK = {"path": PROPOSAL, "start_line": 1, "end_line": 1, "annotation_level": "failure", "message": "No"}
OUTPUT = {"title": "Not yet", "summary": "Why"}


@pytest.fixture
def pull(town: Town) -> Pull:
    return town.open_pull()


def begin(town: Town, pull: Pull, token: str, **more: Any) -> dict[str, Any]:
    body = {"name": "readiness", "head_sha": pull.head_sha, "status": "in_progress"} | more
    answer = town.call("POST", RUNS, token, json=body)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


def test_a_run_begins_and_ends_and_its_annotations_pile_up(town: Town, pull: Pull) -> None:
    repo = town.github(town.token()).get_repo("acme/models")
    made: Any = repo.create_check_run("readiness", pull.head_sha, status="in_progress", external_id="7")
    first: Any = OUTPUT | {"annotations": [REMARK | {"message": f"remark {n}"} for n in range(50)]}
    repo.get_check_run(made.id).edit(status="in_progress", output=first)
    last: Any = OUTPUT | {"annotations": [REMARK | {"message": "the last", "title": "T", "raw_details": "D"}]}
    ended: Any = repo.get_check_run(made.id)
    ended.edit(status="completed", conclusion="failure", output=last)
    assert (ended.status, ended.conclusion, ended.output.annotations_count) == ("completed", "failure", 51)
    assert (ended.external_id, ended.app.id, ended.completed_at is not None) == ("7", town.app.id, True)
    messages = [each.message for each in ended.get_annotations()]
    assert messages == [*(f"remark {n}" for n in range(50)), "the last"]
    assert [each.id for each in repo.get_commit(pull.head_sha).get_check_runs()] == [made.id]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"name": None}, '"name" wasn\'t supplied'),
        ({"head_sha": "a" * 40}, "No commit found for SHA"),
        ({"status": "completed"}, '"conclusion" wasn\'t supplied'),
        ({"completed_at": "2026-01-01T00:00:00Z"}, '"conclusion" wasn\'t supplied'),
        ({"status": "waiting"}, "not a possible value"),
        ({"conclusion": "stale"}, "not a possible value"),
        ({"details_url": "ftp://x"}, "http"),
        ({"started_at": "yesterday"}, "date-time"),
        ({"output": {"title": "Only"}}, '"summary" wasn\'t supplied'),
        ({"output": {"summary": "Only"}}, '"title" wasn\'t supplied'),
        ({"output": OUTPUT | {"summary": "x" * 65_536}}, "Only 65535 characters"),
        ({"output": OUTPUT | {"text": "x" * 65_536}}, "Only 65535 characters"),
        ({"output": OUTPUT | {"annotations": [REMARK] * 51}}, "No more than 50 items are allowed"),
        ({"output": OUTPUT | {"annotations": [REMARK | {"annotation_level": "error"}]}}, "not a possible value"),
        ({"output": OUTPUT | {"annotations": [REMARK | {"message": None}]}}, '"message" wasn\'t supplied'),
        ({"output": OUTPUT | {"annotations": [REMARK | {"message": "ä" * 32_769}]}}, "65536 bytes"),
        ({"output": OUTPUT | {"annotations": [REMARK | {"title": "x" * 256}]}}, "Only 255 characters"),
        ({"output": OUTPUT | {"annotations": [REMARK | {"start_line": "1"}]}}, "is not an integer"),
        ({"output": OUTPUT | {"annotations": [REMARK | {"start_line": 2}]}}, "not after end_line"),
        ({"output": OUTPUT | {"annotations": [REMARK | {"end_line": 2, "start_column": 1}]}}, "one line"),
        ({"output": OUTPUT | {"annotations": "many"}}, "is not an array"),
        ({"actions": [{"label": "x", "description": "x", "identifier": "x"}] * 4}, "No more than 3 items"),
        ({"actions": [{"label": "x" * 21, "description": "x", "identifier": "x"}]}, "Only 20 characters"),
    ],
)
def test_what_github_does_not_take_is_refused_and_leaves_nothing(
    town: Town, pull: Pull, change: dict[str, Any], said: str
) -> None:
    suites = len(town.models.suites)
    body = {"name": "readiness", "head_sha": pull.head_sha} | change
    answer = town.call("POST", RUNS, town.token(), json=body)
    assert (answer.status_code, said in answer.json()["message"]) == (422, True), answer.text
    assert (town.models.runs, len(town.models.suites)) == ({}, suites)


def test_a_refused_change_leaves_the_run_as_it_was(town: Town, pull: Pull) -> None:
    token = town.token()
    before = begin(town, pull, token)
    change = {"name": "other", "status": "completed", "output": OUTPUT | {"annotations": [REMARK]}}
    assert town.call("PATCH", f"{RUNS}/{before['id']}", token, json=change).status_code == 422
    assert town.call("GET", f"{RUNS}/{before['id']}", token).json() == before


def test_the_newest_run_of_a_name_is_shown_unless_all_are_asked_for(town: Town, pull: Pull) -> None:
    token = town.token()
    old, new = begin(town, pull, token, conclusion="failure"), begin(town, pull, token, conclusion="success")
    begin(town, pull, token, name="another")

    def ids(query: str) -> list[int]:
        path = f"/repos/acme/models/commits/{pull.head_sha}/check-runs?{query}"
        return [each["id"] for each in town.call("GET", path, token).json()["check_runs"]]

    assert ids("check_name=readiness") == [new["id"]]
    assert ids(f"check_name=readiness&filter=all&app_id={town.app.id}") == [new["id"], old["id"]]
    assert ids("filter=all&app_id=1") == []
    assert len(ids("")) == 2


def test_a_run_that_is_asked_for_anew_resets_its_suite_and_tells_its_app(town: Town, pull: Pull) -> None:
    token = town.token()
    made = begin(town, pull, token, conclusion="failure")
    suite = f"/repos/acme/models/check-suites/{made['check_suite']['id']}"
    assert town.call("GET", suite, token).json()["conclusion"] == "failure"
    town.listen()
    assert town.call("POST", f"{RUNS}/{made['id']}/rerequest", town.token_of(town.ben)).status_code == 201
    town.settle()
    [told] = town.receiver.heard()
    assert (told.event, told.payload["check_run"]["id"]) == ("check_run.rerequested", made["id"])
    assert [each["number"] for each in told.payload["check_run"]["pull_requests"]] == [pull.number]
    now = town.call("GET", suite, token).json()
    assert (now["status"], now["conclusion"]) == ("queued", None)
    run = town.call("GET", f"{RUNS}/{made['id']}", token).json()
    assert (run["status"], run["conclusion"]) == ("completed", "failure")
    town.receiver.forget()
    assert town.call("POST", f"{suite}/rerequest", town.token_of(town.ben)).status_code == 201
    town.settle()
    assert town.receiver.events() == ["check_suite.rerequested"]
    begin(town, pull, token, conclusion="success")
    assert town.call("GET", suite, token).json()["conclusion"] == "success"


def test_the_runs_of_a_forks_commit_name_no_pull_request(town: Town) -> None:
    fork = town.world.fork(town.models, town.ada)
    town.world.commit(fork, "idea", {PROPOSAL: "version: 1\n"}, "P", town.ada)
    pull = town.world.open_pull(town.models, "From a fork", "idea", town.ada, head_repo=fork)
    token = town.token()
    made = begin(town, pull, token)
    suite = town.call("GET", f"/repos/acme/models/check-suites/{made['check_suite']['id']}", token).json()
    assert (made["pull_requests"], suite["head_branch"]) == ([], None)


def test_the_newest_status_of_a_context_counts(town: Town, pull: Pull) -> None:
    commit = town.github(town.token()).get_repo("acme/models").get_commit(pull.head_sha)
    assert commit.get_combined_status().state == "pending"
    for state, context in (("failure", "a"), ("success", "b"), ("success", "a")):
        posted = commit.create_status(state=state, context=context, description="Said", target_url="https://x.example/")
        assert (posted.state, posted.creator.login) == (state, "gate[bot]")
    combined = commit.get_combined_status()
    assert (combined.state, combined.total_count) == ("success", 2)
    listed = town.call("GET", f"/repos/acme/models/commits/{pull.head_sha}/statuses", town.token()).json()
    assert [(each["state"], each["context"]) for each in listed] == [
        ("success", "a"),
        ("success", "b"),
        ("failure", "a"),
    ]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"description": "x" * 141}, "description is too long"),
        ({"state": "great"}, "not a possible value"),
        ({"state": None}, "wasn't supplied"),
        ({"target_url": "javascript:alert(1)"}, "http"),
    ],
)
def test_a_status_that_github_would_not_take_is_refused(
    town: Town, pull: Pull, change: dict[str, Any], said: str
) -> None:
    body = {"state": "success", "context": "x"} | change
    answer = town.call("POST", f"/repos/acme/models/statuses/{pull.head_sha}", town.token(), json=body)
    assert (answer.status_code, said in answer.text, town.models.statuses) == (422, True, [])


def test_a_status_of_an_unknown_commit_is_refused(town: Town) -> None:
    answer = town.call("POST", f"/repos/acme/models/statuses/{'a' * 40}", town.token(), json={"state": "success"})
    assert Refusal.of(answer) == Refusal(422, f"No commit found for SHA: {'a' * 40}")
