"""What are the words of a data set's rows, as numbers? Each word becomes a number once, for whoever compares runs of words.

A row's words are its context's, its user's and its answer's. Most contexts end with what the user says; the user's words are
then a part of the context's, and are not kept twice.
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
_FLUSH = 120_000  # bytes of words that are held as text; what is computed of them stays within the processor's cache
_BLANK = ord(" ")
APART, _EMPTY = b" \x1f ", b" \x1e"  # between two answers, and for a word that is not there; no normal form holds them
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

    `first` is the number of the first row; shapes of lines and marks are (rows,). Rows of different marks are never alike.
    """

    first: int
    words: Hashes
    lines: Places
    context: Span
    user: Span
    answer: Span
    marks: NDArray[np.int8]

    def asked(self) -> Span:
        """Say where what the user says stands; of rows without a user, the context."""
        return asked(self.context, self.user)

    def runs(self, length: int) -> Hashes:
        """Hash the run of so many words at each place, shape (words,); what begins too late is 0."""
        found = np.zeros(len(self.words), np.uint64)
        runs = hashed(self.words, length)
        found[: len(runs)] = runs
        return found


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
        # of each row: words of its context, those of them that are the user's, the user's own, the answer's
        self._lengths = array("q")

    def add(self, line: int, context: bytes, user: bytes, answer: bytes, mark: int = 0) -> None:
        """Take the normal forms of a row's context, of what the user says in it, and of its answers; and its mark."""
        whole = self._take(context)
        own, begins = user.count(b" ") + 1 if user else 0, len(context) - len(user)
        if LEAST <= own < whole and context.endswith(user) and context[begins - 1] == _BLANK:
            apart = 0
        else:
            own, apart = 0, self._take(user)
        self._lengths.extend((whole, own, apart, self._take(answer)))
        self._lines.append(line)
        self._marks.append(mark)
        if self._held > _FLUSH:
            self.finish()

    def finish(self) -> None:
        """Hand on what is left."""
        if not self._lines:
            return
        lengths = np.array(self._lengths, np.int64).reshape(-1, 4)
        whole, own, apart, answer = lengths.T
        ends = np.cumsum(whole + apart + answer)
        begins = ends - (whole + apart + answer)
        asked = begins + whole
        user = Span(np.where(own > 0, asked - own, asked), np.where(own > 0, asked, asked + apart))
        words = self._numbers.of(b" ".join(self._texts)) if self._texts else np.zeros(0, np.uint64)
        lines, marks = np.array(self._lines, np.int64), np.array(self._marks, np.int8)
        piece = Piece(self._rows, words, lines, Span(begins, asked), user, Span(asked + apart, ends), marks)
        self._rows += len(lines)
        self._texts, self._held = [], 0
        del self._lines[:], self._marks[:], self._lengths[:]
        self._taken(piece)

    def _take(self, text: bytes) -> int:
        """Keep a normal form, filled up to the least number of words, and count its words; nothing stays nothing."""
        if not text:
            return 0
        if not text.isascii():
            text = b" ".join(_UNSPACED.sub(r" \1 ", text.decode("utf-8", "replace")).encode().split())
        count = text.count(b" ") + 1 if text else 0
        if 0 < count < LEAST:
            text += _EMPTY * (LEAST - count)
            count = LEAST
        if text:
            self._texts.append(text)
            self._held += len(text)
        return count


class _Numbers:
    """Makes a number of each word of a text: its bytes as the digits of a number to an odd base, modulo 2**64.

    Such a base has an inverse, so that all words' numbers follow from one running sum over the whole text.
    """

    def __init__(self) -> None:
        # the same memory for one text after the other: the system takes its time to give a new piece of this size
        self._weighed = self._sums = np.zeros(0, np.uint64)

    def of(self, text: bytes) -> Hashes:
        """Number the words, shape (words,)."""
        digits = np.frombuffer(text, np.uint8)
        powers, inverses = _powers(1 << (len(text) - 1).bit_length())
        if len(self._sums) < len(text):
            self._weighed, self._sums = np.empty_like(powers), np.empty_like(powers)
        weighed, sums = self._weighed[: len(text)], self._sums[: len(text)]
        np.multiply(digits, powers[: len(text)], out=weighed)
        np.cumsum(weighed, out=sums)
        ends = np.append(np.flatnonzero(digits == _BLANK), len(text))
        begins = np.concatenate(([0], ends[:-1] + 1))
        whole = sums[ends - 1]
        whole -= sums[begins]
        whole += weighed[begins]
        whole *= inverses[begins]
        return mixed(whole)


@lru_cache(2)
def _powers(count: int) -> tuple[Hashes, Hashes]:
    """Give the first powers of the base, and of its inverse."""
    bases = (_FACTOR, pow(_FACTOR, -1, 2**64))
    powers = (np.concatenate((np.ones(1, np.uint64), np.full(count - 1, base, np.uint64))) for base in bases)
    first, second = (np.cumprod(each, dtype=np.uint64) for each in powers)
    return first, second
