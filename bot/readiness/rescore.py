"""What is an answer worth, scored anew from answer and target?

Rows are scored anew when they are read, and their texts are then forgotten: a fact holds what came of it, never the text.
"""

import json
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from typing import Any

from bot.readiness.eval_report import Direction, EvalItem

LONGEST = 20_000  # characters of an answer or a target that is scored anew

# names of metrics, without case and separators, that answer and target alone decide: right means equal but for form
_DECIDED = frozenset(
    ("exactmatch", "em", "exact", "labelmatch", "numbermatch", "jsonmatch", "stringmatch", "quasiexactmatch")
)
# words of names of metrics that say whether an answer is right: whatever its score, one that equals the target is
_RIGHT = re.compile(r"(?:^|_)(?:acc|accuracy|match|matches|exact|em|correct|correctness|right|label|labels)(?:$|_)")
# names of measures of likeness in shades, of which two equal texts have the most. Of short or foreign texts some have none
_LIKENESS = re.compile(
    r"(?:^|_)(?:f1|chrf|chrfpp|similarity|likeness|jaccard|levenshtein_ratio|bertscore|bert_score)(?:$|_|\d)"
)
_GRAMS = re.compile(r"(?:^|_)(?:bleu|sacrebleu|rouge|meteor|gleu)(?:$|_|\d|l)")
# words of names of which less is better: of these 0 is what a right answer gets
_ERRORS = re.compile(
    r"(?:^|_)(?:error|errors|loss|wer|cer|ter|mismatch|violations?|distance|failures?|wrong|incorrect|hallucinations?"
    r"|toxicity|bias|refusals?|perplexity|ppl|latency|cost|mae|mse|rmse)(?:$|_)"
)

# a sign before a number and != change what is said: they are kept
_MEANT = re.compile(r"(?<![^\W_])-(?=\.?\d)|!(?==)")
_KEPT = frozenset("#%&*/@\\")
_NUMBER = re.compile(r"[-+\u2212]?(?:\d{1,3}(?:,\d{3})+|\d+)?(?:\.\d+)?(?:[eE][-+]?\d{1,3})?")
_WORD = re.compile(r"[A-Za-z0-9]+")


@dataclass(frozen=True, slots=True)
class Rescored:
    """What answer and target say of one row.

    `kind` is how they were compared: "number" and "json" where both are one, else "text". `same` to the letter, `alike` but
    for form, `apart` neither in the other even then. `wordy` says that equal texts have at least four words of plain
    letters, without which measures of word sequences find nothing to compare.
    """

    kind: str
    same: bool
    alike: bool
    apart: bool
    wordy: bool = False


def rescore(output: str | None, target: str | None, score: float | None) -> Rescored | None:
    """Compare answer and target of a row; None where they do not stand there as short texts, or the row has no score."""
    if output is None or not target or score is None or max(len(output), len(target)) > LONGEST:
        return None
    if output == target:
        return _SAME_WORDY if len(_WORD.findall(target[:200])) >= 4 and target.isascii() else _SAME
    said, wanted = tolerant(output), tolerant(target)
    if not wanted:
        return None
    kind, alike = "text", said == wanted
    number, wanted_number = _number(output), _number(target)
    if number is not None and wanted_number is not None:
        kind, alike = "number", number == wanted_number  # the tolerant text has lost the point of 1.5
    elif target.lstrip()[:1] in ("{", "[") and (value := _json(target)) is not None:
        kind, alike = "json", alike or _json(output) == value
    close, near = said.replace(" ", ""), wanted.replace(" ", "")
    apart = not alike and (not close or (close not in near and near not in close))
    return Rescored(kind, same=False, alike=alike, apart=apart)


_SAME = Rescored("text", same=True, alike=True, apart=False)
_SAME_WORDY = replace(_SAME, wordy=True)


