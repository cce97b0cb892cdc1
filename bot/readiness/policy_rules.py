"""Which rules does a policy file write? Each that can be asked, with its line; what is wrong with the others is told."""

from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any

from pydantic import TypeAdapter, ValidationError

from bot.readiness.policy import MAX_RULES, Opinion, Rule, RuleId
from bot.readiness.rules import loading
from bot.readiness.strict_yaml import child
from bot.readiness.wording import meant

Complain = Callable[[int, str, str], None]
"""Takes the line, what is wrong there, and what to do."""

_NAME: TypeAdapter[str] = TypeAdapter(RuleId)
_NEEDS = {
    "missing": ("is needed", "Add `{name}: ...`."),
    "string_type": ("is a text", "Put it in quotes."),
    "string_too_long": ("is longer than {max_length:,} characters", "Shorten it."),
}
_DOCS = "See docs/policy-rules.md."


def rules(given: Any, checks: Collection[str], line: Callable[[str], int], complain: Complain) -> Iterator[Opinion]:
    """Read the rules of a policy file; `checks` are the names that are taken, `line` finds a field's line."""
    if given is None:
        return
    if not isinstance(given, Mapping) or len(given) > MAX_RULES:
        complain(line("rules"), f"`rules` are at most {MAX_RULES} rules by their names.", _DOCS)
        return
    for name, entry in given.items():
        at = child("rules", name)
        rule = _rule(name, entry, line, complain)
        found = list(loading.problems({name: rule}, checks, line)) if rule is not None else []
        for problem in found:
            complain(problem.line, problem.message, problem.fix)
        if rule is not None and not found:
            yield Opinion(("rules", name), rule, line(at))


def _rule(name: str, entry: Any, line: Callable[[str], int], complain: Complain) -> Rule | None:
    at = child("rules", name)
    try:
        _NAME.validate_python(name)
    except ValidationError:
        shown = name.replace("`", " ")[:60]
        complain(
            line(at),
            f"`{shown}` is no name of a rule.",
            "Lower-case words joined by hyphens, like `approved-providers`.",
        )
        return None
    try:
        return Rule.model_validate(entry)
    except ValidationError as error:
        for detail in error.errors(include_url=False):
            part = str(detail["loc"][0]) if detail["loc"] else ""
            complain(line(child(at, part) if part else at), *_in_words(detail, f"rules.{name}", part))
        return None


def _in_words(detail: Any, rule: str, part: str) -> tuple[str, str]:
    kind, context, fields = detail["type"], detail.get("ctx", {}), list(Rule.model_fields)
    if not part:
        return f"`{rule}`: named fields are needed here.", f"A rule has {', '.join(f'`{each}`' for each in fields)}."
    shown = part.replace("`", " ")[:60]
    if kind == "extra_forbidden":
        return f"The field `{shown}` is not known here.", meant(part, fields) or _DOCS
    if kind == "enum":
        words = str(context["expected"]).replace("'", "").replace(" or ", ", ").split(", ")
        fix = meant(str(detail.get("input")), words) or "Take one of these."
        return f"`{rule}.{shown}` is one of: {', '.join(words)}.", fix
    said, fix = _NEEDS.get(kind, ("cannot be read", "Correct this value."))
    return f"`{rule}.{shown}` {said.format(**context)}.", fix.format(name=shown)
