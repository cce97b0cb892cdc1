"""In which stage is an adapter, and what leads to another one? All transitions stand in one table.

Three things are kept apart, because they hold at once: the stage of an adapter, the cycle in which its next revalidation lies
(how near that is follows from dates), and conditions that are open beside them (`conditions`).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

REGISTER_WITHIN = 90
"""Days in which something must be registered and served after the merge, or the approval expires (notes, house)."""

REMEDY_WITHIN = 14
"""Days to roll back, retrain or retire after a revalidation that failed (notes, house)."""


class Stage(StrEnum):
    """Where an adapter stands; the last four are its ends."""

    PROPOSED = "proposed"
    APPROVED = "approved"
    REGISTERED = "registered"
    SERVING = "serving"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"
    ROLLED_BACK = "rolled_back"
    RETIRED = "retired"


class Event(StrEnum):
    """What can happen to an adapter."""

    PROPOSED = "proposed"
    MERGED = "merged"
    CLOSED = "closed"
    IMPORTED = "imported"
    REGISTERED = "registered"
    SERVED = "served"
    RETRAINED = "retrained"
    PASSED = "passed"
    PASSED_ON_CONDITION = "passed_on_condition"
    FAILED = "failed"
    CALLED = "called"
    PULLED_FORWARD = "pulled_forward"
    STARTED = "started"
    STOPPED = "stopped"
    ACKNOWLEDGED = "acknowledged"
    SNOOZED = "snoozed"
    WAIVED = "waived"
    REASSIGNED = "reassigned"
    LAPSED = "lapsed"
    ROLLED_BACK = "rolled_back"
    RETIRED = "retired"


class Outcome(StrEnum):
    """How a cycle ended."""

    PASSED = "passed"
    PASSED_ON_CONDITION = "passed_on_condition"
    FAILED = "failed"
    SUPERSEDED = "superseded"  # by another version, another cycle, or the adapter's end


class Reason(StrEnum):
    """Why a cycle was opened."""

    REGISTRATION = "registration"  # the merge: it waits for the artifact, and for its serving
    SCHEDULED = "scheduled"
    REMEDY = "remedy"  # the revalidation before it failed
    BASE_RETIRING = "base_retiring"
    DRIFT = "drift"
    INCIDENT = "incident"
    OWNER_CHANGED = "owner_changed"
    POLICY_CHANGED = "policy_changed"
    MANUAL = "manual"


@dataclass(frozen=True, slots=True)
class Transition:
    """One line of the table. `before` None: the adapter is not known yet. `after` is the stage that follows.

    `closes` says how the open cycle ends, `opens` why a new one begins; with `opens_for` the event itself brings the reason.
    `proof` is what is kept as its ground.
    """

    before: Stage | None
    event: Event
    after: Stage
    proof: str
    closes: Outcome | None = None
    opens: Reason | None = None
    opens_for: tuple[Reason, ...] = ()


class Impossible(ValueError):
    """This cannot happen to an adapter in its stage; the message says both."""

    def __init__(self, before: Stage | None, event: Event) -> None:
        super().__init__(f"{event.value} cannot happen to an adapter that is {before.value if before else 'not known'}")
        self.before = before
        self.event = event


_APPROVAL = "merge commit, digest of the proposal, the review and its verdict, policy, who merged"
_EVIDENCE = "the evidence file, its digest, the verdict on it"
_PERSON = "who said so, and why"
_TRIGGERS = (
    Reason.BASE_RETIRING,
    Reason.DRIFT,
    Reason.INCIDENT,
    Reason.OWNER_CHANGED,
    Reason.POLICY_CHANGED,
    Reason.MANUAL,
)
_WAITING = (Stage.APPROVED, Stage.REGISTERED)
_ALIVE = (*_WAITING, Stage.SERVING)
_ENDED = (Stage.WITHDRAWN, Stage.EXPIRED, Stage.ROLLED_BACK, Stage.RETIRED)


def _approvals() -> Iterable[Transition]:
    for before in (None, Stage.PROPOSED, *_ENDED):  # one that has ended may be proposed anew, under its name
        yield Transition(before, Event.MERGED, Stage.APPROVED, _APPROVAL, opens=Reason.REGISTRATION)
    for stage in _ALIVE:  # another approval renews what is known, and leaves stage and cycle alone
        yield Transition(stage, Event.MERGED, stage, _APPROVAL)


def _beside(event: Event, stages: Iterable[Stage], proof: str) -> Iterable[Transition]:
    """What changes no stage."""
    for stage in stages:
        yield Transition(stage, event, stage, proof)


TRANSITIONS: tuple[Transition, ...] = (
    Transition(None, Event.PROPOSED, Stage.PROPOSED, "head commit, digest of the proposal, verdict"),
    Transition(Stage.PROPOSED, Event.CLOSED, Stage.WITHDRAWN, "who closed it"),
    *_approvals(),
    Transition(None, Event.IMPORTED, Stage.SERVING, "the file and its line, who imported it", opens=Reason.SCHEDULED),
    Transition(Stage.APPROVED, Event.REGISTERED, Stage.REGISTERED, "artifact, its digest, its own eval"),
    Transition(Stage.REGISTERED, Event.REGISTERED, Stage.REGISTERED, "artifact, its digest, its own eval"),
    Transition(
        Stage.REGISTERED,
        Event.SERVED,
        Stage.SERVING,
        "who said so, the digest that serves, since when",
        closes=Outcome.SUPERSEDED,
        opens=Reason.SCHEDULED,
    ),
    Transition(
        Stage.APPROVED,
        Event.LAPSED,
        Stage.EXPIRED,
        f"{REGISTER_WITHIN} days without an artifact",
        closes=Outcome.FAILED,
    ),
    Transition(
        Stage.SERVING,
        Event.PASSED,
        Stage.SERVING,
        _EVIDENCE,
        closes=Outcome.PASSED,
        opens=Reason.SCHEDULED,
    ),
    Transition(
        Stage.SERVING,
        Event.PASSED_ON_CONDITION,
        Stage.SERVING,
        _EVIDENCE,
        closes=Outcome.PASSED_ON_CONDITION,
        opens=Reason.SCHEDULED,
    ),
    Transition(Stage.SERVING, Event.FAILED, Stage.SERVING, _EVIDENCE, closes=Outcome.FAILED, opens=Reason.REMEDY),
    Transition(
        Stage.SERVING,
        Event.RETRAINED,
        Stage.SERVING,
        "artifact, its digest, its own eval, since when it serves",
        closes=Outcome.SUPERSEDED,
        opens=Reason.SCHEDULED,
    ),
    Transition(
        Stage.SERVING,
        Event.CALLED,
        Stage.SERVING,
        "what called for it",
        closes=Outcome.SUPERSEDED,
        opens_for=_TRIGGERS,
    ),
    *_beside(Event.PULLED_FORWARD, _ALIVE, "the model's date, and which table says so"),
    *_beside(Event.STARTED, _ALIVE, "the pull request that brings the evidence"),
    *_beside(Event.STOPPED, _ALIVE, "the pull request that was closed"),
    *_beside(Event.ACKNOWLEDGED, _ALIVE, _PERSON),
    *_beside(Event.SNOOZED, _ALIVE, _PERSON),
    *_beside(Event.WAIVED, (Stage.SERVING,), "the lead, the reason, until when"),
    *_beside(Event.REASSIGNED, _ALIVE, "who said so, owner before and after"),
    Transition(Stage.SERVING, Event.ROLLED_BACK, Stage.ROLLED_BACK, f"{_PERSON}; to what", closes=Outcome.SUPERSEDED),
    *(Transition(stage, Event.RETIRED, Stage.RETIRED, _PERSON, closes=Outcome.SUPERSEDED) for stage in _ALIVE),
)
"""Whatever can happen. A pair of stage and event that is not here cannot."""

_BY_PAIR = {(line.before, line.event): line for line in TRANSITIONS}


def move(before: Stage | None, event: Event, reason: Reason | None = None) -> Transition:
    """Look up what an event does to an adapter in a stage; raises Impossible.

    `reason` says why a cycle is called for: needed by `Event.CALLED`, and of no other event.
    """
    line = _BY_PAIR.get((before, event))
    if line is None or (reason is None) is not (not line.opens_for) or (reason and reason not in line.opens_for):
        raise Impossible(before, event)
    return line


def is_alive(stage: Stage) -> bool:
    """Say whether an adapter in a stage has an open cycle."""
    return stage in _ALIVE
