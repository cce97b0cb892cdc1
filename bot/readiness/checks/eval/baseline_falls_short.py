"""Does prompt + retrieval fall short of the bar?

## Why
If the prompted model already passes, there is nothing to train (S1). For cost, latency and distillation it is the other
way round: the large prompted model is good enough but too dear or too slow, and the small one is not good enough.

## What counts as evidence
The rows of `eval.baseline`. Errored and unscored rows count as right, and answers that miss an exact match only by their
form count as right too: what still falls short then, falls short. Repetitions of an item count once. For proportions the
one-sided 95 % Wilson bound must be below the bar; other metrics are bootstrapped. More than 5 % errors: the run tells
nothing, run it again.

For the reasons `cost_or_latency` and `distillation`: `eval.baseline` meets the bar with its errored rows counted as wrong, a
request costs more than `eval.budget` allows and the tuned one does not (its hosting counted in), and `eval.untuned` and
`tried.small_prompted`, whichever is linked, fall short. A teacher, where there is one, meets the bar.

## How to fix
At or above the bar: ship the prompted model. Within noise: enlarge the held-out set to the N named, or link where the bar
comes from (`eval.threshold_source`).
"""

from collections.abc import Iterator

from bot.readiness import budget, compression
from bot.readiness.bar import Bar, bar
from bot.readiness.baseline import BASELINE, NAMES, Measured, distils, measure, small_models
from bot.readiness.check import Check, Dossier
from bot.readiness.fact import Known, Unavailable
from bot.readiness.finding import Finding, Item
from bot.readiness.schema import COMPRESSION
from bot.readiness.shortfall import Placed, Standing, place, too_many_errors
from bot.readiness.wording import beside, count


def run(dossier: Dossier) -> Iterator[Finding]:
    """Hold the baseline against the bar; for cost, latency and distillation, the small model and the teacher too."""
    measured = measure(CHECK, dossier)
    if isinstance(measured, Finding):
        yield measured
        return
    wanted = bar(CHECK, dossier, measured)
    if isinstance(wanted, Finding):
        yield wanted
        return
    if dossier.proposal.failure.reason in COMPRESSION:
        yield compression.meets_the_bar(CHECK, dossier, measured, wanted)
        yield budget.exceeded(CHECK, dossier)
        for at in small_models(dossier.proposal):
            small = measure(CHECK, dossier, at)
            yield small if isinstance(small, Finding) else _falls_short(dossier, small, wanted)
    else:
        yield _falls_short(dossier, measured, wanted)
    if distils(dossier.proposal):
        yield from compression.teacher(CHECK, dossier, measured, wanted)


def _falls_short(dossier: Dossier, measured: Measured, wanted: Bar) -> Finding:
    if not measured.averages:
        return _aggregate(measured, wanted)
    errors = too_many_errors(measured, float(dossier.policy.number(CHECK.id, "max_error_share")))
    if errors:
        return CHECK.failed(
            errors, at=measured.at, fix="Mend the run and run it again.", source=measured.source, lever="evals"
        )
    placed = place(measured, wanted, float(dossier.policy.number(CHECK.id, "confidence")))
    match placed.standing:
        case Standing.SHORT:
            message = f"{placed.seen()} It falls short: the 95 % bound is {beside(placed.bound, placed.bar.value)}."
            return CHECK.passed(message, at=measured.at, source=measured.source)
        case Standing.MEETS:
            return _meets(measured, placed)
        case Standing.WITHIN_NOISE:
            return _noise(dossier, measured, placed)


def _meets(measured: Measured, placed: Placed) -> Finding:
    """Tell what meets the bar as it is from what may meet it: errors are to be run again, the form is to be parsed."""
    at, source, ship = measured.at, measured.source, _ship(measured)
    if placed.bar.met_by(placed.value):  # by the scores as they are
        return CHECK.failed(
            f"{placed.seen()} It meets the bar: no fine-tune is needed.",
            at=at,
            fix=f"{ship}, or raise the bar with a source for it.",
            source=source,
            lever="prompt",
        )
    if placed.form:
        return CHECK.failed(
            f"{placed.seen()} It meets the bar once case, blanks and punctuation do not decide.",
            at=at,
            fix=f"Read its answers tolerantly, or constrain their form. {ship}.",
            source=source,
            lever="prompt",
        )
    return CHECK.failed(
        f"Inconclusive: {placed.seen()} {count(placed.errored, 'row')} without a score could lift it to the bar.",
        at=at,
        fix=f"Run the eval again until all {placed.rows:,} rows have a score.",
        source=source,
        lever="evals",
    )


def _noise(dossier: Dossier, measured: Measured, placed: Placed) -> Finding:
    fact = dossier.evidence.texts.get("eval.threshold_source")
    if dossier.proposal.eval.threshold_source is not None and isinstance(fact, Unavailable):
        return CHECK.unavailable(
            fact, at="eval.threshold_source", what="Within noise; and the source of the bar could not be read"
        )
    if dossier.proposal.eval.threshold_source is not None and isinstance(fact, Known) and fact.source.size != 0:
        remark = f"Within noise: the 95 % bound is {beside(placed.bound, placed.bar.value)}; the bar counts because it has a source."
        return CHECK.passed(f"{placed.seen()} It falls short.", at=measured.at, source=measured.source, remark=remark)
    return CHECK.failed(
        f"Inconclusive: {placed.seen()} The 95 % bound is {beside(placed.bound, placed.bar.value)}, so this may be luck; {placed.needs()}.",
        at=measured.at,
        fix="Enlarge the held-out set, or link where the bar comes from under `eval.threshold_source`.",
        source=measured.source,
        lever="evals",
    )


def _aggregate(measured: Measured, wanted: Bar) -> Finding:
    """Judge a number that no rows can be tested for."""
    value, at, source = measured.metric.value, measured.at, measured.source
    if value is not None and wanted.met_by(value):
        return CHECK.failed(
            f"Of {NAMES[at]} the artifact says {beside(value, wanted.value)}, the bar is {wanted.said()}: it does not fall short.",
            at=at,
            fix=f"{_ship(measured)}, or link a run that falls short, with its rows.",
            source=source,
            lever="prompt",
        )
    why = "the rows do not average to it" if measured.metric.items else "no rows are linked"
    said = "nothing" if value is None else beside(value, wanted.value)
    return CHECK.unverified(
        f"Of {NAMES[at]} the artifact says {said}, the bar is {wanted.said()}; {why}, so it cannot be tested.",
        at=at,
        fix=f"Link the per-sample rows under `{at}.rows`, of a metric that is the mean of its rows.",
        source=source,
        because="eval-readable",
    )


def _ship(measured: Measured) -> str:
    return "Ship the prompted model" if measured.at == BASELINE else "Use the small prompted model"


CHECK = Check(id="baseline-falls-short", item=Item.EVAL, doc=__doc__, run=run)
