"""Was the adapter no worse than the baseline on production traffic?

## Why
The held-out set was a promise; shadow and canary show whether it is kept (S0). What is worse on real requests is rolled back
before anybody relies on it (S2).

## What counts as evidence
Asked at serving, once `serving.rollout_evidence` is linked: artifact and rows, of both sides in one file. Each metric of the
artifact bears the task `baseline` or `tuned`, and so does each row. The metric is the eval's own where both sides have it, or
else the one that both have.

In shadow both sides answer the same requests: these are paired, item by item. In a canary each side has its own: their means
are compared. A row of the adapter without a score counts as wrong, one of the baseline as right. The adapter loses at most 2
points, and no loss is significant. Each side has at least 100 rows, and they are not the held-out items once more: those are
no production traffic.

## How to fix
Worse: roll back, and find out on which requests. Too few rows: let the step run longer.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from math import isclose

from bot.readiness import statistics
from bot.readiness.bar import known_direction
from bot.readiness.baseline import BASELINE, ROLLOUT, TOLERANCE, Measured
from bot.readiness.check import NOT_LOOKED_AT, Check, Dossier
from bot.readiness.eval_report import EvalMetric, EvalReport
from bot.readiness.fact import Known, Source, Unavailable
from bot.readiness.finding import Finding, Item
from bot.readiness.pairing import EPSILON, Rules, pair
from bot.readiness.shortfall import extremes
from bot.readiness.wording import count, percent, share

_SIDES = ("tuned", "baseline")
_FORM = "Link one artifact with a metric for the task `baseline` and one for `tuned`, and rows that name their task."


@dataclass(frozen=True, slots=True)
class _Loss:
    """How the adapter compares: the gain (a loss below 0), whether a loss is significant, what may be lost, and the sentence."""

    gain: float
    significant: bool
    margin: float
    seen: str


def run(dossier: Dossier) -> Iterator[Finding]:
    """Compare both sides of the rollout."""
    evidence = dossier.proposal.serving.rollout_evidence
    if evidence is None or (evidence.artifact is None and evidence.rows is None):
        yield CHECK.not_applicable(
            "What production traffic shows is asked when the adapter is to be served.", at=ROLLOUT
        )
        return
    match dossier.evidence.evals.get(ROLLOUT):
        case None:
            yield CHECK.unverified("The rollout's evidence was not looked at.", at=ROLLOUT, fix=NOT_LOOKED_AT)
        case Unavailable() as trouble:
            yield CHECK.unavailable(trouble, at=ROLLOUT, what="The rollout's evidence could not be read")
        case Known() as known:
            sides = _sides(dossier, known)
            yield sides if isinstance(sides, Finding) else _judge(dossier, *sides)


def _sides(dossier: Dossier, known: Known[EvalReport]) -> tuple[Measured, Measured] | Finding:
    """Find both sides' metric, or the finding that says why they cannot be held against one another."""
    by_side = {
        side: {(m.name, m.variant): m for m in known.value.metrics if (m.task or "").lower() == side} for side in _SIDES
    }
    common = sorted(by_side["tuned"].keys() & by_side["baseline"].keys(), key=str)
    wanted = dossier.proposal.eval.metric
    own = [one for one in common if wanted and one[0] == wanted.name and wanted.variant in (None, one[1])]
    chosen = own if len(own) == 1 else common
    if len(chosen) != 1:
        listed = ", ".join(f"`{' / '.join(filter(None, one))}`" for one in chosen[:8])
        what = f"both sides have several metrics, and the eval's own is not one of them: {listed}"
        what = what if chosen else "it does not hold one metric for both tasks, `baseline` and `tuned`"
        return _failed(f"The rollout's evidence cannot be compared: {what}.", _FORM, known.source)
    tuned, baseline = (
        Measured(
            ROLLOUT if side == "tuned" else f"{ROLLOUT}.baseline",
            Known(replace(known.value, run=side), known.source),  # two runs, though of one file
            by_side[side][chosen[0]],
            texts_asked=False,  # nobody commits what customers have written
        )
        for side in _SIDES
    )
    fault = next((found for each in (tuned, baseline) if (found := _fault(dossier, each))), None)
    return _failed(*fault, known.source) if fault else (tuned, baseline)


def _fault(dossier: Dossier, side: Measured) -> tuple[str, str] | None:
    """Say why a side proves nothing, and what to do."""
    report, metric = side.report.value, side.metric
    if report.status not in ("complete", "unknown") or report.mock or report.limit is not None:
        return f"Of {side.name} the artifact says that it did not end well, was cut, or that a mock answered.", _FORM
    if report.rows_note or not metric.items or not side.averages:
        why = report.rows_note or (
            "no rows are linked" if not metric.items else "its rows do not average to its number"
        )
        return f"Of {side.name} nothing is proven: {why}.", "Link the rows of both sides, with a score each."
    if metric.recomputed is not None and metric.value is not None and not _same(metric):
        return (
            f"Of {side.name} the artifact says {share(metric.value)}, its rows give {share(metric.recomputed)}.",
            "Link artifact and rows of one and the same rollout, unedited.",
        )
    held = dossier.evidence.evals.get(BASELINE)
    keys = {item.key for item in metric.items}
    known = {i.key for m in held.value.metrics for i in m.items} if isinstance(held, Known) else set()
    most = float(dossier.policy.number(CHECK.id, "max_held_out"))
    if len(keys & known) > most * len(keys):
        told = percent(round(len(keys & known) / len(keys), 3))
        return (
            f"{told} of the items of {side.name} are held-out items of the eval: that is no production traffic.",
            "Link what shadow and canary have logged.",
        )
    least = int(dossier.policy.number(CHECK.id, "min_rows"))
    if len(keys) < least:
        return (
            f"Inconclusive: {side.name} answered {count(len(keys), 'distinct request')}, the policy asks for {least}.",
            "Let the step run longer, and link its rows then.",
        )
    return None


