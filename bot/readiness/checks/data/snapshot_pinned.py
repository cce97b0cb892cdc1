"""Is it certain which rows are trained on?

## Why
Rows that change after the review are rows that nobody has reviewed, and a tune that cannot be repeated cannot be mended (S1).

## What counts as evidence
The link of `data.train`: a file of this repository is pinned by the head commit; any other needs a `sha256` beside it, a commit
or a version in it. Of a curation plan the pilot is pinned so, and the file that is to come is a condition.

## How to fix
Write the link as `{uri: ..., sha256: ...}`, or commit the file.
"""

from collections.abc import Iterator

from bot.readiness.check import Check, Dossier
from bot.readiness.fact import Grade
from bot.readiness.finding import Finding, Item
from bot.readiness.training_data import path, profile, rows


def run(dossier: Dossier) -> Iterator[Finding]:
    """Look at what pins the file that was read."""
    known, judged = profile(CHECK, dossier), rows(dossier.proposal)
    if isinstance(known, Finding):
        yield known
        return
    stated, name = (judged.link.sha256, judged.name) if judged else (None, "training file")
    if known.source.grade is Grade.D and stated is None and known.source.revision is None:
        yield CHECK.failed(
            f"Nothing pins the {name}: its link may lead to other rows tomorrow.",
            at=path(dossier),
            fix="Write `sha256` beside the link, or commit the file.",
            source=known.source,
        )
        return
    pin = (
        f"sha256 {(stated or known.source.sha256 or '')[:12]}"
        if known.source.revision is None
        else known.source.revision[:12]
    )
    yield CHECK.passed(
        f"The {name} is pinned ({pin}).",
        at=path(dossier),
        source=known.source,
        condition="a pinned training file" if judged and judged.is_pilot else None,
    )


CHECK = Check(id="snapshot-pinned", item=Item.DATA, doc=__doc__, run=run)
