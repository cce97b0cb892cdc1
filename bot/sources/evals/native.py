"""What does an eval in Tunegate's own form say? For home-made harnesses, and for tools that are not read yet.

Two files: `{"format": "tunegate-eval/1", ...}` with the metrics, and JSONL rows with the scores; or the rows alone.
docs/native-eval-format.md is the specification.
"""

from collections.abc import Mapping, Set
from datetime import UTC, datetime
from typing import Any

from bot.readiness.eval_report import Direction, EvalMetric, EvalReport
from bot.sources.evals import native_rows
from bot.sources.evals.format import Document, Format, count, mapping, named, number, pointer, text
from bot.sources.evals.items import Wanted
from bot.sources.evals.native_rows import FIX
from bot.sources.evals.rows_alone import metrics_of
from bot.sources.trouble import Unreadable

NAME = "tunegate-eval/1"
_STATUS = ("complete", "partial", "error")
_MAX_METRICS = 1_000


def recognises(document: Document) -> bool:
    """Say whether this is an artifact in our form, or rows alone: JSONL, a JSON list or CSV."""
    head = document.head
    if _columns(document):
        return native_rows.are_rows(_columns(document))
    return isinstance(head, dict) and str(head.get("format", "")).startswith("tunegate-eval/")


def read(document: Document, rows: bytes | None, wanted: Wanted) -> tuple[EvalReport, ...]:
    """Read an artifact and its rows, or rows alone; raises Unreadable."""
    if _columns(document):
        if rows is not None:
            raise Unreadable(
                "The artifact holds rows.", "Link them as `rows`, and the file with the metrics as `artifact`."
            )
        return (_rows_alone(document.raw, wanted),)
    head = document.head
    if head["format"] != NAME:
        raise Unreadable(f"The artifact is of another version than {NAME}.", f'Write `"format": "{NAME}"`.')
    metrics = _metrics(head)
    if rows is not None:
        metrics = attach(metrics, rows, wanted)
    status, limit, mock = head.get("status", "complete"), head.get("limit"), head.get("mock", False)
    if status not in _STATUS:
        raise Unreadable(f"In the artifact, `status` is none of {', '.join(_STATUS)}.", FIX)
    if (limit is not None and number(limit) is None) or not isinstance(mock, bool):
        raise Unreadable("In the artifact, `limit` is a number or null, and `mock` true or false.", FIX)
    report = EvalReport(
        format=NAME,
        tool_version=text(head.get("tool")),
        status=status,
        model=text(head.get("model")),
        adapter=text(head.get("adapter")),
        started_at=_time(head.get("started_at")),
        limit=number(limit),
        mock=mock,
        metrics=metrics,
        has_rows=rows is not None,
    )
    return (report,)


FORMAT = Format(NAME, recognises, read)


def _columns(document: Document) -> Set[str]:
    """List the columns of rows that stand alone; none where the artifact is one JSON object."""
    first = document.head
    if isinstance(first, list):
        first = first[0] if first else None
    elif document.lines is None:
        first = None
    return first.keys() if isinstance(first, dict) else set(document.columns)


def _metrics(head: Mapping[str, Any]) -> tuple[EvalMetric, ...]:
    given = head.get("metrics")
    if not isinstance(given, list) or not given or len(given) > _MAX_METRICS:
        raise Unreadable(f"In the artifact, `metrics` is a list of 1 to {_MAX_METRICS:,} metrics.", FIX)
    metrics = tuple(_metric(entry, index) for index, entry in enumerate(given))
    if len({(metric.task, metric.name, metric.variant) for metric in metrics}) != len(metrics):
        raise Unreadable("In the artifact, two metrics have the same task, name and variant.", FIX)
    return metrics


def _metric(entry: Any, index: int) -> EvalMetric:
    given, at = mapping(entry), f"`metrics[{index}]`"
    name, task, variant = text(given.get("name")), given.get("task", ""), given.get("variant")
    if name is None or not isinstance(task, str) or not (variant is None or isinstance(variant, str)):
        raise Unreadable(f"In the artifact, {at} needs a `name`, and task and variant as text.", FIX)
    if given.get("direction") not in (None, "higher", "lower"):
        raise Unreadable(f"In the artifact, the direction of {at} is neither higher nor lower.", FIX)
    value, n = number(given.get("value")), count(given.get("n"))
    if (value is None and given.get("value") is not None) or n is None:
        raise Unreadable(f"In the artifact, {at} needs a number as `value` and a count as `n`.", FIX)
    named(task, name, variant)
    return EvalMetric(
        task=task,
        name=name,
        variant=variant,
        value=value,
        stderr=number(given.get("stderr")),
        direction=Direction(given["direction"]) if given.get("direction") else None,
        n=n,
        pointer=pointer("metrics", index, "value"),
    )


def attach(metrics: tuple[EvalMetric, ...], rows: bytes, wanted: Wanted) -> tuple[EvalMetric, ...]:
    """Give the wanted metrics of any artifact the rows that a file in our form holds for them; raises Unreadable.

    A row's score stands under `scores`, in a column named like the metric ("name/variant" where it has a variant), or in
    `score` where the row's task has one metric only. `recomputed` becomes the mean of the scores.
    """
    return native_rows.attach(metrics, rows, wanted)


def _rows_alone(raw: bytes, wanted: Wanted) -> EvalReport:
    """Read rows that come without an artifact: value and N are what they say, and nothing else is known of the run."""
    metrics = metrics_of(native_rows.samples(raw), wanted)
    if not metrics:
        raise Unreadable(
            "The rows hold no scores: neither `score` nor `scores`, nor a column of numbers.",
            "Link rows with the score of each.",
        )
    return EvalReport(
        format=f"{NAME} rows",
        tool_version=None,
        status="unknown",
        model=None,
        adapter=None,
        started_at=None,
        limit=None,
        mock=False,
        metrics=metrics,
        has_rows=True,
    )


def _time(given: Any) -> str | None:
    """Read a time of ISO 8601 with its zone; None where none is given."""
    if given is None:
        return None
    try:
        found = datetime.fromisoformat(given)
    except (TypeError, ValueError) as error:
        raise Unreadable("In the artifact, `started_at` is no time like 2026-11-22T12:51:16Z.", FIX) from error
    if found.tzinfo is None:
        raise Unreadable(
            "In the artifact, `started_at` has no time zone.", "End it with Z, or with an offset like +01:00."
        )
    try:
        return found.astimezone(UTC).isoformat(timespec="seconds")
    except OverflowError:
        return None
