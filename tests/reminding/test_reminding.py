"""Does a cycle tell everybody what they are to be told, as the days pass, and nothing that is not true any more?"""

from datetime import UTC, datetime, timedelta

import pytest

from bot.lifecycle.adapter import Adapter
from bot.lifecycle.conditions import Condition
from bot.lifecycle.happening import Happening
from bot.lifecycle.stages import Event
from bot.ports import NotDelivered
from tests.reminding.world import World
from tests.storage.adapters import DUE, serving

MONDAY = DUE - timedelta(days=2)


def happen(world: World, event: Event, **said: object) -> None:
    world.registry.happen("acme", "ticket-router", Happening(event, world.clock.today(), "first-owner", **said))


def open_cycle(world: World) -> Adapter:
    found = world.registry.find("acme", "ticket-router")
    assert found is not None
    assert found.cycle is not None
    return found


def reminders(heard: list[str]) -> list[str]:
    return [subject for subject in heard if not subject.startswith("digest")]


def test_a_quarter_passes_and_nobody_acts(world: World) -> None:
    serving(world.registry)
    for number in range(-40, 66):
        world.pass_day(DUE + timedelta(days=number))
    rungs = ("T-30", "T-7", "T", "T+1", "T+7", "T+14", "T+30", "T+60")
    assert world.issue.heard == [f"ticket-router {rung}" for rung in rungs]
    assert [message.aloud for message in world.issue.arrived] == [True, True, True, False, True, True, True, True]
    assert world.issue.arrived[4].people == ("first-owner", "second-owner", "acme/ml-leads")
    assert {message.to for message in world.issue.arrived} == {"3/11"}
    mails = [(message.to.partition("@")[0], message.letter.subject) for message in world.email.arrived]
    assert [who for who, what in mails if what == "ticket-router T+7"] == [
        "acme/ml-leads",
        "first-owner",
        "second-owner",
    ]
    assert [what for who, what in mails if who == "first-owner" and "digest" not in what] == [
        f"ticket-router {rung}" for rung in rungs if rung != "T+1"
    ]
    digests = [what for who, what in mails if "digest" in what and who == "first-owner"]
    assert len(digests) == 14  # one a week, from the Monday before T-28
    assert digests[-1] == "digest of first-owner: ticket-router critical; 1 in all"
    assert world.outbox.counts(world.clock.now())["late"] == 0


def test_the_messages_of_a_cycle_are_one_thread_and_the_next_cycle_is_another(world: World) -> None:
    serving(world.registry)
    for number in (-30, -7):
        world.pass_day(DUE + timedelta(days=number))
    first, second = world.issue.arrived
    assert first.thread == second.thread
    assert (first.begun, second.begun) == (None, f"issue-{first.key}")
    world.clock.at(DUE - timedelta(days=1))
    happen(world, Event.PASSED)
    world.pass_day(DUE + timedelta(days=75))
    assert world.issue.arrived[-1].thread != first.thread
    assert world.issue.arrived[-1].begun is None


def test_labels_show_how_late_it_is(world: World) -> None:
    serving(world.registry)
    world.pass_day(DUE + timedelta(days=31))
    assert world.issue.arrived[-1].labels == ("overdue", "rollback-recommended")
    assert world.issue.arrived[-1].urgency == "high"


def test_after_a_month_off_people_hear_of_today_once(world: World) -> None:
    serving(world.registry)
    world.pass_day(DUE - timedelta(days=30))
    world.pass_day(DUE + timedelta(days=20))
    assert sorted(world.issue.heard[1:]) == ["ticket-router T+1", "ticket-router T+14"]
    rows = world.outbox.listing(open_cycle(world).cycle.id)  # type: ignore[union-attr]
    missed = {tuple(row["message"]["missed"]) for row in rows if row["rung"] == "T+14"}
    assert missed == {("T+7", "T", "T-7")}


def test_planning_again_plans_nothing_and_so_does_another_process(world: World) -> None:
    serving(world.registry)
    world.clock.at(MONDAY)
    assert world.planner.plan().messages > 0
    assert world.planner.plan().messages == 0
    assert World(world.database, clock=world.clock).planner.plan().messages == 0


