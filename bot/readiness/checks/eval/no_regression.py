"""Did the tuned model keep what it could do before?

## Why
A tune that learns one task may forget others, and nobody looks at those unless asked to (S1).

## What counts as evidence
Asked at registration and revalidation, once `eval.candidate` is linked: for each slice under `eval.regression`, the rows of
its `baseline` and of its `candidate`, paired item by item. A slice loses at most 3 points, and no loss is significant
(one-sided paired test, adjusted for the number of slices after Holm). A slice of fewer than 100 rows shows nothing either
way: a remark says so. A row of the candidate without a score counts as wrong, one of the other run as right.

## How to fix
Train more gently (lower rank or rate, fewer epochs, general examples mixed in), or keep the prompted model. Where a slice
is too small, enlarge it to the N named.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from bot.readiness import regression
from bot.readiness.baseline import CANDIDATE, is_linked, measure, slices
from bot.readiness.check import Check, Dossier
from bot.readiness.evidence import Source
from bot.readiness.excuse import Accepted, Refused, judged
from bot.readiness.finding import Finding, Item
from bot.readiness.pairing import EPSILON, Pairing, pair
from bot.readiness.regression import Limits
from bot.readiness.statistics import holm
from bot.readiness.wording import count

_FIX = "Train more gently or mix general examples in; else keep the prompted model."


@dataclass(frozen=True, slots=True)
class _Slice:
    """A slice whose runs are paired; `source` is the weaker of both."""

    name: str
    at: str
    pairing: Pairing
    source: Source


def run(dossier: Dossier) -> Iterator[Finding]:
    """Pair both runs of each slice, then judge the losses together."""
    if not is_linked(dossier.proposal, CANDIDATE):
        yield CHECK.not_applicable(
            "No tuned run is linked under `eval.candidate` yet: what it forgot is asked at registration.", at=CANDIDATE
        )
        return
    excuse = judged(dossier.proposal, dossier.policy, regression.AT)
    if isinstance(excuse, Accepted):
        yield CHECK.not_applicable(f"No slice is asked for ({excuse.code}): {excuse.why}", at=regression.AT)
        return
    if isinstance(excuse, Refused) or not slices(dossier.proposal):
        yield CHECK.failed(
            "There is no regression slice: what the tune forgot cannot be seen.",
            at=regression.AT,
            fix="Add a slice of general tasks under `eval.regression`, and run baseline and candidate over it.",
            lever="evals",
            because="regression-slices-planned",
        )
        return
    limits, paired = Limits.of(dossier), list[_Slice]()
    for number, planned in enumerate(slices(dossier.proposal)):
        found = _paired(dossier, f"{regression.AT}[{number}]", planned.name, limits)
        if isinstance(found, Finding):
            yield found
        else:
            paired.append(found)
    # Holm over the slices that can show something: a small one takes no certainty from the others
    large = [each for each in paired if each.pairing.n >= limits.min_rows]
    adjusted = dict(zip((each.at for each in large), holm([each.pairing.p_loss for each in large]), strict=True))
    for each in paired:
        yield _judged(each, adjusted.get(each.at), limits)


def _paired(dossier: Dossier, at: str, name: str, limits: Limits) -> _Slice | Finding:
    before = measure(CHECK, dossier, f"{at}.baseline")
    if isinstance(before, Finding):
        return before
    after = measure(CHECK, dossier, f"{at}.candidate")
    if isinstance(after, Finding):
        return after
    source = max(before.source, after.source, key=lambda source: source.grade)
    for measured in (before, after):
        if not measured.averages:
            return CHECK.unverified(
                f"No rows prove the number of {measured.name}, so no loss can be tested.",
                at=measured.at,
                fix=f"Link the per-sample rows under `{measured.at}.rows`, of a metric that is the mean of its rows.",
                source=source,
                because="eval-readable",
            )
    higher = regression.higher_is_better(dossier.proposal, before)
    if isinstance(higher, str):
        return CHECK.failed(
            higher, at=f"{at}.metric", fix="Write `direction: higher` or `lower` there.", source=source, lever="evals"
        )
    found = pair(after, before, higher=higher, rules=limits.rules)
    if isinstance(found, str):
        return CHECK.failed(
            f"Both runs of the slice `{name}` cannot be compared. {found}.",
            at=at,
            fix="Run baseline and candidate over the same items, with the same metric, scored the same way.",
            source=source,
            lever="evals",
        )
    return _Slice(name, at, found, source)


def _judged(found: _Slice, p_loss: float | None, limits: Limits) -> Finding:
    pairing, margin = found.pairing, found.pairing.margin(limits.max_loss)
    against = pairing.charity("the baseline")
    seen = f"Slice `{found.name}`: {pairing.seen('the baseline')}{f' {against}.' if against else ''}"
    if p_loss is None:
        return CHECK.passed(
            seen,
            at=found.at,
            source=found.source,
            remark=f"Not shown: {count(pairing.n, 'row')} tell nothing, {limits.min_rows:,} are the least. {limits.needed()}",
        )
    if -pairing.gain > margin + EPSILON:
        return _failed(found, f"{seen} It may lose {pairing.points(margin)} at most.")
    if p_loss < 1 - limits.rules.confidence:
        return _failed(found, f"{seen} The loss is no luck (p = {p_loss:.4f}, adjusted for the slices).")
    sure = pairing.low > -margin
    return CHECK.passed(
        f"{seen} It keeps what it could do.",
        at=found.at,
        source=found.source,
        remark=None if sure else f"A loss of {pairing.points(-pairing.low)} is not ruled out. {limits.needed()}",
    )


def _failed(found: _Slice, message: str) -> Finding:
    return CHECK.failed(message, at=found.at, fix=_FIX, source=found.source, lever="prompt")


CHECK = Check(id="no-regression", item=Item.EVAL, doc=__doc__, run=run)
