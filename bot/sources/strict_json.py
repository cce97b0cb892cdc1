"""What does this JSON say, and only this? Strict where the standard library is lenient, bounded in size and depth.

A key given twice, NaN or 1e999 mean different things to different readers: what is ambiguous is refused, not guessed.
"""

import json
import math
import re
from typing import Any, NoReturn

import msgspec

MAX_DEPTH = 64
_HALF = re.compile(r"\\u[dD][89a-fA-F]")
_QUOTING = frozenset("`<>")
_NESTED = frozenset((dict, list))


class BadJson(ValueError):
    """The text is no JSON that can be trusted; its message is for the team and has no subject: "is cut short"."""


class TwiceTheKey(BadJson):
    """A key stands twice in one object."""


def loads(raw: bytes, *, max_bytes: int, max_depth: int = MAX_DEPTH) -> Any:
    """Read one JSON value; raises BadJson. Halves of surrogate pairs become question marks."""
    if len(raw) > max_bytes:
        raise BadJson(f"has {len(raw):,} bytes, at most {max_bytes:,} are read")
    try:
        return quickly(raw, max_depth)
    except TwiceTheKey:
        raise
    except ValueError:
        return _loads(raw, max_depth)  # says in words what is wrong; or it was only unusual


def quickly(raw: bytes, max_depth: int = MAX_DEPTH) -> Any:
    """Read one JSON value of sound UTF-8 as `loads` does, five times as fast; raises TwiceTheKey, and ValueError in no words.

    Also refuses what `loads` mends or understands: a byte order mark, halves of surrogate pairs, the largest of numbers.
    """
    try:
        value = msgspec.json.decode(raw)
        # of two equal keys the decoder keeps the last in silence; but each key has its colon
        colons = raw.count(b":")
        if type(value) is dict and len(value) == colons:
            # each colon is that of another key, and none is left for one that was dropped
            if _NESTED.isdisjoint(map(type, value.values())):
                return value
            unique = True
        else:  # a colon in a text counts on both sides, but for an escaped one
            plain = b"\\" not in raw or (b"\\u003a" not in raw and b"\\u003A" not in raw)
            unique = plain and msgspec.json.encode(value).count(b":") == colons
    except RecursionError as error:
        raise ValueError("nested too deep") from error
    # most texts have fewer brackets than the limit, and need no walk
    if raw.count(b"{") + raw.count(b"[") > max_depth and _is_deeper(value, max_depth):
        raise ValueError("nested too deep")
    return value if unique else _loads(raw, max_depth)


def _loads(raw: bytes, max_depth: int) -> Any:
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadJson("is not UTF-8 text") from error
    if not text.strip():
        raise BadJson("is empty")
    try:
        value = _DECODER.decode(text)
    except BadJson:
        raise
    except RecursionError as error:
        raise BadJson(f"is nested deeper than {max_depth} levels") from error
    except json.JSONDecodeError as error:
        raise BadJson(f"is no JSON: {error.msg}, line {error.lineno}, column {error.colno}") from error
    except ValueError as error:  # the interpreter's limit on the digits of a number
        raise BadJson("holds a number with too many digits") from error
    # most texts have fewer brackets than the limit, and need no walk
    if text.count("{") + text.count("[") > max_depth and _is_deeper(value, max_depth):
        raise BadJson(f"is nested deeper than {max_depth} levels")
    return _whole(value) if _HALF.search(text) else value


def printable(text: str, longest: int = 60) -> str:
    """Make a foreign text fit to be shown in a sentence: one line, no quotes of code, cut."""
    if len(text) <= longest and (text.isalnum() or (text.isprintable() and _QUOTING.isdisjoint(text))):
        return text
    shown = "".join(c if c.isprintable() and c not in _QUOTING else "?" for c in text[: longest + 1])
    return shown if len(shown) <= longest else f"{shown[: longest - 1]}…"


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) != len(pairs):
        seen: set[str] = set()
        twice = next(key for key, _ in pairs if key in seen or seen.add(key))  # type: ignore[func-returns-value]
        raise TwiceTheKey(f"has the key `{printable(twice)}` twice in one object")
    return value


def _finite(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):
        raise BadJson(f"holds the number {digits[:20]}, which is out of range")
    return number


def _no_constant(name: str) -> NoReturn:
    raise BadJson(f"holds {name}, which is no JSON")


_DECODER = json.JSONDecoder(object_pairs_hook=_unique, parse_float=_finite, parse_constant=_no_constant)


def _is_deeper(value: Any, limit: int) -> bool:
    level = [value]
    for _ in range(limit):
        level = [
            inner
            for outer in level
            for inner in (outer.values() if isinstance(outer, dict) else outer)
            if isinstance(inner, dict | list)
        ]
        if not level:
            return False
    return True


def _whole(value: Any) -> Any:
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode()
    if isinstance(value, dict):
        return {_whole(key): _whole(entry) for key, entry in value.items()}
    if isinstance(value, list):
        return [_whole(entry) for entry in value]
    return value
