"""Which tool wrote this eval artifact, and what does it say? Recognised by content, never by name.

Adding a format = one file with a `Format`, and one line in the table.
"""

import csv
import hashlib
import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from bot.readiness.eval_report import EvalReport
from bot.readiness.fact import Unavailable
from bot.sources import strict_json
from bot.sources.evals import (
    deepeval,
    every_eval_ever,
    helm,
    hugging_face,
    inspect_log,
    langfuse,
    lighteval,
    lm_eval,
    logged_table,
    mlflow,
    native,
    not_yet,
    open_compass,
    promptfoo,
    promptfoo_tables,
    ragas,
    wandb,
)
from bot.sources.evals.format import Document, Format
from bot.sources.evals.items import EVERYTHING, Wanted
from bot.sources.evals.rows import MAX_ROW_BYTES
from bot.sources.jsonl import lines
from bot.sources.strict_json import printable
from bot.sources.trouble import Unreadable

FORMATS: tuple[Format, ...] = (
    lm_eval.FORMAT,
    inspect_log.FORMAT,
    promptfoo.FORMAT,
    promptfoo_tables.FORMAT,
    mlflow.FORMAT,
    logged_table.FORMAT,
    wandb.FORMAT,
    langfuse.FORMAT,
    deepeval.FORMAT,
    ragas.FORMAT,
    open_compass.FORMAT,
    every_eval_ever.FORMAT,
    helm.FORMAT,
    lighteval.FORMAT,
    hugging_face.CARD_FORMAT,
    hugging_face.RESULTS_FORMAT,
    native.FORMAT,
)

MAX_ARTIFACT_BYTES = 100_000_000  # one JSON text; some tools write their rows into it
MAX_ROWS_BYTES = 100_000_000  # GitHub's own limit for a file
MOST_RUNS = 100  # of one file
_COLUMNS_BYTES = 64 * 1024

# what a format wants of its folder besides itself, told by the first bytes: it is fetched before the file is read
_SIBLINGS: tuple[tuple[re.Pattern[bytes], tuple[str, ...]], ...] = helm.SIBLINGS


def read(
    artifact: bytes,
    rows: bytes | None,
    run: str | None = None,
    wanted: Wanted = EVERYTHING,
    siblings: Mapping[str, bytes] | None = None,
) -> EvalReport | Unavailable:
    """Read one run of an artifact with its rows; `run` names which of several in one file."""
    found = read_all(artifact, rows, wanted, siblings)
    return found if isinstance(found, Unavailable) else _chosen(found, run)


def read_all(
    artifact: bytes,
    rows: bytes | None,
    wanted: Wanted = EVERYTHING,
    siblings: Mapping[str, bytes] | None = None,
) -> tuple[EvalReport, ...] | Unavailable:
    """Read every run of an artifact, with its rows; at least one, or why there is none."""
    try:
        document = replace(_document(artifact), siblings=siblings or {})
        form = next((form for form in FORMATS if form.recognises(document)), None)
        if form is None:
            raise _unknown(document)
        reports = form.read(document, rows, wanted)
    except Unreadable as unreadable:
        return unreadable.fact
    digest = None if rows is None else hashlib.sha256(rows).hexdigest()
    return tuple(
        replace(
            report,
            rows_sha256=digest or report.rows_sha256,
            holdout_digest=report.holdout_digest or _holdout(report),
            hashed=any(metric.hashed for metric in report.metrics),
        )
        for report in reports
    )


def _holdout(report: EvalReport) -> str | None:
    """Identify the set of items by their keys; a tool with identities of its own has done so already."""
    sets = {frozenset(item.key for item in metric.items) for metric in report.metrics if metric.items}
    return hashlib.sha256("\n".join(sorted(sets.pop())).encode()).hexdigest() if len(sets) == 1 else None


def siblings(artifact: bytes) -> tuple[str, ...]:
    """Name the files of the same folder without which an artifact says too little, by its first bytes."""
    return next((names for pattern, names in _SIBLINGS if pattern.match(artifact[:4_000])), ())


def _chosen(reports: tuple[EvalReport, ...], run: str | None) -> EvalReport | Unavailable:
    names = [report.run for report in reports]
    if len(reports) == 1 and run is not None and names != [run]:
        told = f"is not needed: the file of {reports[0].format} holds one run" + (f", `{names[0]}`" if names[0] else "")
        return replace(reports[0], warnings=(*reports[0].warnings, f"`run: {printable(run)}` {told}"))
    fitting = [report for report in reports if run is None or report.run == run]
    if len(fitting) == 1:
        return fitting[0]
    listed = ", ".join(f"`{name}`" for name in names[:12]) + (" ..." if len(names) > 12 else "")
    what = (
        f"none of them is `{printable(run)}`" if run is not None and not fitting else "it does not say which is meant"
    )
    return Unreadable(f"The file holds {len(reports)} runs, and {what}: {listed}.", "Name one of them as `run`.").fact


def _document(artifact: bytes) -> Document:
    if artifact.startswith(inspect_log.ZIP):
        return Document(artifact)
    not_yet.refuse_by_first_bytes(artifact)
    try:
        return Document(artifact, strict_json.loads(artifact, max_bytes=MAX_ARTIFACT_BYTES))
    except strict_json.BadJson as whole:
        if (mended := inspect_log.mended(artifact)) is not None:
            return _document(mended)
        first = next((line for _, line in lines(artifact) if line.strip()), b"")
        try:
            head: Any = strict_json.loads(first, max_bytes=MAX_ROW_BYTES)
        except strict_json.BadJson:
            head = None
        if isinstance(head, dict) and len(first.strip()) != len(artifact.strip()):
            return Document(artifact, head, lines=artifact)
        if hugging_face.begins_like_one(artifact):
            return Document(artifact)
        if artifact.lstrip()[:1] not in (b"{", b"["):
            columns = _columns(artifact)
            if columns:
                return Document(artifact, columns=columns)
        raise Unreadable(
            f"The artifact {whole}.",
            "Link the file as the eval tool wrote it, in one of the formats that are read.",
        ) from whole


def _columns(artifact: bytes) -> tuple[str, ...]:
    """Read the header of a CSV file; none where it looks like no table."""
    head = artifact[:_COLUMNS_BYTES].decode("utf-8-sig", "replace")
    if "," not in head.partition("\n")[0]:
        return ()
    try:
        return tuple(next(csv.reader(head.splitlines(keepends=True)), []))
    except csv.Error:
        return ()


def _unknown(document: Document) -> Unreadable:
    not_yet.refuse(document)
    names = ", ".join(form.name for form in FORMATS)
    what = "a line" if document.lines is not None else "the file"
    keys = list(document.head)[:12] if isinstance(document.head, dict) else list(document.columns[:12])
    listed = ", ".join(f"`{strict_json.printable(key, 40)}`" for key in keys)
    holds = f"its {'columns' if document.columns else 'keys'} are {listed}" if listed else f"{what} is no JSON object"
    return Unreadable(
        f"The artifact is of no format that is known here: {holds}.",
        f"Link an artifact of one of these formats: {names}; docs/native-eval-format.md describes the last.",
    )
