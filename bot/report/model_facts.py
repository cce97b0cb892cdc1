"""What is known of models, in words and as JSON, for people who ask why."""

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from bot.readiness.model_facts import MILLION, ModelEntry, ModelFacts, Told
from bot.readiness.model_table import ModelsChanged
from bot.readiness.wording import count

_MOST = 40  # lines of a change that are told one by one
_FACTS = (
    ("input", "input_price"),
    ("output", "output_price"),
    ("tuned_input", "tuned_input_price"),
    ("tuned_output", "tuned_output_price"),
    ("training", "training_price"),
)


def as_json(facts: ModelFacts) -> dict[str, Any]:
    """Turn facts into JSON: prices as decimal texts for one token and for a million, dates as ISO 8601."""
    prices = {name: getattr(facts, field) for name, field in _FACTS}
    return {
        "provider": facts.provider,
        "name": facts.name,
        "currency": facts.currency,
        "per_token": {name: _plain(price) for name, price in prices.items()},
        "per_million": {name: _plain(_million(price)) for name, price in prices.items()},
        "gpu_hourly": _plain(facts.gpu_hourly),
        "prices_on": _day(facts.prices_on),
        "prices_from": facts.prices_from,
        "retires_on": _day(facts.retires_on),
        "servable_until": _day(facts.served_until),
        "trainable_until": _day(facts.trained_until),
        "dates_on": _day(facts.dates_on),
        "dates_from": facts.dates_from,
        "replacement": facts.replacement,
        "open_weights": facts.open_weights,
    }


def as_text(facts: ModelFacts) -> str:
    """Put facts into lines; what no table says is said to be unknown."""
    priced = ", ".join(
        f"{name.replace('_', ' ')} {_plain(_million(price))}"
        for name, field in _FACTS
        if (price := getattr(facts, field)) is not None
    )
    lines = [
        f"{facts.name} at {facts.provider}",
        f"  prices      {f'{facts.currency} for a million tokens: {priced}' if priced else 'not known'}",
        *([f"              of {_of(facts.prices_on)}: {facts.prices_from}"] if priced else []),
        f"  servable    {facts.served_until or 'until when is not known'}",
        f"  trainable   {facts.trained_until or 'until when is not known'}",
        f"  dates       of {_of(facts.dates_on)}: {facts.dates_from}",
    ]
    lines += [f"  successor   {facts.replacement}"] if facts.replacement else []
    lines += [f"  weights     {'open' if facts.open_weights else 'not open'}"] if facts.open_weights is not None else []
    return "\n".join(lines) + "\n"


def entries_as_json(told: Iterable[Told]) -> list[dict[str, Any]]:
    """Turn entries into JSON, in the form of a file of entries, each with the digest of its table."""
    return [
        {
            **one.entry.model_dump(mode="json", exclude_none=True, exclude_defaults=True),
            "layer": one.layer.name.lower(),
            "sha256": one.sha256,
        }
        for one in told
    ]


def entries_as_text(told: Sequence[Told]) -> str:
    """Put entries into a line each."""
    lines = [entry_line(one.entry) for one in told]
    return "\n".join([*lines, count(len(lines), "entry").replace("entrys", "entries")]) + "\n"


def changes(changed: ModelsChanged) -> str:
    """Tell what a table says otherwise than before; "nothing new" when it does not."""
    if not changed:
        return "Nothing new.\n"
    lines = [f"+ {entry_line(entry)}" for entry in changed.new]
    lines += [f"~ {entry_line(now)}\n    {_difference(before, now)}" for before, now in changed.changed]
    lines += [f"- {entry_line(entry)}" for entry in changed.gone]
    told = lines[:_MOST]
    if len(lines) > _MOST:
        told.append(f"... and {len(lines) - _MOST:,} more")
    told.append(
        f"{len(changed.new):,} new, {len(changed.changed):,} changed, {len(changed.gone):,} gone, {changed.same:,} the same."
    )
    return "\n".join(told) + "\n"


def entry_line(entry: ModelEntry) -> str:
    """Tell an entry in one line: names, prices of a million tokens, dates."""
    per = entry.per_million
    said = [f"{entry.provider}/{', '.join(entry.match)}"]
    if per.input is not None and per.output is not None:
        said.append(f"{_plain(per.input)} in, {_plain(per.output)} out")
    if per.tuned_input is not None and per.tuned_output is not None:
        said.append(f"tuned {_plain(per.tuned_input)} in, {_plain(per.tuned_output)} out")
    for words, day in (
        ("retires", entry.retires_on),
        ("servable until", entry.servable_until),
        ("trainable until", entry.trainable_until),
    ):
        said += [f"{words} {day}"] if day else []
    said += [f"a GPU hour {_plain(entry.gpu_hourly)} {entry.currency}"] if entry.gpu_hourly is not None else []
    said += ["open weights"] if entry.open_weights else []
    return "; ".join(said)


def _difference(before: ModelEntry, now: ModelEntry) -> str:
    old, new = (one.model_dump(mode="json") for one in (before, now))
    flat = [({**d.pop("per_million"), **d}) for d in (old, new)]
    names = [name for name in flat[1] if flat[0][name] != flat[1][name] and name not in ("match", "provider")]
    return ", ".join(f"{name} {_said(flat[0][name])} -> {_said(flat[1][name])}" for name in names)


def _said(value: object) -> str:
    return "none" if value is None else str(value)


def _million(price: Decimal | None) -> Decimal | None:
    return None if price is None else price * MILLION


def _plain(value: Decimal | None) -> str | None:
    return None if value is None else f"{value.normalize():f}"


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _of(day: date | None) -> str:
    return day.isoformat() if day else "the organisation's own word"
