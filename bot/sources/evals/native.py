"""What does an eval in Tunegate's own form say? For home-made harnesses, and for tools that are not read yet.

Two files: `{"format": "tunegate-eval/1", ...}` with the metrics, and JSONL rows with the scores; or the rows alone.
docs/native-eval-format.md is the specification.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from statistics import fmean
from typing import Any

from bot.readiness.evidence import Direction, EvalMetric, EvalReport
from bot.sources.evals.format import Document, Format, count, mapping, named, number, plain, pointer, text
from bot.sources.evals.items import Row, Wanted, fill
from bot.sources.evals.rows import objects
from bot.sources.strict_json import printable
from bot.sources.trouble import Unreadable

NAME = "tunegate-eval/1"
_FIX = "Compare the file with docs/native-eval-format.md."
_STATUS = ("complete", "partial", "error")
_MAX_METRICS = 1_000


def recognises(document: Document) -> bool:
    """Say whether this is an artifact in our form, or rows in our form alone."""
    head = document.head
    if not isinstance(head, dict):
        return False
    if document.lines is not None:
        return "input" in head and not head.keys().isdisjoint(("score", "scores", "error"))
    return str(head.get("format", "")).startswith("tunegate-eval/")


def read(document: Document, rows: bytes | None, wanted: Wanted) -> tuple[EvalReport, ...]:
    """Read an artifact and its rows, or rows alone; raises Unreadable."""
    if document.lines is not None:
        if rows is not None:
            raise Unreadable(
                "The artifact holds rows.", "Link them as `rows`, and the file with the metrics as `artifact`."
            )
        return (_rows_alone(document.lines, wanted),)
    head = document.head
    if head["format"] != NAME:
        raise Unreadable(f"The artifact is of another version than {NAME}.", f'Write `"format": "{NAME}"`.')
    metrics = _metrics(head)
    if rows is not None:
        metrics = _with_items(metrics, list(_read_rows(rows)), wanted)
    status, limit, mock = head.get("status", "complete"), head.get("limit"), head.get("mock", False)
    if status not in _STATUS:
        raise Unreadable(f"In the artifact, `status` is none of {', '.join(_STATUS)}.", _FIX)
    if (limit is not None and number(limit) is None) or not isinstance(mock, bool):
        raise Unreadable("In the artifact, `limit` is a number or null, and `mock` true or false.", _FIX)
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


def _metrics(head: Mapping[str, Any]) -> tuple[EvalMetric, ...]:
    given = head.get("metrics")
    if not isinstance(given, list) or not given or len(given) > _MAX_METRICS:
        raise Unreadable(f"In the artifact, `metrics` is a list of 1 to {_MAX_METRICS:,} metrics.", _FIX)
    metrics = tuple(_metric(entry, index) for index, entry in enumerate(given))
    if len({(metric.task, metric.name, metric.variant) for metric in metrics}) != len(metrics):
        raise Unreadable("In the artifact, two metrics have the same task, name and variant.", _FIX)
    return metrics


def _metric(entry: Any, index: int) -> EvalMetric:
    given, at = mapping(entry), f"`metrics[{index}]`"
    name, task, variant = text(given.get("name")), given.get("task", ""), given.get("variant")
    if name is None or not isinstance(task, str) or not (variant is None or isinstance(variant, str)):
        raise Unreadable(f"In the artifact, {at} needs a `name`, and task and variant as text.", _FIX)
    if given.get("direction") not in (None, "higher", "lower"):
        raise Unreadable(f"In the artifact, the direction of {at} is neither higher nor lower.", _FIX)
    value, n = number(given.get("value")), count(given.get("n"))
    if (value is None and given.get("value") is not None) or n is None:
        raise Unreadable(f"In the artifact, {at} needs a number as `value` and a count as `n`.", _FIX)
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


@dataclass(frozen=True, slots=True)
class _Row:
    line: int
    id: str
    input: str
    task: str | None
    scores: Mapping[str | None, float | None]  # by name or "name/variant"; None for `score`, the only metric
    errored: bool
    output: str | None
    target: str | None


def _read_rows(raw: bytes) -> Iterator[_Row]:
    for line, row in objects(raw):
        if "input" not in row:
            raise Unreadable(f"Line {line} of the rows has no `input`.", _FIX)
        task, error, target = row.get("task"), row.get("error"), row.get("target")
        if not (task is None or isinstance(task, str)):
            raise Unreadable(f"In line {line} of the rows, `task` is no text.", _FIX)
        yield _Row(
            line=line,
            id=printable(str(row.get("id", line))),
            input=plain(row["input"]),
            task=task,
            scores=_scores(row, line),
            errored=error not in (None, False, "") or ("output" in row and row["output"] is None),
            output=row["output"] if isinstance(row.get("output"), str) else None,
            target=None if target is None else plain(target),
        )


def _scores(row: Mapping[str, Any], line: int) -> Mapping[str | None, float | None]:
    if "score" in row and "scores" in row:
        raise Unreadable(f"Line {line} of the rows has both `score` and `scores`.", _FIX)
    given = row.get("scores", {None: row["score"]} if "score" in row else {})
    if not isinstance(given, dict):
        raise Unreadable(f"In line {line} of the rows, `scores` is no object of names and numbers.", _FIX)
    for score in given.values():
        if score is not None and number(score) is None:
            raise Unreadable(f"In line {line} of the rows, a score is no number.", _FIX)
    return {name: number(score) for name, score in given.items()}


def _with_items(metrics: tuple[EvalMetric, ...], rows: list[_Row], wanted: Wanted) -> tuple[EvalMetric, ...]:
    """Give each metric its rows; raises Unreadable for a row that could belong to several."""
    if not rows:
        raise Unreadable("The file of rows is empty.", "Link the rows of the run, one JSON object a line.")
    fitting = Counter(metric.task for metric in metrics)
    for row in rows:
        task = row.task if row.task is not None else metrics[0].task
        if row.task is None and len(fitting) > 1:
            raise Unreadable(
                f"Line {row.line} of the rows does not say its `task`, and the artifact has several.", _FIX
            )
        if task not in fitting:
            raise Unreadable(f"Line {row.line} of the rows is of a task that the artifact does not hold.", _FIX)
        if None in row.scores and fitting[task] > 1:
            raise Unreadable(
                f"In line {row.line} of the rows, `score` could belong to {fitting[task]} metrics.",
                'Name them: `"scores": {"exact_match": 1, "f1": 0.8}`.',
            )
    return tuple(
        _filled(metric, [row for row in rows if row.task in (None, metric.task)])
        if wanted.keeps(metric.task, metric.name, metric.variant)
        else metric
        for metric in metrics
    )


def _filled(metric: EvalMetric, rows: list[_Row]) -> EvalMetric:
    """Give a metric its items. The value is recomputed from every score; whether a row errored is the claim's matter."""
    name = f"{metric.name}/{metric.variant}" if metric.variant else metric.name
    return fill(metric, _of_metric(name, rows))


