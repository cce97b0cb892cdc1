"""What do the samples of an Inspect log prove? One item for each sample, its epochs reduced to one score.

Summaries shorten long texts and leave out images, and those of before December 2025 the choices: such samples are read in
full, so that no item is known by half of what was asked.
"""

import hashlib
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from math import isclose
from statistics import fmean
from typing import Any

from bot.readiness.eval_report import EvalItem, EvalMetric
from bot.sources.evals.format import listing, mapping, plain
from bot.sources.evals.inspect_results import Group, Stated
from bot.sources.evals.inspect_rules import contradicts, settled, whole
from bot.sources.evals.inspect_scores import counts, reducer
from bot.sources.evals.items import MAX_SCORES, Filler, Row, too_many_scores
from bot.sources.evals.rows import MAX_ROWS
from bot.sources.strict_json import printable
from bot.sources.trouble import Unreadable

_CUT = "...\n(content truncated)"  # what the tool puts behind the 5,120 characters that it keeps in a summary
_PLACEHOLDER = re.compile(r"\((?:Image|Audio|Video|Data|Document|Reasoning|Tool_use)\)")
_ATTACHED = "attachment://"
Full = Callable[[str], Mapping[str, Any] | None]
"""Finds the sample of a summary in full, by its member's name; None where it is not there or beyond a bound."""


@dataclass(frozen=True, slots=True)
class Sample:
    """One epoch of one sample: what was asked with its choices, what is expected, its scores."""

    id: str
    input: str
    targets: tuple[str, ...]
    scores: Mapping[str, Any]
    errored: bool
    metadata: Mapping[str, Any]


@dataclass(slots=True)
class Samples:
    """The samples of a log by their ids, each with its epochs.

    `rows` counts them all; `half` those that are known by a shortened text, `twice` is the id of one that stands there
    twice, `edited` counts those whose score somebody changed after the run.
    """

    by_id: dict[str, list[Sample]] = field(default_factory=dict)
    rows: int = 0
    half: int = 0
    twice: str | None = None
    edited: int = 0


def samples_of(given: list[Any], full: Full | None = None, *, choices: bool = False) -> Samples:
    """Read samples, or with `full` their summaries; raises Unreadable for one without an id.

    `choices` says that the samples are questions with choices, so that a summary without them says too little.
    """
    if len(given) > MAX_ROWS:
        raise Unreadable(f"The log holds more than {MAX_ROWS:,} samples, beyond which it is not read.", "Link fewer.")
    found, seen = Samples(), set[tuple[str, Any]]()
    for place, entry in enumerate(given):
        row = mapping(entry)
        if not isinstance(row.get("id"), str | int):
            raise Unreadable(f"Sample {place + 1} of the log has no `id`.", "Link the log as Inspect wrote it.")
        native, epoch = str(row["id"]), row.get("epoch", 1)
        if not isinstance(epoch, int):
            raise Unreadable(f"Sample {place + 1} of the log has no `epoch`.", "Link the log as Inspect wrote it.")
        if (native, epoch) in seen:
            found.twice = found.twice or native
        seen.add((native, epoch))
        texts: Mapping[str, Any] = row
        lacking = choices and not row.get("choices")
        if full is not None and (lacking or _is_cut(row.get("input")) or _is_cut(row.get("target"))):
            again = full(f"samples/{native}_epoch_{epoch}.json")
            found.half += again is None
            texts = row if again is None else again
        found.rows += 1
        sample = _sample(native, row, texts)
        found.edited += any(mapping(score).get("history") for score in sample.scores.values())
        found.by_id.setdefault(native, []).append(sample)
    return found


