"""How often does each label stand in the answers? By place: an answer may be a label, several of them, or JSON that holds some."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from bot.readiness.data_profile import LabelCount, LabelField
from bot.sources import normalise
from bot.sources.strict_json import printable

_LONGEST = 100  # characters; a longer text is no label
_LONGEST_JSON = 5_000  # characters; a longer answer is no set of labels
_STRAYS = 0.02  # house: of the rows, that may hold something else in a place of labels
_FIELDS = 20  # places, at most
_DEPTH = 4
_FEWEST = 50
_NUMBERS = 20  # different ones, above which they are amounts and no labels
_FENCE = re.compile(r"^\s*```\w*\s*|\s*```\s*$")
_BETWEEN = re.compile(r"[,;|\n]")


def label_fields(answers: Mapping[str, int]) -> tuple[LabelField, ...]:
    """Count the labels of different answers, each with how many rows give it; JSON by its places."""
    read = [(_json(text), text, rows) for text, rows in answers.items()]
    in_json = all(isinstance(value, dict | list) for value, _, _ in read)
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    holding: Counter[str] = Counter()
    shown: dict[str, str] = {}
    numbers: set[str] = set()
    others: Counter[str] = Counter()  # by place, rows with what is no label
    for value, text, rows in read:
        places = defaultdict[str, set[str]](set)
        for name, given in _walk(value, "", _DEPTH) if in_json else (("", part) for part in _parts(text)):
            if isinstance(given, float) or len(str(given)) > _LONGEST:
                others[name] += rows
            elif given is not None:
                if type(given) is int:
                    numbers.add(name)
                label = str(given).lower() if isinstance(given, bool) else str(given)
                folded = normalise.normal(label).decode()
                shown.setdefault(folded, label)
                places[name].add(folded)
        for name, labels in places.items():
            holding[name] += rows
            for folded in labels:
                counts[name][folded] += rows
    closed = [
        name
        for name, labels in counts.items()
        if others[name] <= _STRAYS * holding[name] and not (name in numbers and len(labels) > _NUMBERS)
    ]
    return tuple(_field(name, holding[name], counts[name], shown) for name in closed[:_FIELDS])


def _field(name: str, rows: int, labels: Counter[str], shown: Mapping[str, str]) -> LabelField:
    rarest = sorted(labels.items(), key=lambda entry: (entry[1], entry[0]))
    named = [LabelCount(printable(shown[folded], _LONGEST), number) for folded, number in rarest]
    return LabelField(printable(name, _LONGEST), rows, len(labels), named[-1], tuple(named[:_FEWEST]))


def _json(text: str) -> Any:
    if len(text) > _LONGEST_JSON:
        return None
    bare = _FENCE.sub("", text)
    if bare.lstrip()[:1] not in ("{", "["):
        return None
    try:
        return msgspec.json.decode(bare)
    except (ValueError, RecursionError):
        return None


def _walk(value: Any, path: str, depth: int) -> Iterator[tuple[str, Any]]:
    """Walk the places of a JSON value; the elements of a list stand in one place."""
    if isinstance(value, dict) and depth:
        for name, inner in value.items():
            yield from _walk(inner, f"{path}.{name}" if path else str(name), depth - 1)
    elif isinstance(value, list) and depth:
        for inner in value:
            yield from _walk(inner, path, depth - 1)
    elif not isinstance(value, dict | list):
        yield path, value


def _parts(text: str) -> list[str]:
    """Take several labels of one answer apart; a text that is no label stays whole."""
    return [part.strip() for part in _BETWEEN.split(text) if part.strip()] if len(text) <= 5 * _LONGEST else [text]
