"""What is known of a model: its prices, until when it can be trained and served, what comes after it, and how old is that?

An entry is what one table says of one model; facts are what all tables say together. The organisation's policy wins over all;
then the operator's own file; then, field by field, the table that was looked at last. An entry that is missing says nothing:
absent is not current.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from enum import IntEnum
from functools import reduce
from typing import Annotated, Any, Literal

from dateutil.relativedelta import relativedelta
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

from bot.readiness.model_place import MAX_NAME, Place, is_named
from bot.readiness.schema.parts import Day

MILLION = Decimal(10**6)
_GROUPS = (
    ("input_price", "output_price"),
    ("tuned_input_price", "tuned_output_price"),
    ("training_price",),
    ("gpu_hourly",),
)

Word = Annotated[str, StringConstraints(strict=True, min_length=1, max_length=MAX_NAME, pattern=r"\S")]


def _decimal(value: object) -> object:
    if isinstance(value, str) and re.fullmatch(r"[0-9]{1,12}(\.[0-9]{1,60})?(E[+-]?[0-9]{1,2})?", value):
        return Decimal(value)
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        raise ValueError("a plain number is needed here, like 0.15")
    number = Decimal(str(value))
    if not number.is_finite() or not 0 <= number <= 10**9:
        raise ValueError("this number is out of range")
    return number


Price = Annotated[Decimal, BeforeValidator(_decimal)]


def _listed(value: object) -> object:
    return (value,) if isinstance(value, str) else value


class Section(BaseModel):
    """A part of an entry."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Prices(Section):
    """Prices of a million tokens: of the model as it is, of what was tuned on it, of training."""

    input: Price | None = None
    output: Price | None = None
    tuned_input: Price | None = None
    tuned_output: Price | None = None
    training: Price | None = None


class ModelEntry(Section):
    """What one table says of a model. `match` are its names at that provider, `*` in them stands for anything.

    `retires_on` is the last day of the base model itself, `servable_until` that of what was tuned on it, `trainable_until` the
    last day on which a job can be started; `months_after_retirement` says how much longer than its base a tuned model is served.
    """

    provider: Word
    match: Annotated[tuple[Word, ...], BeforeValidator(_listed), Field(min_length=1, max_length=50)]
    per_million: Prices = Prices()
    currency: Annotated[str, StringConstraints(strict=True, pattern=r"^[A-Z]{3}$")] = "USD"
    gpu_hourly: Price | None = None
    retires_on: Day | None = None
    servable_until: Day | None = None
    trainable_until: Day | None = None
    months_after_retirement: Annotated[int, Field(ge=0, le=120, strict=True)] | None = None
    replacement: Word | None = None
    open_weights: bool | None = None
    source: Annotated[str, StringConstraints(strict=True, min_length=1, max_length=500)]
    checked_on: Day | None = None

    def is_of(self, wanted: Place) -> bool:
        """Say whether the entry speaks of a model."""
        return self.provider == wanted.provider and any(is_named(pattern, wanted) for pattern in self.match)

    @property
    def is_general(self) -> bool:
        """Say whether the entry speaks of many models."""
        return any("*" in pattern for pattern in self.match)


class ModelFile(Section):
    """A file of entries: an operator's own, or the one that is built in. `checked_on` stands for entries without a day."""

    version: Literal[1]
    checked_on: Day | None = None
    models: Annotated[tuple[ModelEntry, ...], Field(max_length=2000)]

    @property
    def entries(self) -> tuple[ModelEntry, ...]:
        """The entries, each with its day."""
        return tuple(
            one if one.checked_on else one.model_copy(update={"checked_on": self.checked_on}) for one in self.models
        )


class Layer(IntEnum):
    """Whose word an entry is, the strongest first."""

    POLICY = 0
    OPERATOR = 1
    TABLE = 2  # built in, or read from a published table: the one that was looked at last


@dataclass(frozen=True, slots=True)
class Told:
    """An entry with whose word it is, and the digest of the file that it stood in."""

    layer: Layer
    entry: ModelEntry
    sha256: str | None = None


