"""Is it known what goes wrong, row by row?

## Why
"Sometimes wrong" cannot be trained away: whoever cannot name the ways of failing cannot choose examples against them (S0).

## What counts as evidence
Modes under `failure.modes`, each with a name that says what happens and a file of failing rows: one id a line, as the run
names its rows, or else their 1-based lines. Together they cover 60 % of the failures of the prompted baseline; where a good
large model is to be made cheap, of the small model. Of scores of 0 and 1 the wrong rows fail, of others those that are worse
than the bar; a row that errored fails in no way that could be trained away.

Ids that are no rows of the run, or of rows that did not fail, speak against the file they stand in, a few slips apart. A row
in several modes counts once. A `share` is held against the rows: more than was counted is a claim that does not hold, less is
a remark. A name that only says that something is wrong, or that the metric is low, is no mode.

## How to fix
Read the failing rows of your baseline, sort them into two to five groups, name each group by what the model does in it, and
write the ids of each group into a file.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from math import floor

from bot.readiness.bar import bar
from bot.readiness.baseline import BASELINE, measure, small_models
from bot.readiness.check import NOT_LOOKED_AT, Check, Dossier
from bot.readiness.fact import Known, Unavailable
from bot.readiness.failing_rows import Failures, Fate, Listed, failures, listed
from bot.readiness.finding import Finding, Item
from bot.readiness.wording import count, percent

_AT = "failure.modes"
_LONGEST = 60  # characters of a name or an id in a sentence
_EPSILON = 1e-9  # shares are floats: 0.8 - 0.7 is no more than 0.1


@dataclass(frozen=True, slots=True)
class _Mode:
    """A mode whose file was read."""

    name: str
    at: str
    rows: Known[tuple[str, ...]]
    share: float | None


@dataclass(frozen=True, slots=True)
class _Held:
    """The modes held against a run: what each lists, and how often each failing row is named over all of them."""

    run: Failures
    lists: tuple[Listed, ...]
    named: dict[str, int]

    @property
    def covered(self) -> int:
        """How many failing rows some mode names."""
        return sum(self.run.weights[name] for name in self.named)

    @property
    def reached(self) -> float:
        """Which share of the failing rows that is."""
        return self.covered / max(self.run.total, 1)


def run(dossier: Dossier) -> Iterator[Finding]:
    """Look at each mode's name and file, then hold all of them against the run's failures."""
    stated, most = dossier.proposal.failure.modes, int(dossier.policy.number(CHECK.id, "most_modes"))
    if not stated or len(stated) > most:
        yield CHECK.failed(
            f"The proposal names {len(stated):,} ways of failing, at most {most} are looked at."
            if stated
            else "The proposal names no way in which the model fails.",
            at=_AT,
            fix="Sort the baseline's failing rows into two to five groups, and write each as `{name, share, rows}` under `failure.modes`.",
        )
        return
    modes: list[_Mode] = []
    for index, mode in enumerate(stated):
        found = _read(dossier, index)
        if isinstance(found, Finding):
            yield found
        else:
            modes.append(found)
        if vague := _vague(dossier, mode.name):
            yield CHECK.failed(
                f"The mode `{_shown(mode.name)}` {vague}.",
                at=f"{_AT}[{index}].name",
                fix="Name what the model does there, like `invented-category` or `refund-misrouted`.",
            )
    if modes:
        yield from _counted(dossier, modes, complete=len(modes) == len(stated))


def _counted(dossier: Dossier, modes: list[_Mode], *, complete: bool) -> Iterator[Finding]:
    """Hold the modes against the run that they fit best; what is covered is only said where every file was read."""
    runs = [_failures(dossier, at) for at in small_models(dossier.proposal) or (BASELINE,)]
    known = [_held(modes, each) for each in runs if isinstance(each, Failures)]
    if not known:
        yield from (each for each in runs if isinstance(each, Finding))
        return
    best = max(known, key=lambda each: each.reached)
    if not best.run.total:
        yield CHECK.failed(
            f"No row of {best.run.measured.name} fails: there is nothing to name.",
            at=_AT,
            fix="Link the run in which the model fails.",
            source=best.run.measured.source,
            because="baseline-falls-short",
        )
        return
    for mode, found in zip(modes, best.lists, strict=True):
        yield from (
            each for each in (_strays(dossier, mode, found, best), _overstated(dossier, mode, found, best)) if each
        )
    if complete:
        yield _covers(dossier, modes, best)


def _held(modes: list[_Mode], run: Failures) -> _Held:
    named: dict[str, int] = {}
    return _Held(run, tuple(listed(mode.rows.value, run, named) for mode in modes), named)


def _read(dossier: Dossier, index: int) -> _Mode | Finding:
    mode, at = dossier.proposal.failure.modes[index], f"{_AT}[{index}]"
    name = _shown(mode.name)
    if mode.rows is None:
        said = "" if mode.share is None else f", so nothing shows that it is {percent(mode.share)} of the failures"
        return CHECK.failed(
            f"The mode `{name}` names no rows that fail so{said}.",
            at=at,
            fix="Write the ids of its failing rows into a file, one a line, and link it as `rows`.",
        )
    match dossier.evidence.rows.get(f"{at}.rows"):
        case Known() as known:
            return _Mode(name, at, known, None if mode.share is None else float(mode.share))
        case Unavailable() as trouble:
            return CHECK.unavailable(trouble, at=f"{at}.rows", what=f"The rows of the mode `{name}` could not be read")
        case None:
            return CHECK.unverified(
                f"The rows of the mode `{name}` were not looked at.", at=f"{at}.rows", fix=NOT_LOOKED_AT
            )


def _shown(name: str) -> str:
    """Make a name fit to stand between backticks, in one line's length."""
    plain = name.replace("`", "'").strip()
    return plain if len(plain) <= _LONGEST else f"{plain[: _LONGEST - 1]}…"


