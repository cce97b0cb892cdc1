"""Does a policy judge a case as expected? What differs, at its line: a policy's tests as data."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.readiness.cases.case import BadCase, Case, Expected, read_case
from bot.readiness.check import Check
from bot.readiness.finding import Outcome
from bot.readiness.panel import deliberate
from bot.readiness.policy import Policy
from bot.readiness.rules.language import Ask, holds
from bot.readiness.verdict import Judged, Verdict


@dataclass(frozen=True, slots=True)
class Difference:
    """What was expected and what was found instead: line of the case's file (0: the whole), check, outcomes, the words."""

    line: int
    check: str
    expected: str
    found: str
    message: str = ""


@dataclass(frozen=True, slots=True)
class CaseResult:
    """How a case ended: `trouble` where it could not be read, `differences` otherwise; neither: as expected."""

    name: str
    expectations: int
    differences: tuple[Difference, ...] = ()
    trouble: str | None = None

    @property
    def holds(self) -> bool:
        """Say whether all is as expected."""
        return self.trouble is None and not self.differences


def run(name: str, text: str, policy: Policy, checks: Sequence[Check], ask: Ask = holds) -> CaseResult:
    """Judge one case by a policy; never raises for what it says.

    Every finding of a check that the case names must be expected, and every expectation be found; checks that it does not
    name may say what they will.
    """
    try:
        case = read_case(text, policy)
    except BadCase as error:
        return CaseResult(name, 0, trouble=str(error))
    count = len(case.expected) + (case.decision is not None)
    if count == 0:
        return CaseResult(
            name, 0, trouble="it expects nothing: write `# expect: CHECK OUTCOME` at a line, or `# expect-verdict:`"
        )
    known = {check.id for check in checks} | set(policy.rules)
    unknown = next((each.check for each in case.expected if each.check is not None and each.check not in known), None)
    if unknown is not None:
        return CaseResult(name, count, trouble=f"`{unknown}` is neither a check nor a rule of this policy")
    verdict = deliberate(case.dossier, checks, ask=ask)
    return CaseResult(name, count, (*_findings(case, verdict), *_decision(case, verdict)))


def said(judged: Judged) -> str:
    """Name an outcome as cases do: a pass with a remark is a `remark`."""
    return (
        "remark" if judged.finding.outcome is Outcome.PASSED and judged.finding.remark else judged.finding.outcome.value
    )


def _findings(case: Case, verdict: Verdict) -> list[Difference]:
    named = {each.check for each in case.expected if each.check is not None}
    found = {
        Expected(case.reading.line(j.finding.at), said(j), j.finding.check): j.finding.message for j in verdict.judged
    }
    anywhere = {(each.line, each.outcome) for each in found}
    differing = []
    for wanted in sorted(case.expected, key=lambda each: each.line):
        if wanted in found or (wanted.check is None and (wanted.line, wanted.outcome) in anywhere):
            continue
        instead = [each for each in found if each.check == wanted.check]
        words = ", ".join(f"{each.outcome} ({_place(case, each.line)})" for each in instead) or "nothing"
        message = " ".join(found[each] for each in instead)
        differing.append(
            Difference(_own(case, wanted.line), wanted.check or "any check", wanted.outcome, words, message)
        )
    told = {difference.check for difference in differing}
    surplus = [each for each in found if each.check in named - told and each not in case.expected]
    return differing + [
        Difference(_own(case, each.line), each.check or "", "nothing", each.outcome, found[each]) for each in surplus
    ]


def _decision(case: Case, verdict: Verdict) -> list[Difference]:
    if case.decision is None or verdict.decision is case.decision:
        return []
    step = verdict.next_step
    words = f"{step.check}: {step.message}" if step else ""
    return [Difference(0, "verdict", case.decision.value, verdict.decision.value, words)]


def _own(case: Case, line: int) -> int:
    return max(line - case.offset, 0)


def _place(case: Case, line: int) -> str:
    return f"line {_own(case, line)}" if line > case.offset else "the file"
