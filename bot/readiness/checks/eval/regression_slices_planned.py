"""Is it planned to see what the adapter forgets?

## Why
A model that learns one task may lose others (S1). Without a slice of general ability, measured before, nobody sees it.

## What counts as evidence
At least one slice under `eval.regression`: a general task, not the eval's own items, with a run of today's model, its rows,
and a metric whose better direction is known. The number of rows that would show the greatest loss allowed is printed now,
while it can still be planned for; below 100 rows a slice shows nothing, which is remarked. A closed set of answers behind a
router needs none: write `{not_applicable: closed_set_behind_router, why: ...}`.

## How to fix
Run a public benchmark, or your own general questions, with the model to be tuned; link artifact and rows under
`eval.regression[0].baseline`.
"""

from collections.abc import Iterator

from bot.readiness import excuse
from bot.readiness.baseline import BASELINE, Measured, measure, name_of, slices
from bot.readiness.check import Check, Dossier
from bot.readiness.fact import Known
from bot.readiness.finding import Finding, Item
from bot.readiness.regression import FIELD, Limits, higher_is_better
from bot.readiness.wording import count, percent


def run(dossier: Dossier) -> Iterator[Finding]:
    """Look at the run of each slice as it is before tuning."""
    limits = Limits.of(dossier)
    match excuse.judged(dossier.proposal, dossier.policy, FIELD):
        case excuse.Accepted(code=code):
            yield CHECK.not_applicable(f"No slice is needed: `{code}`.", at=FIELD)
            return
        case excuse.Refused(message=message, fix=fix):
            yield CHECK.failed(message, at=FIELD, fix=fix, lever="evals")
            return
        case None:
            pass
    if not slices(dossier.proposal):
        yield CHECK.failed(
            f"No slice shows what the adapter forgets. {limits.needed()}",
            at=FIELD,
            fix="List a general task: `[{name, baseline: {artifact, rows}, metric}]`, run with the model to be tuned.",
            lever="evals",
        )
    for number in range(len(slices(dossier.proposal))):
        measured = measure(CHECK, dossier, f"{FIELD}[{number}].baseline")
        yield measured if isinstance(measured, Finding) else _judge(dossier, measured, number, limits)


def _judge(dossier: Dossier, measured: Measured, number: int, limits: Limits) -> Finding:
    at, source = measured.at, measured.source
    if not measured.metric.items:
        return CHECK.unverified(
            f"No rows of {measured.name} are linked: a loss could not be tested item by item.",
            at=at,
            fix=f"Link the per-sample rows under `{at}.rows`.",
            source=source,
            because="eval-readable",
        )
    higher = higher_is_better(dossier.proposal, measured)
    if isinstance(higher, str):
        fix = f"Write `direction: higher` (or `lower`) under `{FIELD}[{number}].metric`."
        return CHECK.failed(higher, at=f"{FIELD}[{number}].metric.direction", fix=fix, source=source, lever="evals")
    items = {item.key for item in measured.metric.items}
    same = len(items & _of_the_eval(dossier)) / len(items)
    if same > float(dossier.policy.number(CHECK.id, "max_overlap")):
        return CHECK.failed(
            f"{percent(round(same, 3))} of the items of regression slice {number + 1} are the eval's own: they show the task, not what is forgotten.",
            at=at,
            fix="Link a run over a general task that the adapter is not tuned for.",
            source=source,
            lever="evals",
        )
    way = "higher" if higher else "lower"
    seen = f"Regression slice {number + 1} holds {count(len(items), 'item')}, {name_of(measured.metric)}, {way} is better. {limits.needed()}"
    few = f"Fewer than {limits.min_rows} items: a loss would not be shown." if len(items) < limits.min_rows else None
    return CHECK.passed(seen, at=at, source=source, remark=few)


def _of_the_eval(dossier: Dossier) -> set[str]:
    fact = dossier.evidence.evals.get(BASELINE)
    return {item.key for metric in fact.value.metrics for item in metric.items} if isinstance(fact, Known) else set()


CHECK = Check(id="regression-slices-planned", item=Item.EVAL, doc=__doc__, run=run)
