"""What does a result of lighteval say? Values of tasks, with their errors; of its rows nothing, which are Parquet files.

A task is named by its key: `suite|task|shots`, and since the suites went `task|shots`. N is `effective_num_docs` of the
task, which newer versions leave at -1. Which way a metric is better stands with the metric in `config_tasks`. The start is
the clock of the process and no time of day.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from typing import Any

from bot.readiness.eval_report import Direction, EvalMetric, EvalReport
from bot.sources.evals import native
from bot.sources.evals.format import Document, Format, count, instant, mapping, named, number, pointer, text
from bot.sources.evals.items import Wanted
from bot.sources.trouble import Unreadable, not_supported

NAME = "lighteval"
_STDERR = "_stderr"
_MAX_METRICS = 5_000
_EARLIEST = 1_600_000_000  # house: seconds since 1970; below it is a clock that started with the machine
_PARQUET = b"PAR1"
_DUMMY = "dummy"
_ALL = "all"


def recognises(document: Document) -> bool:
    """Say whether this is a result of lighteval."""
    head = mapping(document.head)
    return isinstance(head.get("config_general"), dict) and isinstance(head.get("results"), dict)


def read(document: Document, rows: bytes | None, wanted: Wanted) -> tuple[EvalReport, ...]:
    """Read a results file, and rows of our own form where somebody linked them; raises Unreadable."""
    head = document.head
    general, model = head["config_general"], mapping(head["config_general"].get("model_config"))
    metrics = tuple(_metrics(head))
    if rows is not None:
        if rows.startswith(_PARQUET):
            raise not_supported(
                "The rows are a Parquet file of lighteval's details; those are not read yet.",
                "Write them out in Tunegate's own form (docs/native-eval-format.md), and link that file as `rows`.",
            )
        metrics = native.attach(metrics, rows, wanted)
    base = text(model.get("base_model"))  # of an adapter; the model is then the adapter itself
    answering = text(general.get("model_name")) or text(model.get("model_name"))
    report = EvalReport(
        format=NAME,
        tool_version=_known(general.get("lighteval_sha")),
        status="complete" if metrics else "error",
        model=base or answering,
        adapter=answering if base else None,
        started_at=_time(general.get("start_time")),
        finished_at=_time(general.get("end_time")),
        limit=_limit(head),
        mock=(answering or "").lower() == _DUMMY,
        metrics=metrics,
        has_rows=rows is not None,
        warnings=tuple(_warnings(metrics, rows, wanted)),
        scorer=_scorer(head, metrics, wanted),
    )
    return (report,)


FORMAT = Format(NAME, recognises, read)


def _metrics(head: Mapping[str, Any]) -> Iterator[EvalMetric]:
    taken = 0
    for task, values in head["results"].items():
        entries, config = mapping(values), _config(head, task)
        if task == _ALL and len(head["results"]) == 2:
            continue  # the one task again
        for name, value in entries.items():
            if name.endswith(_STDERR):
                continue
            taken += 1
            if taken > _MAX_METRICS:
                raise Unreadable(
                    f"The artifact holds more than {_MAX_METRICS:,} metrics.", "Link the run of this task alone."
                )
            named(task, name, None)
            yield EvalMetric(
                task=task,
                name=name,
                variant=None,
                value=number(value),
                stderr=None if _is_average(task) else number(entries.get(name + _STDERR)),
                direction=_direction(config, name),
                n=count(config.get("effective_num_docs")),
                pointer=pointer("results", task, name),
            )


def _is_average(task: str) -> bool:
    """Say whether a value is the mean of several tasks' values: what stands there as its error is the mean of theirs."""
    return task == _ALL or ":_average" in task


def _config(head: Mapping[str, Any], task: str) -> Mapping[str, Any]:
    """Find what a task was configured with: under its key, or under its key without the shots."""
    known = mapping(head.get("config_tasks"))
    parts = task.split("|")
    keys = (task, "|".join(parts[:-1]), "|".join(parts[:2]))
    return next((mapping(known[key]) for key in keys if key in known), {})


def _direction(config: Mapping[str, Any], name: str) -> Direction | None:
    given = config.get("metrics", config.get("metric"))
    for metric in map(mapping, given if isinstance(given, list) else []):
        own, higher = metric.get("metric_name"), metric.get("higher_is_better")
        if own == name or (isinstance(own, list) and name in own):
            higher = higher.get(name) if isinstance(higher, dict) else higher
            return None if not isinstance(higher, bool) else Direction.HIGHER if higher else Direction.LOWER
    return None


def _limit(head: Mapping[str, Any]) -> float | None:
    """Find to how many samples a task was cut; a limit that is known to have cut nothing is none."""
    limit = number(head["config_general"].get("max_samples"))
    docs = [mapping(config) for config in mapping(head.get("config_tasks")).values()]
    pairs = [(count(config.get("effective_num_docs")), count(config.get("original_num_docs"))) for config in docs]
    whole = bool(pairs) and all(
        effective is not None and original is not None and effective >= original for effective, original in pairs
    )
    return None if whole else limit


def _time(given: Any) -> str | None:
    """Read a time of day; None for the clock of a process."""
    seconds = None if isinstance(given, bool) else number(given)
    return None if seconds is None or seconds < _EARLIEST else instant(seconds)


def _known(given: Any) -> str | None:
    return None if given == "?" else text(given)


def _scorer(head: Mapping[str, Any], metrics: tuple[EvalMetric, ...], wanted: Wanted) -> str | None:
    """Name the versions of the tasks that count: another version is another prompt, data set or metric."""
    versions = mapping(head.get("versions"))
    asked = {metric.task for metric in metrics if wanted.keeps(metric.task, metric.name, metric.variant)}
    known = {task: versions[task] for task in sorted(asked) if task in versions}
    return hashlib.sha256(json.dumps(known).encode("utf-8", "replace")).hexdigest()[:16] if known else None


def _warnings(metrics: tuple[EvalMetric, ...], rows: bytes | None, wanted: Wanted) -> Iterator[str]:
    if rows is None:
        yield "its rows are Parquet files, which are not read here: nothing proves its values"
    asked = [metric for metric in metrics if wanted.keeps(metric.task, metric.name, metric.variant)]
    if any(metric.n is None for metric in asked):
        yield "it does not say over how many samples its values are"
