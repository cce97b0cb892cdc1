"""What did the proposal say before? Its bar on the base branch and at earlier reviews, and since when it says what it says."""

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from bot import ports
from bot.readiness import proposal as proposals
from bot.readiness.changes import collapse
from bot.readiness.evidence import History, StatedBar, Version
from bot.readiness.fact import Fact, Grade, Known, Source, Trouble, Unavailable
from bot.readiness.proposal import Proposal
from bot.readiness.stated_bar import stated
from bot.readiness.strict_yaml import MAX_BYTES
from bot.sources.file_history import MOST_LISTED, MOST_READ

BAR, BASE_MODEL = "proposal", "training.base_model"


def on_base(history: ports.History, path: str) -> Fact[tuple[StatedBar, ...]]:
    """Read the bar that the base branch states; none where the proposal is new, or was no proposal there."""
    file = history.on_base(path, max_bytes=MAX_BYTES)
    here = Source(path, Grade.C)
    if file is None or (isinstance(file, Unavailable) and file.trouble is Trouble.DEFINITIVE):
        return Known((), here)
    if isinstance(file, Unavailable):
        return file
    before = _read(file.value, path)
    return Known((stated(before, "the base branch"),) if before else (), file.source)


def in_reviews(earlier: Sequence[ports.Earlier]) -> Fact[tuple[StatedBar, ...]]:
    """List the bars of earlier reviews of this pull request, in their order."""
    found = tuple(stated(one.proposal, f"the review of {one.head_sha[:12]}") for one in earlier)
    return Known(found, Source("earlier reviews of this pull request", Grade.C))


def since_when(history: ports.History, path: str, now: Proposal) -> dict[str, Fact[History]]:
    """Find since when the proposal states its bar ("proposal") and its base model ("training.base_model").

    Each history begins with the version with which the present one came; the version before it follows where it was
    reached. The held-out set is no part of the bar here: a larger one makes no bar younger. Versions that are no proposal
    are passed over. At most seven are read.
    """
    listed = history.versions(path, at_most=MOST_LISTED)
    if isinstance(listed, Unavailable):
        return {BAR: listed, BASE_MODEL: listed}
    versions = listed.value.versions
    present = _meanings(now)
    found: dict[str, list[Version]] = {key: [] for key in present}
    reached_all = listed.value.complete
    for place, version in enumerate(versions):
        if place > MOST_READ or all(_differ(found[key], present[key]) for key in present):
            reached_all = False
            break
        # the newest version is the file as it is now
        file = None if place == 0 else history.read(path, version.commit, max_bytes=MAX_BYTES)
        if isinstance(file, Unavailable) and file.trouble is not Trouble.DEFINITIVE:
            return {BAR: file, BASE_MODEL: file}
        was = now if place == 0 else _read(file.value, path) if isinstance(file, Known) else None
        for key, digest in (_meanings(was) if was else {}).items():
            if not _differ(found[key], present[key]):
                found[key].append(replace(version, meaning=digest))
    result: dict[str, Fact[History]] = {}
    for key, seen in found.items():
        complete = reached_all and not _differ(seen, present[key])
        result[key] = replace(listed, value=History(collapse(seen), complete))
    return result


def _differ(seen: Sequence[Version], present: str) -> bool:
    return bool(seen) and seen[-1].meaning != present


def _meanings(said: Proposal) -> dict[str, str]:
    bar = stated(said, "")
    base = (said.training.base_model, said.training.base_revision)
    return {BAR: _digest(bar.threshold, bar.metric), BASE_MODEL: _digest(*base)}


def _digest(*parts: str | None) -> str:
    return hashlib.sha256("\n".join(part or "" for part in parts).encode("utf-8", "replace")).hexdigest()


def _read(raw: bytes, path: str) -> Proposal | None:
    return proposals.read(raw, opened_on=date.min, path=path).proposal  # its dates are nobody's matter here
