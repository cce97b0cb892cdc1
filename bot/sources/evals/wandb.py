"""What does a run of Weights & Biases say? Its summary: as a store fetched it, or the file `wandb-summary.json`.

The store writes `{"wandb": ..., "summaryMetrics": ..., "config": ..., "state": ..., "createdAt": ..., "heartbeatAt": ...}`,
as W&B's GraphQL API names them, where summary and configuration may be JSON in a text. A summary holds the last value of each
key; keys that begin with `_` are the tool's own. It states no N. Written for wandb 0.31.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from bot.readiness.eval_report import EvalMetric, EvalReport
from bot.sources import strict_json
from bot.sources.evals.format import Document, Format, instant, mapping, named, number, pointer
from bot.sources.evals.items import Wanted
from bot.sources.evals.logged_table import attached
from bot.sources.evals.subject import adapter_of, model_of
from bot.sources.trouble import Unreadable

NAME = "W&B"
_OWN = ("_runtime", "_step", "_timestamp", "_wandb")
_STATUS = {
    "finished": "complete", "running": "partial", "pending": "partial", "preempting": "partial", "preempted": "partial",
    "failed": "error", "crashed": "error", "killed": "error",
}  # fmt: skip
_MAX_METRICS = 5_000
_MAX_BYTES = 20_000_000  # of a summary that is JSON in a text
_NO_NUMBER = ("nan", "infinity", "-infinity", "inf", "-inf")
_FIX = "Link the run itself, `wandb://ENTITY/PROJECT/RUN`, or its file `wandb-summary.json`."


def recognises(document: Document) -> bool:
    """Say whether this is the summary of a run, alone or with what else the run says."""
    if document.lines is not None:
        return False
    head = mapping(document.head)
    return "summaryMetrics" in head or sum(key in head for key in _OWN) >= 2


def read(document: Document, rows: bytes | None, wanted: Wanted) -> tuple[EvalReport, ...]:
    """Read a run and the rows beside it; raises Unreadable."""
    head = document.head
    whole = "summaryMetrics" in head
    summary = _object(head["summaryMetrics"], "summary") if whole else head
    config = _config(head.get("config")) if whole else {}
    at = ("summaryMetrics",) if whole and isinstance(head["summaryMetrics"], dict) else ()
    in_a_text = whole and not at
    metrics = tuple(_metrics(summary, at, in_a_text=in_a_text))
    note: str | None = None
    warnings: tuple[str, ...] = ()
    if rows is not None:
        metrics, note, warnings = attached(metrics, rows, wanted)
    started, finished = _times(head, summary, whole=whole)
    state = head.get("state") if whole else None
    report = EvalReport(
        format=NAME,
        tool_version=None,
        status=_STATUS.get(state.lower(), "unknown") if isinstance(state, str) else "unknown",
        model=model_of(config),
        adapter=adapter_of(config),
        started_at=started,
        limit=None,
        mock=False,
        metrics=metrics,
        has_rows=rows is not None,
        rows_note=note,
        warnings=warnings,
        finished_at=finished,
    )
    return (report,)


FORMAT = Format(NAME, recognises, read)


def _metrics(summary: Mapping[str, Any], at: tuple[str, ...], *, in_a_text: bool) -> Iterator[EvalMetric]:
    for found, (keys, value) in enumerate(_walk(summary, ())):
        if found >= _MAX_METRICS:
            raise Unreadable(f"The summary holds more than {_MAX_METRICS:,} numbers.", "Link a run with fewer metrics.")
        name = ".".join(keys)
        named("", name, None)
        yield EvalMetric(
            task="",
            name=name,
            variant=None,
            value=value,
            stderr=None,
            direction=None,
            n=None,
            pointer=pointer("summaryMetrics") if in_a_text else pointer(*at, *keys),
        )


def _walk(level: Mapping[str, Any], above: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], float | None]]:
    """Walk the numbers of a summary; what has a `_type` is a table, a picture or a histogram, and no number."""
    for key, value in level.items():
        if key.startswith("_") or not key:
            continue
        if isinstance(value, dict):
            if "_type" not in value:
                yield from _walk(value, (*above, key))
        elif isinstance(value, str):
            if value.lower() in _NO_NUMBER:
                yield (*above, key), None
        elif (known := number(value)) is not None:
            yield (*above, key), known


def _times(head: Mapping[str, Any], summary: Mapping[str, Any], *, whole: bool) -> tuple[str | None, str | None]:
    """Find when a run began and ended; a summary alone holds the time of its last entry, and how long the run took."""
    if whole:
        return _time(head.get("createdAt")), _time(head.get("heartbeatAt"))
    ended, lasted = number(summary.get("_timestamp")), number(summary.get("_runtime"))
    if ended is None:
        return None, None
    return (None if lasted is None or lasted < 0 else _time(ended - lasted)), _time(ended)


def _time(given: Any) -> str | None:
    return None if isinstance(given, bool) else instant(given)


def _config(given: Any) -> dict[str, Any]:
    """Read a configuration: names and values, or names and objects with a `value` each."""
    return {
        key: value["value"] if isinstance(value, dict) and "value" in value else value
        for key, value in (_object(given, "configuration") if given is not None else {}).items()
    }


def _object(given: Any, what: str) -> dict[str, Any]:
    if isinstance(given, str):
        try:
            given = strict_json.loads(given.encode("utf-8", "replace"), max_bytes=_MAX_BYTES)
        except strict_json.BadJson as bad:
            raise Unreadable(f"The {what} of the W&B run {bad}.", _FIX) from bad
    if not isinstance(given, dict):
        raise Unreadable(f"The {what} of the W&B run is no object.", _FIX)
    return given
