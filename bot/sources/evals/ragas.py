"""What does a result of Ragas say? A table of samples (CSV, JSONL or a JSON list) with a column of numbers for each metric.

It holds no time, no model and no number beside its rows. A judge that stumbled leaves a sample without a number, and the
tool's mean drops it in silence: these samples are counted.
"""

from collections.abc import Iterator

from bot.readiness.eval_report import EvalMetric, EvalReport
from bot.sources.evals import native_rows
from bot.sources.evals.format import Document, Format, no_rows
from bot.sources.evals.items import Wanted
from bot.sources.evals.rows_alone import metrics_of
from bot.sources.trouble import Unreadable

NAME = "Ragas"
_COLUMNS = {"user_input", "response"}


def recognises(document: Document) -> bool:
    """Say whether this is a table of samples as Ragas names its columns."""
    head = document.head[0] if isinstance(document.head, list) and document.head else document.head
    columns = (
        head.keys() if isinstance(head, dict) and isinstance(document.head, list) | (document.lines is not None) else ()
    )
    return set(document.columns) >= _COLUMNS or set(columns) >= _COLUMNS


def read(document: Document, rows: bytes | None, wanted: Wanted) -> tuple[EvalReport, ...]:
    """Read the samples of a run; raises Unreadable."""
    no_rows(rows, NAME)
    metrics = metrics_of(native_rows.samples(document.raw), wanted)
    if not metrics:
        raise Unreadable(
            "The table of Ragas has no column of numbers.", "Link the table that `evaluate` returned, with its scores."
        )
    report = EvalReport(
        format=NAME,
        tool_version=None,
        status="unknown",
        model=None,
        adapter=None,
        started_at=None,
        limit=None,
        mock=False,
        metrics=metrics,
        has_rows=True,
        warnings=tuple(_warnings(metrics)),
    )
    return (report,)


FORMAT = Format(NAME, recognises, read)


def _warnings(metrics: tuple[EvalMetric, ...]) -> Iterator[str]:
    for metric in metrics:
        if missing := sum(1 for item in metric.items if item.score is None):
            yield f"{missing:,} of {len(metric.items):,} samples have no number of `{metric.name}`; its mean leaves them out"
