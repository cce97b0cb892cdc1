"""Does the adapter have one narrow task?

## Why
A tune pays for one narrow task that repeats; an assistant for everything is what the large model already is (S0, S2).
Each further task asks for data, an eval and a bar of its own.

## What counts as evidence
`summary` and `task.description`, looked through for seven families of tasks (sorting, extracting, translating, summarising,
rewriting, answering, writing code): words of three or more are several tasks, of two a remark, for one answer may well hold a
label and a field. Words that name no limit ("general-purpose", "any task") are told, unless the answer comes from a closed
set, which is the limit; such a task needs no description. Where the proposal names no `eval.metric.task`, the baseline's run
may not score several tasks as one. An open kind (`other`, `dialogue`, `creative`) of free text is a remark. Words alone
decide nothing: this check is advisory.

## How to fix
Say of what one input and one answer consist. Several tasks: propose an adapter for each, beginning with the most frequent.
"""

import re
from collections.abc import Iterator

from bot.readiness.baseline import BASELINE, measure
from bot.readiness.check import Check, Dossier
from bot.readiness.fact import Known
from bot.readiness.finding import Finding, Item
from bot.readiness.schema import Proposal

_SEVERAL = 3  # house: families of tasks that one answer hardly serves
_FAMILIES = {
    name: re.compile(rf"\b(?:{words})\b", re.IGNORECASE)
    for name, words in {
        "sorting": r"classif(?:y|ies|ying)|categori[sz](?:e|es|ing)|triag(?:e|es|ing)|sort(?:s|ing)?|rout(?:e|es|ing)|label(?:s|ling|ing)? (?:\w+ ){0,2}(?:tickets?|mails?|messages?|texts?|documents?)",
        "extracting": r"extract(?:s|ing)?|pull(?:s|ing)? (?:\w+ ){0,3}out of|redact(?:s|ing)?",
        "translating": r"translat(?:e|es|ing)",
        "summarising": r"summari[sz](?:e|es|ing)",
        "rewriting": r"rewrit(?:e|es|ing)|rephras(?:e|es|ing)|paraphras(?:e|es|ing)|proofread(?:s|ing)?",
        "answering": r"answer(?:s|ing)? (?:\w+ ){0,2}(?:questions?|queries|customers?|users?|mails?|emails?)|chat(?:s|ting)? with",
        "writing code": r"(?:write|writes|writing|generate|generates|generating|fix|fixes|fixing) (?:\w+ ){0,2}(?:code|sql|scripts?|tests)",
    }.items()
}
_WITHOUT_LIMIT = re.compile(
    r"\bgeneral[- ]purpose\b|\b(?:do|does|handle|handles|help|helps with|answer|answers) (?:anything|everything)\b"
    r"|\b(?:any|all|every|various|many|multiple|several|all kinds of|all sorts of|different) (?:kinds of |types of |sorts of |other )?"
    r"(?:tasks?|use[- ]cases?|workflows?)\b"
    r"|\banswers? (?:any|all|every) (?:\w+ )?(?:questions?|queries)\b",
    re.IGNORECASE,
)
_OPEN = ("other", "dialogue", "creative")


def run(dossier: Dossier) -> Iterator[Finding]:
    """Look for one task in the proposal's words, its kind and its run."""
    proposal = dossier.proposal
    if proposal.training.method == "continued_pretraining":
        yield CHECK.not_applicable("Continued pretraining learns text, not a task.", at="training.method")
        return
    where, text = _described(proposal)
    if not text and proposal.task.output == "closed_set":
        where = "task.output"  # whatever it is called, its answers are one set
    elif not text:
        yield CHECK.failed(
            "The proposal does not say what the task is.",
            at="task.description",
            fix="Say in `task.description` what goes in and what comes out.",
        )
        return
    named = [name for name, words in _FAMILIES.items() if words.search(text)]
    broad = None if proposal.task.output == "closed_set" else _WITHOUT_LIMIT.search(text)
    if len(named) >= _SEVERAL or broad is not None:
        seen = (
            f"of {', '.join(named[:-1])} and {named[-1]}"
            if len(named) >= _SEVERAL
            else f"`{' '.join(broad[0].split())[:60]}`"
            if broad
            else ""
        )
        yield CHECK.failed(
            f"The task reads like several ones ({seen}): a tune pays for one narrow task.",
            at=where,
            fix="Propose one adapter for the most frequent task; if it is one, say what goes in and what comes out.",
            lever="prompt",
        )
        return
    yield _scored(dossier) or _one(proposal, where, named)


def _described(proposal: Proposal) -> tuple[str, str]:
    """Find what the proposal says of its task, and at which field most of it stands."""
    said = (("task.description", proposal.task.description), ("summary", proposal.summary))
    given = [(field, text) for field, text in said if text]
    return (given[0][0] if given else "task.description"), "\n".join(text for _, text in given)


def _scored(dossier: Dossier) -> Finding | None:
    """Look whether the run scores several tasks under one name, which the proposal leaves open."""
    metric = dossier.proposal.eval.metric
    if metric is None or metric.task is not None:
        return None
    fact = dossier.evidence.evals.get(BASELINE)
    if not isinstance(fact, Known):
        found = measure(CHECK, dossier)
        return found if isinstance(found, Finding) else None
    tasks = {each.task for each in fact.value.metrics if metric.name in (None, each.name)}
    if len(tasks) < 2:
        return None
    return CHECK.failed(
        f"The baseline's run scores {len(tasks):,} tasks, and the proposal does not say which of them is the adapter's.",
        at="eval.metric",
        fix="Name it under `eval.metric.task`; the others may be regression slices.",
        source=fact.source,
        lever="evals",
    )


def _one(proposal: Proposal, where: str, named: list[str]) -> Finding:
    kind, remark = proposal.task.kind, None
    if len(named) > 1:
        remark = f"It speaks of {' and '.join(named)}: if those are two answers, they are two tasks."
    elif kind in _OPEN and proposal.task.output in (None, "free_text"):
        remark = f"`{kind}` with free text has no limit of its own: a person should see what one answer looks like."
    return CHECK.passed("The proposal describes one task.", at=where, stated=True, remark=remark)


CHECK = Check(id="task-is-narrow", item=Item.BEHAVIOR, doc=__doc__, run=run)
