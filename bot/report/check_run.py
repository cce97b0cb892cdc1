"""What does the check run say? A title, the five items as a table, next steps, every finding folded, and annotations."""

from dataclasses import dataclass
from itertools import pairwise, zip_longest

from bot.readiness.fact import Unavailable
from bot.readiness.finding import Item, Outcome
from bot.readiness.panel import FORM, POLICY
from bot.readiness.unproposed import named
from bot.readiness.verdict import Decision, Judged, Level, Verdict
from bot.readiness.waiver import over, waived
from bot.readiness.way import Step
from bot.readiness.working import Working
from bot.report import words
from bot.report.answer import Answer, Answered
from bot.report.markdown import Markdown, code, cut, folded, link, table, text, visible

MAX_TEXT = 65_000  # GitHub takes 65,535 characters in summary and in text
MAX_MESSAGE = 8_000  # GitHub takes 64 KB in an annotation's message; nobody reads so much
MAX_ANNOTATIONS = 150  # three requests of GitHub's fifty; nobody reads more, and each costs a write
_UNPROPOSED = "Training without a proposal"
MAX_REMARKS = 3  # on the policy's files: they are nothing for a proposal's author to do


@dataclass(frozen=True, slots=True)
class Annotation:
    """A remark at a line of a file: `level` is notice, warning or failure; plain text, not markdown."""

    path: str
    line: int
    level: str
    title: str
    message: str


@dataclass(frozen=True, slots=True)
class CheckRun:
    """A completed check run as GitHub takes it."""

    conclusion: str
    title: str
    summary: str
    text: str
    annotations: tuple[Annotation, ...]


def check_run(answer: Answer, *, details_url: str) -> CheckRun:
    """Render an answer as a completed check run; `details_url` is the review's page."""
    notice = f"Cut for its length: {link(Markdown('the whole review'), details_url)}."
    return CheckRun(
        conclusion=conclusion(answer),
        title=words.headline(answer),
        summary=cut(overview(answer), MAX_TEXT, notice),
        text=cut("\n\n".join(everything(a) for a in answer.proposals), MAX_TEXT, notice),
        annotations=_bounded([annotations(answered) for answered in answer.proposals]),
    )


def conclusion(answer: Answer) -> str:
    """Conclude: success for every kind of ready and for no proposal, failure else; neutral only under a shadow policy."""
    if answer.decision is None or answer.decision.is_ready:
        return "success"
    return "neutral" if answer.shadow else "failure"


def overview(answer: Answer) -> Markdown:
    """Five lines first, then at most three next steps, for each proposal."""
    if not answer.proposals:
        return _without(answer)
    parts = [_section(answered, alone=len(answer.proposals) == 1) for answered in answer.proposals]
    shadow = "The policy is in shadow mode: this does not block the pull request.\n\n" if answer.shadow else ""
    if answer.unproposed:
        parts.append(Markdown(f"### {_UNPROPOSED}\n\n{_unproposed(answer)}"))
    return Markdown(shadow + "\n\n".join([*parts, _policy(answer)]))


def _without(answer: Answer) -> Markdown:
    """Say of a pull request without a proposal what it would train all the same, if anything."""
    nothing = Markdown(
        "This pull request touches no `finetune-proposal.yaml`, so there is nothing to review. "
        "To propose a fine-tune, run `tunegate init` and open a pull request with the file."
    )
    if isinstance(answer.trainings, Unavailable) and answer.trainings_block:
        return Markdown(f"Whether something is trained without a proposal: {text(answer.trainings.reason)}")
    if not answer.unproposed:
        return nothing
    shadow = "The policy is in shadow mode: this does not block the pull request.\n\n" if answer.shadow else ""
    return Markdown(f"{shadow}{_unproposed(answer)}\n\n{_policy(answer)}")


def _unproposed(answer: Answer) -> Markdown:
    """Name what would be trained without a proposal, and where one begins."""
    begin = link(Markdown("Begin a proposal"), answer.begin_at) if answer.begin_at else "Add a proposal"
    weight = (
        "The policy asks for one before this is merged."
        if answer.trainings_block and not answer.shadow
        else "This does not block the pull request."
    )
    return Markdown(
        f"No `finetune-proposal.yaml` covers {text(named(answer.unproposed))}. {weight}\n\n"
        f"**{begin}** beside it; a proposal in another folder covers the file that it links as `training.config`. For a first "
        "try, `scope: experiment` asks for two of the five items."
    )


