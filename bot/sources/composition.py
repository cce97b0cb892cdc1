"""What is a set of examples made of? Lengths, writing systems, labels and tools, counted over distinct examples.

Held-out rows, a production sample and training rows are described alike, so that they can be compared.
"""

import hashlib
import unicodedata
from collections import Counter

from bot.readiness.eval_report import Composition
from bot.sources.normalise import normal

_MOST_LENGTHS = 1_000
_MOST_LABELS = 200
_LOOKED_AT = 400  # characters of an input from which its writing system is told


class Compositor:
    """Counts examples one by one; repetitions, known by their key, count once."""

    def __init__(self) -> None:
        self._seen: set[str] = set()
        self._lengths: list[int] = []
        self._scripts: Counter[str] = Counter()
        self._labels: Counter[str] | None = Counter()
        self._tools: Counter[str] = Counter()
        self._digests: dict[str, str] = {}  # of targets that were seen, which mostly are few

    def add(self, key: str, asked: str, target: str | None, tools: tuple[str, ...] = ()) -> None:
        """Count an example by its input, its target (None: not known) and the tools it offers or calls."""
        if key in self._seen:
            return
        self._seen.add(key)
        self._lengths.append(len(asked))
        if script := _script(asked):
            self._scripts[script] += 1
        if tools:
            self._tools.update(set(tools))
        if self._labels is not None and target is not None:
            if (label := self._digests.get(target)) is None:
                label = self._digests[target] = hashlib.sha256(normal(target)).hexdigest()[:16]
            self._labels[label] += 1
            if len(self._labels) > _MOST_LABELS:
                self._labels, self._digests = None, {}

    def composition(self) -> Composition:
        """Say what was counted."""
        lengths = sorted(self._lengths)
        if len(lengths) > _MOST_LENGTHS:
            step = (len(lengths) - 1) / (_MOST_LENGTHS - 1)
            lengths = [lengths[round(n * step)] for n in range(_MOST_LENGTHS)]
        return Composition(
            len(self._seen), tuple(lengths), dict(self._scripts), dict(self._labels or {}), dict(self._tools)
        )


_ASCII_LETTERS = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")


def _script(text: str) -> str | None:
    """Name the writing system of most letters by the first word of their Unicode names; None without letters."""
    looked = text[:_LOOKED_AT]
    if looked.isascii():
        return "LATIN" if not _ASCII_LETTERS.isdisjoint(looked) else None
    found = Counter(unicodedata.name(c, "?").split()[0] for c in looked if c.isalpha())
    return found.most_common(1)[0][0] if found else None
