"""What does a record of Every Eval Ever say (schema 0.2 and 0.3)? Results that a run gave, or that somebody copied.

`source_type: documentation` is a number off a page: no run is behind it. The schema demands a direction, so that a record
that was converted from a tool's log has one even where the log had none: that one says nothing. Rows are a file of their
own; the record holds its digest.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from bot.readiness.eval_report import Direction, EvalMetric, EvalReport
from bot.sources.evals import subject
from bot.sources.evals.every_eval_ever_rows import Attached, Result, attach
from bot.sources.evals.format import Document, Format, count, instant, listing, mapping, named, number, pointer, text
from bot.sources.evals.items import Wanted
from bot.sources.strict_json import printable
from bot.sources.trouble import Unreadable

NAME = "Every Eval Ever"
_ROW_KEYS = {"sample_id", "evaluation", "interaction_type"}
_READ = re.compile(r"0\.[23](\.\d+)?")  # versions of the schema
_HELM = ("helm", "crfmhelm")
_CONVERTED = frozenset((*_HELM, "inspectai", "inspect", "lmeval", "lmevaluationharness", "alpacaeval"))
_FILTER = re.compile(r" \(filter: [^()]*\)$")  # stands in the name of the evaluation as well
_MAX_RESULTS = 5_000
_MOCKS = ("mockllm/", "dummy")


def recognises(document: Document) -> bool:
    """Say whether this is a record of Every Eval Ever, or its rows linked in the wrong place."""
    head = mapping(document.head)
    return head.keys() >= {"schema_version", "evaluation_results"} or head.keys() >= _ROW_KEYS


def read(document: Document, rows: bytes | None, wanted: Wanted) -> tuple[EvalReport, ...]:
    """Read a record and its rows; raises Unreadable."""
    head = document.head
    if "evaluation_results" not in head:
        raise Unreadable(
            "The artifact holds rows of Every Eval Ever, not the record that they belong to.",
            "Link the record (a `.json` file with `evaluation_results`) as `artifact`, and this file as `rows`.",
        )
    results = tuple(_results(head))
    found = Attached(tuple(result.metric for result in results))
    if rows is not None:
        found = attach(head, results, rows, wanted)
    metrics = found.metrics
    model, source = mapping(head.get("model_info")), mapping(head.get("source_metadata"))
    more = mapping(model.get("additional_details"))
    adapter, times = subject.adapter_of(more), _times(head)
    report = EvalReport(
        format=NAME,
        tool_version=_library(head),
        status="unknown" if metrics else "error",
        model=(subject.model_of(more) if adapter else None) or text(model.get("id")),
        adapter=adapter,
        started_at=times[0] if times else None,
        limit=None,
        mock=str(model.get("id")).lower().startswith(_MOCKS),
        metrics=metrics,
        has_rows=rows is not None,
        rows_note=found.note,
        warnings=(*_warnings(head, metrics), *found.warnings),
        judge=", ".join(sorted(_judges(head, metrics, wanted))[:5]) or None,
        claims_only=source.get("source_type") != "evaluation_run",
    )
    return (report,)


FORMAT = Format(NAME, recognises, read)


def _results(head: Mapping[str, Any]) -> Iterator[Result]:
    given = listing(head.get("evaluation_results"))
    if len(given) > _MAX_RESULTS:
        raise Unreadable(f"The artifact holds more than {_MAX_RESULTS:,} results.", "Link the record of one run.")
    origin = _origin(head)
    names = [_names(mapping(entry), converted=origin is not None) for entry in given]
    often, taken = Counter(names), Counter[tuple[str, str | None]]()
    for place, (entry, (task, name)) in enumerate(zip(given, names, strict=True)):
        taken[task, name] += 1
        own = text(mapping(entry).get("evaluation_result_id"))
        variant = (own or str(taken[task, name])) if often[task, name] > 1 else None
        named(task, name, variant)
        yield Result(_metric(mapping(entry), place, (task, name, variant), origin), own, mapping(entry))


def _names(entry: Mapping[str, Any], *, converted: bool) -> tuple[str, str | None]:
    config = mapping(entry.get("metric_config"))
    name = text(config.get("metric_id")) or text(config.get("metric_name"))
    if name is None and converted:  # which puts the metric's name there, and no sentence
        name = text(_FILTER.sub("", str(config.get("evaluation_description") or "")))
    return text(entry.get("evaluation_name")) or "", name


def _metric(
    entry: Mapping[str, Any], place: int, names: tuple[str, str | None, str | None], origin: str | None
) -> EvalMetric:
    details = mapping(entry.get("score_details"))
    spread, lower = mapping(details.get("uncertainty")), mapping(entry.get("metric_config")).get("lower_is_better")
    stated = None if not isinstance(lower, bool) else Direction.LOWER if lower else Direction.HIGHER
    task, name, variant = names
    return EvalMetric(
        task=task,
        name=name,
        variant=variant,
        value=number(details.get("score")),
        stderr=number(mapping(spread.get("standard_error")).get("value")),
        direction=None if origin else stated,
        n=None if origin in _HELM else count(spread.get("num_samples")),  # of HELM it is the number of its trials
        pointer=pointer("evaluation_results", place, "score_details", "score"),
    )


def _origin(head: Mapping[str, Any]) -> str | None:
    """Name the tool whose log was turned into this record; None where it is not known to be one."""
    source = mapping(head.get("source_metadata"))
    copied = source.get("source_type") == "documentation"
    given = (mapping(head.get("eval_library")).get("name"), None if copied else source.get("source_name"))
    plain = (re.sub(r"[^a-z]", "", name.lower()) for name in given if isinstance(name, str))
    return next((name for name in plain if name in _CONVERTED), None)


def _library(head: Mapping[str, Any]) -> str | None:
    library = mapping(head.get("eval_library"))
    return " ".join(part for key in ("name", "version") if (part := text(library.get(key)))) or None


def _times(head: Mapping[str, Any]) -> list[str]:
    """List when the results were found, the first one first; the record's own time, or else those of its results."""
    own = _time(head.get("evaluation_timestamp"))
    each = (_time(mapping(entry).get("evaluation_timestamp")) for entry in listing(head.get("evaluation_results")))
    return [own] if own else sorted(time for time in each if time)


def _time(given: Any) -> str | None:
    return None if isinstance(given, bool) else instant(given)


def _judges(head: Mapping[str, Any], metrics: tuple[EvalMetric, ...], wanted: Wanted) -> set[str]:
    found = set()
    for metric, entry in zip(metrics, listing(head.get("evaluation_results")), strict=True):
        scoring = mapping(mapping(mapping(entry).get("metric_config")).get("llm_scoring"))
        if wanted.keeps(metric.task, metric.name, metric.variant):
            judges = (mapping(mapping(judge).get("model_info")) for judge in listing(scoring.get("judges")))
            found |= {name for judge in judges if (name := text(judge.get("id")) or text(judge.get("name")))}
    return found


def _warnings(head: Mapping[str, Any], metrics: tuple[EvalMetric, ...]) -> Iterator[str]:
    version, kind = head.get("schema_version"), mapping(head.get("source_metadata")).get("source_type")
    if not (isinstance(version, str) and _READ.fullmatch(version)):
        yield f"its schema version is `{printable(str(version), 20)}`; 0.2 and 0.3 are known here"
    if kind == "documentation":
        yield "its numbers were copied from a page (`source_type: documentation`): no run is behind them"
    elif kind != "evaluation_run":
        yield "it does not say that a run gave its numbers (`source_type: evaluation_run`)"
    if _origin(head) and metrics:
        yield "it was converted from another tool's log: which way its metrics are better is not taken from it"
