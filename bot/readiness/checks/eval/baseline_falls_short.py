"""Does prompt + retrieval fall short of the bar?

## Why
If the prompted model already passes, there is nothing to train (S1). For cost, latency and distillation it is the other
way round: the large prompted model is good enough but too dear or too slow, and the small one is not good enough.

## What counts as evidence
The rows of `eval.baseline`. Errored and unscored rows count as right, and answers that miss an exact match only by their
form count as right too: what still falls short then, falls short. For proportions the one-sided 95 % Wilson bound must be
below the bar; other metrics are bootstrapped. More than 5 % errors: the run says nothing, run it again.

## How to fix
At or above the bar: ship the prompted model. Within noise: enlarge the held-out set to the N named, or link where the bar
comes from (`eval.threshold_source`).
"""

from collections.abc import Iterator

from bot.readiness.baseline import Measured, measure, share
from bot.readiness.check import Check, Dossier
from bot.readiness.finding import Finding, Item
from bot.readiness.schema import NotApplicable
from bot.readiness.shortfall import Shortfall, Standing, shortfall

REVERSED = ("cost_or_latency", "distillation")


def run(dossier: Dossier) -> Iterator[Finding]:
    """Place the baseline against the bar; for cost, latency and distillation, the small model too."""
    measured = measure(CHECK, dossier)
    if isinstance(measured, Finding):
        yield measured
        return
    bar, wanted = dossier.proposal.eval.threshold, dossier.proposal.eval.metric
    direction = (wanted.direction if wanted else None) or (
        measured.metric.direction.value if measured.metric.direction else None
    )
    if bar is None or direction is None:
        yield CHECK.failed(
            "Without a bar and a direction nothing can fall short.",
            at="eval.threshold",
            fix="Write `eval.threshold` and `eval.metric.direction`.",
            because="pass-criteria-written",
        )
        return
    if not measured.metric.items:
        yield _aggregate_only(measured, float(bar), direction == "higher")
        return
    if dossier.proposal.failure.reason in REVERSED:
        yield from _reversed(dossier, measured, float(bar), direction == "higher")
        return
    yield _plain(dossier, measured, float(bar), direction == "higher")


def _place(dossier: Dossier, measured: Measured, bar: float, higher: bool) -> Shortfall:
    confidence = float(dossier.policy.number(CHECK.id, "confidence"))
    return shortfall(measured, bar, higher=higher, confidence=confidence)


def _plain(dossier: Dossier, measured: Measured, bar: float, higher: bool) -> Finding:
    placed, source = _place(dossier, measured, bar, higher), measured.report.source
    seen = _seen(placed, bar)
    broken = _too_many_errors(dossier, placed)
    if broken:
        return CHECK.failed(
            broken, at="eval.baseline", fix="Mend the run and run it again.", source=source, lever="evals"
        )
    match placed.standing:
        case Standing.SHORT:
            return CHECK.passed(
                f"{seen} It falls short: the 95 % bound is {share(placed.bound)}.", at="eval.baseline", source=source
            )
        case Standing.MEETS:
            but = f" once {placed.lifted}" if placed.lifted and placed.value != placed.charitable else ""
            return CHECK.failed(
                f"{seen} Prompt + retrieval meets the bar{but}: no fine-tune is needed.",
                at="eval.baseline",
                fix="Ship the prompted model, or raise the bar with a source for it.",
                source=source,
                lever="prompt",
            )
        case Standing.WITHIN_NOISE:
            return _noise(dossier, measured, placed, seen)


def _noise(dossier: Dossier, measured: Measured, placed: Shortfall, seen: str) -> Finding:
    source = measured.report.source
    if dossier.proposal.eval.threshold_source is not None:
        return CHECK.passed(
            f"{seen} It falls short.",
            at="eval.baseline",
            source=source,
            remark=f"Within noise: the 95 % bound is {share(placed.bound)}; the bar counts because its source is linked.",
        )
    needed = f"about {placed.needed:,} items would tell" if placed.needed else "more items would tell"
    return CHECK.failed(
        f"Inconclusive: {seen} The 95 % bound is {share(placed.bound)}, so this may be luck; {needed}.",
        at="eval.baseline",
        fix="Enlarge the held-out set, or link where the bar comes from under `eval.threshold_source`.",
        source=source,
        lever="evals",
    )


def _reversed(dossier: Dossier, measured: Measured, bar: float, higher: bool) -> Iterator[Finding]:
    """The large prompted model meets the bar beyond the budget, and the small one misses it."""
    source = measured.report.source
    large = sum(item.score or 0.0 for item in measured.metric.items) / len(measured.metric.items)
    if (large < bar) if higher else (large > bar):
        yield CHECK.failed(
            f"The prompted model reaches {share(large)}, the bar is {share(bar)}: there is no good answer to make cheaper yet.",
            at="eval.baseline",
            fix="First reach the bar with the large model; then compress it.",
            source=source,
            lever="prompt",
        )
    else:
        yield CHECK.passed(
            f"The prompted model meets the bar: {share(large)} against {share(bar)}.", at="eval.baseline", source=source
        )
    yield _over_budget(dossier)
    yield _small_misses(dossier, bar, higher)


