"""What are the words of a data set's rows, as numbers? Each word becomes a number once, for whoever compares runs of words.

A row's words are its context's, its user's and its answer's. Most contexts end with what the user says, or are just that; the
user's words are then a part of the context's, and are not kept twice.
"""

import re
from array import array
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

Short = NDArray[np.uint32]
Hashes = NDArray[np.uint64]
Places = NDArray[np.int64]

LEAST = 3  # words of whatever is there, filled up with empty ones: a run of three never reaches into what comes next
_MANY = 4  # to hash a run by itself takes so many times as long as one among all
_FLUSH = 120_000  # bytes of words that are held as text; what is computed of them stays within the processor's cache
_BLANK = ord(" ")
APART = b" \x1f "  # between two answers; no normal form holds it
# scripts that are written without blanks: each character is a word
_UNSPACED = re.compile("([\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af])")
_FACTOR = 0x9E3779B97F4A7C15  # 2**64 / golden ratio, odd: multiplying by it loses nothing (Knuth, TAOCP 3, 6.4)


@dataclass(frozen=True, slots=True)
class Span:
    """Where something of each row stands among all words: `start` and `end`, shape (rows,)."""

    start: Places
    end: Places

    def runs(self, length: int) -> "Span":
        """Narrow to the places where runs of so many words begin; of a row with fewer words nothing is left."""
        return Span(self.start, np.maximum(self.end - (length - 1), self.start))

    def only(self, rows: NDArray[Any] | slice) -> "Span":
        """Keep some rows."""
        return Span(self.start[rows], self.end[rows])

    def places(self) -> tuple[Places, Places]:
        """List every place of every row, and where each row's begin among them: shapes (places,), (rows + 1,)."""
        lengths = self.end - self.start
        begins = np.concatenate(([0], np.cumsum(lengths)))
        places = np.arange(begins[-1]) + np.repeat(self.start - begins[:-1], lengths)
        return places, begins


@dataclass(frozen=True, slots=True)
class Piece:
    """Some rows after one another: their words in one row of numbers (shape (words,)), and where each row's lie.

    `threes` are the hashes of the runs of three words at each place, shape (words,); what begins too late is 0.
    `first` is the number of the first row; shapes of lines and marks are (rows,). Rows of different marks are never alike.
    """

    first: int
    words: Hashes
    threes: Hashes
    lines: Places
    context: Span
    user: Span
    answer: Span
    marks: NDArray[np.int8]

    def asked(self) -> Span:
        """Say where what the user says stands; of rows without a user, the context."""
        return asked(self.context, self.user)


def asked(context: Span, user: Span) -> Span:
    """Say where what the user says stands; of rows without a user, the context."""
    said = user.end > user.start
    return Span(np.where(said, user.start, context.start), np.where(said, user.end, context.end))


def distinct(hashes: Hashes) -> Hashes:
    """List each hash once, in order: by sorting, which is many times faster than `numpy.unique` (measured with numpy 2.4)."""
    ordered = np.sort(hashes)
    return ordered[np.concatenate(([True], ordered[1:] != ordered[:-1]))] if len(ordered) else ordered


def mixed(found: Hashes) -> Hashes:
    """Spread what differs over all 64 bits, in place (the finaliser of MurmurHash3, public domain)."""
    for shift, factor in ((33, 0xFF51AFD7ED558CCD), (33, 0xC4CEB9FE1A85EC53)):
        found ^= found >> np.uint64(shift)
        found *= np.uint64(factor)
    found ^= found >> np.uint64(33)
    return found


def hashed(words: Hashes, length: int) -> Hashes:
    """Hash the run of so many words at each place, shape (words - length + 1,): the words as digits of a number, mixed.

    The number of a long run is made of those of its two parts, so that a run of 13 takes six steps.
    """
    count = max(len(words) - length + 1, 0)
    found, covered = np.zeros(count, np.uint64), 0
    part, size = words, 1  # the numbers of runs of `size` words
    while count:
        factor = np.uint64(pow(_FACTOR, size, 2**64))
        if (length - covered) & size:
            found *= factor
            found += part[covered : covered + count]
            covered += size
        if covered == length:
            break
        longer = part[:-size] * factor
        longer += part[size:]
        part, size = longer, 2 * size
    return mixed(found)


