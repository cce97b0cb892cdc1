"""What does a revalidation bring, and what is judged of it? The approved proposal with this cycle's evidence laid over it.

The same checks then judge the same fields. The bar, the metric and the holdout stay those that were approved; what was
evidence of the approval alone (the levers, the training config, the rollout) is left out, and is not read again.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

from pydantic import BaseModel

from bot.readiness import link
from bot.readiness.fact import Fact, Known
from bot.readiness.reading import Reading, in_order, leaving, validated
from bot.readiness.registered import OpenCycle, Registered
from bot.readiness.schema import LinkField, NotApplicable, OpsCost, Proposal, Run
from bot.readiness.schema.evaluation import RegressionSlice
from bot.readiness.schema.failure import Tried
from bot.readiness.schema.revalidation import REQUIRED, ActualCost, Revalidation
from bot.readiness.strict_yaml import Problem, load

FOLDER = "revalidations"
SAMPLE = "revalidations/ticket-router/1.yaml"
_PATH = re.compile(rf"(?:.*/)?{FOLDER}/([^/]+)/([^/]+)\.ya?ml")

Part = TypeVar("Part", bound=BaseModel)


class Occasion(StrEnum):
    """When is a check asked? Before training, once there is a tuned run, and again in each cycle."""

    PROPOSAL = "proposal"
    REGISTRATION = "registration"
    REVALIDATION = "revalidation"


OF_PROPOSALS = frozenset({Occasion.PROPOSAL, Occasion.REGISTRATION})
OF_REVALIDATIONS = frozenset({Occasion.REVALIDATION})
EVERY = OF_PROPOSALS | OF_REVALIDATIONS


@dataclass(frozen=True, slots=True)
class Revalidating:
    """What a revalidation is judged by beside its fields: its own text, the approved proposal, and the registry's word."""

    own: Revalidation
    approved: Proposal
    registered: Fact[Registered]

    @property
    def adapter(self) -> Registered | None:
        """The adapter as registered, where that is known."""
        return self.registered.value if isinstance(self.registered, Known) else None

    @property
    def cycle(self) -> OpenCycle | None:
        """The open cycle, where it is known."""
        return self.adapter.cycle if self.adapter else None


@dataclass(frozen=True, slots=True)
class RevalidationRead:
    """A revalidation as far as it reads (None: not at all), with its problems of form and the line of every field."""

    own: Revalidation | None
    reading: Reading


def is_revalidation(path: str) -> bool:
    """Say whether a path is a revalidation's: `revalidations/<adapter>/<cycle>.yaml`, in whatever folder."""
    return _PATH.fullmatch(path) is not None


def read(raw: bytes, path: str = SAMPLE) -> RevalidationRead:
    """Read a revalidation; never raises. `path` is its own, from the repository's root: its links are relative to it."""
    document = load(raw)
    problems = list(document.problems)
    data = document.data
    if data is None and not problems:
        problems.append(Problem(1, "", "The file is empty.", "See docs/revalidation.md for one to fill in."))
    if data is not None and not isinstance(data, dict):
        problems.append(
            Problem(1, "", "A revalidation is a mapping of fields, like `version: 1`.", "See docs/revalidation.md.")
        )
        data = None
    lines = Reading(None, (), document.lines)
    own, of_form = validated(Revalidation, data, lines)
    problems.extend(of_form)
    if own is not None:
        problems.extend(_required(own, {problem.at for problem in problems}))
        problems.extend(_named(own, path, lines))
        problems.extend(leaving(own, path, lines))
    return RevalidationRead(own, Reading(None, in_order(problems), document.lines))


def proposal_path(own: Revalidation, path: str) -> str | None:
    """Find the repository path of the proposal that a revalidation names; None where it names none there."""
    if own.proposal is None:
        return None
    try:
        parsed = link.parse(own.proposal.uri)
        return link.resolve(parsed, path) if parsed.in_repository else None
    except link.BadLink:
        return None


def disagreements(own: Revalidation, approved: Proposal, reading: Reading) -> Iterator[Problem]:
    """Tell what a revalidation says that its approved proposal does not know."""

    def problem(at: str, message: str, fix: str) -> Problem:
        return Problem(reading.line(at), at, message, fix)

    if own.adapter is not None and approved.adapter is not None and own.adapter != approved.adapter:
        message = f"The proposal is of `{approved.adapter}`, not of `{own.adapter}`."
        yield problem("proposal", message, "Link the adapter's own proposal.")
    known = {each.name for each in _slices(approved)}
    for number, each in enumerate(own.eval.regression or ()):
        if each.name not in known:
            named = ", ".join(f"`{name}`" for name in sorted(known)) or "none"
            message = f"`{each.name[:60]}` is no regression slice of the approved proposal; it has {named}."
            yield problem(f"eval.regression[{number}].name", message, "Name a slice as the proposal does.")


def laid_over(own: Revalidation, path: str, approved: Proposal, registered: Registered | None) -> Proposal:
    """Lay a revalidation over the approved proposal: what is judged.

    Links of the revalidation, whose own path is `path`, become links from the repository's root: all others are relative to
    the proposal's folder. Who owns the adapter is as the registry says, where it is known.
    """
    brought = _rooted(own, path)
    evals, data, owner = approved.eval, approved.data, approved.owner
    who = {"primary": registered.owner, "backup": registered.backup} if registered else {}
    nothing = {"modes": ()}
    return approved.model_copy(
        update={
            "failure": approved.failure.model_copy(update=nothing),
            "tried": _excused(approved.tried, brought),
            "eval": evals.model_copy(
                update={
                    "baseline": _described(brought.eval.baseline, evals.baseline),
                    "candidate": brought.eval.candidate,
                    "untuned": brought.eval.untuned or evals.untuned,
                    "regression": _regression(brought, approved),
                }
            ),
            "data": data.model_copy(
                update={"production_sample": brought.data.production_sample, "production_template": None}
            ),
            "training": approved.training.model_copy(update={"grader": None}),
            "serving": approved.serving.model_copy(update={"config": None, "rollout_evidence": None}),
            "owner": owner.model_copy(update={**who, "team": None, "rollback": None, "drift_checks": None}),
            "ops_cost": _costs(brought.ops_cost, approved.ops_cost),
        }
    )


