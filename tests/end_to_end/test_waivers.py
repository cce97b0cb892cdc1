"""Does a waiver walk its whole life: asked for, refused to those who may not, approved, kept, ended? Over the sandbox, end to end."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest

from bot.readiness.command import WAIVE
from bot.sandbox.model import App, Comment, Pull
from bot.sandbox.server import Sandbox
from bot.sandbox.world import World
from bot.wiring.service import Service
from tests.end_to_end.conftest import Team, at_work, until

AUTHOR, BACKUP, LEAD, SECOND_LEAD, WRITER = "ana-lopes", "ben-okafor", "lena-brandt", "mia-stone", "tom-hale"
CHECK = "rollout-planned"
WHY = "We have no canary in this region yet."


class SandboxClock:
    """The bot's clock goes as the sandbox's does, so that both can be moved."""

    def __init__(self, world: World) -> None:
        self.world = world

    def now(self) -> datetime:
        return self.world.now()

    def today(self) -> date:
        return self.world.now().date()


@pytest.fixture
def team(sandbox: Sandbox, app: App, database_url: str) -> Iterator[Team]:
    world = sandbox.world
    acme = world.account("acme")
    world.add_member(acme, world.create_user(SECOND_LEAD), "admin")
    writer = world.create_user(WRITER)
    world.add_member(acme, writer)
    for repo in world.repos.values():
        world.add_collaborator(repo, writer, "write")
    with at_work(sandbox, app, database_url, clock=SandboxClock(world)) as running:
        yield running


@pytest.fixture
def files(team: Team) -> dict[str, str]:
    """A proposal that is ready but for how it is rolled out."""
    sample, files = team.example("ready")
    path = f"{sample.folder}/finetune-proposal.yaml"
    return {**files, path: edited(files[path], "  rollout: [shadow, canary]\n", "")}


@pytest.fixture
def path(files: dict[str, str]) -> str:
    return next(name for name in files if name.endswith("finetune-proposal.yaml"))


@pytest.fixture
def pull(team: Team, files: dict[str, str]) -> Pull:
    pull = team.open(dict(files))
    assert team.answer(pull).conclusion == "failure"
    return pull


def edited(text: str, old: str, new: str) -> str:
    assert old in text
    return text.replace(old, new)


def last(team: Team, days: int = 30) -> str:
    return (team.world.now().date() + timedelta(days=days)).isoformat()


def say(team: Team, pull: Pull, login: str, body: str) -> Comment:
    said = team.world.comment(pull, team.world.account(login), body)
    team.rest()
    return said


def reply(team: Team, pull: Pull, said: Comment) -> str:
    found = [c.body for c in team.comments(pull) if c.body.startswith(f"<!-- tunegate: reply to comment:{said.id} -->")]
    return found[0].partition("\n")[2].replace("\\", "") if found else ""


def reactions(said: Comment) -> list[str]:
    return [each.content for each in said.reactions]


def refused(team: Team, pull: Pull, login: str, body: str) -> str:
    """Give a command that is refused; return why."""
    said = say(team, pull, login, body)
    assert reactions(said) == ["eyes", "confused"]
    return reply(team, pull, said)


def states(team: Team, pull: Pull) -> dict[str, str]:
    kept = team.service.reviewer.waivers.of(pull.repo.id, pull.number)
    return {each.waiver.name: each.waiver.state.value for each in kept}


def ask(team: Team, pull: Pull, login: str = AUTHOR, days: int = 30) -> Comment:
    return say(team, pull, login, f"/tunegate waive {CHECK} until={last(team, days)} {WHY}")


def waived(team: Team, pull: Pull) -> None:
    ask(team, pull)
    say(team, pull, LEAD, "/tunegate approve W1")
    assert team.answer(pull).conclusion == "success"


def actions(service: Service) -> list[str]:
    from bot.storage.audit import AuditLog

    log = AuditLog(service.database)
    return [entry.action for entry in log.entries() if entry.action.startswith("waiver")]


def test_a_waiver_s_whole_life(team: Team, pull: Pull, files: dict[str, str], path: str) -> None:
    said = ask(team, pull)
    assert reactions(said) == ["eyes", "+1"]
    assert f"W1 asks to waive `{CHECK}` of `{path}` until {last(team)}" in reply(team, pull, said)
    assert "by whoever administers this repository" in reply(team, pull, said)
    assert team.answer(pull).conclusion == "failure"
    assert "waits to be approved" in (team.answer(pull).text or "")

    assert reactions(say(team, pull, LEAD, "/tunegate approve W1")) == ["eyes", "+1"]
    assert states(team, pull) == {"W1": "approved"}
    run = team.answer(pull)
    assert run.conclusion == "success"
    assert run.title == f"Ready with 1 waiver until {last(team)}: 5 of 5 items hold"
    assert team.statuses(pull)[0].state == "success"
    assert (team.statuses(pull)[0].description or "").startswith(f"Ready with 1 waiver until {last(team)}")
    sticky = next(c.body for c in team.comments(pull) if "sticky" in c.body)
    assert f"Ready with 1 waiver until {last(team)}" in sticky

    team.push(pull, {path: edited(files[path], "Sort support tickets", "Sort all support tickets")})
    assert team.answer(pull).title == run.title
    team.push(pull, {path: edited(files[path], "  artifact: adapter\n", "  artifact: adapter\n  rollout: [shadow]\n")})
    answer = team.answer(pull)
    assert answer.conclusion == "failure"
    assert "Waiver W1 is over: `serving.rollout` has changed since it was asked for." in (answer.text or "").replace(
        "\\", ""
    )
    assert states(team, pull) == {"W1": "lapsed"}
    team.push(pull, {path: files[path]})
    assert team.answer(pull).conclusion == "failure"  # what has lapsed is asked for anew
    assert actions(team.service) == ["waiver.requested", "waiver.approved", "waiver.lapsed"]


def test_one_that_expires_wakes_its_pull_request(team: Team, pull: Pull) -> None:
    waived(team, pull)
    until_day = last(team)
    team.world.advance(timedelta(days=30))
    team.rest()
    assert team.answer(pull).conclusion == "success"  # its last day is not over
    team.world.advance(timedelta(days=1, minutes=1))
    until(lambda: team.runs(pull)[0].conclusion == "failure", "the waiver is over")
    team.rest()
    assert f"Waiver W1 is over: it held until {until_day}." in (team.answer(pull).text or "").replace("\\", "")
    assert states(team, pull) == {"W1": "expired"}
    assert actions(team.service)[-1] == "waiver.expired"


def test_nobody_approves_what_they_have_a_part_in(team: Team, pull: Pull, path: str) -> None:
    world = team.world
    for login in (AUTHOR, BACKUP, WRITER):  # who else they are decides, not whether they lead
        world.add_member(world.account("acme"), world.account(login), "admin")
    ask(team, pull, WRITER)
    approve = "/tunegate approve W1"
    assert "Whoever asks for a waiver does not approve it." in refused(team, pull, WRITER, approve)
    assert "The author of a pull request approves no waiver on it." in refused(team, pull, AUTHOR, approve)
    assert "Owner and backup of a proposal approve no waiver for it." in refused(team, pull, BACKUP, approve)
    world.commit(pull.head_repo, pull.head_ref, {"docs/more.md": "More."}, "A word", world.account(SECOND_LEAD))
    team.rest()
    assert "Whoever wrote a commit of this pull request" in refused(team, pull, SECOND_LEAD, approve)
    assert states(team, pull) == {"W1": "requested"}
    assert reactions(say(team, pull, LEAD, approve)) == ["eyes", "+1"]
    assert team.answer(pull).conclusion == "success"


def test_who_may_write_approves_nothing(team: Team, pull: Pull) -> None:
    ask(team, pull)
    assert "W1 is approved by whoever administers this repository." in refused(
        team, pull, WRITER, "/tunegate approve W1"
    )
    assert states(team, pull) == {"W1": "requested"}


def test_of_two_who_approve_at_once_the_second_hears_that_it_is_done(team: Team, pull: Pull) -> None:
    ask(team, pull)
    with team.world.lock:
        first = team.world.comment(pull, team.world.account(LEAD), "/tunegate approve W1")
        second = team.world.comment(pull, team.world.account(SECOND_LEAD), "/tunegate approve W1")
    team.rest()
    assert [reactions(first), reactions(second)] == [["eyes", "+1"], ["eyes", "+1"]]
    said = sorted(reply(team, pull, each) for each in (first, second))
    assert said[0].startswith("W1 is approved by `") and "is waived until" in said[0] or "already" in said[0]
    assert sum("already" in each for each in said) == 1
    assert actions(team.service) == ["waiver.requested", "waiver.approved"]


def test_what_cannot_be_asked_is_refused_with_what_to_do(team: Team, pull: Pull) -> None:
    """What a line itself shows is tested without a GitHub; here what the review and the pull request say."""
    day = last(team)
    for words, why in (
        (f"rollout-planed until={day} {WHY}", "Did you mean `/tunegate waive rollout-planned`?"),
        (f"{CHECK} until=2999-01-01 {WHY}", "too far off: the policy allows 90 days"),
        (f"{CHECK} until={day} path=b/proposal.yaml {WHY}", "There is no proposal `b/proposal.yaml`"),
        (f"rollback-planned until={day} {WHY}", "there is nothing to waive"),
        (
            f"rollout-\u202eplanned until={day} {WHY}",
            "a sign in it that cannot be seen (U+202E, right-to-left override)",
        ),
        (f"r\u043ellout-planned until={day} {WHY}", "There is no check"),  # with a Cyrillic o
    ):
        assert why in refused(team, pull, AUTHOR, f"/tunegate waive {words}")
    assert states(team, pull) == {}


def test_what_is_hard_cannot_be_waived(team: Team) -> None:
    pull = team.open(dict(team.example("not-yet")[1]), branch="other")
    team.answer(pull)
    why = refused(team, pull, AUTHOR, f"/tunegate waive failure-is-behavior until={last(team)} {WHY}")
    assert "`failure-is-behavior` is hard: it cannot be waived." in why


def test_a_fork_s_author_asks_for_nothing_and_whoever_may_write_can(team: Team, files: dict[str, str]) -> None:
    world = team.world
    stranger = world.create_user("eve-nobody")
    fork = world.fork(team.repo(), stranger)
    world.commit(fork, "tune", dict(files), "Propose a fine-tune", stranger)  # type: ignore[arg-type]
    pull = team.open_from_fork(fork, stranger)
    team.answer(pull)
    why = refused(team, pull, stranger.login, f"/tunegate waive {CHECK} until={last(team)} {WHY}")
    assert "comes from a fork" in why
    assert reactions(ask(team, pull, WRITER)) == ["eyes", "+1"]
    assert states(team, pull) == {"W1": "requested"}


def test_no_edit_and_no_title_gives_a_waiver(team: Team, pull: Pull) -> None:
    old = say(team, pull, LEAD, "Good morning")
    said = ask(team, pull)
    team.world.advance(timedelta(seconds=5))
    team.world.edit_comment(old, team.world.account(LEAD), "/tunegate approve W1")
    line = f"/tunegate waive {CHECK} until={last(team)} {WHY}"
    team.world.edit_pull(pull, team.world.account(AUTHOR), title=line, body=line)
    team.rest()
    assert (reactions(old), reactions(said)) == ([], ["eyes", "+1"])
    assert states(team, pull) == {"W1": "requested"}


def test_it_is_withdrawn_by_whoever_may_give_commands(team: Team, pull: Pull) -> None:
    waived(team, pull)
    said = say(team, pull, BACKUP, "/tunegate unwaive W1")
    assert "W1 is withdrawn" in reply(team, pull, said)
    assert team.answer(pull).conclusion == "failure"
    assert "W1 is over" in refused(team, pull, LEAD, "/tunegate approve W1")
    assert "There is no waiver W7 on this pull request." in refused(team, pull, LEAD, "/tunegate approve W7")
    assert actions(team.service)[-1] == "waiver.withdrawn"


def test_the_policy_says_who_approves_and_how_many_there_may_be(team: Team, files: dict[str, str]) -> None:
    world = team.world
    leads = world.create_team(world.account("acme"), "ML leads", world.account(WRITER))
    assert leads.slug == "ml-leads"
    policy = "version: 1\nwaivers:\n  approvers: acme/ml-leads\n  most_at_once: {value: 1}\n  max_days: {value: 30}\n"
    lead = world.account(LEAD)
    world.create_repo(world.account("acme"), ".github", {"tunegate/policy.yaml": policy}, author=lead)
    pull = team.open(dict(files))
    team.answer(pull)
    assert "`acme/ml-leads`" in reply(team, pull, ask(team, pull))
    assert "W1 is approved by `acme/ml-leads`." in refused(team, pull, LEAD, "/tunegate approve W1")
    assert reactions(say(team, pull, WRITER, "/tunegate approve W1")) == ["eyes", "+1"]
    assert team.answer(pull).conclusion == "success"
    why = refused(team, pull, AUTHOR, f"/tunegate waive {CHECK} until={last(team, 31)} {WHY}")
    assert "the policy allows 30 days" in why


def test_what_was_not_judged_yet_is_not_approved(team: Team, pull: Pull, files: dict[str, str], path: str) -> None:
    ask(team, pull)
    author = team.world.account(AUTHOR)
    mended = {path: edited(files[path], "  artifact: adapter\n", "  artifact: adapter\n  rollout: [shadow, canary]\n")}
    with team.world.lock:  # who approves sees the answer on another head than the one that is there
        team.world.commit(pull.head_repo, pull.head_ref, mended, "Mended", author)  # type: ignore[arg-type]
        said = team.world.comment(pull, team.world.account(LEAD), "/tunegate approve W1")
    team.rest()
    assert states(team, pull) == {"W1": "requested"}
    assert reactions(said)[-1] == "confused"


def test_whoever_no_longer_answers_for_a_check_approves_it_no_more(team: Team, files: dict[str, str]) -> None:
    world = team.world
    acme, lead = world.account("acme"), world.account(LEAD)
    before = f"version: 1\nwaivers:\n  approvers: [{LEAD}]\n  roles: {{release: [{SECOND_LEAD}]}}\n"
    own = world.create_repo(acme, ".github", {"tunegate/policy.yaml": before}, author=lead)
    pull = team.open(dict(files))
    team.answer(pull)
    ask(team, pull)
    after = f"{before}checks:\n  {CHECK}: {{waived_by: release}}\n"
    with world.lock:  # before anybody has judged by it
        world.commit(own, own.default_branch, {"tunegate/policy.yaml": after}, "Stricter", lead)
        said = world.comment(pull, lead, "/tunegate approve W1")
    team.rest()
    assert reactions(said)[-1] == "confused"
    assert states(team, pull) == {"W1": "requested"}
    assert "in the role `release`" in refused(team, pull, LEAD, "/tunegate approve W1")
    assert reactions(say(team, pull, SECOND_LEAD, "/tunegate approve W1")) == ["eyes", "+1"]


def test_the_button_gives_the_lines_to_copy(team: Team, pull: Pull) -> None:
    [run] = team.runs(pull)
    team.world.request_action(run, WAIVE, team.world.account(AUTHOR))
    team.rest()
    [said] = [c.body for c in team.comments(pull) if "reply to button:waive:" in c.body]
    assert f"```\n/tunegate waive {CHECK} until={last(team, 90)} WHY IT MAY PASS\n```" in said
    assert "approved by whoever administers this repository" in said


def test_a_review_with_a_waiver_replays_word_for_word(team: Team, pull: Pull) -> None:
    from bot import wiring
    from bot.report.record import restore_policy
    from bot.review.replaying import replay
    from bot.wiring.offline import asking, judge_of

    waived(team, pull)
    review = team.service.ledger.latest(pull.repo.id, pull.number)
    assert review is not None
    with asking() as ask_rules:
        judge = judge_of(wiring.in_force(restore_policy(review.dossier["policy"])), ask_rules)
        found = replay(judge, review)
    assert found.same
    assert set(found.after.values()) == {"ready_with_waivers"}
    assert review.created_at <= datetime.now(UTC)
