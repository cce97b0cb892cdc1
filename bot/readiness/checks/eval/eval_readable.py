"""Can the eval run be read, and do its rows prove its numbers?

## Why
Without a written eval nobody can tell whether training helped (S1). A number without the rows behind it is a claim.

## What counts as evidence
The artifact and the per-sample rows of `eval.baseline`, fetched at the pull request's head commit and recognised by
their content. The run is complete, was not cut short by a limit, and no mock model answered. The value and N are
computed anew from the rows; an exact match is scored anew from answer and target where the rows hold both.

## How to fix
Run the eval once more without a limit, log the samples (`--log_samples` in lm-evaluation-harness), commit both files,
and link them as `artifact` and `rows`.
"""

from collections.abc import Iterator

from bot.readiness.baseline import Measured, measure, share
from bot.readiness.check import Check, Dossier
from bot.readiness.finding import Finding, Item
from bot.readiness.rescore import contradictions

TOLERANCE = 5e-5  # artifacts round to four places


def run(dossier: Dossier) -> Iterator[Finding]:
    """Read the baseline's run and compare its numbers with its rows."""
    measured = measure(CHECK, dossier)
    if isinstance(measured, Finding):
        yield measured
        return
    report, source, metric = measured.report.value, measured.report.source, measured.metric
    faults = list(_faults(measured))
    for message, fix in faults:
        yield CHECK.failed(message, at="eval.baseline", fix=fix, source=source, lever="evals")
    if faults:
        return
    proven = f"{report.format}: {metric.name} = {share(metric.value or 0)} over {metric.n} items"
    if report.has_rows:
        proven += ", which its rows prove"
    yield CHECK.passed(f"{proven}.", at="eval.baseline", source=source, remark="; ".join(report.warnings) or None)


def _faults(measured: Measured) -> Iterator[tuple[str, str]]:
    report, metric = measured.report.value, measured.metric
    if report.status not in ("complete", "unknown"):
        yield f"The eval run is {report.status}, not complete.", "Run it to its end."
    if report.mock:
        yield "A mock model answered in this run.", "Run the eval with the model that you would otherwise ship."
    if report.limit is not None:
        yield f"The run was cut to {report.limit:g} items by a limit.", "Run the whole eval, without a limit."
    if report.rows_note:
        yield f"The rows do not prove the number: {report.rows_note}.", "Link the rows of this very run, unedited."
    if metric.value is None:
        yield "The metric has no number in this run.", "Look into the run: it may have failed."
        return
    if metric.items and metric.recomputed is not None and abs(metric.recomputed - metric.value) > TOLERANCE:
        yield (
            f"The artifact says {share(metric.value)}, its rows give {share(metric.recomputed)}.",
            "Link artifact and rows of one and the same run, unedited.",
        )
    counted = len(measured.scored)
    if metric.items and metric.n is not None and metric.n not in (counted, len(metric.items)):
        yield f"The artifact says N = {metric.n}, its rows hold {counted} scored items.", "Link all rows of the run."
    wrong = contradictions(metric)
    if wrong:
        named = ", ".join(item.native_id for item in wrong[:5])
        yield (
            f"Scored anew from answer and target, {len(wrong)} of {counted} rows differ from their score (rows {named}).",
            "Link the rows as the tool wrote them.",
        )


CHECK = Check(id="eval-readable", item=Item.EVAL, doc=__doc__, run=run)
