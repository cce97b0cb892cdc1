"""Is a team that only experiments told so, and is the first of its experiments left alone?"""

import re
from datetime import timedelta

from bot.review.replaying import replay
from bot.sandbox.model import Pull
from tests.end_to_end.conftest import Team
from tests.end_to_end.test_stores import ready

POLICY = "version: 1\nchecks: {experiments-bounded: {enforcement: soft, max_recent: {value: 1, source: ours}}}\n"
TOLD = "This is experiment 2 of `"


def test_the_second_of_one_that_the_policy_has_is_told_and_the_review_replays(team: Team) -> None:
    own, (path, _, files) = team.repo(), ready(team)
    account = team.world.account("ana-lopes")
    team.world.commit(own, own.default_branch, {".tunegate.yaml": POLICY}, "One experiment at a time", account)
    team.rest()
    ends = team.world.now().date() + timedelta(days=20)
    stated = f"version: 1\nscope: experiment\nexperiment: {{budget: 100, ends: {ends}}}\n"
    text = re.sub(r"^scope: .*\n|^experiment: .*\n", "", files[path], flags=re.MULTILINE).replace(
        "version: 1\n", stated, 1
    )
    first = team.open({**files, path: text})
    assert _told(team, first) == []
    team.push(first, {path: text + "\n# Looked at again.\n"})
    assert _told(team, first) == []  # a pull request never counts against itself

    renamed = re.sub(r"^adapter: .*$", "adapter: quite-another", text, flags=re.MULTILINE)
    second = team.open({**files, path: renamed}, branch="again")
    assert len(_told(team, second)) == 1
    assert team.answer(second).conclusion == "failure"
    review = team.service.ledger.latest(second.repo.id, second.number)
    assert review is not None
    [other] = [each for each in replay(team.service.reviewer.judge, review).differences if TOLD in each.before]
    assert "2 of 5 experiments of" in other.after  # what was counted is kept; the built-in policy has five


def _told(team: Team, pull: Pull) -> list[str]:
    return [each.message for each in team.answer(pull).annotations if TOLD in each.message]
