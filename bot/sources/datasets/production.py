"""Do training rows look like the requests of production, and these like them? By their shapes, row by row.

A production sample is a file of chat rows, with or without the answer. A template is one chat row in which `{{slots}}` stand for
what varies. A sample whose rows are training rows says nothing: it was taken out of the training file.
"""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from bot.readiness.data_profile import ShapeMatch
from bot.sources import normalise
from bot.sources.composition import Compositor
from bot.sources.datasets import openai_chat
from bot.sources.datasets.scan import Example, Faulty
from bot.sources.datasets.shapes import Feature, Prompts, Shapes
from bot.sources.evals.rows import objects
from bot.sources.trouble import Unreadable, not_supported

_MOST_FAULTY = 0.05  # house: share of rows that may be broken, as logs of production are here and there
_TELLING = 5  # house: words of a question; shorter ones are asked again and again
_FIX = (
    'Write each request on one line as the chat API takes it: {"messages": [...]}, with its `tools` where it has some.'
)
_PARTS = {
    "prompt": "instructions",
    "turns": "order of the roles",
    "tools": "tools",
    "tool": "tools",
    "answer": "form of the answer",
    "key": "keys of the answer",
}


class Production:
    """The requests of production, and what the training rows are beside them. `held` says that a schema judges the answers."""

    def __init__(self, raw: bytes, *, held: bool = False) -> None:
        """Read a sample or a template; raises Unreadable."""
        examples = _read(raw)
        self.template = len(examples) == 1 and b"{{" in raw
        answered = all(example.target is not None for example in examples)
        self._shapes = Shapes(answers=answered and not held)
        self._training = Shapes(answers=self._shapes.answers)
        self._made_of, self._sample_made_of = Compositor(), Compositor()
        self._keys: set[bytes] = set()
        self._asked: set[bytes] = set()
        self._copied: set[bytes] = set()
        for example in examples:
            self._shapes.add(example)
            if not self.template:
                context = normalise.normal(example.context)
                key = normalise.digest(context, normalise.normal(example.target or ""))
                self._remember(example, context, key)
                self._sample_made_of.add(key.hex(), example.user, example.target, example.tools)

    def _remember(self, example: Example, context: bytes, key: bytes) -> None:
        if len(example.user.split()) < _TELLING:
            return
        if example.target is None:
            self._asked.add(context)
        else:
            self._keys.add(key)

    def see(self, example: Example, context: bytes, key: bytes) -> None:
        """Look at a training row that is no copy: with the normal form of what comes before its target, and with its key."""
        self._training.add(example)
        if not self.template:
            self._made_of.add(str(len(self._training.numbers)), example.user, example.target, example.tools)
        if key in self._keys:
            self._copied.add(key)
        if context in self._asked:
            self._copied.add(context)

    def found(self) -> tuple[ShapeMatch, dict[int, str]]:
        """Conclude: the counts, and of each training row that is unlike production its number and in what it differs."""
        ours, theirs = Prompts(self._training), Prompts(self._shapes)
        mine, other = Counter(self._training.numbers), Counter(self._shapes.numbers)
        produced, trained = _counted(self._shapes, theirs, other), _counted(self._training, ours, mine)
        unlike = _lacking(self._training, ours.known_to(theirs), produced)
        # how the answers of today's model look is no claim on those that are to be learnt
        uncovered = _lacking(self._shapes, theirs.known_to(ours), trained, but=("answer", "key"))
        named = {row: unlike[kind] for row, kind in enumerate(self._training.numbers) if kind in unlike}
        return (
            ShapeMatch(
                rows=len(self._training.numbers),
                sample=len(self._shapes.numbers),
                unlike=len(named),
                unlike_in=_summed(unlike, mine),
                alone=_alone(self._training, ours, mine, trained),
                uncovered=sum(other[kind] for kind in uncovered),
                uncovered_in=_summed(uncovered, other),
                sample_alone=_alone(self._shapes, theirs, other, produced),
                copied=len(self._copied),
                comparable=len(self._keys) + len(self._asked),
                template=self.template,
                made_of=None if self.template else self._made_of.composition(),
                sample_made_of=None if self.template else self._sample_made_of.composition(),
            ),
            named,
        )


def _counted(shapes: Shapes, prompts: Prompts, rows: Counter[int]) -> Counter[Feature]:
    counts: Counter[Feature] = Counter()
    for kind, (prompt, others) in enumerate(shapes.kinds):
        for feature in (*others, ("prompt", prompts.names[prompt])):
            counts[feature] += rows[kind]
    return counts


def _lacking(
    shapes: Shapes, known: Sequence[bool], counts: Counter[Feature], but: tuple[str, ...] = ()
) -> dict[int, str]:
    """Name of each shape the first part in which it has what the other set has not; leaves out what it has all of."""
    found = {}
    for kind, (prompt, others) in enumerate(shapes.kinds):
        names = {feature[0] for feature in others if feature not in counts and feature[0] not in but}
        names |= set() if known[prompt] else {"prompt"}
        if names:
            found[kind] = next(said for name, said in _PARTS.items() if name in names)
    return found


def _alone(shapes: Shapes, prompts: Prompts, rows: Counter[int], counts: Counter[Feature]) -> int:
    """Count the rows with something that no other row of their own set has: about so many another draw would lack."""
    return sum(
        rows[kind] == 1 and any(counts[one] == 1 for one in (*others, ("prompt", prompts.names[prompt])))
        for kind, (prompt, others) in enumerate(shapes.kinds)
    )


def _summed(kinds: dict[int, str], rows: Counter[int]) -> dict[str, int]:
    counts: Counter[str] = Counter()
    for kind, said in kinds.items():
        counts[said] += rows[kind]
    return dict(counts.most_common())


def _read(raw: bytes) -> list[Example]:
    found: list[Example] = []
    rows = faulty = bare = 0
    first = ""
    for line, row in objects(raw):
        rows += 1
        try:
            found.append(_example(row))
        except Faulty as fault:
            faulty += 1
            bare += "messages" not in row
            first = first or f"line {line}: {fault.message}"
    if not rows:
        raise Unreadable("The production sample is empty.", _FIX)
    if bare > _MOST_FAULTY * rows:
        raise not_supported("The production sample holds inputs without what stands before and after them.", _FIX)
    if faulty > _MOST_FAULTY * rows:
        raise Unreadable(f"{faulty:,} of {rows:,} rows of the sample cannot be read; {first}", _FIX)
    return found


def _example(row: dict[str, Any]) -> Example:
    """Read a request, with its answer where it ends with one; raises Faulty."""
    if "messages" not in row and isinstance(row.get("input"), list):
        row = row | {"messages": row["input"]}
    whole = openai_chat.read(row, last=None, open_fields=True)
    if whole.roles[-1] != "assistant":
        return whole
    try:
        return openai_chat.read(row, open_fields=True)
    except Faulty:  # what production called wrongly, it called all the same
        messages = row["messages"][:-1]
        return openai_chat.read(row | {"messages": messages}, last=None, open_fields=True)
