"""Which rows of Every Eval Ever belong to which result, and are they those that the record was written with?

The record holds the digest and the number of its rows. A row names its result by `evaluation_result_id`, or by the name of
the evaluation; where that fits several results, it is of none of them.
"""

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from math import isclose
from typing import Any

from bot.readiness.eval_report import EvalMetric
from bot.sources.evals.format import count, listing, mapping, number, text
from bot.sources.evals.items import MAX_SCORES, Filler, Row, Wanted, too_many_scores
from bot.sources.evals.rows import objects
from bot.sources.strict_json import printable
from bot.sources.trouble import Unreadable

_DIGESTS = ("sha256", "md5")
# kinds of metrics that are the mean of their rows; of others, like F1 over classes, a mean would accuse without ground
_MEANS = frozenset(
    ("accuracy", "acc", "exactmatch", "em", "quasiexactmatch", "match", "correct", "correctness", "passrate", "mean")
)
_ROUNDED = 5e-5  # records round to four places
FIX = "Link the file that `detailed_evaluation_results` names, as it was written."


@dataclass(frozen=True, slots=True)
class Result:
    """A result of a record: what it says, its id where it has one, and the entry as it stands there."""

    metric: EvalMetric
    id: str | None
    entry: Mapping[str, Any]

    @property
    def unknown(self) -> bool:
        """Say whether a score of -1 means that there is none."""
        config = mapping(self.entry.get("metric_config"))
        return config.get("score_type") == "levels" and config.get("has_unknown_level") is True


@dataclass(frozen=True, slots=True)
class Attached:
    """Metrics with their rows; `note` says why the rows prove nothing, None where they do."""

    metrics: tuple[EvalMetric, ...]
    note: str | None = None
    warnings: tuple[str, ...] = ()


def attach(head: Mapping[str, Any], results: Sequence[Result], raw: bytes, wanted: Wanted) -> Attached:
    """Give the wanted metrics of a record their rows; raises Unreadable."""
    fillers = {
        n: Filler()
        for n, result in enumerate(results)
        if wanted.keeps(result.metric.task, result.metric.name, result.metric.variant)
    }
    metrics = tuple(result.metric for result in results)
    own, lines, taken = text(head.get("evaluation_id")), 0, 0
    foreign, lost = 0, dict[str, None]()
    for line, row in objects(raw):
        lines += 1
        if not isinstance(row.get("evaluation"), dict):
            raise Unreadable(f"Line {line} of the rows is no row of Every Eval Ever: it has no `evaluation`.", FIX)
        if own is not None and text(row.get("evaluation_id")) not in (None, own):
            foreign += 1
            continue
        fitting = _fitting(row, results)
        if len(fitting) != 1:
            lost[printable(str(row.get("evaluation_name")))] = None
            continue
        if (filler := fillers.get(fitting[0])) is not None:
            taken += 1
            if taken > MAX_SCORES:
                raise too_many_scores()
            filler.add(_row(line, row, unknown=results[fitting[0]].unknown))
    if not lines:
        raise Unreadable("The file of rows is empty.", FIX)
    note = _note(mapping(head.get("detailed_evaluation_results")), raw, lines, foreign)
    told = tuple(_lost(list(lost)))
    if note is not None:  # other rows than the record's must not accuse it
        return Attached(metrics, note, told)
    filled = {n: _proved(results[n], filler) for n, filler in fillers.items()}
    unproved = (why for _, why in filled.values() if why)
    proved = tuple(filled[n][0] if n in filled else metric for n, metric in enumerate(metrics))
    return Attached(proved, None, (*told, *dict.fromkeys(unproved)))


