"""Are there so few examples that a fine-tune would make things worse?

## Why
A small set is learnt by heart, and the eval just does not catch it (S0). Below 200 examples no argument helps.

## What counts as evidence
The effective examples of `data.train`, counted as for enough-examples: 200, for reinforcement fine-tuning 100 prompts. While a
curation plan stands for the file, its `target`: then the pass is on condition.

## How to fix
Use prompt + few-shot with the examples that there are; collect more from production meanwhile.
"""

from collections.abc import Iterator

from bot.readiness.check import Check, Dossier
from bot.readiness.data_profile import DataProfile
from bot.readiness.fact import Known
from bot.readiness.finding import Finding, Item
from bot.readiness.training_data import PLAN, WITHOUT_TARGETS, condition, minimum, path, plan, profile


def run(dossier: Dossier) -> Iterator[Finding]:
    """Compare the effective count with the policy's minimum."""
    method = dossier.proposal.training.method
    if method in WITHOUT_TARGETS:
        yield CHECK.not_applicable("Continued pretraining is counted in tokens.", at="training.method")
        return
    known = profile(CHECK, dossier)
    if isinstance(known, Finding):
        yield known
        return
    least, effective = minimum(dossier), known.value.effective
    if (planned := plan(dossier.proposal)) is not None:
        yield _planned(dossier, planned.target, known)
        return
    if effective < least:
        yield CHECK.failed(
            f"Counted {effective:,} effective examples; below {least:,} a fine-tune makes things worse.",
            at=path(dossier),
            fix="Use prompt + few-shot with these examples for now.",
            source=known.source,
            lever="prompt",
        )
        return
    yield CHECK.passed(
        f"Counted {effective:,} effective examples, {least:,} are the least.", at=path(dossier), source=known.source
    )


def _planned(dossier: Dossier, target: int | None, pilot: Known[DataProfile]) -> Finding:
    least, at = minimum(dossier), f"{PLAN}.target"
    if target is None:
        return CHECK.failed(
            "The plan does not say how many examples it ends with.",
            at=at,
            fix="Add `target`.",
            because="enough-examples",
        )
    if target < least:
        return CHECK.failed(
            f"The plan ends with {target:,} examples; below {least:,} a fine-tune makes things worse.",
            at=at,
            fix="Use prompt + few-shot with the pilot's examples for now.",
            source=pilot.source,
            lever="prompt",
        )
    return CHECK.passed(
        f"The plan brings {target:,} examples, {least:,} are the least; the pilot has {pilot.value.effective:,}.",
        at=at,
        source=pilot.source,
        condition=condition(dossier),
    )


CHECK = Check(id="examples-above-minimum", item=Item.DATA, doc=__doc__, run=run)
