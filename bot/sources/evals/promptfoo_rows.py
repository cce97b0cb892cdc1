"""What does a row of promptfoo say? One test, answered under one prompt of one provider: its item, its scores, its grading.

The same row stands in the results JSON and, one a line, in the JSONL output. A row's named scores are 0 to 1 each; the
aggregate adds them up under the weights of their assertions. A test is known by its variables: prompts differ between runs.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from math import fsum
from typing import Any

from bot.readiness.eval_report import EvalItem, EvalMetric
from bot.sources.evals import columns
from bot.sources.evals.format import listing, mapping, number, plain, text
from bot.sources.evals.items import Row, fill
from bot.sources.evals.promptfoo_assertions import KINDS, MODEL_GRADED, bare, decide, named_in, value_of
from bot.sources.strict_json import printable
from bot.sources.trouble import Unreadable

PASS = "pass"  # noqa: S105 - the metric that a test passes; no word to log in with
FIX = "Link the file as promptfoo wrote it: `promptfoo eval --output results.json`."
DEFAULT_GRADER = "promptfoo's default grader"
OWN_GRADER = "a grader of the team's own"
_ERROR = 2  # of failureReason: 0 none, 1 an assertion, 2 an error
_PARTLY = ("contains", "icontains", "starts-with")
_PER_TEST = (*_PARTLY, "equals", "contains-all", "contains-any", "icontains-all", "icontains-any", "similar",
             "levenshtein", "rouge-n", "bleu", "gleu", "meteor")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Result:
    """A row. `named` holds, of each named metric, its weighted sum and the weight; `where` is its place for people."""

    where: str
    native_id: str
    given: Mapping[str, Any]
    prompt: str
    output: Any
    errored: bool
    success: float | None
    named: Mapping[str, tuple[float, float, int]]
    assertions: tuple[Mapping[str, Any], ...]
    judged_by: str | None
    plain_grading: bool
    provider_id: str | None
    provider: str
    label: str
    prompt_index: int

    def score(self, name: str) -> float | None:
        """Give the row's own score of a metric."""
        if name == PASS:
            return self.success
        total, weight, _ = self.named.get(name, (0.0, 0.0, 0))
        return total / weight if weight else None

    def of(self, name: str) -> tuple[Mapping[str, Any], ...]:
        """List the assertions that a metric is made of."""
        return self.assertions if name == PASS else tuple(a for a in self.assertions if a.get("metric") == name)


def result(row: Any, where: str) -> Result:
    """Read a row; raises Unreadable."""
    if not isinstance(row, dict) or not isinstance(row.get("promptIdx"), int) or isinstance(row["promptIdx"], bool):
        raise Unreadable(f"{where} of the artifact is no result of promptfoo with a `promptIdx`.", FIX)
    case, grading = mapping(row.get("testCase")), mapping(row.get("gradingResult"))
    provider, prompt = row.get("provider"), mapping(row.get("prompt"))
    known = provider if isinstance(provider, dict) else {"id": provider}
    options, response = mapping(case.get("options")), mapping(row.get("response"))
    success = row.get("success", grading.get("pass"))
    reason = row.get("failureReason")
    errored = reason == _ERROR if isinstance(reason, int) else bool(row.get("error")) and not grading
    assertions = tuple(a for a in listing(case.get("assert")) if isinstance(a, dict))
    described = text(case.get("description"))
    return Result(
        where=where,
        native_id=printable(text(row.get("id")) or described or str(row.get("testIdx", where))),
        given=mapping(row.get("vars")) or mapping(case.get("vars")),
        prompt=described or str(row.get("testIdx", where)),
        output=response.get("output"),
        errored=errored,
        success=None if errored or not isinstance(success, bool) else float(success),
        named=dict(_named(row, grading)),
        assertions=assertions,
        judged_by=_name_of(options.get("provider")),
        plain_grading=not any(case.get(key) is not None for key in ("threshold", "assertScoringFunction"))
        and not any(options.get(key) for key in ("transform", "postprocess")),
        provider_id=text(known.get("id")),
        provider=text(known.get("label")) or text(known.get("id")) or "",
        label=text(prompt.get("label")) or "",
        prompt_index=row["promptIdx"],
    )


def _named(row: Mapping[str, Any], grading: Mapping[str, Any]) -> Iterator[tuple[str, tuple[float, float, int]]]:
    """Find what a row adds to each named metric: as the tool adds it up, in versions with and without weights."""
    weights = mapping(grading.get("namedScoreWeights"))
    parts = [mapping(mapping(part).get("assertion")).get("metric") for part in listing(grading.get("componentResults"))]
    for name, given in mapping(row.get("namedScores")).items():
        score = number(given)
        if score is None:
            continue
        assertions = parts.count(name) or 1
        weight = number(weights.get(name))
        if weight is not None and weight >= 0:
            yield name, (score * weight, weight, assertions)
        else:
            yield name, (score, float(assertions), assertions)


