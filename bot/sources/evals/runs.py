"""How are the runs of one file told apart? By names that a person can copy into `run`, each of them once."""

from collections import Counter
from collections.abc import Sequence

from bot.sources.strict_json import printable
from bot.sources.trouble import Unreadable

MOST_RUNS = 100  # house: of one file
_LONGEST = 120  # characters of a name


def told_apart(names: Sequence[tuple[str, str]]) -> list[str]:
    """Name runs: by the first text, where that repeats with the second too, and where both repeat with a number.

    Raises Unreadable when there are too many.
    """
    if len(names) > MOST_RUNS:
        raise Unreadable(
            f"The file holds {len(names):,} runs; at most {MOST_RUNS:,} are read.", "Link a file with fewer runs."
        )
    short = [printable(name, _LONGEST) or "unnamed" for name, _ in names]
    again = Counter(short)
    full = [
        f"{first} / {printable(detail, _LONGEST)}" if again[first] > 1 and detail else first
        for first, (_, detail) in zip(short, names, strict=True)
    ]
    taken: set[str] = set()
    found = []
    for name in full:
        number, unique = 1, name
        while unique in taken:
            number += 1
            unique = f"{name} ({number})"
        taken.add(unique)
        found.append(unique)
    return found
