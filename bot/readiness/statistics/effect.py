"""How large is a gain: as a share of what there was, or of the errors that there were?"""


def relative_gain(gain: float, before: float) -> float | None:
    """Relate a gain to the former value's size; None where that was 0."""
    return gain / abs(before) if before else None


def error_reduction(gain: float, before: float) -> float | None:
    """Relate a gain to the errors that were left below 1; None where there were none.

    Near the ceiling this is the fair measure: from 0.95, 5 % more is out of reach.
    """
    return gain / (1 - before) if before < 1 else None
