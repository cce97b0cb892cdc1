"""Is it seen on a pull request what its change of a policy would bring, and does it come so after the merge?"""

import pytest

from bot.report.words import POLICY_RUN_NAME
from bot.sandbox.model import CheckRun, Pull, Repo
from tests.end_to_end.conftest import Team, until
from tests.end_to_end.test_policy import ORGANISATION, REPOSITORY, publish

_FLOOR = """\
version: 1
name: acme
checks:
  enough-examples:
    floor: {value: {sft: 500}, source: our audit}
    constrained_floor: {value: 500, source: our audit}
"""


def floor(rows: int, *, name: str = "name: acme\n") -> str:
    return _FLOOR.replace("500", str(rows)).replace("name: acme\n", name)


def propose(team: Team, repo: Repo, files: dict[str, str | None], branch: str = "stricter") -> Pull:
    """Open a pull request that changes a policy, by the lead."""
    lead = team.world.account("lena-brandt")
    team.world.commit(repo, branch, files, "Another policy", lead)  # type: ignore[arg-type]
    return team.world.open_pull(repo, "Another policy", branch, lead)


def previews(team: Team, pull: Pull) -> list[CheckRun]:
    return team.world.runs(pull.repo, pull.head_sha, name=POLICY_RUN_NAME, latest=False)


def preview(team: Team, pull: Pull) -> CheckRun:
    until(lambda: previews(team, pull) and previews(team, pull)[0].status == "completed", "the policy is examined")
    team.rest()
    (run,) = previews(team, pull)
    return run


def test_a_tighter_floor_names_who_would_turn_and_after_the_merge_they_turn(team: Team) -> None:
    publish(team, floor(500))
    pull = team.open(dict(team.example("ready")[1]))
    other = team.open(dict(team.example("not-yet")[1]), branch="other")
    assert team.answer(pull).conclusion == "success"
    assert team.answer(other).conclusion == "failure"
    change = propose(team, team.world.repo("acme/.github"), {ORGANISATION: floor(800)})
    run = preview(team, change)
    assert (run.conclusion, run.title) == ("success", "1 of 2 open proposals would get another verdict")
    assert f"acme/support\\-tools\\#\u200b{pull.number} `" in (run.summary or "")
    assert "ready → not yet" in (run.summary or "")
    assert "`enough-examples`" in (run.summary or "")
    assert f"\u200b{other.number} `" not in (run.summary or "")
    assert team.answer(change).title == "No fine-tune proposal in this pull request"
    head = pull.head_sha
    assert team.runs(pull)[0].conclusion == "success"  # nothing counts from a head
    team.world.merge(change, team.world.account("lena-brandt"))
    until(lambda: team.runs(pull)[0].conclusion == "failure", "the open proposal is judged by the new policy")
    team.rest()
    assert pull.head_sha == head
    assert team.statuses(pull)[0].state == "failure"


def test_a_policy_with_a_mistake_fails_at_its_line_and_no_proposal_turns(team: Team) -> None:
    publish(team, floor(500))
    pull = team.open(dict(team.example("ready")[1]))
    team.answer(pull)
    broken = floor(800).replace("enough-examples", "enough-exmples")
    run = preview(team, propose(team, team.world.repo("acme/.github"), {ORGANISATION: broken}))
    assert (run.conclusion, run.title) == ("failure", "1 problem in the policy")
    [told] = run.annotations
    assert (told.path, told.start_line, told.level) == (ORGANISATION, 4, "failure")
    assert "Did you mean `enough-examples`?" in told.message
    assert "could not verify" in (run.summary or "")


def test_a_repository_s_policy_that_asks_for_less_is_told_at_its_line(team: Team) -> None:
    publish(team, floor(600))
    run = preview(team, propose(team, team.repo(), {REPOSITORY: floor(550, name="")}))
    assert (run.conclusion, run.title) == ("failure", "2 problems in the policy")
    assert [(told.path, told.start_line, told.level) for told in run.annotations] == [
        (REPOSITORY, 4, "warning"),
        (REPOSITORY, 5, "warning"),
    ]
    assert "600" in run.annotations[0].message


def test_a_policy_s_own_tests_are_run(team: Team) -> None:
    publish(team, floor(500))
    case = "# expect-verdict: cannot_tell\n"
    changed = {ORGANISATION: floor(800), "tunegate/tests/all-is-well.yaml": case}
    run = preview(team, propose(team, team.world.repo("acme/.github"), changed))
    assert (run.conclusion, run.title) == ("failure", "1 of 1 test of the policy do not hold")
    assert "`all-is-well.yaml`" in (run.summary or "")


def test_a_policy_that_is_removed_lets_the_layers_above_it_hold(team: Team) -> None:
    publish(team, floor(800))
    pull = team.open(dict(team.example("ready")[1]))
    assert team.answer(pull).conclusion == "failure"
    run = preview(team, propose(team, team.world.repo("acme/.github"), {ORGANISATION: None}))
    assert (run.conclusion, run.title) == ("success", "1 of 1 open proposal would get another verdict")
    assert "The file is removed" in (run.summary or "")


@pytest.mark.parametrize("private", [False, True])
def test_a_private_repository_is_counted_and_not_named_to_readers_of_another_one(team: Team, private: bool) -> None:
    world = team.world
    secret = world.create_repo(
        world.account("acme"), "secret-plans", {"README.md": "#\n"}, private=private, author=world.account("ana-lopes")
    )
    publish(team, floor(500))
    pull = team.open(dict(team.example("ready")[1]), repo=secret)
    team.answer(pull)
    run = preview(team, propose(team, team.world.repo("acme/.github"), {ORGANISATION: floor(800)}))
    assert "1 of 1 open proposal would" in (run.title or "")
    assert ("secret" in (run.summary or "")) is not private
    review = team.service.ledger.latest(secret.id, pull.number)
    assert review is not None
    assert (f"/reviews/{review.id})" in (run.summary or "")) is not private
    assert ("in private repositories" in (run.summary or "")) is private


def test_a_fork_learns_nothing_of_private_proposals(team: Team) -> None:
    world = team.world
    secret = world.create_repo(
        world.account("acme"), "secret", {"README.md": "#\n"}, private=True, author=world.account("ana-lopes")
    )
    publish(team, floor(500))
    team.answer(team.open(dict(team.example("ready")[1]), repo=secret))
    stranger = world.create_user("stranger")
    house = world.repo("acme/.github")
    fork = world.fork(house, stranger)
    world.commit(fork, "odd", {ORGANISATION: floor(800)}, "Curious", stranger)
    change = world.open_pull(house, "Curious", "odd", stranger, head_repo=fork)
    run = preview(team, change)
    assert run.title == "Valid; there is no open proposal to judge by it"
    assert "this comes from a fork" in (run.summary or "")


def test_a_pull_request_that_touches_no_policy_has_no_second_run(team: Team) -> None:
    pull = team.open({**team.example("ready")[1], "docs/tunegate/policy.yaml": "version: 1\n"})
    team.answer(pull)
    assert previews(team, pull) == []


def test_a_closed_proposal_is_not_judged_again(team: Team) -> None:
    publish(team, floor(500))
    pull = team.open(dict(team.example("ready")[1]))
    team.answer(pull)
    team.world.close(pull, team.world.account("ana-lopes"))
    team.rest()
    run = preview(team, propose(team, team.world.repo("acme/.github"), {ORGANISATION: floor(800)}))
    assert run.title == "Valid; there is no open proposal to judge by it"
