"""What is an answer worth, scored anew from answer and target?"""

import re
import unicodedata
from dataclasses import replace

from bot.readiness.evidence import EvalItem, EvalMetric

EXACT_MATCH = "exact_match"  # the one string metric that is ours to score

# a sign before a number and != change what is said: they are kept
_MEANT = re.compile(r"(?<![^\W_])-(?=\.?\d)|!(?==)")
_KEPT = frozenset("#%&*/@\\")


def tolerant(text: str) -> str:
    """Write an answer so that case, blanks, quotes, brackets and punctuation do not decide; signs that carry meaning do."""
    folded = unicodedata.normalize("NFKC", text).casefold().replace("\u2212", "-")
    meant = {found.start() for found in _MEANT.finditer(folded)}
    return " ".join("".join(c if n in meant or _is_said(c) else " " for n, c in enumerate(folded)).split())


def _is_said(character: str) -> bool:
    return character in _KEPT or unicodedata.category(character)[0] in "LMN" or _is_sign(character)


def _is_sign(character: str) -> bool:
    return unicodedata.category(character) in ("Sm", "Sc", "So")  # < = + $ and the like; not ` and ^, which only quote


def tolerant_score(item: EvalItem) -> float | None:
    """Score an item tolerantly: 1 when the answer equals the target but for form, else its own score."""
    if item.output is None or item.target is None:
        return item.score if item.tolerant is None else item.tolerant
    if item.score is None or not tolerant(item.target):
        return item.score
    return 1.0 if tolerant(item.output) == tolerant(item.target) else item.score


def contradictions(metric: EvalMetric) -> tuple[EvalItem, ...]:
    """Find rows of an exact match whose score cannot follow from answer and target.

    Equal to the letter but scored 0; or scored 1 although neither holds the other, even when read tolerantly (tools
    strip parts of an answer before they compare). Of another metric the reader has marked the rows that are equal to the
    letter and scored 0.
    """
    if metric.deterministic != EXACT_MATCH:
        return tuple(item for item in metric.items if item.contradicts)
    return tuple(item for item in metric.items if _contradicts(item))


def _contradicts(item: EvalItem) -> bool:
    if item.score is None or item.errored:
        return False
    if item.output is None or item.target is None:
        return item.contradicts
    if item.score == 0.0:
        return item.output == item.target
    answer, target = (tolerant(text).replace(" ", "") for text in (item.output, item.target))
    apart = not answer or (answer not in target and target not in answer)
    return item.score == 1.0 and bool(target) and apart


def without_texts(metric: EvalMetric) -> EvalMetric:
    """Leave the texts of a metric's rows out, and keep what the checks made of them: it judges the same."""
    if metric.deterministic != EXACT_MATCH:
        return replace(metric, items=tuple(replace(item, output=None, target=None) for item in metric.items))
    items = (
        replace(item, output=None, target=None, tolerant=tolerant_score(item), contradicts=_contradicts(item))
        for item in metric.items
    )
    return replace(metric, items=tuple(items))
