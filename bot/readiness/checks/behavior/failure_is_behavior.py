"""Is the failure about behavior, and of a kind that fine-tuning helps?

## Why
Fine-tuning is for form, not facts: facts baked into weights go stale and cannot be cited (S1). What a model does not know
belongs in retrieval.

## What counts as evidence
`failure.kind` and `failure.reason` of the proposal, which `task.kind` and `task.output` do not contradict (a label has no
style). Knowledge passes only when the signal is stable, the method is continued pretraining, a justification is given and the
reason is one of knowledge. A persona needs a few-shot run that was read and falls short of the bar. Reasoning needs
reinforcement fine-tuning, the run of a reasoning model that was read, and a grader that is proven as `grader-proven` asks.
Hallucination is a matter of validation, tools and retrieval. `other` needs a justification, which a
person should read.

## How to fix
Go back to the cheaper lever that the message names. If the reason is simply misnamed (invented fields are
`structured_output`, invented categories `classification`), rename it.
"""

from collections.abc import Iterator
from dataclasses import replace

from bot.readiness import grader
from bot.readiness.bar import bar
from bot.readiness.baseline import is_linked, measure
from bot.readiness.check import Check, Dossier
from bot.readiness.finding import Finding, Item, Outcome
from bot.readiness.schema import Proposal, at
from bot.readiness.shortfall import place
from bot.readiness.wording import share

_CONFIDENCE = 0.95  # of the bound, which is not shown here
HELPED = {
    "structured_output": "a format that the prompt does not hold",
    "style": "a consistent style",
    "refusal_or_tone": "refusals or tone that the prompt does not hold",
    "domain_vocabulary": "domain vocabulary",
    "classification": "a fixed set of labels",
    "extraction": "extraction into a fixed shape",
    "tool_use": "tool calls",
    "retrieval_interface": "the interface to retrieval",
    "cost_or_latency": "cost or latency",
    "distillation": "distillation into a smaller model",
}

# reasons that missing knowledge may have beside itself
_OF_KNOWLEDGE = (None, "knowledge", "domain_vocabulary", "other")

# house: what the answer is and what it is for, where that leaves no room for the reason; only what nobody would dispute. A
# label may come as a tool call, a span may be extracted as free text, and an agent that talks may call tools
_NO_ROOM = {
    "task.output": {
        "structured_output": {"free_text": "free text has no structure to miss"},
        "classification": {"free_text": "free text is no label"},
        "style": {"closed_set": "a label has no style", "tool_calls": "a call has no style"},
    },
    "task.kind": {
        "classification": {"translation": "a translation is no label", "creative": "what is made up is no label"},
        "retrieval_interface": dict.fromkeys(("translation", "math", "creative"), "nothing is retrieved there"),
        "style": {"classification": "a label has no style"},
    },
}
_WITHOUT_TOOLS = (
    "classification",
    "extraction",
    "structured_generation",
    "rewriting",
    "translation",
    "math",
    "creative",
)


def run(dossier: Dossier) -> Iterator[Finding]:
    """Judge kind and reason of the failure."""
    failure = dossier.proposal.failure
    if failure.kind == "knowledge" or failure.reason == "knowledge":
        yield _knowledge(dossier.proposal)
        return
    gaps = [name for name in ("kind", "reason") if getattr(failure, name) is None]
    for name in gaps:
        fix = (
            "`behavior` or `knowledge`"
            if name == "kind"
            else "what the prompted model does not do, like `structured_output`"
        )
        yield CHECK.failed(
            f"The proposal does not say of what {name} the failure is.",
            at=f"failure.{name}",
            fix=f"Add `failure.{name}`: {fix}.",
        )
    if not gaps:
        yield _contradicted(dossier.proposal) or _behavior(dossier)


def _contradicted(proposal: Proposal) -> Finding | None:
    """Find a field of the task that leaves no room for the failure; what is not said contradicts nothing."""
    reason = proposal.failure.reason or ""
    for field, table in _NO_ROOM.items():
        value = at(proposal, field)
        if (why := table.get(reason, {}).get(value or "")) is not None:
            return _told(reason, f"`{field}` is `{value}`", why)
    kind, output = proposal.task.kind, proposal.task.output
    subject = (proposal.eval.baseline.subject if proposal.eval.baseline else None) or ""
    if (
        reason == "tool_use"
        and kind in _WITHOUT_TOOLS
        and output not in (None, "tool_calls")
        and "tools" not in subject
    ):
        return _told(reason, f"`task.kind` is `{kind}` and `task.output` is `{output}`", "nothing is called there")
    return None


def _told(reason: str, task: str, why: str) -> Finding:
    return CHECK.failed(
        f"`failure.reason` is `{reason}`, but {task}: {why}.",
        at="failure.reason",
        fix="Correct the one that is wrong.",
    )


