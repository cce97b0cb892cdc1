"""Do the proposal's own words speak of behavior, as its form says?

## Why
Who writes that the model does not know the handbook, and ticks "behavior", may have ticked wrongly; a reader should see both.

## What counts as evidence
The texts of the proposal (summary, descriptions, names of modes, reasons), looked through for nine ways of speaking of missing
knowledge and seven of speaking of behavior: the former may not outweigh the latter. Words alone decide nothing: this check
is advisory.

## How to fix
If knowledge is what is missing, use retrieval. If not, say what the model does wrong, not what it does not know.
"""

import re
from collections.abc import Iterator

from bot.readiness.check import Check, Dossier
from bot.readiness.finding import Finding, Item
from bot.readiness.schema import NotApplicable, Proposal

_LEARNS = r"know|learn|memori[sz]e|remember|recall|understand|teach|inject|bake in|absorb"
_SOURCES = (
    r"docs|documentation|wiki|confluence|handbook|polic(?:y|ies)|catalog(?:ue)?|knowledge base|facts|products?|runbooks|codebase|org"
    r"|customers|internals?|prices|warrant(?:y|ies)"
)
_KNOWLEDGE = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"\b(?:{_LEARNS})\w*\b.{{0,40}}\b(?:{_SOURCES})\b",
        r"\b(?:company|internal|domain|product|proprietary|institutional|tribal) (?:knowledge|facts|information|database)\b",
        r"\b(?:up[- ]to[- ]date|latest|current|recent|fresh|new) (?:facts|data|prices|releases|policies|docs|events)\b",
        r"\b(?:does(?:n't| not)|do(?:n't| not)) know\b|\b(?:aware of|have knowledge|recogni[sz]e)\b",
        r"\b(?:hallucinat|invent)\w* (?:\w+ )?(?:about|our|products?|prices|facts|polic|warrant)",
        r"\banswers? (?:questions? )?(?:about|on) (?:our|the company|internal)\b",
        r"\bfaqs?\b|\b(?:knowledge|training) cut-?off\b|\bout(?:dated| of date)\b",
        r"\b(?:replace|instead of|without|remove|drop|avoid)\b.{0,20}\b(?:rag|retrieval|vector (?:db|store)|search|look(?:ing)? \w+ up)\b",
        r"\bwho owns\b|\borg chart\b|\bprice list\b|\bskus?\b",
    )
)
_BEHAVIOR = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"\b(?:format|schema|json|structured?|parse|valid|template|markdown|xml|yaml)\w*\b",
        r"\b(?:tone|style|voice|persona|polite|brand|concise|verbose|register)\b",
        r"\b(?:classif|label|route|routing|triage|intent|rank|extract|tag|redact|categor|sort)\w*\b",
        r"\b(?:tool|function)[- ](?:calls?|use|selection|calling)\b|\barguments\b",
        r"\b(?:refus|over-?refus|escalat)\w*\b|\bfollow\w* (?:instructions|rubric|steps)\b",
        r"\blatency\b|\bcost per\b|\bshorter prompt\b|\btokens? (?:cost|budget)\b|\bdistil\w*\b|\bsmaller model\b",
        r"\b(?:in)?consistent\w*\b|\binstead of\b|\bignores?\b|\bmix(?:es)? up\b",
    )
)
_WEIGHT = 0.7  # of behavior's words: measured on sentences of both kinds


def run(dossier: Dossier) -> Iterator[Finding]:
    """Weigh the proposal's words."""
    if dossier.proposal.failure.kind != "behavior":
        yield CHECK.not_applicable("The form does not say behavior.", at="failure.kind")
        return
    text = "\n".join(_texts(dossier.proposal))
    knowledge = [match[0] for pattern in _KNOWLEDGE if (match := pattern.search(text))]
    behavior = sum(1 for pattern in _BEHAVIOR if pattern.search(text))
    if len(knowledge) - _WEIGHT * behavior <= 0:
        yield CHECK.passed(
            "The proposal's words speak of behavior, or of neither.", at="failure.description", stated=True
        )
        return
    shown = ", ".join(f"`{' '.join(words.split())[:60]}`" for words in knowledge[:3])
    yield CHECK.failed(
        f"The form says behavior, but the proposal's words read like missing knowledge ({shown}).",
        at="failure.description",
        fix="If knowledge is missing, use retrieval. If not, say what the model does wrong.",
        lever="retrieval",
    )


def _texts(proposal: Proposal) -> Iterator[str]:
    yield from (
        text
        for text in (
            proposal.summary,
            proposal.task.description,
            proposal.failure.description,
            proposal.failure.justification,
            *(mode.name.replace("-", " ") for mode in proposal.failure.modes),
            *(lever.why for _, lever in proposal.tried if isinstance(lever, NotApplicable)),
        )
        if text
    )


CHECK = Check(id="words-agree", item=Item.BEHAVIOR, doc=__doc__, run=run)
