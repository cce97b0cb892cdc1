"""What are the words of a data set's rows, as numbers? Each word becomes a number once, for whoever compares runs of words.

A row's words are its context's, its user's and its answer's. Most contexts end with what the user says; the user's words are
then a part of the context's, and are not kept twice.
"""

import re
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

Short = NDArray[np.uint32]
Hashes = NDArray[np.uint64]
Places = NDArray[np.int64]

LEAST = 3  # words of whatever is there, filled up with empty ones: a run of three never reaches into what comes next
_CHUNK = 500_000  # places that are hashed at a time
_FLUSH = 1_000_000  # bytes of words that are held as text
_APART, _EMPTY = b" \x1f ", b" \x1e"  # between two answers, and for a word that is not there; no normal form holds them
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

    def only(self, rows: NDArray[Any]) -> "Span":
        """Keep some rows."""
        return Span(self.start[rows], self.end[rows])

    def places(self) -> tuple[Places, Places]:
        """List every place of every row, and where each row's begin among them: shapes (places,), (rows + 1,)."""
        lengths = self.end - self.start
        begins = np.concatenate(([0], np.cumsum(lengths)))
        places = np.arange(begins[-1]) + np.repeat(self.start - begins[:-1], lengths)
        return places, begins


@dataclass(frozen=True, slots=True)
class Numbered:
    """All words in one row of numbers (shape (words,)), where each row's lie, and the line of each row (shape (rows,))."""

    words: Hashes
    lines: Places
    context: Span
    user: Span
    answer: Span
    marks: NDArray[np.int8]  # of each row; rows of different marks are never alike

    def asked(self) -> Span:
        """Say where what the user says stands; of rows without a user, the context."""
        said = self.user.end > self.user.start
        return Span(
            np.where(said, self.user.start, self.context.start), np.where(said, self.user.end, self.context.end)
        )

    def pieces(self, rows: int) -> Iterator[tuple[int, "Numbered"]]:
        """Walk so many rows at a time, each piece with the number of its first row."""
        for first in range(0, len(self.lines), rows):
            some = slice(first, first + rows)
            begin, end = int(self.context.start[first]), int(self.answer.end[some][-1])
            spans = (Span(s.start[some] - begin, s.end[some] - begin) for s in (self.context, self.user, self.answer))
            yield (
                first,
                Numbered(
                    self.words[begin:end], self.lines[some], next(spans), next(spans), next(spans), self.marks[some]
                ),
            )

    def shortened(self, length: int) -> Short:
        """Hash the run of so many words at each place to 32 bits, shape (words,); what begins too late is 0."""
        found = np.zeros(len(self.words), np.uint32)
        for begin in range(0, len(self.words) - length + 1, _CHUNK):
            piece = hashed(self.words[begin : begin + _CHUNK + length - 1], length) >> np.uint64(32)
            found[begin : begin + len(piece)] = piece
        return found


def mixed(found: Hashes) -> Hashes:
    """Spread what differs over all 64 bits, in place (the finaliser of MurmurHash3, public domain)."""
    for shift, factor in ((33, 0xFF51AFD7ED558CCD), (33, 0xC4CEB9FE1A85EC53)):
        found ^= found >> np.uint64(shift)
        found *= np.uint64(factor)
    found ^= found >> np.uint64(33)
    return found


def hashed(words: Hashes, length: int) -> Hashes:
    """Hash the run of so many words at each place, shape (words - length + 1,)."""
    factor, count = np.uint64(_FACTOR), max(len(words) - length + 1, 0)
    found = np.zeros(count, np.uint64)
    for start in range(length):
        found *= factor
        found += words[start : start + count]
    return mixed(found)


class Words:
    """Collects the words of rows."""

    def __init__(self) -> None:
        """Begin with none."""
        self._texts: list[bytes] = []
        self._held = 0  # bytes of these
        self._numbers: list[Hashes] = []
        self._lines = array("q")
        self._marks = array("b")
        # of each row: words of its context, those of them that are not the user's, the user's own, the answer's
        self._lengths = array("q")

    def add(self, line: int, context: bytes, user: bytes, answer: Sequence[bytes], mark: int = 0) -> None:
        """Take the normal forms of a row's context, of what the user says in it, and of its answers; and its mark."""
        whole = self._take(context)
        own, begins = _count(user), len(context) - len(user)
        if not (LEAST <= own < whole and context.endswith(user) and context[begins - 1 : begins] == b" "):
            own = 0
        apart = 0 if own else self._take(user)
        self._lengths.extend((whole, own, apart, self._take(_APART.join(answer))))
        self._lines.append(line)
        self._marks.append(mark)
        if self._held > _FLUSH:
            self._number()

    def numbered(self) -> Numbered:
        """Give all words as numbers."""
        self._number()
        lengths = np.array(self._lengths, np.int64).reshape(-1, 4)
        whole, own, apart, answer = lengths.T
        ends = np.cumsum(whole + apart + answer)
        begins = ends - (whole + apart + answer)
        asked = begins + whole
        user = Span(np.where(own > 0, asked - own, asked), np.where(own > 0, asked, asked + apart))
        words = np.concatenate(self._numbers) if self._numbers else np.zeros(0, np.uint64)
        return Numbered(
            words,
            np.array(self._lines, np.int64),
            Span(begins, asked),
            user,
            Span(asked + apart, ends),
            np.array(self._marks, np.int8),
        )

    def _take(self, text: bytes) -> int:
        """Keep a normal form, filled up to the least number of words, and count its words; nothing stays nothing."""
        if not text.isascii():
            text = b" ".join(_UNSPACED.sub(r" \1 ", text.decode("utf-8", "replace")).encode().split())
        count = _count(text)
        if 0 < count < LEAST:
            text += _EMPTY * (LEAST - count)
            count = LEAST
        if text:
            self._texts.append(text)
            self._held += len(text)
        return count

    def _number(self) -> None:
        if self._texts:
            self._numbers.append(_numbers(b" ".join(self._texts)))
        self._texts, self._held = [], 0


def _count(text: bytes) -> int:
    """Count the words of a normal form."""
    return text.count(b" ") + 1 if text else 0


def _numbers(text: bytes) -> Hashes:
    """Make a number of each word: its bytes as the digits of a number to an odd base, modulo 2**64.

    Such a base has an inverse, so that all words' numbers follow from one running sum over the whole text.
    """
    digits = np.frombuffer(text, np.uint8).astype(np.uint64)
    powers, inverses = _powers(1 << (len(text) - 1).bit_length())
    weighed = digits * powers[: len(text)]
    sums = np.cumsum(weighed)
    ends = np.append(np.flatnonzero(digits == ord(" ")), len(text))
    begins = np.concatenate(([0], ends[:-1] + 1))
    whole = sums[ends - 1] - sums[begins] + weighed[begins]
    return mixed(whole * inverses[begins])


@lru_cache(2)
def _powers(count: int) -> tuple[Hashes, Hashes]:
    """Give the first powers of the base, and of its inverse."""
    bases = (_FACTOR, pow(_FACTOR, -1, 2**64))
    powers = (np.concatenate((np.ones(1, np.uint64), np.full(count - 1, base, np.uint64))) for base in bases)
    first, second = (np.cumprod(each, dtype=np.uint64) for each in powers)
    return first, second
