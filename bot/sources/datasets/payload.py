"""Do the targets teach facts that their inputs do not hold? The share of specific words that no input supports.

A word is specific when hardly any other target uses it: label names, templates and keys of JSON drop out by themselves. It is
unsupported when neither its stem nor itself stands in the row's input. Targets full of unsupported words teach knowledge;
targets made of what the input says teach behavior. A sample of rows is looked at, chosen by their content.
"""

import heapq
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import chain
from typing import Any, Literal
from zlib import crc32

from bot.readiness.data_profile import Signal
from bot.sources.datasets.scan import Example
from bot.sources.strict_json import printable

SAMPLE = 2_000  # rows that are looked at; house: enough for two digits
LEAST = 200  # below, it is a guess (measured: precision falls)
NOVELTY, ROWS_WITH, DISTINCT, QUESTIONS = 0.5, 0.4, 0.5, 0.5  # measured on 35 sets, held on 24 unseen ones
_OTHERS = 0.015  # of the other targets may use a specific word
_FEW = 0.3  # specific words a row on average, below which novelty says nothing
_LINES, _WORDS, _LONGEST = 20, 5, 40
_QUESTION_WORDS = 25

_CJK = "\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af"
_TOKEN = re.compile(rf"[{_CJK}]+|(?:(?![{_CJK}])[^\W\d_])+|\d+(?:\.\d+)?")
_ASCII_TOKEN = re.compile(
    r"[A-Za-z]+|[0-9]+(?:\.[0-9]+)?"
)  # the same of a text of ASCII, without a look ahead at each letter
_IS_CJK = re.compile(rf"[{_CJK}]")
_ASKS = re.compile(
    r"\s*(?:what|who|whom|whose|when|where|which|why|how|is|are|do|does|did|can|tell me|explain|describe|define|list|name|give)\s",
    re.IGNORECASE,
)
_COMMON = frozenset(
    [
        "a",
        "about",
        "above",
        "after",
        "again",
        "all",
        "also",
        "am",
        "an",
        "and",
        "any",
        "are",
        "as",
        "at",
        "be",
        "because",
        "been",
        "before",
        "being",
        "below",
        "between",
        "both",
        "but",
        "by",
        "can",
        "could",
        "did",
        "do",
        "does",
        "doing",
        "down",
        "during",
        "each",
        "either",
        "else",
        "ever",
        "every",
        "few",
        "for",
        "from",
        "further",
        "get",
        "had",
        "has",
        "have",
        "having",
        "he",
        "her",
        "here",
        "hers",
        "him",
        "his",
        "how",
        "i",
        "if",
        "in",
        "into",
        "is",
        "it",
        "its",
        "itself",
        "just",
        "let",
        "like",
        "may",
        "me",
        "might",
        "more",
        "most",
        "much",
        "must",
        "my",
        "no",
        "nor",
        "not",
        "now",
        "of",
        "off",
        "on",
        "once",
        "one",
        "only",
        "or",
        "other",
        "our",
        "out",
        "over",
        "own",
        "per",
        "please",
        "same",
        "shall",
        "she",
        "should",
        "so",
        "some",
        "such",
        "than",
        "that",
        "the",
        "their",
        "them",
        "then",
        "there",
        "these",
        "they",
        "this",
        "those",
        "through",
        "to",
        "too",
        "two",
        "under",
        "until",
        "up",
        "upon",
        "us",
        "very",
        "via",
        "was",
        "we",
        "were",
        "what",
        "when",
        "where",
        "which",
        "while",
        "who",
        "whom",
        "whose",
        "why",
        "will",
        "with",
        "within",
        "without",
        "would",
        "yes",
        "yet",
        "you",
        "your",
    ]
)


@dataclass(slots=True)
class _Looked:
    line: int
    target: list[tuple[str, str]]  # stem, word as written
    context: str
    same: int  # of the whole target
    asks: bool


