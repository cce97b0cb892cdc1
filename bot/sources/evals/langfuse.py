"""What do the experiments of Langfuse say? Their items with scores by name, and the scores of the runs themselves.

Read are the replies of Langfuse v4's public API (`GET /api/public/experiment-items` with `fields=core,io,scores`, its items as
a list or one a line, and `GET /api/public/experiments` with `fields=core,scores`, or one experiment), by the API description
of November 2026. Replies of v3 (`datasetRunItems`) hold neither inputs nor scores. Several experiments in one file are runs.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from math import isclose
from statistics import fmean
from typing import Any

from bot.readiness.eval_report import EvalMetric, EvalReport
from bot.sources import strict_json
from bot.sources.evals.format import (
    Document,
    Format,
    count,
    instant,
    listing,
    mapping,
    named,
    no_rows,
    number,
    plain,
    pointer,
    text,
)
from bot.sources.evals.items import Row, Wanted, fill
from bot.sources.evals.langfuse_scores import MAX_SCORES, NUMBERS, Scored, Where, scored
from bot.sources.evals.rows import MAX_ROWS, MAX_WHOLE_BYTES, objects
from bot.sources.evals.runs import told_apart
from bot.sources.evals.subject import adapter_of, model_of
from bot.sources.strict_json import printable
from bot.sources.trouble import Unreadable

NAME = "Langfuse"
_ITEM = {"experimentId", "experimentName", "experimentItemId", "traceId"}
_RUN = {"id", "name", "datasetId", "itemCount"}
_FIX = "Ask for the items with `fields=core,io,scores`, page by page, and link all of them in one file."
_SAYS_RIGHT = re.compile(r"exact|match|correct|accura|(?:^|[^a-z])(?:em|acc)(?:$|[^a-z])")


@dataclass(slots=True)
class _Run:
    """One experiment: its name, what is said of it as a whole, and its items."""

    id: str
    name: str
    stated: Mapping[str, Any] = field(default_factory=dict)
    at: Where = ()
    items: list[Mapping[str, Any]] = field(default_factory=list)
    where: list[Where] = field(default_factory=list)


def recognises(document: Document) -> bool:
    """Say whether this is a reply of Langfuse about experiments, or items of one."""
    head = document.head
    if isinstance(head, list):
        return bool(head) and _is_item(head[0])
    if document.lines is not None:
        return _is_item(head)
    first = listing(mapping(head).get("data"))[:1]
    return (
        _is_item(head)
        or _is_run(head)
        or isinstance(mapping(head).get("datasetRunItems"), list)
        or ("meta" in mapping(head) and bool(first) and (_is_item(first[0]) or _is_run(first[0])))
    )


def read(document: Document, rows: bytes | None, wanted: Wanted) -> tuple[EvalReport, ...]:
    """Read every experiment of a reply, with the items beside it; raises Unreadable."""
    head = document.head
    if "datasetRunItems" in mapping(head):
        raise Unreadable("The artifact is a dataset run of Langfuse v3, which holds neither inputs nor scores.", _FIX)
    entries, more = _entries(document)
    if _is_item(entries[0][1]):
        no_rows(rows, NAME)
        runs = _of_items(entries)
    else:
        runs = _of_experiments(entries)
        if rows is not None:
            others, cut = _beside(rows)
            more = more or cut
            _join(runs, others)
    names = told_apart([(run.name, run.id) for run in runs])
    reports = tuple(_report(run, name, wanted, more=more) for run, name in zip(runs, names, strict=True))
    if not any(report.metrics for report in reports):
        raise Unreadable("The file of Langfuse holds no score that is a number.", _FIX)
    return reports


FORMAT = Format(NAME, recognises, read)

_Entries = list[tuple[Where, Any]]


def _entries(document: Document) -> tuple[_Entries, bool]:
    """List what a file holds, with where it stands, and say whether there is more that the file does not hold."""
    head = document.head
    if document.lines is not None:
        return [((), row) for _, row in objects(document.lines)], False
    if isinstance(head, list):
        return _bounded([((place,), entry) for place, entry in enumerate(head)]), False
    if "data" in head and "meta" in head:
        found: _Entries = [(("data", place), entry) for place, entry in enumerate(listing(head["data"]))]
        return _bounded(found), bool(mapping(head["meta"]).get("cursor"))
    return [((), head)], False


def _bounded(entries: _Entries) -> _Entries:
    if len(entries) > MAX_ROWS:
        raise Unreadable(f"The file holds more than {MAX_ROWS:,} items, beyond which they are not read.", "Link fewer.")
    return entries


def _of_items(entries: _Entries) -> list[_Run]:
    runs: dict[str, _Run] = {}
    for place, (where, entry) in enumerate(entries, 1):
        if not _is_item(entry):
            raise Unreadable(f"Item {place} of the file is no experiment item of Langfuse.", _FIX)
        missing = [name for name in ("input", "scores") if name not in entry]
        if missing:
            raise Unreadable(f"Item {place} of the file holds no `{missing[0]}`.", _FIX)
        known = plain(entry["experimentId"])
        run = runs.setdefault(known, _Run(known, text(entry["experimentName"]) or known))
        run.items.append(entry)
        run.where.append(where)
    return list(runs.values())


def _of_experiments(entries: _Entries) -> list[_Run]:
    runs = []
    for place, (where, entry) in enumerate(entries, 1):
        if not _is_run(entry):
            raise Unreadable(f"Entry {place} of the file is no experiment of Langfuse.", _FIX)
        runs.append(_Run(plain(entry["id"]), text(entry["name"]) or plain(entry["id"]), stated=entry, at=where))
    return runs


def _beside(rows: bytes) -> tuple[list[_Run], bool]:
    """Read the items that are linked beside the experiments."""
    head: Any = None
    if rows[:64].lstrip()[:1] == b"{":
        try:
            head = strict_json.loads(rows, max_bytes=MAX_WHOLE_BYTES)
        except strict_json.BadJson:
            head = None  # one item a line
    if isinstance(head, dict) and "data" in head:
        entries, more = _entries(Document(rows, head))
    else:
        entries, more = [((), row) for _, row in objects(rows)], False
    if not entries:
        raise Unreadable("The file of rows is empty.", _FIX)
    return _of_items(entries), more


def _join(runs: list[_Run], others: list[_Run]) -> None:
    known = {run.id: run for run in runs}
    for other in others:
        if other.id not in known:
            raise Unreadable(
                f"The rows are of the experiment `{printable(other.name)}`, which the artifact does not hold.",
                "Link the items of the experiments that the artifact holds.",
            )
        known[other.id].items = other.items


def _report(run: _Run, name: str, wanted: Wanted, *, more: bool) -> EvalReport:
    known = list(scored(run.items, run.where))
    metrics = tuple(_metrics(run, known, wanted))
    described = [mapping(item.get("experimentMetadata")) for item in run.items[:1]]
    described.append(mapping(run.stated.get("metadata")))
    starts = sorted(at for item in run.items if (at := _time(item.get("startTime"))))
    ends = sorted(at for item in run.items if (at := _time(item.get("endTime"))))
    warnings = [
        f"{one.repeated:,} items have several scores `{printable(one.name)}`: the latest of each counts"
        for one in known
        if one.repeated and wanted.keeps("", one.name, one.variant)
    ]
    if more:
        warnings.append("the file holds the first page of a reply only")
    return EvalReport(
        format=NAME,
        tool_version=None,
        status="partial" if more else "unknown",
        model=model_of(*described),
        adapter=adapter_of(*described),
        started_at=_time(run.stated.get("startTime")) or (starts[0] if starts else None),
        limit=None,
        mock=False,
        metrics=metrics,
        has_rows=bool(run.items),
        warnings=tuple(warnings),
        run=name,
        finished_at=ends[-1] if ends else None,
    )


def _metrics(run: _Run, of_items: list[Scored], wanted: Wanted) -> Iterator[EvalMetric]:
    """Give the scores of the run itself, and those of its items, each item's score being one of a mean."""
    own = {}
    for place, score in enumerate(listing(run.stated.get("scores"))):
        if isinstance(score, dict) and score.get("dataType") in NUMBERS and (label := text(score.get("name"))):
            own[label] = (number(score.get("value")), pointer(*run.at, "scores", place, "value"))
    if len(own) + len(of_items) > MAX_SCORES:
        raise Unreadable(f"A run of Langfuse holds more than {MAX_SCORES:,} scores.", "Link a run with fewer scores.")
    items = count(run.stated.get("itemCount"))
    by_name = {one.name: one for one in of_items if one.variant is None}
    for label, (value, at) in own.items():
        named("", label, None)
        metric = EvalMetric("", label, None, value, stderr=None, direction=None, n=items, pointer=at)
        yield _filled(metric, run, by_name[label], wanted) if label in by_name else metric
    for one in of_items:
        if one.variant is not None or one.name not in own:
            named("", one.name, one.variant)
            values = [score for score in one.scores if score is not None]
            at = pointer(*one.first, "scores") if one.first else ""
            bare = EvalMetric("", one.name, one.variant, fmean(values), None, None, n=len(values), pointer=at)
            yield _filled(bare, run, one, wanted)


