"""Does a pull request get the answer that it deserves, said in the right places, once, and within the calls allowed?"""

import json

from sqlalchemy import text

from bot.report.comment import MARKER
from bot.report.words import CHECK_RUN_NAME
from tests.end_to_end.conftest import Team
from tests.peers.recorder import GitHubCalls


def test_a_ready_proposal_is_answered_with_success_and_no_comment(team: Team, github_calls: GitHubCalls) -> None:
    team.hears_no_comments()  # else the one by which the backup agrees is an event of its own
    github_calls.forget()
    sample, files = team.example("ready")
    pull = team.open(dict(files))
    run = team.answer(pull)
    assert (run.name, run.conclusion, run.title) == (CHECK_RUN_NAME, "success", "Ready: 5 of 5 items hold")
    assert run.details_url.startswith(f"{team.service.settings.url}/reviews/")
    assert [(s.state, s.description) for s in team.statuses(pull)] == [("success", "Ready: 5 of 5 items hold")]
    assert team.comments(pull) == []
    assert team.world.review_comments(pull) == []
    assert len(github_calls()) <= 6, github_calls()


def test_a_proposal_that_is_not_ready_is_told_so_at_its_lines(team: Team, github_calls: GitHubCalls) -> None:
    team.hears_no_comments()
    github_calls.forget()
    sample, files = team.example("not-yet")
    pull = team.open(dict(files))
    run = team.answer(pull)
    assert run.conclusion == "failure"
    assert (run.title or "").startswith("Not yet: ")
    path = f"{sample.folder}/finetune-proposal.yaml"
    text = files[path].splitlines()
    at = {a.start_line: a for a in run.annotations}
    kind = text.index("  kind: knowledge") + 1
    assert at[kind].path == path
    assert at[kind].level == "failure"
    assert "retrieval" in at[kind].message
    assert [(s.state, s.creator.login) for s in team.statuses(pull)] == [("failure", "tunegate[bot]")]
    assert [c.body.startswith(MARKER) for c in team.comments(pull)] == [True]
    remarks = team.world.review_comments(pull)
    assert remarks
    assert {c.place.path for c in remarks} == {path}
    assert len(remarks) <= 10
    assert len({c.review.id for c in remarks}) == 1
    assert len(github_calls()) <= 8, github_calls()


def test_a_false_claim_is_told_with_both_numbers(team: Team) -> None:
    sample, files = team.example("false-claim")
    run = team.answer(team.open(dict(files)))
    told = [a.message for a in run.annotations]
    assert any("Claimed 5,000" in message and "320" in message for message in told), told
    line = (
        files[f"{sample.folder}/finetune-proposal.yaml"]
        .splitlines()
        .index("  train: {path: data/train.jsonl, format: openai-chat, examples: 5000}")
    )
    assert line + 1 in {a.start_line for a in run.annotations}


def test_an_event_that_changes_nothing_costs_two_calls_at_most_and_says_nothing(
    team: Team, github_calls: GitHubCalls
) -> None:
    github_calls.forget()
    pull = team.open(dict(team.example("not-yet")[1]))
    team.answer(pull)
    before = [(r.id, len(r.annotations)) for r in team.runs(pull)], [c.id for c in team.world.comments(pull)]
    github_calls.forget()
    team.world.edit_pull(pull, team.world.account("ana-lopes"), title="Teach the products, please")
    team.rest()
    assert len(github_calls()) <= 2, github_calls()
    after = [(r.id, len(r.annotations)) for r in team.runs(pull)], [c.id for c in team.world.comments(pull)]
    assert after == before


def test_a_pull_request_without_a_proposal_is_answered_with_success(team: Team) -> None:
    pull = team.open({"docs/x.md": "# X\n"})
    run = team.answer(pull)
    assert (run.conclusion, run.title) == ("success", "No fine-tune proposal in this pull request")
    assert [s.state for s in team.statuses(pull)] == ["success"]
    assert team.comments(pull) == []


def test_two_proposals_are_one_run_with_a_section_each(team: Team) -> None:
    pull = team.open({**team.example("ready")[1], **team.example("not-yet")[1]})
    run = team.answer(pull)
    assert run.conclusion == "failure"
    assert run.title == "2 proposals: 1 ready, 1 not yet"
    assert "### `ticket-router`" in (run.summary or "")
    assert "### `product-expert`" in (run.summary or "")
    assert len(team.runs(pull)) == 1


def test_a_push_is_answered_on_the_new_head_and_the_comment_is_edited(team: Team) -> None:
    sample, files = team.example("ready")
    path = f"{sample.folder}/finetune-proposal.yaml"
    broken = files[path].replace("examples: 540", "examples: 5400")
    pull = team.open({**files, path: broken})
    assert team.answer(pull).conclusion == "failure"
    [comment] = team.comments(pull)
    was = comment.body
    team.push(pull, {path: files[path]})
    assert team.answer(pull).conclusion == "success"
    [edited] = team.comments(pull)
    assert edited is comment
    assert edited.body != was
    assert "Ready" in edited.body


def test_evidence_that_stays_the_same_is_not_fetched_again(team: Team, github_calls: GitHubCalls) -> None:
    sample, files = team.example("ready")
    path = f"{sample.folder}/finetune-proposal.yaml"
    pull = team.open(dict(files))
    assert team.answer(pull).conclusion == "success"
    assert any("/evals/" in url for url in github_calls.evidence())
    github_calls.forget()
    team.push(pull, {path: files[path] + "# one more word\n"})
    assert team.answer(pull).conclusion == "success"
    fetched = [url for url in github_calls.evidence() if "/evals/" in url or "/data/" in url]
    assert fetched == []


