"""Does the merge of a revalidation end its cycle, with the verdict of the merged head, and nothing else? Over a real database."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from bot.lifecycle.adapter import Adapter
from bot.lifecycle.conditions import Condition
from bot.lifecycle.happening import Happening
from bot.lifecycle.stages import Event, Outcome, Reason, Stage
from bot.ports import Concluded, ForgeTrouble
from bot.readiness.fact import Known, Unavailable
from bot.revalidation import Closed, Revalidations
from bot.storage.adapters import Adapters
from bot.storage.database import Database
from bot.storage.ledger import Ledger
from bot.storage.registered import Registry
from tests.storage.adapters import serving

ON = date(2026, 11, 20)
PATH = "revalidations/ticket-router/1.yaml"
HEAD = "a" * 40
CLOSED = Closed(11, 5, "Acme", HEAD, ON, "lead", 103, merge_sha="d" * 40)


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    pool = Database(database_url, connections=4)
    yield pool
    pool.close()


@pytest.fixture
def adapters(database: Database) -> Adapters:
    found = Adapters(database)
    serving(found)
    return found


@pytest.fixture
def cases(database: Database, adapters: Adapters) -> Revalidations:
    return Revalidations(adapters, Ledger(database), *[_asks_nobody] * 3)


def _asks_nobody(*_: Any) -> Any:
    raise AssertionError


def reviewed(database: Database, verdict: str, head: str = HEAD, **changed: Any) -> None:
    """Store a review of the pull request, as the reviewer does."""
    finding = {"level": "failure", "message": "The prompted baseline reaches 0.93, the bar is 0.92."}
    entry = {"kind": "revalidation", "path": PATH, "adapter": "ticket-router", "cycle": 1, "verdict": verdict}
    entry |= {"findings": [finding] if verdict in ("not_yet", "retire") else []} | changed
    Ledger(database).record(
        Concluded(
            repo_id=11,
            number=5,
            head_sha=head,
            base_sha="b" * 40,
            policy_sha256="c" * 64,
            bot_version="0.1.0",
            format=1,
            decision=verdict,
            dossier={"proposals": {PATH: {"proposal": {"source": {"sha256": "e" * 64}}}}},
            verdict={"proposals": [entry], "pull_request": {"repository": "Acme/support", "author": "first-owner"}},
        )
    )


def now(adapters: Adapters) -> Adapter:
    found = adapters.find("acme", "ticket-router")
    assert found is not None
    return found


def open_cycle(adapters: Adapters) -> tuple[int, Reason, int | None]:
    cycle = now(adapters).cycle
    assert cycle is not None
    return cycle.number, cycle.reason, cycle.evidence_pull


def test_evidence_in_an_open_pull_request_marks_the_cycle_once(
    database: Database, cases: Revalidations, adapters: Adapters
) -> None:
    number = now(adapters).cycle
    assert number is not None
    reviewed(database, "not_yet", cycle=number.number)
    assert [each.event for each in cases.begun("Acme", 11, 5, ON)] == [Event.STARTED]
    assert [each.event for each in cases.begun("Acme", 11, 5, ON)] == [None]
    assert open_cycle(adapters)[2] == 5


@pytest.mark.parametrize(
    ("verdict", "event", "outcome", "reason"),
    [
        ("ready", Event.PASSED, Outcome.PASSED, Reason.SCHEDULED),
        ("ready_with_waivers", Event.PASSED_ON_CONDITION, Outcome.PASSED_ON_CONDITION, Reason.SCHEDULED),
        ("not_yet", Event.FAILED, Outcome.FAILED, Reason.REMEDY),
        ("retire", Event.FAILED, Outcome.FAILED, Reason.REMEDY),
    ],
)
def test_the_merge_ends_the_cycle_with_the_verdict_of_the_merged_head(
    database: Database,
    cases: Revalidations,
    adapters: Adapters,
    verdict: str,
    event: Event,
    outcome: Outcome,
    reason: Reason,
) -> None:
    before = open_cycle(adapters)[0]
    reviewed(database, verdict, cycle=before)
    assert [each.event for each in cases.ended(CLOSED)] == [event]
    assert open_cycle(adapters)[:2] == (before + 1, reason)
    ended = next(cycle for cycle in adapters.past(now(adapters).id) if cycle.number == before)
    assert (ended.outcome, ended.closed_on) == (outcome, ON)
    failed = Condition.EVIDENCE_FAILED in {opened.condition for opened in now(adapters).conditions}
    assert failed is (outcome is Outcome.FAILED)
    proof = adapters.history(now(adapters).id)[0]["proof"]
    assert (proof["evidence"], proof["sha256"], proof["verdict"]) == (PATH, "e" * 64, verdict)
    assert bool(proof["said"]) is (outcome is Outcome.FAILED)


def test_a_merge_that_is_told_twice_ends_one_cycle(
    database: Database, cases: Revalidations, adapters: Adapters
) -> None:
    before = open_cycle(adapters)[0]
    reviewed(database, "ready", cycle=before)
    cases.ended(CLOSED)
    assert [(each.event, each.why) for each in cases.ended(CLOSED)] == [(None, f"cycle {before + 1} is open")]
    assert open_cycle(adapters)[0] == before + 1


def test_evidence_that_could_not_be_verified_ends_nothing_and_is_in_progress_no_more(
    database: Database, cases: Revalidations, adapters: Adapters
) -> None:
    before = open_cycle(adapters)[0]
    reviewed(database, "cannot_tell", cycle=before)
    cases.begun("Acme", 11, 5, ON)
    assert [each.event for each in cases.ended(CLOSED)] == [Event.STOPPED]
    assert (open_cycle(adapters)[0], open_cycle(adapters)[2]) == (before, None)


def test_a_pull_request_that_is_closed_unmerged_ends_nothing(
    database: Database, cases: Revalidations, adapters: Adapters
) -> None:
    before = open_cycle(adapters)[0]
    reviewed(database, "ready", cycle=before)
    cases.begun("Acme", 11, 5, ON)
    assert [each.event for each in cases.ended(replace(CLOSED, merge_sha=None))] == [Event.STOPPED]
    assert open_cycle(adapters) == (before, Reason.SCHEDULED, None)


def test_a_merged_head_without_a_verdict_waits_for_it(
    database: Database, cases: Revalidations, adapters: Adapters
) -> None:
    reviewed(database, "ready", head="f" * 40, cycle=open_cycle(adapters)[0])
    with pytest.raises(ForgeTrouble):
        cases.ended(CLOSED)


@pytest.mark.parametrize(
    "changed",
    [{"adapter": "nobody-knows-it"}, {"cycle": 99}, {"kind": "proposal"}, {"cycle": None}, {"adapter": None}],
    ids=["another-adapter", "another-cycle", "a-proposal", "no-cycle", "no-adapter"],
)
def test_what_is_of_no_open_cycle_ends_none(
    database: Database, cases: Revalidations, adapters: Adapters, changed: dict[str, Any]
) -> None:
    before = open_cycle(adapters)
    reviewed(database, "ready", **{"cycle": before[0], **changed})
    assert not any(each.event for each in cases.ended(CLOSED))
    assert open_cycle(adapters) == before


@pytest.mark.parametrize("verdict", ["ready", "not_yet", "retire"])
@pytest.mark.parametrize("imported", [False, True])
def test_another_repository_s_pull_request_neither_begins_nor_ends_a_cycle(
    database: Database, verdict: str, imported: bool
) -> None:
    registry = Adapters(database)
    serving(registry, repo_id=None if imported else 12, repository="Acme/elsewhere")
    cases = Revalidations(registry, Ledger(database), *[_asks_nobody] * 3)
    before = open_cycle(registry)
    reviewed(database, verdict, cycle=before[0])
    assert [each.event for each in cases.begun("Acme", 11, 5, ON)] == [None]
    assert [(each.event, each.why) for each in cases.ended(CLOSED)] == [
        (None, "it is registered in another repository")
    ]
    assert open_cycle(registry) == before
    at_work = Happening(Event.STARTED, ON, "first-owner", pull=5)  # its own pull request has the same number
    registry.happen("Acme", "ticket-router", at_work)
    assert [each.event for each in cases.ended(replace(CLOSED, merge_sha=None))] == [None]
    assert open_cycle(registry)[2] == 5


def test_an_adapter_that_serves_no_more_is_left_alone(
    database: Database, cases: Revalidations, adapters: Adapters
) -> None:
    before = open_cycle(adapters)[0]
    reviewed(database, "ready", cycle=before)
    adapters.happen("Acme", "ticket-router", Happening(Event.RETIRED, ON, "lead", why="The prompted model is enough."))
    assert [each.event for each in cases.ended(CLOSED)] == [None]
    assert now(adapters).stage is Stage.RETIRED


def test_verdicts_see_the_open_cycle_and_the_deadline_after_it(adapters: Adapters, database: Database) -> None:
    found = Registry(adapters).registered("acme", "ticket-router", ON)
    assert isinstance(found, Known)
    adapter = found.value
    assert (adapter.stage, adapter.digest, adapter.owner, adapter.path) == (
        "serving",
        "ab" * 32,
        "first-owner",
        "finetune-proposal.yaml",
    )
    assert adapter.cycle is not None
    assert (adapter.cycle.opened_on, adapter.cycle.due_on) == (date(2026, 8, 25), date(2026, 11, 25))
    assert adapter.cycle.next_due_on == date(2027, 2, 25)  # within the 14 days up to it the grid is kept
    assert isinstance(Registry(adapters).registered("acme", "nobody-knows-it", ON), Unavailable)
