"""What does this proposal claim, and what is wrong with its form? `read` answers both, every problem at its line."""

import difflib
import types
import typing
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from pydantic import BaseModel, ValidationError

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


def read(raw: bytes, *, opened_on: date) -> Reading:
    """Read a proposal; never raises. `opened_on` is the date of the pull request's opening, from which dates count."""
    document = load(raw)
    problems = list(document.problems)
    data = document.data
    if data is None and not problems:
        problems.append(Problem(1, "", "The file is empty.", "Run `tunegate init` for a proposal to fill in."))
    if data is not None and not isinstance(data, dict):
        problems.append(Problem(1, "", "A proposal is a mapping of fields, like `version: 1`.", "Run `tunegate init`."))
        data = None
    if data is None:
        return Reading(None, tuple(problems), document.lines)
    reading = Reading(None, (), document.lines)
    proposal = None
    for _ in range(_ROUNDS):
        try:
            proposal = Proposal.model_validate(data)
            break
        except ValidationError as error:
            found = [_problem(detail, data, reading) for detail in error.errors(include_url=False)]
            problems.extend(problem for problem, _ in found)
            for _, path in found:
                _remove(data, path)
            _drop_removed(data)
    if proposal is not None:
        problems.extend(_required(proposal, {problem.at for problem in problems}))
        problems.extend(_experiment(proposal, opened_on, reading))
    unique = {(p.line, p.at, p.message): p for p in problems}
    return Reading(proposal, tuple(sorted(unique.values(), key=lambda p: (p.line, p.at))), document.lines)


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


def _experiment(proposal: Proposal, opened_on: date, reading: Reading) -> Iterator[Problem]:
    if proposal.scope != "experiment":
        if proposal.experiment is not None:
            yield Problem(
                reading.line("experiment"),
                "experiment",
                "`experiment` belongs to `scope: experiment`.",
                "Set the scope, or remove it.",
            )
        return
    if proposal.experiment is None:
        fix = "Write `experiment: {budget: 500, ends: YYYY-MM-DD}`."
        yield Problem(reading.line("scope"), "experiment", "An experiment states its budget and its end.", fix)
        return
    if proposal.experiment.budget > EXPERIMENT_MAX_BUDGET:
        yield Problem(
            reading.line("experiment.budget"),
            "experiment.budget",
            f"An experiment costs at most {EXPERIMENT_MAX_BUDGET} USD, this one {proposal.experiment.budget}.",
            "Lower it, or propose an adapter with all five items.",
        )
    if proposal.experiment.ends > opened_on + timedelta(days=EXPERIMENT_MAX_DAYS):
        yield Problem(
            reading.line("experiment.ends"),
            "experiment.ends",
            f"An experiment ends within {EXPERIMENT_MAX_DAYS} days, by {opened_on + timedelta(days=EXPERIMENT_MAX_DAYS)}.",
            "Bring the end forward, or propose an adapter with all five items.",
        )


def _problem(detail: Any, data: Any, reading: Reading) -> tuple[Problem, list[str | int]]:
    """Turn one of pydantic's errors into a problem and the keys that lead to the value to leave out."""
    keys: list[str | int] = []
    at = ""
    here: Any = data
    for part in detail["loc"]:
        if isinstance(part, str) and part.startswith("form:"):
            continue  # the tag of a union, no field
        if _has(here, part):
            here = here[part]
        elif part == "uri" and isinstance(here, str):
            continue  # a bare link
        else:
            at = child(at, part)
            break
        keys.append(part)
        at = child(at, part)
    message, fix = _words(detail, at, keys)
    # where a required field is missing, `keys` ends at its section: what lacks it is left out whole
    return Problem(reading.line(at), at, message, fix), keys


def _words(detail: Any, at: str, keys: list[str | int]) -> tuple[str, str]:
    kind, name, context = detail["type"], at.rsplit(".", 1)[-1], detail.get("ctx", {})
    if kind == "extra_forbidden":
        valid = _valid_keys(keys[:-1])
        near = difflib.get_close_matches(name, valid, n=1, cutoff=0.6)
        fix = f"Did you mean `{near[0]}`?" if near else f"Known here: {', '.join(f'`{key}`' for key in valid)}."
        return f"The field `{_cut(name)}` is not known here.", fix
    if kind == "missing":
        return f"The field `{at}` is required.", f"Add `{name}`."
    if kind == "literal_error":
        given = detail.get("input")
        expected = str(context.get("expected", "")).replace(" or ", ", ").replace("'", "")
        options = expected.split(", ")
        near = difflib.get_close_matches(str(given), options, n=1, cutoff=0.6)
        fix = f"Did you mean `{near[0]}`?" if near else "Take one of these."
        return f"`{at}` is one of: {expected}.", fix
    if kind == "value_error":
        return f"`{at}`: {context.get('error', detail['msg'])}.", "Correct this value."
    if kind == "string_pattern_mismatch":
        return f"`{at}` is not of the expected form.", _PATTERN_FIXES.get(
            name, "Compare it with the documented example."
        )
    return f"`{at}`: {detail['msg'][:1].lower()}{detail['msg'][1:]}.", "Correct this value."


_PATTERN_FIXES = {
    "adapter": "Lower-case words joined by hyphens, like `ticket-router`.",
    "primary": "A GitHub login without @.",
    "backup": "A GitHub login without @.",
    "team": "Write `organisation/team`.",
    "currency": "Three capital letters, like `USD`.",
    "sha256": "64 lower-case hex digits.",
}


def _valid_keys(keys: list[str | int]) -> list[str]:
    models: list[type[BaseModel]] = [Proposal]
    for key in keys:
        if isinstance(key, int):
            continue
        models = [m for model in models for m in _models(_annotation(model, key))]
    return sorted({f.alias or name for model in models for name, f in model.model_fields.items()})


def _annotation(model: type[BaseModel], key: str) -> Any:
    for name, info in model.model_fields.items():
        if key in (name, info.alias):
            return info.annotation
    return None


def _models(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    elif typing.get_origin(annotation) in (typing.Annotated, typing.Union, types.UnionType, tuple, dict):
        for part in typing.get_args(annotation):
            yield from _models(part)


def _remove(data: Any, keys: list[str | int]) -> None:
    """Leave the value at the end of `keys` out of the data; what another problem took away already stays away."""
    if not keys:
        return
    here: Any = data
    for key in keys[:-1]:
        if not _has(here, key):
            return
        here = here[key]
    if isinstance(here, dict):
        here.pop(keys[-1], None)
    elif _has(here, keys[-1]):
        here[keys[-1]] = _REMOVED  # removing at once would move the other indexes of this round


def _has(here: Any, key: str | int) -> bool:
    return (isinstance(here, dict) and key in here) or (
        isinstance(here, list) and isinstance(key, int) and key < len(here)
    )


_REMOVED = object()


def _drop_removed(data: Any) -> None:
    if isinstance(data, list):
        data[:] = [entry for entry in data if entry is not _REMOVED]
    for entry in data.values() if isinstance(data, dict) else data if isinstance(data, list) else ():
        _drop_removed(entry)


def _cut(name: str) -> str:
    return name.replace("`", " ")[:60]
