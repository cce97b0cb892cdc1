"""EDGE. What does `tunegate check` judge with? The same heart as the service, with a working tree in place of GitHub."""

from pathlib import Path

from bot import ports, wiring
from bot.readiness.checks import CHECKS
from bot.review import Judge
from bot.sources.gather import Gatherer
from bot.sources.offline import STORES, NoAttachments, NobodyToAsk, NoHistory
from bot.sources.working_tree import WorkingTree


def judge() -> Judge:
    """Assemble the judge of the default policy, for files of one's own machine."""
    return Judge(Gatherer(stores=STORES, platforms=wiring.platforms()), CHECKS, wiring.policy(), offline=True)


def working_tree(root: Path) -> ports.Surroundings:
    """Open a working tree by its root; people, history and what lies beside the commits, only the service can look up."""
    return ports.Surroundings(WorkingTree(root), NobodyToAsk(), NoHistory(), NoAttachments())
