"""Is the training file new, or was it refused under another adapter's name?

## Why
A proposal that was told "not yet" comes back more easily under a new name than with better data (house). Mostly it means no harm:
two teams use one export. Either way the earlier review says what was found in these very rows.

## What counts as evidence
The digest of `data.train` against those of earlier reviews, in this repository and the others of the organisation in which the
bot is installed. The earlier one is of another adapter, and its newest answer is "not yet". It is told with its pull request where
that is in this repository, and without any name where it is in another one. By default it holds nothing up.

## How to fix
Read the earlier review and go on with that proposal, or say in `summary` what is different now.
"""

from collections.abc import Iterator

from bot.readiness.check import Check, Dossier
from bot.readiness.fact import Known, Unavailable
from bot.readiness.finding import Finding, Item
from bot.readiness.refusal import Refusal
from bot.readiness.training_data import AT, path


def run(dossier: Dossier) -> Iterator[Finding]:
    """Tell of earlier reviews of the same bytes."""
    at = path(dossier)  # of a curation plan its pilot
    match dossier.evidence.refusals.get(AT):
        case None:
            yield CHECK.not_applicable("Nothing that was read here is compared with earlier reviews.", at=at)
        case Unavailable() as unavailable:
            yield CHECK.unavailable(unavailable, at=at, what="Earlier reviews could not be looked at")
        case Known(value=found, source=source) if not found:
            yield CHECK.passed("No earlier review refused these very rows under another name.", at=at, source=source)
        case Known(value=found, source=source):
            yield CHECK.failed(
                f"The same rows were proposed {_listed(found)}, and are not ready there.",
                at=at,
                fix="Read what was found there and go on with that proposal, or say in `summary` what is different now.",
                source=source,
            )


def _listed(found: tuple[Refusal, ...]) -> str:
    return " and ".join(each.said for each in found)


CHECK = Check(id="data-not-refused-before", item=Item.DATA, doc=__doc__, run=run)
