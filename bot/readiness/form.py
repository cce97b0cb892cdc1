"""What is wrong with a field, in words for people? Turns the schema's refusals into problems, each at its own field."""

import types
import typing
from collections.abc import Callable, Iterator
from typing import Any

from pydantic import BaseModel

from bot.readiness.link import BadLink
from bot.readiness.schema import Proposal
from bot.readiness.strict_yaml import Problem, child
from bot.readiness.wording import meant

Keys = list[str | int]

_FORMS = {
    "adapter": "Lower-case words joined by hyphens, like `ticket-router`.",
    "primary": "A GitHub login without @.",
    "backup": "A GitHub login without @.",
    "team": "Write `organisation/team`.",
    "digest": "Hex digits: the sha256 of the weights (64), or the commit that pins them (40).",
    "currency": "Three capital letters, like `USD`.",
    "sha256": "64 lower-case hex digits.",
}
# kind of refusal -> what is needed, what to do
_NEEDS = {
    "string_type": ("a text is needed here", 'Put quotes around it, like "7".'),
    "string_too_short": ("this text is empty", "Write something, or remove the field."),
    "int_type": ("a whole number is needed here", "Write it without quotes, dots and commas, like 5000."),
    "int_from_float": ("a whole number is needed here", "Write it without a fraction, like 5000."),
    "bool_type": ("`true` or `false` is needed here", "Write `true` or `false`, without quotes."),
    "tuple_type": ("a list is needed here", "Write `[first, second]`, or one entry a line after `- `."),
    "dict_type": ("named fields are needed here", "Write `{name: value}`, or one field a line, indented."),
    "model_type": ("named fields are needed here", "Write `{name: value}`, or one field a line, indented."),
    "model_attributes_type": ("named fields are needed here", "Write `{name: value}`, or one field a line, indented."),
}


def problem(
    detail: Any, data: Any, line: Callable[[str], int], whole: type[BaseModel] = Proposal
) -> tuple[Problem, Keys]:
    """Turn one of the refusals of a schema (`whole`) into a problem and the keys that lead to the value to leave out."""
    keys: Keys = []
    at = ""
    here: Any = data
    for part in detail["loc"]:
        if isinstance(part, str) and part.startswith("form:"):
            continue  # the tag of a union, no field
        if has(here, part):
            here = here[part]
        elif part == "uri" and isinstance(here, str):
            continue  # a bare link
        elif part == "[key]":
            continue  # the key of a mapping is refused: the keys end at it
        else:
            at = child(at, part)
            break
        keys.append(part)
        at = child(at, part)
    if isinstance(detail.get("ctx", {}).get("error"), BadLink) and has(here, "uri"):
        at = child(at, "uri")  # a link with a pin
    message, fix = _words(detail, at, keys, whole)
    if keys and keys[-1] == "not_applicable":
        keys.pop()  # without its code the excuse would be read as something else
    # where a required field is missing, `keys` ends at its section: what lacks it is left out whole
    return Problem(line(at), at, message, fix), keys


def has(here: Any, key: str | int) -> bool:
    """Say whether plain data has a key or an index."""
    return (isinstance(here, dict) and key in here) or (
        isinstance(here, list) and isinstance(key, int) and key < len(here)
    )


def _words(detail: Any, at: str, keys: Keys, whole: type[BaseModel]) -> tuple[str, str]:
    kind, name, context = detail["type"], at.rsplit(".", 1)[-1], detail.get("ctx", {})
    shown = at.replace("`", " ")[:120]
    if kind == "extra_forbidden":
        valid = _valid_keys(keys[:-1], whole)
        if keys[-1] in valid:  # known here, but not in this form of it
            return f"The field `{keys[-1]}` does not go with `not_applicable`.", "Keep one of the two."
        fix = meant(str(keys[-1]), valid) or f"Known here: {', '.join(f'`{key}`' for key in valid)}."
        return f"The field `{str(keys[-1]).replace('`', ' ')[:60]}` is not known here.", fix
    if kind == "missing":
        return f"The field `{shown}` is required.", f"Add `{name}`."
    if kind == "literal_error":
        expected = str(context.get("expected", "")).replace(" or ", ", ").replace("'", "")
        given = str(detail.get("input"))[:60]
        return f"`{shown}` is one of: {expected}.", meant(given, expected.split(", ")) or "Take one of these."
    if kind == "value_error":
        return f"`{shown}`: {context.get('error', detail['msg'])}.", "Correct this value."
    if kind == "string_pattern_mismatch":
        if context.get("pattern") == r"\S":
            kind = "string_too_short"
        else:
            return f"`{shown}` is not of the expected form.", _FORMS.get(
                name, "Compare it with the documented example."
            )
    if kind == "string_too_long":
        return f"`{shown}` is longer than {context['max_length']:,} characters.", "Shorten it, or link to a file."
    if kind in ("greater_than_equal", "less_than_equal"):
        bound, word = (context["ge"], "at least") if "ge" in context else (context["le"], "at most")
        return f"`{shown}` is {word} {bound}.", "Correct this value."
    needs, fix = _NEEDS.get(kind, (f"{detail['msg'][:1].lower()}{detail['msg'][1:]}", "Correct this value."))
    return f"`{shown}`: {needs}.", fix


def _valid_keys(keys: Keys, whole: type[BaseModel]) -> list[str]:
    models: list[type[BaseModel]] = [whole]
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
