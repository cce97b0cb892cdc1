"""Which training rows are in the held-out set? The same question, or a run of its words.

Compared is what the user says, without instructions and tools: a prompt that all rows share would condemn every row. What is
left of such a prompt in the user's words is cut out too: runs of words that many training rows hold prove nothing.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from bot.sources import normalise
from bot.sources.datasets.scan import Example
from bot.sources.datasets.words import Hashes, Piece, Places, Words, distinct, hashed, hashed_at
from bot.sources.evals.format import listing, mapping, plain
from bot.sources.evals.rows import objects
from bot.sources.trouble import Unreadable

RUN = 13  # words in a row; the usual length of contamination studies
SHORT_RUN, SHORT = 8, 20  # for held-out items of fewer words
COVERED = 0.8  # share of a short item's words that one training row must hold
BOILERPLATE, AT_LEAST = 0.01, 10  # share of training rows, and rows, beyond which a run of words proves nothing
MAX_BYTES = 100_000_000
_SIEVE = 2**20  # places
_FIX = 'Write the held-out set as one item a line: {"input": ..., "target": ...}, or as chat rows.'


class HeldOut:
    """The held-out set, ready to be compared with: its items by their texts, and by their runs of words."""

    def __init__(self, raw: bytes) -> None:
        """Read the set; raises Unreadable."""
        self.keys: list[str] = []
        self.whole: dict[bytes, list[int]] = {}
        self.runs: dict[int, list[int]] = {}
        self.words: list[int] = []
        self._found: dict[int, list[Hashes]] = {RUN: [], SHORT_RUN: []}
        self.threes = np.zeros(_SIEVE, np.bool_)  # where the hashes of all runs of three words fall
        words = Words(self._take)
        for number, (asked, target) in enumerate(_items(raw)):
            self.keys.append(normalise.key(asked, target))
            text = normalise.normal(asked)
            self.whole.setdefault(text, []).append(number)
            words.add(number, text, b"", b"")
        if not self.keys:
            raise Unreadable("The held-out set is empty.", _FIX)
        words.finish()
        self.wanted = {
            length: found
            for length, hashes in self._found.items()
            if hashes and len(found := distinct(np.concatenate(hashes)))
        }

    def _take(self, items: Piece) -> None:
        """Take the words of some items."""
        self.threes[items.threes & np.uint64(_SIEVE - 1)] = True
        counts = items.context.end - items.context.start
        self.words += counts.tolist()
        for length, numbers in ((RUN, np.flatnonzero(counts >= SHORT)), (SHORT_RUN, np.flatnonzero(counts < SHORT))):
            places, begins = items.context.runs(length).only(numbers).places()
            found = hashed(items.words, length)[places]
            self._found[length].append(found)
            of_item = np.repeat(items.first + numbers, np.diff(begins))
            for run, item in zip(found.tolist(), of_item.tolist(), strict=True):
                self.runs.setdefault(run, []).append(item)

    def is_short(self, number: int) -> bool:
        """Say whether an item is too short for the long runs."""
        return self.words[number] < SHORT


class Leak:
    """Looks the distinct rows up in the held-out set."""

    def __init__(self, held_out: HeldOut) -> None:
        """Take the set."""
        self._held = held_out
        self._rows = 0
        self._seen = Counter[int]()
        self._exact: dict[int, list[int]] = {}  # row -> items
        self._hits: list[tuple[int, Places, Places, Hashes]] = []  # length; of each hit the row, the start, and the run

    def see(self, row: int, user: bytes) -> None:
        """Look up what the user says in a row, in its normal form."""
        if user in self._held.whole:
            self._exact[row] = self._held.whole[user]

    @property
    def items(self) -> int:
        """Distinct items of the set."""
        return len(set(self._held.keys))

    def found(self) -> tuple[set[int], set[str]]:
        """Give the numbers of the rows that are in the set, runs of words that many rows share left out; and the items' keys."""
        by_row = self._by_row()
        for hits in by_row.values():
            self._seen.update({run for _, _, run in hits})
        leaked, items = set(self._exact), {item for found in self._exact.values() for item in found}
        for row, hits in by_row.items():
            if found := self._items_of(hits):
                leaked.add(row)
                items |= found
        return leaked, {self._held.keys[item] for item in items}

    def take(self, rows: Piece) -> None:
        """Find where some rows hold runs of words of some item."""
        self._rows += len(rows.lines)
        asked = rows.asked()
        known = self._held.threes[rows.threes & np.uint64(_SIEVE - 1)]
        for length, wanted in self._held.wanted.items():
            # most places hold no run of any item, which the runs of three within it tell at once
            count = max(len(known) - length + 1, 0)
            perhaps = known[:count].copy()
            for part in (*range(3, length - 3, 3), length - 3):
                perhaps &= known[part : part + count]
            places = np.flatnonzero(perhaps)
            hashes = hashed_at(rows.words, places, length)
            at = np.minimum(np.searchsorted(wanted, hashes), len(wanted) - 1)
            inside = wanted[at] == hashes
            places, hashes = places[inside], hashes[inside]
            row = np.searchsorted(asked.start, places, side="right") - 1
            inside = (row >= 0) & (places + length <= asked.end[row])
            row, places, hashes = row[inside], places[inside], hashes[inside]
            if len(places):
                self._hits.append((length, row + rows.first, places - asked.start[row], hashes))

    def _by_row(self) -> dict[int, list["_Hit"]]:
        """Give where each row holds runs of words of some item; rows that are in the set as they are left out."""
        found: dict[int, list[_Hit]] = {}
        for length, rows, starts, runs in self._hits:
            for row, start, run in zip(rows.tolist(), starts.tolist(), runs.tolist(), strict=True):
                if row not in self._exact:
                    found.setdefault(row, []).append((start, length, run))
        return found

    def _items_of(self, hits: list["_Hit"]) -> set[int]:
        """Find the items that a row is taken from, by the runs of words that are not what many rows hold."""
        most = max(AT_LEAST, BOILERPLATE * self._rows)
        shared = {at for start, length, run in hits if self._seen[run] > most for at in range(start, start + length)}
        covered: dict[int, set[int]] = {}
        for start, length, run in hits:
            own = set(range(start, start + length))
            # a run that only begins or ends in words that all rows share tells as little as these
            if self._seen[run] <= most and 2 * len(own & shared) <= length:
                for item in self._held.runs[run]:
                    covered.setdefault(item, set()).update(own)
        return {
            item
            for item, words in covered.items()
            if not self._held.is_short(item) or len(words) >= COVERED * self._held.words[item]
        }


