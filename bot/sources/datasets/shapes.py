"""What shape has a row, and does another set of rows have it too? Features that are counted, never texts.

A row's features are: each transition of its roles, whether it offers tools and which, the instructions that stand before all,
and of its answer whether it is JSON, calls or text, and the keys of that JSON. A row whose every feature the other set has is
like it: a longer conversation, fewer of the tools, a key that may be left out are no other shape.

Instructions are compared without what varies in them. Words with digits, quoted words, placeholders and names are one sign; of
the rows that share a sentence, what stands in nearly all of them is the prompt, and the rest is what was filled in.
"""

import re
from array import array
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

import msgspec

from bot.sources.datasets.scan import Example

ALIKE = 0.6  # house: share of words that two prompts have in common, from which on they are one
_STABLE = 0.8  # house: of the rows of a prompt, that hold what is no filled-in text
_REPEATED = 3  # house: rows, in which a sentence stands that rows are grouped by
_SPOKEN = 5  # house: words, below them a prompt says too little to be told from others
_MOST_PROMPTS = 200  # groups of prompts that are compared; more is no product
_MOST_RARE = 1_000  # prompts of their own that are compared
_NAME = "\x00"
_QUOTED = re.compile(
    r"\{\{[^{}\n]{0,200}\}\}|\[[A-Z][A-Z0-9_ ]{0,40}\]|<[A-Z][A-Z0-9_ ]{0,40}>"
    r'|"[^"\n]{1,200}"|“[^”\n]{1,200}”|«[^»\n]{1,200}»|`[^`\n]{1,200}`'
)
_SENTENCE = re.compile(r"\n+|(?<=[.!?:;。！？])\s+|(?<=[。！？])")
_SYSTEM = ("system", "developer")
_TOOL = ("tool", "function")
_MOST_KEYS = 50
_WORDS = 50_000  # that are remembered as they are folded

Feature = tuple[str, ...]
Sentence = tuple[str, ...]
_Kept = tuple[int, tuple[str, ...], tuple[str, ...], tuple[str, ...]]


@dataclass(slots=True)
class Shapes:
    """The shapes of one set of rows. `answers` says whether the form of the answers is a feature."""

    answers: bool = True
    numbers: "array[int]" = field(default_factory=lambda: array("q"))  # of each row, that of its shape
    kinds: list[tuple[int, frozenset[Feature]]] = field(
        default_factory=list
    )  # of each shape: its prompt, other features
    prompts: list[Mapping[Sentence, None]] = field(default_factory=list)  # of each distinct prompt, its sentences
    _texts: dict[str, int] = field(default_factory=dict)
    _known: dict[_Kept, int] = field(default_factory=dict)

    def add(self, example: Example) -> None:
        """Count a row."""
        roles = example.roles if example.target is None else example.roles[:-1]
        system = example.system
        prompt = self._texts.get(system)
        if prompt is None:
            prompt = self._texts[system] = len(self.prompts)
            self.prompts.append(sentences(system))
        key = (prompt, roles, example.tools, _answer(example) if self.answers else ())
        number = self._known.get(key)
        if number is None:
            number = self._known[key] = len(self.kinds)
            self.kinds.append((prompt, frozenset(_features(key, example))))
        self.numbers.append(number)


def _features(key: _Kept, example: Example) -> Iterable[Feature]:
    _, roles, tools, answer = key
    plain = ["system" if role in _SYSTEM else "tool" if role in _TOOL else role for role in roles]
    talk = [role for role in plain if role != "system"]
    yield from (("turns", *pair) for pair in zip(["begin", *talk], [*talk, "answer"], strict=True))
    called = tools or tuple(name for name, _ in example.calls)
    yield ("tools", "some" if called else "none")
    yield from (("tool", name) for name in called)
    if answer:
        yield ("answer", answer[0])
        yield from (("key", name) for name in answer[1:])


def _answer(example: Example) -> tuple[str, ...]:
    """Say what form an answer has: text, calls, JSON, and of an object the keys; () without an answer."""
    target = example.target
    if target is None:
        return ()
    if example.calls:
        return ("calls",)
    if target[:1] not in "{[ \n\t\r" or not target:
        return ("text",)
    try:
        value = msgspec.json.decode(target)
    except (ValueError, RecursionError):
        return ("text",)
    if isinstance(value, dict):
        return ("JSON", *sorted(value)[:_MOST_KEYS])
    return ("JSON",) if isinstance(value, list) else ("text",)


def sentences(text: str) -> dict[Sentence, None]:
    """Take a text apart into its sentences, in their order, with one sign for all that varies within them."""
    found: dict[Sentence, None] = {}
    for piece in _SENTENCE.split(_QUOTED.sub(_NAME, text)):
        tokens = piece.split()
        if not tokens:
            continue
        words = [_opening(tokens[0]), *map(_within, tokens[1:])]
        if _NAME in words:
            words = [
                word for word, before in zip(words, ["", *words], strict=False) if word != _NAME or before != _NAME
            ]
        kept = tuple(word for word in words if word)
        if kept and kept != (_NAME,):
            found[kept] = None
    return found


