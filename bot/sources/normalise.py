"""When are two texts the same to us? Case, blanks, punctuation and ways of writing a character do not tell them apart.

One answer for eval items and for training rows, so that both can be compared with one another.
"""

import hashlib
import re
import unicodedata
from functools import cache

# what shows as nothing though it is a letter, a mark or not assigned yet (Unicode's default ignorables)
_IGNORED = (
    "\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2065\u3164\ufe00-\ufe0f\uffa0\ufff0-\ufff8\U000e0000-\U000e0fff"
)
# signs of format and of control, all that Unicode has (a test compares), but for line breaks, tabs and other blanks
_SIGNS = (
    "\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\xad\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u180e\u200b-\u200f"
    "\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff\ufff9-\ufffb\U000110bd\U000110cd\U00013430-\U0001343f\U0001bca0-\U0001bca3"
    "\U0001d173-\U0001d17a"
)
# accents, which stand on any letter
_ACCENTS = "\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f"
_UNSEEN = re.compile(f"[{_IGNORED}{_SIGNS}{_ACCENTS}]")
_MARKS = 5  # on one letter; house: Burmese and pointed Hebrew need as many, a pile of more is no writing


class _Table(dict[int, int | None]):
    """Letters, marks (without which many scripts lose their vowels), numbers and _ stay; all else is a blank.

    Signs of format and of control, which show as nothing, are nothing; line breaks and tabs are blanks.
    """

    def __missing__(self, code: int) -> int | None:
        character = chr(code)
        category = unicodedata.category(character)
        kept: int | None = code if character == "_" or category[0] in "LMN" else ord(" ")
        unseen = category == "Cf" or (category == "Cc" and not character.isspace())
        self[code] = kept = None if unseen else kept
        return kept


_TABLE = _Table()
_ASCII = bytes(_TABLE[ord(chr(code).lower())] or ord(" ") if code < 128 else ord(" ") for code in range(256))
_ASCII_UNSEEN = bytes(code for code in range(128) if _TABLE[code] is None)


def normal(text: str) -> bytes:
    """Write a text as its words, folded and with one blank between them; a text without words keeps its signs."""
    if text.isascii():
        words = text.encode().translate(_ASCII, _ASCII_UNSEEN)
        # to look for two blanks costs a fourth of splitting and joining, and many texts have none
        words = b" ".join(words.split()) if b"  " in words else words.strip(b" ")
        return words or b" ".join(text.encode().translate(None, _ASCII_UNSEEN).split())
    # taken apart first, so that accents go, which can be put on any letter: what reads like a copy counts as one
    seen = _UNSEEN.sub("", unicodedata.normalize("NFKD", text))
    folded = unicodedata.normalize("NFKC", _piled(seen)).casefold().translate(_TABLE)
    return (" ".join(folded.split()) or " ".join(seen.split())).encode("utf-8", "replace")


def has_words(form: bytes) -> bool:
    """Say whether a normal form holds words, and not merely signs: it holds the one or the other."""
    if form[:1].isascii():
        return form[:1].isalnum() or form[:1] == b"_"
    first = form[:4].decode("utf-8", "ignore")[:1]
    return first == "_" or first.isalnum() or (bool(first) and unicodedata.category(first)[0] in "LMN")


@cache
def _is_mark(character: str) -> bool:
    return unicodedata.category(character)[0] == "M"


def _piled(text: str) -> str:
    """Take the marks off Latin letters and signs, where no script puts them; elsewhere keep each once, and only so many."""
    if not any(map(_is_mark, set(text))):
        return text
    kept: list[str] = []
    base, marks = "", set[str]()
    for character in text:
        if not _is_mark(character):
            base, marks = character, set()
        elif base.isascii() or character in marks or len(marks) == _MARKS:
            continue
        else:
            marks.add(character)
        kept.append(character)
    return "".join(kept)


def digest(context: bytes, target: bytes) -> bytes:
    """Identify an example by the normal forms of its input and its target: their sha256."""
    # no normal form holds a line break, so nothing can be moved across it
    return hashlib.sha256(context + b"\n" + target).digest()


def key(context: str, target: str) -> str:
    """Identify an example by the texts of its input and its target."""
    return digest(normal(context), normal(target)).hex()
