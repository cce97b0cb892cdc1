"""Is a command carried out once, for whoever may give it, and answered where it was given? Over the sandbox, end to end."""

from datetime import timedelta

import pytest

from bot.readiness.command import EXPLAIN, RECHECK, WAIVE
from bot.sandbox.faults import DeliveryFault, Fault
from bot.sandbox.model import Comment, Pull
from tests.end_to_end.conftest import Team, until

AUTHOR, WRITER, STRANGER = "ana-lopes", "ben-okafor", "eve-nobody"


@pytest.fixture
def pull(team: Team) -> Pull:
    pull = team.open(dict(team.example("not-yet")[1]))
    team.answer(pull)
    return pull


def say(team: Team, pull: Pull, login: str, body: str) -> Comment:
    said = team.world.comment(pull, team.world.account(login), body)
    team.rest()
    return said


def reactions(said: Comment) -> list[str]:
    return [each.content for each in said.reactions]


def replies(team: Team, pull: Pull) -> list[str]:
    return [comment.body for comment in team.comments(pull) if "tunegate: reply to" in comment.body]


def test_help_is_answered_with_a_reaction_and_a_reply(team: Team, pull: Pull) -> None:
    said = say(team, pull, AUTHOR, "What now?\n\n/tunegate help")
    assert reactions(said) == ["eyes", "+1"]
    [reply] = replies(team, pull)
    assert reply.startswith(f"<!-- tunegate: reply to comment:{said.id} -->")
    assert "`/tunegate explain CHECK`" in reply
    assert len(team.runs(pull)) == 1  # nothing has changed: no new answer


def test_a_check_is_explained_with_what_was_found_at_its_line(team: Team, pull: Pull) -> None:
    say(team, pull, AUTHOR, "/tunegate explain failure-is-behavior")
    [reply] = replies(team, pull)
    assert "### `failure-is-behavior`: " in reply
    assert "is the wrong tool for facts" in reply
    assert "#### How to fix" in reply
    assert "finetune-proposal.yaml:" in reply
    say(team, pull, AUTHOR, "/tunegate explain data")
    assert "`enough-examples`" in replies(team, pull)[1]
    say(team, pull, AUTHOR, "/tunegate explain enugh-examples")
    assert "Did you mean `/tunegate explain enough-examples`?" in replies(team, pull)[2]


def test_an_unknown_command_is_told_with_the_nearest_one(team: Team, pull: Pull) -> None:
    said = say(team, pull, AUTHOR, "/tunegate rechek")
    assert reactions(said) == ["eyes", "confused"]
    assert "There is no command `rechek`. Did you mean `/tunegate recheck`?" in replies(team, pull)[0]


def test_a_recheck_answers_anew_once_a_minute(team: Team, pull: Pull, monkeypatch: pytest.MonkeyPatch) -> None:
    said = say(team, pull, AUTHOR, "/tunegate recheck")
    assert reactions(said) == ["eyes", "+1"]
    assert "less than a minute ago" in replies(team, pull)[0]
    assert len(team.runs(pull)) == 1
    monkeypatch.setattr("bot.review.commanding._RECHECK_EVERY", timedelta())
    say(team, pull, AUTHOR, "/tunegate recheck")
    assert len(team.runs(pull)) == 2
    assert len(replies(team, pull)) == 1


def test_a_stranger_gets_a_reaction_and_no_more(team: Team, pull: Pull) -> None:
    team.world.create_user(STRANGER)
    said = say(team, pull, STRANGER, "/tunegate help")
    assert reactions(said) == ["confused"]
    assert replies(team, pull) == []


@pytest.mark.parametrize(
    "body",
    [
        "> /tunegate help",
        "```\n/tunegate help\n```",
        "see /tunegate help",
        "<!--\n/tunegate help\n-->",
        "/tunegate \u202ehelp",
    ],
)
def test_what_only_shows_a_command_is_left_alone(team: Team, pull: Pull, body: str) -> None:
    said = say(team, pull, AUTHOR, body)
    assert (reactions(said), replies(team, pull)) == ([], [])


def test_an_edited_comment_gives_no_command_whoever_edits_it(team: Team, pull: Pull) -> None:
    said = say(team, pull, AUTHOR, "Good morning")
    team.world.advance(timedelta(seconds=5))
    team.world.edit_comment(said, team.world.account(WRITER), "/tunegate explain data")
    team.rest()
    assert (reactions(said), replies(team, pull)) == ([], [])


def test_a_comment_that_was_edited_before_it_was_read_is_refused(team: Team, pull: Pull) -> None:
    """The webhook said one thing; what stands there now is another's."""
    team.world.faults.append(Fault(path=r"/issues/comments/\d+$", method="GET", times=2))
    said = team.world.comment(pull, team.world.account(AUTHOR), "/tunegate help")
    team.world.advance(timedelta(seconds=5))
    team.world.edit_comment(said, team.world.account(WRITER), "/tunegate recheck")
    team.rest()
    assert (reactions(said), replies(team, pull)) == ([], [])


def test_a_title_and_a_bot_give_no_command(team: Team, pull: Pull) -> None:
    team.world.edit_pull(pull, team.world.account(AUTHOR), title="/tunegate help", body="/tunegate help")
    said = say(team, pull, team.app.bot.login, "/tunegate help")
    assert (reactions(said), replies(team, pull)) == ([], [])