def test_a_change_of_linked_evidence_alone_is_reviewed(team: Team) -> None:
    sample, files = team.example("ready")
    team.world.commit(team.repo(), "main", dict(files), "Land the proposal", team.world.account("lena-brandt"))
    data = f"{sample.folder}/data/train.jsonl"
    pull = team.open({data: "\n".join(files[data].splitlines()[:150]) + "\n"}, branch="fewer-rows")
    run = team.answer(pull)
    assert run.conclusion == "failure"
    assert "`ticket-router`" in (run.summary or "")


def test_a_re_run_is_answered_with_a_new_run(team: Team) -> None:
    pull = team.open(dict(team.example("ready")[1]))
    first = team.answer(pull)
    team.world.rerequest_run(first, team.world.account("ana-lopes"))
    team.rest()
    runs = team.runs(pull)
    assert len(runs) == 2
    assert {run.conclusion for run in runs} == {"success"}
    assert [s.state for s in team.statuses(pull)] == ["success", "success"]


def test_a_burst_of_pushes_ends_in_one_comment_and_an_answered_head(team: Team) -> None:
    sample, files = team.example("not-yet")
    pull = team.open(dict(files))
    for number in range(8):
        team.push(pull, {"notes.md": f"{number}\n"})
    run = team.answer(pull)
    assert run.head_sha == pull.head_sha
    assert run.conclusion == "failure"
    assert len(team.comments(pull)) == 1
    assert len(team.runs(pull)) == 1


def test_a_draft_gets_its_check_run_and_comments_only_when_it_is_ready_for_review(team: Team) -> None:
    pull = team.open(dict(team.example("not-yet")[1]), draft=True)
    assert team.answer(pull).conclusion == "failure"
    assert team.comments(pull) == []
    team.world.ready_for_review(pull, team.world.account("ana-lopes"))
    team.rest()
    assert len(team.comments(pull)) == 1
    assert len(team.runs(pull)) == 1


def test_a_closed_pull_request_is_left_alone(team: Team, github_calls: GitHubCalls) -> None:
    pull = team.open(dict(team.example("ready")[1]))
    team.answer(pull)
    github_calls.forget()
    team.world.close(pull, team.world.account("ana-lopes"))
    team.rest()
    assert {call.method for call in github_calls()} == {"GET"}


def test_a_fork_s_pull_request_is_answered(team: Team) -> None:
    stranger = team.world.create_user("mallory")
    fork = team.world.fork(team.repo(), stranger)
    team.world.commit(fork, "tune", dict(team.example("ready")[1]), "Propose", stranger)
    pull = team.open_from_fork(fork, stranger)
    run = team.answer(pull)
    assert run.conclusion == "success"
    team.world.rerequest_run(run, team.world.account("lena-brandt"))
    team.rest()
    assert len(team.runs(pull)) == 2


def test_the_page_of_the_review_opens_behind_the_details_link(team: Team) -> None:
    import requests

    pull = team.open(dict(team.example("not-yet")[1]))
    page = requests.get(team.answer(pull).details_url, timeout=10)
    assert page.status_code == 200
    assert "product-expert" in page.text


def test_every_delivery_is_settled_when_its_pull_request_is_answered(team: Team) -> None:
    pull = team.open(dict(team.example("ready")[1]))
    team.world.rerequest_run(team.answer(pull), team.world.account("ana-lopes"))
    team.rest()
    with team.service.database.begin() as connection:
        found = connection.execute(text("SELECT DISTINCT event, state FROM deliveries WHERE event <> 'check_suite'"))
        told = {tuple(row) for row in found}
    assert ("pull_request", "done") in told
    assert ("check_run", "done") in told
    assert {state for _, state in told} <= {"done", "ignored"}


def test_an_artifact_that_was_edited_by_hand_is_caught_with_both_numbers(team: Team) -> None:
    sample, files = team.example("ready")
    artifact, proposal = f"{sample.folder}/evals/baseline_results.json", f"{sample.folder}/finetune-proposal.yaml"
    document = json.loads(files[artifact])
    [metric] = document["metrics"]
    honest, metric["value"] = metric["value"], 0.61
    pull = team.open({**files, artifact: json.dumps(document)})
    run = team.answer(pull)
    assert run.conclusion == "failure"
    [said] = [a for a in run.annotations if f"the artifact says 0.61, its rows give {honest:g}" in a.message]
    lines = files[proposal].splitlines()
    assert lines[said.start_line - 1].lstrip().startswith("baseline:")
    assert (said.path, said.level) == (proposal, "failure")


def test_each_call_is_kept_with_githubs_id_of_it(team: Team, github_calls: GitHubCalls) -> None:
    """All of them but the tokens': a support request names them."""
    pull = team.open(dict(team.example("not-yet")[1]))
    review_id = team.answer(pull).details_url.rpartition("/")[2]
    calls = team.service.timeline.calls(review_id)
    assert any(c.method == "POST" and c.path.endswith("/check-runs") for c in calls)
    assert any("/contents/" in c.path or "/git/blobs/" in c.path for c in calls)  # what is streamed, too
    assert all(c.request_id and c.status for c in calls)
    assert {m.kind for m in team.service.timeline.of(pull.repo.id, pull.number)} == {
        "delivery",
        "review",
        "publication",
    }
    assert "ghs_" not in repr(calls)