class LeakOfRows:
    """Looks row after row up in the held-out set: for those who walk rows without counting distinct ones."""

    def __init__(self, held_out: HeldOut) -> None:
        """Take the set."""
        self._leak = Leak(held_out)
        self._words = Words(self._leak.take)
        self._rows = 0

    def see(self, line: int, example: Example) -> None:
        """Look at a row."""
        asked = normalise.normal(example.user or example.context)
        self._leak.see(self._rows, asked)
        self._words.add(line, asked, b"", b"")
        self._rows += 1

    def found(self) -> Mapping[str, Any]:
        """Give the number of rows that are in the set, and of which items, out of how many."""
        self._words.finish()
        leaked, items = self._leak.found()
        return {"leaked": len(leaked), "leaked_items": tuple(sorted(items)), "held_out": self._leak.items}


_Hit = tuple[int, int, int]
"""Where a run of words begins in a row, how many words it has, and its hash."""


def _items(raw: bytes) -> Iterator[tuple[str, str]]:
    """Walk what each held-out item asks, and its target; raises Unreadable."""
    if len(raw) > MAX_BYTES:
        raise Unreadable(
            f"The held-out set has {len(raw):,} bytes, at most {MAX_BYTES:,} are read.", "Make it smaller."
        )
    for line, row in objects(raw):
        if "messages" in row:
            messages = [mapping(message) for message in listing(row["messages"])]
            answer = messages[-1].get("content") if messages and messages[-1].get("role") == "assistant" else None
            asked = "\n".join(plain(m.get("content") or "") for m in messages if m.get("role") == "user")
            yield asked, plain(answer) if answer else ""
        elif row.get("input") not in (None, ""):
            target = row.get("target")
            yield plain(row["input"]), "" if target is None else plain(target)
        else:
            raise Unreadable(f"Line {line} of the held-out set has neither `input` nor `messages`.", _FIX)
