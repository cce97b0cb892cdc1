"""Does a value hold to a JSON Schema that somebody else wrote? Nothing is fetched, and no schema takes long.

A schema may be written to take for ever: definitions that each refer twice to the next. How much it asks of one value is
counted before it is compiled. Patterns are matched in linear time; one that cannot be is stopped after some steps.
"""

import re
from collections.abc import Iterator
from typing import Any

from bot.sources import strict_json
from bot.sources.trouble import Unreadable, not_supported

MAX_BYTES = 262_144  # house: of a schema; an interface of some thousand fields has less
MAX_WORK = 20_000  # house: schemas that one value may be held to; more than 5,000 fields, the most that OpenAI takes
_BACKTRACKS = 10_000  # house: steps of a pattern with look-around; a form of a field takes some dozen
_MESSAGE = 200
_HIDDEN = "the value"
_FIX = 'Link the JSON Schema of one output, like {"type": "object", "properties": {...}, "required": [...]}.'
_NOT_HERE = ("$dynamicRef", "$recursiveRef")
# keywords that hold a schema, a list of them, or schemas by name
_ONE = frozenset(
    [
        "additionalItems",
        "additionalProperties",
        "contains",
        "contentSchema",
        "else",
        "if",
        "items",
        "not",
        "propertyNames",
        "then",
        "unevaluatedItems",
        "unevaluatedProperties",
    ]
)
_SEVERAL = frozenset(("allOf", "anyOf", "oneOf", "prefixItems", "items"))
_NAMED = frozenset(("properties", "patternProperties", "dependentSchemas", "dependencies"))
_SAYS_NOTHING = frozenset(
    [
        "$schema",
        "$id",
        "$comment",
        "$anchor",
        "$defs",
        "definitions",
        "title",
        "description",
        "default",
        "examples",
        "deprecated",
        "readOnly",
        "writeOnly",
        "strict",
        "name",
    ]
)


class JsonSchema:
    """A compiled schema."""

    def __init__(self, schema: dict[str, Any]) -> None:
        """Compile a schema; raises Unreadable for one that is none, or that asks for more than is looked at."""
        import jsonschema_rs  # most files need none of it

        _bounded(schema)
        self.schema = schema
        linear, stopped = jsonschema_rs.RegexOptions(), jsonschema_rs.FancyRegexOptions(backtrack_limit=_BACKTRACKS)
        try:
            self._validator = _compiled(schema, linear)
        except ValueError:
            try:
                self._validator = _compiled(schema, stopped)  # a pattern with look-around, or no schema at all
            except ValueError as error:
                at = path(getattr(error, "instance_path", []))
                said = strict_json.printable(getattr(error, "message", str(error)), _MESSAGE)
                raise Unreadable(f"It is no JSON Schema{f', at `{at}`' if at else ''}: {said}.", _FIX) from error

    def fits(self, value: Any) -> bool:
        """Say whether a value holds to the schema."""
        return bool(self._validator.is_valid(value))

    def misfit(self, value: Any) -> tuple[str, str]:
        """Find where a value does not hold to the schema, and why: a path like `items[0].sum`, and words without the value."""
        error = next(iter(self._validator.iter_errors(value)))
        return path(error.instance_path), strict_json.printable(error.message, _MESSAGE)


def _compiled(schema: dict[str, Any], patterns: Any) -> Any:
    import jsonschema_rs

    return jsonschema_rs.validator_for(schema, offline=True, mask=_HIDDEN, pattern_options=patterns)


def read(raw: bytes) -> JsonSchema:
    """Read the file of an output's schema, plain or as OpenAI's `response_format`; raises Unreadable."""
    try:
        found = strict_json.loads(raw, max_bytes=MAX_BYTES)
    except strict_json.BadJson as bad:
        raise Unreadable(f"It {bad}.", _FIX) from bad
    schema = _unwrapped(found)
    if not isinstance(schema, dict):
        raise Unreadable("It is no JSON Schema: no object.", _FIX)
    if _SAYS_NOTHING.issuperset(schema):
        raise Unreadable("It asks nothing of an output: every value holds to it.", _FIX)
    return JsonSchema(schema)


def _unwrapped(found: Any) -> Any:
    """Take the schema out of the forms in which the request of an API holds it."""
    for name in ("response_format", "format", "json_schema", "schema"):
        if isinstance(found, dict) and isinstance(found.get(name), dict) and not _is_schema(found):
            found = found[name]
    return found


def _is_schema(found: dict[str, Any]) -> bool:
    return found.get("type") != "json_schema" and not {
        "type",
        "properties",
        "$ref",
        "anyOf",
        "oneOf",
        "allOf",
        "enum",
    }.isdisjoint(found)


def path(steps: list[str | int]) -> str:
    """Write the place within a value as people do."""
    written = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in steps)
    return strict_json.printable(written.removeprefix("."), 80)


def within(schema: dict[str, Any]) -> Iterator[Any]:
    """Walk the schemas that stand in a schema and that a value is held to, but for those it refers to."""
    for keyword, inner in schema.items():
        if keyword in _ONE and isinstance(inner, dict):
            yield inner
        elif keyword in _SEVERAL and isinstance(inner, list):
            yield from inner
        elif keyword in _NAMED and isinstance(inner, dict):
            yield from inner.values()


def referred(schema: dict[str, Any], root: dict[str, Any]) -> Any:
    """Find what a schema refers to by `$ref`, None where it does not; raises Unreadable for what is not in the file."""
    if any(name in schema for name in _NOT_HERE):
        raise not_supported(
            "It refers by `$dynamicRef` or `$recursiveRef`, which is not read yet.",
            "Refer by `$ref`, like `#/$defs/name`.",
        )
    reference = schema.get("$ref")
    if not isinstance(reference, str):
        return None
    identity = root.get("$id")
    here = reference.removeprefix(identity.rstrip("#")) if isinstance(identity, str) else reference
    if not re.fullmatch(r"#?|#/.*", here, re.DOTALL):
        raise not_supported(
            f"It refers to `{strict_json.printable(reference)}`, which is not fetched.",
            "Put that schema under `$defs`, and refer to it by `#/$defs/name`.",
        )
    found: Any = root
    for step in here.lstrip("#").split("/")[1:]:
        name = step.replace("~1", "/").replace("~0", "~")
        if isinstance(found, list) and name.isascii() and name.isdigit() and int(name) < len(found):
            found = found[int(name)]
        elif isinstance(found, dict) and name in found:
            found = found[name]
        else:
            raise Unreadable(f"It refers to `{strict_json.printable(reference)}`, which is not there.", _FIX)
    return found


def _bounded(root: dict[str, Any]) -> None:
    """Count the schemas that one value may be held to; raises Unreadable where they are too many.

    A schema that refers to itself is counted once: of each value the validator remembers that it is held to it already.
    """
    known: dict[int, int] = {}
    begun: set[int] = set()

    def work(schema: Any) -> int:
        if not isinstance(schema, dict) or id(schema) in begun:
            return 1
        if id(schema) not in known:
            begun.add(id(schema))
            inner = sum(map(work, within(schema)))
            known[id(schema)] = 1 + inner + work(referred(schema, root))
            begun.discard(id(schema))
        if known[id(schema)] > MAX_WORK:
            raise Unreadable(
                f"It asks too much of one value: more than {MAX_WORK:,} schemas, counted as often as they are referred to.",
                "Write it with fewer definitions that refer to one another.",
            )
        return known[id(schema)]

    try:
        work(root)
    except RecursionError as error:
        raise Unreadable("Its definitions refer to one another in too long a chain.", _FIX) from error
