"""What does a run of MLflow say? The reply of `runs/get`, as a store fetched it or as a team saved it.

A reply shows the latest value of each metric only: logging it again replaces it, and the history alone tells. `metric_history`
beside `run` is that history, name by name, as the store adds it. NaN arrives as text. N is the number of rows of the data
set that the run was evaluated on. Runs can be edited and deleted. Measured with MLflow 3.17.
"""

from collections.abc import Iterator, Mapping
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
    number,
    plain,
    pointer,
    text,
)
from bot.sources.evals.items import Wanted
from bot.sources.evals.logged_table import attached
from bot.sources.evals.subject import adapter_of, model_of
from bot.sources.strict_json import printable
from bot.sources.trouble import Unreadable

NAME = "MLflow"
_FIX = "Link the run itself, `mlflow://HOST/RUN_ID`, or the reply of `runs/get` as a file."
_STATUS = {
    "FINISHED": "complete", "RUNNING": "partial", "SCHEDULED": "partial", "FAILED": "error", "KILLED": "error",
}  # fmt: skip
_SCORERS = "mlflow.genaiEvaluate.scorersDigest"
_CONTEXT = "mlflow.data.context"
_TRAINED_ON = ("train", "training", "fit", "finetuning", "fine-tuning")
_SYSTEM = "system/"  # metrics of the machine, not of the model
_MAX_METRICS = 5_000
_MOST_TOLD = 5  # warnings
_NO_NUMBER = ("nan", "infinity", "-infinity", "inf", "-inf")


def recognises(document: Document) -> bool:
    """Say whether this is a run of MLflow, or another of its replies linked in its place."""
    head = mapping(document.head)
    return isinstance(mapping(head.get("run")).get("info"), dict) or _is_history(head) or _is_file_list(head)


def read(document: Document, rows: bytes | None, wanted: Wanted) -> tuple[EvalReport, ...]:
    """Read a run and the rows beside it; raises Unreadable."""
    head = document.head
    if "run" not in head and _is_history(head):
        raise Unreadable("The artifact is the history of one metric in MLflow, not a run.", _FIX)
    if "run" not in head:
        raise Unreadable(
            "The artifact is MLflow's list of a run's files, not a run.", f"{_FIX} Link the table as `rows`."
        )
    run, info = head["run"], head["run"]["info"]
    data = mapping(run.get("data"))
    params, tags = _pairs(data.get("params")), _pairs(data.get("tags"))
    rated, warnings = _rows_of_data(mapping(run.get("inputs")))
    metrics = tuple(_metrics(listing(data.get("metrics")), rated))
    told = [*warnings, *_overwritten(metrics, listing(data.get("metrics")), head.get("metric_history"), wanted)]
    note = None
    if rows is not None:
        metrics, note, more = attached(metrics, rows, wanted)
        told.extend(more)
    if info.get("lifecycle_stage") == "deleted":
        told.append("the run was deleted in MLflow")
    report = EvalReport(
        format=NAME,
        tool_version=None,
        status=_status(info),
        model=model_of(params, tags),
        adapter=adapter_of(params, tags),
        started_at=_time(info.get("start_time")),
        limit=None,
        mock=False,
        metrics=metrics,
        has_rows=rows is not None,
        rows_note=note,
        warnings=tuple(told),
        finished_at=_time(info.get("end_time")),
        scorer=text(tags.get(_SCORERS)),
    )
    return (report,)


FORMAT = Format(NAME, recognises, read)


def _status(info: Mapping[str, Any]) -> str:
    stage, state = info.get("lifecycle_stage"), info.get("status")
    if stage == "deleted":
        return "error"
    return _STATUS.get(state, "unknown") if isinstance(state, str) else "unknown"


def _metrics(given: list[Any], rated: int | None) -> Iterator[EvalMetric]:
    latest = _latest(given)
    if len(latest) > _MAX_METRICS:
        raise Unreadable(f"The run holds more than {_MAX_METRICS:,} metrics.", "Link a run with fewer metrics.")
    for name, place in latest.items():
        named("", name, None)
        yield EvalMetric(
            task="",
            name=name,
            variant=None,
            value=number(given[place]["value"]),
            stderr=None,
            direction=None,
            n=rated,
            pointer=pointer("run", "data", "metrics", place, "value"),
        )


