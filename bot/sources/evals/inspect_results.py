"""Which metrics does an Inspect log state, and who scored? Its `results`, one entry for each scorer, key and reducer.

Nothing in a log says which way a metric is better. Parameters of scorers may hold keys and addresses: only names of models
are taken from them.
"""

import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from bot.readiness.eval_report import EvalMetric
from bot.sources.evals.format import count, listing, mapping, named, number, pointer, text
from bot.sources.evals.inspect_rules import kind_of
from bot.sources.evals.inspect_scores import inner, is_mean, is_spread
from bot.sources.evals.items import Wanted
from bot.sources.trouble import Unreadable

_MAX_METRICS = 1_000  # house: of one log
_GRADER = re.compile(r"(?:^|_)(?:graders?|judges?|grading|critics?)(?:_|$)", re.IGNORECASE)
_NO_NAME = re.compile(r"template|prompt|instruction|pattern|rubric|role", re.IGNORECASE)
_MODEL_GRADED = re.compile(r"model_graded_(?:qa|fact)\d*")


@dataclass(frozen=True, slots=True)
class Group:
    """The samples of one group: those whose metadata say `label` under `key`; `label` None stands for all of them."""

    key: str
    label: str | None


@dataclass(frozen=True, slots=True)
class Stated:
    """A metric as the results state it, and where the rows hold its values.

    A row's score stands under `name`, or under `scorer` as an object with the key `name`. `kind` is the deterministic
    scorer, `mean` says that the tool's own mean was taken, `rows` that rows stand behind it at all.
    """

    metric: EvalMetric
    name: str
    scorer: str
    params: Mapping[str, Any]
    reducer: str | None
    kind: str | None
    mean: bool
    rows: bool
    group: Group | None
    counted: bool  # N is stated by the scorer


def stated(head: Mapping[str, Any], task: str) -> tuple[Stated, ...]:
    """List the metrics of a log; raises Unreadable."""
    results = mapping(head.get("results"))
    scores = [mapping(entry) for entry in listing(results.get("scores"))]
    if not scores and ("metrics" in results or "scorer" in results):
        raise Unreadable(
            "The log of Inspect is of an older layout, with one scorer beside its metrics.",
            "Write it anew with a later version: `inspect log convert --to eval --output-dir DIR FILE`.",
        )
    names = [text(entry.get("name")) or "" for entry in scores]
    again = Counter(names)
    own = _foreign(head)
    found: list[Stated] = []
    for place, (entry, name) in enumerate(zip(scores, names, strict=True)):
        reducer = text(entry.get("reducer"))
        variant = f"{name}/{reducer}" if again[name] > 1 and reducer else name
        found.extend(_metrics(results, entry, place, task, variant, own))
        if len(found) > _MAX_METRICS:
            raise Unreadable(f"The log holds more than {_MAX_METRICS:,} metrics.", "Link a log with fewer.")
    return tuple(found)


def _metrics(
    results: Mapping[str, Any], entry: Mapping[str, Any], place: int, task: str, variant: str, foreign: frozenset[str]
) -> Iterator[Stated]:
    name, metrics = text(entry.get("name")) or "", mapping(entry.get("metrics"))
    scorer, params = text(entry.get("scorer")) or name, mapping(entry.get("params"))
    scored, completed = count(entry.get("scored_samples")), count(results.get("completed_samples"))
    spread = mapping(metrics.get("stderr"))
    for key, given in metrics.items():
        one = mapping(given)
        own, shown = inner(one, key), text(key) or ""
        grouped = mapping(one.get("params")).get("group_key")
        if is_spread(key) or is_spread(own) or is_spread(str(one.get("group", ""))):
            continue
        named(task, shown, variant)
        group = _group(one, key, str(grouped)) if grouped is not None else None
        apart = (group is None and one.get("group") is not None) or (group is not None and group.label is not None)
        yield Stated(
            metric=EvalMetric(
                task=task,
                name=shown,
                variant=variant or None,
                value=number(one.get("value")),
                stderr=number(spread.get("value")) if own in ("accuracy", "mean") and group is None else None,
                direction=None,
                n=None if apart else scored if scored is not None else completed,
                pointer=pointer("results", "scores", place, "metrics", key, "value"),
            ),
            name=name,
            scorer=scorer,
            params=params,
            reducer=text(entry.get("reducer")),
            kind=kind_of(scorer) if name == scorer or kind_of(name) else None,
            mean=is_mean(own, mapping(one.get("params"))) and own not in foreign and not _of_groups(group, one),
            rows=group is not None or one.get("group") is None,
            group=group,
            counted=scored is not None,
        )


