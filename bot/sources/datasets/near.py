"""Which rows are nearly the same as an earlier one? The same words but for a few, and an answer that is the same or nearly so.

Rows are compared by their runs of three words. MinHash (Broder, 1997) finds pairs that may be alike, 128 hashes in 32 bands;
each pair is then compared run by run: only a Jaccard similarity of 0.7 and more counts, as in Data-Juicer's deduplication.
"""

from array import array
from collections.abc import Iterator

import numpy as np
import rensa
from numpy.typing import NDArray

from bot.sources.datasets.compared import ALIKE, Compared
from bot.sources.datasets.recurring import Recurring
from bot.sources.datasets.words import Hashes, Piece, Places, Short, Span, asked, distinct, mixed

Flags = NDArray[np.bool_]

RUN = 3
HASHES, BANDS, SEED = 128, 32, 42
SHARED = 0.1  # house: runs of words that more of the rows than this share are a template, and tell no row from another
AT_LEAST = 5  # house: rows; of what fewer share nobody knows whether it is a template
SAMPLE = 2_000  # rows in which templates are looked for
TRIES = 8  # of the rows that share bands with a row, those that share most are compared with it
_PIECE = 2_000  # rows whose runs are looked at at a time: what is computed of them stays within the processor's cache
_LEAST = 2**16  # runs for which there is room from the first row on
_TABLE = 2**16  # places of the table that tells most runs to be no template's
OWN_WORDS = 4  # house: with fewer words of its own beside the template, a row is compared by all that the user says


