"""Which rows are nearly the same as an earlier one? The same words but for a few, and an answer that is the same or nearly so.

Rows are compared by their runs of three words. MinHash (Broder, 1997) finds pairs that may be alike, 128 hashes in 32 bands;
each pair is then compared run by run: only a Jaccard similarity of 0.7 and more counts, as in Data-Juicer's deduplication.
"""

from collections.abc import Iterator
from functools import lru_cache

import numpy as np
import rensa
from numpy.typing import NDArray

from bot.sources.datasets.words import Hashes, Numbered, Places, Short, Span, mixed

Flags = NDArray[np.bool_]
Run = tuple[int, ...]
"""Three words after one another, by their numbers."""

RUN = 3
HASHES, BANDS, SEED = 128, 32, 42
ALIKE = 0.7
SHARED = 0.1  # house: runs of words that more of the rows than this share are a template, and tell no row from another
AT_LEAST = 5  # house: rows; of what fewer share nobody knows whether it is a template
SAMPLE = 2_000  # rows in which templates are looked for
TRIES = 8  # of the rows that share bands with a row, those that share most are compared with it
OWN_WORDS = 4  # house: with fewer words of its own beside the template, a row is compared by all that the user says


def near_duplicates(rows: Numbered) -> dict[int, int]:
    """Find the rows that are nearly the same as an earlier one, by number: {row: the earlier row that stays}."""
    if len(rows.lines) < 2 or not len(rows.words):
        return {}
    runs = _Runs(rows)
    found: dict[int, int] = {}
    for row, others in _candidates(runs):
        for other in others:
            kept = found.get(other, other)
            if kept != row and runs.alike(kept, row):
                found[row] = kept
                break
    return found


class _Runs:
    """The runs of words of each row that count when rows are compared."""

    def __init__(self, rows: Numbered) -> None:
        self._rows = rows
        short = rows.shortened(RUN)
        context = rows.context.runs(RUN)
        places, begins = context.places()
        template, self._template = self._shared(short, context)
        counts = ~np.isin(short[places], template) if len(template) else np.ones(len(places), np.bool_)
        self._by_user = self._few_own_words(places, begins, counts)
        self._short, self._begins = self._counting(
            short, places, begins, counts & ~np.repeat(self._by_user, np.diff(begins))
        )
        self.whole, self.own, self.user, self.answer = map(
            lru_cache(4_096), (self._whole, self._own, self._user, self._answer)
        )

    def digests(self, rows: Places | None = None) -> "rensa.RMinHashDigestMatrix":
        """Hash the runs of all rows, or of some, for MinHash."""
        short, begins = self._short, self._begins
        if rows is not None:
            places, begins = Span(begins[rows], begins[rows + 1]).places()
            short = short[places]
        return rensa.RMinHash.digest_matrix_from_flat_token_hashes(
            short.astype(np.uint64), begins.astype(np.uint64), HASHES, SEED
        )

    def alike(self, first: int, second: int) -> bool:
        """Compare two rows: what counts of the context, what the user says, and the answers."""
        if self._rows.marks[first] != self._rows.marks[second]:
            return False
        said = self.user(first), self.user(second)
        if all(said) and _jaccard(*said) < ALIKE:
            return False
        asked = self.whole if self._by_user[first] or self._by_user[second] else self.own
        if _jaccard(asked(first), asked(second)) < ALIKE:
            return False
        answers = self.answer(first), self.answer(second)
        return answers[0] == answers[1] or _jaccard(*answers) >= ALIKE

    def _whole(self, row: int) -> frozenset[Run]:
        return self._runs(self._rows.context, row)

    def _own(self, row: int) -> frozenset[Run]:
        return self.whole(row) - self._template

    def _user(self, row: int) -> frozenset[Run]:
        return self._runs(self._rows.user, row)

    def _answer(self, row: int) -> frozenset[Run]:
        return self._runs(self._rows.answer, row)

    def _runs(self, span: Span, row: int) -> frozenset[Run]:
        words = self._rows.words[span.start[row] : span.end[row]].tolist()
        return frozenset(zip(words, words[1:], words[2:], strict=False))

    def _shared(self, short: Short, context: Span) -> tuple[Short, frozenset[Run]]:
        """Find the runs that too many rows share to tell one from another, in a sample that is spread over the rows."""
        count = len(self._rows.lines)
        rows = np.unique(np.linspace(0, count - 1, min(SAMPLE, count)).astype(np.int64))
        places, begins = context.only(rows).places()
        of_row = np.repeat(np.arange(len(rows), dtype=np.uint64), np.diff(begins))
        once = np.unique((of_row << np.uint64(32)) | short[places])
        runs, seen = np.unique(once.astype(np.uint32), return_counts=True)
        found: Short = runs[seen > max(AT_LEAST, SHARED * len(rows))]
        begin = places[np.isin(short[places], found)]
        words = (self._rows.words[begin + after].tolist() for after in range(RUN))
        return found, frozenset(zip(*words, strict=True))

    def _few_own_words(self, places: Places, begins: Places, counts: Flags) -> Flags:
        """Say which rows have hardly a word outside of the template: what is left of them would tell too little."""
        covered = np.zeros(len(self._rows.words), np.bool_)
        for start in range(RUN):
            covered[places[~counts] + start] = True
        words, ends = self._rows.context.places()
        few: Flags = _sums(~covered[words], ends) < OWN_WORDS
        return few & (_sums(~counts, begins) > 0)

    def _counting(self, short: Short, places: Places, begins: Places, counts: Flags) -> tuple[Short, Places]:
        """Line the runs up that count, and say where each row's begin; where the user's words decide, those (or all)."""
        context, user = self._rows.context.runs(RUN), self._rows.user.runs(RUN)
        lengths = _sums(counts, begins)
        some = np.flatnonzero(self._by_user)
        said = user.end > user.start
        whole = Span(np.where(said, user.start, context.start), np.where(said, user.end, context.end)).only(some)
        lengths[some] = whole.end - whole.start
        ends = np.concatenate(([0], np.cumsum(lengths)))
        mine = np.repeat(self._by_user, lengths)
        found = np.empty(ends[-1], np.uint32)
        found[mine] = short[whole.places()[0]]
        found[~mine] = short[places[counts]]
        return found, ends


