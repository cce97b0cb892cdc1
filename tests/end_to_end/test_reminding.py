"""From the merge to the reminder: does an adapter that nobody revalidates get its issue, once, from the running service?"""

from datetime import timedelta

from sqlalchemy import update

from bot.lifecycle.happening import Happening
from bot.lifecycle.stages import Event
from bot.sandbox.model import Issue
from bot.storage.adapters import Adapters
from bot.storage.outbox import Outbox
from bot.storage.tables import outbox
from bot.worker import timetable
from tests.end_to_end.conftest import Team


def issues(team: Team) -> list[Issue]:
    """The repository's issues that are no pull requests."""
    pulls = {pull.number for pull in team.pulls}
    return [
        issue
        for number, issue in team.repo().issues.items()
        if number not in pulls and "revalidat" in issue.title.lower()
    ]


def test_an_adapter_that_serves_for_long_gets_one_issue_with_its_owner_named(team: Team) -> None:
    _, files = team.example("ready")
    pull = team.open(files)
    team.answer(pull)
    with team.world.lock:
        team.world.merge(pull, team.world.account("lena-brandt"))
    team.rest()
    registry, today = Adapters(team.service.database), team.world.now().date()
    registry.happen(
        "acme", "ticket-router", Happening(Event.REGISTERED, today, "ci", artifact="hf://x", digest="ab" * 32)
    )
    since = today - timedelta(days=86)  # some days before its deadline
    adapter, _ = registry.happen("acme", "ticket-router", Happening(Event.SERVED, today, "ci", since=since))
    assert adapter.cycle is not None
    by_name = {timed.name: timed for timed in timetable(team.service)}
    plan, send = by_name["plan-reminders"], by_name["send-reminders"]
    plan.run(lambda: False)
    with team.service.database.begin() as connection:  # before nine o'clock nobody would be told yet
        connection.execute(update(outbox).where(outbox.c.state == "planned").values(not_before=team.world.now()))
    for work in (send, plan, send):
        work.run(lambda: False)
    (issue,) = issues(team)
    assert "ticket-router" in issue.title
    assert [account.login for account in issue.assignees] == ["ana-lopes"]
    (message,) = Outbox(team.service.database).listing(adapter.cycle.id)
    assert (message["rung"], message["channel"], message["state"]) == ("T-7", "issue", "sent")
