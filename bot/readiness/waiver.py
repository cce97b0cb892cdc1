"""What is a waiver? Somebody's soft finding, let pass until a day, for as long as it is the same finding."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Any

from bot.readiness.waiver_binding import FIELD, FILE, Bound

Values = Mapping[str, Any]
"""What a policy asked of a check, by key ("enforcement", "floor.sft"), in JSON's types."""


class State(StrEnum):
    """How a waiver stands. Only an approved one counts; withdrawn, expired and lapsed are for good."""

    REQUESTED = "requested"
    APPROVED = "approved"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"
    LAPSED = "lapsed"


LIVE = (State.REQUESTED, State.APPROVED)


@dataclass(frozen=True, slots=True)
class Waiver:
    """One exception for one check of one proposal, through the day `until`.

    `bound` is what was waived, digest by digest (`waiver_binding`), `asked` what the policy asked of the check then.
    `why` says in a sentence how it came to its end.
    """

    id: int
    path: str
    check: str
    until: date
    reason: str
    bound: Bound
    asked: Values
    state: State
    requested_by: str
    approved_by: str | None = None
    why: str = ""

    @property
    def name(self) -> str:
        """Its name for people, like W12."""
        return f"W{self.id}"


@dataclass(frozen=True, slots=True)
class Waivable:
    """A check whose findings somebody may ask to waive: what a waiver would be bound to, and in which role it is approved."""

    check: str
    bound: Bound
    asked: Values
    role: str


def changes(then: Bound, now: Bound) -> str:
    """Name what is another now, as the begin of a sentence; empty where all is the same."""
    other = [name for name in dict.fromkeys([*then, *now]) if then.get(name) != now.get(name)]
    fields = sorted({name.partition(" ")[2] for name in other if name.startswith((FIELD, FILE))})
    if fields:
        listed = ", ".join(f"`{name}`" for name in fields[:3]) + (" and more" if len(fields) > 3 else "")
        only_files = not any(name.startswith(FIELD) for name in other)
        return f"{'what is linked at ' if only_files else ''}{listed} has changed"
    return "what was found has changed" if other else ""


def waived(waiver: Waiver) -> str:
    """Say until when something is waived, by whose word, and why."""
    return (
        f"Waived until {waiver.until} by {waiver.name}, which {waiver.requested_by} asked for and "
        f"{waiver.approved_by} approved: {waiver.reason}"
    )


def over(waiver: Waiver) -> str:
    """Say that a waiver has come to its end, and how."""
    return f"Waiver {waiver.name} is over: {waiver.why}"


def held_until(until: date) -> str:
    """Say that a waiver's last day is over."""
    return f"it held until {until}."


def standing(waiver: Waiver, *, is_over: bool) -> Waiver:
    """Tell a waiver as it stands where its last day is over: it may not have been noted yet."""
    if is_over and waiver.state in LIVE:
        return replace(waiver, state=State.EXPIRED, why=held_until(waiver.until))
    return waiver
