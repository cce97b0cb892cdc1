"""Is only a small part of the model trained?

## Why
Training every weight of a 70B model costs fifty times as much as LoRA and rarely wins (S0); LoRA reaches about 95 % of its
quality with a thousandth of the weights (S3), is served beside other adapters, and is rolled back by leaving it out.

## What counts as evidence
`training.technique`: lora, qlora or dora; what the linked training config says beats the word. `full` needs
`training.justification`, and is a remark then. `provider_default` is what the config says, else what the provider is known to
do: the policy lists those that train adapters unless told otherwise. Of the others nobody can tell, which is a remark; on
machines of your own nobody chooses but you.

## How to fix
Train an adapter. If adapters were tried and fell short, say so with their figures in `training.justification`.
"""

from collections.abc import Iterator

from bot.readiness.check import Check, Dossier
from bot.readiness.fact import Known
from bot.readiness.finding import Finding, Item
from bot.readiness.schema.training import Training

_AT = "training.technique"
_EFFICIENT = ("lora", "qlora", "dora")
_OWN = ("self_hosted", "other", None)


def run(dossier: Dossier) -> Iterator[Finding]:
    """Ask what is trained: the config first, then the proposal, then the provider."""
    training = dossier.proposal.training
    fact = dossier.evidence.configs.get("training.config")
    told = fact.value.technique if isinstance(fact, Known) else None
    if told is not None and isinstance(fact, Known) and told.value in (*_EFFICIENT, "full"):
        where = f"The training config says `{told.value}` (line {told.line})"
        contradicts = training.technique in _EFFICIENT and told.value == "full"
        yield _judged(training, told.value, where, fact, contradicts=contradicts)
    elif training.technique in (*_EFFICIENT, "full"):
        yield _judged(training, training.technique, f"The technique is `{training.technique}`", None)
    elif training.technique == "provider_default":
        yield _default(dossier, training)
    else:
        yield CHECK.failed("The proposal does not say what is trained.", at=_AT, fix=f"Add `{_AT}: lora`.")


def _judged(
    training: Training, technique: str, seen: str, fact: Known[object] | None, *, contradicts: bool = False
) -> Finding:
    source = fact.source if fact else None
    if technique in _EFFICIENT:
        return CHECK.passed(f"{seen}: an adapter.", at=_AT, source=source, stated=source is None)
    if training.justification is None:
        return CHECK.failed(
            f"{seen}: every weight is trained, and nothing says why.",
            at=_AT,
            fix="Train an adapter (`lora`), or say in `training.justification` what adapters fell short of.",
            source=source,
            because="training-reproducible" if contradicts else None,
        )
    remark = "Every weight is trained: the reason is the team's own word."
    return CHECK.passed(f"{seen}, with a justification.", at=_AT, source=source, remark=remark, stated=source is None)


def _default(dossier: Dossier, training: Training) -> Finding:
    if training.provider in _OWN:
        return CHECK.failed(
            "On machines of your own there is no provider whose default it could be.",
            at=_AT,
            fix="Name the technique, or link the training config that does.",
        )
    if training.provider in dossier.policy.setting(CHECK.id, "adapters_by_default"):
        return CHECK.passed(f"{training.provider} trains an adapter unless told otherwise.", at=_AT, stated=True)
    return CHECK.passed(
        f"What is trained is {training.provider}'s choice.",
        at=_AT,
        remark="Nobody can tell whether it is an adapter; link the job's config where it says so.",
        stated=True,
    )


CHECK = Check(id="parameter-efficient", item=Item.COST, doc=__doc__, run=run)
