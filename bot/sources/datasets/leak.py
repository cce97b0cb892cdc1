"""Which training rows are in the held-out set? The same question, or a run of its words.

Compared is what the user says, without instructions and tools: a prompt that all rows share would condemn every row. What is
left of such a prompt in the user's words is cut out too: runs of words that many training rows hold prove nothing.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from bot.sources import normalise
from bot.sources.datasets.beside import objects
from bot.sources.datasets.scan import Example
from bot.sources.evals.format import listing, mapping, plain
from bot.sources.trouble import Unreadable

RUN = 13  # words in a row; the usual length of contamination studies
SHORT_RUN, SHORT = 8, 20  # for held-out items of fewer words
COVERED = 0.8  # share of a short item's words that one training row must hold
BOILERPLATE, AT_LEAST = 0.01, 10  # share of training rows, and rows, beyond which a run of words proves nothing
MAX_BYTES = 100_000_000
LINES_KEPT = 20
_FIX = 'Write the held-out set as one item a line: {"input": ..., "target": ...}, or as chat rows.'


class HeldOut:
    """The held-out set, ready to be compared with: its items by their texts, and by their runs of words."""

    def __init__(self, raw: bytes) -> None:
        """Read the set; raises Unreadable."""
        self.keys: list[str] = []
        self.whole: dict[bytes, list[int]] = {}
        self.runs: dict[int, list[int]] = {}
        self.words: list[int] = []
        for number, (asked, target) in enumerate(_items(raw)):
            self.keys.append(normalise.key(asked, target))
            text = normalise.normal(asked)
            self.whole.setdefault(text, []).append(number)
            words = text.split()
            self.words.append(len(words))
            for run in _hashes(words, SHORT_RUN if self.is_short(number) else RUN):
                self.runs.setdefault(run, []).append(number)
        if not self.keys:
            raise Unreadable("The held-out set is empty.", _FIX)
        short = [self.is_short(number) for number in range(len(self.keys))]
        self.lengths = (*([] if all(short) else [RUN]), *([SHORT_RUN] if any(short) else []))

    def is_short(self, number: int) -> bool:
        """Say whether an item is too short for the long runs."""
        return self.words[number] < SHORT


class Leak:
    """Looks each training row up in the held-out set."""

    def __init__(self, held_out: HeldOut) -> None:
        """Take the set."""
        self._held = held_out
        self._rows = 0
        self._seen = Counter[int]()
        self._exact: dict[int, list[int]] = {}  # line -> items
        self._hits: dict[int, list[_Hit]] = {}  # line -> where it holds runs of words of some item

    def see(self, line: int, example: Example) -> None:
        """Look a row up."""
        self._rows += 1
        text = normalise.normal(example.user or example.context)
        if text in self._held.whole:
            self._exact[line] = self._held.whole[text]
            return
        words = text.split()
        # most rows hold no run of any item, which is told without a walk
        found = [
            length for length in self._held.lengths if not self._held.runs.keys().isdisjoint(_hashes(words, length))
        ]
        hits = [
            (start, length, run)
            for length in found
            for start, run in enumerate(_hashes(words, length))
            if run in self._held.runs
        ]
        if hits:
            self._hits[line] = hits
            self._seen.update({run for _, _, run in hits})

    def found(self) -> Mapping[str, Any]:
        """Count the rows that are in the set, the runs of words that many rows share left out."""
        lines, items = set(self._exact), {item for found in self._exact.values() for item in found}
        for line, hits in self._hits.items():
            if found := self._items_of(hits):
                lines.add(line)
                items |= found
        return {
            "leaked": len(lines),
            "leaked_lines": tuple(sorted(lines)[:LINES_KEPT]),
            "leaked_items": tuple(sorted({self._held.keys[item] for item in items})),
            "held_out": len(set(self._held.keys)),
        }

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


_Hit = tuple[int, int, int]
"""Where a run of words begins in a row, how many words it has, and its hash."""


def _hashes(words: list[bytes], length: int) -> Iterator[int]:
    """Walk the hashes of all runs of so many words, from the first word on; a text of fewer has none."""
    return map(hash, zip(*(words[start:] for start in range(length)), strict=False))


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
