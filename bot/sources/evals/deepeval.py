"""What does a test run of DeepEval say? Its run file (camel case), or the results that a script dumped (snake case).

No time stands in either file. Which way a metric is better follows from its threshold: what passes above it is better
higher. A metric's scores in the run file are its own; the test cases are its rows.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from statistics import fmean
from typing import Any

from bot.readiness.eval_report import Direction, EvalMetric, EvalReport
from bot.sources.evals.format import Document, Format, listing, mapping, named, no_rows, number, plain, pointer, text
from bot.sources.evals.items import MAX_SCORES, Filler, Row, Wanted, too_many_scores
from bot.sources.strict_json import printable
from bot.sources.trouble import Unreadable

NAME = "DeepEval"
_MAX_METRICS = 1_000
_CASES = ("testCases", "conversationalTestCases", "test_results")


def recognises(document: Document) -> bool:
    """Say whether this is a run file of DeepEval, or a dump of its results."""
    head = mapping(document.head)
    if isinstance(head.get("testCases"), list):
        return True
    return isinstance(head.get("test_results"), list)


def read(document: Document, rows: bytes | None, wanted: Wanted) -> tuple[EvalReport, ...]:
    """Read the run of a file, with the rows that it holds; raises Unreadable."""
    no_rows(rows, NAME)
    head = document.head
    walk = _Walk(wanted)
    for at in _CASES:
        for place, case in enumerate(listing(head.get(at))):
            walk.add(at, place, mapping(case))
    stated = {
        entry["metric"]: (
            place,
            [score for given in listing(entry.get("scores")) if (score := number(given)) is not None],
        )
        for place, given in enumerate(listing(head.get("metricsScores")))
        if isinstance((entry := mapping(given)).get("metric"), str)
    }
    metrics = tuple(_metric(name, tally, stated.get(name)) for name, tally in walk.tallies.items())
    chosen = mapping(head.get("hyperparameters"))
    report = EvalReport(
        format=NAME,
        tool_version=None,
        status="complete" if metrics else "error",
        model=text(chosen.get("model")),
        adapter=text(chosen.get("adapter")),
        started_at=None,
        limit=None,
        mock=False,
        metrics=metrics,
        has_rows=bool(metrics),
        warnings=tuple(_warnings(walk, metrics, stated)),
        judge=", ".join(sorted(walk.judges)[:5]) or None,
    )
    return (report,)


FORMAT = Format(NAME, recognises, read)


@dataclass(slots=True)
class _Tally:
    """What was seen of one metric in the test cases; `ways` which way better is, by thresholds that were met or missed."""

    first: str  # JSON pointer
    filler: Filler | None
    total: float = 0.0
    scored: int = 0
    ways: set[Direction] = field(default_factory=set)


@dataclass(slots=True)
class _Walk:
    wanted: Wanted
    tallies: dict[str, _Tally] = field(default_factory=dict)
    judges: set[str] = field(default_factory=set)
    taken: int = 0

    def add(self, at: str, place: int, case: Mapping[str, Any]) -> None:
        seen: set[str] = set()
        for number_of, given in enumerate(listing(_get(case, "metrics_data"))):
            entry = mapping(given)
            if (name := text(entry.get("name"))) is None:
                raise Unreadable(
                    f"A metric of test case {place + 1} has no name.", "Link the file as DeepEval wrote it."
                )
            if name in seen:
                raise Unreadable(
                    f"Test case {place + 1} has two metrics named `{name}`.", "Give each metric a name of its own."
                )
            seen.add(name)
            where = pointer(at, place, "metricsData" if "metricsData" in case else "metrics_data", number_of, "score")
            self._score(self._tally(name, where), entry, case, place)

    def _tally(self, name: str, where: str) -> _Tally:
        if name not in self.tallies:
            if len(self.tallies) >= _MAX_METRICS:
                raise Unreadable(f"The artifact holds more than {_MAX_METRICS:,} metrics.", "Link a run with fewer.")
            named("", name, None)
            self.tallies[name] = _Tally(where, Filler() if self.wanted.keeps("", name, None) else None)
        return self.tallies[name]

    def _score(self, tally: _Tally, entry: Mapping[str, Any], case: Mapping[str, Any], place: int) -> None:
        score, threshold, success = number(entry.get("score")), number(entry.get("threshold")), entry.get("success")
        errored = entry.get("error") not in (None, "") or score is None
        if score is not None and not errored:
            tally.total += score
            tally.scored += 1
            if threshold is not None and score != threshold and isinstance(success, bool):
                tally.ways.add(Direction.HIGHER if success == (score > threshold) else Direction.LOWER)
        if tally.filler is None:
            return
        if judge := text(_get(entry, "evaluation_model")):
            self.judges.add(judge)
        self.taken += 1
        if self.taken > MAX_SCORES:
            raise too_many_scores()
        tally.filler.add(_row(case, place, None if errored else score, errored=errored))


def _row(case: Mapping[str, Any], place: int, score: float | None, *, errored: bool) -> Row:
    turns = [mapping(turn) for turn in listing(case.get("turns"))]
    said = [plain(turn.get("content")) for turn in turns if turn.get("role") == "user"]
    asked = _get(case, "input", _get(case, "scenario"))
    target, output = _get(case, "expected_output", _get(case, "expected_outcome")), _get(case, "actual_output")
    called = (mapping(tool).get("name") for tool in listing(_get(case, "tools_called")))
    return Row(
        native_id=printable(str(case.get("name") or place + 1)),
        input="\n".join([plain(asked)] if asked is not None else said),
        target=None if target is None else plain(target),
        score=score,
        output=None if output is None else plain(output),
        errored=errored,
        tools=tuple(printable(name) for name in called if isinstance(name, str)),
    )


def _metric(name: str, tally: _Tally, stated: tuple[int, list[float]] | None) -> EvalMetric:
    own = fmean(stated[1]) if stated and stated[1] else None
    metric = EvalMetric(
        task="",
        name=name,
        variant=None,
        value=own if stated else None,
        stderr=None,
        direction=next(iter(tally.ways)) if len(tally.ways) == 1 else None,
        n=len(stated[1]) if stated else tally.scored,
        pointer=pointer("metricsScores", stated[0], "scores") if stated else tally.first,
    )
    if tally.filler is not None:
        metric = tally.filler.filled(metric)
    if not stated:  # a dump holds no number beside its rows
        mean = tally.total / tally.scored if tally.scored else None
        metric = replace(metric, value=mean if metric.recomputed is None else metric.recomputed)
    return metric


def _warnings(walk: _Walk, metrics: tuple[EvalMetric, ...], stated: Mapping[str, Any]) -> Iterator[str]:
    for metric in metrics:
        tally = walk.tallies[metric.name or ""]
        if tally.filler is None:
            continue
        if len(tally.ways) > 1:
            yield f"by its threshold `{metric.name}` is better both ways: it changed during the run"
        if errors := sum(1 for item in metric.items if item.errored):
            yield f"{errors:,} of {len(metric.items):,} test cases have no score of `{metric.name}`"
    if lost := [name for name in stated if name not in walk.tallies]:
        yield f"no test case was scored by {', '.join(f'`{printable(name)}`' for name in lost[:5])}"


def _get(given: Any, name: str, default: Any = None) -> Any:
    """Take a field under its name in snake case, or else in camel case."""
    first, *others = name.split("_")
    found = mapping(given)
    return found.get(name, found.get(first + "".join(other.capitalize() for other in others), default))
