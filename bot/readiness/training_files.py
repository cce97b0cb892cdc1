"""Is a file that a training config names one that the proposal links? Told by its path or name alone: nothing is read.

A config's path is taken from where the trainer runs, which the config does not say: from the repository's root, from the
proposal's folder or from the config's own (READINESS section 2). So paths are the same when one ends like the other.
"""

import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from bot.readiness.proposal import Proposal
from bot.readiness.training_config import Stated, TrainingConfig

_FILE = re.compile(r"(?i)\.(?:jsonl?|ndjson|csv|tsv|parquet|arrow|txt)(?:\.(?:gz|zst|bz2|xz))?$")
_ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")


class Likeness(StrEnum):
    """How a name of the config stands to a link of the proposal."""

    SAME = "same"
    OTHER = "other"
    UNKNOWN = "unknown"  # an upload's id, a data set's name, a place on another machine


@dataclass(frozen=True, slots=True)
class Linked:
    """A link of the proposal, and the link to its config, both as they are written."""

    uri: str
    config: str

    def likeness(self, name: str) -> Likeness:
        """Compare with a name in the config, leniently: nothing is called other that may be the same."""
        if self.is_surely(name) or self._ends_alike(name):
            return Likeness.SAME
        if _ADDRESS.match(self.uri):
            alike = _ADDRESS.match(name) and name.partition("://")[0] == self.uri.partition("://")[0]
            return Likeness.OTHER if alike and self.uri.partition("://")[0] != "https" else Likeness.UNKNOWN
        return Likeness.OTHER if is_path(name) else Likeness.UNKNOWN

    def is_surely(self, name: str) -> bool:
        """Say whether a name is certainly this link: the same address, or the same path from the root or the config's folder."""
        if _ADDRESS.match(name) or _ADDRESS.match(self.uri):
            return name.partition("?")[0] == self.uri.partition("?")[0]
        if not is_path(name):
            return False
        mine, theirs = _plain(self.uri), {_plain(name), _plain(posixpath.join(posixpath.dirname(self.config), name))}
        return mine in theirs or any("/" in mine and "/" in each and _ends(mine, each) for each in theirs)

    def _ends_alike(self, name: str) -> bool:
        """Say whether a name may be this link: the same last part, or the data set that the link leads into."""
        before, found, after = self.uri.partition(name)
        if found and before[-1:] in ("", "/", ":") and after[:1] in ("", "@", "/"):
            return True
        last, mine = posixpath.basename(_plain(name)), posixpath.basename(_plain(self.uri.partition("?")[0]))
        return bool(last) and (last == mine or last == mine.partition(".")[0])


def besides(proposal: Proposal, config: TrainingConfig) -> Iterator[Stated[str]]:
    """Walk what a config trains on besides the training file that the proposal links, in the config's order."""
    train, link = proposal.data.train, proposal.training.config
    mine = (
        Linked(train.path.uri, link.uri) if train is not None and train.path is not None and link is not None else None
    )
    names = [each.value for each in config.data_files]
    sure = {name for name in names if mine is not None and mine.is_surely(name)}
    alike = [name for name in names if mine is not None and mine.likeness(name) is Likeness.SAME]
    for each in config.data_files:
        if each.value not in (sure or alike[:1]):
            yield each


def is_path(name: str) -> bool:
    """Say whether a name of a config is a path to a file of a data set, below some folder of the repository."""
    return _FILE.search(name) is not None and not _ADDRESS.match(name) and not name.startswith(("/", "~", "$"))


def _plain(path: str) -> str:
    """Write a path in one way; what leads out at its front is left out."""
    parts = posixpath.normpath(path.strip().replace("\\", "/")).split("/")
    return "/".join(part for part in parts if part not in ("", ".", ".."))


def _ends(one: str, other: str) -> bool:
    return one.endswith(f"/{other}") or other.endswith(f"/{one}")
