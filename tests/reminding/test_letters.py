"""Does every rung and every condition get its own words, by how the adapter stands?"""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from bot.lifecycle.adapter import Adapter, Cycle, Particulars
from bot.lifecycle.conditions import IMMEDIATE, Condition, Opened
from bot.lifecycle.dates import due_state
from bot.lifecycle.digest import Digest, Line
from bot.lifecycle.ladder import LADDER, Hush
from bot.lifecycle.stages import Reason, Stage
from bot.reminding import letters
from bot.reminding.letters import Words
from bot.reminding.wants import Letters, Matter
from bot.report.letter_forms import as_plain
from tests.lifecycle.standings import DUE, standing

WORDS: Letters = Words(lambda number: f"https://gate.example/adapters/{number}", "https://gate.example/mine")
CYCLE = Cycle(7, 2, Reason.SCHEDULED, DUE - timedelta(days=91), DUE, DUE)


def matter(late: int = 0, *, cycle: Cycle = CYCLE, stage: Stage = Stage.SERVING, **changed: Any) -> Matter:
    about = {name: changed.pop(name) for name in ("rung", "condition") if name in changed}
    particulars = Particulars(
        "acme", "ticket-router", "acme/models", "first-owner", "P3M", base_model="acme/base-8b", backup="second-owner"
    )
    adapter = Adapter(3, particulars, stage, 1, cycle=cycle)
    return Matter(adapter, standing(**changed), DUE + timedelta(days=late), **about)


@pytest.mark.parametrize("rung", LADDER, ids=lambda rung: rung.name)
def test_every_rung_has_its_own_subject(rung: Any) -> None:
    letter = WORDS.reminder(matter(rung.offset, rung=rung))
    others = [WORDS.reminder(matter(each.offset, rung=each)).subject for each in LADDER if each is not rung]
    assert letter.subject not in others
    assert "`revalidations/ticket-router/2.yaml`" in " ".join(as_plain(letter).split())
    assert "https://gate.example/adapters/3" in as_plain(letter)


@pytest.mark.parametrize("condition", sorted(IMMEDIATE))
def test_every_condition_that_is_told_at_once_has_its_own_words(condition: Condition) -> None:
    opened = Opened(1, condition, DUE, DUE + timedelta(days=40))
    said = WORDS.reminder(matter(-5, condition=condition, conditions=(opened,)))
    assert said != WORDS.reminder(matter(-5))
    assert "ticket-router" in said.subject
    if condition is Condition.BASE_RETIRING:
        assert "`acme/base-8b`" in as_plain(said)
        assert said.subject == "The base model of ticket-router ends in 45 days"


def test_every_condition_and_every_hush_has_a_note() -> None:
    assert set(letters._NOTES) == {*Condition, *Hush}


def test_a_cycle_that_waits_for_registration_asks_for_no_revalidation() -> None:
    waiting = replace(CYCLE, reason=Reason.REGISTRATION)
    opened = (Opened(1, Condition.DATA_PENDING, DUE),)
    for write in (WORDS.reminder, WORDS.standing):
        said = write(matter(-7, cycle=waiting, stage=Stage.APPROVED, conditions=opened))
        assert said.subject == "Register ticket-router by 25 November 2026, or its approval ends"
        assert "the curation plan promised" in " ".join(as_plain(said).split())
        assert "revalidated" not in as_plain(said)
    serving = WORDS.reminder(matter(-7, cycle=waiting, stage=Stage.REGISTERED))
    assert serving.subject.startswith("Serve ticket-router by")
    assert "Register what was trained" not in as_plain(serving)
    assert (
        WORDS.reminder(matter(3, cycle=waiting, stage=Stage.APPROVED)).subject
        == "The approval of ticket-router has ended"
    )


def test_how_it_stands_tells_what_keeps_it_quiet() -> None:
    until = DUE - timedelta(days=2)
    text = as_plain(WORDS.standing(matter(-9, snoozed_until=until, in_progress=True)))
    assert "Snoozed until 23 November 2026" in text
    assert "a pull request is open" in text


def test_a_digest_lists_what_is_open_with_its_notes() -> None:
    monday = date(2026, 11, 23)
    line = Line(7, 3, "ticket-router", DUE, due_state(DUE, monday), (Hush.SNOOZED,), (Condition.ORPHANED,))
    letter = WORDS.digest(Digest("ada", monday, (line,), ((due_state(DUE, monday), 1),), more=4))
    text = as_plain(letter)
    assert "- ticket-router: due in 2 days, 25 November 2026; has no owner; snoozed" in text
    assert "And 4 more." in text
    assert "https://gate.example/mine" in text