def test_what_was_done_between_planning_and_sending_is_not_asked_for(world: World) -> None:
    serving(world.registry)
    world.clock.at(DUE - timedelta(days=7))
    world.planner.plan()
    happen(world, Event.PASSED)
    done = world.sender.send()
    assert reminders(world.email.heard) == []
    assert world.issue.heard == []
    assert done.superseded > 0


@pytest.mark.parametrize(
    ("event", "said"),
    [
        (Event.ACKNOWLEDGED, {}),
        (Event.STARTED, {"pull": 12}),
        (Event.SNOOZED, {"until": DUE - timedelta(days=3), "why": "the eval is being repaired"}),
    ],
)
def test_whoever_has_answered_is_not_reminded_and_hears_of_the_deadline_all_the_same(
    world: World, event: Event, said: dict[str, object]
) -> None:
    serving(world.registry)
    world.pass_day(DUE - timedelta(days=30))
    world.clock.at(DUE - timedelta(days=7))
    world.planner.plan()
    happen(world, event, **said)
    world.sender.send()
    assert world.issue.heard == ["ticket-router T-30"]
    for number in range(-6, 8):
        world.pass_day(DUE + timedelta(days=number))
    wanted = ["T-30", "T+1", "T+7"] if event is not Event.SNOOZED else ["T-30", "T", "T+1", "T+7"]
    assert world.issue.heard == [f"ticket-router {rung}" for rung in wanted]


def test_a_condition_is_told_at_once_and_once(world: World) -> None:
    adapter = serving(world.registry)
    world.clock.at(DUE - timedelta(days=70), hour=3)
    world.registry.open_condition(adapter.id, Condition.ORPHANED, world.clock.today())
    for _ in range(3):
        world.planner.plan()
        world.sender.send()
    assert world.issue.heard == ["ticket-router orphaned"]
    told = [message.to for message in world.email.arrived if message.letter.subject == "ticket-router orphaned"]
    assert told == ["acme/ml-leads@example.com", "second-owner@example.com"]


def test_a_condition_that_was_mended_meanwhile_is_not_told(world: World) -> None:
    adapter = serving(world.registry)
    world.clock.at(DUE - timedelta(days=70))
    world.registry.open_condition(adapter.id, Condition.ORPHANED, world.clock.today())
    world.planner.plan()
    world.registry.close_condition(adapter.id, Condition.ORPHANED, world.clock.today())
    assert world.sender.send().superseded == 4  # the digest among them: nothing is near any more
    assert (world.issue.heard, world.email.heard) == ([], [])


def test_rungs_are_told_from_nine_on_in_the_adapters_own_time_zone(world: World) -> None:
    serving(world.registry, time_zone="America/New_York")
    day = DUE - timedelta(days=7)
    world.clock.instant = datetime(day.year, day.month, day.day, 3, tzinfo=UTC)  # the day before, over there
    world.planner.plan()
    world.sender.send()
    assert world.issue.heard == ["ticket-router T-30"]
    world.clock.instant = datetime(day.year, day.month, day.day, 13, 59, tzinfo=UTC)
    world.planner.plan()
    world.sender.send()
    assert len(world.issue.heard) == 1
    world.clock.instant += timedelta(minutes=1)
    world.sender.send()
    assert world.issue.heard[1:] == ["ticket-router T-7"]


def test_a_digest_leaves_out_what_was_done_since_it_was_planned(world: World) -> None:
    serving(world.registry)
    serving(world.registry, name="style-adapter")
    world.clock.at(MONDAY)
    world.planner.plan()
    happen(world, Event.PASSED)
    world.sender.send()
    digest = next(what for what in world.email.heard if what.startswith("digest of first-owner"))
    assert digest == "digest of first-owner: style-adapter due; 1 in all"


def test_a_digest_that_was_missed_on_monday_is_made_up_for_in_its_week_only(world: World) -> None:
    serving(world.registry)
    world.clock.at(MONDAY - timedelta(days=1))  # a Sunday: last week's is still owed
    world.planner.plan()
    world.clock.at(MONDAY)
    world.sender.send()
    assert [what for what in world.email.heard if what.startswith("digest")] == []
    world.pass_day(MONDAY + timedelta(days=3))
    assert len([what for what in world.email.heard if what.startswith("digest of first-owner")]) == 1


