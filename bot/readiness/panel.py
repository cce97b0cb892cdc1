"""Who judges? Every check of the table, alone, on the same dossier; silence or a crash is `broken`, never ready."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from bot.readiness.advice import advise, again
from bot.readiness.check import Check, Dossier
from bot.readiness.fact import Grade
from bot.readiness.finding import Finding, Item, Outcome
from bot.readiness.policy import Complaint, Enforcement, Policy
from bot.readiness.revalidation import Occasion
from bot.readiness.rules.asking import asked
from bot.readiness.rules.language import Ask, holds
from bot.readiness.strict_yaml import Problem
from bot.readiness.verdict import Judged, Verdict, conclude
from bot.readiness.waiver import Waiver
from bot.readiness.waiver_binding import Bound, Watch, bound, of_rule, plain
from bot.readiness.waiver_weighing import together, weigh

FORM = "proposal"  # stands for the check that a file's form is
POLICY = "policy"  # stands for the check that the policy's files can be read
EXPERIMENT_ITEMS = (Item.EVAL, Item.BEHAVIOR)  # an experiment answers only these (READINESS section 1)

MAX_COMPLAINTS = 3  # of a policy, told to a proposal's author, who can do nothing about them

_RAISE = {  # D is what every finding reaches
    Grade.A: "Let the repository's CI produce it, so that it is attested.",
    Grade.B: "Link the per-sample rows beside the aggregate, at a pinned revision; of a manifest the artifact of the run that "
    "wrote it (actions://RUN_ID/ARTIFACT/PATH).",
    Grade.C: "Pin the link: a file of this repository, a commit, a version id or a sha256.",
}


def deliberate(
    dossier: Dossier,
    checks: Sequence[Check],
    problems: Iterable[Problem] = (),
    *,
    offline: bool = False,
    ask: Ask = holds,
    waivers: Sequence[Waiver] = (),
) -> Verdict:
    """Judge a dossier with the given checks and the policy's rules; problems of form count as failed and hard.

    `ask` evaluates an expression of a rule: in this process, or in one that it cannot harm.
    `waivers` are those of this proposal, whatever their state.
    A policy file that cannot be read in full may ask for more than is known: until it can, nothing is ready.
    """
    form = [_of_form(problem) for problem in problems]
    of_policy = [_of_policy(complaint) for complaint in dossier.policy.complaints if complaint.grave]
    judged = [Judged(finding, Enforcement.HARD) for finding in (*form, *of_policy[:MAX_COMPLAINTS])]
    watch, bounds, fields = Watch(dossier.evidence), dict[str, Bound](), plain(dossier.proposal)
    watched = replace(dossier, evidence=watch.evidence)
    demoted: dict[str, str] = {}  # what was found too low a grade: its source -> the check that said so first
    for check in checks:
        if dossier.occasion not in check.asked_at:
            continue
        enforcement = dossier.policy.enforcement(check.id, registered=dossier.occasion is not Occasion.PROPOSAL)
        if enforcement is Enforcement.OFF:
            continue
        if dossier.proposal.scope == "experiment" and check.item not in EXPERIMENT_ITEMS:
            continue
        asked_by = dossier.policy.asked_by(check.id)
        watch.begin()
        own: list[Judged] = []
        for finding in _ask(check, watched):
            graded = _graded(finding, dossier.policy)
            if graded is not finding and graded.source is not None:
                first = demoted.setdefault(graded.source, check.id)
                graded = replace(graded, because=None if first == check.id else first)
            own.append(Judged(_caused_by_form(graded, form), enforcement, asked_by))
        if enforcement is Enforcement.SOFT and (against := [j.finding for j in own if j.blocks]):
            bounds[check.id] = bound(against, watch.read(), fields)
        judged += own
    weighed = weigh(judged, bounds, dossier.policy, waivers)
    judged = _with_causes_that_block(list(weighed.judged))
    if dossier.revalidation is not None:  # an organisation's own rules, and waivers, are about proposals
        verdict = conclude(judged, offline=offline)
        return replace(verdict, way=again(verdict))
    rules = asked(dossier, judged, ask)
    of_rules = {j.finding.check: of_rule([j.finding], fields, dossier.evidence) for j in rules if j.blocks}
    weighed_rules = weigh(rules, of_rules, dossier.policy, waivers)
    verdict = conclude([*judged, *weighed_rules.judged], offline=offline)
    return replace(verdict, way=advise(verdict, dossier), **together(weighed, weighed_rules))


def unreadable(problems: Iterable[Problem], *, offline: bool = False) -> Verdict:
    """Judge a proposal of which nothing could be read: not yet, for its problems of form."""
    verdict = conclude([Judged(_of_form(problem), Enforcement.HARD) for problem in problems], offline=offline)
    return replace(verdict, way=advise(verdict, None))


def _caused_by_form(finding: Finding, form: Sequence[Finding]) -> Finding:
    """A field that is not there because its form was wrong was told already: one cause gives one annotation.

    A finding that rests on evidence has another cause, and one on a whole section may have.
    """
    if finding.outcome is not Outcome.FAILED or finding.source is not None or finding.because is not None:
        return finding
    told = any(
        _within(finding.at, problem.at) or ("." in finding.at and _within(problem.at, finding.at)) for problem in form
    )
    return replace(finding, because=FORM) if told else finding


def _within(at: str, ancestor: str) -> bool:
    return bool(ancestor) and (at == ancestor or at.startswith((f"{ancestor}.", f"{ancestor}[")))


def _with_causes_that_block(judged: list[Judged]) -> list[Judged]:
    """Keep `because` only where that check says so itself, no less gravely: off, waived or passed it explains nothing."""
    told = {(j.finding.check, j.finding.outcome) for j in judged if j.blocks and j.finding.because is None}
    rest = [j.finding for j in judged if j.finding.because is not None]
    while explained := [finding for finding in rest if _explains(told, finding)]:
        told |= {(finding.check, finding.outcome) for finding in explained}
        rest = [finding for finding in rest if finding not in explained]
    return [replace(j, finding=replace(j.finding, because=None)) if j.finding in rest else j for j in judged]


def _explains(told: set[tuple[str, Outcome]], finding: Finding) -> bool:
    graver = {Outcome.FAILED, finding.outcome}
    return any((finding.because, outcome) in told for outcome in graver)


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
    if finding.outcome is not Outcome.PASSED or finding.grade is None or finding.grade.reaches(least):
        return finding
    what = "The evidence" if finding.source else "The proposal's own word"
    message = f"{finding.message} {what} is of grade {finding.grade.value}, the policy asks for {least.value}."
    return replace(
        finding,
        outcome=Outcome.UNVERIFIED,
        message=message,
        remark=None,
        condition=None,
        fix=finding.fix or _RAISE[least],
    )


def _of_form(problem: Problem) -> Finding:
    return Finding(
        check=FORM,
        item=None,
        outcome=Outcome.FAILED,
        at=problem.at,
        message=problem.message,
        fix=problem.fix,
        line=problem.line,
    )


def _of_policy(complaint: Complaint) -> Finding:
    place = complaint.place
    return Finding(
        check=POLICY,
        item=None,
        outcome=Outcome.UNVERIFIED,
        at="",
        message=f"{place.whose.capitalize()} cannot be read in full ({place.where} line {complaint.line}): {complaint.message}",
        fix=f"Nothing to do in the proposal. Whoever keeps the policy: {complaint.fix}",
    )
