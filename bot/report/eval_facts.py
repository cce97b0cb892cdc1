"""What does the bot see in an eval artifact? The same facts as JSON and as a table for people."""

import math
from collections.abc import Iterator, Sequence
from typing import Any

from bot.readiness.eval_report import EvalMetric, EvalReport
from bot.readiness.fact import Grade
from bot.report.markdown import visible

_MOST_NAMED = 20  # house: runs or rows in one warning


def as_json(reports: Sequence[EvalReport]) -> dict[str, Any]:
    """Turn the runs of one file into one JSON document; of NaN and infinity it says null.

    Its keys, and those of each metric, are always these. What differs between several runs is null, and a warning says so;
    `subject` names the run that a metric is of. `items` counts the rows of the metric that has most of them, `grade` is what
    a pinned link to the file would reach, of several runs the lowest.
    """
    first = reports[0]
    return {
        "format": first.format,
        "tool_version": first.tool_version,
        "status": _same([report.status for report in reports]),
        "metrics": [_metric(report, metric) for report in reports for metric in report.metrics],
        "items": max((len(metric.items) for report in reports for metric in report.metrics), default=0),
        "model": _same([report.model for report in reports]),
        "adapter": _same([report.adapter for report in reports]),
        "started_at": _same([report.started_at for report in reports]),
        "finished_at": _same([report.finished_at for report in reports]),
        "holdout_digest": _same([report.holdout_digest for report in reports]),
        "grade": max(grade(report) for report in reports),
        "warnings": list(dict.fromkeys(_every_warning(reports))),
    }


def as_text(reports: Sequence[EvalReport]) -> str:
    """Write the same for people; holds no control characters but line ends."""
    return "\n".join(line for report in reports for line in _lines(report)) + "\n"


def grade(report: EvalReport) -> Grade:
    """Grade a run as a pinned link to it would be: B proven by rows with texts, C an aggregate, D no run behind it."""
    if report.claims_only:
        return Grade.D
    metrics = [metric for metric in report.metrics if metric.items and not metric.hashed]
    proven = report.rows_note is None and any(metric.recomputed is not None for metric in metrics)
    return Grade.B if proven else Grade.C


def _same(values: Sequence[Any]) -> Any:
    return values[0] if all(value == values[0] for value in values) else None


def _warnings(report: EvalReport) -> tuple[str, ...]:
    own = []
    if report.rows_note:
        own.append(f"the rows do not prove the numbers: {report.rows_note}")
    if any(metric.hashed for metric in report.metrics):
        own.append("the rows hold digests or ids and no texts: an aggregate (grade C), unless the policy accepts them")
    return (*report.warnings, *own)


def _every_warning(reports: Sequence[EvalReport]) -> Iterator[str]:
    """Say also what people see in the table, and what no key is for."""
    if len(reports) > 1:
        names = ", ".join(f"`{report.run}`" for report in reports[:_MOST_NAMED])
        more = " ..." if len(reports) > _MOST_NAMED else ""
        yield f"the file holds {len(reports)} runs: {names}{more}; what differs between them is null"
    for report in reports:
        of = f"`{report.run}`: " if len(reports) > 1 else ""
        for warning in (*_warnings(report), *_circumstances(report)):
            yield of + warning


def _circumstances(report: EvalReport) -> Iterator[str]:
    if report.mock:
        yield "a mock model answered"
    if report.limit is not None:
        yield f"the run was cut to {report.limit:g} items"
    for metric in report.metrics:
        if errored := sum(item.errored for item in metric.items):
            yield f"of {len(metric.items):,} rows {errored:,} errored"
        if wrong := [item.native_id for item in metric.items if item.contradicts]:
            ids = ", ".join(wrong[:_MOST_NAMED]) + (" ..." if len(wrong) > _MOST_NAMED else "")
            said = "1 row contradicts its" if len(wrong) == 1 else f"{len(wrong):,} rows contradict their"
            yield f"{said} score of {_named(metric)}: {ids}"


def _metric(report: EvalReport, metric: EvalMetric) -> dict[str, Any]:
    return {
        "subject": report.run,
        "task": metric.task or None,
        "name": metric.name,
        "variant": metric.variant,
        "value": _number(metric.value),
        "stderr": _number(metric.stderr),
        "n_scored": metric.n,
        "direction": metric.direction,
        "recomputed": _number(metric.recomputed),
    }


def _number(value: float | None) -> float | None:
    return value if value is not None and math.isfinite(value) else None


def _lines(report: EvalReport) -> Iterator[str]:
    version = f" {report.tool_version}" if report.tool_version else ""
    yield visible(f"{report.format}{version}: {report.run or 'one run'}, {report.status}, grade {grade(report)}", 300)
    said = {
        "model": report.model,
        "adapter": report.adapter,
        "judge": report.judge,
        "started": report.started_at,
        "finished": report.finished_at,
        "cut to": None if report.limit is None else f"{report.limit:g} items",
        "held-out set": report.holdout_digest and f"{report.holdout_digest[:16]}…",
    }
    for name, value in said.items():
        if value:
            yield f"  {name:<13} {visible(str(value), 200)}"
    if report.mock:
        yield "  a mock model answered"
    for metric in report.metrics:
        yield f"  {visible(_named(metric), 80):<40} {_figures(metric)}"
    for warning in _warnings(report):
        yield f"  ! {visible(warning, 300)}"
    yield ""


def _named(metric: EvalMetric) -> str:
    return " / ".join(part for part in (metric.task, metric.name or "(no name)", metric.variant) if part)


def _figures(metric: EvalMetric) -> str:
    value = "no number" if metric.value is None else f"{metric.value:.6g}"
    n = "N unknown" if metric.n is None else f"N {metric.n:,}"
    rows = "no rows" if not metric.items else f"{len(metric.items):,} rows"
    again = "not recomputed" if metric.recomputed is None else f"they give {metric.recomputed:.6g}"
    wrong = sum(item.contradicts for item in metric.items)
    flipped = f", {wrong:,} contradict their score" if wrong else ""
    better = f"{metric.direction} is better" if metric.direction else "direction not said"
    return f"{value}  ({n}; {rows}, {again}{flipped}; {better})"
