"""Is the prompted model too dear or too slow for `eval.budget`, and the tuned one not?

Compared are figures that the proposal states; whether costs are plausible is asked elsewhere. A latency of the prompted model
is believed only as its artifact says it; the tuned one may be a plan, as there is nothing to measure before training.
"""

from dataclasses import dataclass
from decimal import Decimal

from bot.readiness.check import NOT_LOOKED_AT, Check, Dossier
from bot.readiness.economics import per_request
from bot.readiness.evidence import Latency
from bot.readiness.fact import Known, Unavailable
from bot.readiness.finding import Finding
from bot.readiness.schema import Proposal
from bot.readiness.wording import price


@dataclass(frozen=True, slots=True)
class Figure:
    """One dimension of the budget, with its figure on both sides (None: not stated)."""

    name: str
    unit: str | None
    limit: Decimal
    large: Decimal | None
    tuned: Decimal | None

    def said(self, value: Decimal | None) -> str:
        """Write a figure with its unit."""
        return price(value, self.unit)


# where a dimension's figures stand: the tuned one, both, and what to add when one is missing
_ARTIFACT = "ops_cost.latency.artifact"
_ROUNDED = 0.05  # house: a stated figure may be rounded so far
_FIELDS = {
    "cost": (
        "ops_cost.tuned.unit_cost",
        "ops_cost",
        "`unit_cost` to `ops_cost.baseline` and `ops_cost.tuned`, and `ops_cost.volume` where hosting is paid",
    ),
    "latency": (
        "ops_cost.latency.tuned_p95_ms",
        "ops_cost.latency",
        "`ops_cost.latency: {baseline_p95_ms, tuned_p95_ms, artifact}`",
    ),
}


def exceeded(check: Check, dossier: Dossier) -> Finding:
    """Judge whether the prompted model exceeds the budget, and whether the tuned one lies within all of it."""
    figures = _figures(dossier.proposal)
    if not figures:
        return check.failed(
            "The proposal does not say which budget the prompted model exceeds.",
            at="eval.budget",
            fix="Add `eval.budget: {cost_per_request, why}`.",
        )
    for figure in figures:
        tuned_at, both_at, fields = _FIELDS[figure.name]
        if figure.large is None or figure.tuned is None:
            return check.failed(
                f"Without the {figure.name} of both models nothing can be held against the budget.",
                at=both_at,
                fix=f"Add {fields}.",
                because="cost-estimated" if figure.name == "cost" else None,
            )
        if figure.tuned > figure.limit:
            return check.failed(
                f"The tuned model's {figure.name} is {figure.said(figure.tuned)} a request, the budget is {figure.said(figure.limit)}.",
                at=tuned_at,
                fix="Choose a smaller base model or a cheaper way of serving.",
            )
    beyond = [figure for figure in figures if figure.large is not None and figure.large > figure.limit]
    if not beyond:
        return _affordable(check, figures)
    latency = next((figure for figure in figures if figure.name == "latency"), None)
    if latency is not None and (beyond[0] is latency or _links_latencies(dossier)):
        measured = _measured(check, dossier, latency)
        if isinstance(measured, Finding):
            return measured
    return _too_dear(check, dossier, beyond[0])


def contradicted(check: Check, dossier: Dossier) -> Finding | None:
    """Find a stated latency that is not the measured one, where any was measured."""
    latency, fact = dossier.proposal.ops_cost.latency, dossier.evidence.latencies.get(_ARTIFACT)
    if latency is None or not isinstance(fact, Known):
        return None
    figure = Figure("latency", "ms", Decimal(0), latency.baseline_p95_ms, latency.tuned_p95_ms)
    return _contradicted(check, fact, figure)


def _links_latencies(dossier: Dossier) -> bool:
    latency = dossier.proposal.ops_cost.latency
    return latency is not None and latency.artifact is not None


def _affordable(check: Check, figures: list[Figure]) -> Finding:
    said = " and ".join(f"{f.name} {f.said(f.large)} of {f.said(f.limit)}" for f in figures)
    return check.failed(
        f"A request to the prompted model is within the budget ({said}): it can simply be used.",
        at="eval.budget",
        fix="Ship the prompted model.",
        lever="prompt",
    )


def _measured(check: Check, dossier: Dossier, figure: Figure) -> Known[Latency] | Finding:
    """Find the latencies that were measured, and hold what the proposal states of the prompted model to them."""
    match dossier.evidence.latencies.get(_ARTIFACT):
        case None if _links_latencies(dossier):
            return check.unverified("The latencies were not looked at.", at=_ARTIFACT, fix=NOT_LOOKED_AT)
        case None:
            return check.failed(
                f"Nothing proves that a request to the prompted model takes {figure.said(figure.large)}.",
                at="ops_cost.latency",
                fix="Link measured latencies as `ops_cost.latency.artifact`: JSON with `baseline_p95_ms`, or CSV `subject,ms`.",
            )
        case Unavailable() as trouble:
            return check.unavailable(trouble, at=_ARTIFACT, what="The latencies could not be read")
        case Known() as known:
            return _contradicted(check, known, figure) or known


def _contradicted(check: Check, known: Known[Latency], figure: Figure) -> Finding | None:
    """Find a stated latency that is not the measured one: the prompted model slower, or the tuned one faster."""
    sides = (
        ("prompted", "baseline_p95_ms", figure.large, known.value.baseline_p95_ms, 1),
        ("tuned", "tuned_p95_ms", figure.tuned, known.value.tuned_p95_ms, -1),
    )
    for name, key, stated, measured, helps in sides:
        if measured is None:
            if name == "prompted":
                return check.failed(
                    "The artifact holds no latency of the prompted model.",
                    at=_ARTIFACT,
                    fix="Measure it too: `baseline_p95_ms`, or rows of the subject `baseline`.",
                    source=known.source,
                )
            continue
        if stated is not None and helps * (float(stated) - measured) > _ROUNDED * measured:
            return check.failed(
                f"The {name} model's p95 is stated as {price(stated, 'ms')}, measured were {measured:,.0f} ms.",
                at=f"ops_cost.latency.{key}",
                fix="Write what was measured.",
                source=known.source,
            )
    return None


def _too_dear(check: Check, dossier: Dossier, figure: Figure) -> Finding:
    compared = (
        f"The prompted model's {figure.name} is {figure.said(figure.large)} a request, the budget is {figure.said(figure.limit)}; "
        f"tuned it is to be {figure.said(figure.tuned)}."
    )
    if figure.name == "cost":
        return check.passed(compared, at="eval.budget", stated=True)
    fact = dossier.evidence.latencies[_ARTIFACT]
    planned = isinstance(fact, Known) and fact.value.tuned_p95_ms is None
    return check.passed(
        compared,
        at="eval.budget",
        source=fact.source if isinstance(fact, Known) else None,
        remark="The tuned model's latency is a plan; it is measured once there is one." if planned else None,
        stated=True,
    )


def _figures(proposal: Proposal) -> list[Figure]:
    budget, cost = proposal.eval.budget, proposal.ops_cost
    figures = []
    if budget is not None and budget.cost_per_request is not None:
        large = cost.baseline.unit_cost if cost.baseline else None
        tuned = per_request(cost.tuned, cost.volume)
        figures.append(Figure("cost", cost.currency, budget.cost_per_request, large, tuned))
    if budget is not None and budget.p95_ms is not None:
        large = cost.latency.baseline_p95_ms if cost.latency else None
        tuned = cost.latency.tuned_p95_ms if cost.latency else None
        figures.append(Figure("latency", "ms", budget.p95_ms, large, tuned))
    return figures
