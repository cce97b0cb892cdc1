"""Does the gain hold when things turn out less well?

## Why
Volumes are hoped for, prices of tuned models are guessed, and ownership costs three to five times the training (S1). A gain
that half the traffic turns into a loss is a bet.

## What counts as evidence
The arithmetic of `gain-justifies-cost`, redone three times, each alone: with half the volume, with twice the tuned model's
running cost, with ownership of five times the training cost. The sign of the net of twelve months stays the same; what
evidence says that a gain is worth besides is counted in. The volume at which it breaks even is told.

## How to fix
Have a reserve: start where the volume is largest, or choose a way of serving whose cost falls with the traffic.
"""

from collections.abc import Iterator
from decimal import Decimal

from bot.readiness import worth
from bot.readiness.check import Check, Dossier
from bot.readiness.economics import of, strained
from bot.readiness.finding import Finding, Item
from bot.readiness.named_models import life
from bot.readiness.wording import a_day, money
from bot.readiness.worth import Worth

_SAID = {
    "volume": "{} x the volume",
    "tuned_cost": "{} x the tuned model's running cost",
    "training_multiplier": "ownership of {} x the training cost",
}


def run(dossier: Dossier) -> Iterator[Finding]:
    """Look whether a loss comes of the gain."""
    cost = dossier.proposal.ops_cost
    left = life(dossier).days(dossier.opened_on)
    computed = of(cost, dossier.policy, left)
    if computed is None:
        yield CHECK.not_applicable("There is nothing to redo: amounts are missing.", at="ops_cost")
        return
    value12 = _value12(dossier)
    if computed.net12 + value12 < 0:
        yield CHECK.not_applicable(
            "As stated it saves nothing that could be lost; see gain-justifies-cost.", at="ops_cost"
        )
        return
    redone = {
        _SAID[name].format(f"{dossier.policy.number(CHECK.id, name):f}"): each.net12 + value12
        for name, each in strained(cost, dossier.policy, left).items()
    }
    listed = "; ".join(f"{money(net, cost.currency)} with {said}" for said, net in redone.items())
    even = computed.break_even_per_day
    breaks = f" It breaks even at {a_day(even)}." if even is not None else ""
    lost = [said for said, net in redone.items() if net < 0]
    seen = f"Of {money(computed.net12 + value12, cost.currency)} in 12 months are left: {listed}.{breaks}"
    if lost:
        yield CHECK.failed(
            f"The gain is fragile: it becomes a loss with {' and with '.join(lost)}. {seen}",
            at="ops_cost",
            fix="Have a reserve in volume or price, or be ready to roll back to the prompted model.",
        )
    else:
        yield CHECK.passed(seen, at="ops_cost")


def _value12(dossier: Dossier) -> Decimal:
    benefit = dossier.proposal.ops_cost.benefit
    found = worth.value(CHECK, dossier) if benefit is not None and benefit.kind != "cost" else None
    return found.counted12 if isinstance(found, Worth) else Decimal(0)


CHECK = Check(id="estimate-robust", item=Item.COST, doc=__doc__, run=run)
