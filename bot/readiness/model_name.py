"""What does a model's name say? Whether it is one of the policy's strong ones, a small sibling, or one tuned by somebody.

Names differ by tool, host and date: `anthropic/claude-sonnet-4-5-20250929`, `us.anthropic.claude-sonnet-4-5-v1:0` and
`claude-sonnet` are one family. So words are compared, not names.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import isclose

_WORD = re.compile(r"[a-z]*\d+(?:\.\d+)?[a-z]*|[a-z]+")
_VERSION = re.compile(r"([a-z]*)(\d+(?:\.\d+)?)")
_SIZE = re.compile(r"(?:(\d+)x)?(\d+(?:\.\d+)?)b")
# words that tell models of one family apart
SIBLINGS = frozenset(("mini", "nano", "micro", "lite", "flash", "haiku", "pro", "opus", "sonnet"))
_SAME_SIZE = 0.1  # 7B and 7.6B are written of one model
_LEAST = re.compile(r"([a-z]*)(\d+(?:\.\d+)?)\+")


@dataclass(frozen=True, slots=True)
class Strong:
    """Which models are strong enough to be the baseline, as the policy lists them.

    `families` are words in their order, like "claude opus"; `4.1+` means that version or a later one, right after the word
    before it. `billions` is the least number of parameters by which an open model is strong. `small` and `tuned` are words
    of names that are not: smaller siblings, and models that somebody has tuned.
    """

    families: tuple[str, ...]
    billions: float
    small: frozenset[str]
    tuned: frozenset[str]

    def weakness(self, name: str) -> str | None:
        """Say why a model is not strong, as the rest of a sentence; None when it is."""
        words = words_of(name)
        if found := next((word for word in words if word in self.tuned), None):
            return f"its name says `{found}`: a tuned model is no prompted one"
        if found := next((word for word in words if word in self.small), None):
            return f"its name says `{found}`: that is the smaller sibling"
        size = max(_billions(name), default=None)
        if size is not None and size < self.billions:
            return f"with {size:g} billion parameters it is below the {self.billions:g} billion of a strong open model"
        if size is None and not any(_has(words, family.split()) for family in self.families):
            return "it is not in the policy's list of strong models"
        return None


def words_of(name: str) -> list[str]:
    """Take a name apart into words and versions, in lower case."""
    return _WORD.findall(name.lower())


def are_alike(one: str, other: str) -> bool:
    """Say whether two names may be of one model: the words of one are all in the other, whatever host or date stands around."""
    ours, theirs = set(_parts(one.rpartition("/")[2])), set(_parts(other.rpartition("/")[2]))
    return ours <= set(_parts(other)) or theirs <= set(_parts(one))


def _parts(name: str) -> list[str]:
    """Take a name apart further: `llama3.1:8b` and `Llama-3.1-8B` are written of one model, `gpt-4` and `gpt-4o` are not."""
    return re.findall(r"\d+(?:\.\d+)?[a-z](?![a-z])|[a-z]+|\d+(?:\.\d+)?", name.lower())


def differ(one: str, other: str) -> bool:
    """Say whether two names are surely of different models: both tell a size, and not the same."""
    sizes = [max(_billions(name), default=None) for name in (one, other)]
    return None not in sizes and not isclose(sizes[0] or 0, sizes[1] or 0, rel_tol=_SAME_SIZE)


def _has(words: Sequence[str], family: Sequence[str]) -> bool:
    """Say whether the family's words stand in a name in their order; a version only right after the word before it."""
    if not family:
        return True
    wanted, *rest = family
    for at, word in enumerate(words):
        if (least := _LEAST.fullmatch(wanted)) is None:
            if word == wanted and (_follows(words[at + 1 :], rest)):
                return True
        elif _reaches(word, least[1], float(least[2])) and _follows(words[at + 1 :], rest):
            return True
    return False


def _follows(words: Sequence[str], family: Sequence[str]) -> bool:
    if family and (least := _LEAST.fullmatch(family[0])):
        return bool(words) and _reaches(words[0], least[1], float(least[2])) and _follows(words[1:], family[1:])
    return _has(words, family)


def _reaches(word: str, prefix: str, least: float) -> bool:
    found = _VERSION.fullmatch(word)
    return found is not None and found[1] == prefix and least <= float(found[2]) < 100  # beyond: a date, no version


def _billions(name: str) -> Iterator[float]:
    """Walk the sizes that a name tells, like `70b` and `8x22b`; `a22b` tells only how many of them are active."""
    for match in re.finditer(r"(?<![a-z0-9.])(?:\d+x)?\d+(?:\.\d+)?b(?![a-z0-9])", name.lower()):
        size = _SIZE.fullmatch(match[0])
        if size:
            yield float(size[2]) * int(size[1] or 1)