def _sums(flags: Flags, begins: Places) -> Places:
    """Count the flags of each row."""
    sums = np.concatenate(([0], np.cumsum(flags)))
    found: Places = sums[begins[1:]] - sums[begins[:-1]]
    return found


def _jaccard(one: frozenset[Run], two: frozenset[Run]) -> float:
    both = len(one & two)
    return both / ((len(one) + len(two) - both) or 1)


def _candidates(runs: _Runs) -> Iterator[tuple[int, list[int]]]:
    """Walk the rows that share a band with an earlier one, each with the ones that share most bands first."""
    flagged = rensa.RMinHashLSH(ALIKE, HASHES, BANDS).query_duplicate_flags_matrix_one_shot(runs.digests())
    some = np.flatnonzero(np.array(flagged, np.bool_))
    if not len(some):
        return
    matrix = np.array(runs.digests(some).to_rows(), np.uint64).reshape(len(some), BANDS, -1)
    pairs = np.concatenate([_pairs(_band(matrix[:, band])) for band in range(BANDS)])
    pairs, shared = np.unique(pairs, return_counts=True)
    rows, others = pairs >> np.uint64(32), pairs & np.uint64(0xFFFFFFFF)
    order = np.lexsort((others, -shared, rows))
    begins = np.flatnonzero(np.concatenate(([True], np.diff(rows[order]) > 0)))
    for begin, end in zip(begins, [*begins[1:], len(order)], strict=True):
        some_of = order[begin : min(end, begin + TRIES)]
        yield int(some[int(rows[some_of[0]])]), some[others[some_of].astype(np.int64)].tolist()


def _band(values: Hashes) -> Hashes:
    found = np.zeros(len(values), np.uint64)
    for column in range(values.shape[1]):
        found = mixed((found * np.uint64(31)) + values[:, column])
    return found


def _pairs(keys: Hashes) -> Hashes:
    """Pair each row with the first and with the last earlier row of the same key: row * 2**32 + earlier row, shape (pairs,)."""
    order = np.argsort(keys, kind="stable")
    same = np.concatenate(([False], keys[order][1:] == keys[order][:-1]))
    later = np.flatnonzero(same)
    begins = np.maximum.accumulate(np.where(same, 0, np.arange(len(keys))))
    rows = order[later].astype(np.uint64) << np.uint64(32)
    return np.concatenate((rows | order[begins[later]].astype(np.uint64), rows | order[later - 1].astype(np.uint64)))
