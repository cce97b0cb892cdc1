"""What does this proposal claim, and what is wrong with its form? `read` answers both, every problem at its line."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from pydantic import BaseModel, ValidationError

from bot.readiness import form, link
from bot.readiness.schema import LinkField, NotApplicable, Proposal, Run
from bot.readiness.strict_yaml import Problem, child, load

__all__ = ["LinkField", "NotApplicable", "Problem", "Proposal", "Reading", "Run", "is_proposal", "linked", "read"]

EXPERIMENT_MAX_BUDGET = Decimal(500)  # USD, house (READINESS section 1)
EXPERIMENT_MAX_DAYS = 30  # house (READINESS section 1)
_ROUNDS = 60  # form problems are removed a round at a time; a proposal has fewer fields than this leaves room for


@dataclass(frozen=True, slots=True)
class Reading:
    """A proposal as far as it reads (None: not at all), every problem of form, and the line of every field."""

    proposal: Proposal | None
    problems: tuple[Problem, ...]
    lines: Mapping[str, int] = field(default_factory=dict)

    def line(self, at: str) -> int:
        """Find the 1-based line of a field, or of its nearest ancestor that is there; 1 for the file."""
        while at:
            if at in self.lines:
                return self.lines[at]
            at = at[: max(at.rfind("."), at.rfind("["), 0)]
        return 1


def is_proposal(path: str) -> bool:
    """Say whether a path has a proposal's name (READINESS section 2)."""
    name = path.rsplit("/", 1)[-1]
    return name.endswith((".finetune-proposal.yaml", ".finetune-proposal.yml")) or name in (
        "finetune-proposal.yaml",
        "finetune-proposal.yml",
    )


def read(raw: bytes, *, opened_on: date, path: str = "finetune-proposal.yaml") -> Reading:
    """Read a proposal; never raises.

    `opened_on` is the date of the pull request's opening, from which dates count; `path` is the proposal's own, from
    the repository's root, to which its links are relative.
    """
    document = load(raw)
    problems = list(document.problems)
    data = document.data
    if data is None and not problems:
        problems.append(Problem(1, "", "The file is empty.", "Run `tunegate init` for a proposal to fill in."))
    if data is not None and not isinstance(data, dict):
        problems.append(Problem(1, "", "A proposal is a mapping of fields, like `version: 1`.", "Run `tunegate init`."))
        data = None
    reading = Reading(None, (), document.lines)
    proposal, told = None, set[str]()
    for _ in range(_ROUNDS if data is not None else 0):
        try:
            proposal = Proposal.model_validate(data)
            break
        except ValidationError as error:
            found = [form.problem(detail, data, reading.line) for detail in error.errors(include_url=False)]
            problems.extend(problem for problem, _ in found if problem.at not in told)
            told |= {problem.at for problem, _ in found}  # so that a required field left out is not called missing next
            for _, keys in found:
                _remove(data, keys)
            _drop_removed(data)
    if proposal is not None:
        problems.extend(_required(proposal, {problem.at for problem in problems}))
        problems.extend(_experiment(proposal, opened_on, reading, {problem.at for problem in problems}))
        problems.extend(_leaving(proposal, path, reading))
    unique = {(p.line, p.at, p.message): p for p in problems}
    return Reading(proposal, tuple(unique[key] for key in sorted(unique)), document.lines)


def linked(proposal: Proposal) -> Iterator[tuple[str, LinkField]]:
    """Walk every link of a proposal: (field path, link)."""
    yield from _linked(proposal, "")


def _linked(value: object, path: str) -> Iterator[tuple[str, LinkField]]:
    if isinstance(value, LinkField):
        yield path, value
    elif isinstance(value, BaseModel):
        for name in type(value).model_fields:
            yield from _linked(getattr(value, name), child(path, name))
    elif isinstance(value, tuple):
        for index, entry in enumerate(value):
            yield from _linked(entry, child(path, index))


def _required(proposal: Proposal, known: set[str]) -> Iterator[Problem]:
    for name, sample in (("version", "version: 1"), ("adapter", "adapter: ticket-router")):
        if getattr(proposal, name) is None and name not in known:
            yield Problem(1, name, f"The field `{name}` is required.", f"Add a line like `{sample}`.")


def _leaving(proposal: Proposal, path: str, reading: Reading) -> Iterator[Problem]:
    for at, field_ in linked(proposal):
        try:
            parsed = link.parse(field_.uri)
            if parsed.in_repository:
                link.resolve(parsed, path)
        except link.BadLink as error:
            where = child(at, "uri") if child(at, "uri") in reading.lines else at  # bare, or with a pin
            fix = (
                "Link a file of this repository: relative to the proposal's folder, or from the root with a leading /."
            )
            yield Problem(reading.line(where), where, f"`{where}`: {error}.", fix)


def _experiment(proposal: Proposal, opened_on: date, reading: Reading, known: set[str]) -> Iterator[Problem]:
    stated, last = proposal.experiment, opened_on + timedelta(days=EXPERIMENT_MAX_DAYS)

    def problem(at: str, message: str, fix: str) -> Problem:
        return Problem(reading.line(at), at, message, fix)

    if proposal.scope != "experiment":
        if stated is not None and "scope" not in known:
            fix = "Write `scope: experiment`, or remove `experiment`."
            yield problem("experiment", "`experiment` belongs to `scope: experiment`.", fix)
        return
    if stated is None:
        if not any(at.startswith("experiment") for at in known):
            fix = "Add `experiment: {budget: 500, ends: YYYY-MM-DD}`."
            yield Problem(reading.line("scope"), "experiment", "An experiment states its budget and its end.", fix)
        return
    if stated.budget > EXPERIMENT_MAX_BUDGET:
        message = f"An experiment costs at most {EXPERIMENT_MAX_BUDGET} USD, this one {stated.budget:,f}."
        yield problem("experiment.budget", message, "Lower it, or propose an adapter with all five items.")
    if stated.ends > last:
        message = f"An experiment ends within {EXPERIMENT_MAX_DAYS} days, by {last}; this one on {stated.ends}."
        yield problem("experiment.ends", message, "Bring the end forward, or propose an adapter with all five items.")
    if stated.ends < opened_on:
        message = f"This experiment ended on {stated.ends}, before the pull request was opened ({opened_on})."
        yield problem("experiment.ends", message, f"Write a day up to {last}.")


def _remove(data: Any, keys: form.Keys) -> None:
    """Leave the value at the end of `keys` out of the data; what another problem took away already stays away."""
    if not keys:
        return
    here: Any = data
    for key in keys[:-1]:
        if not form.has(here, key):
            return
        here = here[key]
    if isinstance(here, dict):
        here.pop(keys[-1], None)
    elif form.has(here, keys[-1]):
        here[keys[-1]] = _REMOVED  # removing at once would move the other indexes of this round


_REMOVED = object()


def _drop_removed(data: Any) -> None:
    if isinstance(data, list):
        data[:] = [entry for entry in data if entry is not _REMOVED]
    for entry in data.values() if isinstance(data, dict) else data if isinstance(data, list) else ():
        _drop_removed(entry)
