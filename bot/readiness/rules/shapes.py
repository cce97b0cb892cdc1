"""Of which types are the things that a rule may look at? Read off our own models, so that a rule is held to them at load."""

import collections.abc
import types
import typing
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from decimal import Decimal
from enum import Enum
from functools import lru_cache
from typing import Any, Literal

from pydantic import BaseModel

from bot.readiness.fact import Known
from bot.readiness.schema import NotApplicable
from bot.readiness.training_config import Stated

SCALARS: Mapping[type, str] = {
    str: "string",
    bool: "bool",
    int: "int",
    float: "double",
    Decimal: "double",
    date: "string",
}
EXCUSE = typing.get_type_hints(NotApplicable)
# what stands for rows, one by one: thousands of entries, their ids, and texts taken from files
ROWS = frozenset({"items", "ids", "leaked_items", "lengths", "lines", "leaked_lines", "conflict_lines", "first_lines"})


@typing.final
class Shape:
    """The type of one value: a scalar's name, or a message by its class; alone, as a list, or by name.

    `excused` marks a field that may also be "not applicable": what else it is then stands in `value`, unless it has fields
    of its own. `fact` marks what was seen or could not be. `words` are those that a text is one of; empty: any.
    """

    __slots__ = ("excused", "fact", "many", "message", "scalar", "words")

    def __init__(
        self,
        scalar: str | None = None,
        message: type | None = None,
        *,
        many: Literal["", "list", "map"] = "",
        excused: bool = False,
        fact: bool = False,
        words: tuple[str, ...] = (),
    ) -> None:
        """Take the parts."""
        self.scalar, self.message, self.many, self.excused, self.fact = scalar, message, many, excused, fact
        self.words = words


def of(annotation: Any) -> Shape | None:
    """Find the shape of an annotation of our models; None for what rules do not see."""
    annotation = _bare(annotation)
    if annotation in SCALARS:
        return Shape(SCALARS[annotation])
    origin, parts = typing.get_origin(annotation), [p for p in typing.get_args(annotation) if p is not type(None)]
    if origin is Literal:
        return Shape(SCALARS[type(parts[0])], words=tuple(part for part in parts if isinstance(part, str)))
    if origin is Stated:  # of a training config: the value alone, without its line
        return of(parts[0])
    if origin in (tuple, list) and parts:
        return _many(parts[0], "list")
    if origin in (dict, collections.abc.Mapping):
        return _many(parts[1], "map")
    if origin in (typing.Union, types.UnionType):
        return _union([_bare(part) for part in parts])
    if isinstance(annotation, type) and issubclass(annotation, Enum):
        return Shape("string", words=tuple(str(each.value) for each in annotation))
    if isinstance(annotation, type) and (issubclass(annotation, BaseModel) or is_dataclass(annotation)):
        return Shape(message=annotation)
    return None


def _bare(annotation: Any) -> Any:
    while typing.get_origin(annotation) is typing.Annotated:
        annotation = typing.get_args(annotation)[0]
    return annotation


def _many(annotation: Any, many: Literal["list", "map"]) -> Shape | None:
    inner = of(annotation)
    if inner is None or inner.many:
        return None
    return Shape(inner.scalar, inner.message, many=many, fact=inner.fact, words=inner.words)


def _union(parts: list[Any]) -> Shape | None:
    known = [part for part in parts if typing.get_origin(part) is Known]
    if known:
        return _fact(typing.get_args(known[0])[0])
    given = [part for part in parts if part is not NotApplicable]
    shapes = [shape for shape in map(of, given) if shape is not None]
    if len(shapes) == 1:
        only = shapes[0]
        excused = only.excused or len(given) < len(parts)
        return Shape(only.scalar, only.message, many=only.many, excused=excused, fact=only.fact, words=only.words)
    named = [shape for shape in shapes if shape.message is not None]
    if len(shapes) == 2 and len(named) == 1:  # a text, or a link to one
        return Shape(message=named[0].message, excused=True)
    return None


def _fact(kind: Any) -> Shape:
    inner = of(kind)
    return Shape(message=inner.message if inner and not inner.many else None, fact=True)


@lru_cache(maxsize=256)
def members(kind: type) -> Mapping[str, Shape]:
    """List what a rule sees of a model or dataclass: name as it is written in a file -> shape."""
    return dict(_members(kind))


def _members(kind: type) -> Iterator[tuple[str, Shape]]:
    if issubclass(kind, BaseModel):
        named = [(info.alias or name, info.annotation) for name, info in kind.model_fields.items()]
    else:
        hints = typing.get_type_hints(kind)
        named = [(each.name, hints[each.name]) for each in fields(kind)]  # type: ignore[arg-type]
    for name, annotation in named:
        shape = of(annotation)
        if shape is not None and not (shape.many and name in ROWS):
            yield name, shape


def attribute(kind: type, name: str) -> str:
    """Find the attribute behind a name as it is written: one that is a word of Python has another there."""
    if issubclass(kind, BaseModel) and name not in kind.model_fields:
        return next(own for own, info in kind.model_fields.items() if info.alias == name)
    return name
