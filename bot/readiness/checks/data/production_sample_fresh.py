"""Is the sample of what production sends today?

## Why
What people ask changes, and so do the systems before the adapter: whether it still fits is seen in what comes in now, not in
what came in before it was trained (S0).

## What counts as evidence
`data.production_sample`, at least 100 requests, and `data.sampled.window`, the days on which they were logged, like
`2026-10-01/2026-11-20`. The last of them is at most 30 days before the pull request was opened. The file's history bears it out:
its present content was committed on that day or later, and since the cycle was opened. A sample that lies elsewhere has no
history that could be seen: a remark. Whether the requests still look like the training rows is asked by
`examples-match-production`.

## How to fix
Log some hundred requests of the last weeks, and write down of which days they are.
"""

import re
from collections.abc import Iterator
from datetime import date, timedelta

from bot.readiness.changes import began
from bot.readiness.check import NOT_LOOKED_AT, Check, Dossier
from bot.readiness.eval_report import Composition
from bot.readiness.evidence import History
from bot.readiness.fact import Known, Unavailable
from bot.readiness.finding import Finding, Item
from bot.readiness.revalidation import OF_REVALIDATIONS
from bot.readiness.schema import LinkField
from bot.readiness.wording import count

AT, WINDOW = "data.production_sample", "data.sampled.window"
_WINDOW = re.compile(r"\s*(\d{4}-\d{2}-\d{2})\s*/\s*(\d{4}-\d{2}-\d{2})\s*", re.ASCII)


def run(dossier: Dossier) -> Iterator[Finding]:
    """Look how many requests there are, and of which days."""
    again = dossier.revalidation
    if again is None:
        yield CHECK.not_applicable("Nothing is revalidated here.", at="")
        return
    linked = dossier.proposal.data.production_sample
    if not isinstance(linked, LinkField):
        yield CHECK.failed(
            "No sample of what production sends now is linked.",
            at=AT,
            fix=f"Log some hundred requests of the last weeks, and link them as `{AT}`.",
        )
        return
    match dossier.evidence.samples.get(AT):
        case None:
            yield CHECK.unverified("The production sample was not looked at.", at=AT, fix=NOT_LOOKED_AT)
        case Unavailable() as trouble:
            yield CHECK.unavailable(trouble, at=AT, what="The production sample could not be read")
        case Known() as known:
            yield _judge(dossier, known, linked)


def _judge(dossier: Dossier, known: Known[Composition], linked: LinkField) -> Finding:
    least, most, ahead = (int(dossier.policy.number(CHECK.id, n)) for n in ("rows", "days", "days_after_opening"))
    if known.value.items < least:
        return CHECK.failed(
            f"Inconclusive: the sample holds {count(known.value.items, 'request')}, the policy asks for {least}.",
            at=AT,
            fix=f"Link at least {least} requests.",
            source=known.source,
        )
    days = _days(dossier)
    if days is None:
        return CHECK.failed(
            "The file does not say on which days the sample was logged.",
            at=WINDOW,
            fix="Add `data.sampled: {how, window: 2026-10-01/2026-11-20}`: the first and the last day.",
        )
    first, last = days
    if last < first or last > dossier.opened_on + timedelta(days=ahead):
        return CHECK.failed(
            f"The sample cannot be of {first} to {last}; the pull request was opened on {dossier.opened_on}.",
            at=WINDOW,
            fix="Write the first and the last day on which it was logged.",
        )
    age = (dossier.opened_on - last).days
    if age > most:
        return CHECK.failed(
            f"The sample ends on {last}, {age} days before the pull request was opened; {most} are the most.",
            at=WINDOW,
            fix="Log requests of the last weeks, and link these.",
            source=known.source,
        )
    seen = f"{count(known.value.items, 'request')} from {first} to {last}"
    return _committed(dossier, known, linked, seen, last)


def _days(dossier: Dossier) -> tuple[date, date] | None:
    again = dossier.revalidation
    sampled = again.own.data.sampled if again else None
    found = _WINDOW.fullmatch(sampled.window) if sampled and sampled.window else None
    try:
        return (date.fromisoformat(found[1]), date.fromisoformat(found[2])) if found else None
    except ValueError:
        return None


def _committed(dossier: Dossier, known: Known[Composition], linked: LinkField, seen: str, last: date) -> Finding:
    """Hold the days against the commit that brought the sample."""
    if "://" in linked.uri:
        remark = "It lies elsewhere, so that nothing but the file's word tells of which days it is."
        return CHECK.passed(f"{seen}.", at=AT, source=known.source, remark=remark)
    match dossier.evidence.histories.get(AT):
        case None:
            return CHECK.unverified("The history of the sample was not looked at.", at=AT, fix=NOT_LOOKED_AT)
        case Unavailable() as trouble:
            return CHECK.unavailable(trouble, at=AT, what="The history of the sample could not be read")
        case Known(history, _):
            return _in_time(dossier, known, history, seen, last)


def _in_time(dossier: Dossier, known: Known[Composition], history: History, seen: str, last: date) -> Finding:
    since = began(history)
    if since is None:
        return CHECK.unverified("When the sample was committed is not known.", at=AT, fix=NOT_LOOKED_AT)
    committed, cycle = since.at.date(), dossier.revalidation.cycle if dossier.revalidation else None
    if committed < last:
        return CHECK.failed(
            f"The sample was committed on {committed}, and is said to be logged until {last}.",
            at=WINDOW,
            fix="Write the days on which it was logged, or link the newer sample.",
            source=known.source,
        )
    if cycle is not None and committed < cycle.opened_on:
        return CHECK.failed(
            f"The sample was committed on {committed}, before this cycle was opened on {cycle.opened_on}.",
            at=AT,
            fix="Log requests of the last weeks, and link these.",
            source=known.source,
        )
    return CHECK.passed(f"{seen}, committed on {committed}.", at=AT, source=known.source)


CHECK = Check(id="production-sample-fresh", item=Item.DATA, doc=__doc__, run=run, asked_at=OF_REVALIDATIONS)
