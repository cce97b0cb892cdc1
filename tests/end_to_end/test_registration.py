"""Is what was approved kept when it is merged, and nothing else? With a GitHub over HTTP, its webhooks, and a database."""

from datetime import timedelta
from typing import Literal

import pytest
from sqlalchemy import update

from bot.lifecycle.adapter import Adapter
from bot.lifecycle.conditions import Condition
from bot.lifecycle.stages import Reason, Stage
from bot.sandbox.model import Pull
from bot.storage.adapters import Adapters
from bot.storage.tables import deliveries, reviews
from tests.end_to_end.conftest import Team


def adapters(team: Team) -> list[Adapter]:
    return list(Adapters(team.service.database).all())


def merge(team: Team, pull: Pull, method: Literal["merge", "squash", "rebase"] = "squash") -> None:
    with team.world.lock:
        team.world.merge(pull, team.world.account("lena-brandt"), method=method)
    team.rest()


def replies(team: Team, pull: Pull) -> list[str]:
    return [comment.body for comment in team.comments(pull) if "reply to merge:" in comment.body]


@pytest.mark.parametrize("method", ["merge", "squash"])
def test_the_merge_of_what_is_ready_keeps_the_adapter_with_its_owner_and_a_date(
    team: Team, method: Literal["merge", "squash"]
) -> None:
    _, files = team.example("ready")
    pull = team.open(files)
    assert team.answer(pull).conclusion == "success"
    merge(team, pull, method)
    (adapter,) = adapters(team)
    known = adapter.particulars
    assert (known.account, known.name, known.owner, known.backup) == (
        "acme",
        "ticket-router",
        "ana-lopes",
        "ben-okafor",
    )
    assert known.owner_id == team.world.account("ana-lopes").id
    assert (known.merge_sha, known.number, known.repo_id) == (pull.merge_sha, pull.number, pull.repo.id)
    assert known.base_model
    assert known.evidence["decision"] == "ready"
    assert adapter.stage is Stage.APPROVED
    assert adapter.cycle is not None
    assert pull.merged_at is not None
    assert adapter.cycle.reason is Reason.REGISTRATION
    assert adapter.cycle.due_on == pull.merged_at.date() + timedelta(days=90)
    (event,) = Adapters(team.service.database).history(adapter.id)
    assert (event["event"], event["by"]) == ("merged", "lena-brandt")
    assert event["proof"]["review"] == known.review_id
    (reply,) = replies(team, pull)
    assert "`ticket-router` is approved and kept from now on; `ana-lopes` owns it." in reply
    assert f"By {adapter.cycle.due_on}: register" in reply


def test_a_webhook_that_comes_again_changes_nothing(team: Team) -> None:
    _, files = team.example("ready")
    pull = team.open(files)
    team.answer(pull)
    merge(team, pull)
    before = adapters(team)
    with team.service.database.begin() as connection:  # as after a job that failed
        connection.execute(update(deliveries).values(state="failed"))
    for delivery in [each for each in team.world.deliveries if each.event == "pull_request"]:
        team.world.redeliver(delivery)
    team.rest()
    assert adapters(team) == before
    assert len(replies(team, pull)) == 1


def test_what_was_merged_without_being_ready_is_not_kept_and_its_author_hears_why(team: Team) -> None:
    _, files = team.example("not-yet")
    pull = team.open(files)
    assert team.answer(pull).conclusion == "failure"
    pull.repo.required_checks = ()  # an administrator has merged it all the same
    merge(team, pull)
    assert adapters(team) == []
    (reply,) = replies(team, pull)
    assert "was merged and is not registered: the verdict on it is `not_yet`" in reply


def test_what_was_closed_without_a_merge_is_not_kept(team: Team) -> None:
    _, files = team.example("ready")
    pull = team.open(files)
    team.answer(pull)
    with team.world.lock:
        team.world.close(pull, team.world.account("ana-lopes"))
    team.rest()
    assert (adapters(team), replies(team, pull)) == ([], [])


