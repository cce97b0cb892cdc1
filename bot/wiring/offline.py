"""EDGE. What does `tunegate check` judge with? The same heart as the service, with a working tree in place of GitHub."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from bot import ports, wiring
from bot.readiness.checks import CHECKS
from bot.readiness.fact import Known, Unavailable
from bot.readiness.policy import LayerKind, Place, Policy
from bot.readiness.policy_file import BUILT_IN, MAX_BYTES, OF_REPOSITORY, PolicyText
from bot.readiness.rules.language import Ask
from bot.review import Judge
from bot.settings import database_url
from bot.sources import default_branch
from bot.sources.gather import Gatherer
from bot.sources.models import Tables
from bot.sources.offline import STORES, NoAttachments, NobodyToAsk, NoHistory
from bot.sources.working_tree import WorkingTree


def judge(policy: Policy | None = None, say: Callable[[str], None] = lambda _: None) -> Judge:
    """Assemble the judge of a policy, of the default one where none is given, for files of one's own machine.

    `say` is told what could not be looked at.
    """
    gatherer = Gatherer(stores=STORES, models=models(say), platforms=wiring.platforms())
    return Judge(gatherer, CHECKS, policy or wiring.policy(), offline=True)


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


def local_policy(path: Path, kind: LayerKind) -> PolicyText:
    """Read a policy file of one's own machine; raises OSError."""
    with path.open("rb") as file:
        return PolicyText(Place(kind, "", path.as_posix()), file.read(MAX_BYTES + 1))


@cache
def policy_of(root: Path, given: str | None) -> tuple[Policy, str | None]:
    """Find the policy for a working tree: the given one (a file, or a built-in one's name), tightened by the repository's own.

    That one is read from the default branch, as the service does; the sentence says why it is passed over where it is.
    Raises OSError.
    """
    base = given if given in BUILT_IN else "default"
    texts = [] if given is None or given in BUILT_IN else [local_policy(Path(given), LayerKind.ORGANISATION)]
    own = default_branch.read(root, OF_REPOSITORY, max_bytes=MAX_BYTES) if (root / ".git").exists() else None
    if isinstance(own, Known):
        texts.append(PolicyText(Place(LayerKind.REPOSITORY, "", OF_REPOSITORY), own.value))
    passed_over = None
    if isinstance(own, Unavailable) and (root / OF_REPOSITORY).is_file():
        passed_over = f"{OF_REPOSITORY} is passed over. {own.reason} {own.fix or ''}".rstrip()
    return wiring.in_force(tuple(texts), base), passed_over
