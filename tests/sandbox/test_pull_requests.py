"""How does a pull request live over the API? Opened, pushed to, reviewed, merged."""

from typing import Any

import pytest
from github import GithubException

from bot.sandbox.world import RequiredCheck
from tests.sandbox.town import PROPOSAL, Refusal, Town

TWENTY = "".join(f"line {n}\n" for n in range(1, 21))


def test_it_is_opened_by_the_api_and_shows_what_it_changes(town: Town) -> None:
    town.world.commit(town.models, "tune", {PROPOSAL: "version: 1\n", "README.md": "# Models!\n"}, "P", town.ada)
    repo = town.github(town.token_of(town.ada)).get_repo("acme/models")
    pull = repo.create_pull(base="main", head="tune", title="Tune", body="Please", draft=True)
    assert (pull.user.login, pull.state, pull.draft, pull.changed_files, pull.commits) == ("ada", "open", True, 2, 1)
    assert (pull.additions, pull.deletions, pull.mergeable_state) == (2, 1, "draft")
    files = {each.filename: (each.status, each.patch) for each in pull.get_files()}
    assert files == {
        PROPOSAL: ("added", "@@ -0,0 +1 @@\n+version: 1"),
        "README.md": ("modified", "@@ -1 +1 @@\n-# Models\n+# Models!"),
    }
    assert [each.commit.message for each in pull.get_commits()] == ["P"]


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"base": "main"}, "wasn't supplied"),
        ({"head": "nope", "base": "main"}, "head"),
        ({"head": "tune", "base": "nope"}, "base"),
        ({"head": "main", "base": "main"}, "No commits between main and main"),
        ({"head": "eve:tune", "base": "main"}, "head"),
        ({"head": "tune", "base": "main"}, "A pull request already exists for acme:tune."),
    ],
)
def test_it_is_not_opened_where_there_is_nothing_to_merge(town: Town, body: dict[str, str], said: str) -> None:
    town.open_pull()
    answer = town.call("POST", "/repos/acme/models/pulls", town.token_of(town.ada), json={"title": "X"} | body)
    assert (answer.status_code, said in answer.text) == (422, True), answer.text


def test_a_push_moves_its_head_and_tells_synchronize(town: Town) -> None:
    pull = town.open_pull()
    before = pull.head_sha
    town.listen()
    repo = town.github(town.token_of(town.ada)).get_repo("acme/models")
    known = repo.get_contents(PROPOSAL, ref="tune")
    assert not isinstance(known, list)
    repo.update_file(PROPOSAL, "Better", "version: 1\nscope: adapter\n", known.sha, branch="tune")
    after = repo.get_pull(pull.number).head.sha
    assert after != before
    assert repo.get_branch("tune").commit.sha == after
    town.settle()
    told = town.receiver.heard(lambda each: each.event == "pull_request.synchronize")
    assert [(each.payload["before"], each.payload["after"]) for each in told] == [(before, after)]
    assert told[0].payload["pull_request"]["head"]["sha"] == after
    assert town.receiver.events() == ["push", "pull_request.synchronize", "check_suite.requested"]


def test_one_from_a_fork_belongs_to_the_base_and_its_commits_are_seen_there(town: Town) -> None:
    fork = town.world.fork(town.models, town.ada)
    town.world.commit(fork, "idea", {PROPOSAL: "version: 1\n"}, "P", town.ada)
    repo = town.github(town.token_of(town.ada)).get_repo("acme/models")
    pull = repo.create_pull(base="main", head="ada:idea", title="From a fork")
    assert (pull.head.repo.full_name, pull.head.label) == ("ada/models", "ada:idea")
    seen_by_the_app = town.github(town.token()).get_repo("acme/models").get_contents(PROPOSAL, ref=pull.head.sha)
    assert not isinstance(seen_by_the_app, list)
    assert seen_by_the_app.decoded_content == b"version: 1\n"


def test_lists_are_filtered_and_sorted(town: Town) -> None:
    first, second = town.open_pull("one"), town.open_pull("two")
    town.world.close(first, town.ada)
    token = town.token()

    def numbers(query: str) -> list[int]:
        return [each["number"] for each in town.call("GET", f"/repos/acme/models/pulls?{query}", token).json()]

    assert numbers("") == [second.number]
    assert numbers("state=closed") == [first.number]
    assert numbers("state=all&direction=asc") == [first.number, second.number]
    assert numbers("state=all&head=acme:one") == [first.number]
    assert numbers("base=elsewhere") == []


