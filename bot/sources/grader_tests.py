"""Does the grader grade as people would? CSV, JSON or JSONL rows of `id`, `expected` and `graded`, written by a team's own CI.

Expected and graded are scores, or right and wrong in words. The grader itself is never run.
"""

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import isclose, isfinite
from typing import Any

from bot.readiness.evidence import GraderTests
from bot.sources import strict_json
from bot.sources.jsonl import lines
from bot.sources.row_ids import LONGEST
from bot.sources.trouble import Unreadable

MAX_BYTES = 20_000_000
MAX_ROW_BYTES = 100_000
MAX_ROWS = 200_000
_FIX = "Write CSV or JSONL rows of `id,expected,graded`: a score, or right and wrong, of each."
_WORDS = {
    **dict.fromkeys(("true", "right", "correct", "pass", "passed", "yes"), 1.0),
    **dict.fromkeys(("false", "wrong", "incorrect", "fail", "failed", "no"), 0.0),
}
_FULL, _NONE = (
    1.0,
    0.0,
)  # house: a score from 1 on is of a right answer, one of 0 or less of a wrong one; between is neither


@dataclass(slots=True)
class _Test:
    expected: float
    equal: bool


def read(raw: bytes) -> GraderTests:
    """Count the tests, each id once; raises Unreadable. Of an id that stands twice every row must be equal."""
    if len(raw) > MAX_BYTES:
        raise Unreadable(f"The file has {len(raw):,} bytes, at most {MAX_BYTES:,} are read.", "Link fewer tests.")
    tests: dict[str, _Test] = {}
    for number, (where, row) in enumerate(_rows(raw.removeprefix(b"\xef\xbb\xbf")), 1):
        if number > MAX_ROWS:
            raise Unreadable(f"The tests are more than {MAX_ROWS:,}, beyond which they are not read.", "Link fewer.")
        name, expected, equal = _test(where, row)
        test = tests.setdefault(name, _Test(expected, equal))
        test.equal = test.equal and equal and isclose(test.expected, expected)
    if not tests:
        raise Unreadable("The file holds no test.", _FIX)
    return GraderTests(
        rows=len(tests),
        right=sum(test.expected >= _FULL for test in tests.values()),
        wrong=sum(test.expected <= _NONE for test in tests.values()),
        equal=sum(test.equal for test in tests.values()),
        ids=tuple(tests),
    )


def _rows(raw: bytes) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Walk the rows with the words that say where they stand."""
    first = raw.lstrip()[:1]
    if first == b"[":
        yield from _array(raw)
    elif first == b"{":
        yield from _objects(raw)
    else:
        yield from _table(raw)


def _array(raw: bytes) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for number, row in enumerate(_json(raw, "The file", MAX_BYTES), 1):
        yield f"Row {number}", _object(row, f"Row {number}")


def _objects(raw: bytes) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for number, text in lines(raw):
        if text.strip():
            yield f"Line {number}", _object(_json(text, f"Line {number}", MAX_ROW_BYTES), f"Line {number}")


def _table(raw: bytes) -> Iterator[tuple[str, Mapping[str, Any]]]:
    try:
        table = csv.DictReader(io.StringIO(raw.decode("utf-8"), newline=""), strict=True)
        names = [name.strip().lower() for name in table.fieldnames or ()]
        if any(names.count(name) != 1 for name in ("id", "expected", "graded")):
            raise Unreadable("The file has no columns `id`, `expected` and `graded`, each once.", _FIX)
        table.fieldnames = names
        for row in table:
            yield f"Line {table.line_num}", row
    except (UnicodeDecodeError, csv.Error) as error:
        raise Unreadable("The file is neither JSON nor CSV in UTF-8.", _FIX) from error


def _json(raw: bytes, where: str, most: int) -> Any:
    try:
        return strict_json.loads(raw, max_bytes=most)
    except strict_json.BadJson as bad:
        raise Unreadable(f"{where} of the grader's tests {bad}.", _FIX) from bad


def _object(row: Any, where: str) -> Mapping[str, Any]:
    if not isinstance(row, dict):
        raise Unreadable(f"{where} of the grader's tests is no JSON object.", _FIX)
    return row


def _test(where: str, row: Mapping[str, Any]) -> tuple[str, float, bool]:
    name = row.get("id")
    if isinstance(name, bool) or not isinstance(name, str | int) or not _text(name):
        raise Unreadable(f"{where} of the grader's tests has no `id`.", _FIX)
    if len(_text(name)) > LONGEST:
        raise Unreadable(f"{where} of the grader's tests has an id of more than {LONGEST} characters.", _FIX)
    expected = _score(row.get("expected"))
    if expected is None:
        raise Unreadable(f"{where} of the grader's tests: `expected` is no score, and neither right nor wrong.", _FIX)
    graded = _score(row.get("graded"))  # none: the grader gave no grade, which is not the expected one
    equal = graded is not None and isclose(expected, graded, rel_tol=1e-9, abs_tol=1e-9)
    # as the rows of an eval hold them: an id that is cut there is cut here
    return strict_json.printable(_text(name)), expected, equal


def _text(name: str | int) -> str:
    try:
        return str(name).strip()
    except ValueError:  # the interpreter's limit on the digits of a number
        return ""


def _score(value: Any) -> float | None:
    if isinstance(value, str):
        word = value.strip().lower()
        if word in _WORDS:
            return _WORDS[word]
        if not word.isascii() or len(word) > 40 or "_" in word:
            return None
        value = word
    try:
        number = float(value)
    except (TypeError, ValueError, OverflowError):
        return None
    return number if isfinite(number) else None
