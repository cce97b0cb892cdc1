"""Is the behavior to be learnt stable?

## Why
What still changes from week to week has no target to train on: prompting is the more honest tool (S1, the 2x2 of kind and
signal).

## What counts as evidence
`failure.signal` beside `failure.kind`. Behavior and stable is where fine-tuning earns its keep; behavior and volatile is
prompt + few-shot; knowledge and volatile is retrieval; knowledge and stable is continued pretraining, rarely.

## How to fix
Let the prompt settle first. Propose again when schema and rules have not changed for a quarter.
"""

from collections.abc import Iterator

from bot.readiness.check import Check, Dossier
from bot.readiness.finding import Finding, Item


def run(dossier: Dossier) -> Iterator[Finding]:
    """Look kind and signal up in the 2x2."""
    failure = dossier.proposal.failure
    match failure.signal:
        case None:
            yield CHECK.failed(
                "The proposal does not say whether the signal is stable.",
                at="failure.signal",
                fix="Add `failure.signal`: `stable` if the right answer will be the same in half a year, else `volatile`.",
            )
        case "volatile" if failure.kind == "knowledge":
            yield CHECK.failed(
                "Knowledge that changes belongs in retrieval.",
                at="failure.signal",
                fix="Use retrieval: facts that change are looked up, not learnt.",
                lever="retrieval",
                because="failure-is-behavior",
            )
        case "volatile":
            yield CHECK.failed(
                "A behavior that still changes has no target to train on.",
                at="failure.signal",
                fix="Use prompt + few-shot until it has settled.",
                lever="prompt",
            )
        case "stable":
            yield CHECK.passed("The signal is stated as stable.", at="failure.signal")


CHECK = Check(id="signal-is-stable", item=Item.BEHAVIOR, doc=__doc__, run=run)
