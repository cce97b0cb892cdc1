"""Which tool wrote this eval artifact, and what does it say? Recognised by content, never by name.

Adding a format = one file with a `Format`, and one line in the table.
"""

import hashlib
from dataclasses import replace
from typing import Any

from bot.readiness.evidence import EvalReport, Unavailable
from bot.sources import strict_json
from bot.sources.evals import lm_eval, native, not_yet
from bot.sources.evals.format import Document, Format, cannot_select
from bot.sources.evals.rows import MAX_ROW_BYTES
from bot.sources.jsonl import lines
from bot.sources.trouble import Unreadable

FORMATS: tuple[Format, ...] = (lm_eval.FORMAT, native.FORMAT)

MAX_ARTIFACT_BYTES = 20_000_000
MAX_ROWS_BYTES = 100_000_000  # GitHub's own limit for a file


def read(artifact: bytes, rows: bytes | None, run: str | None) -> EvalReport | Unavailable:
    """Read an artifact with its rows; `run` names which of several runs in one file."""
    try:
        document = _document(artifact)
        for form in FORMATS:
            if form.recognises(document):
                report = form.read(document, rows)
                if rows is not None:
                    report = replace(report, rows_sha256=hashlib.sha256(rows).hexdigest())
                return cannot_select(report, run) if run is not None else report
        raise _unknown(document)
    except Unreadable as unreadable:
        return unreadable.fact


def _document(artifact: bytes) -> Document:
    not_yet.refuse_by_first_bytes(artifact)
    try:
        return Document(strict_json.loads(artifact, max_bytes=MAX_ARTIFACT_BYTES), None)
    except strict_json.BadJson as whole:
        first = next((line for _, line in lines(artifact) if line.strip()), b"")
        try:
            head: Any = strict_json.loads(first, max_bytes=MAX_ROW_BYTES)
        except strict_json.BadJson:
            head = None
        if not isinstance(head, dict) or len(first.strip()) == len(artifact.strip()):
            raise Unreadable(
                f"The artifact {whole}.",
                "Link the file as the eval tool wrote it, in one of the formats that are read.",
            ) from whole
        return Document(head, artifact)


def _unknown(document: Document) -> Unreadable:
    not_yet.refuse(document)
    names = ", ".join(form.name for form in FORMATS)
    what = "a line" if document.lines is not None else "the file"
    keys = list(document.head)[:12] if isinstance(document.head, dict) else []
    listed = ", ".join(f"`{strict_json.printable(key, 40)}`" for key in keys)
    holds = f"its keys are {listed}" if listed else f"{what} is no JSON object"
    return Unreadable(
        f"The artifact is of no format that is known here: {holds}.",
        f"Link an artifact of one of these formats: {names}; docs/native-eval-format.md describes the last.",
    )
