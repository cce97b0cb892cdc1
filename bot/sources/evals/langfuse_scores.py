"""Which scores do the items of an experiment in Langfuse have? By name, and by source where several gave the same name."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.sources.evals.format import instant, listing, number, text
from bot.sources.strict_json import printable
from bot.sources.trouble import Unreadable

MAX_SCORES = 1_000  # house: names of scores of one run
NUMBERS = ("NUMERIC", "BOOLEAN", None)
"""The types of scores that are numbers; older replies do not say the type."""

Where = tuple[str | int, ...]
Label = tuple[str, str | None]


@dataclass(frozen=True, slots=True)
class Scored:
    """The scores of one name, of one source where several gave it: by item, None where it has none.

    `first` is where the first item with one stands, `repeated` how many items have several.
    """

    name: str
    variant: str | None
    scores: tuple[float | None, ...]
    first: Where
    repeated: int


def scored(items: Sequence[Mapping[str, Any]], where: Sequence[Where]) -> Iterator[Scored]:
    """Gather the scores of the items that are numbers; of several of one name on one item the latest counts.

    Raises Unreadable when there are too many names.
    """
    sources: dict[str, set[str]] = defaultdict(set)
    for item in items:
        for score in _numbers(item):
            sources[score["name"]].add(str(score.get("source")))
    found: dict[Label, list[float | None]] = {}
    first: dict[Label, Where] = {}
    repeated: Counter[Label] = Counter()
    for place, item in enumerate(items):
        latest: dict[Label, Mapping[str, Any]] = {}
        for score in _numbers(item):
            several = len(sources[score["name"]]) > 1
            label = score["name"], printable(str(score.get("source"))).lower() if several else None
            repeated[label] += label in latest
            if label not in latest or _order(score) >= _order(latest[label]):
                latest[label] = score
        for label, score in latest.items():
            if len(found) >= MAX_SCORES and label not in found:
                raise Unreadable(f"The items hold more than {MAX_SCORES:,} scores.", "Link fewer scores.")
            first.setdefault(label, where[place] if where else ())
            found.setdefault(label, [None] * len(items))[place] = number(score["value"])
    for (name, variant), scores in found.items():
        yield Scored(name, variant, tuple(scores), first[name, variant], repeated[name, variant])


def _numbers(item: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    for score in listing(item.get("scores")):
        known = isinstance(score, dict) and score.get("dataType") in NUMBERS and text(score.get("name")) is not None
        if known and number(score.get("value")) is not None:
            yield score


def _order(score: Mapping[str, Any]) -> str:
    return _instant(score.get("updatedAt")) or _instant(score.get("timestamp")) or ""


def _instant(given: Any) -> str | None:
    return None if isinstance(given, bool) else instant(given)
