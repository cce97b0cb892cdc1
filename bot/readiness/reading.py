"""How does a document of ours read? As far as it does, every problem of form at its line, whatever stands in it."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from bot.readiness import form, link
from bot.readiness.schema import LinkField, Proposal
from bot.readiness.strict_yaml import Problem, child

Whole = TypeVar("Whole", bound=BaseModel)

_ROUNDS = 60  # form problems are removed a round at a time; a document has fewer fields than this leaves room for


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


def validated(whole: type[Whole], data: Any, reading: Reading) -> tuple[Whole | None, list[Problem]]:
    """Read plain data as a document of a schema, without the fields that are refused; with the problems that these are."""
    problems: list[Problem] = []
    told = set[str]()
    for _ in range(_ROUNDS if data is not None else 0):
        try:
            return whole.model_validate(data), problems
        except ValidationError as error:
            found = [form.problem(detail, data, reading.line, whole) for detail in error.errors(include_url=False)]
            problems.extend(problem for problem, _ in found if problem.at not in told)
            told |= {problem.at for problem, _ in found}  # so that a required field left out is not called missing next
            for _, keys in found:
                _remove(data, keys)
            _drop_removed(data)
    return None, problems


def in_order(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Sort problems by their lines, each once."""
    unique = {(p.line, p.at, p.message): p for p in problems}
    return tuple(unique[key] for key in sorted(unique))


def links(value: object, path: str = "") -> Iterator[tuple[str, LinkField]]:
    """Walk every link of a document: (field path, link)."""
    if isinstance(value, LinkField):
        yield path, value
    elif isinstance(value, BaseModel):
        for name in type(value).model_fields:
            yield from links(getattr(value, name), child(path, name))
    elif isinstance(value, tuple):
        for index, entry in enumerate(value):
            yield from links(entry, child(path, index))


def leaving(document: BaseModel, path: str, reading: Reading) -> Iterator[Problem]:
    """Tell the links that lead out of the repository; `path` is the document's own, from the root."""
    for at, field_ in links(document):
        try:
            parsed = link.parse(field_.uri)
            if parsed.in_repository:
                link.resolve(parsed, path)
        except link.BadLink as error:
            where = child(at, "uri") if child(at, "uri") in reading.lines else at  # bare, or with a pin
            fix = "Link a file of this repository: relative to this file's folder, or from the root with a leading /."
            yield Problem(reading.line(where), where, f"`{where}`: {error}.", fix)


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
