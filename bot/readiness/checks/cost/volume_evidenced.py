"""Is the volume the one that is there?

## Why
Every saving is a price times a volume: a volume that is hoped for makes any fine-tune pay (S0, S3).

## What counts as evidence
`ops_cost.volume.source`: CSV, JSON or JSONL rows of `date, requests`, one a day, of at least 14 days. The mean of a calendar
day counts; a day between that is left out had no requests. A stated volume of more than twice that mean fails, of more than a
quarter above it is a remark; a lower one is always fine. The last day lies not long before the pull request's opening: more
than 90 days a remark, more than 365 too old. Days that are still to come were not counted by anybody.

Before launch there is nothing to count: `launched: false` makes `requests` the plan, and the volume at which the adapter
breaks even is told instead. It contradicts a holdout drawn from production.

## How to fix
Export the requests of the last weeks from your gateway or your provider's usage page, and link the file.
"""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal

from bot.readiness.check import NOT_LOOKED_AT, Check, Dossier
from bot.readiness.economics import DAYS, of, requests12
from bot.readiness.evidence import Usage
from bot.readiness.fact import Known, Unavailable
from bot.readiness.finding import Finding, Item
from bot.readiness.named_models import life
from bot.readiness.revalidation import EVERY
from bot.readiness.schema import LinkField
from bot.readiness.wording import a_day, count, percent

_AT, _SOURCE = "ops_cost.volume", "ops_cost.volume.source"


def run(dossier: Dossier) -> Iterator[Finding]:
    """Hold the stated volume to the counted one."""
    volume = dossier.proposal.ops_cost.volume
    in12 = requests12(volume)
    if volume is None or in12 is None:
        yield CHECK.failed(
            "There is no volume to compare.",
            at=_AT,
            fix=f"Add `{_AT}: {{requests, period: day, source}}`.",
            because="cost-estimated",
        )
        return
    stated = in12 / DAYS
    if volume.launched:
        yield _counted(dossier, stated)
    else:
        yield _planned(dossier, stated)


def _planned(dossier: Dossier, stated: Decimal) -> Finding:
    holdout = dossier.proposal.eval.holdout
    drawn = (holdout.sampled.from_ if holdout and holdout.sampled else None) or ""
    if re.search(r"\bproduction\b", drawn, re.IGNORECASE):
        return CHECK.failed(
            "`launched: false` says that there is no traffic yet, and the holdout is drawn from production.",
            at=f"{_AT}.launched",
            fix=f"Say where the holdout comes from, or write `launched: true` and link the usage as `{_SOURCE}`.",
        )
    computed = of(dossier.proposal.ops_cost, dossier.policy, life(dossier).days(dossier.opened_on))
    even = computed.break_even_per_day if computed else None
    breaks = f" It breaks even at {a_day(even)}." if even is not None else ""
    sampled = isinstance(dossier.proposal.data.production_sample, LinkField)
    remark = "There is a sample of production although nothing is launched: link its usage too." if sampled else None
    return CHECK.passed(
        f"Planned are {a_day(stated)}; nothing is launched yet.{breaks}", at=_AT, remark=remark, stated=True
    )


def _counted(dossier: Dossier, stated: Decimal) -> Finding:
    volume = dossier.proposal.ops_cost.volume
    if volume is None or volume.source is None:
        return CHECK.failed(
            f"Nothing shows that there are {a_day(stated)}.",
            at=_AT,
            fix=f"Link the usage as `{_SOURCE}`: a CSV of `date,requests`; before launch write `launched: false`.",
        )
    match dossier.evidence.usage.get(_SOURCE):
        case None:
            return CHECK.unverified("The usage was not looked at.", at=_SOURCE, fix=NOT_LOOKED_AT)
        case Unavailable() as trouble:
            return CHECK.unavailable(trouble, at=_SOURCE, what="The usage could not be read")
        case Known() as known:
            return _unfit(dossier, known) or _compared(dossier, known, stated)


def _unfit(dossier: Dossier, known: Known[Usage]) -> Finding | None:
    """Find why a file tells nothing of the traffic of now."""
    usage, number = known.value, dossier.policy.number
    least, ahead, old = (int(number(CHECK.id, name)) for name in ("days", "days_after_opening", "too_old_after_days"))
    last = date.fromisoformat(usage.last)
    if last > dossier.opened_on + timedelta(days=ahead):
        return CHECK.failed(
            f"The usage goes on to {usage.last}: requests that are still to come were not counted.",
            at=_SOURCE,
            fix="Link the days that were counted, or write `launched: false` where they are a plan.",
            source=known.source,
        )
    if usage.days < least:
        return CHECK.failed(
            f"The usage counts {count(usage.days, 'day')}, the policy asks for {least}.",
            at=_SOURCE,
            fix=f"Link at least {least} days.",
            source=known.source,
        )
    if (dossier.opened_on - last).days > old:
        return CHECK.failed(
            f"The usage ends on {usage.last}, more than {old} days before the pull request was opened.",
            at=_SOURCE,
            fix="Link the last weeks.",
            source=known.source,
        )
    return None


def _compared(dossier: Dossier, known: Known[Usage], stated: Decimal) -> Finding:
    usage, number = known.value, dossier.policy.number
    seen = (
        f"{a_day(usage.per_day)} were counted on average from {usage.first} to {usage.last}, stated are {a_day(stated)}"
    )
    if stated > number(CHECK.id, "fail") * usage.per_day:
        return CHECK.failed(
            f"{seen}; the policy bears {number(CHECK.id, 'fail'):f} x.",
            at=f"{_AT}.requests",
            fix="State the volume that is there, or write `launched: false` where the rest is a plan.",
            source=known.source,
        )
    remarks = []
    if stated > number(CHECK.id, "warn") * usage.per_day:
        remarks.append(f"That is more than {percent(number(CHECK.id, 'warn') - 1)} above what was counted.")
    if (dossier.opened_on - date.fromisoformat(usage.last)).days > number(CHECK.id, "stale_after_days"):
        remarks.append(f"The usage ends on {usage.last}; newer days would tell more.")
    if usage.days < usage.span:
        remarks.append(f"{count(usage.span - usage.days, 'day')} between are not in the file, and count as 0.")
    return CHECK.passed(f"{seen}.", at=_SOURCE, source=known.source, remark=" ".join(remarks) or None)


CHECK = Check(id="volume-evidenced", item=Item.COST, doc=__doc__, run=run, asked_at=EVERY)
