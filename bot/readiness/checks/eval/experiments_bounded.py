"""How many experiments has the team proposed of late?

## Why
An experiment answers two items instead of five, so that nobody has to train in secret. A team that only ever experiments goes
round the other three (house).

## What counts as evidence
The experiments that were reviewed in this repository and the others of the organisation in which the bot is installed, and that
name the same `owner.team` (without one: the same `owner.primary`). Each proposal of a pull request counts once, however often and
with whatever verdict it was reviewed, from the day on which the pull request was opened; later ones do not count against it. The
check is one of `eval` because an experiment answers only `eval` and `behavior`, and a measurement is what it is for. An adapter
(`scope: adapter`) is not asked.

## How to fix
Propose what the experiments have shown to work as an adapter, or wait until the older ones lie outside of the window.
"""

from collections.abc import Iterator
from datetime import timedelta

from bot.readiness.check import Check, Dossier
from bot.readiness.experiment import team_of
from bot.readiness.fact import Known, Unavailable
from bot.readiness.finding import Finding, Item


def run(dossier: Dossier) -> Iterator[Finding]:
    """Count the team's experiments in the window before this one, and this one."""
    if dossier.proposal.scope != "experiment":
        yield CHECK.not_applicable("Only experiments are counted.", at="scope")
        return
    whose = team_of(dossier.proposal)
    if whose is None:
        yield CHECK.failed(
            "The experiment names neither a team nor an owner, and the policy counts experiments by team.",
            at="owner.team",
            fix="Name `owner.team`, or `owner.primary`.",
        )
        return
    team, at = whose
    match dossier.evidence.experiments.get(team):
        case None:
            yield CHECK.not_applicable("Experiments are counted where reviews are kept, and here none are.", at=at)
        case Unavailable() as unavailable:
            yield CHECK.unavailable(unavailable, at=at, what="Earlier experiments could not be counted")
        case Known(value=found, source=source):
            most, days = (int(dossier.policy.number(CHECK.id, name)) for name in ("max_recent", "window_days"))
            first = dossier.opened_on - timedelta(days=days)
            count = 1 + sum(first <= each.on <= dossier.opened_on for each in found)
            if count <= most:
                yield CHECK.passed(f"{count} of {most} experiments of `{team}` in {days} days.", at=at, source=source)
                return
            yield CHECK.failed(
                f"This is experiment {count} of `{team}` in {days} days, and the policy has at most {most}.",
                at=at,
                fix="Propose what the experiments have shown to work with `scope: adapter`, or wait until older ones are "
                f"more than {days} days old.",
                source=source,
            )


CHECK = Check(id="experiments-bounded", item=Item.EVAL, doc=__doc__, run=run)
