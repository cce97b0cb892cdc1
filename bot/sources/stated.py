"""What does the manifest state that a proposal links, and of which held-out set may it speak?"""

import hashlib
from contextlib import suppress
from dataclasses import replace

from bot.readiness import link
from bot.readiness.fact import Fact, Grade, Known, Unavailable
from bot.readiness.manifest import AT, Manifest
from bot.readiness.proposal import Proposal
from bot.readiness.schema import LinkField, at
from bot.sources import datasets, manifest
from bot.sources.linked import Linked
from bot.sources.reader import Reader

_HOLDOUT = "eval.holdout.path"


def manifests(reader: Reader, linked: Linked, proposal: Proposal) -> dict[str, Fact[Manifest]]:
    """Read the manifest. What a run of this repository's commit left is attested (A), a committed one is a pinned claim (C)."""
    found = at(proposal, AT)
    if not isinstance(found, LinkField):
        return {}

    def conclude(files: list[Known[bytes]]) -> Fact[Manifest]:
        said = reader.small("manifest", files[0].value)
        if isinstance(said, Unavailable):
            return said
        if not isinstance(said, Manifest):
            raise AssertionError("this kind of file is read as a manifest")
        source, ran = files[0].source, _run(found)
        if said.run_id is not None and ran is not None and said.run_id != ran:
            note = f"it says that run {said.run_id} wrote it, and run {ran} left it"
            source = replace(source, grade=Grade.D, note=note)
        return Known(said, source)

    return {AT: linked.concluded(("manifest", _run(found)), [found], manifest.MAX_BYTES, Manifest, conclude)}


def digests(linked: Linked, proposal: Proposal) -> dict[str, Fact[str]]:
    """Digest the held-out set, where a manifest says of which one it speaks."""
    holdout = at(proposal, _HOLDOUT)
    if proposal.data.manifest is None or not isinstance(holdout, LinkField):
        return {}

    def conclude(files: list[Known[bytes]]) -> Fact[str]:
        source = files[0].source
        return Known(source.sha256 or hashlib.sha256(files[0].value).hexdigest(), source)

    return {_HOLDOUT: linked.concluded(("digest",), [holdout], datasets.MAX_BYTES, str, conclude)}


def _run(linked: LinkField) -> str | None:
    """Name the workflow run that a link leads into; None where it leads elsewhere."""
    with suppress(link.BadLink):
        parsed = link.parse(linked.uri)
        return parsed.host if parsed.scheme == "actions" else None
    return None
