"""Were the runs made in this cycle?

## Why
A revalidation asks what holds today. The runs of the approval, linked once more, would pass for ever (house).

## What counts as evidence
The time in the artifact of each run that the file links: the tuned one, the prompted baseline, the small prompted model, the
regression slices. None is older than the day on which the cycle was opened. For `cost_or_latency` and `distillation` a small
prompted model is among them: `tried.small_prompted` or `eval.untuned`.

## How to fix
Run them again, with today's prompt and the best model that you may use today, and link those runs.
"""

from collections.abc import Iterator
from datetime import date, timedelta

from bot.readiness.baseline import BASELINE, CANDIDATE, UNTUNED, called, is_linked, slices
from bot.readiness.changes import ran_at
from bot.readiness.check import Check, Dossier
from bot.readiness.fact import Known, Unavailable
from bot.readiness.finding import Finding, Item, Outcome
from bot.readiness.revalidation import OF_REVALIDATIONS, Revalidating
from bot.readiness.schema import COMPRESSION
from bot.readiness.wording import count

SMALL = "tried.small_prompted"


def run(dossier: Dossier) -> Iterator[Finding]:
    """Hold the time of each run against the cycle."""
    again = dossier.revalidation
    if again is None:
        yield CHECK.not_applicable("Nothing is revalidated here.", at="")
        return
    if isinstance(again.registered, Unavailable):
        message = "Since when the cycle is open could not be looked up"
        yield CHECK.unavailable(again.registered, at="cycle", what=message, because="cycle-is-open")
        return
    if again.cycle is None:
        yield CHECK.failed(
            "No cycle is open, so no run can be of it.",
            at="cycle",
            fix="Register what serves first.",
            because="cycle-is-open",
        )
        return
    linked = [at for at in _brought(dossier, again) if is_linked(dossier.proposal, at)]
    found = [finding for at in linked if (finding := _judge(dossier, at, again.cycle.opened_on)) is not None]
    found += _lacking(dossier, linked)
    yield from found
    if linked and not any(finding.outcome is not Outcome.PASSED for finding in found):
        reports = [known for at in linked if isinstance(known := dossier.evidence.evals.get(at), Known)]
        weakest = max((known.source for known in reports), key=lambda source: source.grade, default=None)
        seen = f"{count(len(linked), 'run')} of this cycle, which is open since {again.cycle.opened_on}."
        yield CHECK.passed(seen, at="eval", source=weakest)


def _brought(dossier: Dossier, again: Revalidating) -> Iterator[str]:
    """List the runs that the file itself brings, in the order of its fields."""
    yield from (CANDIDATE, BASELINE)
    if again.own.eval.untuned is not None:
        yield UNTUNED
    yield SMALL
    for number, planned in enumerate(slices(dossier.proposal)):
        yield f"eval.regression[{number}].candidate"
        brought = {each.name for each in again.own.eval.regression or () if each.baseline is not None}
        if planned.name in brought:
            yield f"eval.regression[{number}].baseline"


def _judge(dossier: Dossier, at: str, opened_on: date) -> Finding | None:
    report = dossier.evidence.evals.get(at)
    if not isinstance(report, Known):
        return None  # told where the run is read
    ran = ran_at(report.value)
    name = called(at)
    if ran is None:
        return CHECK.unverified(
            f"The artifact of {name} does not say when it ran.",
            at=at,
            fix="Link an artifact with its time, as the eval tool wrote it.",
            source=report.source,
        )
    ahead = timedelta(days=int(dossier.policy.number(CHECK.id, "days_after_opening")))
    if ran.date() < opened_on:
        return CHECK.failed(
            f"{name[:1].upper()}{name[1:]} ran on {ran:%Y-%m-%d}, before this cycle was opened on {opened_on}.",
            at=at,
            fix="Run it again and link that run.",
            source=report.source,
            lever="evals",
        )
    if ran.date() > dossier.opened_on + ahead:
        return CHECK.failed(
            f"The artifact of {name} is dated {ran:%Y-%m-%d}, long after the pull request was opened.",
            at=at,
            fix="If its clock was wrong, run it again; if the pull request is so old, open a new one.",
            source=report.source,
            lever="evals",
        )
    return None


def _lacking(dossier: Dossier, linked: list[str]) -> Iterator[Finding]:
    if dossier.proposal.failure.reason in COMPRESSION and not {UNTUNED, SMALL} & set(linked):
        yield CHECK.failed(
            "No small prompted model was run again: it may be good enough by now.",
            at=SMALL,
            fix=f"Run the best small model that you may use with your prompt; link it under `{SMALL}`.",
            lever="prompt",
        )


CHECK = Check(id="runs-are-of-this-cycle", item=Item.EVAL, doc=__doc__, run=run, asked_at=OF_REVALIDATIONS)
