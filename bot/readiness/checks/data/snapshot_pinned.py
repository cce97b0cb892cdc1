"""Is it certain which rows are trained on?

## Why
Rows that change after the review are rows that nobody has reviewed, and a tune that cannot be repeated cannot be mended (S1).

## What counts as evidence
The link of `data.train`: a file of this repository is pinned by the head commit; any other needs a `sha256` beside it, a commit
or a version in it. Rows that a manifest speaks for are pinned by the digests that it names. Of a curation plan the pilot is pinned so, and the file that is to come is a condition.

## How to fix
Write the link as `{uri: ..., sha256: ...}`, or commit the file.
"""

from collections.abc import Iterator

from bot.readiness.check import Check, Dossier
from bot.readiness.fact import Grade, Known
from bot.readiness.finding import Finding, Item
from bot.readiness.manifest import Manifest
from bot.readiness.training_data import AT, path, profile, rows, speaking
from bot.readiness.wording import count


def run(dossier: Dossier) -> Iterator[Finding]:
    """Look at what pins the file that was read."""
    known, judged = profile(CHECK, dossier), rows(dossier.proposal)
    if isinstance(known, Finding):
        yield known
        return
    if (said := speaking(dossier)) is not None:
        yield _by_manifest(dossier, said)
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


def _by_manifest(dossier: Dossier, said: Known[Manifest]) -> Finding:
    """Look at whether the link leads to what the manifest names by its digests."""
    files, train = said.value.files, dossier.proposal.data.train
    link, sample = train.path if train else None, dossier.evidence.data.get(AT)
    pinned = isinstance(sample, Known) and sample.source.grade is not Grade.D
    if link is not None and link.sha256 is None and not pinned:
        return CHECK.failed(
            f"Nothing says that the linked training file is one that the manifest names ({count(len(files), 'file')}).",
            at=path(dossier),
            fix="Write `sha256` beside the link, as the manifest names it.",
            source=said.source,
        )
    return CHECK.passed(
        f"The manifest names {count(len(files), 'file')} by the SHA-256 of their bytes ({files[0].sha256[:12]}"
        f"{' ...' if len(files) > 1 else ''}).",
        at=path(dossier),
        source=said.source,
    )


CHECK = Check(id="snapshot-pinned", item=Item.DATA, doc=__doc__, run=run)