class Rows:
    """Keeps the runs of three words of all rows, by the 64 bits of their hashes.

    MinHash takes 32 of them. Of many short rows some are the same by these; when rows are compared, all 64 bits are.
    """

    def __init__(self) -> None:
        """Begin with no row."""
        self._runs = np.zeros(0, np.uint64)
        self._columns: list[tuple[Places, ...]] = []
        self.words = 0

    def take(self, piece: Piece) -> None:
        """Keep the runs of some rows."""
        spans = (piece.context, piece.user, piece.answer)
        places = [each + self.words for span in spans for each in (span.start, span.end)]
        self._columns.append((*places, piece.lines, piece.marks.astype(np.int64)))
        begin, self.words = self.words, self.words + len(piece.words)
        if self.words > len(self._runs):
            # grown in place, by an eighth: many arrays put together in the end would be there twice
            self._runs.resize(max(self.words, len(self._runs) * 9 // 8, _LEAST), refcheck=False)
        self._runs[begin : self.words] = piece.threes

    def __len__(self) -> int:
        return sum(len(columns[0]) for columns in self._columns)

    def lines(self) -> "array[int]":
        """List the line of each row."""
        return array("q", b"".join(columns[6].tobytes() for columns in self._columns))

    def whole(self) -> tuple[Hashes, Span, Span, Span, Places]:
        """Give all runs, where each row's context, user and answer lie among them, and the rows' marks; keeps none of it."""
        columns = [np.concatenate(column) for column in zip(*self._columns, strict=True)]
        runs = self._runs[: self.words]
        self._runs, self._columns, self.words = runs[:0], [], 0
        return runs, Span(*columns[0:2]), Span(*columns[2:4]), Span(*columns[4:6]), columns[7]


def near_duplicates(rows: Rows) -> dict[int, int]:
    """Find the rows that are nearly the same as an earlier one, by number: {row: the earlier row that stays}."""
    if len(rows) < 2 or not rows.words:
        return {}
    runs = _Runs(*rows.whole())
    found: dict[int, int] = {}
    for row, others, first_is_alike in _candidates(runs):
        for place, other in enumerate(others):
            kept = found.get(other, other)
            if kept != row and (first_is_alike if place == 0 and kept == other else runs.compared.alike(kept, row)):
                found[row] = kept
                break
    return found


class _Runs:
    """The runs of words of each row that count when rows are compared."""

    def __init__(self, runs: Hashes, context: Span, user: Span, answer: Span, marks: Places) -> None:
        self._all, self._context, self._user = runs, context, user
        self._template, left_out = _template(runs, context)
        self._by_user = np.zeros(len(marks), np.bool_)
        self.rows = self._perhaps_alike()
        self._counting, self._begins = self._lined_up()
        spans = context.runs(RUN), user.runs(RUN), answer.runs(RUN)
        self.compared = Compared(runs, *spans, marks, self._by_user, left_out)

    def digests(self, some: Places | None = None) -> "rensa.RMinHashDigestMatrix":
        """Hash the runs of all of `rows`, or of some of them, for MinHash."""
        counting, begins = self._counting, self._begins
        if some is not None:
            places, begins = Span(begins[some], begins[some + 1]).places()
            counting = counting[places]
        return rensa.RMinHash.digest_matrix_from_flat_token_hashes(counting, begins.astype(np.uint64), HASHES, SEED)

    def _perhaps_alike(self) -> Places:
        """List the rows that may be alike to another one, and note which are compared by what the user says.

        Runs that stand in no other row speak against a row: where they are too many, no other row can be alike to it.
        """
        pieces = [slice(first, first + _PIECE) for first in range(0, len(self._by_user), _PIECE)]
        whole = self._context.runs(RUN)
        lengths = whole.end - whole.start
        recurring = Recurring((short[inside] for short, _, inside in map(self._piece, pieces)), int(lengths.sum()))
        lone, shared = (np.zeros(len(self._by_user), np.int64) for _ in range(2))
        for some in pieces:
            short, context, inside = self._piece(some)
            runs = context.runs(RUN)
            lone[some] = _sums(~recurring.among(short), runs)
            if len(self._template):
                template = self._is_template(short) & inside
                shared[some] = _sums(template, runs)
                self._by_user[some] = (shared[some] > 0) & (_own_words(template, context) < OWN_WORDS)
        known = lengths - lone
        unlike = (1 - ALIKE) * (known - shared) < ALIKE * lone
        if self._by_user.any():
            unlike &= (1 - ALIKE) * known < ALIKE * lone  # beside such a row, others are compared whole
        return np.flatnonzero(~unlike)

    def _piece(self, some: slice) -> tuple[Short, Span, Flags]:
        """Give the runs of some rows after one another, where their contexts lie among them, and where a context's runs begin."""
        context = self._context.only(some)
        base = context.start[0]
        short = _short(self._all[base : context.end[-1]])
        context = Span(context.start - base, context.end - base)
        return short, context, _inside(context.runs(RUN), len(short))

    def _lined_up(self) -> tuple[Hashes, Places]:
        """Line the runs up that count of `rows`, and say where each row's begin; where the user's words decide, those (or all)."""
        context, user, by_user = self._context.only(self.rows), self._user.only(self.rows), self._by_user[self.rows]
        said = asked(context, user)
        counting = Span(np.where(by_user, said.start, context.start), np.where(by_user, said.end, context.end)).runs(
            RUN
        )
        # as many as there can be; the system gives memory only for what is written
        found = np.empty(int((counting.end - counting.start).sum()), np.uint64)
        begins = np.zeros(len(self.rows) + 1, np.int64)
        for first in range(0, len(self.rows), _PIECE):
            some = slice(first, first + _PIECE)
            places, of_row = counting.only(some).places()
            runs = _short(self._all[places])
            counts = np.ones(len(runs), np.bool_)
            if len(self._template):
                counts = ~self._is_template(runs) | np.repeat(by_user[some], np.diff(of_row))
            lengths = _sums(counts, Span(of_row[:-1], of_row[1:]))
            ends = begins[first + 1 : first + 1 + len(lengths)]
            np.cumsum(lengths, out=ends)
            ends += begins[first]
            found[begins[first] : ends[-1]] = runs[counts]
        return found[: begins[-1]], begins

    def _is_template(self, runs: Short) -> Flags:
        """Say which runs are a template's; most are not, which a table tells at once."""
        table = np.zeros(_TABLE, np.bool_)
        table[self._template & np.uint32(_TABLE - 1)] = True
        found: Flags = table[runs & np.uint32(_TABLE - 1)]
        places = np.flatnonzero(found)
        at = np.minimum(np.searchsorted(self._template, runs[places]), len(self._template) - 1)
        found[places] = self._template[at] == runs[places]
        return found


def _short(runs: Hashes) -> Short:
    """Give 32 bits of each run's hash, as MinHash takes them."""
    return (runs >> np.uint64(32)).astype(np.uint32)


def _template(runs: Hashes, context: Span) -> tuple[Short, Hashes]:
    """Find the runs that too many rows share to tell one from another, in a sample that is spread over the rows.

    Gives 32 bits of each, and the whole, both in order.
    """
    count = len(context.start)
    rows = np.unique(np.linspace(0, count - 1, min(SAMPLE, count)).astype(np.int64))
    places, begins = context.runs(RUN).only(rows).places()
    sample = runs[places]
    short = _short(sample)
    of_row = np.repeat(np.arange(len(rows), dtype=np.uint64), np.diff(begins))
    once = distinct((of_row << np.uint64(32)) | short)
    kinds, seen = np.unique(once.astype(np.uint32), return_counts=True)
    found = kinds[seen > max(AT_LEAST, SHARED * len(rows))]
    return found, distinct(sample[np.isin(short, found)])


def _own_words(template: Flags, context: Span) -> Places:
    """Count the words of each row's context that are in no run of the template: what is left of few tells too little."""
    covered = template.copy()
    for start in range(1, RUN):
        covered[start:] |= template[:-start]
    return _sums(~covered, context)


def _inside(runs: Span, words: int) -> Flags:
    """Flag the places at which a run of some row begins: elsewhere it would reach into what comes next."""
    steps = np.zeros(words + 1, np.int8)
    some = runs.end > runs.start
    steps[runs.start[some]] += 1
    steps[runs.end[some]] -= 1
    found: Flags = np.cumsum(steps[:-1], dtype=np.int8).view(np.bool_)
    return found


def _sums(flags: Flags, of: Span) -> Places:
    """Count the flags of each row."""
    sums = np.zeros(len(flags) + 1, np.int64)
    np.cumsum(flags, out=sums[1:])
    found: Places = sums[of.end] - sums[of.start]
    return found


def _candidates(runs: _Runs) -> Iterator[tuple[int, list[int], bool]]:
    """Walk the rows that share a band with an earlier one, each with the ones that share most bands first.

    And with whether the first of these is alike.
    """
    if len(runs.rows) < 2:
        return
    flagged = rensa.RMinHashLSH(ALIKE, HASHES, BANDS).query_duplicate_flags_matrix_one_shot(runs.digests())
    some = np.flatnonzero(np.array(flagged, np.bool_))
    if not len(some):
        return
    keys = np.concatenate([_bands(runs, some[first : first + _PIECE]) for first in range(0, len(some), _PIECE)])
    pairs = np.concatenate([_pairs(keys[:, band]) for band in range(BANDS)])
    pairs, shared = np.unique(pairs, return_counts=True)
    rows, others = pairs >> np.uint64(32), pairs & np.uint64(0xFFFFFFFF)
    order = np.lexsort((others, -shared, rows))
    begins = np.flatnonzero(np.concatenate(([True], np.diff(rows[order]) > 0)))
    numbers = runs.rows[some]
    first_is_alike = runs.compared.pairs(
        numbers[others[order[begins]].astype(np.int64)], numbers[rows[order[begins]].astype(np.int64)]
    )
    ends = np.append(begins[1:], len(order))
    for begin, end, alike in zip(begins.tolist(), ends.tolist(), first_is_alike.tolist(), strict=True):
        some_of = order[begin : min(end, begin + TRIES)]
        yield int(numbers[int(rows[some_of[0]])]), numbers[others[some_of].astype(np.int64)].tolist(), alike


def _bands(runs: _Runs, rows: Places) -> Hashes:
    """Hash each band of some of the rows, by their places in `runs.rows`, shape (rows, BANDS)."""
    matrix = np.array(runs.digests(rows).to_rows(), np.uint64).reshape(len(rows), BANDS, -1)
    found = np.zeros(matrix.shape[:2], np.uint64)
    for column in range(matrix.shape[2]):
        found = mixed((found * np.uint64(31)) + matrix[:, :, column])
    return found


def _pairs(keys: Hashes) -> Hashes:
    """Pair each row with the first and with the last earlier row of the same key: row * 2**32 + earlier row, shape (pairs,)."""
    order = np.argsort(keys, kind="stable")
    same = np.concatenate(([False], keys[order][1:] == keys[order][:-1]))
    later = np.flatnonzero(same)
    begins = np.maximum.accumulate(np.where(same, 0, np.arange(len(keys))))
    rows = order[later].astype(np.uint64) << np.uint64(32)
    return np.concatenate((rows | order[begins[later]].astype(np.uint64), rows | order[later - 1].astype(np.uint64)))