@lru_cache(_WORDS)
def _opening(token: str) -> str:
    """Fold the first word of a sentence; one sign for what varies, nothing for what is no word."""
    word = token.strip(".,;:!?()[]{}*#'\"-–—。！？、，")
    if not word:
        return ""
    return word.casefold() if word.isalpha() or word.replace("-", "").replace("'", "").isalpha() else _NAME


@lru_cache(_WORDS)
def _within(token: str) -> str:
    """Fold another word: within a sentence a capital begins a name."""
    word = _opening(token)
    bare = token.lstrip("([{*'\"-–—")
    return _NAME if bare[:1].isupper() and not bare.isupper() else word


class Prompts:
    """The instructions of one set, grouped by what repeats: of each distinct prompt its group's words that do not vary."""

    def __init__(self, one: Shapes) -> None:
        """Group the prompts of a set of rows."""
        self.texts = {tuple(held) for held in one.prompts}
        self._held = [tuple(held) for held in one.prompts]
        weights = _weights(one)
        groups = _groups(one.prompts, weights)
        self.cores: list[frozenset[str]] = [frozenset()] * len(one.prompts)
        self.names: list[str] = [""] * len(one.prompts)
        self.rare = {
            prompt: frozenset(word for sentence in one.prompts[prompt] for word in sentence)
            for prompt in groups.get(None, [])[:_MOST_RARE]
        }
        for number, (shared, members) in enumerate(groups.items()):
            core = _core(members, weights, one.prompts, whole=shared is not None)
            for prompt in members:
                alone = shared is None and len(core) < _SPOKEN
                self.cores[prompt], self.names[prompt] = core, f"alone {prompt}" if alone else str(number)

    def known_to(self, other: "Prompts") -> list[bool]:
        """Say of each distinct prompt whether the other set has it too."""
        cores = list(dict.fromkeys(other.cores))[:_MOST_PROMPTS]
        sparse = list(other.rare.values())
        of_core: dict[frozenset[str], bool] = {}
        found = []
        for prompt, core in enumerate(self.cores):
            if core not in of_core:
                alike = any(_alike(core, theirs) for theirs in cores)
                of_core[core] = len(of_core) < _MOST_PROMPTS and (alike or any(_holds(words, core) for words in sparse))
            found.append(
                of_core[core]
                or self._held[prompt] in other.texts
                or (prompt in self.rare and any(_holds(self.rare[prompt], theirs) for theirs in cores))
            )
        return found


def _alike(one: frozenset[str], other: frozenset[str]) -> bool:
    return one == other or (bool(one and other) and len(one & other) >= ALIKE * len(one | other))


def _holds(words: frozenset[str], core: frozenset[str]) -> bool:
    """Say whether a prompt that stands alone holds what does not vary in a group of the other set, and is hardly more."""
    return len(core) >= _SPOKEN and len(words & core) >= _STABLE * len(core)


def _weights(one: Shapes) -> list[int]:
    """Count the rows of each distinct prompt."""
    rows_of_kind = Counter(one.numbers)
    weights = [0] * len(one.prompts)
    for number, (prompt, _) in enumerate(one.kinds):
        weights[prompt] += rows_of_kind[number]
    return weights


def _groups(prompts: list[Mapping[Sentence, None]], weights: list[int]) -> dict[Sentence | None, list[int]]:
    """Group distinct prompts by the sentence that stands in most rows; under None those of which nothing repeats."""
    counts: Counter[Sentence] = Counter()
    for weight, held in zip(weights, prompts, strict=True):
        for sentence in held:
            counts[sentence] += weight
    least = min(_REPEATED, sum(weights))
    groups: dict[Sentence | None, list[int]] = {}
    for prompt, held in enumerate(prompts):
        best: Sentence = max(held, key=lambda sentence: counts[sentence], default=())
        often = counts[best] >= least
        groups.setdefault(best if often or not held else None, []).append(prompt)
    return groups


def _core(
    members: list[int], weights: list[int], prompts: list[Mapping[Sentence, None]], *, whole: bool
) -> frozenset[str]:
    """Find the words of a group of prompts that stand in nearly all of its rows: of whole sentences, or each by itself."""
    rows = sum(weights[prompt] for prompt in members)
    if whole:
        counts: Counter[Sentence] = Counter()
        for prompt in members:
            for sentence in prompts[prompt]:
                counts[sentence] += weights[prompt]
        return frozenset(word for sentence, n in counts.items() if n >= _STABLE * rows for word in sentence)
    alone: Counter[str] = Counter()
    for prompt in members:
        for word in {word for sentence in prompts[prompt] for word in sentence}:
            alone[word] += weights[prompt]
    return frozenset(word for word, n in alone.items() if n >= _STABLE * rows)
