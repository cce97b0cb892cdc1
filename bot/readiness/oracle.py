"""Is a run the baseline with the right passage in the prompt, as far as facts can tell? Model, held-out set, and what is odd.

Tools that log the whole prompt as the input show other items than the baseline's: what is left to compare is then how many
there are, and the right answers.
"""

from collections.abc import Iterable

from bot.readiness.eval_report import EvalMetric
from bot.readiness.model_name import are_alike, words_of
from bot.readiness.wording import count

_EPSILON = 1e-9  # shares are floats: 0.75 - 0.7 is no more than 0.05


def points(share: float, *values: float) -> float:
    """Translate points (0.05: five of a hundred) to the scale of values: a share of the first where they are no shares."""
    return (share if all(abs(value) <= 1 for value in values) else share * abs(values[0])) + _EPSILON


def other_model(one: str, other: str, small: frozenset[str]) -> bool:
    """Say whether two names are of different models: other words, or a word of smaller siblings in one only."""
    siblings = [small.intersection(words_of(name)) for name in (one, other)]
    return not are_alike(one, other) or siblings[0] != siblings[1]


def another_set(metric: EvalMetric, baseline: EvalMetric, most: float) -> str | None:
    """Say how the items of two runs differ, by more than a share of them; None where they may be the same."""
    keys, known = ({item.key for item in each.items} for each in (metric, baseline))
    if not keys or not known:
        return None
    if keys & known:
        odd = len(keys ^ known)
        return f"{count(odd, 'item')} are in one of both only" if odd > most * len(keys | known) else None
    if abs(len(keys) - len(known)) > most * len(known):
        return f"{count(len(keys), 'item')}, the baseline {len(known):,}"
    ours, theirs = (each.composition.labels if each.composition else {} for each in (metric, baseline))
    if not ours or not theirs:
        return None
    odd = sum(abs(ours.get(label, 0) - theirs.get(label, 0)) for label in ours.keys() | theirs.keys())
    return "its right answers are not those of the baseline's" if odd > 2 * most * len(known) else None


def as_before(metric: EvalMetric, baseline: EvalMetric) -> bool:
    """Say whether a run scores every item as the baseline does, both of the same items, some right and some wrong."""
    ours, theirs = (_scores(each) for each in (metric, baseline))
    return ours == theirs and len(set(ours.values())) > 1


def _scores(metric: EvalMetric) -> dict[str, tuple[float, ...]]:
    found: dict[str, list[float]] = {}
    for item in metric.items:
        found.setdefault(item.key, []).append(-1.0 if item.score is None or item.errored else item.score)
    return {key: _sorted(scores) for key, scores in found.items()}


def _sorted(scores: Iterable[float]) -> tuple[float, ...]:
    return tuple(sorted(scores))


def is_worse(oracle: float, baseline: float, by: float, *, higher: bool) -> bool:
    """Say whether a run is worse than the baseline by more than points."""
    return (baseline - oracle if higher else oracle - baseline) > points(by, baseline, oracle)