def hashed_at(words: Hashes, places: Places, length: int) -> Hashes:
    """Hash the run of so many words at some places, as `hashed` does, shape (places,)."""
    if _MANY * len(places) > len(words):
        return hashed(words, length)[places]
    factors = np.array([pow(_FACTOR, length - 1 - each, 2**64) for each in range(length)], np.uint64)
    return mixed((words[places[:, None] + np.arange(length)] * factors).sum(axis=1, dtype=np.uint64))


_NOTHING = mixed(np.array([0x1E], np.uint64))[
    0
]  # the number of a word that is not there; no normal form holds the sign


class Words:
    """Takes the words of rows, and hands them on piece by piece: of all rows they would fill the memory."""

    def __init__(self, taken: Callable[[Piece], None]) -> None:
        """Begin with none; `taken` is told of each piece."""
        self._taken = taken
        self._rows = 0
        self._numbers = _Numbers()
        self._texts: list[bytes] = []
        self._held = 0  # bytes of these
        self._lines = array("q")
        self._marks = array("b")
        # of each row: bytes of its context, those of them that are the user's, the user's own, the answer's
        self._lengths = array("q")

    def add(self, line: int, context: bytes, user: bytes, answer: bytes, mark: int = 0) -> None:
        """Take the normal forms of a row's context, of what the user says in it, and of its answers; and its mark."""
        if not context.isascii():
            context = _spaced(context)
        if not user.isascii():
            user = _spaced(user)
        if not answer.isascii():
            answer = _spaced(answer)
        texts, whole, own, apart = self._texts, len(context), len(user), 0
        if whole:
            texts.append(context)
        if own and not (context.endswith(user) and (own == whole or context[whole - own - 1] == _BLANK)):
            texts.append(user)
            own, apart = 0, own
        if answer:
            texts.append(answer)
        self._lengths.extend((whole, own, apart, len(answer)))
        self._lines.append(line)
        self._marks.append(mark)
        self._held += whole + apart + len(answer)
        if self._held > _FLUSH:
            self.finish()

    def finish(self) -> None:
        """Hand on what is left."""
        if not self._lines:
            return
        words, context, user, answer = self._laid_out(np.array(self._lengths, np.int64).reshape(-1, 4))
        lines, marks = np.array(self._lines, np.int64), np.array(self._marks, np.int8)
        threes = np.zeros(len(words), np.uint64)
        threes[: max(len(words) - 2, 0)] = hashed(words, 3)
        piece = Piece(self._rows, words, threes, lines, context, user, answer, marks)
        self._rows += len(lines)
        self._texts, self._held = [], 0
        del self._lines[:], self._marks[:], self._lengths[:]
        self._taken(piece)

    def _laid_out(self, lengths: Places) -> tuple[Hashes, Span, Span, Span]:
        """Number the words, and say where those of each row's context, user and answer lie; `lengths` of rows, in bytes."""
        own = lengths[:, 1]
        lengths = lengths[:, [0, 2, 3]]
        if self._texts:
            words, blanks = self._numbers.of(b" ".join(self._texts))
        else:
            words, blanks = np.zeros(0, np.uint64), np.zeros(0, np.int64)
        there = lengths > 0
        ends = np.cumsum(lengths + there).reshape(lengths.shape) - there
        # words begin after blanks: as many begin before a place as blanks stand there
        firsts = np.searchsorted(blanks, ends - lengths)
        counts = np.where(there, np.searchsorted(blanks, ends) + 1 - firsts, 0)
        own = np.where(own > 0, counts[:, 0] - (np.searchsorted(blanks, ends[:, 0] - own) - firsts[:, 0]), 0)
        is_all = (own == counts[:, 0]) & (own > 0)
        few = (own > 0) & (own < LEAST) & ~is_all
        words, counts = _filled(words, counts, np.where(few, own, 0))
        after = np.cumsum(counts).reshape(counts.shape)
        asked = after[:, 0]
        own = np.where(is_all, counts[:, 0], np.where(few, 0, own))
        user = Span(np.where(own > 0, asked - own, asked), np.where(own > 0, asked, after[:, 1]))
        return words, Span(asked - counts[:, 0], asked), user, Span(after[:, 1], after[:, 2])