def _filled(metric: EvalMetric, run: _Run, one: Scored, wanted: Wanted) -> EvalMetric:
    if not wanted.keeps(metric.task, metric.name, metric.variant):
        return metric
    filled = fill(metric, _rows(run, one))
    same = metric.value is not None and filled.recomputed is not None
    # a run's own score is whatever the team's code made of its items: the mean only where the numbers show it
    if metric.n is not None and same and not isclose(metric.value or 0.0, filled.recomputed or 0.0, abs_tol=1e-6):
        return replace(filled, recomputed=None)
    return filled


def _rows(run: _Run, one: Scored) -> Iterator[Row]:
    texts = bool(_SAYS_RIGHT.search(one.name.lower()))
    for item, score in zip(run.items, one.scores, strict=True):
        output, target = item.get("output"), item.get("expectedOutput")
        yield Row(
            native_id=printable(plain(item["experimentItemId"])),
            input=plain(item["input"]),
            target=None if target is None else plain(target),
            score=score,
            output=output if texts and isinstance(output, str) and isinstance(target, str) else None,
            errored=item.get("level") == "ERROR",
        )


def _time(given: Any) -> str | None:
    return None if isinstance(given, bool) else instant(given)


def _is_item(entry: Any) -> bool:
    return isinstance(entry, dict) and entry.keys() >= _ITEM


def _is_run(entry: Any) -> bool:
    return isinstance(entry, dict) and entry.keys() >= _RUN
