"""Is it known what goes wrong, row by row?

## Why
"Sometimes wrong" cannot be trained away: whoever cannot name the ways of failing cannot choose examples against them (S0).

## What counts as evidence
Modes under `failure.modes`, each with a name that says what happens and a file of failing rows: one id a line, as the run
names its rows, or else their 1-based lines. Together they cover 60 % of the failures of the prompted baseline; where a good
large model is to be made cheap, of the small model. A row fails that is worse than the bar; a row that errored is no mode.
Rows that are not in the run, or did not fail, speak against the file they stand in.

## How to fix
Read the failing rows of your baseline, sort them into two to five groups, name each group by what the model does in it, and
write the ids of each group into a file.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from bot.readiness.bar import Bar, bar
from bot.readiness.baseline import BASELINE, Measured, measure, small_models
from bot.readiness.check import NOT_LOOKED_AT, Check, Dossier
from bot.readiness.evidence import Known, Source, Unavailable
from bot.readiness.finding import Finding, Item
from bot.readiness.wording import count, percent

_AT = "failure.modes"
_SHOWN = 5


@dataclass(frozen=True, slots=True)
class _Mode:
    """A mode whose file was read: its name, its field, its ids, the stated share."""

    name: str
    at: str
    ids: frozenset[str]
    share: float | None
    source: Source


@dataclass(frozen=True, slots=True)
class _Failures:
    """The rows of a run by their ids: all of them, and those that failed."""

    measured: Measured
    rows: frozenset[str]
    failed: frozenset[str]

    def covered(self, modes: list[_Mode]) -> frozenset[str]:
        """Find the failures that some mode names."""
        return self.failed & frozenset().union(*(mode.ids for mode in modes))


def run(dossier: Dossier) -> Iterator[Finding]:
    """Hold each mode's rows against the run, then all of them against its failures."""
    stated = dossier.proposal.failure.modes
    if not stated:
        yield CHECK.failed(
            "The proposal names no way in which the model fails.",
            at=_AT,
            fix="Sort the baseline's failing rows into groups, and write each as `{name, share, rows}` under `failure.modes`.",
        )
        return
    modes: list[_Mode] = []
    for index, mode in enumerate(stated):
        found = _read(dossier, index)
        if isinstance(found, Finding):
            yield found
        else:
            modes.append(found)
        if _is_vague(dossier, mode.name):
            yield CHECK.failed(
                f"The mode `{mode.name[:60]}` says that something is wrong, and not what.",
                at=f"{_AT}[{index}].name",
                fix="Name what the model does there, like `invented-category` or `refund-misrouted`.",
            )
    if len(modes) < len(stated):
        return  # what cannot be read covers nothing that could be counted
    runs = [_failures(dossier, at) for at in small_models(dossier.proposal) or (BASELINE,)]
    known = [each for each in runs if isinstance(each, _Failures)]
    if not known:
        yield from (each for each in runs if isinstance(each, Finding))
        return
    best = max(known, key=lambda each: len(each.covered(modes)) / max(len(each.failed), 1))
    strays = [finding for mode in modes if (finding := _strays(dossier, mode, best))]
    yield from strays
    yield _covers(dossier, modes, best)


def _read(dossier: Dossier, index: int) -> _Mode | Finding:
    mode, at = dossier.proposal.failure.modes[index], f"{_AT}[{index}]"
    if mode.rows is None:
        return CHECK.failed(
            f"The mode `{mode.name[:60]}` names no rows that fail so.",
            at=at,
            fix="Write the ids of its failing rows into a file, one a line, and link it as `rows`.",
        )
    match dossier.evidence.rows.get(f"{at}.rows"):
        case Known() as known:
            share = None if mode.share is None else float(mode.share)
            return _Mode(mode.name, at, frozenset(known.value), share, known.source)
        case Unavailable() as trouble:
            return CHECK.unavailable(
                trouble, at=f"{at}.rows", what=f"The rows of the mode `{mode.name[:60]}` could not be read"
            )
        case None:
            return CHECK.unverified(
                f"The rows of the mode `{mode.name[:60]}` were not looked at.", at=f"{at}.rows", fix=NOT_LOOKED_AT
            )


def _is_vague(dossier: Dossier, name: str) -> bool:
    """Say whether a name consists of words that say nothing; one or two Latin letters are none."""
    empty = {str(word) for word in dossier.policy.setting(CHECK.id, "empty_words")}
    words = re.findall(r"[^\W\d_]+", name.casefold())
    return all(word in empty or (word.isascii() and len(word) < 3) for word in words)


def _failures(dossier: Dossier, at: str) -> _Failures | Finding:
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
    return _sorted(measured, wanted)


def _sorted(measured: Measured, wanted: Bar) -> _Failures:
    rows = frozenset(item.native_id for item in measured.metric.items)
    failed = {item.native_id for item in measured.scored if item.score is not None and not wanted.met_by(item.score)}
    return _Failures(measured, rows, frozenset(failed))


def _strays(dossier: Dossier, mode: _Mode, run: _Failures) -> Finding | None:
    """Tell the rows of a mode that are not in the run or did not fail, when they are more than a slip."""
    unknown, right = sorted(mode.ids - run.rows), sorted((mode.ids & run.rows) - run.failed)
    if len(unknown) + len(right) <= float(dossier.policy.number(CHECK.id, "max_strays")) * len(mode.ids):
        return None
    parts = [
        f"{len(ids):,} {what} ({', '.join(f'`{each[:40]}`' for each in ids[:_SHOWN])})"
        for ids, what in ((unknown, f"are no rows of {run.measured.name}"), (right, "did not fail there"))
        if ids
    ]
    return CHECK.failed(
        f"Of the {count(len(mode.ids), 'row')} of the mode `{mode.name[:60]}`, {' and '.join(parts)}.",
        at=f"{mode.at}.rows",
        fix="Write the ids as the run's rows name them, of rows that fail.",
        source=mode.source,
    )


def _covers(dossier: Dossier, modes: list[_Mode], run: _Failures) -> Finding:
    source = max((run.measured.source, *(mode.source for mode in modes)), key=lambda source: source.grade)
    if not run.failed:
        return CHECK.failed(
            f"No row of {run.measured.name} fails: there is nothing to name.",
            at=_AT,
            fix="Link the run in which the model fails.",
            source=source,
            because="baseline-falls-short",
        )
    least, covered = float(dossier.policy.number(CHECK.id, "least")), run.covered(modes)
    reached = len(covered) / len(run.failed)
    seen = f"The modes name {len(covered):,} of the {count(len(run.failed), 'failure')} of {run.measured.name}, {100 * reached:.0f} %"
    if reached < least:
        return CHECK.failed(
            f"{seen}; the policy asks for {percent(least)}.",
            at=_AT,
            fix="Sort the other failing rows too, or say that they are too varied for one tune.",
            source=source,
        )
    return CHECK.passed(f"{seen}.", at=_AT, source=source, remark=_otherwise(dossier, modes, run))


def _otherwise(dossier: Dossier, modes: list[_Mode], run: _Failures) -> str | None:
    """Say where a stated share is not the counted one."""
    slack = float(dossier.policy.number(CHECK.id, "share_tolerance"))
    told = [
        f"`{mode.name[:60]}` is stated as {percent(mode.share)} of the failures, counted {100 * counted:.0f} %"
        for mode in modes
        if mode.share is not None
        and abs((counted := len(mode.ids & run.failed) / len(run.failed)) - mode.share) > slack
    ]
    return "; ".join(told) or None


CHECK = Check(id="failure-is-specific", item=Item.BEHAVIOR, doc=__doc__, run=run)
