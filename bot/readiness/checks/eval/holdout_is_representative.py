"""Does the held-out set look like production?

## Why
A set of hard cases makes every model look weak, a set of easy ones makes the tuned model look strong: what is measured on
either does not hold in production (S0, S2).

## What counts as evidence
How the set was drawn: `eval.holdout.sampled` with `how` and `from`; `window`, `split_by` and `labels` are asked for. A set
of hard cases alone, or with a teacher's labels, fails. Then the rows of the baseline are compared with
`data.production_sample`: labels where they repeat, writing systems and tools by total variation distance, lengths by a
Kolmogorov-Smirnov distance in which 20 % of length and fixed instructions before every input do not count. Of each distance
only that part counts which two fair draws of these sizes would not show by chance, so a small sample accuses nobody. The
distances are shown.

A proposal without production yet says so (`not_launched`); for it, and for an experiment without a sample, the declared
draw alone counts, with a remark.

## How to fix
Draw at random from production, over a window that holds all of its days; keep the hard cases as a second slice.
"""

import re
from collections.abc import Iterator

from bot.readiness.baseline import BASELINE, Measured, measure
from bot.readiness.check import NOT_LOOKED_AT, Check, Dossier
from bot.readiness.eval_report import Composition
from bot.readiness.fact import Known, Unavailable
from bot.readiness.finding import Finding, Item
from bot.readiness.revalidation import EVERY
from bot.readiness.schema import NotApplicable
from bot.readiness.schema.evaluation import Holdout
from bot.readiness.shift import Shift, shifts
from bot.readiness.wording import count

_AT, _SAMPLED, _SAMPLE = "eval.holdout", "eval.holdout.sampled", "data.production_sample"
_HARD_WORD = (
    r"(hard(er|est)?|difficult|tricky|adversarial|fail(s|ed|ing|ures?)?|errors?|(edge|corner)[ -]cases?|worst)\b"
)
_HARD = re.compile(rf"\b{_HARD_WORD}")
_OF_HARD = re.compile(rf"\b(of|from|among|only)( \w+){{0,2}} {_HARD_WORD}")  # "a random sample of the failures"
_FAIR = re.compile(r"\b(random(ly)?|uniform(ly)?|stratified|representative|consecutive|systematic)\b")
_EASY = re.compile(r"\b(easy|right|all kinds)\b")
_DENIED = re.compile(r"\b(no|not|without|except|excluding|instead of|rather than|neither)\b[^,;.]*")
_PRODUCTION = re.compile(r"\bprod(uction)?\b")
_NO_PRODUCTION = re.compile(
    r"\b(no|not|without|pre|before|non|like|synthetic|simulated|planned|staging|test|beta|pilot)\b"
)


def run(dossier: Dossier) -> Iterator[Finding]:
    """Look at how the set was drawn, then at what it is made of."""
    holdout = dossier.proposal.eval.holdout
    faults = list(_declared(dossier, holdout))
    yield from faults
    if faults or holdout is None:
        return
    sample = dossier.proposal.data.production_sample
    remark = _unsaid(holdout)
    if _not_launched(dossier):
        yield _without(f"Drawn {_drawn(holdout)}; there is no production yet to compare it with.", remark)
    elif sample is None and dossier.proposal.scope == "experiment":
        yield _without(f"Drawn {_drawn(holdout)}; no production sample is linked to compare it with.", remark)
    elif sample is None or isinstance(sample, NotApplicable):
        yield CHECK.failed(
            f"Drawn {_drawn(holdout)}, as the proposal says; there is no production sample to compare it with.",
            at=_SAMPLE if sample else _AT,
            fix=f"Link some hundred requests of production under `{_SAMPLE}`, or write `not_applicable: not_launched`.",
            lever="evals",
            because="examples-match-production",
        )
    else:
        yield _compared(dossier, holdout, remark)


def _declared(dossier: Dossier, holdout: Holdout | None) -> Iterator[Finding]:
    """Walk what is wrong with how the set was drawn, as the proposal tells it."""
    sampled = holdout.sampled if holdout else None
    if holdout is None or sampled is None or sampled.how is None or sampled.from_ is None:
        missing = [
            name for name, text in (("how", sampled and sampled.how), ("from", sampled and sampled.from_)) if not text
        ]
        yield CHECK.failed(
            f"The proposal does not say how the held-out set was drawn: {' and '.join(missing)} {'is' if len(missing) == 1 else 'are'} missing.",
            at=_SAMPLED if sampled else _AT,
            fix="Add `sampled: {how: random, from: production, window: 2026-08-01/2026-10-31}` under `eval.holdout`.",
            lever="evals",
        )
        return
    if _hard_alone(sampled.how):
        yield CHECK.failed(
            f"The held-out set holds hard cases only ({_shown(sampled.how)}): it tells nothing about production.",
            at=f"{_SAMPLED}.how",
            fix="Draw it at random from production; keep the hard cases as a second slice.",
            lever="evals",
        )
    if holdout.labels == "teacher":
        yield CHECK.failed(
            "A teacher labelled the held-out set: whoever learns from it is measured by its own mistakes.",
            at=f"{_AT}.labels",
            fix="Let people, or a system of record, label the held-out set.",
            lever="evals",
        )
    if _not_launched(dossier) and (why := _launched(dossier, sampled.from_)):
        yield CHECK.failed(
            f"Production is said not to be there yet, but {why}.",
            at=_SAMPLE,
            fix=f"Link a sample of that production under `{_SAMPLE}`, or correct the other field.",
            lever="evals",
        )


