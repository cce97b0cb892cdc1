"""Are two rows alike? Run of words by run: what the user says, all that comes before the answer, and the answer.

Rows are compared one by one, by sets, or many pairs at once, by sorting: with the same answer, and in a fifth of the time.
"""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from bot.sources.datasets.words import Hashes, Places, Span, distinct

Flags = NDArray[np.bool_]

ALIKE = 0.7  # of the runs that two rows have, as in Data-Juicer's deduplication
_AT_ONCE = 2**9  # pairs; the number of a pair takes 9 bits, and leaves 55 for each run


class Compared:
    """Rows by the hashes of their runs of words, and by where each row's lie among all."""

    def __init__(
        self, runs: Hashes, context: Span, user: Span, answer: Span, marks: Places, by_user: Flags, template: Hashes
    ) -> None:
        """Take the rows. `by_user` are those that are compared whole, of all others the template's runs (in order) do not count."""
        self._all, self._marks, self._by_user, self._template = runs, marks, by_user, template
        self._context, self._user, self._answer = context, user, answer
        self._left_out = frozenset(template.tolist())
        self._row = lru_cache(4_096)(self._row_of)

    def alike(self, first: int, second: int) -> bool:
        """Compare two rows."""
        if self._marks[first] != self._marks[second]:
            return False
        (user, whole, answer), (user_2, whole_2, answer_2) = self._row(first), self._row(second)
        if user and user_2 and _jaccard(user, user_2) < ALIKE:
            return False
        if not (self._by_user[first] or self._by_user[second]):
            whole, whole_2 = whole - self._left_out, whole_2 - self._left_out
        return _jaccard(whole, whole_2) >= ALIKE and (answer == answer_2 or _jaccard(answer, answer_2) >= ALIKE)

    def pairs(self, first: Places, second: Places) -> Flags:
        """Compare pairs of rows, shape (pairs,)."""
        found = np.zeros(len(first), np.bool_)
        for begin in range(0, len(first), _AT_ONCE):
            some = slice(begin, begin + _AT_ONCE)
            found[some] = self._some_pairs(first[some], second[some])
        return found

    def _some_pairs(self, first: Places, second: Places) -> Flags:
        found: Flags = self._marks[first] == self._marks[second]
        whole = self._by_user[first] | self._by_user[second]
        both, one, two = self._shared(self._user, first, second)
        found &= (one == 0) | (two == 0) | _is_enough(both, one, two)
        found &= _is_enough(*self._shared(self._context, first, second, ~whole))
        both, one, two = self._shared(self._answer, first, second)
        found &= ((one == both) & (two == both)) | _is_enough(both, one, two)
        return found

    def _shared(
        self, span: Span, first: Places, second: Places, without: Flags | None = None
    ) -> tuple[Places, Places, Places]:
        """Count the different runs that both rows of each pair have, the first, and the second; of some without the template."""
        one, two = (self._kinds(span.only(rows), without) for rows in (first, second))
        both = np.sort(np.concatenate((one, two)))
        both = both[1:][both[1:] == both[:-1]]
        shift, pairs = np.uint64(64 - _AT_ONCE.bit_length() + 1), len(first)
        return (
            np.bincount((both >> shift).astype(np.int64), minlength=pairs),
            np.bincount((one >> shift).astype(np.int64), minlength=pairs),
            np.bincount((two >> shift).astype(np.int64), minlength=pairs),
        )

    def _kinds(self, span: Span, without: Flags | None) -> Hashes:
        """List the different runs of each row, each behind the number of its row."""
        bits = _AT_ONCE.bit_length() - 1
        places, begins = span.places()
        runs = self._all[places]
        of_row = np.repeat(np.arange(len(span.start), dtype=np.uint64), np.diff(begins))
        if without is not None and len(self._template):
            at = np.minimum(np.searchsorted(self._template, runs), len(self._template) - 1)
            counts = (self._template[at] != runs) | ~np.repeat(without, np.diff(begins))
            runs, of_row = runs[counts], of_row[counts]
        return distinct((of_row << np.uint64(64 - bits)) | (runs >> np.uint64(bits)))

    def _row_of(self, row: int) -> tuple[frozenset[int], frozenset[int], frozenset[int]]:
        """Give the runs of what the user says, of the context, and of the answer."""
        user, whole, answer = (
            frozenset(self._all[span.start[row] : span.end[row]].tolist())
            for span in (self._user, self._context, self._answer)
        )
        return user, whole, answer


def _is_enough(both: Places, one: Places, two: Places) -> Flags:
    found: Flags = both / np.maximum(one + two - both, 1) >= ALIKE
    return found


def _jaccard(one: frozenset[int], two: frozenset[int]) -> float:
    both = len(one & two)
    return both / ((len(one) + len(two) - both) or 1)
