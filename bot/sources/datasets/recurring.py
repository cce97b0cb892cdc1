"""Which runs of words stand in more than one place of a data set? Told of all runs at once, by sorting 32 bits of each.

Two different runs may be taken for one, and a run that comes twice in one row for one of two rows: what is said to stand alone does.
"""

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from bot.sources.datasets.words import Short

_PLACES = (2**16, 2**26)  # of the table, at least and at most; house: 64 MB for the most
_ROOM = 2  # places for each run, so that hardly one of a hundred falls onto another's
_STEP = 2**18


class Recurring:
    """The runs that come again."""

    def __init__(self, runs: Iterable[Short], most: int) -> None:
        """Take the runs piece by piece, of which there are at most so many."""
        ordered = np.empty(most, np.uint32)
        count = 0
        for piece in runs:
            ordered[count : count + len(piece)] = piece
            count += len(piece)
        ordered = ordered[:count]
        ordered.sort()
        least, largest = _PLACES
        places = min(max(1 << (_ROOM * count).bit_length(), least), largest)
        self._mask = np.uint32(places - 1)
        self._table = np.zeros(places, np.bool_)
        for first in range(0, count, _STEP):
            some = ordered[first : first + _STEP + 1]
            again = some[1:][some[1:] == some[:-1]]
            self._table[again & self._mask] = True

    def among(self, runs: Short) -> NDArray[np.bool_]:
        """Say of each run, by 32 bits of its hash, whether it may stand elsewhere, too."""
        found: NDArray[np.bool_] = self._table[runs & self._mask]
        return found
