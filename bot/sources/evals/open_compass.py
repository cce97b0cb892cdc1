"""What does a summary of OpenCompass say? A CSV of data sets by models: of each the value from 0 to 100, and no more.

Each column of a model is a run. N, time and rows are not there; a short hash of the prompt tells versions apart.
"""

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping

from bot.readiness.eval_report import EvalMetric, EvalReport
from bot.sources.evals import native
from bot.sources.evals.format import Document, Format, named, pointer, text
from bot.sources.evals.items import Wanted
from bot.sources.evals.native_rows import score_of
from bot.sources.evals.rows import FIX, objects
from bot.sources.trouble import Unreadable

NAME = "OpenCompass"
_COLUMNS = ("dataset", "version", "metric", "mode")
Cells = Mapping[str, str | None]
_MAX_ROWS = 20_000


def recognises(document: Document) -> bool:
    """Say whether this is a summary of OpenCompass."""
    return document.columns[:4] == _COLUMNS and len(document.columns) > 4


def read(document: Document, rows: bytes | None, wanted: Wanted) -> tuple[EvalReport, ...]:
    """Read the run of every model in a summary; raises Unreadable."""
    lines: list[tuple[int, Cells]] = list(objects(document.raw, _MAX_ROWS))
    models = [name.strip() for name in document.columns[4:]]
    if rows is not None and len(models) > 1:
        raise Unreadable(
            f"Rows are linked, but the summary holds the runs of {len(models)} models.",
            "Link a summary of the model that the rows are of.",
        )
    return tuple(_report(model, lines, rows, wanted) for model in models)


FORMAT = Format(NAME, recognises, read)


def _report(model: str, lines: list[tuple[int, Cells]], rows: bytes | None, wanted: Wanted) -> EvalReport:
    metrics = tuple(_metrics(model, lines))
    if rows is not None:
        metrics = native.attach(metrics, rows, wanted)
    versions = "\n".join(sorted(f"{cells['dataset']} {cells['version']}" for _, cells in lines))
    return EvalReport(
        format=NAME,
        tool_version=None,
        status="unknown" if metrics else "error",
        model=text(model),
        adapter=None,
        started_at=None,
        limit=None,
        mock=False,
        metrics=metrics,
        has_rows=rows is not None,
        warnings=("its values go from 0 to 100, and it does not say over how many samples",),
        run=text(model),
        scorer=hashlib.sha256(versions.encode()).hexdigest()[:16],
    )


def _metrics(model: str, lines: list[tuple[int, Cells]]) -> Iterator[EvalMetric]:
    often = Counter(_key(cells) for _, cells in lines)
    seen: set[tuple[str, str, str]] = set()
    for line, cells in lines:
        task, name, mode = _key(cells)
        if (cells[model] or "-") == "-" or not task or name in ("", "-"):
            continue  # not evaluated, or the heading of a group
        variant = mode if often[task, name, mode] == 1 else f"{mode} {cells['version']}"
        if (task, name, variant) in seen:
            raise Unreadable(f"Line {line} of the summary repeats an earlier one.", FIX)
        seen.add((task, name, variant))
        named(task, name, variant)
        yield EvalMetric(
            task=task,
            name=name,
            variant=variant,
            value=score_of(cells[model], line),
            stderr=None,
            direction=None,
            n=None,
            pointer=pointer(line, model),
        )


def _key(cells: Cells) -> tuple[str, str, str]:
    return cells["dataset"] or "", cells["metric"] or "", cells["mode"] or ""
