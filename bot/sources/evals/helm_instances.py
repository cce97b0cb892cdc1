"""What do the instances of a HELM run prove? Their statistics by metric, and their texts where the run's state is there.

HELM takes the mean over the instances of each trial, and of those the mean over the trials.
"""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from statistics import fmean
from typing import Any

from bot.readiness.eval_report import EvalMetric
from bot.sources.evals.format import count, listing, mapping, number, plain, text
from bot.sources.evals.helm_names import compares, is_bookkeeping, perturbation_of, variant_of
from bot.sources.evals.items import MAX_SCORES, Filler, Row, too_many_scores
from bot.sources.strict_json import printable
from bot.sources.trouble import Unreadable

_FIX = "Commit `per_instance_stats.json` as HELM wrote it."


@dataclass(frozen=True, slots=True)
class Score:
    """One metric's statistic of one instance in one trial: the `total` of `count` values, mostly of one."""

    instance: str
    perturbation: str | None
    trial: int
    total: float
    count: int


@dataclass(slots=True)
class Instances:
    """The statistics of a run by metric and variant; `odd` are those where an instance has two that differ."""

    ids: set[str] = field(default_factory=set)
    perturbed: bool = False
    scores: dict[tuple[str, str | None], dict[tuple[str, int], Score]] = field(default_factory=dict)
    odd: set[tuple[str, str | None]] = field(default_factory=set)
    texts: Mapping[tuple[str, str | None, int], Row] = field(default_factory=dict)

    def of(self, metric: EvalMetric) -> list[Score]:
        """List a metric's statistics, in the order of the instances; none where they are not one of each."""
        at = (metric.name or "", metric.variant)
        return [] if at in self.odd else list(self.scores.get(at, {}).values())

    def filled(self, metric: EvalMetric) -> EvalMetric:
        """Give a metric its items, and the value that follows from them as HELM reckons it."""
        filler, trials = Filler(), dict[int, list[Score]]()
        for score in self.of(metric):
            filler.add(self._row(score))
            trials.setdefault(score.trial, []).append(score)
        sums = [(sum(s.total for s in group), sum(s.count for s in group)) for group in trials.values()]
        means = [total / counted for total, counted in sums if counted]
        items = filler.filled(metric, recompute=False, rescoring=compares(metric.name or ""))
        return replace(items, recomputed=fmean(means) if means else None)

    def _row(self, score: Score) -> Row:
        value = score.total / score.count if score.count else None
        known = self.texts.get((score.instance, score.perturbation, score.trial))
        if known is not None:
            return replace(known, score=value)
        hashed = hashlib.sha256(score.instance.encode("utf-8", "replace")).hexdigest()
        return Row(printable(score.instance), "", None, value, hashed=hashed)


def read_instances(given: list[Any], state: Mapping[str, Any]) -> Instances:
    """Read the statistics of all instances, and their texts from the run's state; raises Unreadable."""
    found, taken = Instances(texts=dict(_texts(state))), 0
    for place, one in enumerate(given, 1):
        entry = mapping(one)
        name, trial = text(entry.get("instance_id")), count(entry.get("train_trial_index"))
        if name is None:
            raise Unreadable(f"Entry {place} of `per_instance_stats.json` has no `instance_id`.", _FIX)
        found.ids.add(name)
        found.perturbed = found.perturbed or bool(mapping(entry.get("perturbation")))
        for stat in map(mapping, listing(entry.get("stats"))):
            taken += _taken(found, stat, name, trial or 0, place)
            if taken > MAX_SCORES:
                raise too_many_scores()
    return found


def _taken(found: Instances, stat: Mapping[str, Any], instance: str, trial: int, place: int) -> bool:
    own = mapping(stat.get("name"))
    name = text(own.get("name"))
    if name is None or is_bookkeeping(name):
        return False
    at, counted, total = (name, variant_of(own)), count(stat.get("count")), number(stat.get("sum"))
    if counted is None or total is None:
        raise Unreadable(f"In entry {place} of `per_instance_stats.json`, `{name}` has no count or no sum.", _FIX)
    found.perturbed = found.perturbed or bool(mapping(own.get("perturbation")))
    score = Score(instance, perturbation_of(own), trial, total, counted)
    # two kinds of metrics of one run may both reckon it
    if found.scores.setdefault(at, {}).setdefault((instance, trial), score) != score:
        found.odd.add(at)
    return True


def _texts(state: Mapping[str, Any]) -> Iterator[tuple[tuple[str, str | None, int], Row]]:
    """Find what was asked, wanted and answered, by instance, perturbation and trial; the first request of each."""
    seen: set[tuple[str, str | None, int]] = set()
    for request in map(mapping, listing(state.get("request_states"))):
        instance = mapping(request.get("instance"))
        name, asked = text(instance.get("id")), mapping(instance.get("input")).get("text")
        if name is None or not isinstance(asked, str):
            continue
        changed = perturbation_of(instance)
        at = (name, changed, count(request.get("train_trial_index")) or 0)
        if at in seen:
            continue
        seen.add(at)
        right = [
            answer
            for reference in map(mapping, listing(instance.get("references")))
            if "correct" in listing(reference.get("tags"))
            and isinstance(answer := mapping(reference.get("output")).get("text"), str)
        ]
        result = mapping(request.get("result"))
        yield (
            at,
            Row(
                printable(name),
                asked,
                "\n".join(right) if right else None,
                None,
                # of several right answers, or several given ones, each may count
                output=_answer(request, result) if len(right) == 1 else None,
                errored=result.get("success") is False,
            ),
        )


def _answer(request: Mapping[str, Any], result: Mapping[str, Any]) -> str | None:
    """Find the answer that HELM compares: of a choice by letter, the text that the letter stands for."""
    completions = listing(result.get("completions"))
    given = mapping(completions[0]).get("text") if len(completions) == 1 else None
    if not isinstance(given, str) or "reference_index" in request:
        return None
    chosen = mapping(request.get("output_mapping")).get(given.strip(), given)
    return plain(chosen)