def scored_anew(
    name: str | None, direction: Direction | None, items: Sequence[EvalItem], again: Sequence[Rescored | None]
) -> tuple[str | None, list[EvalItem]]:
    """Put into the items what scoring anew found; returns the kind of comparison (None: nothing could be compared).

    Only where more is better; a direction that nobody states is taken for that, unless the name speaks of errors. Equal to
    the letter but scored 0 contradicts itself whatever the metric is called; scored 1 although neither holds the other, only
    where the metric's name says that they decide (a judge may call right what the target does not hold; tools strip parts of
    an answer before they compare). Of scores in shades only those whose name says what they measure are scored anew.
    """
    known = {found.kind for found in again if found is not None}
    rules = _Rules.of(name, direction, [item.score for item in items if item.score is not None])
    if not known or rules is None:
        return None, list(items)
    result = list(items)
    for place, (item, found) in enumerate(zip(items, again, strict=True)):
        score = item.score
        # most rows have their due by any rule: right and scored so, or not right and scored so
        if found is None or score is None or (score > 0.5 if found.alike else score <= 0.5):
            continue
        wrong, tolerantly = rules.contradicts(score, found), rules.tolerant(score, found)
        if wrong or tolerantly:
            result[place] = replace(item, tolerant=tolerantly, contradicts=wrong)
    return (next((kind for kind in ("json", "number") if kind in known), "text")), result


@dataclass(frozen=True, slots=True)
class _Rules:
    """How the scores of a metric are held against answer and target. `low` is what is surely no full score."""

    decided: bool
    grams: bool
    tolerates: bool
    low: float

    @classmethod
    def of(cls, name: str | None, direction: Direction | None, scores: Sequence[float]) -> "_Rules | None":
        """Find the rules for a metric by its name, its direction and all of its scores; None where there are none."""
        words = re.sub(r"[\W_]+", "_", re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name or "")).casefold()
        decided = words.replace("_", "") in _DECIDED
        right = decided or bool(_RIGHT.search(words))
        if direction is Direction.LOWER or (direction is None and not right and _ERRORS.search(words)):
            return None
        if right:
            # a share of a score, like 0.001 for 0, changes nothing
            return cls(decided, grams=False, tolerates=True, low=0.5)
        grams = bool(_GRAMS.search(words))
        if grams or _LIKENESS.search(words):
            return cls(decided=False, grams=grams, tolerates=False, low=0.0)
        # a few scores in shades among those of 0 and 1 make no scale
        binary = 2 * sum(1 for score in scores if score in (0.0, 1.0)) >= len(scores)
        return cls(decided=False, grams=False, tolerates=True, low=0.0) if binary and scores else None

    def contradicts(self, score: float, found: Rescored) -> bool:
        """Say whether a score cannot follow from answer and target."""
        if found.same:
            return (score < self.low or score == 0.0) and (found.wordy or not self.grams)
        return self.decided and found.apart and score > 0.5

    def tolerant(self, score: float, found: Rescored) -> float | None:
        """Give the score that an answer deserves which differs from its target only in form; None where it has its due."""
        return 1.0 if self.tolerates and found.alike and (score < self.low or score == 0.0) else None


class _Table(dict[int, int | None]):
    """Letters, marks, numbers and signs that carry meaning stay; all else is a blank."""

    def __missing__(self, code: int) -> int | None:
        character = chr(code)
        category = unicodedata.category(character)
        # < = + $ and the like are signs; not ` and ^, which only quote
        said = character in _KEPT or category[0] in "LMN" or category in ("Sm", "Sc", "So")
        self[code] = kept = code if said else ord(" ")
        return kept


_TABLE = _Table()
_MARKS = {"-": "\ue000", "!": "\ue001"}  # of nobody's alphabet: they hold a place while the table is applied
_TABLE.update({ord(mark): ord(sign) for sign, mark in _MARKS.items()})


def tolerant(text: str) -> str:
    """Write an answer so that case, blanks, quotes, brackets and punctuation do not decide; signs that carry meaning do."""
    folded = text.lower() if text.isascii() else unicodedata.normalize("NFKC", text).casefold()
    if not folded.isascii():
        folded = folded.replace("\u2212", "-").replace("\ue000", " ").replace("\ue001", " ")
    if "-" in folded or "!" in folded:
        folded = _MEANT.sub(lambda found: _MARKS[found[0]], folded)
    return " ".join(folded.translate(_TABLE).split())


def _number(text: str) -> Decimal | None:
    """Read a text that is one number and nothing else: 1,000 and 1000.0 are the same."""
    if len(text) > 200:
        return None
    bare = text.strip()
    if not bare or len(bare) > 60 or not _NUMBER.fullmatch(bare):
        return None
    try:
        return Decimal(bare.replace(",", "").replace("\u2212", "-"))
    except InvalidOperation:
        return None


def _json(text: str) -> Any:
    """Read a text that is one JSON value; None where it is none. Of objects the order of keys says nothing."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None
