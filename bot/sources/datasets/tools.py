"""Does a call hold to the tools that its own row offers? Its name to one of them, its arguments to that one's schema.

What a row says of its tools is not always a JSON Schema, and trainers take it all the same: such a tool holds nothing.
"""

from functools import lru_cache
from typing import Any

import msgspec

from bot.sources import strict_json
from bot.sources.datasets.json_schema import MAX_BYTES, JsonSchema
from bot.sources.datasets.scan import Faulty
from bot.sources.trouble import Unreadable

_KEPT = 256  # sets of tools, and schemas, that are kept compiled; most files have a few


class Tools:
    """The tools that a row offers."""

    def __init__(self, offered: list[Any]) -> None:
        """Take the tools as the row lists them; what has no name is none."""
        self._schemas: dict[str, JsonSchema | None] = {}
        for tool in offered:
            function = tool.get("function", tool) if isinstance(tool, dict) else None
            if isinstance(function, dict) and isinstance(function.get("name"), str):
                self._schemas[function["name"]] = _compiled(msgspec.json.encode(function.get("parameters")))

    def fault(self, name: str, arguments: str, at: str) -> Faulty | None:
        """Find what is wrong with a call, whose arguments are the text of a JSON object; None where nothing is."""
        if not self._schemas:
            return None
        if name not in self._schemas:
            return Faulty(
                "tool_unknown", f"`{at}` calls `{strict_json.printable(name)}`, which the row does not offer."
            )
        schema, values = self._schemas[name], msgspec.json.decode(arguments)
        if schema is None or schema.fits(values):
            return None
        where, why = schema.misfit(values)
        place = f"`{strict_json.printable(name)}`" + (f" at `{where}`" if where else "")
        return Faulty("tool_arguments_schema", f"`{at}` calls {place} otherwise than its schema asks: {why}.")


@lru_cache(_KEPT)
def held_to(tools: str) -> Tools:
    """Read the JSON text of a row's tools, once for all rows that offer the same."""
    return Tools(msgspec.json.decode(tools))


@lru_cache(_KEPT)
def _compiled(parameters: bytes) -> JsonSchema | None:
    schema = msgspec.json.decode(parameters)
    if not isinstance(schema, dict) or len(parameters) > MAX_BYTES:
        return None
    try:
        return JsonSchema(schema)
    except Unreadable:
        return None