def _over_budget(dossier: Dossier) -> Finding:
    budget, cost = dossier.proposal.eval.budget, dossier.proposal.ops_cost
    if budget is None or (budget.cost_per_request is None and budget.p95_ms is None):
        return CHECK.failed(
            "There is no budget that it exceeds.",
            at="eval.budget",
            fix="Add `budget: {cost_per_request, p95_ms, why}`.",
        )
    if budget.cost_per_request is None:
        return CHECK.unverified(
            "Latency artifacts are not read yet, so the latency budget cannot be verified.",
            at="eval.budget.p95_ms",
            fix="State `cost_per_request` too, where cost matters.",
        )
    large = cost.baseline.unit_cost if cost.baseline else None
    tuned = cost.tuned.unit_cost if cost.tuned else None
    if large is None or tuned is None:
        return CHECK.failed(
            "Without both unit costs nothing exceeds the budget.",
            at="ops_cost",
            fix="Add `unit_cost` to `ops_cost.baseline` and `ops_cost.tuned`.",
            because="cost-estimated",
        )
    limit = budget.cost_per_request
    if large <= limit:
        return CHECK.failed(
            f"The prompted model costs {large} a request, within the budget of {limit}: it can simply be used.",
            at="eval.budget.cost_per_request",
            fix="Ship the prompted model.",
            lever="prompt",
        )
    if tuned > limit:
        return CHECK.failed(
            f"The tuned model costs {tuned} a request, above the budget of {limit}.",
            at="ops_cost.tuned.unit_cost",
            fix="Choose a smaller base model or a cheaper way of serving.",
        )
    return CHECK.passed(f"A request costs {large}, the budget is {limit}, tuned it costs {tuned}.", at="eval.budget")


def _small_misses(dossier: Dossier, bar: float, higher: bool) -> Finding:
    small = dossier.proposal.tried.small_prompted
    at = "tried.small_prompted" if small is not None and not isinstance(small, NotApplicable) else "eval.untuned"
    measured = measure(CHECK, dossier, at)
    if isinstance(measured, Finding):
        return measured
    if not measured.metric.items:
        return _aggregate_only(measured, bar, higher)
    placed, source = _place(dossier, measured, bar, higher), measured.report.source
    if placed.standing is Standing.SHORT:
        return CHECK.passed(f"The small model, prompted, misses the bar: {_seen(placed, bar)}", at=at, source=source)
    if placed.standing is Standing.MEETS:
        return CHECK.failed(
            f"The small model, prompted, meets the bar already: {_seen(placed, bar)}",
            at=at,
            fix="Use the small prompted model.",
            source=source,
            lever="prompt",
        )
    needed = f"about {placed.needed:,} items would tell" if placed.needed else "more items would tell"
    return CHECK.failed(
        f"Inconclusive: whether the small model misses the bar is within noise ({_seen(placed, bar)}); {needed}.",
        at=at,
        fix="Enlarge the held-out set.",
        source=source,
        lever="evals",
    )


def _too_many_errors(dossier: Dossier, placed: Shortfall) -> str | None:
    limit = float(dossier.policy.number(CHECK.id, "max_error_share"))
    if placed.errored <= limit * placed.n:
        return None
    return f"{placed.errored} of {placed.n} rows errored or have no score, more than {limit:.0%}: the run says nothing."


def _seen(placed: Shortfall, bar: float) -> str:
    charity = (
        f" ({share(placed.charitable)} when {placed.lifted})"
        if placed.lifted and placed.charitable != placed.value
        else ""
    )
    return f"{share(placed.value)}{charity} over {placed.n} items, the bar is {share(bar)}."


def _aggregate_only(measured: Measured, bar: float, higher: bool) -> Finding:
    value, source = measured.metric.value, measured.report.source
    if value is None or ((value >= bar) if higher else (value <= bar)):
        return CHECK.failed(
            f"The artifact says {share(value) if value is not None else 'nothing'}, the bar is {share(bar)}: it does not fall short.",
            at="eval.baseline",
            fix="Ship the prompted model, or link a run that falls short, with its rows.",
            source=source,
            lever="prompt",
        )
    return CHECK.unverified(
        f"The artifact says {share(value)}, the bar is {share(bar)}; without rows it cannot be tested.",
        at="eval.baseline",
        fix="Link the per-sample rows under `eval.baseline.rows`.",
        source=source,
        because="eval-readable",
    )


CHECK = Check(id="baseline-falls-short", item=Item.EVAL, doc=__doc__, run=run)