def _same(metric: EvalMetric) -> bool:
    return isclose(metric.value or 0, metric.recomputed or 0, rel_tol=1e-6, abs_tol=TOLERANCE)


def _judge(dossier: Dossier, tuned: Measured, baseline: Measured) -> Finding:
    higher = _higher(dossier, tuned)
    if isinstance(higher, str):
        fix = "Write `direction` beside the metric in the artifact, or under `eval.metric`."
        return _failed(higher, fix, tuned.source)
    loss = (_apart if _are_apart(dossier, tuned, baseline) else _paired)(dossier, tuned, baseline, higher=higher)
    if isinstance(loss, str):
        fix = "Log what both sides answer to each request, or give each side requests of its own."
        return _failed(f"The rollout's two sides cannot be compared. {loss}.", fix, tuned.source)
    seen = f"{loss.seen} It may lose {share(loss.margin)}."
    if -loss.gain > loss.margin + EPSILON:
        return _failed(f"{seen} It loses more.", "Roll back, and find out on which requests it is worse.", tuned.source)
    if loss.significant:
        fix = "Roll back, and find out on which requests it is worse."
        return _failed(f"{seen} The loss is no luck.", fix, tuned.source)
    return CHECK.passed(f"{seen} It is not worse.", at=ROLLOUT, source=tuned.source)


def _higher(dossier: Dossier, side: Measured) -> bool | str:
    wanted, known = dossier.proposal.eval.metric, known_direction(side)
    stated = wanted.direction if wanted and wanted.name == side.metric.name else None
    if known is not None and stated not in (None, known[0].value):
        return f"The proposal says that {stated} is better, but {known[1]} {known[0].value}."
    direction = stated or (known[0].value if known else None)
    return direction == "higher" if direction else f"Nothing says which way `{side.metric.name}` is better."


def _are_apart(dossier: Dossier, tuned: Measured, baseline: Measured) -> bool:
    """Say whether each side had requests of its own; where some are the same, those that a side lacks count against it."""
    ours, theirs = ({item.key for item in side.metric.items} for side in (tuned, baseline))
    return len(ours & theirs) <= _number(dossier, "max_unpaired") * min(len(ours), len(theirs))


def _paired(dossier: Dossier, tuned: Measured, baseline: Measured, *, higher: bool) -> _Loss | str:
    """Compare answers to the same requests; a sentence says why they cannot be compared."""
    rules = Rules(*(_number(dossier, name) for name in ("confidence", "power", "max_unpaired")))
    found = pair(tuned, baseline, higher=higher, rules=rules)
    if isinstance(found, str):
        return found
    told = f"{found.seen(baseline.name)} {found.charity(baseline.name) or ''}".strip()
    margin = found.margin(_number(dossier, "max_loss"))
    return _Loss(found.gain, found.p_loss < rules.alpha, margin, told)


def _apart(dossier: Dossier, tuned: Measured, baseline: Measured, *, higher: bool) -> _Loss:
    """Compare the means of two groups of requests."""
    scores = [item.score for side in (tuned, baseline) for item in side.scored if item.score is not None]
    worst, best = extremes(scores, higher=higher)
    sign = 1.0 if higher else -1.0
    ours, theirs = (
        [sign * (lacking if item.score is None or item.errored else item.score) for item in side.metric.items]
        for side, lacking in ((tuned, worst), (baseline, best))
    )
    gain, _, high = statistics.difference(ours, theirs, _number(dossier, "confidence"))
    mean, other = sign * sum(ours) / len(ours), sign * sum(theirs) / len(theirs)
    points = _number(dossier, "max_loss")
    margin = points if all(0 <= score <= 1 for score in scores) else points * abs(other)
    seen = (
        f"Over {count(len(ours), 'request')} the adapter reaches {share(mean)}, over {len(theirs):,} others "
        f"{baseline.name} {share(other)}; without a score {tuned.errored:,} and {baseline.errored:,} rows, "
        "counted against the adapter."
    )
    return _Loss(gain, high < 0, margin, seen)


def _number(dossier: Dossier, name: str) -> float:
    return float(dossier.policy.number(CHECK.id, name))


def _failed(message: str, fix: str, source: Source) -> Finding:
    return CHECK.failed(message, at=ROLLOUT, fix=fix, source=source)


CHECK = Check(id="rollout-proven", item=Item.OWNER, doc=__doc__, run=run)