def _vague(dossier: Dossier, name: str) -> str | None:
    """Say, as the rest of a sentence, why a name says nothing; None where it says something."""
    empty, scale = (
        {str(word) for word in dossier.policy.setting(CHECK.id, words)} for words in ("empty_words", "scale_words")
    )
    words = _words(name)
    letters = {word for word in words if word.isascii() and len(word) < 3}  # one or two of them are no name
    if words <= empty | letters:
        return "says that something is wrong, and not what"
    metric = dossier.proposal.eval.metric
    measured = _words(metric.name) if metric and metric.name else set()
    if words & scale and words <= empty | scale | measured:
        return "only says that the metric is not good, and not why"
    return None


def _words(name: str) -> set[str]:
    return {word.casefold() for word in re.findall(r"[^\W\d_]+", re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name))}


def _failures(dossier: Dossier, at: str) -> Failures | Finding:
    measured = measure(CHECK, dossier, at)
    if isinstance(measured, Finding):
        return measured
    wanted = bar(CHECK, dossier, measured)
    if isinstance(wanted, Finding):
        return wanted
    if not measured.metric.items:
        return CHECK.unverified(
            f"Of {measured.name} no rows are linked, so no failure can be looked at.",
            at=at,
            fix=f"Link the per-sample rows under `{at}.rows`.",
            source=measured.source,
            because="eval-readable",
        )
    return failures(measured, wanted)


_STRAYS = {
    None: "no rows of {run}",
    Fate.RIGHT: "rows that did not fail",
    Fate.ERRORED: "rows that errored, of which nobody knows how they would fail",
    Fate.MIXED: "ids of several rows each, not all of which failed",
}


def _strays(dossier: Dossier, mode: _Mode, found: Listed, held: _Held) -> Finding | None:
    """Tell the ids of a mode that name no failing row, when they are more than a slip."""
    if found.astray <= float(dossier.policy.number(CHECK.id, "max_strays")) * found.ids:
        return None
    name = held.run.measured.name
    parts = [
        f"{found.stray[fate]:,} {'is' if found.stray[fate] == 1 else 'are'} {what.format(run=name)} ({_ids(ids)})"
        for fate, what in _STRAYS.items()
        if (ids := found.strays.get(fate))
    ]
    like = next((each for each, fate in held.run.fates.items() if fate is Fate.FAILED), None)
    return CHECK.failed(
        f"Of the {count(found.ids, 'id')} of the mode `{mode.name}`, {'; '.join(parts)}.",
        at=f"{mode.at}.rows",
        fix=f"Write the ids as the rows of {name} name them{f', like `{_shown(like)}`' if like else ''}, and only of rows that fail.",
        source=mode.rows.source,
    )


def _ids(ids: tuple[str, ...] | list[str]) -> str:
    return ", ".join(f"`{_shown(each)}`" for each in ids)


def _overstated(dossier: Dossier, mode: _Mode, found: Listed, held: _Held) -> Finding | None:
    """Tell a share that claims more than the mode's rows show."""
    if mode.share is None or mode.share - found.failing / held.run.total <= _slack(dossier):
        return None
    counted = found.failing / held.run.total
    return CHECK.failed(
        f"The mode `{mode.name}` is claimed to be {percent(mode.share)} of the failures; its rows are {found.failing:,} of {held.run.total:,}, {_percent(counted)}.",
        at=f"{mode.at}.share",
        fix=f"Write `share: {floor(100 * counted) / 100:g}`, or list the other rows that fail so.",
        source=mode.rows.source,
    )


def _slack(dossier: Dossier) -> float:
    return float(dossier.policy.number(CHECK.id, "share_tolerance")) + _EPSILON


def _percent(value: float) -> str:
    """Write a share in percent, never rounded up to what it does not reach."""
    return percent(floor(1000 * value + _EPSILON) / 1000)


def _covers(dossier: Dossier, modes: list[_Mode], held: _Held) -> Finding:
    sources = (held.run.measured.source, *(mode.rows.source for mode in modes))
    source, least = max(sources, key=lambda each: each.grade), float(dossier.policy.number(CHECK.id, "least"))
    seen = (
        f"The modes name {held.covered:,} of the {count(held.run.total, 'failure')} of {held.run.measured.name}, "
        f"{_percent(held.reached)}"
    )
    if held.reached < least:
        rest = held.run.unnamed(held.named)
        return CHECK.failed(
            f"{seen}; the policy asks for {percent(least)}.",
            at=_AT,
            fix=f"Sort the other failing rows too{f' (like {_ids(rest)})' if rest else ''}, or say that they are too varied for one tune.",
            source=source,
        )
    return CHECK.passed(f"{seen}.", at=_AT, source=source, remark=_otherwise(dossier, modes, held))


def _otherwise(dossier: Dossier, modes: list[_Mode], held: _Held) -> str | None:
    """Say where a share is stated too small, and where modes overlap."""
    slack = _slack(dossier)
    told = [
        f"`{mode.name}` is stated as {percent(mode.share)} of the failures, counted {_percent(counted)}."
        for mode, found in zip(modes, held.lists, strict=True)
        if mode.share is not None and (counted := found.failing / held.run.total) - mode.share > slack
    ]
    twice = sum(held.run.weights[name] for name, times in held.named.items() if times > 1)
    if twice > slack * held.covered:
        told.append(f"{count(twice, 'failing row')} of {held.covered:,} stand in several modes; each counts once.")
    return " ".join(told) or None


CHECK = Check(id="failure-is-specific", item=Item.BEHAVIOR, doc=__doc__, run=run)
