"""Where is the bar, and which way is better? What a metric is named tells that too, where its artifact is silent."""

import re
from dataclasses import dataclass

from bot.readiness.baseline import Measured
from bot.readiness.check import Check, Dossier
from bot.readiness.eval_report import Direction
from bot.readiness.finding import Finding
from bot.readiness.wording import share

# house: words of metric names whose direction nobody disputes; most artifacts do not say it themselves
_HIGHER = {
    "acc", "accuracy", "auc", "auroc", "bertscore", "bleu", "chrf", "em", "exact", "f1", "meteor", "mrr", "ndcg",
    "rouge", "rouge1", "rouge2", "rougel",
}  # fmt: skip
_LOWER = {"brier", "cer", "loss", "mae", "mse", "perplexity", "ppl", "rmse", "ter", "wer"}  # as a name's last word


@dataclass(frozen=True, slots=True)
class Bar:
    """The value from which on the eval is passed, and whether higher is better."""

    value: float
    higher: bool

    def met_by(self, value: float) -> bool:
        """Say whether a value is at the bar or beyond it."""
        return value >= self.value if self.higher else value <= self.value

    def said(self) -> str:
        """Write the bar for people."""
        return share(self.value)


def known_direction(measured: Measured) -> tuple[Direction, str] | None:
    """Find which way the metric is better, from the artifact or else from its name, and say whence; None when neither tells."""
    if measured.metric.direction is not None:
        return measured.metric.direction, "the artifact says"
    words = [word for word in re.split(r"[^a-z0-9]+", (measured.metric.name or "").lower()) if word]
    higher, lower = bool(_HIGHER.intersection(words)), bool(_LOWER.intersection(words[-1:]))
    if higher == lower:
        return None
    return (Direction.HIGHER if higher else Direction.LOWER), "the metric's name says"


def bar(check: Check, dossier: Dossier, measured: Measured) -> Bar | Finding:
    """Find the bar of the proposal, or the finding that there is none to hold a run against (the cause is told elsewhere)."""
    threshold, wanted = dossier.proposal.eval.threshold, dossier.proposal.eval.metric
    stated, known = wanted.direction if wanted else None, known_direction(measured)
    if threshold is None or stated is None or (known is not None and known[0].value != stated):
        return check.failed(
            "Without a bar, and the way in which the metric is better, no run can be held against it.",
            at="eval.threshold" if threshold is None else "eval.metric.direction",
            fix="Write `eval.threshold` and `eval.metric.direction`.",
            lever="evals",
            because="pass-criteria-written",
        )
    return Bar(float(threshold), stated == "higher")