def _knowledge(proposal: Proposal) -> Finding:
    failure = proposal.failure
    allowed = (
        failure.kind == "knowledge"
        and failure.signal == "stable"
        and proposal.training.method == "continued_pretraining"
    )
    if allowed and failure.reason not in _OF_KNOWLEDGE:
        return _told(failure.reason or "", "`failure.kind` is `knowledge`", "that is no missing knowledge")
    if allowed and failure.justification:
        return CHECK.passed(
            "Missing knowledge with a stable signal, by continued pretraining, with a justification.",
            at="failure.kind",
            remark="Rare and costly: retrieval keeps facts current and citable. A person should read the justification.",
        )
    if allowed:
        return CHECK.failed(
            "Continued pretraining for missing knowledge needs a justification.",
            at="failure.justification",
            fix="Say in `failure.justification` why retrieval cannot supply it.",
            lever="retrieval",
        )
    return CHECK.failed(
        "The failure is missing knowledge: fine-tuning is the wrong tool for facts.",
        at="failure.kind" if failure.kind == "knowledge" else "failure.reason",
        fix="Use retrieval: put the missing facts where the model can look them up, and run the eval again with it.",
        lever="retrieval",
    )


def _behavior(dossier: Dossier) -> Finding:
    failure = dossier.proposal.failure
    match failure.reason:
        case "reasoning":
            return _reasoning(dossier)
        case "hallucination":
            return CHECK.failed(
                "Hallucination is no reason for a fine-tune: it may even teach the model to invent.",
                at="failure.reason",
                fix="Validate the output, call tools, retrieve. Invented fields are `structured_output`, invented categories `classification`: if it is that, say so.",
                lever="retrieval",
            )
        case "persona":
            return _persona(dossier)
        case "other":
            if failure.justification:
                return CHECK.passed(
                    "A reason of its own, with a justification.",
                    at="failure.reason",
                    remark="A person should read the justification.",
                )
            return CHECK.failed(
                "The reason `other` needs a justification.",
                at="failure.justification",
                fix="Add `failure.justification`, or name the reason.",
            )
        case _:
            return CHECK.passed(f"The failure is behavior: {HELPED[failure.reason or '']}.", at="failure.reason")


def _persona(dossier: Dossier) -> Finding:
    """A persona is a matter of prompt and few-shot; only a few-shot run that falls short tells otherwise."""
    field = "tried.few_shot"
    if not is_linked(dossier.proposal, field):
        return CHECK.failed(
            "A persona is a matter of prompt and few-shot examples, and no few-shot run is linked.",
            at="failure.reason",
            fix="Try few-shot, and link the run under `tried.few_shot`.",
            lever="prompt",
        )
    measured = measure(CHECK, dossier, field)
    if isinstance(measured, Finding):
        return measured
    wanted = bar(CHECK, dossier, measured)
    if isinstance(wanted, Finding):
        return wanted
    value = measured.metric.value
    if measured.averages:  # errors, and answers that differ in form only, count as right
        value = place(measured, wanted, _CONFIDENCE).charitable
    if value is None or wanted.met_by(value):
        return CHECK.failed(
            f"Few-shot reaches {'nothing' if value is None else share(value)}, the bar is {wanted.said()}: it does not fall short.",
            at=field,
            fix="Ship the few-shot prompt.",
            source=measured.source,
            lever="prompt",
        )
    return CHECK.passed(
        f"A persona that few-shot does not hold: it reaches {share(value)}, the bar is {wanted.said()}.",
        at="failure.reason",
        source=measured.source,
    )


def _reasoning(dossier: Dossier) -> Finding:
    proposal = dossier.proposal
    tried = is_linked(proposal, "tried.reasoning_model")
    stated = proposal.training.grader
    steps = (
        (
            "the run of a reasoning model",
            tried,
            "Try a reasoning model, and link its run under `tried.reasoning_model`.",
        ),
        ("reinforcement fine-tuning", proposal.training.method == "rft", "Use `training.method: rft`."),
        (
            "a grader with tests",
            bool(stated and stated.path and stated.tests),
            "Link `training.grader: {path, tests}`.",
        ),
    )
    missing = [(what, fix) for what, there, fix in steps if not there]
    if missing:
        return CHECK.failed(
            f"Reasoning is helped only by reinforcement fine-tuning with a proven grader, after a reasoning model was tried; missing: {', '.join(what for what, _ in missing)}.",
            at="failure.reason",
            fix=" ".join(fix for _, fix in missing),
            lever=None if tried else "prompt",
        )
    measured = measure(CHECK, dossier, "tried.reasoning_model")
    if isinstance(measured, Finding):
        return measured
    judged = list(grader.examine(CHECK, dossier))
    for outcome in (Outcome.FAILED, Outcome.UNVERIFIED):  # told where the grader is judged; here what follows
        for finding in judged:
            if finding.outcome is outcome:
                return replace(finding, because=finding.because or grader.POLICY)
    return CHECK.passed(
        "Reasoning, by reinforcement fine-tuning with a proven grader, and a reasoning model was tried.",
        at="failure.reason",
        source=measured.source,
    )


CHECK = Check(id="failure-is-behavior", item=Item.BEHAVIOR, doc=__doc__, run=run)
