"""Is the behavior to be learnt stable?

## Why
What still changes from week to week has no target to train on: prompting is the more honest tool (S1, the 2x2 of kind and
signal).

## What counts as evidence
`failure.signal` beside `failure.kind`. Behavior and stable is where fine-tuning earns its keep; behavior and volatile is
prompt + few-shot; knowledge and volatile is retrieval; knowledge and stable is continued pretraining, rarely.

"Stable" is held against the history of the output schema and of the prompt file, where they are files of the repository:
the changes of meaning in the 90 days before the pull request was opened. Indentation, order of keys and punctuation change
nothing, nor does a file's first commit; a commit that changes several files counts once. More than 2 changes are a remark,
more than 5 fail. The newest seven versions of a file are compared; that there are more of these days is a remark.

## How to fix
Let the prompt settle first. Propose again when schema and rules have not changed for a quarter.
"""

from collections.abc import Iterable, Iterator
from datetime import timedelta

from bot.readiness.changes import changed, moment
from bot.readiness.check import NOT_LOOKED_AT, Check, Dossier
from bot.readiness.evidence import History, Version
from bot.readiness.fact import Known, Unavailable
from bot.readiness.finding import Finding, Item
from bot.readiness.schema import LinkField
from bot.readiness.wording import count

_AT = "failure.signal"
_FILES = {
    "data.output_schema": "output schema",
    "tried.prompt.prompt_file": "prompt file",
    "eval.baseline.prompt_file": "prompt file",
}


def run(dossier: Dossier) -> Iterator[Finding]:
    """Look kind and signal up in the 2x2, and hold "stable" against what was committed."""
    failure = dossier.proposal.failure
    match failure.signal:
        case None:
            yield CHECK.failed(
                "The proposal does not say whether the signal is stable.",
                at=_AT,
                fix="Add `failure.signal`: `stable` if the right answer will be the same in half a year, else `volatile`.",
            )
        case "volatile" if failure.kind == "knowledge":
            yield CHECK.failed(
                "Knowledge that changes belongs in retrieval.",
                at=_AT,
                fix="Use retrieval: facts that change are looked up, not learnt.",
                lever="retrieval",
                because="failure-is-behavior",
            )
        case "volatile":
            yield CHECK.failed(
                "A behavior that still changes has no target to train on.",
                at=_AT,
                fix="Use prompt + few-shot until it has settled.",
                lever="prompt",
            )
        case "stable":
            yield from _held_against_history(dossier)


def _held_against_history(dossier: Dossier) -> Iterator[Finding]:
    known: dict[str, Known[History]] = {}
    for at, what in _FILES.items():
        if not _in_repository(dossier, at):
            continue
        fact = dossier.evidence.histories.get(at)
        if isinstance(fact, Known):
            known[at] = fact
        elif isinstance(fact, Unavailable):
            yield CHECK.unavailable(fact, at=at, what=f"The history of the {what} could not be read")
        else:
            yield CHECK.unverified(f"The history of the {what} was not looked at.", at=at, fix=NOT_LOOKED_AT)
    yield _counted(dossier, known)


def _counted(dossier: Dossier, known: dict[str, Known[History]]) -> Finding:
    days = int(dossier.policy.number(CHECK.id, "days"))
    remark_above, most = (int(dossier.policy.number(CHECK.id, name)) for name in ("remark_above", "most_changes"))
    if not known:
        return CHECK.passed("The signal is stated as stable.", at=_AT)
    changes = {at: _within(dossier, changed(fact.value), days) for at, fact in known.items()}
    commits = set().union(*changes.values())
    names = " and ".join(dict.fromkeys(_FILES[at] for at in changes))
    seen = f"In the {days} days before the pull request was opened, {names} changed in meaning {_times(len(commits))}."
    source = max((fact.source for fact in known.values()), key=lambda each: each.grade)
    if len(commits) > most:
        return CHECK.failed(
            f"Stated as stable. {seen} More than {most} contradict that.",
            at=max(changes, key=lambda at: len(changes[at])),
            fix="Keep to prompt + few-shot until it has settled, and propose again after a quarter without changes.",
            source=source,
            lever="prompt",
        )
    unread = set().union(*(_within(dossier, _unread(fact.value), days) for fact in known.values())) - commits
    remarks = (
        [f"More than {count(remark_above, 'change')} in {days} days: has it settled?"]
        if len(commits) > remark_above
        else []
    )
    remarks += [f"{count(len(unread), 'more commit')} could not be compared."] if unread else []
    return CHECK.passed(
        f"The signal is stated as stable. {seen}", at=_AT, source=source, remark=" ".join(remarks) or None
    )


def _unread(history: History) -> tuple[Version, ...]:
    """List the versions whose meaning is not known, where there are several: what is committed once is not compared."""
    return tuple(v for v in history.versions if v.meaning is None) if len(history.versions) > 1 else ()


def _within(dossier: Dossier, versions: Iterable[Version], days: int) -> set[str]:
    """Find the commits of the days before the opening."""
    first = dossier.opened_on - timedelta(days=days)
    known = ((version.commit, moment(version.committed_at)) for version in versions)
    return {commit for commit, at in known if at is not None and first <= at.date() <= dossier.opened_on}


def _times(number: int) -> str:
    return {0: "not once", 1: "once", 2: "twice"}.get(number, f"{number} times")


def _in_repository(dossier: Dossier, at: str) -> bool:
    found: object = dossier.proposal
    for name in at.split("."):
        found = getattr(found, name, None)
    return isinstance(found, LinkField) and "://" not in found.uri


CHECK = Check(id="signal-is-stable", item=Item.BEHAVIOR, doc=__doc__, run=run)