def _of_metric(name: str | None, rows: list[_Row]) -> Iterator[Row]:
    for row in rows:
        known = name if name in row.scores else None
        if row.scores and known not in row.scores and not row.errored:
            continue  # a row of other metrics
        yield Row(row.id, row.input, row.target, row.scores.get(known), row.output, row.errored)


def _rows_alone(raw: bytes, wanted: Wanted) -> EvalReport:
    """Read rows that come without an artifact: value and N are what they say, and nothing else is known of the run."""
    rows = list(_read_rows(raw))
    names = dict.fromkeys((row.task or "", name) for row in rows for name in row.scores)
    if len(names) > _MAX_METRICS:
        raise Unreadable(f"The rows hold {len(names):,} metrics; at most {_MAX_METRICS:,} are read.", _FIX)
    metrics = []
    for task, given in names:
        name, _, variant = (given or "score").partition("/")
        named(task, name, variant)
        own = [row for row in rows if (row.task or "") == task]
        bare = EvalMetric(task, name, variant or None, value=None, stderr=None, direction=None, n=None, pointer="")
        scores = [score for row in own if (score := row.scores.get(given)) is not None]
        value = fmean(scores) if scores else None
        filled = _filled(bare, own) if wanted.keeps(task, name, variant or None) else bare
        metrics.append(replace(filled, value=value, n=len(scores)))
    return EvalReport(
        format=f"{NAME} rows",
        tool_version=None,
        status="unknown",
        model=None,
        adapter=None,
        started_at=None,
        limit=None,
        mock=False,
        metrics=tuple(metrics),
        has_rows=True,
    )


def _time(given: Any) -> str | None:
    """Read a time of ISO 8601 with its zone; None where none is given."""
    if given is None:
        return None
    try:
        found = datetime.fromisoformat(given)
    except (TypeError, ValueError) as error:
        raise Unreadable("In the artifact, `started_at` is no time like 2026-11-22T12:51:16Z.", _FIX) from error
    if found.tzinfo is None:
        raise Unreadable(
            "In the artifact, `started_at` has no time zone.", "End it with Z, or with an offset like +01:00."
        )
    try:
        return found.astimezone(UTC).isoformat(timespec="seconds")
    except OverflowError:
        return None
