"""Was the tuned small model compared with the prompted large one?

## Why
A fine-tune of a small model against a prompted larger one, in cost, latency and quality over the test set: often the latter
wins, and only where it does not there is a reason to tune (S2).

## What counts as evidence
Asked for `cost_or_latency` and `distillation`. Side by side: the quality of `eval.baseline` and of the small model on the same
metric (the candidate once there is one, before that `untuned` or `small_prompted`), what a request costs with the hosting that
it bears, and the p95 latencies where `eval.budget.p95_ms` is given or the benefit is latency. The tuned model must be better in
what it is made for: dearer and not faster, it loses.

## How to fix
Run the eval with both models, and state `unit_cost` and `ops_cost.latency` of both. If the large model wins, use it.
"""

from collections.abc import Iterator

from bot.readiness import baseline
from bot.readiness.baseline import BASELINE, CANDIDATE, Measured
from bot.readiness.check import Check, Dossier
from bot.readiness.economics import per_request
from bot.readiness.finding import Finding, Item
from bot.readiness.schema import COMPRESSION
from bot.readiness.wording import price, share


def run(dossier: Dossier) -> Iterator[Finding]:
    """Put both models side by side."""
    proposal = dossier.proposal
    if proposal.failure.reason not in COMPRESSION:
        yield CHECK.not_applicable(
            "Asked only where a good large model is to be made cheap or fast.", at="failure.reason"
        )
        return
    candidate = (CANDIDATE,) if baseline.is_linked(proposal, CANDIDATE) else ()
    small = (*candidate, *baseline.small_models(proposal))[0]
    sides = [baseline.measure(CHECK, dossier, at) for at in (BASELINE, small)]
    missing = [side for side in sides if isinstance(side, Finding)]
    if missing:
        yield from missing
        return
    yield _compared(dossier, [side for side in sides if isinstance(side, Measured)])


def _compared(dossier: Dossier, sides: list[Measured]) -> Finding:
    cost = dossier.proposal.ops_cost
    large_cost, tuned_cost = per_request(cost.baseline, cost.volume), per_request(cost.tuned, cost.volume)
    if large_cost is None or tuned_cost is None:
        return CHECK.failed(
            "What a request costs is not known of both models.",
            at="ops_cost",
            fix="State `unit_cost` and hosting under `ops_cost.baseline` and `ops_cost.tuned`.",
            because="cost-estimated",
        )
    latency = cost.latency
    slow, fast = (latency.baseline_p95_ms, latency.tuned_p95_ms) if latency else (None, None)
    if _asks_latency(dossier) and (slow is None or fast is None):
        return CHECK.failed(
            "A budget or a gain in latency is stated, and not the latency of both models.",
            at="ops_cost.latency",
            fix="Add `ops_cost.latency: {baseline_p95_ms, tuned_p95_ms, artifact}`.",
            because="gain-justifies-cost"
            if cost.benefit and cost.benefit.kind == "latency"
            else "baseline-falls-short",
        )
    large, small = sides
    times = f"; p95 {price(slow, 'ms')} against {price(fast, 'ms')}" if slow is not None and fast is not None else ""
    bar = dossier.proposal.eval.threshold
    aim = f", to reach {share(bar)}" if bar is not None and small.at != CANDIDATE else ""
    said = (
        f"{large.name} against {small.name}: {_quality(large)} against {_quality(small)}{aim}; a request "
        f"{price(large_cost, cost.currency)} against {price(tuned_cost, cost.currency)} tuned{times}."
    )
    said = said[0].upper() + said[1:]
    faster = slow is not None and fast is not None and fast < slow
    if tuned_cost >= large_cost and not faster:
        return CHECK.failed(
            f"{said} The tuned model is {'as dear' if tuned_cost == large_cost else 'dearer'} and not faster.",
            at="ops_cost.tuned.unit_cost",
            fix="Use the prompted large model.",
            lever="prompt",
        )
    return CHECK.passed(said, at="ops_cost", source=small.source)


def _asks_latency(dossier: Dossier) -> bool:
    budget, benefit = dossier.proposal.eval.budget, dossier.proposal.ops_cost.benefit
    return (budget is not None and budget.p95_ms is not None) or (benefit is not None and benefit.kind == "latency")


def _quality(side: Measured) -> str:
    value = side.metric.value if side.metric.recomputed is None else side.metric.recomputed
    return "no score" if value is None else share(value)


CHECK = Check(id="prompted-large-compared", item=Item.COST, doc=__doc__, run=run)
