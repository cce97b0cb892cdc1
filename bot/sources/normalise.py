"""When are two texts the same to us? Case, blanks, punctuation and ways of writing a character do not tell them apart.

One answer for eval items and for training rows, so that both can be compared with one another.
"""

import hashlib
import unicodedata


class _Table(dict[int, int]):
    """Letters, marks (without which many scripts lose their vowels), numbers and _ stay; all else is a blank."""

    def __missing__(self, code: int) -> int:
        character = chr(code)
        kept = code if character == "_" or unicodedata.category(character)[0] in "LMN" else ord(" ")
        self[code] = kept
        return kept


_TABLE = _Table()
_ASCII = bytes(_TABLE[code] if code < 128 else ord(" ") for code in range(256))


def normal(text: str) -> bytes:
    """Write a text as its words, folded and with one blank between them; a text without words keeps its signs."""
    if text.isascii():
        words = b" ".join(text.lower().encode().translate(_ASCII).split())
    else:
        folded = unicodedata.normalize("NFKC", text).casefold().translate(_TABLE)
        words = " ".join(folded.split()).encode("utf-8", "replace")
    return words or " ".join(text.split()).encode("utf-8", "replace")


def digest(context: bytes, target: bytes) -> bytes:
    """Identify an example by the normal forms of its input and its target: their sha256."""
    # no normal form holds a line break, so nothing can be moved across it
    return hashlib.sha256(context + b"\n" + target).digest()


def key(context: str, target: str) -> str:
    """Identify an example by the texts of its input and its target."""
    return digest(normal(context), normal(target)).hex()
