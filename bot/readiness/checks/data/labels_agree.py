"""Does the same input always have the same answer?

## Why
Where one right answer exists, two answers to one input teach the model to guess (S0).

## What counts as evidence
Rows of `data.train` whose whole context stood before, with another target. Asked where the answer is one of a closed set or
structured, and the method learns one answer: in free text several answers may all be right. Above 1 % a remark; above 5 %, or
2 % below 2,000 rows, too many.

## How to fix
Let a second person decide the rows named, write down the rule, and label them alike.
"""

from collections.abc import Iterator

from bot.readiness.check import Check, Dossier
from bot.readiness.finding import Finding, Item
from bot.readiness.training_data import ONE_ANSWER, path, profile
from bot.readiness.wording import count, percent

_ONE_RIGHT = ("closed_set", "structured")
_SHOWN = 3


def run(dossier: Dossier) -> Iterator[Finding]:
    """Hold the share of contradicting rows to the policy."""
    output, method = dossier.proposal.task.output, dossier.proposal.training.method
    if output not in _ONE_RIGHT:
        yield CHECK.not_applicable(
            "Several answers may be right: the output is no closed set and not structured.", at="task.output"
        )
        return
    if method is not None and method not in ONE_ANSWER:
        yield CHECK.not_applicable(f"`{method}` does not learn one answer to each input.", at="training.method")
        return
    known = profile(CHECK, dossier)
    if isinstance(known, Finding):
        yield known
        return
    found = known.value
    distinct = found.valid - found.duplicates
    share = found.conflicts / distinct if distinct else 0.0

    def number(name: str) -> float:
        return float(dossier.policy.number(CHECK.id, name))

    most = number("fail_small") if distinct < number("small") else number("fail")
    lines = "; ".join(
        f"line {line:,} answers otherwise than line {first:,}" for line, first in found.conflict_lines[:_SHOWN]
    )
    seen = f"{count(found.conflicts, 'row')} contradict another, {100 * share:.1f} %" + (f" ({lines})" if lines else "")
    if share > most:
        yield CHECK.failed(
            f"{seen}; the policy bears {percent(most)}.",
            at=path(dossier),
            fix="Decide these rows by a rule, and label them alike.",
            source=known.source,
        )
    else:
        remark = f"{seen}." if share > number("warn") else None
        yield CHECK.passed(
            f"Of {count(distinct, 'distinct row')} {100 * share:.1f} % contradict another.",
            at=path(dossier),
            source=known.source,
            remark=remark,
        )


CHECK = Check(id="labels-agree", item=Item.DATA, doc=__doc__, run=run)
