"""What must a deterministic scorer of Inspect have said? Told anew from the extracted answer and the targets.

None wherever the rule, or a text that the log has cut, leaves a doubt: a wrong verdict would accuse.
"""

import re
import string
from collections.abc import Callable, Mapping, Sequence
from math import isclose
from typing import Any

_CUT_FROM = 1_000  # characters; summaries cut an answer at 1,024
_NUMBER = re.compile(r"[-+]?\d{1,30}(?:\.\d{1,30})?")
_WHOLE = re.compile(r"[0-9]{1,30}")
_DIGITS = 5  # what the tool keeps of a number
_FORMATTED = re.compile(
    r"[\d$\u00a3\u20ac,.*_\\]"
)  # what numeric matching reads, or strips from one of two equal texts
_LETTERED = re.compile(r"[A-Za-z](?:[, ]*[A-Za-z])*")
_CHOSEN = re.compile(r"[A-Z](?:, [A-Z])*")  # as the tool lists them
_KIND = re.compile(r"(match|includes|exact|choice|f1)\d*")
_ROUNDED = 0.01  # the tool writes two decimals of an F1


def kind_of(scorer: str) -> str | None:
    """Name the scorer of the tool whose verdict answer and target decide; a second one of a kind has a number."""
    found = _KIND.fullmatch(scorer.removeprefix("inspect_ai/"))
    return found.group(1) if found else None


def whole(answer: Any) -> str | None:
    """Take an answer that is there in full, as text: of one long word a summary keeps nothing but the dots."""
    return answer if isinstance(answer, str) and len(answer) < _CUT_FROM and not answer.endswith("...") else None


def settled(kind: str, params: Mapping[str, Any], target: str) -> bool:
    """Say whether an answer that equals the target is right under every version of the tool.

    Numeric matching of May 2026 and later strips the points and commas of a target that is no number, and not those of the
    answer; before, numbers of more than five digits were not found anywhere in a text. Until then, too, exact and f1
    passed over a target that begins with a blank.
    """
    if kind in ("exact", "f1"):
        return not target[:1].isspace()
    if kind != "match" or not params.get("numeric"):
        return True
    if not _NUMBER.fullmatch(target.strip()):
        return not _FORMATTED.search(target)
    return params.get("location") != "any" or len(_letters(target)) <= _DIGITS


def contradicts(kind: str, params: Mapping[str, Any], answer: str, targets: Sequence[str], score: float | None) -> bool:
    """Say whether a score cannot be what the scorer gave this answer; never of credit in parts but that of f1."""
    if kind == "f1":
        must = likeness(params, answer, targets)
        return must is not None and score is not None and abs(must - score) > _ROUNDED
    said = verdict(kind, params, answer, targets) if score in (0.0, 1.0) else None
    return said is not None and said != (score == 1.0)


def likeness(params: Mapping[str, Any], answer: str, targets: Sequence[str]) -> float | None:
    """Reckon the F1 of the words of answer and targets, 0 to 1; None where versions differ, as in numbers."""
    texts = (answer, *targets)
    if params.get("stop_words") or not all(text.isascii() and text.strip() for text in texts) or len(texts) == 1:
        return None
    if any(text[:1].isspace() for text in targets) or any(c.isdigit() for text in texts for c in text):
        return None
    return max(_overlap(set(_words(answer)), set(_words(target))) for target in targets)


def _overlap(said: set[str], wanted: set[str]) -> float:
    if not said or not wanted:  # the tool takes an empty text to be precise, or complete, by itself
        return float(not said and not wanted)
    return 2 * len(said & wanted) / (len(said) + len(wanted))


def verdict(kind: str, params: Mapping[str, Any], answer: str, targets: Sequence[str]) -> bool | None:
    """Say whether an answer is right by the scorer's rule; None where that is not certain."""
    said = [_RULES[kind](params, answer, target) for target in targets if target.strip()]
    if kind == "choice" and len(said) != 1:
        return _choice(params, answer, "".join(targets))  # all of the letters are to be chosen
    if True in said:
        return True
    return False if said and None not in said and answer.strip() else None


def _includes(params: Mapping[str, Any], answer: str, target: str) -> bool | None:
    if any(character.isspace() for character in target):
        return None  # summaries write blanks anew
    if params.get("ignore_case", True):
        answer, target = answer.casefold(), target.casefold()
    return target in answer


def _match(params: Mapping[str, Any], answer: str, target: str) -> bool | None:
    if not settled("match", params, target):
        return None
    said, wanted = answer.strip().casefold(), target.strip().casefold()
    if params.get("numeric") and _NUMBER.fullmatch(wanted):
        return _same_number(said, wanted)
    if answer.strip() == target.strip():
        return True
    both = answer.isascii() and target.isascii() and bool(_letters(wanted))
    return False if both and _letters(wanted) not in _letters(said) else None


def _same_number(said: str, wanted: str) -> bool | None:
    """Compare two numbers: as such, or until May 2026 as texts where the target had a sign or a point."""
    if not _NUMBER.fullmatch(said):
        return None
    bare = _WHOLE.fullmatch(wanted)
    if said == wanted or (bare and said[0] != "+" and float(said) == float(wanted)):
        return True
    # the tool compares five digits, and versions differ in whether 5 matches the end of 25 or of -5
    near = isclose(abs(float(said)), abs(float(wanted)), rel_tol=1e-3)
    inside = (str(int(wanted)) if bare else _letters(wanted)) in _letters(said)
    return None if near or inside else False


def _exact(params: Mapping[str, Any], answer: str, target: str) -> bool | None:
    if not settled("exact", params, target):
        return None
    said, wanted = " ".join(answer.casefold().split()), " ".join(target.casefold().split())
    digits = any(c.isdigit() for c in said + wanted)
    if said == wanted:
        return None if digits and " " in wanted else True  # where lines end in a number the tool reads another one
    if digits or not (answer.isascii() and target.isascii()):
        return None
    # until August 2026 the tool compared the words as a set
    one, other = _words(said), _words(wanted)
    return None if set(one) == set(other) or "".join(one) == "".join(other) else False


def _choice(params: Mapping[str, Any], answer: str, target: str) -> bool | None:
    if not _LETTERED.fullmatch(target) or not _CHOSEN.fullmatch(answer):
        return None
    return sorted(_letters(answer)) == sorted(_letters(target.upper()))


def _letters(text: str) -> str:
    return "".join(character for character in text if character.isalnum())


def _words(text: str) -> list[str]:
    """List the words as the tool does: without case, punctuation, articles and blanks."""
    tokens = (
        "".join(c for c in token if c not in string.punctuation) for token in re.split(r"[\s-]+", text.casefold())
    )
    return [token for token in tokens if token not in ("", "a", "an", "the")]


_RULES: dict[str, Callable[[Mapping[str, Any], str, str], bool | None]] = {
    "includes": _includes,
    "match": _match,
    "exact": _exact,
    "choice": _choice,
}
