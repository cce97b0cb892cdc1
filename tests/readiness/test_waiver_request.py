"""Is a request for a waiver read as it was meant, and refused in a plain sentence where it cannot be?"""

from contextlib import suppress
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.readiness.command import Command, commands
from bot.readiness.waiver_request import MOST_REASON, Refused, Request, number, read

TODAY = date(2026, 12, 1)
WHY = "No canary in this region yet."


def asked(words: str, max_days: int = 90) -> Request:
    return read(words, today=TODAY, max_days=max_days)


@pytest.mark.parametrize(
    "words",
    [
        f"rollout-planned until=2027-01-15 {WHY}",
        f"`rollout-planned` until=2027-01-15   {WHY}",
        f"Rollout-Planned {WHY} until=2027-01-15",
        f"rollout-planned UNTIL=2027-01-15\t{WHY}",
    ],
)
def test_the_order_of_words_does_not_matter(words: str) -> None:
    assert asked(words) == Request("rollout-planned", date(2027, 1, 15), WHY)


def test_a_reason_is_in_any_language_and_a_path_tells_the_proposal() -> None:
    found = asked("enough-examples path=a/finetune-proposal.yaml until=2026-12-01 Für Südtirol gibt es nur 480 Fälle.")
    assert found.reason == "Für Südtirol gibt es nur 480 Fälle."
    assert found.path == "a/finetune-proposal.yaml"


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ("", "Say which check"),
        ("until=2027-01-01", "Say which check"),
        (f"a-check {WHY}", "Say until when, at most 90 days from now"),
        (f"a-check until= {WHY}", "`until=` is no date"),
        (f"a-check until=soon {WHY}", "`until=soon` is no date. Write it as YYYY-MM-DD, up to 2027-03-01."),
        (f"a-check until=2026-02-30 {WHY}", "is no date"),
        (f"a-check until=20270101 {WHY}", "is no date"),
        (f"a-check until=२०२७-०१-०१ {WHY}", "is no date"),
        (f"a-check until=2026-11-30 {WHY}", "2026-11-30 is past. Name a day from today up to 2027-03-01."),
        (f"a-check until=2027-03-02 {WHY}", "2027-03-02 is too far off: the policy allows 90 days, up to 2027-03-01."),
        (f"a-check until=2027-01-01 until=2027-01-02 {WHY}", "stands twice"),
        ("a-check until=2027-01-01 because we can", "in at least 20 characters"),
        ("a-check until=2027-01-01 " + "x" * 501, f"has 501 characters, of at most {MOST_REASON}"),
        (f"a-\u202echeck until=2027-01-01 {WHY}", "U+202E, right-to-left override"),
        (f"a-check until=2027-01-01 {WHY}\u200b", "U+200B, zero width space"),
        (f"a-check until=2027-01-01 {WHY}\u2028", "U+2028, line separator"),
    ],
)
def test_what_cannot_be_read_is_told(words: str, why: str) -> None:
    with pytest.raises(Refused) as refused:
        asked(words)
    assert why in str(refused.value)


def test_the_first_and_the_last_day_are_taken() -> None:
    assert asked(f"a-check until=2026-12-01 {WHY}").until == TODAY
    assert asked(f"a-check until=2027-03-01 {WHY}").until == date(2027, 3, 1)
    with pytest.raises(Refused, match="lets nothing be waived"):
        asked(f"a-check until=2026-12-01 {WHY}", max_days=0)


@given(st.text(max_size=300))
def test_no_words_break_it(words: str) -> None:
    with suppress(Refused):
        found = asked(words)
        assert found.until >= TODAY
        assert found.reason.isprintable()


@pytest.mark.parametrize(
    ("said", "found"),
    [("W12", 12), ("w12", 12), ("12", 12), ("`W12`", 12), ("W", None), ("W1 2", None), ("W" * 9, None)],
)
def test_a_waiver_is_named_by_its_number(said: str, found: int | None) -> None:
    assert number(said) == found


def test_a_waiver_s_reason_alone_may_hold_any_sign() -> None:
    assert commands(f"/tunegate waive x until=2027-01-01 Für {WHY}") == (
        Command("waive", f"x until=2027-01-01 Für {WHY}"),
    )
    assert commands("/tunegate approve Ŵ12") == ()
    assert commands("/tunegate explain " + "x" * 502) == ()
