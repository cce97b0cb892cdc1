"""Is it certain which rows are trained on?

## Why
Rows that change after the review are rows that nobody has reviewed, and a tune that cannot be repeated cannot be mended (S1).

## What counts as evidence
The link of `data.train`: a file of this repository is pinned by the head commit; any other needs a `sha256` beside it, a commit
or a version in it.

## How to fix
Write the link as `{uri: ..., sha256: ...}`, or commit the file.
"""

from collections.abc import Iterator

from bot.readiness.check import Check, Dossier
from bot.readiness.evidence import Grade
from bot.readiness.finding import Finding, Item
from bot.readiness.training_data import AT, profile

_PATH = f"{AT}.path"


def run(dossier: Dossier) -> Iterator[Finding]:
    """Look at what pins the file that was read."""
    known = profile(CHECK, dossier)
    if isinstance(known, Finding):
        yield known
        return
    train = dossier.proposal.data.train
    stated = train.path.sha256 if train and train.path else None
    if known.source.grade is Grade.D and stated is None and known.source.revision is None:
        yield CHECK.failed(
            "Nothing pins the training file: its link may lead to other rows tomorrow.",
            at=_PATH,
            fix="Write `sha256` beside the link, or commit the file.",
            source=known.source,
        )
        return
    pin = (
        f"sha256 {(stated or known.source.sha256 or '')[:12]}"
        if known.source.revision is None
        else known.source.revision[:12]
    )
    yield CHECK.passed(f"The training file is pinned ({pin}).", at=_PATH, source=known.source)


CHECK = Check(id="snapshot-pinned", item=Item.DATA, doc=__doc__, run=run)
