"""What does a result of lm-evaluation-harness (0.4.x) say? Its results JSON, and the samples that prove it.

Only keys with a comma are metrics ("exact_match,strict": metric and filter); `sample_len` and the like are none. N is
`n-samples.effective`. The samples name no task: the task's hash over all of its samples tells which one they belong to.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from math import exp, isclose
from statistics import fmean
from typing import Any

from bot.readiness.eval_report import Direction, EvalMetric, EvalReport
from bot.sources.evals.format import Document, Format, count, instant, listing, mapping, named, number, pointer, text
from bot.sources.evals.items import Wanted
from bot.sources.evals.lm_eval_samples import Column, Samples, read_samples
from bot.sources.strict_json import printable
from bot.sources.trouble import Unreadable

NAME = "lm-eval"
_SAMPLE_KEYS = {"doc_id", "doc", "resps", "filtered_resps"}
# what the tool's own metrics are put together by when a task does not say it (lm_eval/api/metrics.py); others: the mean
_AGGREGATIONS = {
    "perplexity": "perplexity", "word_perplexity": "weighted_perplexity", "byte_perplexity": "weighted_perplexity",
    "bits_per_byte": "bits_per_byte", "brier_score": "brier_score", "f1": "f1", "mcc": "matthews_corrcoef", "bleu": "bleu",
    "chrf": "chrf", "ter": "ter", "bypass": "bypass",
}  # fmt: skip
_ADAPTER_ARGS = ("peft", "delta", "lora_local_path", "lora_path")
_MODEL_ARGS = ("pretrained", "model", "path", "engine")  # in the tool's own order
_CHANGES_THE_TEXT = ("ignore_punctuation", "ignore_numbers", "regexes_to_ignore")
_MAX_METRICS = 5_000


def recognises(document: Document) -> bool:
    """Say whether this is a result of lm-eval, or its samples linked in the wrong place."""
    head = document.head
    if not isinstance(head, dict):
        return False
    return head.keys() >= _SAMPLE_KEYS or (head.keys() >= {"results", "configs", "versions"})


def read(document: Document, rows: bytes | None, wanted: Wanted) -> tuple[EvalReport, ...]:
    """Read a results file and its samples; raises Unreadable."""
    results = mapping(document.head.get("results"))
    if document.head.keys() >= _SAMPLE_KEYS:
        raise Unreadable(
            "The artifact holds samples of lm-eval, not its results.",
            "Link the file `results_….json` as `artifact`, and this one as `rows`.",
        )
    samples = read_samples(rows, document.head, wanted) if rows is not None else None
    metrics = tuple(_metrics(document.head))
    if len(metrics) > _MAX_METRICS:
        raise Unreadable(f"The artifact holds more than {_MAX_METRICS:,} metrics.", "Link the run of this task alone.")
    warnings: tuple[str, ...] = ()
    if samples is not None:
        proved = list(_proved(document.head, metrics, samples, wanted))
        metrics = tuple(metric for metric, _ in proved)
        warnings = (*samples.warnings, *dict.fromkeys(told for _, told in proved if told))
    config = mapping(document.head.get("config"))
    arguments = _arguments(config.get("model_args"))
    report = EvalReport(
        format=NAME,
        tool_version=text(document.head.get("lm_eval_version")),
        status="complete" if results and metrics else "error",
        model=_argument(arguments, _MODEL_ARGS),
        adapter=_argument(arguments, _ADAPTER_ARGS),
        started_at=None if isinstance(document.head.get("date"), bool) else instant(document.head.get("date")),
        limit=_limit(document.head, config),
        mock="dummy" in (config.get("model"), document.head.get("model_source")),
        metrics=metrics,
        has_rows=rows is not None,
        rows_note=samples.note if samples else None,
        warnings=warnings,
        holdout_digest=samples.holdout if samples else None,
    )
    return (report,)


FORMAT = Format(NAME, recognises, read)


def _metrics(head: Mapping[str, Any]) -> Iterator[EvalMetric]:
    for task, entries in mapping(head.get("results")).items():
        for key, value in mapping(entries).items():
            name, comma, variant = key.partition(",")
            if comma and not name.endswith("_stderr"):
                named(task, name, variant)
                yield _metric(head, task, (key, name, variant), number(value))


def _metric(head: Mapping[str, Any], task: str, keys: tuple[str, str, str], value: float | None) -> EvalMetric:
    key, name, variant = keys
    entries = mapping(mapping(head.get("results")).get(task))
    higher = mapping(mapping(head.get("higher_is_better")).get(task)).get(name)
    states = count(mapping(mapping(head.get("n-samples")).get(task)).get("effective"))
    return EvalMetric(
        task=task,
        name=name,
        variant=variant or None,
        value=value,
        stderr=number(entries.get(f"{name}_stderr,{variant}")),  # "N/A" where it has none
        direction=None if not isinstance(higher, bool) else Direction.HIGHER if higher else Direction.LOWER,
        # a group of tasks has no n-samples of its own, but counts per metric since 0.4.13
        n=states if states is not None else count(mapping(entries.get("sample_count")).get(key)),
        pointer=pointer("results", task, key),
    )


def _proved(
    head: Mapping[str, Any], metrics: Iterable[EvalMetric], samples: Samples, wanted: Wanted
) -> Iterator[tuple[EvalMetric, str | None]]:
    """Give each metric that is wanted its rows, or say in a sentence why it has none."""
    for metric in metrics:
        if not wanted.keeps(metric.task, metric.name, metric.variant):
            yield metric, None
            continue
        own = f"`{printable(metric.task)}`"
        if listing(mapping(head.get("group_subtasks")).get(metric.task)):
            yield metric, f"{own} is a group: its value is put together from its tasks, and no rows of its own prove it"
        elif samples.task != metric.task:
            other = samples.task is not None and wanted.name is not None
            yield metric, f"the rows are of the task `{printable(samples.task or '')}`, not of {own}" if other else None
        else:
            yield _with_rows(head, metric, samples.column(metric.name or "", metric.variant or ""))


def _with_rows(head: Mapping[str, Any], metric: EvalMetric, column: Column | None) -> tuple[EvalMetric, str | None]:
    name, config = metric.name or "", mapping(mapping(head.get("configs")).get(metric.task))
    if column is None:
        return metric, None
    if column.odd is not None:
        why = f"the rows of `{printable(name)}` hold {column.odd} and no single number each"
        return metric, f"{why}: its value cannot be computed anew, and they count for nothing"
    filled = column.filled(metric, rescoring=_is_exact_match(name, config))
    recomputed = _recompute(name, config, tuple(column.filler.scores), metric.value)
    if recomputed is not None:
        return replace(filled, recomputed=recomputed), None
    why = f"how `{printable(name)}` is put together from its rows is not known here"
    return filled, f"{why}: its value cannot be computed anew"


def _recompute(name: str, config: Mapping[str, Any], scores: tuple[float, ...], value: float | None) -> float | None:
    """Compute a value from its rows as the tool does; None where we do not know how: a wrong mean would accuse."""
    entry = _entry(name, config)
    stated = entry.get("aggregation") or _AGGREGATIONS.get(name, "mean")
    if stated in ("mean", "nanmean"):  # rows hold no NaN, so that both are the same
        mean = fmean(scores)
        # nothing says how a metric of a task's own code is put together: a mean, unless the rows show otherwise
        told = bool(entry) or name in ("acc", "exact_match")
        return mean if told or (value is not None and isclose(value, mean, abs_tol=1e-6)) else None
    if stated == "median":
        return sorted(scores)[len(scores) // 2]
    if stated == "perplexity" and fmean(scores) > -700:  # beyond, it is no number
        return exp(-fmean(scores))
    return None


def _is_exact_match(name: str, config: Mapping[str, Any]) -> bool:
    """Say whether answer and target in the rows decide the score: no code of the task's own, no text left out of both."""
    entry = _entry(name, config)
    return (
        name == "exact_match"
        and bool(entry)
        and config.get("output_type") == "generate_until"
        and not config.get("process_results")
        and not config.get("doc_to_choice")
        and not any(entry.get(option) for option in _CHANGES_THE_TEXT)
    )