def _spaced(text: bytes) -> bytes:
    """Put blanks around the characters that are words of their own."""
    return b" ".join(_UNSPACED.sub(r" \1 ", text.decode("utf-8", "replace")).encode().split())


def _filled(words: Hashes, counts: Places, copied: Places) -> tuple[Hashes, Places]:
    """Fill up what has fewer than the least number of words; put a copy of so many last words of a context after it, too.

    Shape of `counts` is (rows, 3), of `copied` (rows,): a user's few words, which else were a part of the context.
    """
    lacking = np.where(counts > 0, np.maximum(LEAST - counts, 0), 0)
    more = np.where(copied > 0, LEAST - copied, 0)
    if not lacking.any() and not more.any():
        return words, counts
    after = np.cumsum(counts).reshape(counts.shape)
    asked = after[:, 0]
    copies = words[Span(asked - copied, asked).places()[0]]
    empty = np.full(int(more.sum() + lacking.sum()), _NOTHING, np.uint64)
    # of one place, what is listed first is put first
    at = (
        (lacking[:, 0], asked),
        (copied, asked),
        (more, asked),
        (lacking[:, 1], after[:, 1]),
        (lacking[:, 2], after[:, 2]),
    )
    places = np.concatenate([np.repeat(place, number) for number, place in at])
    first = int(lacking[:, 0].sum())
    words = np.insert(words, places, np.concatenate((empty[:first], copies, empty[first:])))
    return words, counts + lacking + np.column_stack((np.zeros_like(more), copied + more, np.zeros_like(more)))


class _Numbers:
    """Makes a number of each word of a text: its bytes as the digits of a number to an odd base, modulo 2**64.

    Such a base has an inverse, so that all words' numbers follow from one running sum over the whole text.
    """

    def __init__(self) -> None:
        # the same memory for one text after the other: the system takes its time to give a new piece of this size
        self._weighed = self._sums = np.zeros(0, np.uint64)

    def of(self, text: bytes) -> tuple[Hashes, Places]:
        """Number the words, shape (words,), and list the places of the blanks between them."""
        digits = np.frombuffer(text, np.uint8)
        powers, inverses = _powers(1 << (len(text) - 1).bit_length())
        if len(self._sums) < len(text):
            self._weighed, self._sums = np.empty_like(powers), np.empty_like(powers)
        weighed, sums = self._weighed[: len(text)], self._sums[: len(text)]
        np.multiply(digits, powers[: len(text)], out=weighed)
        np.cumsum(weighed, out=sums)
        blanks = np.flatnonzero(digits == _BLANK)
        ends = np.append(blanks, len(text))
        begins = np.concatenate(([0], ends[:-1] + 1))
        whole = sums[ends - 1]
        whole -= sums[begins]
        whole += weighed[begins]
        whole *= inverses[begins]
        return mixed(whole), blanks


@lru_cache(2)
def _powers(count: int) -> tuple[Hashes, Hashes]:
    """Give the first powers of the base, and of its inverse."""
    bases = (_FACTOR, pow(_FACTOR, -1, 2**64))
    powers = (np.concatenate((np.ones(1, np.uint64), np.full(count - 1, base, np.uint64))) for base in bases)
    first, second = (np.cumprod(each, dtype=np.uint64) for each in powers)
    return first, second