def _group(entry: Mapping[str, Any], key: str, by: str) -> Group:
    """Find of which group a grouped metric speaks: by its label, or of all samples."""
    params, label = mapping(entry.get("params")), str(entry.get("name", key))
    if label == (text(params.get("all_label")) or "all") and params.get("all") is not False:
        return Group(by, None)
    begin, _, end = (text(params.get("name_template")) or "{group_name}").partition("{group_name}")
    return Group(by, label.removeprefix(begin).removesuffix(end))


def _of_groups(group: Group | None, entry: Mapping[str, Any]) -> bool:
    """Say whether a metric is the mean of its groups, and not of their samples."""
    return group is not None and group.label is None and mapping(entry.get("params")).get("all") == "groups"


def _foreign(head: Mapping[str, Any]) -> frozenset[str]:
    """List the metrics that are the team's own though they bear a name of the tool's."""
    defined = [mapping(scorer).get("metrics") for scorer in listing(mapping(head.get("eval")).get("scorers"))]
    names = {name for entry in defined for name in _names(entry)}
    return frozenset(name for name in ("accuracy", "mean") if name in names and f"inspect_ai/{name}" not in names)


def _names(defined: Any) -> Iterator[str]:
    if isinstance(defined, list):
        for entry in defined:
            yield from _names(entry)
    elif isinstance(defined, dict):
        if isinstance(defined.get("name"), str):
            yield defined["name"]
        else:
            yield from _names([entry for entries in defined.values() for entry in listing(entries)])


def kept(metrics: tuple[Stated, ...], wanted: Wanted) -> list[Stated]:
    """List the metrics whose items are wanted."""
    return [one for one in metrics if wanted.keeps(one.metric.task, one.metric.name, one.metric.variant)]


def judge(head: Mapping[str, Any], metrics: list[Stated]) -> str | None:
    """Name the models that scored, in order and with commas between; None where no model is known to have done so."""
    about = mapping(head.get("eval"))
    roles, own = mapping(about.get("model_roles")), text(about.get("model"))
    found: set[str] = set()
    for one in metrics:
        by = set(_graders(one.params, roles))
        if not by and _MODEL_GRADED.fullmatch(one.scorer):
            by = set(_models(roles.get("grader"))) or {own or "the model itself"}
        found |= by
    if metrics and not found:
        found = {name for role, given in roles.items() if _GRADER.search(role) for name in _models(given)}
    return ", ".join(sorted(found)[:5]) or None


def _graders(params: Mapping[str, Any], roles: Mapping[str, Any]) -> Iterator[str]:
    """Find the models that the parameters of a scorer name as its graders, by themselves or by their role."""
    for key, given in params.items():
        if key in ("model", "models") or (_GRADER.search(key) and not _NO_NAME.search(key)):
            yield from _models(given)
        elif key.endswith("role") and not any(_models(params.get("model"))):
            role = given.get("name") if isinstance(given, dict) else given
            if isinstance(role, str):
                yield from _models(roles.get(role))


def _models(given: Any) -> Iterator[str]:
    for entry in given if isinstance(given, list) else [given]:
        name = entry.get("model", entry.get("name")) if isinstance(entry, dict) else entry
        name = text(name)
        if name is not None and len(name) <= 120 and not any(c.isspace() for c in name) and "://" not in name:
            yield name


def scorer(head: Mapping[str, Any], metrics: list[Stated]) -> str | None:
    """Digest how the wanted metrics were scored: scorers, their parameters, reducers, the version of the task."""
    if not metrics:
        return None
    told = sorted({json.dumps([one.scorer, one.name, one.reducer, one.params], sort_keys=True) for one in metrics})
    version = mapping(head.get("eval")).get("task_version")
    return hashlib.sha256(json.dumps([version, told]).encode("utf-8", "replace")).hexdigest()
