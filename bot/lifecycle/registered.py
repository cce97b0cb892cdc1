"""What does a verdict on a revalidation need to know of an adapter? Its registration, its open cycle, and the deadline after it."""

from datetime import date

from bot.lifecycle.adapter import Adapter
from bot.lifecycle.conditions import Condition
from bot.lifecycle.dates import next_due
from bot.readiness.period import length
from bot.readiness.registered import OpenCycle, Registered


def as_registered(adapter: Adapter, on: date) -> Registered:
    """Put an adapter into the words of a verdict; its next deadline is the one that follows a pass on that day."""
    known = adapter.particulars
    return Registered(
        name=known.name,
        stage=adapter.stage.value,
        repository=known.repository,
        owner=known.owner,
        every=known.every,
        path=known.path,
        backup=known.backup,
        artifact=adapter.artifact,
        digest=adapter.digest,
        owner_left=any(opened.condition is Condition.ORPHANED for opened in adapter.conditions),
        cycle=_cycle(adapter, on),
    )


def _cycle(adapter: Adapter, on: date) -> OpenCycle | None:
    cycle = adapter.cycle
    if cycle is None:
        return None
    following = cycle.due_on
    if adapter.anchor is not None:
        _, following = next_due(adapter.anchor, cycle.grid_on, on, length(adapter.particulars.every))
    return OpenCycle(cycle.number, cycle.opened_on, cycle.due_on, following)