def test_what_is_merged_must_be_what_was_judged(team: Team) -> None:
    _, files = team.example("ready")
    pull = team.open(files)
    team.answer(pull)
    with team.service.database.begin() as connection:
        connection.execute(update(reviews).values(head_sha="0" * 40))
    merge(team, pull)
    assert adapters(team) == []
    assert "newer than what was judged" in replies(team, pull)[0]


def test_an_experiment_is_never_kept(team: Team) -> None:
    sample, files = team.example("ready")
    path = f"{sample.folder}/finetune-proposal.yaml"
    ends = team.world.now().date() + timedelta(days=20)
    files[path] = files[path].replace(
        "version: 1\n", f"version: 1\nscope: experiment\nexperiment: {{budget: 100, ends: {ends}}}\n", 1
    )
    pull = team.open(files)
    team.answer(pull)
    merge(team, pull)
    assert (adapters(team), replies(team, pull)) == ([], [])


def test_a_name_that_another_repository_has_is_not_taken_from_it(team: Team) -> None:
    sample, files = team.example("ready")
    pull = team.open(files)
    team.answer(pull)
    merge(team, pull)
    (before,) = adapters(team)
    moved = {path.replace(sample.folder, "elsewhere", 1): text for path, text in files.items()}
    second = team.open(moved, branch="again")
    assert team.answer(second).conclusion == "success"
    merge(team, second)
    assert adapters(team) == [before]
    assert "has an adapter of that name already" in replies(team, second)[0]


def test_a_second_approval_renews_what_is_known_and_leaves_the_stage(team: Team) -> None:
    sample, files = team.example("ready")
    pull = team.open(files)
    team.answer(pull)
    merge(team, pull)
    (before,) = adapters(team)
    path = f"{sample.folder}/finetune-proposal.yaml"
    text = files[path].replace("revalidate_every: P3M", "revalidate_every: P2M")
    assert text != files[path]
    second = team.open({path: text}, branch="again")
    assert team.answer(second).conclusion == "success"
    merge(team, second)
    (after,) = adapters(team)
    assert (after.particulars.every, after.particulars.number, after.version) == (
        "P2M",
        second.number,
        before.version + 1,
    )
    assert (after.stage, after.cycle) == (before.stage, before.cycle)


def test_a_curation_plan_keeps_its_condition_until_the_data_is_approved(team: Team) -> None:
    _, files = team.example("ready")
    pull = team.open(files)
    team.answer(pull)
    with team.service.database.begin() as connection:  # the verdict that such a plan is given
        verdict = connection.execute(reviews.select().order_by(reviews.c.position.desc())).first().verdict  # type: ignore[union-attr]
        verdict["proposals"][0] |= {"verdict": "ready_on_condition", "conditions": ["1,500 examples by 2027-02-01"]}
        connection.execute(update(reviews).values(verdict=verdict))
    merge(team, pull)
    (adapter,) = adapters(team)
    assert [one.condition for one in adapter.conditions] == [Condition.DATA_PENDING]
    assert "Nothing is registered before its data is approved itself: 1,500 examples by" in replies(team, pull)[0]


def test_a_merge_into_a_branch_of_one_s_own_keeps_nothing(team: Team) -> None:
    _, files = team.example("ready")
    team.world.commit(team.repo(), "mine", {"notes.md": "A branch."}, "Begin", team.world.account("ana-lopes"))
    pull = team.open(files, base="mine")
    assert team.answer(pull).conclusion == "success"
    merge(team, pull)
    assert (adapters(team), replies(team, pull)) == ([], [])


def test_what_was_judged_against_another_branch_is_not_kept(team: Team) -> None:
    _, files = team.example("ready")
    team.world.commit(team.repo(), "mine", {"notes.md": "A branch."}, "Begin", team.world.account("ana-lopes"))
    pull = team.open(files, base="mine")
    assert team.answer(pull).conclusion == "success"
    with team.world.lock:  # at once, before anybody could look again
        team.world.edit_pull(pull, team.world.account("ana-lopes"), base=pull.repo.default_branch)
        team.world.merge(pull, team.world.account("lena-brandt"), method="squash")
    team.rest()
    assert adapters(team) == []
    assert "judged against another branch" in replies(team, pull)[0]