def _entry(name: str, config: Mapping[str, Any]) -> dict[str, Any]:
    entries = config.get("metric_list")
    listed = entries if isinstance(entries, list) else []
    return next((entry for entry in listed if isinstance(entry, dict) and entry.get("metric") == name), {})


def _arguments(given: Any) -> Mapping[str, Any]:
    """Read `model_args`: an object, or text of `key=value` with commas between."""
    if isinstance(given, str):
        return dict(part.split("=", 1) for part in given.split(",") if "=" in part)
    return mapping(given)


def _argument(arguments: Mapping[str, Any], keys: tuple[str, ...]) -> str | None:
    found = (text(arguments.get(key)) for key in keys)
    return next((name for name in found if name is not None and name.lower() not in ("none", "null")), None)


def _limit(head: Mapping[str, Any], config: Mapping[str, Any]) -> float | None:
    """Find to how many items the run was cut: by `limit`, or by a choice of samples. A limit that cut nothing is none."""
    counts = [mapping(entry) for entry in mapping(head.get("n-samples")).values()]
    pairs = [(count(entry.get("effective")), count(entry.get("original"))) for entry in counts]
    cut = [float(effective) for effective, original in pairs if effective is not None and (original or 0) > effective]
    limit = number(config.get("limit"))
    if limit is not None and (cut or not pairs):
        return limit
    return min(cut, default=None)