def _sample(native: str, row: Mapping[str, Any], texts: Mapping[str, Any]) -> Sample:
    target, choices = texts.get("target"), listing(texts.get("choices"))
    asked = "\n".join(_texts(texts.get("input"), mapping(texts.get("attachments"))))
    if choices:  # the same question with other choices is another item
        asked += "".join(f"\n{chr(ord('A') + n % 26)}) {plain(choice)}" for n, choice in enumerate(choices))
    scores = mapping(row.get("scores"))
    return Sample(
        id=native,
        input=asked,
        targets=tuple(plain(one) for one in (target if isinstance(target, list) else [target]) if one is not None),
        scores=scores,
        errored=bool(row.get("error")) or (not scores and row.get("completed") is False),
        metadata=mapping(row.get("metadata")),
    )


def _texts(given: Any, attachments: Mapping[str, Any]) -> Iterator[str]:
    """Walk the texts of an input: itself, or the contents of its messages; other media are told apart by a digest."""
    for entry in given if isinstance(given, list) else [given]:
        content = entry.get("content") if isinstance(entry, dict) else entry
        for part in content if isinstance(content, list) else [content]:
            if not isinstance(part, dict):
                yield "" if part is None else _resolved(plain(part), attachments)
            elif isinstance(part.get("text"), str):
                yield _resolved(part["text"], attachments)
            else:
                medium = {k: _resolved(v, attachments) for k, v in part.items() if isinstance(v, str)}
                yield hashlib.sha256(plain(medium).encode("utf-8", "replace")).hexdigest()


def _resolved(text: str, attachments: Mapping[str, Any]) -> str:
    found = attachments.get(text.removeprefix(_ATTACHED)) if text.startswith(_ATTACHED) else None
    return found if isinstance(found, str) else text


def _is_cut(given: Any) -> bool:
    if isinstance(given, str):
        return given.endswith(_CUT)
    for entry in given if isinstance(given, list) else ():
        content = entry.get("content") if isinstance(entry, dict) else entry
        if isinstance(content, str) and content.endswith(_CUT):
            return True
        for part in content if isinstance(content, list) else ():
            text = mapping(part).get("text")
            if isinstance(text, str) and (text.endswith(_CUT) or _PLACEHOLDER.fullmatch(text)):
                return True
    return False


@dataclass(slots=True)
class Attached:
    """A metric with its items, and what is to be told of them."""

    metric: EvalMetric
    warnings: tuple[str, ...] = ()


def attach(metrics: list[Stated], samples: Samples, epochs: int, *, reduced: bool) -> dict[str, Attached]:
    """Give metrics their items, by their pointers; raises Unreadable. Without `reduced` epochs count one by one."""
    if len(metrics) * len(samples.by_id) > MAX_SCORES:
        raise too_many_scores()
    return {
        one.metric.pointer: _Walk(one, reduced=reduced).filled(samples, epochs)
        for one in metrics
        if one.rows and any(_held(sample, one) for group in samples.by_id.values() for sample in group)
    }


