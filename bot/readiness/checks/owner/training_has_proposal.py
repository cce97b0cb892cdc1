"""Does everything that the pull request would train have a proposal?

## Why
A fine-tune that nobody proposed has no owner, no bar and no end: it is found when something breaks (house). It need not be
meant so: a config is copied, an adapter is committed beside the code that loads it.

## What counts as evidence
The files that the pull request adds or changes. A config of one of the trainers that are read (`docs/training-configs.md`) and an
adapter (`adapter_config.json`, `adapter_model.*`, `adapters.safetensors`, `adapter.yaml`) want a proposal at the head commit that
links the file, or lies in its folder or in one above it. A file that was there before is read where its name or its change speaks
of training, ten at most. A pull request without any proposal is told the same in its check run and comment; where the policy makes
this check soft or hard, it is not ready.

## How to fix
Add a `finetune-proposal.yaml` to the folder; the comment has a link that begins one. For a first try there is
`scope: experiment`, which asks for two of the five items.
"""

from collections.abc import Iterator

from bot.readiness.check import Check, Dossier
from bot.readiness.fact import Known, Unavailable
from bot.readiness.finding import Finding, Item
from bot.readiness.unproposed import CHECK_ID, PULL_REQUEST, named


def run(dossier: Dossier) -> Iterator[Finding]:
    """Say what no proposal covers, once in a pull request."""
    match dossier.evidence.trainings.get(PULL_REQUEST):
        case None:
            yield CHECK.not_applicable("Asked once, of a pull request as a whole.", at="training")
        case Unavailable() as unavailable:
            yield CHECK.unavailable(unavailable, at="training", what="What the pull request trains could not be read")
        case Known(value=found, source=source) if not found:
            yield CHECK.passed("All that the pull request would train has a proposal.", at="training", source=source)
        case Known(value=found, source=source):
            yield CHECK.failed(
                f"No proposal covers {named(found)}.",
                at="training",
                fix="Add a `finetune-proposal.yaml` to the folder, or link the file as `training.config` of the proposal "
                "that it belongs to.",
                source=source,
            )


CHECK = Check(id=CHECK_ID, item=Item.OWNER, doc=__doc__, run=run)
