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

from bot.readiness.evidence import Direction, EvalItem

LONGEST = 20_000  # characters of an answer or a target that is scored anew

# names of metrics, without case and separators, that answer and target alone decide: right means equal but for form
_DECIDED = frozenset(
    ("exactmatch", "em", "exact", "labelmatch", "numbermatch", "jsonmatch", "stringmatch", "quasiexactmatch")
)
# words of names of which less is better: of these 0 is what a right answer gets
_ERRORS = re.compile(r"(?:^|[\W_])(?:error|errors|loss|wer|cer|ter|mismatch|violations?|distance)(?:$|[\W_])")

# a sign before a number and != change what is said: they are kept
_MEANT = re.compile(r"(?<![^\W_])-(?=\.?\d)|!(?==)")
_KEPT = frozenset("#%&*/@\\")
_NUMBER = re.compile(r"[-+\u2212]?(?:\d{1,3}(?:,\d{3})+|\d+)?(?:\.\d+)?(?:[eE][-+]?\d{1,3})?")


@dataclass(frozen=True, slots=True)
class Rescored:
    """What answer and target say of one scored row.

    `kind` is how they were compared: "number" and "json" where both are one, else "text". `same` to the letter, `alike` but
    for form, `apart` neither in the other even then.
    """

    kind: str
    same: bool
    alike: bool
    apart: bool


def rescore(output: str | None, target: str | None) -> Rescored | None:
    """Compare answer and target of a row; None where they do not stand there as short texts."""
    if output is None or not target or max(len(output), len(target)) > LONGEST:
        return None
    if output == target:
        return Rescored("text", same=True, alike=True, apart=False)
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


def scored_anew(
    name: str | None, direction: Direction | None, items: Sequence[EvalItem], again: Sequence[Rescored | None]
) -> tuple[str | None, list[EvalItem]]:
    """Put into the items what scoring anew found; returns the kind of comparison (None: nothing could be compared).

    Only for scores of 0 and 1 of which more is better. Equal to the letter but scored 0 contradicts itself whatever the
    metric is called; scored 1 although neither holds the other, only where the metric's name says that they decide (a judge
    may call right what the target does not hold; tools strip parts of an answer before they compare).
    """
    plain = re.sub(r"[\W_]+", "", name or "").casefold()
    better_low = direction is Direction.LOWER or (
        direction is None and bool(_ERRORS.search((name or "").casefold().replace("-", "_")))
    )
    known = [found for found in again if found is not None]
    if not known or better_low or any(item.score not in (None, 0.0, 1.0) for item in items):
        return None, list(items)
    decided = plain in _DECIDED
    result = []
    for item, found in zip(items, again, strict=True):
        if found is None:
            result.append(item)
            continue
        wrong = (item.score == 0.0 and found.same) or (item.score == 1.0 and decided and found.apart)
        tolerantly = 1.0 if item.score == 0.0 and found.alike else None
        result.append(replace(item, tolerant=tolerantly, contradicts=wrong) if wrong or tolerantly else item)
    kinds = {found.kind for found in known}
    return (next((kind for kind in ("json", "number") if kind in kinds), "text")), result


def tolerant(text: str) -> str:
    """Write an answer so that case, blanks, quotes, brackets and punctuation do not decide; signs that carry meaning do."""
    folded = unicodedata.normalize("NFKC", text).casefold().replace("\u2212", "-")
    meant = {found.start() for found in _MEANT.finditer(folded)}
    return " ".join("".join(c if n in meant or _is_said(c) else " " for n, c in enumerate(folded)).split())


def _is_said(character: str) -> bool:
    return character in _KEPT or unicodedata.category(character)[0] in "LMN" or _is_sign(character)


def _is_sign(character: str) -> bool:
    return unicodedata.category(character) in ("Sm", "Sc", "So")  # < = + $ and the like; not ` and ^, which only quote


def _number(text: str) -> Decimal | None:
    """Read a text that is one number and nothing else: 1,000 and 1000.0 are the same."""
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
