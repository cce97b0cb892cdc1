"""What does the check run `Fine-tune policy` say? Of a pull request that changes a policy: its problems, tests and impact."""

from collections.abc import Callable, Collection, Sequence

from bot.readiness.cases.running import CaseResult
from bot.readiness.policy import Complaint
from bot.readiness.verdict import Decision
from bot.report.check_run import MAX_ANNOTATIONS, MAX_TEXT, Annotation, CheckRun
from bot.report.markdown import Markdown, code, cut, link, table, text, visible
from bot.report.policy_impact import Impact, PolicyReport
from bot.report.words import DECISION_WORDS

_MAX_ROWS = 50  # house: of a table that people read; the rest is counted


def policy_run(
    reports: Sequence[PolicyReport],
    *,
    hidden: Collection[str],
    left_out: Sequence[str] = (),
    details_url: Callable[[str], str],
) -> CheckRun:
    """Render what was found of the policies that a pull request changes.

    `hidden` are the reviews whose repository its readers may not know: these are counted, and nothing else is said of them.
    `left_out` are things that were not looked at, each in a sentence.
    """
    parts = [_section(report, hidden, details_url, alone=len(reports) == 1) for report in reports]
    counts = (
        "Nothing of this counts before it is merged into the default branch. Then open proposals are reviewed anew."
    )
    summary = "\n\n".join(part for part in (*parts, *map(text, left_out), counts) if part)
    return CheckRun(
        conclusion="success" if all(report.holds for report in reports) else "failure",
        title=_title(reports),
        summary=cut(summary, MAX_TEXT, "Cut for its length."),
        text="",
        annotations=tuple(each for report in reports for each in _annotations(report))[:MAX_ANNOTATIONS],
    )


def _title(reports: Sequence[PolicyReport]) -> str:
    problems = sum(len(report.complaints) for report in reports)
    if problems:
        return f"{_count(problems, 'problem')} in the policy"
    cases = [case for report in reports for case in report.cases]
    failed = sum(not case.holds for case in cases)
    if failed:
        return f"{failed} of {_count(len(cases), 'test')} of the policy do not hold"
    impacts = [impact for report in reports for impact in report.impacts]
    changed = sum(impact.changes for impact in impacts)
    if not impacts:
        return "Valid; there is no open proposal to judge by it"
    return f"{changed} of {_count(len(impacts), 'open proposal')} would get another verdict"


def _section(
    report: PolicyReport, hidden: Collection[str], details_url: Callable[[str], str], *, alone: bool
) -> Markdown:
    head = Markdown(code(report.place.where) if alone else f"### {code(report.place.where)}")
    told = [head, _problems(report.complaints)]
    if report.removed:
        told.append(Markdown("The file is removed: what the layers above it say would hold."))
    if not any(each.grave for each in report.complaints):
        told += [_cases(report.cases), _impacts(report.impacts, hidden, details_url)]
    return Markdown("\n\n".join(part for part in told if part))


def _problems(complaints: Sequence[Complaint]) -> Markdown:
    lines = [f"- Line {each.line}: {text(each.message)} {text(each.fix)}".rstrip() for each in complaints[:_MAX_ROWS]]
    if any(each.grave for each in complaints):
        lines.append("\nMerged as it is, the best verdict of every proposal would be “could not verify”.")
    elif complaints:
        lines.append("\nWhat asks for less than it may is passed over: the stricter value holds.")
    return Markdown("\n".join(lines))


def _cases(cases: Sequence[CaseResult]) -> Markdown:
    if not cases:
        return Markdown("No tests stand beside it.")
    failed = [case for case in cases if not case.holds]
    lines = [f"{len(cases) - len(failed)} of {_count(len(cases), 'test')} hold."]
    for case in failed[:_MAX_ROWS]:
        lines.append(f"- {code(case.name)}: {text(case.trouble)}" if case.trouble else f"- {code(case.name)}:")
        lines += [
            f"  - {code(each.check)}: expected {text(each.expected)}, found {text(each.found)}"
            for each in case.differences
        ]
    return Markdown("\n".join(lines))


def _impacts(impacts: Sequence[Impact], hidden: Collection[str], details_url: Callable[[str], str]) -> Markdown:
    if not impacts:
        return Markdown("No open proposal is judged by it yet.")
    changed = [impact for impact in impacts if impact.changes]
    lost = sum(impact.after is None for impact in impacts)
    line = f"{len(changed)} of {_count(len(impacts), 'open proposal')} would get another verdict."
    if lost:
        line += f" {lost} are of an earlier release and cannot be judged again."
    if not changed:
        return Markdown(line)
    named = [impact for impact in changed if impact.review_id not in hidden]
    rows = [
        (
            link(_named(impact), details_url(impact.review_id)),
            text(f"{_words(impact.before)} → {_words(impact.after)}"),
            Markdown("<br>".join(f"{code(each.check)}: {text(each.message)}" for each in impact.deciding[:3])),
        )
        for impact in named[:_MAX_ROWS]
    ]
    told = [line]
    if rows:
        told.append(table(("Proposal", "Verdict", "Decided by"), rows))
    if len(named) > _MAX_ROWS:
        told.append(f"And {len(named) - _MAX_ROWS} more.")
    if len(changed) > len(named):
        told.append(f"{len(changed) - len(named)} of these are in private repositories, and not named here.")
    return Markdown("\n\n".join(told))


def _named(impact: Impact) -> Markdown:
    return Markdown(f"{text(f'{impact.repository}#{impact.number}')} {code(impact.adapter or impact.path)}")


def _words(decision: str | None) -> str:
    return DECISION_WORDS[Decision(decision)].lower() if decision in set(Decision) else str(decision)


def _annotations(report: PolicyReport) -> list[Annotation]:
    return [
        Annotation(
            path=report.place.path,
            line=each.line,
            level="failure" if each.grave else "warning",
            title="the policy",
            message=visible(f"{each.message} {each.fix}".rstrip()),
        )
        for each in report.complaints
    ]


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}" + ("" if number == 1 else "s")