def _policy(answer: Answer) -> Markdown:
    """Say by which policy it was judged, from which files, and what these ask for in vain."""
    files = " and ".join(code(where) for where in answer.policy_files)
    line = f"Policy {code(answer.policy_name)} (digest {code(answer.policy_sha256[:12])})"
    line += f", by {files}." if files else "."
    remarks = [each for each in answer.complaints if not each.grave]
    told = [f"- {code(f'{each.place.where}:{each.line}')}: {text(each.message)}" for each in remarks[:MAX_REMARKS]]
    if len(remarks) > MAX_REMARKS:
        told.append(f"- and {len(remarks) - MAX_REMARKS} more")
    return Markdown("\n".join([line, "", *told]) if told else line)


def _section(answered: Answered, *, alone: bool) -> Markdown:
    verdict = answered.verdict
    name = code(answered.adapter) if answered.adapter else code(answered.path)
    of = f", cycle {answered.cycle}" if answered.cycle is not None else ""
    decided = words.decided(answered)
    line = f"{name}{of}: {decided[0].lower()}{decided[1:]}, {words.holding(verdict)}."
    head = Markdown(line if alone else f"### {name}\n\n{line}")
    parts = [head, _condition(verdict), _waivers(verdict), _tiers(answered), _items(answered), next_steps(answered)]
    return Markdown("\n\n".join(part for part in parts if part))


def _condition(verdict: Verdict) -> Markdown:
    waits = words.waiting(verdict.conditions)
    return Markdown(f"**On condition**: {text(waits)}." if waits else "")


def _waivers(verdict: Verdict) -> Markdown:
    """Say what is waived, until when and by whose word."""
    lines = [f"- {code(waiver.check)}: {text(waived(waiver))}" for waiver in verdict.waivers]
    lines += [f"- {code(waiver.check)}: {text(over(waiver))}" for waiver in verdict.over]
    return Markdown("**Waivers**\n\n" + "\n".join(lines) if lines else "")


def _tiers(answered: Answered) -> Markdown:
    return Markdown("\n".join(text(line) for line in words.tiers(answered)))


def _items(answered: Answered) -> Markdown:
    rows = []
    for item in answered.verdict.items:
        mark = words.OUTCOME_MARK[item.outcome]
        cell = Markdown(f"{mark} {words.standing(answered.verdict, item)}")
        why = text(words.reason(answered, item.item))
        rows.append((Markdown(f"**{words.ITEM_TITLE[item.item]}**"), cell, why))
    return table(("Item", "", "What was seen"), rows)


def next_steps(answered: Answered) -> Markdown:
    """Name what to do, the verdict's one next step first; of a ready one, the technique that fits; empty when neither is there."""
    way = answered.verdict.way
    if way.fit is not None:
        return Markdown(f"**What the rows call for**: {text(words.fitting(way.fit))}")
    if not way.steps:
        return Markdown("")
    lines = [
        f"{number}. {text(step.seen)} **{text(words.doing(step))}** ({code(f'{answered.path}:{line_of_step(answered, step)}')})"
        for number, step in enumerate(way.steps, 1)
    ]
    rest = f"\n\nAnd {way.left} more, at their lines." if way.left > 0 else ""
    word = "**Next step**" if len(lines) == 1 else "**Next steps**"
    return Markdown(f"{word}\n\n" + "\n".join(lines) + rest)


def everything(answered: Answered) -> Markdown:
    """List every finding of a proposal, item by item, folded."""
    parts = []
    judged_of = answered.verdict.judged
    groups = [("The file itself", [j for j in judged_of if j.finding.check == FORM])]
    groups += [("The policy", [j for j in judged_of if j.finding.check == POLICY])]
    for item in Item:
        title = f"{words.ITEM_TITLE[item]}: {words.ITEM_QUESTION[item]}"
        groups.append((title, [j for j in judged_of if j.finding.item is item]))
    for title, own in groups:
        if own:
            body = Markdown("\n".join(_bullet(answered, judged) for judged in own))
            for judged in own:
                if judged.finding.rows:
                    body = Markdown(f"{body}\n\n{_rows(judged.finding.rows)}")
                if judged.finding.working:
                    body = Markdown(f"{body}\n\n{_working(judged.finding.working)}")
            parts.append(folded(f"{title} ({_tally(own)})", body))
    return Markdown(f"#### {code(answered.path)}\n\n" + "\n\n".join(parts))


def _rows(rows: tuple[tuple[str, int], ...]) -> Markdown:
    """Show where rows were lost, as a small table."""
    lines = [(Markdown("all rows"), Markdown(""), Markdown(f"{rows[0][1]:,}"))]
    lines += [
        (text(called), Markdown(f"{before - left:,}"), Markdown(f"{left:,}"))
        for (_, before), (called, left) in pairwise(rows)
    ]
    return table(("Training rows", "lost", "left"), lines)


