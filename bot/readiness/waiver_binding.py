"""What does a waiver stand and fall with? The fields, the files and the figures of what was found, and nothing else of the file.

A check does not say at which fields it looks. What it found names some, and while it runs it is watched which linked files'
facts it reads: these are kept by the field that links them. What else counts shows in the figures of its messages.
"""

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields
from typing import Any

from bot.readiness.evidence import Evidence
from bot.readiness.fact import Known
from bot.readiness.finding import Finding, Outcome
from bot.readiness.proposal import Proposal

Bound = Mapping[str, str]
"""Digests by name: "field data.train", "file data.train", "finding"."""

FIELD, FILE, FOUND = "field ", "file ", "finding"
MOST = 200  # house: names of one waiver; beyond it the rest are bound together

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")  # of tables that are read anew each day
_FIGURE = re.compile(r"(?<![\w.])\d[\d,]*(?:\.\d+)?(?!\w)")
_STEP = re.compile(r"([^.\[\]]+)|\[(\d+)\]")


class _Watched(Mapping[str, Any]):
    """Facts of one kind; notes which of them are read."""

    def __init__(self, facts: Mapping[str, Any], read: dict[str, set[str]]) -> None:
        self._facts = facts
        self._read = read

    def __getitem__(self, at: str) -> Any:
        fact = self._facts[at]
        if digests := _of_files(fact):
            self._read.setdefault(at, set()).update(digests)
        return fact

    def __iter__(self) -> Iterator[str]:
        return iter(self._facts)

    def __len__(self) -> int:
        return len(self._facts)


class Watch:
    """Watches which linked files' facts are read, one check after the other."""

    def __init__(self, evidence: Evidence) -> None:
        """Take the facts of a review."""
        self._read: dict[str, set[str]] = {}
        kinds = {kind.name: _Watched(getattr(evidence, kind.name), self._read) for kind in fields(evidence)}
        self.evidence = Evidence(**kinds)

    def begin(self) -> None:
        """Forget what was read so far."""
        self._read.clear()

    def read(self) -> dict[str, str]:
        """Tell what was read since: a digest of what is linked, by the field that links it."""
        return {at: _digest(sorted(digests)) for at, digests in self._read.items()}


def bound(findings: Iterable[Finding], files: Mapping[str, str], proposal: Mapping[str, Any]) -> Bound:
    """Say what a check's findings stand on. `proposal` is `plain`; a field of it stands with all that is below it."""
    told = list(findings)
    at = sorted({finding.at for finding in told} | set(files))
    parts = {FIELD + field: _digest(_at(proposal, field)) for field in at if field}
    parts |= {FILE + field: digest for field, digest in sorted(files.items())}
    if len(parts) > MOST:
        parts = {**dict(list(parts.items())[:MOST]), "field and more": _digest(parts)}
    return {**parts, FOUND: _digest(sorted([f.outcome.value, f.at, *_figures(f)] for f in told))}


def of_rule(findings: Iterable[Finding], proposal: Mapping[str, Any], evidence: Evidence) -> Bound:
    """Say what a rule's finding stands on: its expression may look at anything, so that all counts."""
    files = {
        f"{kind.name} {at}": digests
        for kind in fields(evidence)
        for at, fact in getattr(evidence, kind.name).items()
        if (digests := _of_files(fact))
    }
    return {
        f"{FIELD}proposal": _digest(proposal),
        f"{FILE}proposal": _digest(files),
        FOUND: _digest(sorted([f.outcome.value, f.at] for f in findings)),
    }


def plain(proposal: Proposal) -> Mapping[str, Any]:
    """Put a proposal's fields into JSON, those left out that say what is so anyway."""
    dumped: dict[str, Any] = proposal.model_dump(mode="json", exclude_defaults=True)
    return dumped


def _figures(finding: Finding) -> list[str]:
    """List the figures of what failed; what could not be read is told with codes that mean nothing for the finding."""
    return _FIGURE.findall(_DATE.sub("", finding.message)) if finding.outcome is Outcome.FAILED else []


def _of_files(fact: Any) -> list[str]:
    """List the digests of the files that a fact was read from; of an eval the artifact and the rows."""
    if not isinstance(fact, Known):
        return []
    return [digest for digest in (fact.source.sha256, getattr(fact.value, "rows_sha256", None)) if digest]


def _at(value: Any, field: str) -> Any:
    for name, index in _STEP.findall(field):
        if isinstance(value, Mapping) and name:
            value = value.get(name)
        elif isinstance(value, list) and index and int(index) < len(value):
            value = value[int(index)]
        else:
            return None
    return value


def _digest(value: Any) -> str:
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), default=str)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]