def test_who_cannot_be_reached_hears_of_it_when_they_can(world: World) -> None:
    serving(world.registry, repo_id=None)
    world.email.people = lambda person: None
    world.clock.at(DUE - timedelta(days=7))
    assert world.planner.plan().unreachable == 1
    world.email.people = lambda person: f"{person}@example.com"
    world.pass_day(DUE - timedelta(days=6))
    assert reminders(world.email.heard) == ["ticket-router T-7"]


def test_trouble_that_passes_is_tried_again_later_and_longer(world: World) -> None:
    serving(world.registry)
    world.clock.at(DUE - timedelta(days=7))
    world.planner.plan()
    world.issue.troubles = [NotDelivered("the server answered 500"), NotDelivered("busy", retry_after=7200)]
    world.email.troubles = [NotDelivered("no route") for _ in range(100)]
    world.sender.send()
    assert world.issue.heard == []
    world.clock.instant += timedelta(seconds=40)
    assert world.sender.send().failed == 0
    world.clock.instant += timedelta(seconds=40)
    world.sender.send()  # the second trouble, which says for how long
    world.clock.instant += timedelta(seconds=7100)
    world.sender.send()
    assert world.issue.heard == []
    world.clock.instant += timedelta(seconds=110)
    world.sender.send()
    assert world.issue.heard == ["ticket-router T-7"]


def test_what_does_not_arrive_for_a_day_is_given_up_and_seen(world: World) -> None:
    serving(world.registry)
    world.clock.at(DUE - timedelta(days=7))
    world.planner.plan()
    world.issue.troubles = [NotDelivered("the server answered 500") for _ in range(1000)]
    for _ in range(60):
        world.clock.instant += timedelta(minutes=30)
        world.sender.send()
    assert world.outbox.counts(world.clock.now())["dead"] == 1
    (row,) = [row for row in world.outbox.listing(open_cycle(world).cycle.id) if row["channel"] == "issue"]  # type: ignore[union-attr]
    assert (row["state"], row["last_error"]) == ("dead", "the server answered 500")
    assert 5 <= row["attempts"] <= 20


def test_an_address_that_is_refused_is_not_tried_again(world: World) -> None:
    serving(world.registry)
    world.clock.at(DUE - timedelta(days=7))
    world.planner.plan()
    world.issue.troubles = [NotDelivered("issues are off in this repository", lasting=True)]
    assert world.sender.send().dead == 1
    world.clock.instant += timedelta(days=1)
    world.sender.send()
    assert world.issue.heard == []


def test_a_message_that_may_have_arrived_is_looked_for_before_it_is_sent_again(world: World) -> None:
    serving(world.registry)
    world.clock.at(DUE - timedelta(days=7))
    world.planner.plan()
    world.issue.troubles = [NotDelivered("no answer within 30 seconds", uncertain=True)]
    world.sender.send()
    world.clock.instant += timedelta(minutes=5)
    done = world.sender.send()
    assert (done.sent, done.already, world.issue.looked) == (1, 1, 1)
    assert world.issue.heard == ["ticket-router T-7"]


def test_one_message_that_we_cannot_write_holds_up_no_other(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    serving(world.registry)
    serving(world.registry, name="style-adapter")
    world.clock.at(DUE - timedelta(days=7))
    world.planner.plan()
    world.issue.troubles = [ZeroDivisionError("secret")]
    done = world.sender.send()
    assert (done.failed, len(world.issue.heard)) == (1, 1)
    broken = [row for row in world.outbox.listing(open_cycle(world).cycle.id) if row["last_error"]]  # type: ignore[union-attr]
    assert [row["last_error"] for row in broken] == ["our own fault (ZeroDivisionError)"]
    world.clock.instant += timedelta(minutes=61)
    world.sender.send()
    assert len(world.issue.heard) == 2


def test_a_channel_that_was_taken_away_is_waited_for(world: World) -> None:
    serving(world.registry)
    world.clock.at(DUE - timedelta(days=7))
    world.planner.plan()
    del world.sender.channels["email"]  # type: ignore[attr-defined]
    world.sender.send()
    waiting = [row for row in world.outbox.listing(open_cycle(world).cycle.id) if row["channel"] == "email"]  # type: ignore[union-attr]
    assert {row["last_error"] for row in waiting} == {"the channel email is not set up"}


def test_sending_stops_when_it_is_told_to(world: World) -> None:
    serving(world.registry)
    world.clock.at(DUE - timedelta(days=7))
    world.planner.plan()
    assert world.sender.send(stop=lambda: True).sent == 0
