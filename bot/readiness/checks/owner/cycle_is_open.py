"""Is this the revalidation that is due?

## Why
A revalidation ends one cycle of one adapter that serves. Evidence for a cycle that ended long ago, or for an adapter that
nobody uses any more, tells nothing about what answers people today (house).

## What counts as evidence
The registry: the adapter serves, its open cycle is the one that the file names, and `proposal` is the one with which it was
approved. A deadline that has passed is a remark: late evidence still ends the cycle.

## How to fix
Name the cycle that is open: the adapter's issue and `tunegate adapters show NAME` say which. An adapter that is not registered
yet is proposed first; one that does not serve has nothing to revalidate.
"""

from collections.abc import Iterator

from bot.readiness.check import Check, Dossier
from bot.readiness.fact import Unavailable
from bot.readiness.finding import Finding, Item
from bot.readiness.registered import Registered
from bot.readiness.revalidation import OF_REVALIDATIONS
from bot.readiness.wording import count


def run(dossier: Dossier) -> Iterator[Finding]:
    """Hold the file against the registry."""
    again = dossier.revalidation
    if again is None:
        yield CHECK.not_applicable("Nothing is revalidated here.", at="")
    elif isinstance(again.registered, Unavailable):
        yield CHECK.unavailable(again.registered, at="adapter", what="The adapter was not found in the registry")
    else:
        yield _judge(dossier, again.registered.value)


def _judge(dossier: Dossier, adapter: Registered) -> Finding:
    again = dossier.revalidation
    number = again.own.cycle if again else None
    if not adapter.serves or adapter.cycle is None:
        return CHECK.failed(
            f"`{adapter.name}` is {adapter.stage.replace('_', ' ')} by the registry: only what serves is revalidated.",
            at="adapter",
            fix="Register what serves first; of what serves no more, remove this file.",
        )
    if number != adapter.cycle.number:
        named = "no cycle" if number is None else f"cycle {number}"
        return CHECK.failed(
            f"The file is of {named}; open is cycle {adapter.cycle.number}, due on {adapter.cycle.due_on}.",
            at="cycle",
            fix=f"Write `cycle: {adapter.cycle.number}` and call the file `{adapter.cycle.number}.yaml`. "
            "What a former cycle said stays as it is.",
        )
    late = (dossier.opened_on - adapter.cycle.due_on).days
    return CHECK.passed(
        f"Cycle {adapter.cycle.number} is open since {adapter.cycle.opened_on} and due on {adapter.cycle.due_on}.",
        at="cycle",
        remark=f"The pull request was opened {count(late, 'day')} after the deadline." if late > 0 else None,
        stated=True,
    )


CHECK = Check(id="cycle-is-open", item=Item.OWNER, doc=__doc__, run=run, asked_at=OF_REVALIDATIONS)
