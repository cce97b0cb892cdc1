"""Are there so few examples that a fine-tune would make things worse?

## Why
A small set is learnt by heart, and the eval just does not catch it (S0). Below 200 examples no argument helps.

## What counts as evidence
The effective examples of `data.train`, counted as for enough-examples: 200, for reinforcement fine-tuning 100 prompts.

## How to fix
Use prompt + few-shot with the examples that there are; collect more from production meanwhile.
"""

from collections.abc import Iterator

from bot.readiness.check import Check, Dossier
from bot.readiness.finding import Finding, Item
from bot.readiness.training_data import WITHOUT_TARGETS, minimum, profile


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
    if effective < least:
        yield CHECK.failed(
            f"Counted {effective:,} effective examples; below {least:,} a fine-tune makes things worse.",
            at="data.train.path",
            fix="Use prompt + few-shot with these examples for now.",
            source=known.source,
            lever="prompt",
        )
        return
    yield CHECK.passed(
        f"Counted {effective:,} effective examples, {least:,} are the least.", at="data.train.path", source=known.source
    )


CHECK = Check(id="examples-above-minimum", item=Item.DATA, doc=__doc__, run=run)
