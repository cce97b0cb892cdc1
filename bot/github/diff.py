"""Which lines of a new file does a diff show? Only there does GitHub take a review comment; it refuses all for one off."""

import re

_HUNK = re.compile(r"@@ -\d+(?:,\d+)? \+(\d+)(?:,(\d+))? @@")


def shown_lines(patch: str | None) -> frozenset[int]:
    """List the line numbers (from 1) of the new file that a unified diff shows, added or unchanged; none without a patch."""
    shown: set[int] = set()
    line = left = 0
    for text in (patch or "").split("\n"):
        if left <= 0 and (hunk := _HUNK.match(text)):
            line, left = int(hunk[1]), int(hunk[2]) if hunk[2] is not None else 1
        elif left > 0 and (text.startswith(("+", " ")) or not text):  # an empty line may have lost its blank
            shown.add(line)
            line, left = line + 1, left - 1
    return frozenset(shown)
