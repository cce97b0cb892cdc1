"""Are the training rows valid for the method and the trainer?

## Why
A trainer that meets a broken row stops, or worse, learns from it. The format must be exactly that of production (S1).

## What counts as evidence
Every row of `data.train`, held to the format: each faulty row at its own line with a stable code. Above 1 % faulty rows the
check fails; below, the rows are named as a remark. Faulty rows never count as effective.

Where `data.manifest` is linked, it is read strictly and held against all that can be seen: the digest of the linked training
file, its rows and faults where it can be read, the digest of the held-out set, a sample of a file that is too large to be read
whole. One that is contradicted fails here, with both numbers, and no figure of it counts. One that is not speaks for rows that may not
be read, or not whole; what it does not state is unverified.

## How to fix
Correct or remove the lines named. `tunegate check --format json` lists their codes.
"""

from collections.abc import Iterator

from bot.readiness import manifest, stated_data
from bot.readiness.check import Check, Dossier
from bot.readiness.data_profile import DataProfile
from bot.readiness.finding import Finding, Item
from bot.readiness.training_data import WITHOUT_TARGETS, path, profile


def run(dossier: Dossier) -> Iterator[Finding]:
    """Compare the share of faulty rows with the policy."""
    troubles = list(stated_data.troubles(CHECK, dossier))
    yield from troubles
    found = [finding for finding in _rows(dossier) if not troubles or finding.outcome == "failed"]
    yield from (finding for finding in found if not troubles or finding.at != manifest.AT)


def _rows(dossier: Dossier) -> Iterator[Finding]:
    if dossier.proposal.training.method in WITHOUT_TARGETS:
        yield CHECK.not_applicable(
            "Continued pretraining has no conversations to hold to a format.", at="training.method"
        )
        return
    known = profile(CHECK, dossier)
    if isinstance(known, Finding):
        yield known
        return
    data, faulty = known.value, known.value.rows - known.value.valid
    if data.rows == 0:
        yield CHECK.failed("The file has no rows.", at=path(dossier), fix="Link the right file.", source=known.source)
    elif faulty > dossier.policy.number(CHECK.id, "max_faulty_share") * data.rows:
        yield CHECK.failed(
            f"{faulty:,} of {data.rows:,} rows are faulty: {faults(data)}.",
            at=path(dossier),
            fix="Correct or remove these rows.",
            source=known.source,
        )
    else:
        remark = f"{faulty:,} faulty rows are not counted: {faults(data)}." if faulty else None
        yield CHECK.passed(
            f"{data.valid:,} of {data.rows:,} rows are valid {data.format}.",
            at=path(dossier),
            source=known.source,
            remark=remark,
        )


def faults(data: DataProfile) -> str:
    """Name the kinds of faults with their counts and first lines, the most frequent first."""
    parts = []
    for code, count in sorted(data.fault_counts.items(), key=lambda entry: (-entry[1], entry[0]))[:5]:
        lines = [str(fault.line) for fault in data.faults if fault.code == code][:3]
        where = f" (line {', '.join(lines)}{', ...' if count > len(lines) else ''})" if lines else ""
        parts.append(f"{count:,} x {code}{where}")
    return "; ".join(parts)


CHECK = Check(id="examples-well-formed", item=Item.DATA, doc=__doc__, run=run)
