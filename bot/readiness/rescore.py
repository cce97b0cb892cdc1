"""What is an answer worth, scored anew from answer and target?"""

import re
import unicodedata

from bot.readiness.evidence import EvalItem, EvalMetric


def tolerant(text: str) -> str:
    """Normalise an answer so that case, blanks, outer quotes and punctuation do not decide."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return re.sub(r"[\s\W_]+", " ", folded).strip()


def tolerant_score(item: EvalItem) -> float | None:
    """Score an item tolerantly: 1 when the answer equals the target but for form, else its own score."""
    if item.output is None or item.target is None or not tolerant(item.target):
        return item.score
    return 1.0 if tolerant(item.output) == tolerant(item.target) else item.score


def contradictions(metric: EvalMetric) -> tuple[EvalItem, ...]:
    """Find rows of a string metric whose score cannot follow from answer and target.

    Equal to the letter but scored 0, or scored 1 and unequal even when read tolerantly. Only for an exact match:
    other metrics are not ours to score.
    """
    if metric.deterministic != "exact_match":
        return ()
    return tuple(item for item in metric.items if _contradicts(item))


def _contradicts(item: EvalItem) -> bool:
    if item.output is None or item.target is None or item.score is None or item.errored:
        return False
    if item.score == 0.0:
        return item.output == item.target
    return item.score == 1.0 and bool(tolerant(item.target)) and tolerant(item.output) != tolerant(item.target)