def test_it_is_edited_closed_and_opened_again(town: Town) -> None:
    made = town.open_pull()
    pull = town.github(town.token_of(town.ada)).get_repo("acme/models").get_pull(made.number)
    pull.edit(title="Better", body="Why", state="closed")
    assert (made.issue.title, made.issue.body, made.issue.state) == ("Better", "Why", "closed")
    pull.edit(state="open")
    assert made.issue.state == "open"
    town.world.add_collaborator(town.models, town.eve, "read")
    answer = town.call(
        "PATCH", f"/repos/acme/models/pulls/{made.number}", town.token_of(town.eve), json={"title": "Mine"}
    )
    assert answer.status_code == 403


def test_a_review_stands_at_its_lines(town: Town) -> None:
    made = town.open_pull(text=TWENTY)
    repo = town.github(town.token()).get_repo("acme/models")
    pull = repo.get_pull(made.number)
    comments: Any = [
        {"path": PROPOSAL, "line": 3, "side": "RIGHT", "body": "Here"},
        {"path": PROPOSAL, "line": 8, "start_line": 6, "side": "RIGHT", "start_side": "RIGHT", "body": "These"},
        {"path": PROPOSAL, "position": 5, "body": "The older way"},
    ]
    review = pull.create_review(
        commit=repo.get_commit(made.head_sha), body="3 remarks", event="COMMENT", comments=comments
    )
    assert (review.state, review.user.login, review.commit_id) == ("COMMENTED", "gate[bot]", made.head_sha)
    said = {each.body: (each.line, each.start_line, each.side, each.position) for each in pull.get_review_comments()}
    assert said == {
        "Here": (3, None, "RIGHT", 3),
        "These": (8, 6, "RIGHT", 8),
        "The older way": (5, None, "RIGHT", 5),
    }
    assert {each.pull_request_review_id for each in pull.get_review_comments()} == {review.id}


@pytest.mark.parametrize(
    ("comment", "said"),
    [
        ({"line": 99, "side": "RIGHT"}, "line must be part of the diff"),
        ({"line": 0, "side": "RIGHT"}, "line must be part of the diff"),
        ({"line": 3, "side": "LEFT"}, "line must be part of the diff"),
        ({"line": 3, "start_line": 7, "side": "RIGHT"}, "line must be part of the diff"),
        ({"line": 3, "path": "README.md"}, "Path could not be resolved"),
        ({"position": 99}, "line must be part of the diff"),
        ({}, "Line could not be resolved"),
        ({"line": 3, "body": "x" * 65_537}, "too long"),
    ],
)
def test_one_comment_off_the_diff_costs_the_whole_review(town: Town, comment: dict[str, Any], said: str) -> None:
    made = town.open_pull(text=TWENTY)
    good = {"path": PROPOSAL, "line": 1, "side": "RIGHT", "body": "Good"}
    body = {"event": "COMMENT", "body": "Two", "comments": [good, {"path": PROPOSAL, "body": "Bad"} | comment]}
    answer = town.call("POST", f"/repos/acme/models/pulls/{made.number}/reviews", town.token(), json=body)
    assert (answer.status_code, said in answer.text) == (422, True), answer.text
    assert (made.reviews, town.world.review_comments(made)) == ([], [])


@pytest.mark.parametrize("line", [0, 1])
def test_a_file_without_a_shown_diff_takes_no_comment_at_a_line(town: Town, line: int) -> None:
    made = town.open_pull()
    town.world.commit(town.models, "tune", {"weights.bin": b"\0\1\2"}, "Weights", town.ada)
    path, said = f"/repos/acme/models/pulls/{made.number}", {"path": "weights.bin", "body": "Hm"}
    files = {each["filename"]: "patch" in each for each in town.call("GET", f"{path}/files", town.token()).json()}
    assert files == {PROPOSAL: True, "weights.bin": False}
    body = {"event": "COMMENT", "body": "One", "comments": [said | {"line": line, "side": "RIGHT"}]}
    assert town.call("POST", f"{path}/reviews", town.token(), json=body).status_code == 422
    on_file = said | {"subject_type": "file", "commit_id": made.head_sha}
    assert town.call("POST", f"{path}/comments", town.token(), json=on_file).status_code == 201


