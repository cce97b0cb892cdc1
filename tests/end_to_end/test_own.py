"""Does the word of a person, said on the pull request, count at once, and nobody else's in its place?"""

from datetime import timedelta

import pytest

from bot.sandbox.model import Comment, Pull
from tests.end_to_end.conftest import Team

READY, NOT_YET = "success", "failure"
HAS_NOT = "ben-okafor has not accepted to be backup."


@pytest.fixture
def pull(team: Team) -> Pull:
    """A proposal that lacks nothing but the word of its backup."""
    pull = team.open(dict(team.example("ready")[1]), owned=False)
    assert conclusion(team, pull) == NOT_YET
    return pull


def say(team: Team, pull: Pull, login: str, body: str = "/tunegate own") -> Comment:
    said = team.world.comment(pull, team.world.account(login), body)
    team.rest()
    return said


def conclusion(team: Team, pull: Pull) -> str | None:
    return team.answer(pull).conclusion


def told(team: Team, pull: Pull) -> list[str]:
    return [a.message for a in team.answer(pull).annotations if a.level == "failure"]


def test_what_is_lacking_is_told_at_its_line_and_the_comment_mends_it(team: Team, pull: Pull) -> None:
    sample, files = team.example("ready")
    path = f"{sample.folder}/finetune-proposal.yaml"
    [said] = team.answer(pull).annotations
    assert HAS_NOT in said.message
    assert "ben-okafor comments `/tunegate own`" in said.message
    assert files[path].splitlines()[said.start_line - 1] == "  backup: ben-okafor"
    [comment] = team.comments(pull)
    say(team, pull, "ben-okafor", "Gladly.\n\n/tunegate own")
    assert conclusion(team, pull) == READY
    assert len(team.runs(pull)) == 2
    assert team.comments(pull) == [comment]
    assert [s.state for s in team.statuses(pull)] == ["success", "failure"]


@pytest.mark.parametrize(
    ("login", "body"),
    [
        ("lena-brandt", "/tunegate own"),
        ("ben-okafor", "> /tunegate own\n\nWhat does this do?"),
        ("ben-okafor", "```\n/tunegate own\n```"),
        ("ana-lopes", "/tunegate own for ben-okafor"),
    ],
)
def test_what_is_not_the_backup_s_word_changes_nothing(team: Team, pull: Pull, login: str, body: str) -> None:
    say(team, pull, login, body)
    assert (conclusion(team, pull), len(team.runs(pull))) == (NOT_YET, 1)


def test_a_word_that_another_puts_into_a_comment_counts_for_nothing(team: Team, pull: Pull) -> None:
    said = say(team, pull, "ben-okafor", "Nice.")
    team.world.advance(timedelta(seconds=5))
    team.world.edit_comment(said, team.world.account("ana-lopes"), "/tunegate own")
    team.rest()
    assert (conclusion(team, pull), len(team.runs(pull))) == (NOT_YET, 1)


def test_a_word_can_be_taken_back(team: Team, pull: Pull) -> None:
    said = say(team, pull, "ben-okafor")
    assert conclusion(team, pull) == READY
    team.world.delete_comment(said, team.world.account("ben-okafor"))
    team.rest()
    assert (conclusion(team, pull), len(team.runs(pull))) == (NOT_YET, 3)


def test_an_approval_counts_until_the_promise_changes(team: Team, pull: Pull) -> None:
    ben = team.world.account("ben-okafor")
    team.world.review(pull, ben, "APPROVE")
    team.rest()
    assert conclusion(team, pull) == READY
    sample, files = team.example("ready")
    path = f"{sample.folder}/finetune-proposal.yaml"
    team.push(pull, {path: files[path] + "# a word more\n"})
    assert conclusion(team, pull) == READY
    [until] = [line for line in files[path].splitlines() if line.startswith("  until:")]
    team.push(pull, {path: files[path].replace(until, "  until: 2032-12-31")})
    assert conclusion(team, pull) == NOT_YET
    assert any("ben-okafor approved an earlier commit" in message for message in told(team, pull))
    team.world.review(pull, ben, "APPROVE")
    team.rest()
    assert conclusion(team, pull) == READY
    team.world.review(pull, ben, "REQUEST_CHANGES", "I leave in May.")
    team.rest()
    assert conclusion(team, pull) == NOT_YET


def test_a_word_on_another_pull_request_or_an_issue_is_none_here(team: Team, pull: Pull) -> None:
    other = team.open({"notes.md": "x\n"}, branch="notes", owned=False)
    team.answer(other)
    issue = team.world.open_issue(pull.repo, "Who owns it?", team.world.account("ana-lopes"))
    team.world.comment(issue, team.world.account("ben-okafor"), "/tunegate own")
    say(team, other, "ben-okafor")
    assert (conclusion(team, pull), len(team.runs(pull))) == (NOT_YET, 1)


def test_a_command_that_changes_nothing_writes_nothing(team: Team, pull: Pull) -> None:
    say(team, pull, "ben-okafor")
    before = [(run.id, len(run.annotations)) for run in team.runs(pull)], len(team.statuses(pull))
    say(team, pull, "ben-okafor")
    say(team, pull, "lena-brandt")
    after = [(run.id, len(run.annotations)) for run in team.runs(pull)], len(team.statuses(pull))
    assert after == before
