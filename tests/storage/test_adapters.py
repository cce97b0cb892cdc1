"""Does the registry keep one open cycle for each living adapter, each change with its event, whoever changes it at once?"""

import threading
from dataclasses import replace
from datetime import date, timedelta

import psycopg
import pytest
from sqlalchemy import insert, select, update
from sqlalchemy.exc import DBAPIError, IntegrityError

from bot.lifecycle.conditions import Condition
from bot.lifecycle.happening import Happening, Refused
from bot.lifecycle.plan import Standing
from bot.lifecycle.stages import Event, Impossible, Outcome, Reason, Stage
from bot.storage import adapter_rows
from bot.storage.adapters import Adapters
from bot.storage.database import Database
from bot.storage.tables import adapter_conditions, adapter_events, cycles
from tests.database import plain
from tests.storage.adapters import DUE, ROUTER, SINCE, merged, serving


@pytest.fixture
def registry(database: Database) -> Adapters:
    return Adapters(database)


def happen(registry: Adapters, event: Event, on: date = DUE, **said: object) -> None:
    registry.happen("acme", "ticket-router", Happening(event, on, "first-owner", **said))


def events(registry: Adapters, adapter_id: int) -> list[tuple[str, str | None, str]]:
    return [(row["event"], row["before"], row["after"]) for row in reversed(registry.history(adapter_id))]


def test_a_merge_keeps_all_that_is_known_and_waits_ninety_days_for_an_artifact(registry: Adapters) -> None:
    adapter, _ = registry.happen("Acme", "ticket-router", merged())
    assert adapter.particulars == replace(ROUTER, account="acme")
    assert (adapter.stage, adapter.version, adapter.anchor) == (Stage.APPROVED, 1, None)
    assert adapter.cycle is not None
    assert (adapter.cycle.reason, adapter.cycle.due_on) == (Reason.REGISTRATION, date(2026, 10, 30))
    assert registry.find("ACME", "ticket-router") == adapter == registry.get(adapter.id)
    assert registry.find("other", "ticket-router") is None
    (event,) = registry.history(adapter.id)
    assert (event["event"], event["by"], event["by_id"]) == ("merged", "lead", 103)
    assert event["proof"]["merge_sha"] == "c" * 40


def test_serving_opens_the_first_cycle_of_revalidation(registry: Adapters) -> None:
    adapter = serving(registry)
    assert (adapter.stage, adapter.anchor, adapter.digest) == (Stage.SERVING, SINCE, "ab" * 32)
    assert adapter.cycle is not None
    assert (adapter.cycle.number, adapter.cycle.reason, adapter.cycle.due_on) == (2, Reason.SCHEDULED, DUE)
    assert [(one.number, one.outcome) for one in registry.past(adapter.id)] == [(2, None), (1, Outcome.SUPERSEDED)]
    assert events(registry, adapter.id) == [
        ("merged", None, "approved"),
        ("registered", "approved", "registered"),
        ("served", "registered", "serving"),
    ]


def test_a_pass_closes_a_cycle_and_opens_the_next_at_once(registry: Adapters) -> None:
    adapter = serving(registry)
    happen(registry, Event.PASSED, DUE - timedelta(days=3), proof={"file": "revalidations/ticket-router/2.yaml"})
    after = registry.get(adapter.id)
    assert after is not None
    assert after.cycle is not None
    assert (after.cycle.number, after.cycle.due_on) == (3, date(2027, 2, 25))
    before = registry.past(adapter.id)[1]
    assert (before.outcome, before.closed_on) == (Outcome.PASSED, DUE - timedelta(days=3))


def test_what_the_table_forbids_leaves_everything_as_it_was(registry: Adapters) -> None:
    adapter, _ = registry.happen("acme", "ticket-router", merged())
    with pytest.raises(Impossible):
        happen(registry, Event.PASSED)
    with pytest.raises(Impossible):
        registry.happen("acme", "nobody", Happening(Event.PASSED, DUE, "x"))
    assert registry.get(adapter.id) == adapter
    assert len(registry.history(adapter.id)) == 1


