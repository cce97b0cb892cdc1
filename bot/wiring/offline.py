"""EDGE. What does `tunegate check` judge with? The same heart as the service, with a working tree in place of GitHub."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from bot import ports, wiring
from bot.readiness.checks import CHECKS
from bot.readiness.policy import Policy
from bot.readiness.rules.language import Ask
from bot.review import Judge
from bot.settings import database_url
from bot.sources.gather import Gatherer
from bot.sources.models import Tables
from bot.sources.offline import STORES, NoAttachments, NobodyToAsk, NoHistory
from bot.sources.working_tree import WorkingTree


def judge(say: Callable[[str], None] = lambda _: None) -> Judge:
    """Assemble the judge of the default policy, for files of one's own machine; `say` is told what could not be looked at."""
    return Judge(
        Gatherer(stores=STORES, models=models(say), platforms=wiring.platforms()), CHECKS, wiring.policy(), offline=True
    )


def models(say: Callable[[str], None]) -> Tables:
    """Open the built-in table of models, and those in the database where DATABASE_URL names one that can be read."""
    url = database_url()
    if url is None:
        return wiring.models()
    from bot.storage.model_facts import CannotRead, open_to_read  # a check without a database does not pay for it

    try:
        return wiring.models(open_to_read(url))
    except CannotRead as error:
        say(f"the tables of models in DATABASE_URL cannot be read, the built-in one alone is used: {error}")
        return wiring.models()


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
