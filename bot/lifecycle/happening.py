"""What does something that happens make of an adapter? Pure: what was there and what happened in, what is to be kept out."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any

from bot.lifecycle.adapter import Adapter, Cycle, Opening, Particulars, opening
from bot.lifecycle.conditions import Condition
from bot.lifecycle.ladder import ACK_LASTS, LONGEST_SNOOZE, LONGEST_WAIVER, MOST_SNOOZES
from bot.lifecycle.stages import Event, Outcome, Reason, Stage, Transition, is_alive, move


class Refused(ValueError):
    """What was asked for is not allowed; the message says why, and what is."""


@dataclass(frozen=True, slots=True)
class Happening:
    """Something that happens to an adapter on a day, in the policy's time zone; `by` is a login, or what noticed it.

    Which of the other fields count is the event's: `particulars` for a merge, an import and a new owner; `artifact` and
    `digest` for what is registered; `since` for what begins to serve; `until` for a snooze, a waiver and a deadline that is
    pulled forward; `pull` for a pull request with evidence; `conditions` for an approval that waits for its data; `reason`
    for a cycle that is called for. `proof` is kept as it is.
    """

    event: Event
    on: date
    by: str
    by_id: int | None = None
    why: str = ""
    reason: Reason | None = None
    particulars: Particulars | None = None
    artifact: str | None = None
    digest: str | None = None
    since: date | None = None
    until: date | None = None
    pull: int | None = None
    conditions: tuple[str, ...] = ()
    proof: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Change:
    """What is to be kept: the adapter as it is now, with its open cycle; how that one ends, and what begins.

    `opened` and `closed` are conditions. `after.version` is still the one that the change is made on.
    """

    line: Transition
    after: Adapter
    closes: Outcome | None
    opening: Opening | None
    opened: tuple[Condition, ...]
    closed: tuple[Condition, ...]


def happen(adapter: Adapter | None, what: Happening) -> Change:
    """Say what something makes of an adapter (None: not known yet). Raises Impossible, Refused, ValueError."""
    line = move(adapter.stage if adapter else None, what.event, what.reason)
    if adapter is None:
        adapter = Adapter(0, _given(what), line.after, 0)
    begun = opening(line, adapter, (what.particulars or adapter.particulars).every, what.since or what.on, what.reason)
    after = replace(_changed(adapter, what), stage=line.after)
    if begun is not None:
        after = replace(after, anchor=begun.anchor)
    opened, closed = _conditions(adapter, line, what)
    return Change(line, after, line.closes, begun, opened, closed)


def _given(what: Happening) -> Particulars:
    if what.particulars is None:
        raise Refused("nothing is said of an adapter that is not known yet")
    return what.particulars


def _changed(adapter: Adapter, what: Happening) -> Adapter:
    """Change what the event changes, in the adapter and in its open cycle."""
    match what.event:
        case Event.MERGED | Event.IMPORTED | Event.PROPOSED:
            return _approved(adapter, what)
        case Event.REASSIGNED:
            return replace(adapter, particulars=_given(what))
        case Event.REGISTERED:
            return _registered(adapter, what)
        case Event.SERVED | Event.RETRAINED:
            return _serving(adapter, what)
        case Event.ROLLED_BACK | Event.RETIRED:
            _reasoned(what)
            return adapter
        case Event.ACKNOWLEDGED | Event.SNOOZED | Event.WAIVED | Event.PULLED_FORWARD | Event.STARTED | Event.STOPPED:
            if adapter.cycle is None:
                raise Refused("no revalidation is open")
            return replace(adapter, cycle=_cycle(adapter.cycle, what))
        case Event.CLOSED | Event.PASSED | Event.PASSED_ON_CONDITION | Event.FAILED | Event.CALLED | Event.LAPSED:
            return adapter


def _approved(adapter: Adapter, what: Happening) -> Adapter:
    """An approval renews what is known; of an adapter that had ended nothing serves, whatever served before."""
    if not is_alive(adapter.stage) and adapter.version:
        adapter = replace(adapter, artifact=None, digest=None)
    return replace(
        adapter,
        particulars=_given(what),
        artifact=what.artifact or adapter.artifact,
        digest=what.digest or adapter.digest,
    )


def _registered(adapter: Adapter, what: Happening) -> Adapter:
    if any(opened.condition is Condition.DATA_PENDING for opened in adapter.conditions):
        raise Refused("it was approved on a curation plan: nothing is registered before its data is approved itself")
    if not what.artifact or not what.digest:
        raise Refused("an artifact is registered with its digest")
    return replace(adapter, artifact=what.artifact, digest=what.digest)


def _serving(adapter: Adapter, what: Happening) -> Adapter:
    if what.since is not None and what.since > what.on:
        raise Refused(f"it cannot have served since {what.since}, a day to come")
    if what.event is Event.RETRAINED:
        if not what.artifact or not what.digest or what.digest == adapter.digest:
            raise Refused("another version comes with its artifact and a digest of its own")
        return replace(adapter, artifact=what.artifact, digest=what.digest)
    if what.digest is not None and what.digest != adapter.digest:
        raise Refused("what serves is not the artifact that was registered: its digest is another one")
    return adapter


def _cycle(cycle: Cycle, what: Happening) -> Cycle:
    match what.event:
        case Event.ACKNOWLEDGED:
            return replace(cycle, acknowledged_until=what.on + timedelta(days=ACK_LASTS))
        case Event.SNOOZED:
            _reasoned(what)
            last = what.on + timedelta(days=LONGEST_SNOOZE)
            if cycle.snoozes >= MOST_SNOOZES:
                raise Refused(f"it was snoozed {MOST_SNOOZES} times in this cycle: that is all there is")
            return replace(cycle, snoozed_until=_until(what, last), snoozes=cycle.snoozes + 1)
        case Event.WAIVED:
            _reasoned(what)
            if what.on <= cycle.due_on:
                raise Refused(f"it is not late: it is due on {cycle.due_on}")
            if cycle.waived_until is not None:
                raise Refused("it was waived in this cycle already, and no waiver follows another")
            return replace(cycle, waived_until=_until(what, what.on + timedelta(days=LONGEST_WAIVER)))
        case Event.PULLED_FORWARD:
            if what.until is None or what.until >= cycle.due_on:
                raise Refused(f"a deadline is pulled forward, and it is {cycle.due_on} already")
            return replace(cycle, due_on=what.until)
        case Event.STARTED:
            return replace(cycle, evidence_pull=what.pull)
        case _:
            return replace(cycle, evidence_pull=None)


def _until(what: Happening, last: date) -> date:
    if what.until is None or what.until <= what.on:
        raise Refused(f"say until when, up to {last}")
    if what.until > last:
        raise Refused(f"until {what.until} is too long: up to {last}")
    return what.until


def _reasoned(what: Happening) -> None:
    if not what.why.strip():
        raise Refused("say why")


def _conditions(
    adapter: Adapter, line: Transition, what: Happening
) -> tuple[tuple[Condition, ...], tuple[Condition, ...]]:
    """Find the conditions that an event opens and closes; whatever ends the adapter ends them all."""
    there = {opened.condition for opened in adapter.conditions}
    opened: set[Condition] = set()
    closed: set[Condition] = set()
    match what.event:
        case Event.MERGED | Event.IMPORTED:
            (opened if what.conditions else closed).add(Condition.DATA_PENDING)
            closed |= {Condition.PROPOSAL_MISSING, *_answered_for(adapter, what)}
        case Event.REASSIGNED:
            closed |= _answered_for(adapter, what)
        case Event.FAILED:
            opened.add(Condition.EVIDENCE_FAILED)
        case Event.PASSED | Event.PASSED_ON_CONDITION | Event.RETRAINED:
            closed |= {Condition.EVIDENCE_FAILED, Condition.EVIDENCE_STALE}
        case _:
            pass
    if line.after in (Stage.WITHDRAWN, Stage.EXPIRED, Stage.ROLLED_BACK, Stage.RETIRED):
        closed |= there
    return tuple(sorted(opened - there)), tuple(sorted(closed & there))


def _answered_for(adapter: Adapter, what: Happening) -> set[Condition]:
    """Another owner ends `orphaned`, another backup `backup_missing`; the same one again does not."""
    before, after = adapter.particulars, _given(what)
    found = set()
    if _is_another(before.owner, before.owner_id, after.owner, after.owner_id):
        found.add(Condition.ORPHANED)
    if after.backup and _is_another(before.backup, before.backup_id, after.backup, after.backup_id):
        found.add(Condition.BACKUP_MISSING)
    return found


def _is_another(before: str | None, before_id: int | None, after: str | None, after_id: int | None) -> bool:
    if before_id is not None and after_id is not None:
        return before_id != after_id
    return (before or "").lower() != (after or "").lower()