class _Walk:
    """The walk over the samples for one metric."""

    def __init__(self, stated: Stated, *, reduced: bool) -> None:
        self._stated = stated
        self._rule = reducer(stated.reducer)
        self._reduced = reduced
        self._filler = Filler()
        self._contradicting: set[int] = set()
        self._values: list[float | None] = []  # as the tool reckons; None: its rule is not known
        self._odd = self._partly = self._ids = self._rows = self._scored_errors = 0

    def filled(self, samples: Samples, epochs: int) -> Attached:
        for epochs_of in samples.by_id.values():
            if _of_group(epochs_of[0], self._stated.group):
                self._add(epochs_of)
        stated = self._stated
        recomputed = self._recomputed()
        metric = self._filler.filled(replace(stated.metric, n=self._n(epochs)), recompute=False)
        items = tuple(
            replace(item, contradicts=True) if place in self._contradicting else item
            for place, item in enumerate(metric.items)
        )
        told = metric.rescored or ("text" if self._contradicting else None)
        return Attached(replace(metric, recomputed=recomputed, items=items, rescored=told), tuple(self._told(items)))

    def _add(self, epochs: list[Sample]) -> None:
        given = [(sample, _value(sample, self._stated)) for sample in epochs]
        every = [value for _, value in given if value is not None]
        clean = [(sample, value) for sample, value in given if value is not None and not sample.errored]
        self._rows += len(every)
        self._ids += bool(every)
        self._scored_errors += bool(every) and not clean
        self._partly += bool(clean) and any(sample.errored for sample in epochs)
        self._odd += any(counts(value) is None for value in every)
        if every and self._reduced:
            self._values.append(self._one(every))
        else:
            self._values.extend(self._one([value]) for value in every)
        if any(self._contradicts(sample, value) for sample, value in clean):
            self._contradicting.add(len(self._filler))
        read = [counts(value) for _, value in clean]
        numbers = [value for value in read if value is not None]
        score = None
        if numbers and len(numbers) == len(read):
            score = self._one([value for _, value in clean])
            score = fmean(numbers) if score is None else score
        self._filler.add(
            Row(
                native_id=printable(epochs[0].id),
                input=epochs[0].input,
                target="\n".join(epochs[0].targets) if epochs[0].targets else None,
                score=score,
                output=self._answer(clean[0][0]) if len(epochs) == len(clean) == 1 else None,
                errored=not clean and any(sample.errored for sample in epochs),
            )
        )

    def _one(self, values: list[Any]) -> float | None:
        """Reduce the values of an item; None where the rule is not known, or values are no single ones."""
        if any(isinstance(value, list | dict) for value in values):
            return None
        return self._rule(values) if self._rule else None

    def _answer(self, sample: Sample) -> str | None:
        """Give the answer that a deterministic scorer compared with the only target."""
        kind, params = self._stated.kind, self._stated.params
        if kind is None or len(sample.targets) != 1 or not settled(kind, params, sample.targets[0]):
            return None
        return whole(mapping(sample.scores.get(self._stated.name)).get("answer"))

    def _contradicts(self, sample: Sample, value: Any) -> bool:
        kind = self._stated.kind
        answer = whole(mapping(sample.scores.get(self._stated.name)).get("answer"))
        if kind is None or answer is None or not sample.targets:
            return False
        return contradicts(kind, self._stated.params, answer, sample.targets, counts(value))

    def _recomputed(self) -> float | None:
        values = [value for value in self._values if value is not None]
        if not values or len(values) != len(self._values):
            return None
        mean = fmean(values)
        if self._stated.mean:
            return mean
        # another function, which we do not know: rows that average to it prove it, others prove nothing
        stated = self._stated.metric.value
        return mean if stated is not None and isclose(mean, stated, rel_tol=1e-9, abs_tol=1e-12) else None

    def _n(self, epochs: int) -> int | None:
        stated, n = self._stated, self._stated.metric.n
        of_group = stated.group is not None and stated.group.label is not None
        if of_group or (epochs > 1 and (not stated.counted or n == self._rows)):
            n = self._ids
        return None if n is None else max(n - self._scored_errors, 0)

    def _told(self, items: tuple[EvalItem, ...]) -> Iterator[str]:
        name = self._stated.metric.name
        if errors := sum(1 for item in items if item.errored):
            yield f"{errors:,} of {len(items):,} samples errored and have no score of `{name}`"
        if self._partly:
            yield f"of {self._partly:,} samples some epochs errored: their score is that of the others"
        if self._odd:
            yield f"{self._odd:,} samples have a value of `{name}` that is no single number"
        if self._rule is None:
            yield f"`{printable(str(self._stated.reducer))}` is a reducer that is not known here: `{name}` is not recomputed"


def _held(sample: Sample, stated: Stated) -> bool:
    return stated.name in sample.scores or stated.scorer in sample.scores


def _value(sample: Sample, stated: Stated) -> Any:
    """Find a sample's value of a metric; None where it was not scored."""
    if stated.name in sample.scores:
        return mapping(sample.scores[stated.name]).get("value")
    return mapping(mapping(sample.scores.get(stated.scorer)).get("value")).get(stated.name)


def _of_group(sample: Sample, group: Group | None) -> bool:
    if group is None or group.label is None:
        return True
    return group.key in sample.metadata and str(sample.metadata[group.key]) == group.label
