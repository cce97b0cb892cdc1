"""Does the tuned model still do what it did before?

## Why
Tuning on one task may cost others (S1): a model that forgot is no gain, whatever the eval says.

## What counts as evidence
Asked at registration and revalidation, once `eval.candidate` is linked. Both runs of every slice under `eval.regression`,
paired item by item; a row of the candidate without a score counts as wrong, one of the baseline as right, and so does an item
that one of both runs leaves out. No slice of 100 items or more loses more than 3 points, and none loses significantly
(one-sided paired test, adjusted Holm for the number of slices). A smaller slice is remarked as not shown, unless it surely
loses more than that. What loss is ruled out, and how many rows would rule out the one allowed, is printed.

## How to fix
Do not ship it: tune again with general examples mixed in, for fewer epochs, or with a lower rank; then run all slices again.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.readiness import excuse
from bot.readiness.baseline import CANDIDATE, Measured, is_linked, measure, slices
from bot.readiness.check import Check, Dossier
from bot.readiness.fact import Source
from bot.readiness.finding import Finding, Item
from bot.readiness.pairing import EPSILON, Pairing, pair
from bot.readiness.regression import FIELD, Limits, higher_is_better
from bot.readiness.revalidation import EVERY
from bot.readiness.statistics import holm
from bot.readiness.wording import chance, percent

_FIX = "Do not ship it: tune again with general examples mixed in, or for fewer epochs."


@dataclass(frozen=True, slots=True)
class _Slice:
    """A slice whose two runs were compared; `source` is the weaker of their sources."""

    at: str
    name: str
    pairing: Pairing
    source: Source


def run(dossier: Dossier) -> Iterator[Finding]:
    """Compare both runs of every slice, and judge the losses together."""
    limits = Limits.of(dossier)
    if not is_linked(dossier.proposal, CANDIDATE):
        yield CHECK.not_applicable(
            f"No tuned run is linked under `eval.candidate` yet: what it forgot is asked at registration. {limits.needed()}",
            at=CANDIDATE,
        )
        return
    excused = excuse.judged(dossier.proposal, dossier.policy, FIELD)
    if isinstance(excused, excuse.Accepted):
        yield CHECK.not_applicable(f"No slice is needed: `{excused.code}`.", at=FIELD)
        return
    if excused is not None or not slices(dossier.proposal):
        yield CHECK.failed(
            "There is no slice in which to see what the tuned model forgot.",
            at=FIELD,
            fix="List a general task under `eval.regression`, with a run before and one after tuning.",
            lever="evals",
            because="regression-slices-planned",
        )
        return
    found = [_compare(dossier, number, limits) for number in range(len(slices(dossier.proposal)))]
    yield from (each for each in found if isinstance(each, Finding))
    compared = [each for each in found if isinstance(each, _Slice)]
    yield from (_small(each, limits) for each in compared if each.pairing.n < limits.min_rows)
    yield from _judged([each for each in compared if each.pairing.n >= limits.min_rows], limits)


def _compare(dossier: Dossier, number: int, limits: Limits) -> _Slice | Finding:
    runs = []
    for side in ("baseline", "candidate"):
        measured = measure(CHECK, dossier, f"{FIELD}[{number}].{side}")
        if isinstance(measured, Finding):
            return measured
        if not measured.averages:
            return _untested(measured)
        runs.append(measured)
    before, after = runs
    higher = higher_is_better(dossier.proposal, before)
    if isinstance(higher, str):
        return CHECK.failed(
            higher,
            at=f"{FIELD}[{number}].metric.direction",
            fix=f"Write `direction: higher` (or `lower`) under `{FIELD}[{number}].metric`.",
            source=before.source,
            lever="evals",
            because="regression-slices-planned",
        )
    source = max(before.source, after.source, key=lambda source: source.grade)
    pairing = pair(after, before, higher=higher, rules=limits.rules)
    if isinstance(pairing, str):
        return CHECK.failed(
            f"The runs of regression slice {number + 1} cannot be compared. {pairing}.",
            at=after.at,
            fix="Run the slice before and after tuning over the same items, with the same metric, scored the same way.",
            source=source,
            lever="evals",
        )
    return _Slice(after.at, before.name, pairing, source)


def _untested(measured: Measured) -> Finding:
    why = "the rows do not average to its number" if measured.metric.items else "no rows are linked"
    return CHECK.unverified(
        f"Of {measured.name} {why}, so no loss can be tested.",
        at=measured.at,
        fix=f"Link the per-sample rows under `{measured.at}.rows`, of a metric that is the mean of its rows.",
        source=measured.source,
        because="eval-readable",
    )


def _small(found: _Slice, limits: Limits) -> Finding:
    """Judge a slice that is too small to tell: it fails only where even so the loss is surely too large."""
    pairing, seen = found.pairing, _seen(found, limits)
    if pairing.high < -pairing.margin(limits.max_loss):
        return _failed(found, f"{seen} It surely loses more, by {pairing.points(-pairing.high)} at least.")
    remark = f"Not shown: {pairing.n} items are fewer than {limits.min_rows}. {limits.needed()}"
    return CHECK.passed(seen, at=found.at, source=found.source, remark=remark)


def _judged(found: Sequence[_Slice], limits: Limits) -> Iterator[Finding]:
    adjusted = holm([each.pairing.p_loss for each in found])
    for each, p in zip(found, adjusted, strict=True):
        pairing, seen = each.pairing, _seen(each, limits)
        if -pairing.gain > pairing.margin(limits.max_loss) + EPSILON:
            yield _failed(each, f"{seen} It loses more.")
        elif p < limits.rules.alpha:
            adjusted_for = f", adjusted for {len(found)} slices" if len(found) > 1 else ""
            yield _failed(each, f"{seen} The loss is no luck ({chance(p)}{adjusted_for}).")
        else:
            told = pairing.charity(each.name) if pairing.unpaired else None
            yield CHECK.passed(f"{seen} {_ruled_out(pairing, limits)}", at=each.at, source=each.source, remark=told)


def _seen(found: _Slice, limits: Limits) -> str:
    return (
        f"{found.pairing.seen(found.name)} It may lose {found.pairing.points(found.pairing.margin(limits.max_loss))}."
    )


def _ruled_out(pairing: Pairing, limits: Limits) -> str:
    """Say which loss is ruled out; where that is more than may be lost, how many items would rule that out."""
    margin, sure = pairing.margin(limits.max_loss), percent(limits.rules.confidence)
    if pairing.low >= 0:
        return f"A loss is ruled out ({sure} sure)."
    if pairing.low > -margin:
        return f"More than {pairing.points(-pairing.low)} lost are ruled out ({sure} sure)."
    needed = pairing.needed_for(margin + pairing.gain, limits.rules)
    would = f"about {needed:,} items would" if needed else "no number of items that anybody has would"
    return f"No loss was shown; {pairing.points(margin)} lost are not ruled out, {would} do that."


def _failed(found: _Slice, message: str) -> Finding:
    told = found.pairing.charity(found.name)
    return CHECK.failed(
        f"{message} {told}" if told else message, at=found.at, fix=_FIX, source=found.source, lever="prompt"
    )


CHECK = Check(id="no-regression", item=Item.EVAL, doc=__doc__, run=run, asked_at=EVERY)