def test_a_curation_plan_blocks_registration_until_the_data_itself_is_approved(registry: Adapters) -> None:
    waits = replace(merged(), conditions=("500 examples by 2027-02-01",))
    adapter, _ = registry.happen("acme", "ticket-router", waits)
    assert [one.condition for one in adapter.conditions] == [Condition.DATA_PENDING]
    artifact = {"artifact": "hf://acme/router@v1", "digest": "ab" * 32}
    with pytest.raises(Refused, match="curation plan"):
        happen(registry, Event.REGISTERED, **artifact)
    after, _ = registry.happen("acme", "ticket-router", merged(date(2026, 9, 1)))
    assert after.conditions == ()
    happen(registry, Event.REGISTERED, **artifact)


def test_the_database_itself_allows_one_open_cycle_for_an_adapter(registry: Adapters, database: Database) -> None:
    adapter = serving(registry)
    second = {
        "adapter_id": adapter.id,
        "number": 9,
        "reason": "manual",
        "opened_on": DUE,
        "grid_on": DUE,
        "due_on": DUE,
    }
    with pytest.raises(IntegrityError, match="ix_cycles_open"), database.begin() as connection:
        connection.execute(insert(cycles).values(**second))


def test_what_happened_is_never_changed(registry: Adapters, database: Database) -> None:
    serving(registry)
    with pytest.raises(DBAPIError, match="never changed"), database.begin() as connection:
        connection.execute(update(adapter_events).values(by="nobody"))


