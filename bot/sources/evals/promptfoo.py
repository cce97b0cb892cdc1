"""What does a result of promptfoo (results version 3) say? Several providers side by side, each of them a run.

A named metric is a sum over a divisor that carries the same weights; the pass rate counts errors as failures. `success`
means that all assertions hold. Two providers may share an id and differ by their label alone, which is no model.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from bot.readiness.eval_report import EvalMetric, EvalReport
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
    pointer,
    text,
)
from bot.sources.evals.items import Wanted
from bot.sources.evals.promptfoo_rows import (
    FIX,
    PASS,
    Result,
    Tests,
    graders_of,
    judge,
    result,
    scorer,
    total,
    with_items,
)
from bot.sources.evals.runs import told_apart
from bot.sources.trouble import Unreadable

NAME = "promptfoo"
_VERSION = 3
_MAX_METRICS = 1_000  # house: of one run
_NO_MODEL = ("file://", "exec:", "python:", "javascript:", "golang:", "ruby:", "http://", "https://", "http:", "https:",
             "ws://", "wss://", "websocket", "package:", "promptfoo:", "browser", "webhook:", "mcp", "sequence",
             "manual-input", "custom")  # fmt: skip
_MOCK = "echo"  # gives the prompt back as its answer


@dataclass(frozen=True, slots=True)
class _Run:
    """One prompt of one provider: its place in `prompts`, what the file says of it, its rows."""

    place: int
    stated: Mapping[str, Any]
    results: list[Result]


def recognises(document: Document) -> bool:
    """Say whether this is a results file of promptfoo, of whatever version."""
    results = mapping(mapping(document.head).get("results"))
    return "stats" in results and ("results" in results or "table" in results)


def read(document: Document, rows: bytes | None, wanted: Wanted) -> tuple[EvalReport, ...]:
    """Read every provider of a results file; raises Unreadable."""
    no_rows(rows, NAME)
    head = document.head
    given = mapping(head.get("results"))
    _known_version(given)
    results = [result(row, f"Result {place}") for place, row in enumerate(listing(given.get("results")))]
    grouped: dict[int, list[Result]] = defaultdict(list)
    for one in results:
        grouped[one.prompt_index].append(one)
    prompts = listing(given.get("prompts"))
    if not prompts or not all(isinstance(prompt, dict) for prompt in prompts):
        raise Unreadable("The result of promptfoo has no list of `prompts`.", FIX)
    if stray := sorted(set(grouped) - set(range(len(prompts)))):
        raise Unreadable(f"Results of promptfoo are of prompt {stray[0]}, which the file does not list.", FIX)
    runs = [_Run(place, prompt, grouped.get(place, [])) for place, prompt in enumerate(prompts)]
    names = told_apart([(text(run.stated.get("provider")) or "", text(run.stated.get("label")) or "") for run in runs])
    tests = Tests(results)
    return tuple(_report(head, run, name, tests, wanted) for run, name in zip(runs, names, strict=True))


FORMAT = Format(NAME, recognises, read)


def model_of(results: list[Result]) -> str | None:
    """Name the model that answered by the provider's id; None where that is a script, an address or nothing."""
    ids = {one.provider_id for one in results}
    found = ids.pop() if len(ids) == 1 else None
    return None if found is None or found == _MOCK or found.startswith(_NO_MODEL) else found


def is_mock(results: list[Result]) -> bool:
    """Say whether nothing but an echo of the prompt answered."""
    return bool(results) and all(one.provider_id == _MOCK for one in results)


def errors_told(metric: EvalMetric, results: list[Result], wanted: Wanted) -> Iterator[str]:
    """Say what a named metric would be if errors counted as failures, which the tool leaves out of it."""
    errored = sum(one.errored for one in results)
    if errored and metric.name != PASS and metric.items and metric.recomputed is not None and wanted.name is not None:
        scored = len(metric.items) - errored
        as_failures = metric.recomputed * scored / len(metric.items)
        yield (
            f"{errored:,} of {len(results):,} rows errored, and promptfoo leaves them out of `{metric.name}`: with errors"
            f" as failures it is {as_failures:.4g}, not {metric.recomputed:.4g}"
        )


