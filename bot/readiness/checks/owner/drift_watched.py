"""Does something watch for drift by itself?

## Why
The words of customers move, base models are replaced below an adapter, evals rot (S0). Who looks only when somebody
complains learns of it last (S1).

## What counts as evidence
Under `owner.drift_checks` a link each for `data`, `base_model` and `eval`: to what runs, not to a text about it. The file
must be there, and hold a schedule: a GitHub workflow with `on.schedule`, a CronJob, a pipeline or a DAG with a cron
expression, rules that a monitor evaluates all the time. It runs at least once in 92 days, the longest quarter. The same
file may serve several of them.

Before a launch there is no traffic to watch: `data: {not_applicable: not_launched, why: ...}`, with
`ops_cost.volume.launched: false`.

## How to fix
Add `on: schedule: [{cron: "0 6 * * 1"}]` to the workflow that watches, and link its path.
"""

from collections.abc import Iterator

from bot.readiness import excuse
from bot.readiness.check import NOT_LOOKED_AT, Check, Dossier
from bot.readiness.fact import Known, Source, Unavailable
from bot.readiness.finding import Finding, Item
from bot.readiness.ownership import NEVER, Schedule
from bot.readiness.schema import LinkField

AT = "owner.drift_checks"
_WATCHED = {
    "data": "how production inputs move",
    "base_model": "what the base model does",
    "eval": "how the adapter scores",
}
_FIX = "Link the scheduled workflow that does, like `/.github/workflows/drift.yml`: with `/` a path begins at the root."


def run(dossier: Dossier) -> Iterator[Finding]:
    """Look at each of the three."""
    if dossier.proposal.owner.drift_checks is None:
        yield CHECK.failed(
            f"Nothing watches {', '.join(_WATCHED.values())}.",
            at=AT,
            fix="Add `owner.drift_checks: {data, base_model, eval}`, each with the path of what runs on a schedule.",
        )
        return
    for name, what in _WATCHED.items():
        yield _one(dossier, f"{AT}.{name}", what)


def _one(dossier: Dossier, at: str, what: str) -> Finding:
    match excuse.judged(dossier.proposal, dossier.policy, at):
        case excuse.Accepted(code=code):
            return CHECK.not_applicable(f"Nothing needs to watch {what}: `{code}`.", at=at)
        case excuse.Refused(message=message, fix=fix):
            return CHECK.failed(message, at=at, fix=fix)
        case None:
            pass
    linked = getattr(dossier.proposal.owner.drift_checks, at.rpartition(".")[2])
    if not isinstance(linked, LinkField):
        return CHECK.failed(f"Nothing watches {what}.", at=at, fix=_FIX)
    match dossier.evidence.schedules.get(at):
        case None:
            return CHECK.unverified(f"Whether something watches {what} was not looked at.", at=at, fix=NOT_LOOKED_AT)
        case Unavailable() as trouble:
            return CHECK.unavailable(trouble, at=at, what=f"`{linked.uri}` does not show that something watches {what}")
        case Known(schedule, source):
            return _judge(dossier, at, what, schedule, source)


def _judge(dossier: Dossier, at: str, what: str, schedule: Schedule, source: Source) -> Finding:
    most = int(dossier.policy.number(CHECK.id, "days"))
    when = ", ".join(f"`{expression}`" for expression in schedule.expressions[:3]) or "all the time"
    if schedule.longest_gap > most:
        never = schedule.longest_gap >= NEVER
        gap = "that is less than twice in four years, if ever" if never else f"up to {schedule.longest_gap} days go by"
        return CHECK.failed(
            f"{what[0].upper()}{what[1:]} is looked at by {when}: {gap}; the policy asks for {most} days at most.",
            at=at,
            fix='Run it more often, like `cron: "0 6 * * 1"` (each Monday).',
            source=source,
        )
    return CHECK.passed(f"{source.uri} watches {what}: {when}.", at=at, source=source)


CHECK = Check(id="drift-watched", item=Item.OWNER, doc=__doc__, run=run)
