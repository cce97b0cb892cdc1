"""Are the criteria for passing written down: metric, direction, bar?

## Why
A bar that is not written before training is moved after it (S1). Without it nobody can say that a checkpoint is better.

## What counts as evidence
`eval.metric` with name and direction, and `eval.threshold`. The metric is in the artifact. Where the artifact says which
way is better, or the metric's name leaves no doubt (accuracy, loss), the proposal agrees. The bar lies on the scale of the
rows' scores, and not above the share of right labels that a second person found (`label_audit` of the held-out set, else of
the training data): a model cannot agree with labels more than people do.

## How to fix
Write metric, direction and threshold into the proposal, before the first training run.
"""

from collections.abc import Iterator

from bot.readiness import label_audit
from bot.readiness.bar import Bar, known_direction
from bot.readiness.baseline import Measured, measure
from bot.readiness.check import Check, Dossier
from bot.readiness.finding import Finding, Item
from bot.readiness.revalidation import EVERY
from bot.readiness.schema import Proposal
from bot.readiness.wording import share


def run(dossier: Dossier) -> Iterator[Finding]:
    """Ask for metric, direction and bar, and compare them with the artifact."""
    wanted, threshold = dossier.proposal.eval.metric, dossier.proposal.eval.threshold
    gaps = list(_gaps(dossier.proposal))
    for at, what, fix in gaps:
        yield CHECK.failed(f"The proposal does not say {what}.", at=at, fix=fix, lever="evals")
    if gaps or wanted is None or threshold is None:
        return
    measured = measure(CHECK, dossier)
    if isinstance(measured, Finding):
        yield measured
        return
    bar = Bar(float(threshold), wanted.direction == "higher")
    faults = [f for f in (_direction(measured, bar), _scale(measured, bar), _labels(dossier, measured, bar)) if f]
    yield from faults
    if not faults:
        way = "higher" if bar.higher else "lower"
        yield CHECK.passed(
            f"{measured.metric.name}, {way} is better, the bar is {bar.said()}.",
            at="eval.metric",
            source=measured.source,
            remark=_perfect(measured, bar),
        )


def _gaps(proposal: Proposal) -> Iterator[tuple[str, str, str]]:
    wanted, threshold = proposal.eval.metric, proposal.eval.threshold
    if wanted is None or wanted.name is None:
        yield "eval.metric.name", "which metric counts", "Add `metric: {task, name, variant, direction}` under `eval`."
    elif wanted.direction is None:
        fix = "Add `direction: higher` (or `lower`) to `eval.metric`."
        yield "eval.metric.direction", "which way the metric is better", fix
    if threshold is None:
        fix = "Add `eval.threshold`: the value that would be good enough."
        yield "eval.threshold", "from which value on the eval is passed", fix


def _direction(measured: Measured, bar: Bar) -> Finding | None:
    known = known_direction(measured)
    if known is None or (known[0] == "higher") == bar.higher:
        return None
    right, whence = known
    return CHECK.failed(
        f"The proposal says that {'higher' if bar.higher else 'lower'} is better, but {whence} {right.value} ({measured.metric.name}).",
        at="eval.metric.direction",
        fix=f"Write `direction: {right.value}`, or name the metric that you mean.",
        source=measured.source,
        lever="evals",
    )


def _scale(measured: Measured, bar: Bar) -> Finding | None:
    """Find a bar like 92 beside scores from 0 to 1: every run would fall short of it, the tuned one too."""
    scores = [item.score for item in measured.scored if item.score is not None]
    if (
        not scores
        or not all(0 <= score <= 1 for score in scores)
        or not (bar.value > 1 if bar.higher else bar.value < 0)
    ):
        return None
    hint = f" Write {share(bar.value / 100)}, if percent were meant." if 1 < bar.value <= 100 else ""
    return CHECK.failed(
        f"The bar is {bar.said()}, but every row's score lies between 0 and 1: no run could reach it.",
        at="eval.threshold",
        fix=f"Write the bar on the scale of the scores.{hint}",
        source=measured.source,
        lever="evals",
    )


def _labels(dossier: Dossier, measured: Measured, bar: Bar) -> Finding | None:
    audit = label_audit.known(dossier) if measured.binary and bar.higher else None
    if audit is None or bar.value <= audit.share_right:
        return None
    return CHECK.failed(
        f"The bar is {bar.said()}, but a second person found {audit.right:,} of {audit.right + audit.wrong:,} labels right "
        f"({share(audit.share_right)}): no model can be shown to be better than its labels.",
        at="eval.threshold",
        fix="Correct the labels and audit them again, or lower the bar.",
        source=audit.source,
        lever="evals",
    )


def _perfect(measured: Measured, bar: Bar) -> str | None:
    scores = [item.score for item in measured.scored if item.score is not None]
    if scores and not any(bar.met_by(score) for score in scores):
        return "Not one row of the run reaches the bar: is it on the scale of the scores?"
    if measured.binary and bar.higher and bar.value == 1:
        return "A bar of 1 asks for not one mistake: hardly any labels are so free of errors."
    return None


CHECK = Check(id="pass-criteria-written", item=Item.EVAL, doc=__doc__, run=run, asked_at=EVERY)