def _working(working: Working) -> Markdown:
    """Show how cost and gain were computed, as a small table."""
    lines = [
        (text(entry.called), text(entry.said(working.currency)), Markdown(words.ORIGIN_WORDS[entry.origin]))
        for entry in working.entries
    ]
    return table(("Worked out", "", "from"), lines)


def _tally(own: list[Judged]) -> str:
    counts = {o: sum(j.finding.outcome is o for j in own) for o in Outcome}
    return ", ".join(f"{n} {o.value.replace('_', ' ')}" for o, n in counts.items() if n)


def _bullet(answered: Answered, judged: Judged) -> str:
    finding = judged.finding
    mark, kind = words.OUTCOME_MARK[finding.outcome], judged.enforcement.value
    line = f"- {mark} **{finding.check}** ({kind}), line {line_of(answered, judged)}: {text(finding.message)}"
    if finding.condition:
        line += f"\n  - On condition: {text(finding.condition)}"
    if finding.remark:
        line += f"\n  - Remark: {text(finding.remark)}"
    if finding.fix and (judged.blocks or finding.remark):
        line += f"\n  - Do: {text(finding.fix)}"
    if judged.asked_by and (judged.blocks or finding.remark):
        line += f"\n  - Asked by {text(judged.asked_by)}"
    if finding.source:
        grade = f"grade {finding.grade.value}, " if finding.grade else ""
        line += f"\n  - Evidence: {grade}{code(finding.source)}"
    return line


def _bounded(of_proposals: list[list[Annotation]]) -> tuple[Annotation, ...]:
    """Keep the gravest of too many annotations, every proposal's first before anyone's second; say how many are left."""
    every = [annotation for own in of_proposals for annotation in own]
    if len(every) <= MAX_ANNOTATIONS:
        return tuple(every)
    every = [annotation for turn in zip_longest(*of_proposals) for annotation in turn if annotation is not None]
    left = every[MAX_ANNOTATIONS - 1 :]
    more = Annotation(
        left[0].path, left[0].line, "failure", f"and {len(left):,} more", "The review's page lists them all."
    )
    return (*every[: MAX_ANNOTATIONS - 1], more)


def loud(answered: Answered) -> tuple[list[Judged], list[Judged]]:
    """List what blocks and what is remarked, the gravest first, and apart from it what only follows from one of these."""
    left = answered.verdict.left_to_the_service
    shown = [j for j in answered.verdict.judged if j.level is not Level.NOTICE and j.finding.check not in left]
    shown.sort(key=lambda j: (j.level is not Level.FAILURE, line_of(answered, j)))
    told = {j.finding.check for j in shown}
    follow = [j for j in shown if j.finding.because in told]
    return [j for j in shown if j.finding.because not in told], follow


def annotations(answered: Answered) -> list[Annotation]:
    """Annotate what blocks and what is remarked; one cause gives one annotation, the gravest first."""
    shown, _ = loud(answered)
    return [
        Annotation(
            path=answered.path,
            line=line_of(answered, judged),
            level=judged.level.value,
            title=f"{judged.finding.check}: {_title(judged)}",
            message=in_words(judged),
        )
        for judged in shown
    ]


def _title(judged: Judged) -> str:
    return "remark" if judged.finding.outcome is Outcome.PASSED else judged.finding.outcome.value.replace("_", " ")


def in_words(judged: Judged) -> str:
    """Put a finding into plain text: what was seen, what it waits for, the remark, what to do."""
    finding = judged.finding
    condition = f"On condition: {finding.condition}" if finding.condition else None
    asked = f"Asked by {judged.asked_by}." if judged.asked_by and (judged.blocks or finding.remark) else None
    parts = [finding.message, condition, finding.remark, f"To do: {finding.fix}" if finding.fix else None, asked]
    return "\n".join(visible(part, MAX_MESSAGE // 4) for part in parts if part)


def line_of(answered: Answered, judged: Judged) -> int:
    """Find the line that a finding speaks of."""
    return judged.finding.line or answered.reading.line(judged.finding.at)


def line_of_step(answered: Answered, step: Step) -> int:
    """Find the line at which a step begins."""
    return step.line or answered.reading.line(step.at)


def is_quiet(answer: Answer) -> bool:
    """Say whether an answer calls for no comment of its own: nothing to review, or ready with nothing left to do."""
    if answer.unproposed:
        return False
    return answer.decision in (None, Decision.READY, Decision.READY_WITH_WAIVERS)
