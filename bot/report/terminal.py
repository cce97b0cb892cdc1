"""What does `tunegate check` print for people? Five lines, then next steps, then every finding that is not a plain pass, each cause once."""

from collections.abc import Iterator

from bot.readiness.finding import Outcome
from bot.readiness.verdict import Judged
from bot.readiness.way import Lever
from bot.readiness.wording import count
from bot.report import words
from bot.report.answer import Answer, Answered
from bot.report.check_run import line_of, line_of_step, loud
from bot.report.markdown import visible

MAX_FINDINGS = 50  # nobody reads more on a terminal

_MARK = {
    Outcome.PASSED: "+",
    Outcome.FAILED: "x",
    Outcome.UNVERIFIED: "?",
    Outcome.NOT_APPLICABLE: "-",
    Outcome.WAIVED: "~",
    Outcome.BROKEN: "!",
}


def terminal(answer: Answer) -> str:
    """Render an answer as plain text; holds no control characters but line ends."""
    lines = [line for answered in answer.proposals for line in _proposal(answered)]
    return "\n".join([*lines, *_policy(answer)]) + "\n"


def _policy(answer: Answer) -> Iterator[str]:
    """Say by which files it was judged, where there are some beside the built-in policy, and what is wrong with them."""
    if answer.shadow:
        yield "  The policy is in shadow mode: on GitHub this does not block the pull request."
    if not answer.policy_files:
        return
    yield f"  Policy {visible(answer.policy_name, 80)}, by {visible(' and '.join(answer.policy_files), 300)}"
    for complaint in answer.complaints[:MAX_FINDINGS]:
        yield f"  ! {visible(complaint.place.where, 200)}:{complaint.line}  {visible(complaint.message)}"
        yield f"      To do: {visible(complaint.fix)}"
    yield ""


def _proposal(answered: Answered) -> Iterator[str]:
    verdict = answered.verdict
    name = f" ({visible(answered.adapter, 80)})" if answered.adapter else ""
    decision = words.decided(answered).upper()
    yield f"{decision}  {visible(answered.path, 300)}{name}: {words.holding(verdict)}"
    if waits := words.waiting(verdict.conditions):
        yield f"  On condition: {visible(waits)}."
    for line in words.tiers(answered):
        yield f"  {line}"
    yield ""
    for item in verdict.items:
        left = _only_the_service(answered, item.item.value)
        word = "left to the service" if left else words.standing(verdict, item)
        mark = "-" if left else _MARK[item.outcome]
        yield f"  {mark} {words.ITEM_TITLE[item.item]:<9} {word:<22} {words.reason(answered, item.item, 150)}"
    way = verdict.way
    if way.steps:
        yield ""
        yield "  Next steps" if len(way.steps) > 1 else "  Next step"
    for number, step in enumerate(way.steps, 1):
        seen = f"{step.seen} " if step.lever is Lever.FORM else ""  # what to write says little without it
        yield f"  {number}. line {line_of_step(answered, step)}: {visible(seen + words.doing(step))}"
    if way.fit is not None:
        yield ""
        yield f"  What the rows call for: {visible(words.fitting(way.fit))}"
    shown, follow = loud(answered)
    if shown:
        yield ""
        yield "  Findings"
    for judged in shown[:MAX_FINDINGS]:
        yield from _finding(answered, judged)
    if len(shown) > MAX_FINDINGS:
        yield f"  ... and {len(shown) - MAX_FINDINGS:,} more; --format json lists them all."
    if follow:
        yield f"  From these follow {count(len(follow), 'other')}: {', '.join(_checks(follow))}."
    if verdict.left_to_the_service:
        yield ""
        yield f"  Only the service can see: {', '.join(verdict.left_to_the_service)}."
    yield ""


def _checks(judged: list[Judged]) -> list[str]:
    return list(dict.fromkeys(j.finding.check for j in judged))


def _only_the_service(answered: Answered, item: str) -> bool:
    own = [j for j in answered.verdict.judged if j.finding.item == item]
    return bool(own) and all(_left(answered, j) for j in own)


def _left(answered: Answered, judged: Judged) -> bool:
    return judged.finding.service_only and judged.finding.check in answered.verdict.left_to_the_service


def _finding(answered: Answered, judged: Judged) -> Iterator[str]:
    finding = judged.finding
    where = f"{visible(answered.path, 300)}:{line_of(answered, judged)}"
    outcome = "remark" if finding.outcome is Outcome.PASSED else finding.outcome.value
    yield f"  {_MARK[finding.outcome]} {where}  {finding.check}: {outcome} ({judged.enforcement.value})"
    yield f"      {visible(finding.message)}"
    if finding.condition:
        yield f"      On condition: {visible(finding.condition)}"
    if finding.remark:
        yield f"      {visible(finding.remark)}"
    if finding.fix:
        yield f"      To do: {visible(finding.fix)}"
    if judged.asked_by:
        yield f"      Asked by {visible(judged.asked_by)}."
    if finding.source:
        yield f"      Evidence: {visible(finding.source)}"
