"""What does litellm's published table say? `model_prices_and_context_window.json`, read as a stranger's file.

Prices are per token there; its `deprecation_date` is mostly the day of shutdown. `sample_spec` holds prose, and so may any date.
`ft:` rows price what was tuned, and are put on their base. Prices of single regions, and of other things than text, are left out.
"""

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from bot.readiness.model_facts import MILLION, ModelEntry, Prices
from bot.readiness.model_place import MAX_NAME, Place, place, provider_of

SOURCE = "litellm's model_prices_and_context_window.json"
MAX_PRICE = Decimal(1)  # for one token
_TEXT = ("chat", "completion", "responses")
_WITHOUT_FOLDERS = ("openai", "azure", "bedrock", "anthropic")  # what stands before `/` there is a region or a plan


def looks_like_it(data: Any) -> bool:
    """Say whether it is this table: mappings of which some name their provider so."""
    return isinstance(data, dict) and any(isinstance(row, dict) and "litellm_provider" in row for row in data.values())


def read(data: Mapping[str, Any]) -> tuple[tuple[ModelEntry, ...], int]:
    """Read the rows that can be used; returns them and how many could not."""
    found: dict[Place, dict[str, Any]] = {}
    skipped = 0
    for name, row in sorted(
        data.items(), key=lambda item: len(item[0])
    ):  # of one model in many regions, the plain name first
        if not isinstance(row, dict) or name == "sample_spec" or row.get("mode", "chat") not in _TEXT:
            continue
        where = _place(name, row)
        if where is None or len(name) > MAX_NAME:
            skipped += 1
            continue
        said = found.setdefault(Place(where.provider, where.name), {})
        for key, value in _said(row, tuned=where.tuned):
            said.setdefault(key, value)
    entries = [_entry(where, said) for where, said in found.items() if said]
    return tuple(entries), skipped


def _place(name: str, row: Mapping[str, Any]) -> Place | None:
    stated = row.get("litellm_provider")
    if not isinstance(stated, str) or not stated:
        return None
    provider = provider_of(stated.partition("-")[0]) or provider_of(stated) or stated.lower()[:100]
    where = place(name, provider)
    folder = name.lower().partition("/")[0]
    if folder == stated.lower():  # a provider that we have no word for
        where = place(name.partition("/")[2], provider)
    if where.name.count("/") and provider in _WITHOUT_FOLDERS:
        return None
    return where if where.name else None


def _said(row: Mapping[str, Any], *, tuned: bool) -> Iterator[tuple[str, Any]]:
    prices = [_price(row.get(f"{side}_cost_per_token")) for side in ("input", "output")]
    if None not in prices and any(prices):
        for side, price in zip(("input", "output"), prices, strict=True):
            yield (f"tuned_{side}" if tuned else side), price
    ends = _day(row.get("deprecation_date"))
    if ends is not None:
        yield ("servable_until" if tuned else "retires_on"), ends


def _price(value: object) -> Decimal | None:
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal | str):
        return None
    try:
        price = Decimal(str(value))
    except InvalidOperation:
        return None
    return price * MILLION if price.is_finite() and 0 <= price <= MAX_PRICE else None


def _day(value: object) -> date | None:
    if not isinstance(value, str) or len(value) != 10:
        return None
    try:
        return date.fromisoformat(value)
    except ValueError:
        return None


def _entry(where: Place, said: Mapping[str, Any]) -> ModelEntry:
    dates = {key: value for key, value in said.items() if key in ("retires_on", "servable_until")}
    prices = {key: value for key, value in said.items() if key not in dates}
    return ModelEntry(
        provider=where.provider or "", match=(where.name,), per_million=Prices(**prices), source=SOURCE, **dates
    )
