"""Can this number be, when no rows prove it? Of a share of right answers value, N and standard error tell of one another.

Weak, but it catches a value or an N that was edited alone. Only for metrics that are a mean of zeros and ones by their name,
and tools whose standard error is the plain one: anything else would accuse without ground.
"""

import re
from math import sqrt

from bot.readiness.eval_report import EvalMetric

_SHARES = frozenset(("acc", "accuracy", "exactmatch", "em"))  # house; names without case and separators
_PLAIN = (
    "lm-eval",
)  # formats whose standard error is the sample's; that of inspect may be one of clusters, or of epochs
_ROUNDED = 0.02  # house: of a standard error, relative; tools round, and some divide by N instead of N - 1
_WHOLE = 0.01  # house: how far value x N may be from a whole number


def implausible(metric: EvalMetric, format: str) -> str | None:
    """Say what does not hold together in an aggregate; None when nothing is known to be wrong."""
    value, n, stderr = metric.value, metric.n, metric.stderr
    if re.sub(r"[\W_]+", "", metric.name or "").casefold() not in _SHARES or format not in _PLAIN or value is None:
        return None
    if not 0 <= value <= 1:
        return f"{metric.name} is a share of right answers, and says {value:g}"
    if not n or n < 2 or stderr is None or stderr <= 0:
        return None
    expected = sqrt(value * (1 - value) / (n - 1))
    if abs(stderr - expected) > _ROUNDED * max(stderr, expected) + 5e-5:
        return f"over {n:,} items {value:g} has a standard error of {expected:.4f}, and the artifact says {stderr:.4f}"
    right = value * n
    if len(repr(value)) > 8 and abs(right - round(right)) > _WHOLE:
        return f"{value:g} of {n:,} items is no whole number of right answers"
    return None
