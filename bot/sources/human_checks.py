"""Do people agree with the judge? JSONL rows of `id`, `human` and `judge`: what a person and what the model said of a row."""

from math import isclose
from typing import Any

from bot.readiness.evidence import HumanChecks
from bot.readiness.rescore import tolerant
from bot.sources import strict_json
from bot.sources.jsonl import lines
from bot.sources.row_ids import LONGEST
from bot.sources.trouble import Unreadable

MAX_BYTES = 20_000_000
MAX_ROW_BYTES = 100_000
MAX_ROWS = 200_000
_FIX = 'Write one JSON object a line: {"id": ..., "human": ..., "judge": ...}, with a label or a score of each.'
_WORDS = {"true": 1.0, "false": 0.0}


def read(raw: bytes) -> HumanChecks:
    """Count the rows that people checked, each once; raises Unreadable. Of a row checked twice, both must agree."""
    if len(raw) > MAX_BYTES:
        raise Unreadable(f"The file has {len(raw):,} bytes, at most {MAX_BYTES:,} are read.", "Link fewer checks.")
    agree: dict[str, bool] = {}
    for line, text in lines(raw.removeprefix(b"\xef\xbb\xbf")):
        if line > MAX_ROWS:
            raise Unreadable(f"The checks are more than {MAX_ROWS:,}, beyond which they are not read.", "Link fewer.")
        if not text.strip():
            continue
        name, same = _row(line, text)
        agree[name] = agree.get(name, True) and same
    if not agree:
        raise Unreadable("The file holds no check.", _FIX)
    return HumanChecks(len(agree), sum(agree.values()), tuple(agree))


def _row(line: int, text: bytes) -> tuple[str, bool]:
    try:
        row = strict_json.loads(text, max_bytes=MAX_ROW_BYTES)
    except strict_json.BadJson as bad:
        raise Unreadable(f"Line {line} of the checks {bad}.", _FIX) from bad
    if not isinstance(row, dict):
        raise Unreadable(f"Line {line} of the checks is no JSON object.", _FIX)
    name = row.get("id")
    if isinstance(name, bool) or not isinstance(name, str | int) or not str(name).strip():
        raise Unreadable(f"Line {line} of the checks has no `id`.", _FIX)
    if len(str(name)) > LONGEST:
        raise Unreadable(f"Line {line} of the checks has an id of more than {LONGEST} characters.", _FIX)
    for field in ("human", "judge"):
        said = row.get(field)
        if not isinstance(said, str | int | float) or not str(said).strip():
            raise Unreadable(f"In line {line} of the checks, `{field}` is no label and no score.", _FIX)
    # as the rows of an eval hold them: an id that is cut there is cut here
    return strict_json.printable(str(name).strip()), _same(row["human"], row["judge"])


def _same(human: Any, judge: Any) -> bool:
    """Say whether two labels or scores are the same: numbers by value, texts but for their form."""
    one, other = _number(human), _number(judge)
    if one is not None and other is not None:
        return isclose(one, other, rel_tol=1e-9, abs_tol=1e-9)
    one_text, other_text = str(human).strip(), str(judge).strip()
    folded = tolerant(one_text)
    return one_text == other_text or (bool(folded) and folded == tolerant(other_text))


def _number(value: Any) -> float | None:
    """Read a score; true and false, also as words, are 1 and 0. None for a label."""
    if isinstance(value, str):
        word = value.strip().lower()
        if word in _WORDS:
            return _WORDS[word]
        if not word.isascii() or len(word) > 40 or not any(c.isdigit() for c in word) or "_" in word:
            return None
    try:
        return float(value)
    except (ValueError, OverflowError):
        return None
