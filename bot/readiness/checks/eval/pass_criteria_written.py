"""Are the criteria for passing written down: metric, direction, bar?

## Why
A bar that is not written before training is moved after it (S1). Without it nobody can say that a checkpoint is better.

## What counts as evidence
`eval.metric` with name and direction, and `eval.threshold`. The metric is in the artifact, and where the artifact itself
says which way is better, both agree.

## How to fix
Write metric, direction and threshold into the proposal, before the first training run.
"""

from collections.abc import Iterator

from bot.readiness.baseline import Measured, measure, share
from bot.readiness.check import Check, Dossier
from bot.readiness.finding import Finding, Item


def run(dossier: Dossier) -> Iterator[Finding]:
    """Ask for metric, direction and bar, and compare them with the artifact."""
    wanted, bar = dossier.proposal.eval.metric, dossier.proposal.eval.threshold
    missing = [
        ("eval.metric", "which metric counts", "Add `metric: {task, name, variant, direction}`.")
        if wanted is None or wanted.name is None
        else None,
        ("eval.metric", "which way the metric is better", "Add `direction: higher` (or lower) to `eval.metric`.")
        if wanted is not None and wanted.name is not None and wanted.direction is None
        else None,
        (
            "eval.threshold",
            "from which value on the eval is passed",
            "Add `threshold`: the value that would be good enough.",
        )
        if bar is None
        else None,
    ]
    gaps = [gap for gap in missing if gap is not None]
    for at, what, fix in gaps:
        yield CHECK.failed(f"The proposal does not say {what}.", at=at, fix=fix, lever="evals")
    if gaps or wanted is None or bar is None:
        return
    measured = measure(CHECK, dossier)
    if isinstance(measured, Finding):
        yield measured
        return
    yield _compare(measured, wanted.direction or "", share(bar))


def _compare(measured: Measured, direction: str, bar: str) -> Finding:
    metric, source = measured.metric, measured.report.source
    if metric.direction is not None and metric.direction.value != direction:
        return CHECK.failed(
            f"The proposal says that {direction} is better, the artifact says {metric.direction.value}.",
            at="eval.metric.direction",
            fix=f"Write `direction: {metric.direction.value}`, or name the metric that you mean.",
            source=source,
        )
    return CHECK.passed(f"{metric.name}, {direction} is better, the bar is {bar}.", at="eval.metric", source=source)


CHECK = Check(id="pass-criteria-written", item=Item.EVAL, doc=__doc__, run=run)
