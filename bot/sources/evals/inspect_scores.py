"""What do the values of an Inspect score count? Letters and numbers as the tool reads them, and epochs reduced to one value.

Only reducers and metrics whose rule we know are reckoned: for any other the answer is None, never a mean that is wrong.
"""

import math
import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from math import comb
from statistics import fmean, median
from typing import Any

from bot.sources.evals.format import mapping, number

_LETTERS = {"C": 1.0, "P": 0.5, "I": 0.0, "N": 0.0, "yes": 1.0, "true": 1.0, "no": 0.0, "false": 0.0}
_SPREAD = re.compile(r"(?:stderr|std|var|bootstrap_stderr|variance|standard_error)\d*|ci_.*", re.IGNORECASE)
_MEANS = ("accuracy", "mean")  # of the tool itself, whose name it writes without a package
_WITH_K = re.compile(r"(at_least|pass_at|pass_k)_(\d{1,4})")


def counts(value: Any) -> float | None:
    """Read a value as the tool does; None for what it cannot read either, and then counts as 0."""
    if isinstance(value, str):
        known = _LETTERS.get(value, _LETTERS.get(value.lower()) if len(value) > 1 else None)
        if known is not None:
            return known
        try:
            read = float(value) if len(value) < 60 else math.nan
        except ValueError:
            return None
        return number(read) if math.isfinite(read) else None
    return number(value)


def is_spread(name: str) -> bool:
    """Say whether a metric only says how sure another one is."""
    return _SPREAD.fullmatch(name.rpartition("/")[2]) is not None


def is_mean(name: str, params: Mapping[str, Any]) -> bool:
    """Say whether a metric is the tool's own mean over items, of values as it reads them by itself."""
    return name in _MEANS and not params.get("to_float")


def reducer(name: str | None) -> Callable[[Sequence[Any]], float | None] | None:
    """Find how the values of one item's epochs become one; None for a rule that is not known here.

    What it gives is None where it does not follow from the values alone, like the commonest of two equally common ones.
    """
    if name is None or name == "mean":
        return lambda values: fmean(counts(value) or 0.0 for value in values)
    if name == "median":
        return lambda values: median(counts(value) or 0.0 for value in values)
    if name == "max":
        return lambda values: max(counts(value) or 0.0 for value in values)
    if name == "mode":
        return _mode
    if (found := _WITH_K.fullmatch(name)) is None:
        return None
    kind, k = found.group(1), int(found.group(2))
    return lambda values: _of_k(kind, k, values)


def _mode(values: Sequence[Any]) -> float | None:
    if any(isinstance(value, list | dict) for value in values):
        return None
    (first, times), *rest = Counter(values).most_common(2)
    tied = bool(rest) and rest[0][1] == times and counts(rest[0][0]) != counts(first)
    return None if tied else counts(first) or 0.0


def _of_k(kind: str, k: int, values: Sequence[Any]) -> float | None:
    right, total = sum((counts(value) or 0.0) >= 1 for value in values), len(values)
    if kind == "at_least":
        return float(right >= k)
    if total < k:
        return None  # not scored, says the tool
    ways = comb(total, k)
    return comb(right, k) / ways if kind == "pass_k" else 1.0 - comb(total - right, k) / ways


def inner(entry: Mapping[str, Any], key: str) -> str:
    """Name the metric that a grouped one applies to each group, and any other one itself."""
    given = mapping(entry.get("params")).get("metric")
    if isinstance(given, dict):
        given = given.get("name")
    name = given if isinstance(given, str) else entry.get("name")
    return (name if isinstance(name, str) else key).removeprefix("inspect_ai/")
