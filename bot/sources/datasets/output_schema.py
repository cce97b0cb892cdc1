"""Does every target hold to the schema that the proposal declares for the task's output?

A target is a text that holds JSON, or calls of tools. Calls are held to the tools that their row offers, by the row's own
reader; where it offers none, their arguments are held to the output's schema. Of preferences the answer that is to be given
is judged: the other one may be wrong in any way.
"""

import re
from typing import Any

from bot.sources import strict_json
from bot.sources.datasets import json_schema
from bot.sources.datasets.scan import MAX_ROW_BYTES, Example, Faulty

_REMEMBERED = 10_000  # distinct targets whose judgement is kept: labels repeat
_FEW = 100  # house: values of a whole number between two bounds that still are a choice
_LONGEST = 32  # house: repetitions within a pattern that still leave little to say
_ANYTHING = re.compile(r"(?<!\\)(?:\\\\)*(?:[.*+]|\[\^)|\\[SWDPp]|\{\d+,\}")
_BETWEEN = re.compile(r"\{(?:\d+,)?(\d+)\}")


class OutputSchema:
    """Holds targets to a schema. `output` is what the task puts out, as the proposal says."""

    def __init__(self, raw: bytes, output: str | None = None) -> None:
        """Read the file of the schema; raises Unreadable."""
        self._schema = json_schema.read(raw)
        self._calls_alone = output == "tool_calls"
        self._known: dict[str, Faulty | None] = {}
        self.constrained = is_constrained(self._schema.schema)
        # a schema of texts: the label `refund` stands in the rows without quotes
        self._is_of_texts = not self._schema.fits({}) and not self._schema.fits([])

    def fault(self, example: Example) -> Faulty | None:
        """Find what is wrong with a valid row's target; None where nothing is, or where it is not to be judged."""
        target = example.target
        if target is None or example.wanted is False:
            return None
        if example.calls:
            if example.tools:
                return None
            faults = (self._misfit(strict_json.quickly(arguments.encode()), name) for name, arguments in example.calls)
            return next((fault for fault in faults if fault), None)
        if self._calls_alone or (example.rejected is not None and example.tools):
            return None
        if target not in self._known:
            fault = self._of_text(target)
            if len(self._known) >= _REMEMBERED:
                return fault
            self._known[target] = fault
        return self._known[target]

    def _of_text(self, target: str) -> Faulty | None:
        if self._is_of_texts and self._schema.fits(target):
            return None
        try:
            value = strict_json.loads(target.encode("utf-8", "replace"), max_bytes=MAX_ROW_BYTES)
        except strict_json.BadJson as bad:
            fenced = " (JSON between fences of Markdown is none)" if target.lstrip().startswith("```") else ""
            return Faulty("output_json", f"The answer {bad}{fenced}.")
        return self._misfit(value)

    def _misfit(self, value: Any, call: str | None = None) -> Faulty | None:
        if self._schema.fits(value):
            return None
        where, why = self._schema.misfit(value)
        whose = "The answer" if call is None else f"The call of `{strict_json.printable(call)}`"
        at = f" at `{where}`" if where else ""
        return Faulty("output_schema", f"{whose} does not hold to the schema{at}: {why}.")


def is_constrained(schema: Any) -> bool:
    """Say whether a schema leaves only a choice: at every place some values, or a text by a pattern that says nearly all."""
    try:
        return _is_choice(schema, schema, 0)
    except (RecursionError, TypeError, ValueError):
        return False


def _is_choice(schema: Any, root: dict[str, Any], depth: int) -> bool:
    if not isinstance(schema, dict) or depth > strict_json.MAX_DEPTH:
        return schema is False
    if "enum" in schema or "const" in schema:
        return True
    inner = json_schema.referred(schema, root)
    if inner is not None:
        return _is_choice(inner, root, depth + 1)
    for keyword in ("anyOf", "oneOf"):
        if isinstance(branches := schema.get(keyword), list):
            return all(_is_choice(branch, root, depth + 1) for branch in branches)
    kind = schema.get("type")
    kinds = kind if isinstance(kind, list) else [kind]
    return all(_OF_KIND.get(str(each), _never)(schema, root, depth) for each in kinds)


def _is_pattern(schema: dict[str, Any], root: dict[str, Any], depth: int) -> bool:
    pattern = schema.get("pattern")
    if (
        not isinstance(pattern, str)
        or not (pattern.startswith("^") and pattern.endswith("$"))
        or _ANYTHING.search(pattern)
    ):
        return False
    return all(int(most) <= _LONGEST for most in _BETWEEN.findall(pattern))


def _is_range(schema: dict[str, Any], root: dict[str, Any], depth: int) -> bool:
    least, most = schema.get("minimum"), schema.get("maximum")
    return isinstance(least, int) and isinstance(most, int) and most - least < _FEW


def _is_object(schema: dict[str, Any], root: dict[str, Any], depth: int) -> bool:
    fields = schema.get("properties")
    if not isinstance(fields, dict) or not fields or schema.get("additionalProperties") is not False:
        return False
    return "patternProperties" not in schema and all(_is_choice(each, root, depth + 1) for each in fields.values())


def _is_list(schema: dict[str, Any], root: dict[str, Any], depth: int) -> bool:
    bounded = schema.get("uniqueItems") is True or isinstance(schema.get("maxItems"), int)
    return bounded and "prefixItems" not in schema and _is_choice(schema.get("items"), root, depth + 1)


def _always(schema: dict[str, Any], root: dict[str, Any], depth: int) -> bool:
    return True


def _never(schema: dict[str, Any], root: dict[str, Any], depth: int) -> bool:
    return False


_OF_KIND = {
    "boolean": _always,
    "null": _always,
    "string": _is_pattern,
    "integer": _is_range,
    "object": _is_object,
    "array": _is_list,
}
