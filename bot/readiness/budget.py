"""Is the prompted model too dear or too slow for `eval.budget`, and the tuned one not?

Compared are figures that the proposal states; whether they are plausible is asked elsewhere.
"""

from dataclasses import dataclass
from decimal import Decimal

from bot.readiness.check import Check, Dossier
from bot.readiness.economics import hosting12, requests12
from bot.readiness.finding import Finding
from bot.readiness.schema import OpsCost, Proposal
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
    return _too_dear(check, beyond[0], len(figures) > 1) if beyond else _affordable(check, figures)


def _affordable(check: Check, figures: list[Figure]) -> Finding:
    said = " and ".join(f"{f.name} {f.said(f.large)} of {f.said(f.limit)}" for f in figures)
    return check.failed(
        f"A request to the prompted model is within the budget ({said}): it can simply be used.",
        at="eval.budget",
        fix="Ship the prompted model.",
        lever="prompt",
    )


def _too_dear(check: Check, figure: Figure, two: bool) -> Finding:
    compared = (
        f"The prompted model's {figure.name} is {figure.said(figure.large)} a request, the budget is {figure.said(figure.limit)}; "
        f"tuned it is to be {figure.said(figure.tuned)}."
    )
    if figure.name == "latency":
        return check.unverified(
            f"{compared} Artifacts of latency are not read yet, so this is not verified.",
            at="eval.budget.p95_ms",
            fix="State `eval.budget.cost_per_request` too, if cost matters.",
        )
    unread = "The budget of latency is not verified: its artifacts are not read yet." if two else None
    return check.passed(compared, at="eval.budget", remark=unread, stated=True)


def _figures(proposal: Proposal) -> list[Figure]:
    budget, cost = proposal.eval.budget, proposal.ops_cost
    figures = []
    if budget is not None and budget.cost_per_request is not None:
        large = cost.baseline.unit_cost if cost.baseline else None
        figures.append(Figure("cost", cost.currency, budget.cost_per_request, large, _tuned(cost)))
    if budget is not None and budget.p95_ms is not None:
        large = cost.latency.baseline_p95_ms if cost.latency else None
        tuned = cost.latency.tuned_p95_ms if cost.latency else None
        figures.append(Figure("latency", "ms", budget.p95_ms, large, tuned))
    return figures


def _tuned(cost: OpsCost) -> Decimal | None:
    """Take a request to the tuned model with the hosting that it bears; None when that cannot be said."""
    if cost.tuned is None or cost.tuned.unit_cost is None:
        return None
    hosting, requests = hosting12(cost.tuned.hosting), requests12(cost.volume)
    if hosting == 0:
        return cost.tuned.unit_cost
    return cost.tuned.unit_cost + hosting / requests if hosting is not None and requests else None
