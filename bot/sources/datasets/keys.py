"""Whose rows are these, from when and from where, and can a grader grade them? Values under the keys that the proposal names, compared with the held-out set.

Of a value only its digest is kept while rows are walked; of sources, which are a team's own few words, the words.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from bot.readiness.data_profile import Split
from bot.sources.datasets.scan import Example
from bot.sources.evals.rows import objects
from bot.sources.strict_json import printable

Beside = Literal["holdout", "schema", "production"]
"""Files that training rows are compared with: the held-out set, the output's JSON Schema, a sample of production."""

MOST_SOURCES = 50  # different values; more are no sources
MOST_GRADER_KEYS = 20  # house: more are not looked up
_LONGEST = 60


@dataclass(frozen=True, slots=True)
class Keys:
    """Where in a row group, time and source stand, like `meta.user_id`; None: not named. `grader`: what a grader reads."""

    group: str | None = None
    time: str | None = None
    source: str | None = None
    grader: tuple[str, ...] = ()


NO_KEYS = Keys()


class KeysOfRows:
    """Looks up each row's group, time and source."""

    def __init__(self, keys: Keys, holdout: bytes | None) -> None:
        """Take the keys, and the held-out set where there is one; raises Unreadable."""
        self._keys = keys
        self._named = keys != NO_KEYS
        self._groups = Counter[int]()
        self._latest: str | None = None
        self._sources = Counter[str]()
        self._held_groups: set[int] = set()
        self._held_with = 0
        self._earliest: str | None = None
        self._grader = {name: _ways(name) for name in keys.grader[:MOST_GRADER_KEYS]}
        self._missing = dict.fromkeys(self._grader, 0)
        self._missing_first: dict[str, int] = {}
        if holdout is not None and (keys.group or keys.time):
            self._hold(holdout)

    def see(self, line: int, example: Example) -> None:
        """Look up a training row."""
        if not self._named:
            return
        row = example.row
        group = value_at(row, self._keys.group)
        if group is not None:
            self._groups[hash(group)] += 1
        time = value_at(row, self._keys.time)
        if time is not None and (self._latest is None or time > self._latest):
            self._latest = time
        source = value_at(row, self._keys.source)
        if self._keys.source is not None and len(self._sources) <= MOST_SOURCES:
            self._sources[printable(source or "(none)", _LONGEST)] += 1
        for name, ways in self._grader.items():
            if not any(_filled(row, way) for way in ways):
                self._missing[name] += 1
                self._missing_first.setdefault(name, line)

    def found(self) -> Mapping[str, Any]:
        """Give how the sets are split, and how many rows come from each source."""
        split = Split(
            rows=sum(self._groups.values()),
            groups=len(self._groups),
            held_rows=self._held_with,
            held_groups=len(self._held_groups),
            shared=len(self._held_groups & self._groups.keys()),
            latest=self._latest,
            earliest=self._earliest,
        )
        named = self._keys.group or self._keys.time
        return {
            "split": split if named else None,
            "sources": dict(self._sources),
            "keys_missing": self._missing,
            "keys_missing_first": self._missing_first,
        }

    def _hold(self, raw: bytes) -> None:
        for _, row in objects(raw):
            group, time = value_at(row, self._keys.group), value_at(row, self._keys.time)
            if group is not None:
                self._held_groups.add(hash(group))
                self._held_with += 1
            if time is not None and (self._earliest is None or time < self._earliest):
                self._earliest = time


def value_at(row: Mapping[str, Any], path: str | None) -> str | None:
    """Find the value under a dotted path, as text; None where there is none."""
    found: Any = row
    for name in (path or "").split(".") if path else ():
        found = found.get(name) if isinstance(found, Mapping) else None
    if path is None or found is None or isinstance(found, dict | list | bool):
        return None
    return str(found).strip() or None


def _ways(name: str) -> tuple[tuple[str, ...], ...]:
    """List the places that a grader's key may mean: itself, a dotted path, and that without a template's name of the row."""
    path = tuple(name.split("."))
    return ((name,), path, path[1:]) if path[0] == "item" and len(path) > 1 else ((name,), path)


def _filled(row: Mapping[str, Any], path: tuple[str, ...]) -> bool:
    """Say whether something stands at a place: false and 0 do, an empty text or list does not."""
    found: Any = row
    for name in path:
        if not isinstance(found, Mapping) or name not in found:
            return False
        found = found[name]
    if isinstance(found, str):
        return bool(found.strip())
    return found is not None and (not isinstance(found, list | Mapping) or bool(found))
