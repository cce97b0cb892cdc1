"""Which texts may hold a number of a card, of an account, or of a person? Told of many texts at once, by the shapes of these.

Each of the shapes that are looked for holds three digits, a blank or a hyphen, and two digits; or thirteen digits; or two
capitals and two digits. Most texts hold none of these.
"""

from collections.abc import Sequence

import numpy as np


def perhaps(texts: Sequence[str]) -> set[int]:
    """List the places of texts that hold one of these."""
    signs = np.frombuffer("\n".join(texts).encode("ascii", "replace"), np.uint8)
    digits = (signs - np.uint8(48)) < 10
    two = digits[:-1] & digits[1:]
    if len(signs) < 4 or not two.any():
        return set()
    capitals = (signs - np.uint8(65)) < 26
    found = [capitals[:-3] & capitals[1:-2] & two[2:]]
    if len(signs) >= 6:
        gaps = (signs == 32) | (signs == 45)
        found.append(two[:-4] & digits[2:-3] & gaps[3:-2] & two[4:])
    if len(signs) >= 13:
        four = two[:-2] & two[2:]
        eight = four[:-4] & four[4:]
        found.append(eight[:-5] & eight[5:])
    ends = np.cumsum([len(text) + 1 for text in texts])
    return {place for each in found for place in np.searchsorted(ends, np.flatnonzero(each), side="right").tolist()}
