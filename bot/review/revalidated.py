"""What does a revalidation bring to judgement? The approved proposal, as the base branch has it, with this cycle's evidence over it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from bot import ports
from bot.readiness import proposal, revalidation
from bot.readiness.fact import Fact, Known, Trouble, Unavailable
from bot.readiness.reading import Reading, in_order
from bot.readiness.registered import Registered
from bot.readiness.revalidation import Revalidating, RevalidationRead
from bot.readiness.schema.revalidation import Revalidation
from bot.readiness.strict_yaml import MAX_BYTES, Problem
from bot.report.record import Approved

DATED = ("data.production_sample",)
"""Fields of a revalidation whose file's history counts besides."""

_NO_NAME = Unavailable("the file names no adapter", Trouble.DEFINITIVE, "Add `adapter`.")

# nothing of it is told: whoever opens a pull request here may not see the repository that answers for the adapter
_ELSEWHERE = Unavailable(
    "an adapter of that name is registered in another repository", Trouble.DEFINITIVE, "Revalidate it there."
)


class NoRegistry:
    """A registry that nobody can look into: offline."""

    def registered(self, account: str, name: str, on: date) -> Fact[Registered]:
        """Say that only the service knows what is registered."""
        return Unavailable(
            f"whether `{name}` is registered is known to the service only",
            Trouble.SERVICE_ONLY,
            "Nothing to do: the service looks it up on the pull request.",
        )


@dataclass(frozen=True, slots=True)
class Brought:
    """What is judged of a revalidation: how it reads (without a proposal: nothing can be judged), and what is kept of it.

    `path` is the approved proposal's, to whose folder its links are relative.
    """

    reading: Reading
    revalidating: Revalidating | None
    approved: Approved
    path: str = ""


def brought(
    path: str, raw: Fact[bytes], registry: ports.Registry, around: ports.Surroundings, opened_on: date
) -> Brought:
    """Find what a revalidation is laid over, in the registry and on the base branch; raises ForgeTrouble."""
    found = _read(path, raw)
    if found.own is None:
        return Brought(found.reading, None, Approved())
    account = around.repository.partition("/")[0]
    known = registry.registered(account, found.own.adapter, opened_on) if found.own.adapter else _NO_NAME
    if isinstance(known, Known) and known.value.repository.lower() != around.repository.lower():
        known = _ELSEWHERE
    adapter = known.value if isinstance(known, Known) else None
    stated = revalidation.proposal_path(found.own, path)
    where = adapter.path if adapter and adapter.path else stated
    text = _approved(where, around) if where else None
    return laid(path, found, Approved(where, text, known), opened_on)


def again(path: str, raw: Fact[bytes], kept: Approved, opened_on: date) -> Brought:
    """Lay a revalidation over what was recorded with it."""
    found = _read(path, raw)
    return laid(path, found, kept, opened_on) if found.own is not None else Brought(found.reading, None, kept)


def laid(path: str, found: RevalidationRead, kept: Approved, opened_on: date) -> Brought:
    """Lay a revalidation over its approved proposal, with what does not fit as problems at their lines."""
    own, reading, known = found.own, found.reading, kept.registered
    problems = list(reading.problems)
    if own is None or known is None:
        return Brought(reading, None, kept)
    adapter = known.value if isinstance(known, Known) else None
    problems += _elsewhere(own, path, adapter, reading)
    approved = None
    if kept.path is not None and isinstance(kept.text, Known):
        approved = proposal.read(kept.text.value, opened_on=opened_on, path=kept.path).proposal
        if approved is None:
            message = f"The approved proposal, {kept.path}, cannot be read."
            problems.append(
                Problem(reading.line("proposal"), "proposal", message, "Mend it first, in a pull request of its own.")
            )
    elif isinstance(kept.text, Unavailable):
        message = f"The approved proposal could not be read: {kept.text.reason}"
        problems.append(Problem(reading.line("proposal"), "proposal", message, kept.text.fix or "Correct the link."))
    if approved is None or kept.path is None:
        return Brought(Reading(None, in_order(problems), reading.lines), None, kept)
    problems += revalidation.disagreements(own, approved, reading)
    view = revalidation.laid_over(own, path, approved, adapter)
    return Brought(
        Reading(view, in_order(problems), reading.lines), Revalidating(own, approved, known), kept, kept.path
    )


def _read(path: str, raw: Fact[bytes]) -> RevalidationRead:
    if isinstance(raw, Unavailable):
        problem = Problem(1, "", f"The revalidation could not be read: {raw.reason}", raw.fix or "Correct the file.")
        return RevalidationRead(None, Reading(None, (problem,)))
    return revalidation.read(raw.value, path)


def _approved(path: str, around: ports.Surroundings) -> Fact[bytes]:
    """Read the proposal that was approved: the base branch's, never this pull request's own. Raises ForgeTrouble."""
    text = around.history.on_base(path, max_bytes=MAX_BYTES)
    if text is None:
        return Unavailable(
            f"there is no `{path}` on the base branch.",
            Trouble.DEFINITIVE,
            "Propose the adapter first; what was not approved cannot be revalidated.",
        )
    if isinstance(text, Unavailable) and text.trouble is Trouble.SERVICE_ONLY:
        return around.files.read(path, max_bytes=MAX_BYTES)  # offline the working tree is all there is
    if isinstance(text, Unavailable) and text.trouble is Trouble.PASSING:
        raise ports.ForgeTrouble(f"the approved proposal could not be read now: {text.reason}")
    return text


def _elsewhere(own: Revalidation, path: str, adapter: Registered | None, reading: Reading) -> Iterator[Problem]:
    """Tell where the registry knows the adapter approved by another proposal."""
    if adapter is None:
        return
    stated = revalidation.proposal_path(own, path)
    if adapter.path is not None and stated is not None and stated != adapter.path:
        yield Problem(
            reading.line("proposal"),
            "proposal",
            f"`{adapter.name}` was approved by {adapter.path}, not by {stated}.",
            f"Write `proposal: /{adapter.path}`.",
        )