@dataclass(frozen=True, slots=True)
class ModelFacts:
    """What all tables say of one model at one provider. Prices are per token, in `currency`; None: no table says it.

    `*_on` are the days on which the tables were last looked at, None for the organisation's own word, which does not age.
    """

    provider: str
    name: str
    currency: str = "USD"
    input_price: Decimal | None = None
    output_price: Decimal | None = None
    tuned_input_price: Decimal | None = None
    tuned_output_price: Decimal | None = None
    training_price: Decimal | None = None
    gpu_hourly: Decimal | None = None
    prices_on: date | None = None
    prices_from: str | None = None
    retires_on: date | None = None
    servable_until: date | None = None
    trainable_until: date | None = None
    months_after_retirement: int | None = None
    dates_on: date | None = None
    dates_from: str | None = None
    replacement: str | None = None
    open_weights: bool | None = None

    @property
    def served_until(self) -> date | None:
        """The last day on which what was tuned on the model can be served; without a word of it, that of the base."""
        if self.servable_until is not None or self.retires_on is None:
            return self.servable_until
        return self.retires_on + relativedelta(months=self.months_after_retirement or 0)

    @property
    def trained_until(self) -> date | None:
        """The last day on which a job can be started; without a word of it, that of the base."""
        return self.trainable_until or self.retires_on

    @property
    def has_prices(self) -> bool:
        """Say whether any table priced it."""
        return any(getattr(self, name) is not None for group in _GROUPS for name in group)


def merged(wanted: Place, told: Iterable[Told]) -> ModelFacts | None:
    """Lay the entries that speak of a model over one another; None when none does."""
    found = sorted((one for one in told if one.entry.is_of(wanted)), key=_rank)
    facts = [_facts(wanted, one) for one in found]
    return reduce(filled, facts) if facts else None


def _rank(one: Told) -> tuple[int, bool, int]:
    looked_at = one.entry.checked_on
    return one.layer, one.entry.is_general, -(looked_at.toordinal() if looked_at else 0)


def _facts(wanted: Place, one: Told) -> ModelFacts:
    entry, per = one.entry, one.entry.per_million
    ends = entry.servable_until
    if one.layer < Layer.TABLE and ends is None and entry.retires_on is not None:
        # a word that wins wins whole: no table's date takes the place of what follows from it
        ends = entry.retires_on + relativedelta(months=entry.months_after_retirement or 0)
    facts = ModelFacts(
        provider=entry.provider,
        name=wanted.said or wanted.name,
        currency=entry.currency,
        input_price=_each(per.input),
        output_price=_each(per.output),
        tuned_input_price=_each(per.tuned_input),
        tuned_output_price=_each(per.tuned_output),
        training_price=_each(per.training),
        gpu_hourly=entry.gpu_hourly,
        retires_on=entry.retires_on,
        servable_until=ends,
        trainable_until=entry.trainable_until,
        months_after_retirement=entry.months_after_retirement,
        replacement=entry.replacement,
        open_weights=entry.open_weights,
        dates_on=entry.checked_on,
        dates_from=entry.source,
    )
    return replace(facts, prices_on=entry.checked_on, prices_from=entry.source) if facts.has_prices else facts


def _each(per_million: Decimal | None) -> Decimal | None:
    return None if per_million is None else per_million / MILLION


def filled(strong: ModelFacts, weak: ModelFacts) -> ModelFacts:
    """Fill what is not known with what another table says: prices of one kind together, each date by itself."""
    return replace(strong, **_prices(strong, weak), **_dates(strong, weak))


def _prices(strong: ModelFacts, weak: ModelFacts) -> dict[str, Any]:
    if not weak.has_prices or (strong.has_prices and strong.currency != weak.currency):
        return {}
    taken = {
        name: getattr(weak, name)
        for group in _GROUPS
        if all(getattr(strong, name) is None for name in group)
        for name in group
    }
    if all(value is None for value in taken.values()):
        return {}
    if strong.has_prices:
        return {**taken, "prices_on": _older(strong.prices_on, weak.prices_on)}
    return {**taken, "currency": weak.currency, "prices_on": weak.prices_on, "prices_from": weak.prices_from}


def _dates(strong: ModelFacts, weak: ModelFacts) -> dict[str, Any]:
    """Take what is missing. The day that counts is that of the table which says the end: an older word beside it ages nothing."""
    names = ("trainable_until", "months_after_retirement", "replacement", "open_weights")
    taken = {n: v for n in names if getattr(strong, n) is None and (v := getattr(weak, n)) is not None}
    if strong.servable_until is not None:
        return taken
    if strong.retires_on is not None:  # of the base: what is said of the tuned model itself is nearer
        if weak.servable_until is None:
            return taken
        aged = {"dates_on": _older(strong.dates_on, weak.dates_on), "dates_from": weak.dates_from}
        return {**taken, **aged, "servable_until": weak.servable_until}
    if weak.servable_until is None and weak.retires_on is None:
        return taken
    ends = {"retires_on": weak.retires_on, "servable_until": weak.servable_until}
    return {**taken, **ends, "dates_on": weak.dates_on, "dates_from": weak.dates_from}


def _older(one: date | None, other: date | None) -> date | None:
    return min((day for day in (one, other) if day is not None), default=None)