def _latest(given: list[Any]) -> dict[str, int]:
    """Find the place of each metric's value; of several under one name that of the last step counts."""
    found: dict[str, int] = {}
    for place, entry in enumerate(given):
        name = mapping(entry).get("key")
        if not isinstance(name, str) or not name or name.startswith(_SYSTEM) or not _is_number(entry.get("value")):
            continue
        if name not in found or _order(entry) >= _order(given[found[name]]):
            found[name] = place
    return found


def _order(entry: Mapping[str, Any]) -> tuple[float, float]:
    return number(entry.get("step")) or 0.0, number(entry.get("timestamp")) or 0.0


def _is_number(value: Any) -> bool:
    if isinstance(value, str):
        return value.lower() in _NO_NUMBER
    return number(value) is not None and not isinstance(value, bool)


def _overwritten(metrics: tuple[EvalMetric, ...], given: list[Any], history: Any, wanted: Wanted) -> Iterator[str]:
    """Say which metrics were logged more than once with another value, and what they were at first and at last."""
    told = 0
    for metric in metrics:
        if not wanted.keeps(metric.task, metric.name, metric.variant) or told == _MOST_TOLD:
            continue
        entries = listing(mapping(history).get(metric.name or ""))
        values = [_shown(mapping(entry).get("value") if isinstance(entry, dict) else entry) for entry in entries]
        values = values or [_shown(entry.get("value")) for entry in given if mapping(entry).get("key") == metric.name]
        if len(set(values)) > 1:
            told += 1
            last = _shown(metric.value)
            first = next((value for value in values if value != last), values[0])
            yield f"`{printable(metric.name or '')}` was logged {len(values):,} times: {first} was replaced by {last}"


def _shown(value: Any) -> str:
    known = number(value)
    return "no number" if known is None else f"{known:.6g}"


def _rows_of_data(inputs: Mapping[str, Any]) -> tuple[int | None, tuple[str, ...]]:
    """Find how many rows the data set has that the run was evaluated on; None where none, or several, could be meant."""
    sizes = []
    for entry in listing(inputs.get("dataset_inputs")):
        tags = _pairs(mapping(entry).get("tags"))
        if str(tags.get(_CONTEXT, "")).lower() not in _TRAINED_ON:
            sizes.append(_size(mapping(mapping(entry).get("dataset")).get("profile")))
    known = {size for size in sizes if size is not None}
    if len(known) > 1:
        shown = " and ".join(f"{size:,}" for size in sorted(known))
        return None, (f"the run names data sets of {shown} rows, so that it does not say its N",)
    return (known.pop() if known else None), ()


def _size(profile: Any) -> int | None:
    """Read the number of rows from a profile, which is JSON in a text."""
    if isinstance(profile, str):
        try:
            profile = strict_json.loads(profile.encode("utf-8", "replace"), max_bytes=1_000_000)
        except strict_json.BadJson:
            return None
    return count(mapping(profile).get("num_rows"))


def _pairs(given: Any) -> dict[str, str]:
    """Read a list of keys and values; of a key given twice the first counts."""
    found: dict[str, str] = {}
    for entry in listing(given):
        key, value = mapping(entry).get("key"), mapping(entry).get("value")
        if isinstance(key, str) and value is not None:
            found.setdefault(key, plain(value))
    return found


def _time(given: Any) -> str | None:
    return None if isinstance(given, bool) else instant(given)


def _is_history(head: Mapping[str, Any]) -> bool:
    entries = listing(head.get("metrics"))
    return bool(entries) and mapping(entries[0]).keys() >= {"key", "value", "timestamp"}


def _is_file_list(head: Mapping[str, Any]) -> bool:
    return "root_uri" in head and isinstance(head.get("files"), list)
