"""How does the expression library know our types? As protobuf messages, described from the shapes when first needed."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from google.protobuf import descriptor_pb2, descriptor_pool, json_format, message_factory, wrappers_pb2
from google.protobuf.message import Message

from bot.readiness.evidence import Evidence
from bot.readiness.rules.shapes import EXCUSE, Shape, members
from bot.readiness.rules.variables import Given, Unread

PACKAGE = "tunegate"
_WRAPPERS = {"string": "StringValue", "bool": "BoolValue", "int": "Int64Value", "double": "DoubleValue"}
_Field = descriptor_pb2.FieldDescriptorProto
_PLAIN = {
    "string": _Field.TYPE_STRING,
    "bool": _Field.TYPE_BOOL,
    "int": _Field.TYPE_INT64,
    "double": _Field.TYPE_DOUBLE,
}
_TEXT = {name: Shape("string") for name in EXCUSE}


@lru_cache(maxsize=1)
def pool() -> descriptor_pool.DescriptorPool:
    """Describe every type that a rule may look at."""
    described = _Described()
    described.message("Given", members(Given))
    made = descriptor_pool.DescriptorPool()
    wrappers = descriptor_pb2.FileDescriptorProto()
    wrappers_pb2.DESCRIPTOR.CopyToProto(wrappers)
    made.Add(wrappers)
    made.Add(described.file)
    return made


def encode(given: Mapping[str, Any]) -> bytes:
    """Put the variables into bytes."""
    message = _class()()
    json_format.ParseDict(dict(given), message)
    return message.SerializeToString(deterministic=True)


def decode(given: bytes) -> dict[str, Any]:
    """Read the variables back: name -> message, list or text."""
    message: Any = _class()()
    message.ParseFromString(given)
    return {
        "proposal": message.proposal,
        "facts": message.facts,
        "findings": list(message.findings),
        "opened_on": message.opened_on.value,
    }


@lru_cache(maxsize=1)
def _class() -> type[Message]:
    return message_factory.GetMessageClass(pool().FindMessageTypeByName(f"{PACKAGE}.Given"))


class _Described:
    """The descriptions so far, each type once."""

    def __init__(self) -> None:
        self.file = descriptor_pb2.FileDescriptorProto(name="tunegate.proto", package=PACKAGE, syntax="proto3")
        self.file.dependency.append("google/protobuf/wrappers.proto")
        self._made: set[str] = set()

    def message(self, name: str, own: Mapping[str, Shape]) -> str:
        """Describe a message by its members; return its full name."""
        if name not in self._made:
            self._made.add(name)
            described = descriptor_pb2.DescriptorProto(name=name)
            for number, (member, shape) in enumerate(own.items(), 1):
                self._field(described, member, number, shape)
            self.file.message_type.append(described)
        return f".{PACKAGE}.{name}"

    def _field(self, within: descriptor_pb2.DescriptorProto, name: str, number: int, shape: Shape) -> None:
        field = within.field.add(name=name, number=number, label=_Field.LABEL_OPTIONAL)
        if shape.excused:
            self._typed(field, self._excused(f"{within.name}_{name}", shape))
        elif shape.many == "map":
            entry = within.nested_type.add(name=f"{_camel(name)}Entry")
            entry.options.map_entry = True
            entry.field.add(name="key", number=1, label=_Field.LABEL_OPTIONAL, type=_Field.TYPE_STRING)
            self._element(entry.field.add(name="value", number=2, label=_Field.LABEL_OPTIONAL), shape)
            field.label = _Field.LABEL_REPEATED
            self._typed(field, f".{PACKAGE}.{within.name}.{entry.name}")
        elif shape.many == "list":
            field.label = _Field.LABEL_REPEATED
            self._element(field, shape)
        elif shape.scalar is not None:
            self._typed(field, f".google.protobuf.{_WRAPPERS[shape.scalar]}")
        else:
            self._element(field, shape)

    def _element(self, field: _Field, shape: Shape) -> None:
        if shape.fact:
            seen = {"grade": Shape("string")} | ({"value": Shape(message=shape.message)} if shape.message else {})
            name = f"Seen{_name(shape.message)}" if shape.message else "Seen"
            self._typed(field, self.message(name, seen))
        elif shape.message is not None:
            self._typed(field, self.message(_name(shape.message), _all(shape.message)))
        else:
            field.type = _PLAIN[shape.scalar or "string"]

    def _excused(self, name: str, shape: Shape) -> str:
        """Describe what may also be not applicable: a value of its own, or the fields of what else it is."""
        if shape.message is None or shape.many:
            own = {"value": Shape(shape.scalar, shape.message, many=shape.many)}
        else:
            own = {"value": Shape("string"), **members(shape.message)}
        return self.message(name, {**own, **_TEXT})

    def _typed(self, field: _Field, name: str) -> None:
        field.type = _Field.TYPE_MESSAGE
        field.type_name = name


def _all(kind: type) -> Mapping[str, Shape]:
    if kind is not Evidence:
        return members(kind)
    return {**members(kind), "unavailable": Shape(message=Unread, many="list")}


def _name(kind: type) -> str:
    """Name a type, so that one of a claim and one of a fact do not meet (both know a latency)."""
    claimed = kind.__module__.startswith("bot.readiness.schema")
    return f"{kind.__name__}{'' if claimed else 'Seen'}"


def _camel(name: str) -> str:
    return "".join(part.capitalize() for part in name.split("_"))
