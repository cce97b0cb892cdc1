"""How is a case read? Above `---` a proposal with what is expected at its lines, below it what was found.

`# expect: OUTCOME` stands on the line that a finding must point at (`remark`: a pass with a remark); in a test of a policy,
which asks everything, `# expect: CHECK OUTCOME`. `# expect-file:` says the same of the file's first line, `# expect-verdict:
DECISION` of the whole. `# like: ready` lays the case over a proposal that is ready, with its facts. `# opened: YYYY-MM-DD` is
the day from which dates count. `# revalidates: ready` makes of it a revalidation of that proposal, laid over one that passes;
the facts may then hold `registered`, and `proposal`: what is another in the approved one.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import yaml

from bot.readiness.baseline import small_models
from bot.readiness.cases.again import AGAIN_FACTS, again
from bot.readiness.cases.facts import evidence
from bot.readiness.cases.ready import FAILING, READY, READY_FACTS
from bot.readiness.check import Dossier
from bot.readiness.eval_report import EvalReport
from bot.readiness.evidence import Evidence
from bot.readiness.fact import Fact, Known
from bot.readiness.finding import Outcome
from bot.readiness.policy import Policy, merge
from bot.readiness.proposal import Reading, read
from bot.readiness.schema import Proposal, Run, at
from bot.readiness.strict_yaml import load
from bot.readiness.verdict import Decision

OPENED_ON = date(2026, 1, 1)
_BEGIN = "version: 1\nadapter: ticket-router\n"
_OUTCOMES = (*(outcome.value for outcome in Outcome), "remark")


class BadCase(ValueError):
    """A case cannot be read; the message says what is wrong with it."""


@dataclass(frozen=True, slots=True)
class Expected:
    """One expectation: the line, the outcome, and the check, where the case names it."""

    line: int
    outcome: str
    check: str | None = None


@dataclass(frozen=True, slots=True)
class Case:
    """A case: the dossier, how its proposal reads (for lines), and what is expected. Lines are those of `reading`.

    `offset` lines stand before the case's own: take them away to name a line of its file.
    """

    dossier: Dossier
    reading: Reading
    expected: frozenset[Expected]
    decision: Decision | None = None
    offset: int = 0


def read_case(text: str, policy: Policy) -> Case:
    """Read a case; raises BadCase."""
    head, _, tail = text.replace("\r\n", "\n").partition("\n---\n")
    opened = re.search(r"(?m)^# opened: (\S+)$", head)
    try:
        opened_on = date.fromisoformat(opened[1]) if opened else OPENED_ON
    except ValueError as error:
        raise BadCase(f"`# opened: {opened[1] if opened else ''}` is no date like 2026-01-01") from error
    if re.search(r"(?m)^# revalidates: ready\s*$", head):
        return _again(head, tail, policy, opened_on)
    begin = "" if re.search(r"(?m)^version:", head) else _BEGIN
    like = re.search(r"(?m)^# like: (.*?)\s*$", head)
    if like is not None and like[1] != "ready":
        raise BadCase(f"`# like: {like[1]}` is nothing that a case can be laid over; write `# like: ready`")
    like_ready = like is not None
    reading = _like_ready(begin + head, opened_on) if like_ready else read((begin + head).encode(), opened_on=opened_on)
    if reading.proposal is None or reading.problems:
        first = reading.problems[0]
        raise BadCase(f"line {max(first.line - begin.count(chr(10)), 1)}: {first.message} {first.fix}")
    stated = _facts(tail)
    facts = _laid_over(READY_FACTS, stated) if like_ready else stated
    known = shared(reading.proposal, _evidence(facts))
    expected = frozenset(_expected(head, begin.count("\n")))
    return Case(
        Dossier(reading.proposal, policy, known, opened_on), reading, expected, _decision(head), begin.count("\n")
    )


def _again(head: str, tail: str, policy: Policy, opened_on: date) -> Case:
    """Read a case of a revalidation."""
    stated = _facts(tail, ("registered", "proposal"))
    try:
        found = again(head, stated, opened_on)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise BadCase(f"what is registered cannot be built: {type(error).__name__} {error}") from error
    if found.view is None or found.reading.problems:
        first = found.reading.problems[0]
        raise BadCase(f"line {first.line}: {first.message} {first.fix}")
    own = {kind: fields for kind, fields in stated.items() if kind in Evidence.__dataclass_fields__}
    known = _evidence(_laid_over(_laid_over(READY_FACTS, AGAIN_FACTS), own))
    dossier = Dossier(found.view, policy, known, opened_on, found.revalidating)
    return Case(dossier, found.reading, frozenset(_expected(head, 0)), _decision(head))


def _like_ready(text: str, opened_on: date) -> Reading:
    own = load(text.encode())
    if own.problems or not isinstance(own.data, dict):
        return Reading(None, tuple(own.problems) or read(text.encode(), opened_on=opened_on).problems, own.lines)
    whole = yaml.safe_dump(merge([load(READY.encode()).data, own.data]), sort_keys=False)
    laid = replace(read(whole.encode(), opened_on=opened_on), lines=own.lines)
    return replace(laid, problems=tuple(replace(each, line=laid.line(each.at)) for each in laid.problems))


def _facts(tail: str, besides: tuple[str, ...] = ()) -> dict[str, Any]:
    document = load(tail.encode())  # for its bounds; numbers as keys are read below
    if document.problems:
        problem = document.problems[0]
        raise BadCase(f"line {problem.line} below ---: {problem.message} {problem.fix}")
    facts = yaml.safe_load(tail) or {}
    if not isinstance(facts, dict):
        raise BadCase("below --- stand facts by their kind, like `evals: {eval.baseline: {right: 150, wrong: 50}}`")
    unknown = [kind for kind in facts if kind not in (*Evidence.__dataclass_fields__, *besides)]
    if unknown:
        known = ", ".join((*Evidence.__dataclass_fields__, *besides))
        raise BadCase(f"no fact is of the kind `{unknown[0]}`; known are {known}")
    return facts


def _laid_over(below: Mapping[str, Any], own: Mapping[str, Any]) -> dict[str, Any]:
    """Lay facts over facts, field by field; a field of null was not looked at."""
    laid = {kind: {**below.get(kind, {}), **(own.get(kind) or {})} for kind in {**below, **own}}
    return {kind: {at: entry for at, entry in fields.items() if entry is not None} for kind, fields in laid.items()}


def _evidence(facts: dict[str, Any]) -> Evidence:
    try:
        return evidence(facts)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise BadCase(f"the facts cannot be built: {type(error).__name__} {error}") from error


def _expected(head: str, offset: int) -> list[Expected]:
    found = []
    for number, line in enumerate(head.splitlines(), 1):
        for words in re.findall(r"# expect: ([\w-]+(?: \w+)?)", line):
            found.append(_one(words, number + offset))
        for words in re.findall(r"# expect-file: ([\w-]+(?: \w+)?)", line):
            found.append(_one(words, 1))
    return found


def _one(words: str, line: int) -> Expected:
    check, _, outcome = words.rpartition(" ")
    if not check and outcome not in _OUTCOMES:
        check, outcome = outcome, ""
    if outcome not in _OUTCOMES:
        raise BadCase(f"`# expect: {words}` names no outcome: {', '.join(_OUTCOMES)}")
    return Expected(line, outcome, check or None)


def _decision(head: str) -> Decision | None:
    said = re.search(r"# expect-verdict: (\w+)", head)
    if said is None:
        return None
    try:
        return Decision(said[1])
    except ValueError as error:
        raise BadCase(f"`# expect-verdict: {said[1]}` is none of {', '.join(Decision)}") from error


def shared(proposal: Proposal, known: Evidence) -> Evidence:
    """Let a run that is linked twice be read once, as the gatherer does: a lever that is the baseline needs no facts of its own."""
    baseline, fact = at(proposal, "eval.baseline"), known.evals.get("eval.baseline")
    if not isinstance(baseline, Run) or fact is None:
        return known
    same = {
        f"tried.{lever}": fact
        for lever, run in proposal.tried
        if isinstance(run, Run)
        and (run.artifact, run.rows, run.run) == (baseline.artifact, baseline.rows, baseline.run)
    }
    evals = {**same, **known.evals}
    ids = {field: _failing(proposal, evals, fact) for field, fact in known.rows.items()}
    return replace(known, evals=evals, rows=ids)


def _failing(
    proposal: Proposal, evals: Mapping[str, Fact[EvalReport]], ids: Fact[tuple[str, ...]]
) -> Fact[tuple[str, ...]]:
    """Put the ids of the rows that are worse than the bar where FAILING stands for them."""
    run = evals.get(next(iter(small_models(proposal)), "eval.baseline"))
    bar, metric = proposal.eval.threshold, proposal.eval.metric
    if (
        not isinstance(ids, Known)
        or ids.value != FAILING
        or not isinstance(run, Known)
        or bar is None
        or metric is None
    ):
        return ids
    sign = -1 if metric.direction == "lower" else 1
    items = run.value.metrics[0].items
    worse = tuple(i.native_id for i in items if i.score is not None and sign * i.score < sign * float(bar))
    return Known(worse, ids.source)
