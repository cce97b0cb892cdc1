"""EDGE. What does `tunegate check` judge with? The same heart as the service, with a working tree in place of GitHub."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bot import ports, wiring
from bot.readiness.checks import CHECKS
from bot.readiness.policy import Policy
from bot.readiness.rules.language import Ask
from bot.review import Judge
from bot.sources.gather import Gatherer
from bot.sources.offline import STORES, NoAttachments, NobodyToAsk, NoHistory
from bot.sources.working_tree import WorkingTree


def judge() -> Judge:
    """Assemble the judge of the default policy, for files of one's own machine."""
    return Judge(Gatherer(stores=STORES), CHECKS, wiring.policy(), offline=True)


def judge_of(policy: Policy, ask: Ask) -> Judge:
    """Assemble the judge of another policy, for what was recorded."""
    return Judge(Gatherer(stores=STORES), CHECKS, policy, ask=ask)


@contextmanager
def asking() -> Iterator[Ask]:
    """Evaluate rules in a process apart, which is started when first needed and ends with the block."""
    from bot.sources.reading_process import ReadingProcesses  # a cold start that asks no rule does not pay for it

    processes = ReadingProcesses(1)
    try:
        yield processes.rule
    finally:
        processes.close()


def working_tree(root: Path) -> ports.Surroundings:
    """Open a working tree by its root; people, history and what lies beside the commits, only the service can look up."""
    return ports.Surroundings(WorkingTree(root), NobodyToAsk(), NoHistory(), NoAttachments())
