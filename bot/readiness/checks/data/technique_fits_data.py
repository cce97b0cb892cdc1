"""Does the training method fit the rows that there are?

## Why
Each method learns from another kind of row: labelled answers call for supervised tuning, pairs for DPO, thumbs for KTO, a
reward that can be checked for reinforcement (S0, S1). RLHF and pretraining from scratch are hardly ever what is needed.

## What counts as evidence
`training.method` beside the format that the rows of `data.train` were found to have. RLHF and pretraining need a
`training.justification`. Few pairs without a supervised tune before them fit ORPO better than DPO: a remark.

## How to fix
Name the method that the rows serve, or gather the rows that the method needs.
"""

from collections.abc import Iterator

from bot.readiness.check import Check, Dossier
from bot.readiness.finding import Finding, Item
from bot.readiness.training_data import plan, profile

_AT = "training.method"
_REFUSED = {
    "rlhf": (
        "Reinforcement from human feedback needs a reward model and people who run it",
        "Take `dpo`: it learns from pairs alone.",
    ),
    "pretraining": (
        "Pretraining from scratch teaches knowledge at the highest price",
        "Use retrieval, or tune a base model.",
    ),
}


def run(dossier: Dossier) -> Iterator[Finding]:
    """Judge the method, then the rows that it gets."""
    method = dossier.proposal.training.method
    if method in _REFUSED:
        what, fix = _REFUSED[method]
        if dossier.proposal.training.justification:
            yield CHECK.passed(
                f"{what}; it is justified.",
                at=_AT,
                stated=True,
                remark="A person should read `training.justification`.",
            )
        else:
            yield CHECK.failed(f"{what}.", at=_AT, fix=f"{fix} Else say in `training.justification` why not.")
        return
    known = profile(CHECK, dossier)
    if isinstance(known, Finding):
        yield known
        return
    few, planned = int(dossier.policy.number(CHECK.id, "few_pairs")), plan(dossier.proposal)
    pairs = (planned and planned.target) or known.value.effective
    remark = None
    if method == "dpo" and pairs < few:
        remark = f"Fewer than {few:,} pairs: without a supervised tune before, `orpo` gets more out of them."
    yield CHECK.passed(
        f"`{method}` learns from rows like these (`{known.value.format}`).", at=_AT, source=known.source, remark=remark
    )


CHECK = Check(id="technique-fits-data", item=Item.DATA, doc=__doc__, run=run)
