"""What is known of an adapter, and of the cycle that is open for it? And which cycle follows on what happens to it?"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from bot.lifecycle.conditions import Opened
from bot.lifecycle.dates import first_due, next_due
from bot.lifecycle.stages import REGISTER_WITHIN, REMEDY_WITHIN, Event, Outcome, Reason, Stage, Transition
from bot.readiness.period import length

Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Particulars:
    """What a proposal, or an import, says of an adapter; its name is unique in its account, the repository's owner.

    `every` is a period like P3M. Logins come with the account's number where it is known: logins are renamed and used again.
    `repo_id`, `number`, `merge_sha` and `review_id` are None for what was imported. `evidence` is what was verified, as JSON.
    """

    account: str
    name: str
    repository: str
    owner: str
    every: str
    path: str | None = None
    repo_id: int | None = None
    installation_id: int | None = None
    number: int | None = None
    merge_sha: str | None = None
    review_id: str | None = None
    owner_id: int | None = None
    backup: str | None = None
    backup_id: int | None = None
    team: str | None = None
    leads: tuple[str, ...] = ()
    base_model: str | None = None
    provider: str | None = None
    until: date | None = None
    time_zone: str = "UTC"
    evidence: Json = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Adapter:
    """An adapter as kept. `version` counts its changes and guards the next one; `digest` is of what serves, or is to."""

    id: int
    particulars: Particulars
    stage: Stage
    version: int
    anchor: date | None = None
    artifact: str | None = None
    digest: str | None = None
    cycle: "Cycle | None" = None
    conditions: tuple[Opened, ...] = ()


@dataclass(frozen=True, slots=True)
class Cycle:
    """One revalidation period. `grid_on` is the deadline on the grid, `due_on` the one that holds: pulled forward at times."""

    id: int
    number: int
    reason: Reason
    opened_on: date
    grid_on: date
    due_on: date
    acknowledged_until: date | None = None
    snoozed_until: date | None = None
    snoozes: int = 0
    waived_until: date | None = None
    evidence_pull: int | None = None
    outcome: Outcome | None = None
    closed_on: date | None = None


@dataclass(frozen=True, slots=True)
class Opening:
    """The cycle that begins, and the anchor from which deadlines count then; None while nothing serves."""

    reason: Reason
    anchor: date | None
    grid_on: date
    due_on: date


def opening(line: Transition, before: Adapter | None, every: str, on: date, reason: Reason | None) -> Opening | None:
    """Find the cycle that an event opens on a day; None where it opens none. Raises ValueError for a period that is no time.

    Whoever fails again keeps the deadline of the first failure: evidence that fails buys no time.
    """
    opens = line.opens or reason
    if opens is None:
        return None
    if opens is Reason.REGISTRATION:
        last = on + timedelta(days=REGISTER_WITHIN)
        return Opening(opens, None, last, last)
    period = length(every)
    cycle, anchor = (before.cycle, before.anchor) if before else (None, None)
    if line.event in (Event.SERVED, Event.RETRAINED, Event.IMPORTED) or cycle is None or anchor is None:
        due_on = first_due(on, period)
        return Opening(opens, on, due_on, due_on)
    if opens is Reason.SCHEDULED:
        anchor, due_on = next_due(anchor, cycle.grid_on, on, period)
        return Opening(opens, anchor, due_on, due_on)
    last = on + timedelta(days=REMEDY_WITHIN)
    if opens is not Reason.REMEDY or cycle.reason is Reason.REMEDY:
        last = min(last, cycle.due_on)
    return Opening(opens, anchor, cycle.grid_on, last)
