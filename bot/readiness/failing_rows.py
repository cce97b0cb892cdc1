"""Which rows of a run fail, and what does a list of ids say of them? Shared by whoever names failures row by row.

A list is walked once and nothing of it is kept but counts and a few ids to show: a proposal may link many long ones.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from bot.readiness.bar import Bar
from bot.readiness.baseline import Measured

SHOWN = 5  # ids that a sentence shows


class Fate(StrEnum):
    """What became of the rows that one id stands for; `mixed`: several different ones, of which not all failed."""

    FAILED = "failed"
    RIGHT = "right"
    ERRORED = "errored"
    MIXED = "mixed"


@dataclass(frozen=True, slots=True)
class Failures:
    """The rows of a run by their ids.

    `fates` says what became of each, `weights` how many failing rows an id stands for that failed, `total` how many rows
    failed, those under a mixed id too. Repetitions of an item under one id are one row, which fails when one of them does.
    """

    measured: Measured
    fates: Mapping[str, Fate]
    weights: Mapping[str, int]
    total: int

    def unnamed(self, named: Mapping[str, int]) -> tuple[str, ...]:
        """List the first ids of failing rows that nobody names."""
        found = (name for name, fate in self.fates.items() if fate is Fate.FAILED and name not in named)
        return tuple(name for name, _ in zip(found, range(SHOWN), strict=False))


@dataclass(slots=True)
class Listed:
    """What a list of ids says: how many it holds, how many failing rows it names, and the ids that name none, by their fate.

    Of the latter (None: no row of the run) the first few are kept, and all are counted.
    """

    ids: int = 0
    failing: int = 0
    strays: dict[Fate | None, list[str]] = field(default_factory=dict)
    stray: dict[Fate | None, int] = field(default_factory=dict)

    @property
    def astray(self) -> int:
        """How many ids name no failing row."""
        return sum(self.stray.values())


def failures(measured: Measured, bar: Bar) -> Failures:
    """Sort the rows of a run: of scores of 0 and 1 the wrong ones failed, of others those that are worse than the bar."""
    best = (1.0 if bar.higher else 0.0) if measured.binary else None
    rows: dict[tuple[str, str], Fate] = {}
    for item in measured.metric.items:
        unit = (item.native_id.strip(), item.key)
        if item.score is None or item.errored:
            rows.setdefault(unit, Fate.ERRORED)
        elif not (bar.met_by(item.score) if best is None else item.score == best):
            rows[unit] = Fate.FAILED
        elif rows.get(unit) is not Fate.FAILED:
            rows[unit] = Fate.RIGHT
    fates: dict[str, Fate] = {}
    weights: dict[str, int] = {}
    for (name, _), fate in rows.items():
        fates[name] = _together(fates.get(name), fate)
        if fate is Fate.FAILED:
            weights[name] = weights.get(name, 0) + 1
    return Failures(measured, fates, weights, sum(weights.values()))


def _together(one: Fate | None, other: Fate) -> Fate:
    if one is None or one is other:
        return other
    return Fate.MIXED if Fate.FAILED in (one, other) or Fate.MIXED in (one, other) else Fate.RIGHT


def listed(ids: Iterable[str], run: Failures, named: dict[str, int]) -> Listed:
    """Hold a list against a run; `named` counts, over all lists, how often the id of a failing row was named."""
    found = Listed()
    for name in ids:
        found.ids += 1
        fate = run.fates.get(name)
        if fate is Fate.FAILED:
            found.failing += run.weights[name]
            named[name] = named.get(name, 0) + 1
            continue
        found.stray[fate] = found.stray.get(fate, 0) + 1
        shown = found.strays.setdefault(fate, [])
        if len(shown) < SHOWN:
            shown.append(name)
    return found