def _excused(tried: Tried, brought: Revalidation) -> Tried:
    """Keep why a lever did not apply, which still holds; the runs of the others were the approval's."""
    excuses = {name: lever for name, lever in tried if isinstance(lever, NotApplicable)}
    return Tried().model_copy(update={**excuses, "small_prompted": brought.tried.small_prompted})


def _described(again: Run | None, approved: Run | None) -> Run | None:
    """Take a run whole; of what it is made is as approved, unless it says otherwise."""
    if again is None or approved is None or again.subject is not None:
        return again
    return again.model_copy(update={"subject": approved.subject})


def _required(own: Revalidation, known: set[str]) -> Iterator[Problem]:
    for name, sample in REQUIRED.items():
        if getattr(own, name) is None and name not in known:
            yield Problem(1, name, f"The field `{name}` is required.", f"Add a line like `{sample}`.")


def _named(own: Revalidation, path: str, reading: Reading) -> Iterator[Problem]:
    """Tell where the file's path and what it says are of different adapters or cycles."""
    found = _PATH.fullmatch(path)
    adapter, cycle = found.groups() if found else (None, None)
    if adapter is not None and own.adapter is not None and adapter != own.adapter:
        message = f"The file lies in `{FOLDER}/{adapter}/`, and speaks of `{own.adapter}`."
        yield Problem(
            reading.line("adapter"), "adapter", message, f"Move it to `{FOLDER}/{own.adapter}/`, or correct the name."
        )
    if cycle is not None and own.cycle is not None and cycle != str(own.cycle):
        message = f"The file is called `{cycle}`, and speaks of cycle {own.cycle}."
        yield Problem(reading.line("cycle"), "cycle", message, f"Call it `{own.cycle}.yaml`, or correct the number.")


def _slices(proposal: Proposal) -> tuple[RegressionSlice, ...]:
    return proposal.eval.regression if isinstance(proposal.eval.regression, tuple) else ()


def _regression(brought: Revalidation, approved: Proposal) -> object:
    """Take the proposal's slices with this cycle's runs; those first that the revalidation names, so that its lines fit.

    The run before tuning may be the approved one; a run after it of an earlier cycle never stands for this one's.
    """
    planned = {each.name: each for each in _slices(approved)}
    if not planned:
        return approved.eval.regression
    again = {each.name: each for each in brought.eval.regression or () if each.name in planned}
    laid = [
        planned[name].model_copy(
            update={"candidate": each.candidate, "baseline": each.baseline or planned[name].baseline}
        )
        for name, each in again.items()
    ]
    left = [each.model_copy(update={"candidate": None}) for name, each in planned.items() if name not in again]
    return (*laid, *left)


_WHOLE = ("volume", "latency", "hosting", "benefit")  # figures that belong together: taken whole or not at all


def _costs(actual: ActualCost, stated: OpsCost) -> OpsCost:
    """Lay what the adapter costs in fact over the estimate; a claimed saving was the proposal's matter."""
    laid = {name: _laid(getattr(stated, name), value, name) for name, value in actual if value is not None}
    return stated.model_copy(update={**laid, "claimed": None})


def _laid(below: object, own: object, name: str) -> object:
    if not isinstance(below, BaseModel) or not isinstance(own, BaseModel) or name in _WHOLE:
        return own
    given = {part: _laid(getattr(below, part), value, part) for part, value in own if value is not None}
    return below.model_copy(update=given)


def _rooted(part: Part, path: str) -> Part:
    """Turn the links of a document into links from the repository's root."""
    if isinstance(part, LinkField):
        try:
            parsed = link.parse(part.uri)
            uri = f"/{link.resolve(parsed, path)}" if parsed.in_repository else part.uri
        except link.BadLink:
            return part  # told as a problem at its line
        return part.model_copy(update={"uri": uri})
    changed: dict[str, object] = {}
    for name, value in part:
        if isinstance(value, BaseModel):
            changed[name] = _rooted(value, path)
        elif isinstance(value, tuple):
            changed[name] = tuple(_rooted(each, path) if isinstance(each, BaseModel) else each for each in value)
    return part.model_copy(update=changed)


def same_digest(one: str, other: str) -> bool:
    """Say whether two digests are one, with or without the name of the function before it."""
    return one.removeprefix("sha256:").lower() == other.removeprefix("sha256:").lower()


def names_digest(text: str, digest: str) -> bool:
    """Say whether a text names a digest: the whole of it, or twelve of its first digits or more."""
    wanted = digest.removeprefix("sha256:").lower()
    found = re.findall(r"[0-9a-f]{12,64}", text.lower())
    return any(wanted.startswith(each) for each in found)


def other_digests(text: str, digest: str) -> tuple[str, ...]:
    """List the whole digests (40 or 64 hex digits) that a text names beside this one."""
    found = re.findall(r"(?<![0-9a-f])(?:[0-9a-f]{64}|[0-9a-f]{40})(?![0-9a-f])", text.lower())
    return tuple(each for each in found if not names_digest(each, digest))


def pins(reference: str) -> bool:
    """Say whether a reference is of a version that cannot change: pinned by a commit, or a hosted tune's own id."""
    return re.search(r"@[0-9a-f]{40,64}\b", reference) is not None or reference.startswith("ft:")