def _known_version(given: Mapping[str, Any]) -> None:
    version = given.get("version")
    if "table" in given or (isinstance(version, int) and version < _VERSION):
        older = version if isinstance(version, int) else 2
        raise Unreadable(
            f"The result of promptfoo is of results version {older}; version {_VERSION} is read.",
            "Run the eval with promptfoo 0.121 or later, or export it anew with it: `promptfoo export eval ID`.",
        )
    if version != _VERSION or isinstance(version, bool):
        shown = f"version {version}" if isinstance(version, int) else "a version that it does not say"
        raise Unreadable(f"The result of promptfoo is of {shown}; results version {_VERSION} is read.", FIX)


def _report(head: Mapping[str, Any], run: _Run, name: str, tests: Tests, wanted: Wanted) -> EvalReport:
    given, about = mapping(head.get("results")), mapping(head.get("metadata"))
    metrics = tuple(_metrics(run, tests, wanted))
    judged = judge(run.results, wanted.name, graders_of(mapping(head.get("config"))))
    started = instant(given.get("timestamp")) or instant(about.get("evaluationCreatedAt"))
    ended = bool(run.results) and not all(one.errored for one in run.results)
    return EvalReport(
        format=NAME,
        tool_version=text(about.get("promptfooVersion")),
        status="complete" if ended else "error",
        model=model_of(run.results),
        adapter=None,
        started_at=started,
        limit=None,
        mock=is_mock(run.results),
        metrics=metrics,
        has_rows=bool(run.results),
        warnings=tuple(told for metric in metrics for told in errors_told(metric, run.results, wanted)),
        run=name,
        finished_at=_finished(started, mapping(given.get("stats")).get("durationMs")),
        judge=judged,
        scorer=scorer(run.results, wanted.name),
    )


def _metrics(run: _Run, tests: Tests, wanted: Wanted) -> Iterator[EvalMetric]:
    stated = mapping(run.stated.get("metrics"))
    sums = mapping(stated.get("namedScores"))
    if len(sums) > _MAX_METRICS:
        raise Unreadable(
            f"A run of promptfoo holds {len(sums):,} metrics; at most {_MAX_METRICS:,} are read.", "Name fewer metrics."
        )
    for metric in (_pass_rate(run, stated), *(_named(run, stated, name) for name in sums if name != PASS)):
        named("", metric.name, None)
        yield with_items(metric, run.results, tests) if wanted.keeps("", metric.name, None) else metric


def _pass_rate(run: _Run, stated: Mapping[str, Any]) -> EvalMetric:
    passed, failed, errors = (count(stated.get(f"test{what}Count")) for what in ("Pass", "Fail", "Error"))
    tests = None if passed is None or failed is None else passed + failed + (errors or 0)
    scores = [one.success or 0.0 for one in run.results]
    return EvalMetric(
        task="",
        name=PASS,
        variant=None,
        value=passed / tests if passed is not None and tests else None,
        stderr=None,
        direction=None,
        n=None if passed is None or failed is None else passed + failed,
        pointer=pointer("results", "prompts", run.place, "metrics", "testPassCount"),
        recomputed=sum(scores) / len(scores) if scores else None,
    )


def _named(run: _Run, stated: Mapping[str, Any], name: str) -> EvalMetric:
    recomputed, rows, assertions = total(run.results, name)
    at = number(mapping(stated.get("namedScores")).get(name))
    tally = count(mapping(stated.get("namedScoresCount")).get(name))
    weight = number(mapping(stated.get("namedScoreWeights")).get(name))
    divisor = weight if weight is not None else tally
    if divisor is None and rows == 0:
        value = at  # derived by the team's formula from other metrics: no sum
    elif divisor is None:
        value = None if at is None else at / assertions  # versions that did not count
    else:
        value = None if at is None or divisor <= 0 else at / divisor
    value = value if value is None else number(value)
    return EvalMetric(
        task="",
        name=name,
        variant=None,
        value=value,
        stderr=None,
        direction=None,
        n=rows
        if tally in (None, assertions) and rows
        else tally,  # it counts assertions, of which a row may have several
        pointer=pointer("results", "prompts", run.place, "metrics", "namedScores", name),
        recomputed=recomputed,
    )


def _finished(started: str | None, milliseconds: Any) -> str | None:
    """Reckon when a run ended; None where its duration is not known."""
    lasted = number(milliseconds)
    if started is None or lasted is None or isinstance(milliseconds, bool) or not 0 <= lasted < 1e11:
        return None
    try:
        return (datetime.fromisoformat(started) + timedelta(milliseconds=lasted)).isoformat(timespec="seconds")
    except OverflowError:
        return None
