"""How much do rows differ from one another? Inputs that one template made, and word pairs that come again and again.

An input that stands in several rows counts once: several answers to one question are no lack of variety.
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import pairwise

from bot.readiness.data_profile import Variety
from bot.sources import normalise
from bot.sources.datasets.scan import Example

WORDS = 20_000  # of a set, over which word pairs are counted: the share falls with their number
LEAST_WORDS = 2_000  # below, the share says nothing
_OF_ONE = 200  # words of one text, so that a few long ones do not speak for all
_LONGEST = 20_000  # characters of an input that are looked at
_LONGEST_TEMPLATE = 600  # house: of an input; a longer one that only differs in names is hardly made by a template
_INSTRUCTION = 80  # house: characters that all inputs share, from which on they are instructions and no template
_LETTERS = 12  # of a template, besides names and numbers; less is no template

_CAPITAL = "A-Z\u00c0-\u00d6\u00d8-\u00de\u0391-\u03a9\u0410-\u042f"
_NUMBER = re.compile(r"\b[^\W\d]*\d[\w.,:/-]*")
_NAME = re.compile(rf"\b[{_CAPITAL}][\w'\u2019-]*(?:\s+[{_CAPITAL}][\w'\u2019-]*)*")
_CJK = "\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af"
_WORD = re.compile(rf"[{_CJK}]|[^\W{_CJK}]+")


def variety(examples: Sequence[tuple[int, Example]]) -> Variety:
    """Compare the rows of a sample, each with its line."""
    inputs: dict[bytes, tuple[int, str]] = {}
    for line, example in examples:
        text = (example.user or example.context)[:_LONGEST]
        inputs.setdefault(normalise.normal(text), (line, text))
    before, after = _shared([text for _, text in inputs.values()])
    made_by: Counter[bytes] = Counter()
    first: dict[bytes, int] = {}
    for whole, (line, text) in inputs.items():
        template = _template(text[before : len(text) - after]) or whole
        made_by[template] += 1
        first[template] = min(line, first.get(template, line))
    template, number = max(made_by.items(), key=lambda entry: (entry[1], -first[entry[0]]))
    answers = [example.target for _, example in examples if example.target is not None and example.wanted is not False]
    return Variety(
        rows=len(examples),
        inputs=len(inputs),
        template=number,
        line=first[template],
        input_bigrams=distinct_2(text[before : len(text) - after] for _, text in inputs.values()),
        answer_bigrams=distinct_2(answers),
    )


def distinct_2(texts: Iterable[str]) -> float | None:
    """Find the share of different pairs of neighbouring words, of texts in their order; None for too few words."""
    pairs: set[tuple[str, str]] = set()
    total = 0
    for text in texts:
        words = _words(text)
        own = list(pairwise(words[:_OF_ONE]))[: WORDS - total]
        pairs.update(own)
        total += len(own)
        if total >= WORDS:
            break
    return len(pairs) / total if total >= LEAST_WORDS else None


def _words(text: str) -> list[str]:
    low = text[:_LONGEST].lower()
    return low.split() if low.isascii() else _WORD.findall(low)


def _shared(texts: Sequence[str]) -> tuple[int, int]:
    """Count the characters with which all texts begin, and those with which all end: instructions, up to whole words."""
    if len(texts) < 2:
        return 0, 0
    least, most = min(texts), max(texts)  # what both begin with, all do
    before = _alike(least, most)
    before = 0 if before < _INSTRUCTION else max(least.rfind(" ", 0, before), least.rfind("\n", 0, before)) + 1
    turned = [text[before:][::-1] for text in texts]
    after = _alike(min(turned), max(turned))
    return before, after if after >= _INSTRUCTION else 0


def _alike(one: str, other: str) -> int:
    return next((n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))


def _template(text: str) -> bytes | None:
    """Mask the numbers and names of a text; None where it is data, or where nothing else would be left."""
    if len(text) > _LONGEST_TEMPLATE or text.lstrip()[:1] in ("{", "[", "<", "|"):
        return None
    masked = _NAME.sub("\x1fN", _NUMBER.sub("\x1f0", text))
    plain = normalise.normal(masked.replace("\x1fN", " ").replace("\x1f0", " "))
    if sum(map(len, plain.decode().split())) < _LETTERS:
        return None
    return normalise.normal(masked.replace("\x1f", " "))
