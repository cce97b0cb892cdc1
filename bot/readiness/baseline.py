"""Which number of which artifact does the proposal's bar speak of? Shared by the checks on the eval."""

from dataclasses import dataclass
from decimal import Decimal

from bot.readiness.check import Check, Dossier
from bot.readiness.evidence import EvalItem, EvalMetric, EvalReport, Fact, Known, Unavailable
from bot.readiness.finding import Finding
from bot.readiness.schema import Metric


@dataclass(frozen=True, slots=True)
class Measured:
    """A report with the metric that the proposal names."""

    report: Known[EvalReport]
    metric: EvalMetric

    @property
    def scored(self) -> tuple[EvalItem, ...]:
        """The items that have a score."""
        return tuple(item for item in self.metric.items if item.score is not None)

    @property
    def unscored(self) -> tuple[EvalItem, ...]:
        """The items that errored or were not scored."""
        return tuple(item for item in self.metric.items if item.score is None)

    @property
    def binary(self) -> bool:
        """Say whether every score is 0 or 1."""
        return bool(self.metric.items) and all(item.score in (None, 0.0, 1.0) for item in self.metric.items)


@dataclass(frozen=True, slots=True)
class Ambiguous:
    """No metric, or several, fit what the proposal names; `choices` are those that there are."""

    message: str
    choices: tuple[str, ...]


def name_of(metric: EvalMetric) -> str:
    """Name a metric as a selector: task / name / variant."""
    return " / ".join(part for part in (metric.task, metric.name, metric.variant) if part)


def select(report: EvalReport, wanted: Metric | None) -> EvalMetric | Ambiguous:
    """Find the metric that the proposal names; unset parts of the selector match anything."""
    choices = tuple(name_of(metric) for metric in report.metrics)
    if wanted is None or wanted.name is None:
        return Ambiguous("the proposal does not say which metric counts", choices)
    fitting = [
        metric
        for metric in report.metrics
        if metric.name == wanted.name
        and wanted.task in (None, metric.task)
        and wanted.variant in (None, metric.variant)
    ]
    if len(fitting) == 1:
        return fitting[0]
    what = "several metrics fit" if fitting else "no metric fits"
    return Ambiguous(f"{what} `{wanted.task or '*'} / {wanted.name} / {wanted.variant or '*'}`", choices)


def fact(dossier: Dossier, at: str) -> Fact[EvalReport] | None:
    """Look up the report of a run by its field; None when the proposal links none."""
    return dossier.evidence.evals.get(at)


def measure(check: Check, dossier: Dossier, at: str = "eval.baseline") -> Measured | Finding:
    """Find the measured baseline, or the finding that says why there is none (the cause is `eval-readable`'s)."""
    because = None if check.id == "eval-readable" else "eval-readable"
    match fact(dossier, at):
        case None:
            return check.failed(
                "There is no eval run of prompt + retrieval to look at.",
                at=at,
                fix="Link the run's artifact and its per-sample rows under `eval.baseline`.",
                lever="evals",
                because=because,
            )
        case Unavailable() as trouble:
            return check.unavailable(trouble, at=at, what="The eval run could not be read", because=because)
        case Known() as known:
            chosen = select(known.value, dossier.proposal.eval.metric)
            if isinstance(chosen, Ambiguous):
                listed = ", ".join(f"`{choice}`" for choice in chosen.choices[:12]) or "none"
                return check.failed(
                    f"In the eval run, {chosen.message}. It holds: {listed}.",
                    at="eval.metric",
                    fix="Name task, name and variant of one of them under `eval.metric`.",
                    source=known.source,
                    because=None if check.id == "pass-criteria-written" else "pass-criteria-written",
                )
            return Measured(known, chosen)


def share(value: float | Decimal) -> str:
    """Write a proportion or a score for people."""
    return f"{float(value):.4f}".rstrip("0").rstrip(".") or "0"