def _hard_alone(how: str) -> bool:
    """Say whether hard cases alone were drawn; what is denied ("without the failures") is not meant."""
    meant = _DENIED.sub("", how.casefold())
    if not _HARD.search(meant) or _EASY.search(meant):
        return False
    return not _FAIR.search(meant) or bool(_OF_HARD.search(meant))


def _not_launched(dossier: Dossier) -> bool:
    sample = dossier.proposal.data.production_sample
    return isinstance(sample, NotApplicable) and sample.not_applicable == "not_launched"


def _launched(dossier: Dossier, origin: str) -> str | None:
    """Say what else in the proposal speaks of a production that there is; None where nothing does."""
    volume = dossier.proposal.ops_cost.volume
    if _PRODUCTION.search(origin.casefold()) and not _NO_PRODUCTION.search(origin.casefold()):
        return f"the held-out set is drawn from it ({_shown(origin)})"
    if volume is not None and volume.launched and volume.source is not None:
        return "its usage is linked under `ops_cost.volume.source`"
    return None


def _compared(dossier: Dossier, holdout: Holdout, remark: str | None) -> Finding:
    fact = dossier.evidence.samples.get(_SAMPLE)
    if fact is None:
        return CHECK.unverified("The production sample was not looked at.", at=_SAMPLE, fix=NOT_LOOKED_AT)
    if isinstance(fact, Unavailable):
        return CHECK.unavailable(fact, at=_SAMPLE, what="The production sample could not be read")
    measured = measure(CHECK, dossier)
    if isinstance(measured, Finding):
        return measured
    if measured.metric.composition is None:
        return CHECK.unverified(
            "There are no rows of the baseline that could be compared with production.",
            at=BASELINE,
            fix="Link the per-sample rows under `eval.baseline.rows`.",
            source=measured.source,
            because="eval-readable",
        )
    return _judged(dossier, holdout, measured, measured.metric.composition, fact, remark)


def _judged(
    dossier: Dossier,
    holdout: Holdout,
    measured: Measured,
    held_out: Composition,
    sample: Known[Composition],
    remark: str | None,
) -> Finding:
    found, most = shifts(held_out, sample.value), dossier.policy.setting(CHECK.id, "most")
    source = max(measured.source, sample.source, key=lambda each: each.grade)
    listed = ", ".join(_said(shift) for shift in found) or "nothing in which they could be compared"
    seen = (
        f"Drawn {_drawn(holdout)}. {count(held_out.items, 'held-out item')} against {sample.value.items:,} of production, "
        f"distance from 0 to 1: {listed}."
    )
    apart = [shift.what for shift in found if shift.sure > float(most[shift.what])]
    if apart:
        return CHECK.failed(
            f"{seen} Apart in {' and '.join(apart)}, beyond chance and what the policy allows.",
            at=_AT,
            fix="Draw the held-out set anew from production; where rows hold your own instructions, log these as the system's message.",
            source=source,
            lever="evals",
        )
    near = [shift.what for shift in found if shift.sure > float(most[shift.what]) / 2]
    remarks = [remark] if remark else []
    remarks += [f"Noticeably apart in {' and '.join(near)}."] if near else []
    if sample.value.items < int(dossier.policy.number(CHECK.id, "small_sample")):
        remarks.append(f"A sample of {sample.value.items:,} shows only what is far apart.")
    elif not found:
        remarks.append("Neither labels nor inputs could be compared.")
    return CHECK.passed(seen, at=_AT, source=source, remark=" ".join(remarks) or None)


def _said(shift: Shift) -> str:
    return f"{shift.what} {shift.size:.2f} (chance {shift.noise:.2f}{'; ' if shift.detail else ''}{shift.detail})"


def _without(message: str, remark: str | None) -> Finding:
    alone = "It rests on the proposal's word alone."
    return CHECK.passed(message, at=_AT, remark=f"{remark} {alone}" if remark else alone, stated=True)


def _unsaid(holdout: Holdout) -> str | None:
    sampled = holdout.sampled
    given = (("split_by", holdout.split_by), ("labels", holdout.labels), ("sampled.window", sampled and sampled.window))
    missing = [f"`{name}`" for name, value in given if value is None]
    mixed = sampled is not None and sampled.how is not None and _HARD.search(_DENIED.sub("", sampled.how.casefold()))
    parts = [f"Not said: {', '.join(missing)}."] if missing else []
    parts += ["Hard cases belong into a second slice."] if mixed else []
    return " ".join(parts) or None


def _drawn(holdout: Holdout) -> str:
    sampled = holdout.sampled
    return f"{_shown(sampled.how)} from {_shown(sampled.from_)}" if sampled else "somehow"


def _shown(text: str | None) -> str:
    """Show a text of the proposal in a sentence: one line, cut."""
    words = " ".join((text or "").split())
    return words if len(words) <= 60 else f"{words[:59]}…"


CHECK = Check(id="holdout-is-representative", item=Item.EVAL, doc=__doc__, run=run, asked_at=EVERY)