def test_of_changes_at_the_same_time_each_is_made_on_the_one_before(registry: Adapters, database: Database) -> None:
    adapter = serving(registry)
    refused: list[Exception] = []

    def snooze(number: int) -> None:
        try:
            happen(registry, Event.SNOOZED, SINCE, until=SINCE + timedelta(days=number + 1), why="busy")
        except (Refused, RuntimeError) as why:
            refused.append(why)

    threads = [threading.Thread(target=snooze, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    after = registry.get(adapter.id)
    assert after is not None
    assert after.cycle is not None
    assert after.cycle.snoozes == 2  # all there is, though six asked at once
    assert len(refused) == 4
    assert after.version == adapter.version + 2
    assert [row["version"] for row in registry.history(adapter.id)] == [5, 4, 3, 2, 1]


def test_of_two_merges_of_a_new_name_one_makes_the_adapter_and_the_other_renews_it(registry: Adapters) -> None:
    threads = [
        threading.Thread(target=registry.happen, args=("acme", "ticket-router", merged(number=number)))
        for number in range(1, 5)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    adapter = registry.find("acme", "ticket-router")
    assert adapter is not None
    assert adapter.version == 4
    assert len(registry.past(adapter.id)) == 1


def test_a_failure_opens_its_condition_and_a_pass_closes_it(registry: Adapters, database: Database) -> None:
    adapter = serving(registry)
    happen(registry, Event.FAILED, DUE - timedelta(days=2))
    failed = registry.get(adapter.id)
    assert failed is not None
    assert failed.cycle is not None
    assert (failed.cycle.reason, failed.cycle.due_on) == (Reason.REMEDY, DUE + timedelta(days=12))
    assert [one.condition for one in failed.conditions] == [Condition.EVIDENCE_FAILED]
    happen(registry, Event.PASSED, DUE + timedelta(days=5))
    with database.begin() as connection:
        kept = connection.execute(select(adapter_conditions.c.opened_on, adapter_conditions.c.closed_on)).all()
    assert kept == [(DUE - timedelta(days=2), DUE + timedelta(days=5))]


def test_another_owner_ends_orphaned_and_the_same_one_by_another_name_does_not(registry: Adapters) -> None:
    adapter = serving(registry)
    assert registry.open_condition(adapter.id, Condition.ORPHANED, DUE)
    assert not registry.open_condition(adapter.id, Condition.ORPHANED, DUE)
    happen(registry, Event.REASSIGNED, particulars=replace(ROUTER, owner="renamed"))
    after = registry.get(adapter.id)
    assert after is not None
    assert [one.condition for one in after.conditions] == [Condition.ORPHANED]
    happen(registry, Event.REASSIGNED, particulars=replace(ROUTER, owner="third-owner", owner_id=104))
    after = registry.get(adapter.id)
    assert after is not None
    assert after.conditions == ()


def test_a_base_models_end_may_move_and_be_told_anew(registry: Adapters) -> None:
    adapter = serving(registry)
    for day, is_news in ((date(2027, 3, 1), True), (date(2027, 3, 1), False), (date(2027, 5, 1), True)):
        assert registry.open_condition(adapter.id, Condition.BASE_RETIRING, DUE, retires_on=day) is is_news
    after = registry.get(adapter.id)
    assert after is not None
    assert [one.retires_on for one in after.conditions] == [date(2027, 5, 1)]
    assert registry.close_condition(adapter.id, Condition.BASE_RETIRING, DUE)
    assert not registry.close_condition(adapter.id, Condition.BASE_RETIRING, DUE)


def test_the_end_of_an_adapter_ends_its_cycle_and_its_conditions(registry: Adapters) -> None:
    adapter = serving(registry)
    registry.open_condition(adapter.id, Condition.ORPHANED, DUE)
    with pytest.raises(Refused, match="why"):
        happen(registry, Event.RETIRED)
    happen(registry, Event.RETIRED, why="replaced by the prompted model")
    after = registry.get(adapter.id)
    assert after is not None
    assert (after.stage, after.cycle, after.conditions) == (Stage.RETIRED, None, ())
    assert registry.history(adapter.id)[0]["proof"] == {"why": "replaced by the prompted model"}
    assert list(registry.standings(date.max)) == []


def test_standings_are_walked_page_by_page_and_only_those_that_matter(
    registry: Adapters, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.storage.adapters.PAGE", 2)
    monkeypatch.setattr(adapter_rows, "PAGE", 2)
    for number in range(5):
        serving(registry, SINCE + timedelta(days=number), name=f"adapter-{number}")
    far = serving(registry, SINCE + timedelta(days=60), name="far-off")
    until = DUE + timedelta(days=4)
    pages = list(registry.standings(until))
    assert [len(page) for page in pages] == [2, 2, 1]
    assert [one.adapter for page in pages for one in page] == [f"adapter-{number}" for number in range(5)]
    registry.open_condition(far.id, Condition.ORPHANED, DUE)
    assert [one.adapter for page in registry.standings(until) for one in page][-1] == "far-off"
    assert [one.particulars.name for one in registry.all()] == [
        *(f"adapter-{number}" for number in range(5)),
        "far-off",
    ]


def test_a_standing_says_all_that_the_plan_needs(registry: Adapters) -> None:
    adapter = serving(registry)
    happen(registry, Event.ACKNOWLEDGED, DUE)
    happen(registry, Event.STARTED, pull=12)
    ((standing,),) = registry.standings(DUE)
    assert adapter.cycle is not None
    assert standing == Standing(
        cycle_id=adapter.cycle.id,
        adapter_id=adapter.id,
        adapter="ticket-router",
        due_on=DUE,
        owner="first-owner",
        backup="second-owner",
        leads=("acme/ml-leads",),
        managers=("acme/ml-platform",),
        acknowledged_until=DUE + timedelta(days=14),
        in_progress=True,
        place="3/11",
    )
    assert registry.standing(adapter.cycle.id) == standing
    assert registry.standing(adapter.cycle.id - 1) is None  # the cycle of the registration, which is over


def test_hostile_words_are_kept_and_break_nothing(registry: Adapters) -> None:
    adapter = serving(registry)
    happen(registry, Event.SNOOZED, SINCE, until=SINCE + timedelta(days=1), why="\0 '; DROP TABLE adapters; \ud800")
    assert registry.history(adapter.id)[0]["proof"]["why"] == "\N{REPLACEMENT CHARACTER} '; DROP TABLE adapters; ?"


def test_rows_without_an_adapter_cannot_be(database_url: str) -> None:
    with psycopg.connect(plain(database_url)) as link, pytest.raises(psycopg.errors.ForeignKeyViolation):
        link.execute(
            "INSERT INTO cycles (adapter_id, number, reason, opened_on, grid_on, due_on) "
            "VALUES (99, 1, 'manual', now(), now(), now())"
        )
