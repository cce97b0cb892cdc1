"""Which runs of words stand in more than one place of a data set? Told of all runs at once, by sorting 32 bits of each.

Two different runs may be taken for one, and a run that comes twice in one row for one of two rows: what is said to stand alone does.
"""

import numpy as np
from numpy.typing import NDArray

from bot.sources.datasets.words import Hashes, Short

_PLACES = (2**16, 2**26)  # of the table, at least and at most; house: 64 MB for the most
_ROOM = 2  # places for each run, so that hardly one of a hundred falls onto another's
_STEP = 2**18


class Recurring:
    """The runs that come again."""

    def __init__(self, runs: Hashes) -> None:
        """Find them."""
        ordered = np.empty(len(runs), np.uint32)
        for first in range(0, len(runs), _STEP):
            ordered[first : first + _STEP] = runs[first : first + _STEP] >> np.uint64(32)
        ordered.sort()
        least, most = _PLACES
        places = min(max(1 << (_ROOM * len(runs)).bit_length(), least), most)
        self._mask = np.uint32(places - 1)
        self._table = np.zeros(places, np.bool_)
        for first in range(0, len(runs), _STEP):
            some = ordered[first : first + _STEP + 1]
            again = some[1:][some[1:] == some[:-1]]
            self._table[again & self._mask] = True

    def among(self, runs: Short) -> NDArray[np.bool_]:
        """Say of each run, by 32 bits of its hash, whether it may stand elsewhere, too."""
        found: NDArray[np.bool_] = self._table[runs & self._mask]
        return found
