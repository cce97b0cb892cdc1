"""What may a rule look at? `proposal`, `facts`, `findings` and `opened_on`, as plain data of declared types."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache
from math import isfinite
from typing import Any

from pydantic import BaseModel

from bot.readiness.check import Dossier
from bot.readiness.evidence import Evidence
from bot.readiness.fact import Unavailable
from bot.readiness.rules.shapes import EXCUSE, Shape, attribute, members
from bot.readiness.schema import NotApplicable, Proposal
from bot.readiness.training_config import Stated
from bot.readiness.verdict import Judged


@dataclass(frozen=True, slots=True)
class Found:
    """What a rule sees of one finding: its words are for people."""

    check: str
    item: str
    outcome: str
    enforcement: str
    at: str
    remark: bool
    grade: str


@dataclass(frozen=True, slots=True)
class Unread:
    """A fact that could not be read: its kind, its field, and the kind of trouble."""

    kind: str
    at: str
    trouble: str


@dataclass(frozen=True, slots=True)
class Given:
    """The variables, by their names."""

    proposal: Proposal
    facts: Evidence
    findings: tuple[Found, ...]
    opened_on: str


def plain(dossier: Dossier, judged: Iterable[Judged]) -> dict[str, Any]:
    """Put a dossier and its findings into plain data: what is not given is left out; dates are YYYY-MM-DD."""
    return {
        "proposal": _fields_of(dossier.proposal),
        "facts": _facts(dossier.evidence),
        "findings": [_fields_of(_found(each)) for each in judged],
        "opened_on": dossier.opened_on.isoformat(),
    }


def _found(judged: Judged) -> Found:
    finding = judged.finding
    return Found(
        check=finding.check,
        item=finding.item.value if finding.item else "",
        outcome=finding.outcome.value,
        enforcement=judged.enforcement.value,
        at=finding.at,
        remark=finding.remark is not None,
        grade=finding.grade.value if finding.grade else "",
    )


def _facts(evidence: Evidence) -> dict[str, Any]:
    """List facts by kind and field. What could not be read is not among them: a rule that asks for it has no answer."""
    kept: dict[str, Any] = {}
    unavailable = []
    for kind, shape in members(Evidence).items():
        kept[kind] = {}
        for key, fact in getattr(evidence, kind).items():
            at = _text(key)
            if isinstance(fact, Unavailable):
                unavailable.append(_fields_of(Unread(kind, at, fact.trouble.value)))
            else:
                value = {} if shape.message is None else {"value": _fields_of(fact.value)}
                kept[kind][at] = {"grade": fact.source.grade.value, **value}
    return {**kept, "unavailable": unavailable}


def _fields_of(whole: Any) -> dict[str, Any]:
    """List the fields of a model or dataclass that rules see and that are given."""
    kind: type = type(whole)
    found = ((name, _of(getattr(whole, attribute(kind, name)), shape)) for name, shape in members(kind).items())
    return {name: value for name, value in found if value is not None}


def _of(value: Any, shape: Shape) -> Any:
    """Put a value into plain data; what may be excused stands in `value`, unless it has fields of its own."""
    if value is None or (isinstance(value, float) and not isfinite(value)):
        return None  # a number that is none is not given
    if isinstance(value, NotApplicable):
        return {name: getattr(value, name) for name in EXCUSE}
    if isinstance(value, tuple | list):
        plainly: Any = [_one(entry) for entry in value]
    elif isinstance(value, Mapping):
        plainly = {_text(key): _one(entry) for key, entry in value.items()}
    else:
        plainly = _one(value)
    bare = shape.excused and (shape.many != "" or not isinstance(plainly, dict))
    return {"value": plainly} if bare else plainly


def _one(value: Any) -> Any:
    match value:
        case Stated():
            return _of(value.value, Shape())
        case Decimal():
            return float(value)
        case date():
            return value.isoformat()
        case StrEnum():
            return value.value
        case str():
            return _text(value)
        case bool() | int() | float():
            return value
        case _:
            return _fields_of(value)


def _text(text: str) -> str:
    return text.encode("utf-8", "replace").decode()  # half a surrogate fits no message


@lru_cache(maxsize=1)
def fields() -> Mapping[str, Shape]:
    """List every field of a proposal, like "eval.baseline.artifact"; entries of lists without their number."""
    return dict(_fields(Proposal, ""))


def _fields(kind: type, path: str) -> Iterable[tuple[str, Shape]]:
    if not issubclass(kind, BaseModel):
        return
    for name, shape in members(kind).items():
        at = f"{path}.{name}" if path else name
        yield at, shape
        if shape.message is not None:
            yield from _fields(shape.message, at)