def test_a_command_that_comes_twice_is_carried_out_once(team: Team, pull: Pull) -> None:
    team.world.delivery_faults.append(DeliveryFault(event="issue_comment", action="created", kind="duplicate"))
    said = say(team, pull, AUTHOR, "/tunegate help")
    delivery = next(d for d in reversed(team.world.deliveries) if d.event == "issue_comment" and d.action == "created")
    team.world.redeliver(delivery)
    team.rest()
    assert reactions(said) == ["eyes", "+1"]
    assert len(replies(team, pull)) == 1


def test_a_reply_that_arrived_although_nobody_heard_of_it_is_not_posted_twice(team: Team, pull: Pull) -> None:
    team.world.faults.append(Fault(method="POST", path=r"/issues/\d+/comments$", action="drop", after=True))
    say(team, pull, AUTHOR, "/tunegate help")
    assert len(replies(team, pull)) == 1


def test_several_commands_of_one_comment_have_one_reply(team: Team, pull: Pull) -> None:
    say(team, pull, AUTHOR, "/tunegate help\n/tunegate explain owner")
    [reply] = replies(team, pull)
    assert "`/tunegate explain CHECK`" in reply
    assert "`owner-exists`" in reply


def test_a_flood_of_commands_is_stopped(team: Team, pull: Pull, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.review.commanding.PER_HOUR", 2)
    said = [say(team, pull, AUTHOR, "/tunegate help") for _ in range(3)]
    assert [reactions(each)[-1] for each in said] == ["+1", "+1", "confused"]
    assert len(replies(team, pull)) == 2


def test_the_buttons_of_the_check_run_recheck_and_explain(team: Team, pull: Pull) -> None:
    [run] = team.runs(pull)
    assert [(b["label"], b["identifier"]) for b in run.actions] == [
        ("Re-check", RECHECK),
        ("Explain", EXPLAIN),
        ("Request waiver", WAIVE),
    ]
    assert all(len(b["identifier"]) <= 20 for b in run.actions)
    assert all(len(b["label"]) <= 20 and len(b["description"]) <= 40 for b in run.actions)
    team.world.request_action(run, EXPLAIN, team.world.account(AUTHOR))
    team.rest()
    [reply] = replies(team, pull)
    assert reply.count("\n### `") == 3
    assert "explains each" in reply
    assert len(team.runs(pull)) == 1
    team.world.request_action(run, RECHECK, team.world.account(AUTHOR))
    team.rest()
    assert len(team.runs(pull)) == 2


def test_nothing_is_done_on_a_closed_pull_request(team: Team, pull: Pull) -> None:
    team.world.close(pull, team.world.account(AUTHOR))
    said = say(team, pull, AUTHOR, "/tunegate help")
    assert (reactions(said), replies(team, pull)) == ([], [])


def test_a_locked_conversation_holds_nothing_up(team: Team, pull: Pull) -> None:
    team.world.faults.append(
        Fault(
            "POST",
            r"/issues/\d+/comments$",
            times=-1,
            status=403,
            body={"message": "Unable to create comment because issue is locked."},
        )
    )
    said = say(team, pull, AUTHOR, "/tunegate help")
    assert reactions(said) == ["eyes", "+1"]
    assert replies(team, pull) == []
    waiting = team.service.commander.given.waiting(pull.repo.id, pull.number)
    assert waiting == ()


def test_a_command_in_trouble_does_not_hold_up_the_review(team: Team, pull: Pull) -> None:
    """The comment cannot be read for a while; the push that came meanwhile is answered first."""
    team.world.faults.append(Fault("GET", r"/issues/comments/\d+$", times=2, status=502))
    said = team.world.comment(pull, team.world.account(AUTHOR), "/tunegate help")
    head = team.push(pull, {"docs/more.md": "More."})
    team.rest()
    assert [run.status for run in team.world.runs(pull.repo, head)] == ["completed"]
    assert reactions(said) == ["eyes", "+1"]
    assert len(replies(team, pull)) == 1


def test_others_words_use_up_nobody_s_commands(team: Team, pull: Pull, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.review.commanding.PER_HOUR", 2)
    team.world.create_user(STRANGER)
    for body in ("/tunegate own", "/tunegate own", "/tunegate help", "/tunegate help"):
        say(team, pull, STRANGER, body)
    assert reactions(say(team, pull, AUTHOR, "/tunegate help")) == ["eyes", "+1"]


def test_a_command_in_trouble_holds_no_other_up(team: Team, pull: Pull) -> None:
    with team.world.lock:
        first = team.world.comment(pull, team.world.account(AUTHOR), "/tunegate help")
        team.world.faults.append(Fault("GET", rf"/issues/comments/{first.id}$", times=-1, status=502))
    second = team.world.comment(pull, team.world.account(AUTHOR), "/tunegate explain data")
    until(lambda: reactions(second) == ["eyes", "+1"], "the second command is carried out")
    assert reactions(first) == []
    team.world.faults.clear()
    team.rest()
    assert reactions(first) == ["eyes", "+1"]
    assert len(replies(team, pull)) == 2


def test_a_recheck_whose_last_reaction_fails_answers_once(
    team: Team, pull: Pull, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.review.commanding._RECHECK_EVERY", timedelta())
    team.world.faults += [
        Fault("POST", "/reactions$", times=1, action="delay", seconds=0.0),  # the eyes come through
        Fault("POST", "/reactions$", times=1, status=502),
    ]
    said = say(team, pull, AUTHOR, "/tunegate recheck")
    assert reactions(said) == ["eyes", "+1"]
    assert len(team.runs(pull)) == 2
    assert replies(team, pull) == []
