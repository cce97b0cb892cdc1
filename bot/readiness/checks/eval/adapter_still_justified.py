"""Is the adapter still needed?

## Why
Prompted models get better and cheaper while an adapter stands still. Where one of them now does what the adapter was trained
for, its upkeep buys nothing: that is no fault of anybody's, and the best end that an adapter can have (house, from S1).

## What counts as evidence
The rows of `eval.baseline`, run again in this cycle with the best model that may be used today, against the bar that was approved.
Still below it: the adapter is needed; within noise is a remark. At the bar or above it: the advice is to retire the adapter,
with the figures. Answers that miss an exact match only by their form count as right; rows without a score make nothing sure.

For the reasons `cost_or_latency` and `distillation` a request to the large prompted model must still exceed `eval.budget`, and
the small prompted model, run again, still miss the bar. A large model that is now within the budget and meets the bar, or a
small one that meets it, ends the adapter.

## How to fix
Retire the adapter: go back to the prompted model by the rollback plan, and take the adapter out of the registry. Whoever keeps
it all the same proposes it anew: with a higher bar and its source, or for the reason `cost_or_latency` with an `eval.budget`.
"""

from collections.abc import Iterator
from dataclasses import replace

from bot.readiness import budget
from bot.readiness.bar import Bar, bar
from bot.readiness.baseline import BASELINE, Measured, is_linked, measure, small_models
from bot.readiness.check import Check, Dossier
from bot.readiness.economics import of
from bot.readiness.finding import Finding, Item, Outcome
from bot.readiness.named_models import life
from bot.readiness.revalidation import OF_REVALIDATIONS
from bot.readiness.schema import COMPRESSION
from bot.readiness.shortfall import Placed, Standing, place, severe, too_many_errors
from bot.readiness.wording import beside, count, money

_RETIRE = "Retire the adapter: go back to the prompted model by the rollback plan"


def run(dossier: Dossier) -> Iterator[Finding]:
    """Hold the prompted models of today against the bar that was approved."""
    measured = measure(CHECK, dossier)
    if isinstance(measured, Finding):
        yield measured
        return
    wanted = bar(CHECK, dossier, measured)
    if isinstance(wanted, Finding):
        yield wanted
    elif dossier.proposal.failure.reason in COMPRESSION:
        yield _too_dear(dossier, measured, wanted)
        for at in small_models(dossier.proposal):
            if is_linked(dossier.proposal, at):
                small = measure(CHECK, dossier, at)
                yield small if isinstance(small, Finding) else _falls_short(dossier, small, wanted)
    else:
        yield _falls_short(dossier, measured, wanted)


def _falls_short(dossier: Dossier, measured: Measured, wanted: Bar) -> Finding:
    unsure = _untested(dossier, measured)
    if unsure is not None:
        return unsure
    placed = place(measured, wanted, float(dossier.policy.number(CHECK.id, "confidence")))
    bound = f"the 95 % bound is {beside(placed.bound, placed.bar.value)}"
    match placed.standing:
        case Standing.SHORT:
            return CHECK.passed(
                f"{placed.seen()} It still falls short: {bound}.", at=measured.at, source=measured.source
            )
        case Standing.WITHIN_NOISE:
            return CHECK.passed(
                f"{placed.seen()} It still falls short.",
                at=measured.at,
                source=measured.source,
                remark=f"Within noise: {bound}; {placed.needs()}. The adapter may soon be needed no more.",
            )
        case Standing.MEETS:
            return _meets(dossier, measured, placed)


def _meets(dossier: Dossier, measured: Measured, placed: Placed) -> Finding:
    if not placed.bar.met_by(placed.value) and not placed.form:
        return CHECK.failed(
            f"Inconclusive: {placed.seen()} {count(placed.errored, 'row')} without a score could lift it to the bar.",
            at=measured.at,
            fix=f"Run it again until all {placed.rows:,} rows have a score.",
            source=measured.source,
            lever="evals",
        )
    how = "meets the bar" if placed.bar.met_by(placed.value) else "meets the bar once its form does not decide"
    return CHECK.failed(
        f"{placed.seen()} It now {how}: the adapter is needed no more. {_figures(dossier)}".rstrip(),
        at=measured.at,
        fix=f"{_RETIRE}. To keep it all the same, propose it anew: with a higher bar and its source, or for its cost.",
        source=measured.source,
        lever="prompt",
        retire=True,
    )


def _too_dear(dossier: Dossier, measured: Measured, wanted: Bar) -> Finding:
    """Judge whether the large prompted model is still too dear or too slow; one that misses the bar takes nobody's place."""
    unsure = _untested(dossier, measured)
    if unsure is not None:
        return unsure
    found = budget.exceeded(CHECK, dossier)
    if found.outcome is not Outcome.FAILED or found.at != "eval.budget" or found.lever != "prompt":
        return replace(found, at=BASELINE) if found.at == "eval.budget" else found  # which stands in the proposal
    value = severe(measured, wanted)
    said = f"{beside(value, wanted.value)} against {wanted.said()}"
    if not wanted.met_by(value):
        return CHECK.passed(
            f"The large prompted model misses the bar ({said}), so its price is no matter.",
            at=BASELINE,
            source=measured.source,
        )
    return CHECK.failed(
        f"{found.message} It meets the bar ({said}): the adapter is needed no more. {_figures(dossier)}".rstrip(),
        at=BASELINE,
        fix=f"{_RETIRE}.",
        source=measured.source,
        lever="prompt",
        retire=True,
    )


def _untested(dossier: Dossier, measured: Measured) -> Finding | None:
    """Say why a run tells nothing: no rows prove its number, or too many errored."""
    at, source = measured.at, measured.source
    if not measured.averages:
        why = "the rows do not average to its number" if measured.metric.items else "no rows are linked"
        return CHECK.unverified(
            f"Of {measured.name} {why}, so it cannot be tested.",
            at=at,
            fix=f"Link the per-sample rows under `{at}.rows`, of a metric that is the mean of its rows.",
            source=source,
            because="eval-readable",
        )
    errors = too_many_errors(measured, float(dossier.policy.number(CHECK.id, "max_error_share")))
    if errors is None:
        return None
    return CHECK.failed(errors, at=at, fix="Mend the run and run it again.", source=source, lever="evals")


def _figures(dossier: Dossier) -> str:
    """Say what going back costs and saves in twelve months, where the amounts are there."""
    cost = dossier.proposal.ops_cost
    computed = of(cost, dossier.policy, life(dossier).days(dossier.opened_on))
    if computed is None:
        return ""
    upkeep = money(computed.ownership12, cost.currency)
    running = (
        f"{money(computed.run12_tuned, cost.currency)} tuned, {money(computed.run12_baseline, cost.currency)} prompted"
    )
    return f"Its upkeep is {upkeep} in 12 months; running costs {running}."


CHECK = Check(id="adapter-still-justified", item=Item.EVAL, doc=__doc__, run=run, asked_at=OF_REVALIDATIONS)
