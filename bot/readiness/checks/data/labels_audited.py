"""Did a second person look at the labels?

## Why
What is labelled wrongly is learnt wrongly, and no eval over labels of the same hand shows it (S0).

## What counts as evidence
`data.label_audit`: a CSV with `row` and `verdict` (right or wrong) of a second person. The upper 95 % bound of the share of
wrong labels is at most 5 %: of 60 audited rows none, of 100 one may be wrong. While a curation plan stands for the training
file there may be no audit yet, or a small one of the pilot's rows: it passes on condition, unless more than 5 % of those are wrong.

## How to fix
Let a second person judge 100 rows drawn at random, without seeing the label first; mend what is wrong and audit again.
"""

from collections.abc import Iterator

from bot.readiness import label_audit
from bot.readiness.check import NOT_LOOKED_AT, Check, Dossier
from bot.readiness.fact import Known, Unavailable
from bot.readiness.finding import Finding, Item
from bot.readiness.statistics import wilson
from bot.readiness.training_data import PLAN, condition
from bot.readiness.wording import count, percent

_AT = "data.label_audit"
_CONDITION = "an audit of their labels"


def run(dossier: Dossier) -> Iterator[Finding]:
    """Bound the share of wrong labels."""
    if dossier.proposal.data.label_audit is None and condition(dossier):
        yield CHECK.passed("The labels are audited when they are there.", at=PLAN, stated=True, condition=_CONDITION)
        return
    if dossier.proposal.data.label_audit is None:
        yield CHECK.failed(
            "No second person has looked at the training labels.",
            at=_AT,
            fix="Let one judge 100 rows drawn at random, and link the CSV of `row, verdict`.",
        )
        return
    match dossier.evidence.texts.get(_AT):
        case None:
            yield CHECK.unverified("The audit was not looked at.", at=_AT, fix=NOT_LOOKED_AT)
        case Unavailable() as trouble:
            yield CHECK.unavailable(trouble, at=_AT, what="The audit of the labels could not be read")
        case Known() as known:
            yield _judged(dossier, known)


def _judged(dossier: Dossier, known: Known[str]) -> Finding:
    counts = label_audit.counted(known.value)
    if counts is None:
        return CHECK.failed(
            "It cannot be told what the audit says.",
            at=_AT,
            fix="Write a CSV with the columns `row` and `verdict` (right or wrong).",
            source=known.source,
        )
    right, wrong = counts
    most, sure = (float(dossier.policy.number(CHECK.id, name)) for name in ("most", "confidence"))
    bound = wilson(wrong, right + wrong, sure, upper=True)
    seen = (
        f"Of {count(right + wrong, 'audited label')} {wrong:,} are wrong; at most {100 * bound:.1f} % of all are "
        f"({percent(sure)} sure)"
    )
    if condition(dossier) and wrong <= most * (right + wrong):
        return CHECK.passed(
            f"{seen}; the others are audited when they are there.", at=_AT, source=known.source, condition=_CONDITION
        )
    if bound > most:
        return CHECK.failed(
            f"{seen}, the policy bears {percent(most)}.",
            at=_AT,
            fix="Mend what is wrong, and audit more rows.",
            source=known.source,
        )
    return CHECK.passed(f"{seen}.", at=_AT, source=known.source)


CHECK = Check(id="labels-audited", item=Item.DATA, doc=__doc__, run=run)
