"""How far are two sets of examples apart? Effect sizes from 0 (alike) to 1 (nothing in common), and what chance alone brings.

Labels, writing systems and tools by their total variation distance, lengths by a Kolmogorov-Smirnov distance.
"""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import log, pi, sqrt

from bot.readiness.eval_report import Composition

STRETCH = 1.2  # house: lengths that differ by less are alike, whatever their spread
_REPEATED = 3  # house: labels that stand for a closed set repeat so often in the mean


@dataclass(frozen=True, slots=True)
class Shift:
    """The distance of two sets in one respect; `noise` is what a fair draw of these sizes stays below in 95 of 100 cases."""

    what: str
    size: float
    noise: float
    detail: str = ""

    @property
    def sure(self) -> float:
        """The part of the distance that chance does not explain."""
        return max(0.0, self.size - self.noise)


def shifts(held_out: Composition, production: Composition) -> tuple[Shift, ...]:
    """Compare a held-out set with production in every respect in which both are known."""
    found = (
        _labels(held_out.labels, production.labels),
        _lengths(held_out, production),
        _counted("scripts", held_out.scripts, production.scripts),
        _counted("tools", held_out.tools, production.tools),
    )
    return tuple(shift for shift in found if shift is not None)


def _labels(one: Mapping[str, int], other: Mapping[str, int]) -> Shift | None:
    """Compare labels where they repeat: of free texts each is another."""
    if any(_REPEATED * len(labels) > sum(labels.values()) for labels in (one, other)):
        return None
    return _counted("labels", one, other)


def _counted(what: str, one: Mapping[str, int], other: Mapping[str, int]) -> Shift | None:
    """Take the total variation distance of two counts; its noise is the expected distance plus McDiarmid's bound."""
    n, m = sum(one.values()), sum(other.values())
    if not n or not m:
        return None
    names = sorted(one.keys() | other.keys())
    size = sum(abs(one.get(name, 0) / n - other.get(name, 0) / m) for name in names) / 2
    both, spread = n + m, 1 / n + 1 / m
    pooled = [(one.get(name, 0) + other.get(name, 0)) / both for name in names]
    expected = sum(sqrt(2 / pi * p * (1 - p) * spread) for p in pooled) / 2
    return Shift(what, size, min(1.0, expected + sqrt(log(1 / 0.05) * spread / 2)))


def _lengths(one: Composition, other: Composition) -> Shift | None:
    """Take the distance of the lengths; instructions that stand before every input of one set move nothing."""
    if not one.lengths or not other.lengths:
        return None
    bare = [[length - _low(lengths) for length in lengths] for lengths in (one.lengths, other.lengths)]
    size = min(_stretched(one.lengths, other.lengths), _stretched(bare[0], bare[1]))
    noise = 1.358 * sqrt(1 / one.items + 1 / other.items)  # the two-sample critical value at 5 %
    medians = f"in the median {_median(one.lengths):,} against {_median(other.lengths):,} characters"
    return Shift("lengths", size, min(1.0, noise), medians)


def _stretched(one: Sequence[int], other: Sequence[int]) -> float:
    """Find the largest difference of the shares up to a length, when lengths that differ by STRETCH count as alike."""
    first, second = sorted(one), sorted(other)
    return max(_shorter(first, second), _shorter(second, first))


def _shorter(first: Sequence[int], second: Sequence[int]) -> float:
    """Find by how much more of the first lies below some length; that is largest at one of its own lengths."""
    return max(
        number / len(first) - bisect_right(second, max(length, 0) * STRETCH + 1) / len(second)
        for number, length in enumerate(first, 1)
    )


def _low(lengths: Sequence[int]) -> int:
    """Find the length that one in twenty does not exceed: what stands before every input is no longer."""
    return sorted(lengths)[len(lengths) // 20]


def _median(lengths: Sequence[int]) -> int:
    return sorted(lengths)[len(lengths) // 2]
