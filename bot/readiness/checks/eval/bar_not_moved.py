"""Does the bar stand where it stood before anybody saw a result?

## Why
A bar that is set after the result proves nothing (S1): higher, the prompted model falls short of it; lower, the tuned one
meets it.

## What counts as evidence
Bar, metric and held-out set as the base branch states them, and as earlier reviews of this pull request read them: every
difference is shown. A higher bar (where higher is better), a lower one once a tuned run is linked, and another metric make
a claim easier: they need a source. So does a bar that was first committed after the baseline ran. A source is
`eval.threshold_source`, a text that was read. Naming task or variant of the metric more exactly, or a larger held-out set,
needs none.

## How to fix
Link where the bar comes from (a service level, an agreement, a cost of errors), or put the bar back.
"""

from collections.abc import Iterator

from bot.readiness.baseline import BASELINE, measure
from bot.readiness.changes import began, ran_at
from bot.readiness.check import NOT_LOOKED_AT, Check, Dossier
from bot.readiness.evidence import StatedBar
from bot.readiness.fact import Known, Unavailable
from bot.readiness.finding import Finding, Item
from bot.readiness.stated_bar import Move, moves

_AT, _SOURCE = "eval.threshold", "eval.threshold_source"
_EARLIER = {"base": "The bar on the base branch", "reviews": "The bar at earlier reviews"}
_FIX = f"Link where the bar comes from under `{_SOURCE}`"


def run(dossier: Dossier) -> Iterator[Finding]:
    """Compare the bar with its earlier states, and its age with the baseline's."""
    stated = dossier.proposal.eval
    if stated.threshold is None or stated.metric is None:
        yield CHECK.failed(
            "Without a bar and a metric nothing can be compared.",
            at=_AT,
            fix="Write `eval.metric` and `eval.threshold`.",
            lever="evals",
            because="pass-criteria-written",
        )
        return
    before: list[StatedBar] = []
    troubles: list[Finding] = []
    for key, what in _EARLIER.items():
        fact = dossier.evidence.bars.get(key)
        if isinstance(fact, Known):
            before += fact.value
        elif fact is None:
            troubles.append(CHECK.unverified(f"{what} was not looked at.", at=_AT, fix=NOT_LOOKED_AT))
        else:
            troubles.append(CHECK.unavailable(fact, at=_AT, what=f"{what} could not be read"))
    shown, eased = _moved(dossier, before)
    yield from troubles
    if _has_source(dossier):
        yield _passed("The bar has a source.", shown)
    elif eased:
        yield _without_source(dossier, f"{shown} That needs a source: {'; '.join(eased)}.")
    else:
        yield _age(dossier, shown)


def _moved(dossier: Dossier, before: list[StatedBar]) -> tuple[str | None, list[str]]:
    """Say what moved, each difference with the states that it is one to, and whose claims that eases."""
    found: dict[Move, list[str]] = {}
    for bar in before:
        for move in moves(bar, dossier.proposal):
            found.setdefault(move, []).append(bar.where)
    said = [f"{move.said} since {_listed(where)}" for move, where in found.items()]
    shown = "; ".join(said)
    eased = dict.fromkeys(move.eased for move in found if move.eased is not None)
    return (f"{shown[0].upper()}{shown[1:]}." if shown else None), list(eased)


def _listed(where: list[str]) -> str:
    states = list(dict.fromkeys(where))
    more = f" and {len(states) - 2} more" if len(states) > 2 else ""
    return " and ".join(states[:2]) if not more else f"{', '.join(states[:2])}{more}"


def _age(dossier: Dossier, shown: str | None) -> Finding:
    """Hold the bar's first commit against the time of the baseline's run, where no source tells where it comes from."""
    report = dossier.evidence.evals.get(BASELINE)
    if not isinstance(report, Known):
        found = measure(CHECK, dossier)
        assert isinstance(found, Finding)  # noqa: S101  # there is no run to measure
        return found
    ran, fact = ran_at(report.value), dossier.evidence.histories.get("proposal")
    if ran is None:
        return CHECK.unverified(
            "The baseline's artifact does not say when it ran, so nobody can tell whether the bar was there first.",
            at=_AT,
            fix=f"{_FIX}, or link an artifact that says when it was made.",
            source=report.source,
        )
    if fact is None:
        return CHECK.unverified("Since when the bar is stated was not looked at.", at=_AT, fix=NOT_LOOKED_AT)
    if isinstance(fact, Unavailable):
        return CHECK.unavailable(fact, at=_AT, what="Since when the bar is stated could not be read")
    since = began(fact.value)
    if since is None:
        return _without_source(dossier, "The bar is not committed yet, and the baseline has run.")
    if since.at <= ran:
        return _passed(f"The bar is committed since {since.at:%Y-%m-%d}, the baseline ran on {ran:%Y-%m-%d}.", shown)
    if not since.sure:
        return CHECK.unverified(
            f"The bar was followed back to {since.at:%Y-%m-%d}, after the baseline ran ({ran:%Y-%m-%d}), and no further.",
            at=_AT,
            fix=f"{_FIX}.",
            source=fact.source,
        )
    return _without_source(
        dossier,
        f"The bar was first committed on {since.at:%Y-%m-%d}, after the baseline ran ({ran:%Y-%m-%d}), and has no source.",
    )


def _has_source(dossier: Dossier) -> bool:
    fact = dossier.evidence.texts.get(_SOURCE)
    return (
        dossier.proposal.eval.threshold_source is not None and isinstance(fact, Known) and fact.source.size != 0
    )  # its text is not kept, and an empty file is no source


def _without_source(dossier: Dossier, message: str) -> Finding:
    """Begin the finding that a source is needed: it is not there, is empty, or could not be read."""
    fact = dossier.evidence.texts.get(_SOURCE)
    if dossier.proposal.eval.threshold_source is None:
        return CHECK.failed(message, at=_AT, fix=f"{_FIX}, or put the bar back where it was.", lever="evals")
    if isinstance(fact, Unavailable):
        return CHECK.unavailable(fact, at=_SOURCE, what=f"{message} The source of the bar could not be read")
    if fact is None:
        return CHECK.unverified(f"{message} The source was not looked at.", at=_SOURCE, fix=NOT_LOOKED_AT)
    fix = "Write down where the bar comes from."
    return CHECK.failed(f"{message} The source is an empty file.", at=_SOURCE, fix=fix, lever="evals")


def _passed(message: str, shown: str | None) -> Finding:
    return CHECK.passed(message, at=_AT, remark=shown)


CHECK = Check(id="bar-not-moved", item=Item.EVAL, doc=__doc__, run=run)
