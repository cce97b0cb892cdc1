"""What do the links and names of a proposal lead to? Everything that the checks look at, each file read once.

What cannot be read becomes an `Unavailable` with its reason: a gathering never fails for the world's sake.
"""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from bot import ports
from bot.readiness import baseline, label_audit, link, training_data
from bot.readiness.evidence import (
    DataProfile,
    EvalReport,
    Evidence,
    Fact,
    Grade,
    Known,
    Source,
    Trouble,
    Unavailable,
)
from bot.readiness.proposal import Proposal
from bot.readiness.schema import LinkField, Run
from bot.readiness.schema.training import Teacher
from bot.sources import datasets, evals
from bot.sources.evals.items import Wanted
from bot.sources.reader import InThisProcess, Reader
from bot.sources.stores import REPOSITORY_ALONE, Place, Stores

MAX_TEXT_BYTES = 5_000_000
TEXTS = ("eval.threshold_source", *label_audit.FIELDS)


class Gatherer:
    """The readers of linked evidence, for one proposal after another. Safe to share between threads."""

    def __init__(self, reader: Reader | None = None, stores: Stores = REPOSITORY_ALONE) -> None:
        """Take who reads the bytes (without one they are read in this process, without limits), and where links may lead."""
        self._reader = reader or InThisProcess()
        self._stores = stores

    def gather(
        self,
        proposal: Proposal,
        proposal_path: str,
        around: ports.Surroundings,
        earlier: Sequence[ports.Earlier] = (),
    ) -> Evidence:
        """Read whatever the checks look at: linked runs, training data and texts, and the owner."""
        place = Place(proposal_path, replace(around, files=_Once(around.files)))
        one = _Gathering(self._reader, self._stores, place, Wanted.of(proposal.eval.metric))
        data, train = proposal.data.train, training_data.AT
        owner = proposal.owner.primary
        return Evidence(
            evals={at: one.report(run) for at, run in _runs(proposal)},
            data={train: one.profile(data.path, data.format, proposal.training.method)} if data and data.path else {},
            people={owner: around.directory.person(owner)} if owner else {},
            texts={at: one.text(found) for at in TEXTS if isinstance(found := _at(proposal, at), LinkField)},
        )


def _at(proposal: Proposal, at: str) -> Any:
    """Find what stands at a field; None where nothing does."""
    found: Any = proposal
    for name in at.split("."):
        found = getattr(found, name, None)
    return found


Asked = tuple[LinkField, LinkField | None, str | None]
"""A run to read: its artifact, its rows where they are a file of their own, and which of several runs in one file."""


def _runs(proposal: Proposal) -> Iterator[tuple[str, Asked]]:
    """Walk the runs that checks measure and that the proposal links; rows alone stand for their artifact."""
    for at in baseline.NAMES:
        found = _at(proposal, at)
        if isinstance(found, Run | Teacher) and (first := found.artifact or found.rows):
            rows = found.rows if found.rows != first else None
            yield at, (first, rows, found.run if isinstance(found, Run) else None)


class _Gathering:
    """One gathering: what its links lead to, each file read once."""

    def __init__(self, reader: Reader, stores: Stores, place: Place, wanted: Wanted) -> None:
        self._reader = reader
        self._stores = stores
        self._place = place
        self._wanted = wanted
        self._reports: dict[Asked, Fact[EvalReport]] = {}

    def report(self, asked: Asked) -> Fact[EvalReport]:
        """Read a run, once however often it is linked."""
        if asked not in self._reports:
            self._reports[asked] = self._report(*asked)
        return self._reports[asked]

    def _report(self, artifact: LinkField, rows: LinkField | None, run: str | None) -> Fact[EvalReport]:
        first = self._read(artifact, evals.MAX_ROWS_BYTES)
        if isinstance(first, Unavailable):
            return first
        second = self._read(rows, evals.MAX_ROWS_BYTES) if rows else None
        if isinstance(second, Unavailable):
            return second
        found = self._reader.eval_report(first.value, second.value if second else None, run, self._wanted, {})
        if isinstance(found, Unavailable):
            return found
        proven = found.rows_note is None and any(m.items and m.recomputed is not None for m in found.metrics)
        worst = max([first.source, *([second.source] if second else [])], key=lambda source: source.grade)
        return Known(found, _graded(first.source, worst.grade, proven=proven))

    def profile(self, linked: LinkField, form: str, method: str | None) -> Fact[DataProfile]:
        """Count the rows of a training file."""
        file = self._read(linked, datasets.MAX_BYTES)
        if isinstance(file, Unavailable):
            return file
        found = self._reader.data_profile(file.value, form, method)
        if isinstance(found, Unavailable):
            return found
        return Known(found, _graded(file.source, file.source.grade, proven=True))

    def text(self, linked: LinkField) -> Fact[str]:
        """Read a small text."""
        file = self._read(linked, MAX_TEXT_BYTES)
        return file if isinstance(file, Unavailable) else Known(file.value.decode("utf-8", "replace"), file.source)

    def _read(self, linked: LinkField, max_bytes: int) -> Known[bytes] | Unavailable:
        try:
            parsed = link.parse(linked.uri)
        except link.BadLink as error:
            return Unavailable(f"The link cannot be followed: {error}.", Trouble.DEFINITIVE, "Correct the link.")
        store = self._stores.get(parsed.scheme)
        if store is None:
            return Unavailable(
                f"Links of {parsed.scheme}:// are not supported yet.",
                Trouble.NOT_SUPPORTED,
                "Commit the file to this repository and link its path, for now.",
            )
        file = store.read(linked, parsed, self._place, max_bytes)
        if isinstance(file, Known) and linked.sha256:
            digest = file.source.sha256 or hashlib.sha256(file.value).hexdigest()
            if digest != linked.sha256:
                return Unavailable(
                    f"The digest of `{file.source.uri}` differs: the link says {linked.sha256[:12]}…, the file has {digest[:12]}….",
                    Trouble.DEFINITIVE,
                    "Link the file that was meant, or correct `sha256`.",
                )
        return file


class _Once:
    """Files that are read once, however often they are linked."""

    def __init__(self, files: ports.RepositoryFiles) -> None:
        self._files = files
        self._known: dict[tuple[str, int], Known[bytes] | Unavailable] = {}

    def read(self, path: str, *, max_bytes: int) -> Known[bytes] | Unavailable:
        """Read a file, or remember what was read."""
        if (path, max_bytes) not in self._known:
            self._known[path, max_bytes] = self._files.read(path, max_bytes=max_bytes)
        return self._known[path, max_bytes]


def _graded(source: Source, worst: Grade, *, proven: bool) -> Source:
    """Grade a fact: what is pinned and computed anew from its rows is B, what is merely pinned stays C."""
    return replace(source, grade=Grade.B if proven and worst is Grade.C else worst)
