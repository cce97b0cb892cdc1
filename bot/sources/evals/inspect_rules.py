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
_LETTERED = re.compile(r"[A-Za-z](?:[, ]*[A-Za-z])*")
_CHOSEN = re.compile(r"[A-Z](?:, [A-Z])*")  # as the tool lists them
_KIND = re.compile(r"(match|includes|exact|choice)\d*")


def kind_of(scorer: str) -> str | None:
    """Name the scorer of the tool whose verdict answer and target decide; a second one of a kind has a number."""
    found = _KIND.fullmatch(scorer.removeprefix("inspect_ai/"))
    return found.group(1) if found else None


def whole(answer: Any) -> str | None:
    """Take an answer that is there in full, as text: of one long word a summary keeps nothing but the dots."""
    return answer if isinstance(answer, str) and len(answer) < _CUT_FROM and not answer.endswith("...") else None


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
    said, wanted = answer.strip().casefold(), target.strip().casefold()
    if params.get("numeric") and _NUMBER.fullmatch(wanted):
        if not _NUMBER.fullmatch(said):
            return None
        one, other = float(said), float(wanted)
        # the tool compares five digits, and versions differ in whether 5 matches the end of 25
        near = isclose(one, other, rel_tol=1e-3) or _letters(wanted) in _letters(said)
        return True if one == other else None if near else False
    if answer.strip() == target.strip():
        return True
    both = answer.isascii() and target.isascii() and bool(_letters(wanted))
    return False if both and _letters(wanted) not in _letters(said) else None


def _exact(params: Mapping[str, Any], answer: str, target: str) -> bool | None:
    said, wanted = " ".join(answer.casefold().split()), " ".join(target.casefold().split())
    if said == wanted:
        return True
    doubtful = not (answer.isascii() and target.isascii()) or any(c.isdigit() for c in said + wanted)
    return None if doubtful or _words(said) == _words(wanted) else False


def _choice(params: Mapping[str, Any], answer: str, target: str) -> bool | None:
    if not _LETTERED.fullmatch(target) or not _CHOSEN.fullmatch(answer):
        return None
    return sorted(_letters(answer)) == sorted(_letters(target.upper()))


def _letters(text: str) -> str:
    return "".join(character for character in text if character.isalnum())


def _words(text: str) -> str:
    """Leave out what the tool leaves out: punctuation, articles and blanks."""
    tokens = ("".join(c for c in token if c not in string.punctuation) for token in re.split(r"[\s-]+", text))
    return "".join(token for token in tokens if token not in ("a", "an", "the"))


_RULES: dict[str, Callable[[Mapping[str, Any], str, str], bool | None]] = {
    "includes": _includes,
    "match": _match,
    "exact": _exact,
    "choice": _choice,
}
