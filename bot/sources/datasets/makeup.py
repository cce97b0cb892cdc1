"""What are the rows made of? Tool calls, refusals, pairs, labels, and how much the rows differ from one another.

Labels are counted in every row while they can still be a closed set; all else in the sample that is drawn for the payload.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from bot.readiness.data_profile import Answers
from bot.sources import normalise
from bot.sources.datasets import refusals, tool_calls
from bot.sources.datasets.label_fields import label_fields
from bot.sources.datasets.payload import Payload
from bot.sources.datasets.scan import MAX_LABELS, Example
from bot.sources.datasets.variety import variety

SAMPLE = 1_000  # rows that are looked at; house: what holds for 1 % of the rows is hardly missed
COMPARED = 500  # of them, whose words are compared
_LEAST_WORDS = 4  # house: of a shorter answer, below which it is a label with its reasons rather than a cut text
_PHRASE = 0.01  # house: of the pairs; words that are added in so many are a phrase, like a greeting
_RARE = 50  # rows of one answer, beyond which it does not matter whether some are copies
_LONGEST = 20_000  # characters of an answer that are compared


class Makeup:
    """Counts labels, and looks at a sample that another observer draws."""

    def __init__(self, sampled: Payload) -> None:
        """Begin with no row; `sampled` sees the same rows."""
        self._sampled = sampled
        self._answers: dict[str, set[int] | int] | None = {}

    def see(self, line: int, example: Example) -> None:
        """Count the answer."""
        answers, target = self._answers, example.target
        if answers is not None and target is not None and example.wanted is not False:
            known = answers.get(target)
            if type(known) is int:
                answers[target] = known + 1
            else:
                self._count(answers, example.context, target)

    def found(self) -> Mapping[str, Any]:
        """Give the facts; none where there are no valid rows."""
        examples = self._sampled.sample(SAMPLE)
        if not examples:
            return {}
        return {
            "answers": _answers([example for _, example in examples]),
            "variety": variety(examples[:COMPARED]),
            "label_fields": label_fields(self._counts()) if self._answers else None,
        }

    def _count(self, answers: dict[str, set[int] | int], context: str, target: str) -> None:
        """Count a rare answer: a copy of a row counts once."""
        known = answers.setdefault(target, set())
        if isinstance(known, set):
            known.add(hash(context))
            if len(known) >= _RARE:
                answers[target] = len(known)
            elif len(answers) > MAX_LABELS:
                self._answers = None

    def _counts(self) -> Mapping[str, int]:
        return {text: n if isinstance(n, int) else len(n) for text, n in (self._answers or {}).items()}


def _answers(examples: Sequence[Example]) -> Answers:
    told = refusals.counted(e for e in examples if e.target is not None and e.wanted is not False)
    pairs = [pair for e in examples if (pair := _pair(e)) is not None]
    added = Counter(addition for _, addition in pairs if addition is not None)
    phrase = max(3, _PHRASE * len(pairs))
    return Answers(
        rows=len(examples),
        calls=sum(map(tool_calls.calls, examples)),
        given=sum(told.values()),
        refusals=told["plain"],
        perhaps=told["perhaps"],
        unread=told["unread"],
        pairs=len(pairs),
        chosen_longer=sum(longer > 0 for longer, _ in pairs),
        rejected_longer=sum(longer < 0 for longer, _ in pairs),
        contained=sum(number for number in added.values() if number < phrase),
    )


def _pair(example: Example) -> tuple[int, int | None] | None:
    """Say by how many characters the chosen answer is longer, and what the longer one adds to the shorter one it holds."""
    if example.rejected is None or example.target is None:
        return None
    chosen, rejected = (normalise.normal(text[:_LONGEST]) for text in (example.target, example.rejected))
    short, long = sorted((chosen, rejected), key=len)
    structured = example.target.lstrip()[:1] in ("{", "[")
    if structured or short.count(b" ") + 1 < _LEAST_WORDS or b" %b " % short not in b" %b " % long:
        return len(chosen) - len(rejected), None
    return len(chosen) - len(rejected), hash(long.replace(short, b"\n", 1))