@pytest.mark.parametrize(
    ("body", "who"),
    [
        ({"event": "COMMENT"}, "ben"),
        ({"event": "REQUEST_CHANGES", "body": ""}, "ben"),
        ({"event": "APPROVE"}, "ada"),
        ({"event": "REQUEST_CHANGES", "body": "No"}, "ada"),
        ({"event": "COMMENT", "body": "x" * 65_537}, "ben"),
        ({"event": "COMMENT", "body": "x", "commit_id": "a" * 40}, "ben"),
        ({"event": "SHRUG", "body": "x"}, "ben"),
    ],
)
def test_a_review_that_github_would_not_take_is_refused(town: Town, body: dict[str, str], who: str) -> None:
    made = town.open_pull()
    token = town.token_of({"ada": town.ada, "ben": town.ben}[who])
    answer = town.call("POST", f"/repos/acme/models/pulls/{made.number}/reviews", token, json=body)
    assert (answer.status_code, made.reviews) == (422, [])


def test_a_comment_whose_line_is_gone_becomes_outdated(town: Town) -> None:
    made = town.open_pull(text=TWENTY)
    token = town.token()
    body = {"path": PROPOSAL, "line": 5, "side": "RIGHT", "body": "Here", "commit_id": made.head_sha}
    path = f"/repos/acme/models/pulls/{made.number}/comments"
    assert town.call("POST", path, token, json=body).status_code == 201
    town.world.commit(town.models, "tune", {PROPOSAL: TWENTY.replace("line 5\n", "another\n")}, "Fix", town.ada)
    [said] = town.call("GET", path, token).json()
    assert (said["line"], said["original_line"], said["position"]) == (None, 5, None)
    refused = town.call("POST", path, token, json=body | {"line": 99, "commit_id": made.head_sha})
    assert (refused.status_code, "line must be part of the diff" in refused.text) == (422, True)


def test_comments_are_written_changed_and_deleted(town: Town) -> None:
    made = town.open_pull()
    repo = town.github(town.token()).get_repo("acme/models")
    issue = repo.get_issue(made.number)
    comment = issue.create_comment("First")
    assert (comment.user.login, comment.user.type, comment.performed_via_github_app) is not None
    issue.get_comment(comment.id).edit("Second")
    assert [each.body for each in issue.get_comments()] == ["Second"]
    with pytest.raises(GithubException, match="too long"):
        issue.get_comment(comment.id).edit("x" * 65_537)
    with pytest.raises(GithubException, match="missing_field"):
        issue.create_comment(" ")
    assert [each.body for each in issue.get_comments()] == ["Second"]
    issue.get_comment(comment.id).delete()
    assert list(issue.get_comments()) == []
    with pytest.raises(GithubException) as gone:
        issue.get_comment(comment.id).edit("Third")
    assert gone.value.status == 404


def test_a_merge_closes_it_and_moves_the_base(town: Town) -> None:
    made = town.open_pull()
    town.listen()
    pull = town.github(town.token_of(town.ben)).get_repo("acme/models").get_pull(made.number)
    done = pull.merge(merge_method="merge", sha=made.head_sha)
    assert (done.merged, town.models.branches["main"]) == (True, done.sha)
    assert pull.is_merged()
    town.settle()
    closed, pushed = town.receiver.heard(lambda each: each.event in ("pull_request.closed", "push"))
    assert (closed.payload["pull_request"]["merged"], pushed.payload["after"]) == (True, done.sha)
    assert closed.payload["pull_request"]["merged_by"]["login"] == "ben"
    with pytest.raises(GithubException) as again:
        pull.merge()
    assert again.value.status == 405


def test_a_merge_waits_for_the_check_that_is_required_of_that_app(town: Town) -> None:
    made = town.open_pull()
    town.models.required_checks = (RequiredCheck("readiness", town.app.id),)
    token, path = town.token_of(town.ben), f"/repos/acme/models/pulls/{made.number}/merge"
    expected = Refusal(405, 'Required status check "readiness" is expected.')
    assert Refusal.of(town.call("PUT", path, token, json={})) == expected
    status = {"state": "success", "context": "readiness"}
    assert town.call("POST", f"/repos/acme/models/statuses/{made.head_sha}", token, json=status).status_code == 201
    assert Refusal.of(town.call("PUT", path, token, json={})) == expected  # a status by a person is not that App's run
    run = {"name": "readiness", "head_sha": made.head_sha, "conclusion": "failure"}
    own = town.token()
    assert town.call("POST", "/repos/acme/models/check-runs", own, json=run).status_code == 201
    failing = Refusal(405, 'Required status check "readiness" is failing.')
    assert Refusal.of(town.call("PUT", path, token, json={})) == failing
    run["conclusion"] = "neutral"
    assert town.call("POST", "/repos/acme/models/check-runs", own, json=run).status_code == 201
    stale = {"sha": "a" * 40}
    assert town.call("PUT", path, token, json=stale).status_code == 409
    assert town.call("PUT", path, token, json={}).status_code == 200