def _proved(result: Result, filler: Filler) -> tuple[EvalMetric, str | None]:
    """Give a metric its rows; where it may be no mean of them nothing is computed anew, and why is said."""
    metric = filler.filled(result.metric)
    if metric.recomputed is None or metric.value is None or isclose(metric.recomputed, metric.value, abs_tol=_ROUNDED):
        return metric, None
    config, own = mapping(result.entry.get("metric_config")), f"`{printable(metric.name or metric.task)}`"
    if config.get("metric_unit") == "percent" and max(filler.scores) <= 1 < metric.value:
        why = f"{own} is in percent and its rows are not: its value cannot be computed anew"
    elif any(_plain(name) in _MEANS for name in (config.get("metric_kind"), (metric.name or "").rpartition("/")[2])):
        return metric, None
    else:
        why = f"how {own} is put together from its rows is not known here: its value cannot be computed anew"
    return replace(metric, recomputed=None), why


def _plain(name: Any) -> str:
    return re.sub(r"[\W_]+", "", name).casefold() if isinstance(name, str) else ""


def _fitting(row: Mapping[str, Any], results: Sequence[Result]) -> list[int]:
    """List the results that a row can be of: one where it says so, or where there is no other."""
    named = text(row.get("evaluation_result_id"))
    if named is not None and any(result.id is not None for result in results):
        return [n for n, result in enumerate(results) if result.id == named]
    name = text(row.get("evaluation_name"))
    found = [n for n, result in enumerate(results) if result.metric.task == name]
    return found or ([0] if len(results) == 1 else [])


def _note(given: Mapping[str, Any], raw: bytes, lines: int, foreign: int) -> str | None:
    """Say why the rows are not those that the record was written with; None where they are, or where it does not say."""
    stated, kind, rows = text(given.get("checksum")), given.get("hash_algorithm", "sha256"), given.get("total_rows")
    if foreign:
        return f"{foreign:,} of {lines:,} rows are of another run: their `evaluation_id` is not the record's"
    if (total := count(rows)) is not None and total != lines:
        return f"the record was written with {total:,} rows, and the file holds {lines:,}"
    if stated is not None and isinstance(kind, str) and kind in _DIGESTS:
        found = hashlib.new(kind, raw, usedforsecurity=False).hexdigest()
        if stated.lower() != found:
            return (
                f"the record was written with other rows: their {kind} was {printable(stated, 12)}, it is {found[:12]}"
            )
    return None


def _lost(names: list[str]) -> Iterator[str]:
    if names:
        listed = ", ".join(f"`{name}`" for name in names[:5])
        yield f"rows of {listed} could be of several results, or are of none: they count for nothing"


def _row(line: int, row: Mapping[str, Any], *, unknown: bool) -> Row:
    given, asked = mapping(row.get("evaluation")), mapping(row.get("input"))
    score = number(given.get("score"))
    if score == -1 and unknown:
        score = None
    question = asked.get("raw")
    right = [answer for answer in listing(asked.get("reference")) if isinstance(answer, str)]
    name = row.get("sample_id")
    known = isinstance(question, str) and bool(question)
    identity = text(row.get("sample_hash")) or str(line if name is None else name)
    return Row(
        native_id=printable(str(line if name is None else name)),
        input=question if isinstance(question, str) else "",
        target="\n".join(right) if right else None,
        score=score,
        # of several right answers each may count
        output=_answer(row) if len(right) == 1 else None,
        errored=row.get("error") not in (None, ""),
        tools=tuple(_tools(row)),
        hashed=None if known else hashlib.sha256(identity.encode("utf-8", "replace")).hexdigest(),
    )


def _answer(row: Mapping[str, Any]) -> str | None:
    """Find the answer that was scored: what was taken out of the output, or else the one output there is."""
    taken = [
        value
        for entry in map(mapping, listing(row.get("answer_attribution")))
        if entry.get("is_terminal") is True and isinstance(value := entry.get("extracted_value"), str)
    ]
    outputs = listing(mapping(row.get("output")).get("raw"))
    given = taken or [value for value in outputs if isinstance(value, str)]
    return given[0] if len(given) == 1 else None


def _tools(row: Mapping[str, Any]) -> Iterator[str]:
    for message in map(mapping, listing(row.get("messages"))):
        for call in map(mapping, listing(message.get("tool_calls"))):
            if name := text(call.get("name")):
                yield name