class Tests:
    """Tells which item a row is of; `results` are all rows of the file, so that both runs are told alike."""

    def __init__(self, results: Iterable[Result]) -> None:
        found = {value for one in results for a in one.assertions if (value := _partly(a, one.given)) is not None}
        self._partly_tells = (
            len(found) > 1
        )  # the same in all tests: a demand on form, and nothing that one test expects

    def item(self, one: Result) -> tuple[str, str | None]:
        """Give input and target of a row: its variables, without the one that holds what is expected."""
        given = {k: v for k, v in one.given.items() if not k.startswith("_") and columns.folded(k) != "sessionid"}
        target = next((v for a in one.assertions if a.get("type") == "equals" and (v := value_of(a, one.given))), None)
        if target is None and self._partly_tells:
            target = next((v for a in one.assertions if (v := _partly(a, one.given))), None)
        inserted = (named_in(a) for a in one.assertions if a.get("type") == "equals")
        holder = next((name for name in inserted if name in given), None)
        holder = holder or columns.find(given, columns.TARGETS + columns.MAYBE_TARGETS)
        if holder is not None and target is None:
            target = plain(given[holder])
        rest = [plain(v) for k, v in sorted(given.items()) if k != holder or plain(v) != target]
        return " ".join(rest) if rest else one.prompt, target


def _partly(assertion: Mapping[str, Any], given: Mapping[str, Any]) -> str | None:
    return value_of(assertion, given) if assertion.get("type") in _PARTLY else None


def total(results: Iterable[Result], name: str) -> tuple[float | None, int, int]:
    """Add up a named metric as the tool does: its value, how many rows hold it, and how many assertions."""
    held = [one.named[name] for one in results if name in one.named]
    weight = fsum(part[1] for part in held)
    value = fsum(part[0] for part in held) / weight if weight > 0 else None
    return value, len(held), sum(part[2] for part in held)


def with_items(metric: EvalMetric, results: list[Result], tests: Tests) -> EvalMetric:
    """Give a metric its items, and mark those whose score their own assertions contradict; raises Unreadable."""
    name = metric.name or PASS
    own = [one for one in results if name == PASS or one.errored or name in one.named]
    if name != PASS and not any(name in one.named for one in own):
        return metric  # derived from other metrics: no row holds it
    filled = fill(metric, (_row(one, name, tests) for one in own), recompute=False)
    verdicts = [_verdict(one, name) for one in own]
    kinds = {kind for verdict in verdicts if verdict is not None for kind in verdict[1]}
    items = tuple(_marked(item, verdict) for item, verdict in zip(filled.items, verdicts, strict=True))
    told = next((kind for kind in ("regex", "json", "text") if kind in kinds), None)
    return replace(filled, items=items, rescored=filled.rescored or told)


def _row(one: Result, name: str, tests: Tests) -> Row:
    asked, target = tests.item(one)
    own = one.of(name)
    decides = len(own) == 1 and own[0].get("type") == "equals" and _verdict(one, name) is not None
    return Row(
        native_id=one.native_id,
        input=asked,
        target=target,
        score=one.score(name),
        output=one.output if decides and isinstance(one.output, str) else None,
        errored=one.errored,
    )


def _verdict(one: Result, name: str) -> tuple[bool, set[str]] | None:
    """Say what a row's score must be, and by which kinds of comparison; None where its assertions do not tell."""
    own = one.of(name)
    if one.errored or not own or not one.plain_grading or (name != PASS and len(own) > 1):
        return None
    if any(number(a.get("weight", 1)) in (None, 0.0) for a in own):
        return None
    held = [decide(assertion, one.output, one.given) for assertion in own]
    if any(verdict is None for verdict in held):
        return None
    return all(held), {KINDS[bare(assertion.get("type"))] for assertion in own}


def _marked(item: EvalItem, verdict: tuple[bool, set[str]] | None) -> EvalItem:
    if verdict is None or item.score not in (0.0, 1.0) or item.score == float(verdict[0]):
        return item
    return replace(item, contradicts=True)


def judge(results: Iterable[Result], wanted: str | None, otherwise: str | None) -> str | None:
    """Name the model that graded: the assertion's, the test's or the file's; None where no model did.

    Only assertions of the metric that is asked for count. Several models are named in order, with commas between.
    """
    found: set[str] = set()
    for one in results:
        for assertion in one.of(wanted or PASS):
            if bare(assertion.get("type")) in MODEL_GRADED:
                found.add(_name_of(assertion.get("provider")) or one.judged_by or otherwise or DEFAULT_GRADER)
    return ", ".join(sorted(found)) or None


def _name_of(provider: Any) -> str | None:
    """Name a grader, which is given as text, as an object with an id, or by kind of use."""
    if isinstance(provider, dict):
        provider = provider.get("id") or provider.get("text")
        provider = provider.get("id") if isinstance(provider, dict) else provider
    name = text(provider)
    return OWN_GRADER if name is not None and name.startswith(("file://", "http://", "https://")) else name


def graders_of(config: Mapping[str, Any]) -> str | None:
    """Name the model that grades where neither assertion nor test says which, by the file's own configuration."""
    return _name_of(mapping(mapping(config.get("defaultTest")).get("options")).get("provider"))


def scorer(results: Iterable[Result], wanted: str | None) -> str | None:
    """Digest how rows were graded: types, weights, thresholds, code and rubrics, without what one test alone expects."""
    kinds = set()
    for one in results:
        for assertion in one.of(wanted or PASS):
            told = {key: assertion.get(key) for key in ("type", "metric", "weight", "threshold", "transform")}
            told["value"] = None if bare(told["type"]) in _PER_TEST else assertion.get("value")
            kinds.add(json.dumps(told, sort_keys=True))
    if not kinds:
        return None
    return hashlib.sha256("\n".join(sorted(kinds)).encode("utf-8", "replace")).hexdigest()
