"""What does a team state of training data that we may not read, or not whole? Counts and digests, and what they amount to.

The form is READINESS section 2 (`files`, `effective`, `faults`, `run_id`) and docs/large-data.md, which says more of the same.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.readiness.data_profile import DataProfile, Spotted

AT = "data.manifest"
FORMAT = "tunegate-manifest/1"


@dataclass(frozen=True, slots=True)
class ManifestFile:
    """One file of the data: its path, the SHA-256 of its bytes as stored (hex), its rows; `size` in bytes, None: not said."""

    path: str
    sha256: str
    rows: int
    size: int | None = None


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a manifest states, added up; every number is one of rows. None: it says nothing of that.

    `faults` are faulty rows by code, `valid` all others. `run_id` is the run that wrote it, `holdout_sha256` the held-out set
    that the rows were compared with, `leaked_items` the keys of the items that they are.
    """

    files: tuple[ManifestFile, ...]
    rows: int
    valid: int
    effective: int
    faults: Mapping[str, int]
    run_id: str | None = None
    data_format: str | None = None
    method: str | None = None
    unique: int | None = None
    near_duplicates: int | None = None
    tokens: int | None = None
    holdout_sha256: str | None = None
    held_out: int = 0
    leaked: int | None = None
    leaked_items: tuple[str, ...] = ()
    secrets: Mapping[str, int] | None = None
    personal: Mapping[str, int] = field(default_factory=dict)

    def file(self, sha256: str) -> ManifestFile | None:
        """Find the file with a digest."""
        return next((file for file in self.files if file.sha256 == sha256.lower()), None)


def says_all_for(check: str, manifest: Manifest, *, tokens: bool = False) -> bool:
    """Say whether a manifest states what a check asks of the rows; of whatever is not listed here it never does.

    `tokens`: the check counts tokens and not examples.
    """
    said = {
        "enough-examples": manifest.tokens is not None if tokens else True,
        "examples-above-minimum": True,
        "examples-well-formed": True,
        "duplicates-collapsed": manifest.unique is not None and manifest.near_duplicates is not None,
        "no-train-eval-leak": manifest.leaked is not None,
        "no-secrets": manifest.secrets is not None,
        "snapshot-pinned": True,
    }
    return said.get(check, False)


def as_profile(manifest: Manifest) -> DataProfile:
    """Write what a manifest states as the profile of its rows; what it does not state must not be asked of the answer."""
    unique = manifest.valid if manifest.unique is None else manifest.unique
    lost = {"fault": manifest.rows - manifest.valid, "duplicate": manifest.valid - unique}
    near = min(manifest.near_duplicates or 0, unique - manifest.effective)
    lost["near_duplicate"] = near
    lost["leak"] = unique - near - manifest.effective
    return DataProfile(
        format=manifest.data_format or "training data",
        rows=manifest.rows,
        valid=manifest.valid,
        effective=manifest.effective,
        duplicates=manifest.valid - unique,
        faults=(),
        fault_counts=dict(manifest.faults),
        closed_set=False,
        labels=(),
        tokens=manifest.tokens or 0,
        near_duplicates=manifest.near_duplicates or 0,
        lost=lost if manifest.unique is not None else {"fault": manifest.rows - manifest.valid},
        leaked=manifest.leaked,
        leaked_items=manifest.leaked_items,
        held_out=manifest.held_out,
        secrets=_spotted(manifest.secrets or {}),
        personal=_spotted(manifest.personal),
    )


def _spotted(counted: Mapping[str, int]) -> tuple[Spotted, ...]:
    return tuple(Spotted(kind, rows, ()) for kind, rows in sorted(counted.items()) if rows)
