"""Is the failure about behavior, and of a kind that fine-tuning helps?

## Why
Fine-tuning is for form, not facts: facts baked into weights go stale and cannot be cited (S1). What a model does not know
belongs into retrieval.

## What counts as evidence
`failure.kind` and `failure.reason` of the proposal. Knowledge passes only when the signal is stable, the method is
continued pretraining and a justification is given. Reasoning needs reinforcement fine-tuning with a grader and a reasoning
model tried; a persona needs few-shot evidence; hallucination is a matter of validation, tools and retrieval.

## How to fix
Go back to the cheaper lever that the message names. If the reason is simply misnamed (invented fields are
`structured_output`, invented categories `classification`), rename it.
"""

from collections.abc import Iterator

from bot.readiness.check import Check, Dossier
from bot.readiness.finding import Finding, Item
from bot.readiness.schema import Failure, Proposal, Run

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


def run(dossier: Dossier) -> Iterator[Finding]:
    """Judge kind and reason of the failure."""
    failure = dossier.proposal.failure
    if failure.kind is None or failure.reason is None:
        missing = "kind" if failure.kind is None else "reason"
        yield CHECK.failed(
            f"The proposal does not say of what {missing} the failure is.",
            at="failure",
            fix=f"Add `failure.{missing}`.",
        )
        return
    if failure.kind == "knowledge" or failure.reason == "knowledge":
        yield _knowledge(dossier.proposal)
        return
    yield _behavior(dossier.proposal, failure)


def _knowledge(proposal: Proposal) -> Finding:
    failure = proposal.failure
    allowed = failure.signal == "stable" and proposal.training.method == "continued_pretraining"
    if allowed and failure.justification:
        return CHECK.passed(
            "Missing knowledge with a stable signal, by continued pretraining, with a justification.",
            at="failure.kind",
            remark="Rare and costly: retrieval keeps facts current and citable.",
        )
    if allowed:
        return CHECK.failed(
            "Continued pretraining for missing knowledge needs a justification.",
            at="failure",
            fix="Say in `failure.justification` why retrieval cannot supply it.",
            lever="retrieval",
        )
    at = "failure.kind" if failure.kind == "knowledge" else "failure.reason"
    return CHECK.failed(
        "The failure is missing knowledge: fine-tuning is the wrong tool for facts.",
        at=at,
        fix="Use retrieval.",
        lever="retrieval",
    )


def _behavior(proposal: Proposal, failure: Failure) -> Finding:
    match failure.reason:
        case "reasoning":
            return _reasoning(proposal)
        case "hallucination":
            return CHECK.failed(
                "Hallucination is no reason for a fine-tune: it may even teach the model to invent.",
                at="failure.reason",
                fix="Validate the output, call tools, retrieve. Invented fields are `structured_output`, invented categories `classification`.",
                lever="retrieval",
            )
        case "persona":
            if isinstance(proposal.tried.few_shot, Run) and proposal.tried.few_shot.artifact is not None:
                return CHECK.passed(
                    "A persona that prompt and few-shot do not hold, with a few-shot run linked.", at="failure.reason"
                )
            return CHECK.failed(
                "A persona is a matter of prompt and few-shot examples.",
                at="failure.reason",
                fix="Try few-shot and link the run under `tried.few_shot`.",
                lever="prompt",
            )
        case "other":
            if failure.justification:
                return CHECK.passed(
                    "A reason of its own, with a justification.",
                    at="failure.reason",
                    remark="A person should read the justification.",
                )
            return CHECK.failed(
                "The reason `other` needs a justification.",
                at="failure.reason",
                fix="Add `failure.justification`, or name the reason.",
            )
        case _:
            return CHECK.passed(f"The failure is behavior: {HELPED[failure.reason or '']}.", at="failure.reason")


def _reasoning(proposal: Proposal) -> Finding:
    tried = proposal.tried.reasoning_model
    missing = [
        what
        for what, there in (
            ("`training.method: rft`", proposal.training.method == "rft"),
            ("a grader under `training.grader`", proposal.training.grader is not None),
            (
                "a run of a reasoning model under `tried.reasoning_model`",
                isinstance(tried, Run) and tried.artifact is not None,
            ),
        )
        if not there
    ]
    if missing:
        return CHECK.failed(
            f"Reasoning is helped only by reinforcement fine-tuning with a grader, after a reasoning model was tried; missing: {', '.join(missing)}.",
            at="failure.reason",
            fix="Try a reasoning model first.",
            lever="prompt",
        )
    return CHECK.passed(
        "Reasoning, by reinforcement fine-tuning with a grader, a reasoning model was tried.", at="failure.reason"
    )


CHECK = Check(id="failure-is-behavior", item=Item.BEHAVIOR, doc=__doc__, run=run)
