"""What does a run of HELM say? Its folder: `stats.json`, with `per_instance_stats.json` and `run_spec.json` beside it.

`stats.json` says of each metric a count of 1 and a deviation of 0, whatever the number of instances: it is the mean of the
trials' means. N, and the proof of the value, are in the instances' own statistics. The splits and the perturbations of a
metric are variants of it. No time stands anywhere, and nothing says which way a metric is better.
"""

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from bot.readiness.eval_report import EvalMetric, EvalReport
from bot.sources import strict_json
from bot.sources.evals.format import Document, Format, count, mapping, named, number, pointer, text
from bot.sources.evals.helm_instances import Instances, read_instances
from bot.sources.evals.helm_names import is_bookkeeping, task_of, variant_of
from bot.sources.evals.items import Wanted
from bot.sources.strict_json import printable
from bot.sources.trouble import Unreadable

NAME = "HELM"
STATS, INSTANCES, SPEC, STATE = "stats.json", "per_instance_stats.json", "run_spec.json", "scenario_state.json"
_FILES = (STATS, INSTANCES, SPEC, STATE)
# how each file of a run begins, in any of the layouts that JSON allows
_BEGINS = {
    STATS: re.compile(rb'\s*\[\s*\{\s*"name"\s*:\s*\{\s*"name"\s*:'),
    INSTANCES: re.compile(rb'\s*\[\s*\{\s*"instance_id"\s*:'),
    SPEC: re.compile(rb'\s*\{\s*"name"\s*:\s*"(?:[^"\\]|\\.){0,1000}"\s*,\s*"scenario_spec"\s*:'),
    STATE: re.compile(rb'\s*\{\s*"adapter_spec"\s*:\s*\{'),
}
SIBLINGS = tuple((begin, tuple(other for other in _FILES if other != name)) for name, begin in _BEGINS.items())
_MAX_BYTES = 100_000_000
_MAX_STATS = 20_000
_MOCK = "simple/model1"  # the tool's own stand-in for a model


def recognises(document: Document) -> bool:
    """Say whether this is a file of a HELM run."""
    return _which(document.head) is not None


def read(document: Document, rows: bytes | None, wanted: Wanted) -> tuple[EvalReport, ...]:
    """Read a run from whichever of its files is linked, and those beside it; raises Unreadable."""
    if rows is not None:
        raise Unreadable(
            "Rows are linked, but those of a HELM run lie beside its `stats.json`.",
            f"Leave `rows` out, and commit `{INSTANCES}` into the folder of `{STATS}`.",
        )
    own = _which(document.head)
    files = {name: document.head if name == own else _beside(document, name) for name in _FILES}
    if not isinstance(files[STATS], list):
        raise Unreadable(
            f"The artifact is the `{own}` of a HELM run, and beside it there is no `{STATS}` with its numbers.",
            f"Link `{STATS}`, with `{INSTANCES}` and `{SPEC}` in the same folder.",
        )
    spec = mapping(files[SPEC])
    adapter = mapping(spec.get("adapter_spec")) or mapping(mapping(files[STATE]).get("adapter_spec"))
    task = task_of(text(spec.get("name")) or "")
    instances = None if files[INSTANCES] is None else read_instances(files[INSTANCES], mapping(files[STATE]))
    stats = _stats(files[STATS], task, perturbed=instances is None or instances.perturbed)
    metrics = tuple(_metric(metric, instances, wanted) for metric in stats)
    report = EvalReport(
        format=NAME,
        tool_version=None,
        status="unknown" if metrics else "error",
        model=text(adapter.get("model")),
        adapter=None,
        started_at=None,
        limit=_limit(adapter, instances),
        mock=_MOCK in (adapter.get("model"), adapter.get("model_deployment")),
        metrics=metrics,
        has_rows=instances is not None and bool(instances.ids),
        warnings=tuple(_warnings(files, metrics, wanted)),
        scorer=_digest(spec["metric_specs"]) if "metric_specs" in spec else None,
    )
    return (report,)


FORMAT = Format(NAME, recognises, read)


