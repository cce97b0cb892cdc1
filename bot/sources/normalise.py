"""When are two texts the same to us? Case, blanks, punctuation and ways of writing a character do not tell them apart.

One answer for eval items and for training rows, so that both can be compared with one another.
"""

import hashlib
import re
import unicodedata

# what shows as nothing, or stands on any letter: with these a hostile copy would pass for another text
_UNSEEN = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef"
    "\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]"
)


class _Table(dict[int, int | None]):
    """Letters, marks (without which many scripts lose their vowels), numbers and _ stay; all else is a blank.

    Signs of format, which show as nothing, are nothing.
    """

    def __missing__(self, code: int) -> int | None:
        character = chr(code)
        category = unicodedata.category(character)
        kept: int | None = code if character == "_" or category[0] in "LMN" else ord(" ")
        self[code] = kept = None if category == "Cf" else kept
        return kept


_TABLE = _Table()
_ASCII = bytes(_TABLE[code] or ord(" ") if code < 128 else ord(" ") for code in range(256))


def normal(text: str) -> bytes:
    """Write a text as its words, folded and with one blank between them; a text without words keeps its signs."""
    if text.isascii():
        words = b" ".join(text.lower().encode().translate(_ASCII).split())
    else:
        # taken apart first, so that accents go, which can be put on any letter: what reads like a copy counts as one
        bare = _UNSEEN.sub("", unicodedata.normalize("NFKD", text))
        folded = unicodedata.normalize("NFKC", bare).casefold().translate(_TABLE)
        words = " ".join(folded.split()).encode("utf-8", "replace")
    return words or " ".join(text.split()).encode("utf-8", "replace")


def digest(context: bytes, target: bytes) -> bytes:
    """Identify an example by the normal forms of its input and its target: their sha256."""
    # no normal form holds a line break, so nothing can be moved across it
    return hashlib.sha256(context + b"\n" + target).digest()


def key(context: str, target: str) -> str:
    """Identify an example by the texts of its input and its target."""
    return digest(normal(context), normal(target)).hex()
