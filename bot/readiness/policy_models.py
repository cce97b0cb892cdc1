"""What does an organisation know of models? The entries of its policy, each with its line; what cannot be read is told."""

from collections.abc import Callable, Iterator
from typing import Any

from pydantic import BaseModel, ValidationError

from bot.readiness.model_facts import ModelEntry, Prices
from bot.readiness.policy import MAX_MODELS, Opinion
from bot.readiness.strict_yaml import child
from bot.readiness.wording import meant

Complain = Callable[[str, str, str], None]
"""Takes the field, what is wrong there, and what to do."""

_DOCS = "See docs/models.md."
_NEEDS = {
    "missing": ("is needed", "Add `{name}: ...`."),
    "string_type": ("is a text", "Put it in quotes."),
    "string_pattern_mismatch": ("is not of the expected form", "Three capital letters, like `USD`."),
    "string_too_short": ("is empty", "Write something, or remove the field."),
    "too_short": ("is empty", "Write the model's name, or several; `*` stands for anything."),
}
_PARTS: dict[str, type[BaseModel]] = {"per_million": Prices}


def models(given: Any, line: Callable[[str], int], complain: Complain) -> Iterator[Opinion]:
    """Read the entries of a policy file, in its form of docs/models.md; `line` finds a field's line.

    An organisation's own word does not age: a `checked_on` beside it is for people.
    """
    if given is None:
        return
    if not isinstance(given, list) or len(given) > MAX_MODELS:
        complain("models", f"`models` is a list of at most {MAX_MODELS} entries.", _DOCS)
        return
    for number, each in enumerate(given):
        at = child("models", number)
        try:
            entry = ModelEntry.model_validate(each)
        except ValidationError as error:
            for detail in error.errors(include_url=False):
                complain(*_in_words(detail, at))
            continue
        yield Opinion(("models", str(number)), entry.model_copy(update={"checked_on": None}), line(at), entry.source)


def _in_words(detail: Any, entry: str) -> tuple[str, str, str]:
    kind, parts = detail["type"], [str(part) for part in detail["loc"]]
    if not parts:
        return entry, "An entry has named fields.", "Write `- provider: ...`, and `match` and `source` below it."
    at = child(entry, parts[0]) if len(parts) == 1 else child(child(entry, parts[0]), parts[1])
    name = parts[-1].replace("`", " ")[:60]
    shown = ".".join(parts[:2]).replace("`", " ")[:60]
    if kind == "extra_forbidden":
        known = _PARTS.get(parts[0], ModelEntry) if len(parts) > 1 else ModelEntry
        return at, f"The field `{name}` is not known here.", meant(name, known.model_fields) or _DOCS
    if kind == "value_error":
        return at, f"`{shown}`: {detail['ctx']['error']}.", "Correct this value."
    said, fix = _NEEDS.get(kind, ("cannot be read", _DOCS))
    return at, f"`{shown}` {said}.", fix.format(name=name)
