"""Who judges? Every check of the table, alone, on the same dossier; silence or a crash is `broken`, never ready."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from bot.readiness.check import Check, Dossier
from bot.readiness.evidence import Grade
from bot.readiness.finding import Finding, Item, Outcome
from bot.readiness.policy import Enforcement, Policy
from bot.readiness.strict_yaml import Problem
from bot.readiness.verdict import Judged, Verdict, conclude

EXPERIMENT_ITEMS = (Item.EVAL, Item.BEHAVIOR)  # an experiment answers only these (READINESS section 1)

_RAISE = {
    Grade.A: "Let the repository's CI produce it, so that it is attested.",
    Grade.B: "Link the per-sample rows beside the aggregate, at a pinned revision.",
    Grade.C: "Pin the link: a file of this repository, a commit, a version id or a sha256.",
}


def deliberate(
    dossier: Dossier, checks: Sequence[Check], problems: Iterable[Problem] = (), *, offline: bool = False
) -> Verdict:
    """Judge a dossier with the given checks; problems of form count as failed and hard."""
    judged = [Judged(_of_form(problem), Enforcement.HARD) for problem in problems]
    for check in checks:
        enforcement = dossier.policy.enforcement(check.id)
        if enforcement is Enforcement.OFF:
            continue
        if dossier.proposal.scope == "experiment" and check.item not in EXPERIMENT_ITEMS:
            continue
        judged.extend(Judged(_graded(finding, dossier.policy), enforcement) for finding in _ask(check, dossier))
    return conclude(judged, offline=offline)


def unreadable(problems: Iterable[Problem], *, offline: bool = False) -> Verdict:
    """Judge a proposal of which nothing could be read: not yet, for its problems of form."""
    return conclude([Judged(_of_form(problem), Enforcement.HARD) for problem in problems], offline=offline)


def _ask(check: Check, dossier: Dossier) -> list[Finding]:
    try:
        findings = list(check.run(dossier))
    except Exception as error:  # noqa: BLE001  # one check's defect must neither hide the others nor pass
        return [_broken(check, f"the check stopped with {type(error).__name__}")]
    return findings or [_broken(check, "the check said nothing")]


def _broken(check: Check, reason: str) -> Finding:
    return Finding(
        check=check.id,
        item=check.item,
        outcome=Outcome.BROKEN,
        at="",
        message=f"Our fault: {reason}. It is not counted as passed.",
        fix="Nothing to do for you; please report it with the review's link.",
    )


def _graded(finding: Finding, policy: Policy) -> Finding:
    """A pass on evidence below the policy's grade is unverified, with how to raise it."""
    least = policy.least_grade(finding.check)
    if (
        finding.outcome is not Outcome.PASSED
        or finding.source is None
        or finding.grade is None
        or finding.grade.reaches(least)
    ):
        return finding
    message = f"{finding.message} The evidence is of grade {finding.grade.value}, the policy asks for {least.value}."
    return replace(
        finding, outcome=Outcome.UNVERIFIED, message=message, remark=None, fix=_RAISE.get(least, "Raise its grade.")
    )


def _of_form(problem: Problem) -> Finding:
    return Finding(
        check="proposal",
        item=None,
        outcome=Outcome.FAILED,
        at=problem.at,
        message=problem.message,
        fix=problem.fix,
        line=problem.line,
    )
