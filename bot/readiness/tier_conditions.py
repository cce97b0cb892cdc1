"""When is a proposal of a tier? What a policy may ask of the proposal's fields, and whether a proposal says so.

There are two questions, and no language: is a number at least so large, and is a word one of these. A field that is not
stated is read against the proposal: it counts as if it held for a tier that tightens, and does not for one that loosens.
"""

import types
import typing
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

from pydantic import BaseModel

from bot.readiness.economics import DAYS, requests12
from bot.readiness.policy import Condition, Tier
from bot.readiness.schema import Proposal, at
from bot.readiness.strict_yaml import child

Tell = Callable[[str, str, str], None]
"""Takes what is wrong: the field, a sentence, what to do."""

REQUESTS_PER_DAY = "requests_per_day"  # of `ops_cost.volume`, whatever its period
MAX_CONDITIONS = 10  # house: of one tier


@dataclass(frozen=True, slots=True)
class Kind:
    """What a field of the proposal holds: a number, or a word (of `words`, where only these can stand there)."""

    number: bool
    words: tuple[str, ...] = ()


def conditions(given: Any, where: str, tell: Tell) -> tuple[Condition, ...]:
    """Read `when`; what is wrong goes to `tell` with its field, what is wrong and what to do."""
    fix = "Write `when: {training.provider: {in: [openai]}}` or `when: {requests_per_day: {at_least: 100000}}`."
    if not isinstance(given, Mapping) or not given or len(given) > MAX_CONDITIONS:
        tell(where, f"A tier says for which proposals it is, by at most {MAX_CONDITIONS} conditions.", fix)
        return ()
    found = []
    for field, asked in given.items():
        kind, here = kind_of(field), child(where, field)
        if kind is None:
            tell(here, f"`{field[:60]}` is no field with a number or a word in a proposal.", fix)
        elif not isinstance(asked, Mapping) or len(asked) != 1 or not set(asked) <= {"at_least", "in"}:
            tell(here, f"`{field}` is asked by one of: at_least, in.", fix)
        else:
            found += [made] if (made := _condition(field, kind, asked, here, tell)) else []
    return tuple(found) if len(found) == len(given) else ()


def _condition(field: str, kind: Kind, asked: Mapping[str, Any], here: str, tell: Tell) -> Condition | None:
    if "at_least" in asked:
        least = asked["at_least"]
        if not kind.number:
            tell(here, f"`{field}` holds no number.", "Ask with `in: [...]`.")
        elif isinstance(least, bool) or not isinstance(least, int | float):
            tell(here, "`at_least` needs a number.", "Write it without quotes.")
        else:
            return Condition(field=field, at_least=Decimal(str(least)))
        return None
    words = asked["in"]
    if kind.number:
        tell(here, f"`{field}` holds a number.", "Ask with `at_least: ...`.")
        return None
    if not isinstance(words, list) or not words or not all(isinstance(word, str | bool) for word in words):
        tell(here, "`in` needs a list of words.", "Write `in: [first, second]`.")
        return None
    among = tuple(_word(word) for word in words)
    if kind.words and (strange := [word for word in among if word not in kind.words]):
        tell(here, f"`{field}` is never `{strange[0][:60]}`.", f"Known there: {', '.join(kind.words)}.")
        return None
    return Condition(field=field, among=among)


def kind_of(field: str) -> Kind | None:
    """Find what a field of the proposal holds; None where it is no number and no word."""
    if field == REQUESTS_PER_DAY:
        return Kind(number=True)
    annotations: list[Any] = [Proposal]
    for name in field.split("."):
        models = [part for annotation in annotations for part in _parts(annotation)]
        annotations = [
            info.annotation
            for model in models
            if isinstance(model, type) and issubclass(model, BaseModel)
            for key, info in model.model_fields.items()
            if name in (key, info.alias)
        ]
    leaves = [part for annotation in annotations for part in _parts(annotation)]
    if any(isinstance(part, type) and issubclass(part, int | float | Decimal) and part is not bool for part in leaves):
        return Kind(number=True)
    words = tuple(
        _word(word) for part in leaves if typing.get_origin(part) is Literal for word in typing.get_args(part)
    )
    if words:
        return Kind(number=False, words=words)
    if bool in leaves:
        return Kind(number=False, words=("true", "false"))
    return Kind(number=False) if str in leaves else None


def _parts(annotation: Any) -> Iterator[Any]:
    origin = typing.get_origin(annotation)
    if origin in (typing.Union, types.UnionType):
        for part in typing.get_args(annotation):
            yield from _parts(part)
    elif origin is typing.Annotated:
        yield from _parts(typing.get_args(annotation)[0])
    else:
        yield annotation


def reasons(tier: Tier, proposal: Proposal) -> tuple[str, ...] | None:
    """Say why a proposal is of a tier, a reason for each condition; None where it is not."""
    found = []
    for condition in tier.when:
        value = _value(proposal, condition.field)
        if value is None:
            if tier.loosens:
                return None
            found.append(f"{condition.field} is not stated")
        elif condition.at_least is not None:
            if not isinstance(value, int | float | Decimal) or Decimal(str(value)) < condition.at_least:
                return None
            found.append(f"{condition.field} is {Decimal(str(value)):,.10g}, at least {condition.at_least:,}")
        elif _word(value) in condition.among:
            found.append(f"{condition.field} is {_word(value)}")
        else:
            return None
    return tuple(found)


def _value(proposal: Proposal, field: str) -> Any:
    if field == REQUESTS_PER_DAY:
        a_year = requests12(proposal.ops_cost.volume)
        return None if a_year is None else a_year / DAYS
    return at(proposal, field)


def _word(value: object) -> str:
    """Write true and false as a policy does."""
    return str(value).lower() if isinstance(value, bool) else str(value)