def _which(head: Any) -> str | None:
    """Tell which file of a run this is, by what it holds; None for none of them."""
    first = mapping(head[0]) if isinstance(head, list) and head else {}
    if isinstance(first.get("name"), dict) and "count" in first and "sum" in first:
        return STATS
    if "instance_id" in first and isinstance(first.get("stats"), list):
        return INSTANCES
    given = mapping(head)
    if "adapter_spec" in given and "scenario_spec" in given:
        return SPEC
    return STATE if "adapter_spec" in given and isinstance(given.get("request_states"), list) else None


def _beside(document: Document, name: str) -> Any:
    """Read a file of the same folder; None where it is not there."""
    raw = document.siblings.get(name)
    if raw is None:
        return None
    try:
        found = strict_json.loads(raw, max_bytes=_MAX_BYTES)
    except strict_json.BadJson as bad:
        raise Unreadable(f"`{name}` beside the artifact {bad}.", "Commit the file as HELM wrote it.") from bad
    if not isinstance(found, list if name in (STATS, INSTANCES) else dict):
        raise Unreadable(f"`{name}` beside the artifact is no such file of HELM.", "Commit the file as HELM wrote it.")
    return found


def _stats(stats: list[Any], task: str, *, perturbed: bool) -> Iterator[EvalMetric]:
    if len(stats) > _MAX_STATS:
        raise Unreadable(f"The artifact holds more than {_MAX_STATS:,} statistics.", "Link the run of one task.")
    seen: set[tuple[str, str | None]] = set()
    for place, given in enumerate(stats):
        entry, own = mapping(given), mapping(mapping(given).get("name"))
        name, changed = text(own.get("name")), mapping(own.get("perturbation"))
        if name is None or not count(entry.get("count")) or is_bookkeeping(name):
            continue
        if changed and not perturbed:
            continue  # of a run without perturbations, which HELM derives all the same
        variant = variant_of(own)
        named(task, name, variant)
        if (name, variant) in seen:
            raise Unreadable(
                f"The artifact holds `{name}` of `{variant or 'no split'}` twice.", "Link the file as HELM wrote it."
            )
        seen.add((name, variant))
        yield EvalMetric(
            task=task,
            name=name,
            variant=variant,
            value=number(entry.get("mean")),
            stderr=None,
            direction=None,
            n=None,
            pointer=pointer(place, "mean"),
        )


def _metric(metric: EvalMetric, instances: Instances | None, wanted: Wanted) -> EvalMetric:
    if instances is None or not (scores := instances.of(metric)):
        return metric
    metric = replace(metric, n=len({score.instance for score in scores if score.count}))
    return instances.filled(metric) if wanted.keeps(metric.task, metric.name, metric.variant) else metric


def _limit(adapter: Mapping[str, Any], instances: Instances | None) -> float | None:
    """Find to how many instances the run was cut; a limit that more would have fitted into cut nothing."""
    limit = count(adapter.get("max_eval_instances"))
    return None if limit is None or (instances is not None and len(instances.ids) < limit) else float(limit)


def _warnings(files: Mapping[str, Any], metrics: tuple[EvalMetric, ...], wanted: Wanted) -> Iterator[str]:
    if files[SPEC] is None:
        yield f"there is no `{SPEC}` beside it: neither its task nor its limit is known"
    if files[INSTANCES] is None:
        yield f"there is no `{INSTANCES}` beside it: its N is not known, and nothing proves its values"
    elif files[STATE] is None:
        yield f"there is no `{STATE}` beside it: its instances are known by their ids alone, without their texts"
    asked = [metric for metric in metrics if wanted.keeps(metric.task, metric.name, metric.variant)]
    lost = dict.fromkeys(metric.name or "" for metric in asked if metric.n is None)
    if files[INSTANCES] is not None and lost:
        listed = ", ".join(f"`{printable(name)}`" for name in list(lost)[:5])
        yield f"no single instance has its own statistic of {listed}: N is not known, and nothing proves the value"


def _digest(given: Any) -> str:
    return hashlib.sha256(json.dumps(given, sort_keys=True).encode("utf-8", "replace")).hexdigest()[:16]