class Payload:
    """Draws a sample of rows by a digest of their content, and judges it."""

    def __init__(self) -> None:
        """Begin with no row."""
        self._kept: list[tuple[int, int, Example]] = []

    def see(self, line: int, example: Example) -> None:
        """Keep a row while its digest is among the smallest: the same file gives the same sample, in whatever order."""
        target = example.target or ""
        rank = -crc32(target.encode("utf-8", "replace"), crc32(example.user.encode("utf-8", "replace")))
        if len(self._kept) < SAMPLE:
            heapq.heappush(self._kept, (rank, -line, example))
        elif rank > self._kept[0][0]:
            heapq.heapreplace(self._kept, (rank, -line, example))

    def sample(self, most: int) -> list[tuple[int, Example]]:
        """List kept rows with their lines, the smallest digest first, for others that look at a sample."""
        return [(-line, example) for _, line, example in heapq.nlargest(most, self._kept, key=lambda kept: kept[:2])]

    def found(self) -> Mapping[str, Any]:
        """Judge the rows that were kept; no signal where no row has a target."""
        stems, forms = _Stems(), _Forms()
        rows = [_look(-line, example, stems) for _, line, example in self._kept if example.target]
        return {"signal": _judged(rows, forms) if rows else None}


class _Stems(dict[str, str]):
    """Of each word its stem, nothing where it has no content of its own; words come again and again."""

    def __missing__(self, word: str) -> str:
        self[word] = stem = _stem(word) if _tells(word) else ""
        return stem


class _Forms(dict[str, tuple[str, ...]]):
    """Of each word the forms by which an input supports it."""

    def __missing__(self, word: str) -> tuple[str, ...]:
        low, stem = word.lower(), _stem(word) if _tells(word) else ""
        self[word] = forms = (low, stem) if stem and stem != low else (low,)
        return forms


def _look(line: int, example: Example, stems: _Stems) -> _Looked:
    target = example.target or ""
    content = [(stem, word) for word in _words(target) if (stem := stems[word])]
    return _Looked(line, content, example.context, hash(target.lower().strip()), _is_question(example.user))


def _judged(rows: list[_Looked], forms: _Forms) -> Signal:
    used = Counter(stem for row in rows for stem in {stem for stem, _ in row.target})
    most = max(3.0, _OTHERS * len(rows))
    specific = unsupported = with_one = 0
    telling: list[tuple[int, int, tuple[str, ...]]] = []
    for row in rows:
        own = [(stem, word) for stem, word in row.target if used[stem] - 1 < most]
        if not own:
            continue
        # stems and words of the input
        held = set(chain.from_iterable(map(forms.__getitem__, _words(row.context))))
        lacking = [word for stem, word in own if stem not in held and word.lower() not in held]
        specific += len(own)
        unsupported += len(lacking)
        if lacking:
            with_one += 1
            facts = [word for word in lacking if word[:1].isdigit() or word[:1].isupper()]
            shown = tuple(dict.fromkeys(printable(word, _LONGEST) for word in (*facts, *lacking)))[:_WORDS]
            telling.append((len(facts), -row.line, shown))
    novelty = unsupported / specific if specific >= _FEW * len(rows) and specific else 0.0
    found = Signal(
        verdict="behavior",
        rows=len(rows),
        novelty=novelty,
        rows_with=with_one / len(rows),
        distinct=len({row.same for row in rows}) / len(rows),
        questions=sum(row.asks for row in rows) / len(rows),
        lines=tuple((-line, words) for _, line, words in heapq.nlargest(_LINES, telling)),
    )
    return _named(found)


def _named(found: Signal) -> Signal:
    verdict: Literal["behavior", "review", "knowledge", "too_few"]
    if found.rows < LEAST:
        verdict = "too_few"
    elif not (found.novelty >= NOVELTY and found.rows_with >= ROWS_WITH and found.distinct >= DISTINCT):
        verdict = "behavior"
    else:
        verdict = "knowledge" if found.questions >= QUESTIONS else "review"
    return replace(found, verdict=verdict, lines=() if verdict == "behavior" else found.lines)


def _words(text: str) -> list[str]:
    """List the words, numbers and, of scripts that write without blanks, the groups of three characters."""
    if text.isascii():
        return _ASCII_TOKEN.findall(text)
    found: list[str] = []
    for word in _TOKEN.findall(text):
        if word > "\u3000" and len(word) > 3 and _IS_CJK.match(word):
            found += (word[n : n + 3] for n in range(len(word) - 2))
        else:
            found.append(word)
    return found


def _tells(word: str) -> bool:
    """Say whether a word has a content of its own."""
    if word[0].isdigit() or _IS_CJK.match(word):
        return True
    return len(word) > 2 and word.lower() not in _COMMON


def _stem(word: str) -> str:
    low = word.lower()
    return low[:5] if len(low) > 6 else low


def _is_question(user: str) -> bool:
    text = user.strip()
    if len(text.split()) > _QUESTION_WORDS:
        return False  # it brings material of its own
    return text.endswith(("?", "\uff1f", "\u061f")) or bool(_ASKS.match(text))
