"""Is whatever can happen to an adapter in the table, on the page, and nowhere else?"""

import re
from itertools import product
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.lifecycle.conditions import IMMEDIATE, MEANINGS, Condition
from bot.lifecycle.ladder import LADDER, Voice
from bot.lifecycle.stages import TRANSITIONS, Event, Impossible, Reason, Stage, is_alive, move

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "lifecycle.md").read_text()
PAIRS = {(line.before, line.event) for line in TRANSITIONS}


def table(heading: str) -> list[list[str]]:
    """The cells of the first table under a heading of the page, without its head."""
    section = PAGE.split(f"## {heading}\n", 1)[1].split("\n## ", 1)[0]
    rows = [line for line in section.splitlines() if line.startswith("|")][2:]
    return [[cell.strip().replace("`", "") for cell in row.strip("|").split("|")] for row in rows]


def test_no_pair_stands_twice() -> None:
    assert len(PAIRS) == len(TRANSITIONS)


@pytest.mark.parametrize("before", [None, *Stage], ids=str)
def test_what_is_not_in_the_table_cannot_happen(before: Stage | None) -> None:
    for event in Event:
        if (before, event) not in PAIRS:
            with pytest.raises(Impossible, match=event.value):
                move(before, event)


def test_every_event_and_every_stage_is_reached() -> None:
    assert {line.event for line in TRANSITIONS} == set(Event)
    assert {line.after for line in TRANSITIONS} == set(Stage)


@given(st.lists(st.tuples(st.sampled_from(Event), st.sampled_from([None, *Reason])), max_size=40))
def test_however_events_come_an_adapter_has_one_open_cycle_exactly_while_it_lives(
    events: list[tuple[Event, Reason | None]],
) -> None:
    stage: Stage | None = None
    open_cycles = 0
    for event, reason in events:
        try:
            line = move(stage, event, reason)
        except Impossible:
            continue
        open_cycles += bool(line.opens or reason) - bool(line.closes)
        stage = line.after
        assert open_cycles == is_alive(stage)


def test_a_cycle_is_called_for_with_a_reason_and_nothing_else_takes_one() -> None:
    assert move(Stage.SERVING, Event.CALLED, Reason.DRIFT).closes is not None
    for event, reason in ((Event.CALLED, None), (Event.CALLED, Reason.SCHEDULED), (Event.PASSED, Reason.DRIFT)):
        with pytest.raises(Impossible):
            move(Stage.SERVING, event, reason)


def test_nobody_is_reminded_of_what_has_ended() -> None:
    ended = [stage for stage in Stage if not is_alive(stage) and stage is not Stage.PROPOSED]
    for stage, event in product(ended, Event):
        if (stage, event) in PAIRS:
            assert event is Event.MERGED  # proposed anew, under its name


def test_the_page_has_the_table_to_the_letter() -> None:
    def cell(line: object) -> str:
        return str(line) if line else "-"

    wanted = [
        [
            cell(line.before),
            cell(line.event),
            cell(line.after),
            cell(line.closes),
            " or ".join(line.opens_for) or cell(line.opens),
            line.proof,
        ]
        for line in TRANSITIONS
    ]
    assert table("Stages") == wanted


def test_the_page_has_every_condition() -> None:
    assert {line.condition for line in MEANINGS} == set(Condition)
    assert len(MEANINGS) == len(Condition)
    assert IMMEDIATE
    assert table("Conditions") == [
        [line.condition, line.opened_by, line.closed_by, line.effect, "yes" if line.immediate else "no"]
        for line in MEANINGS
    ]


def test_the_page_has_the_ladder() -> None:
    assert table("Reminders") == [
        [
            rung.name,
            f"label {rung.label}"
            if rung.voice is Voice.LABEL
            else rung.voice + (f", label {rung.label}" if rung.label else ""),
            ", ".join(rung.tells) or "-",
            ", ".join(sorted(re.sub("_", " ", hush) for hush in rung.hushed_by)),
        ]
        for rung in LADDER
    ]
