"""What must an assertion of promptfoo have said? Told anew from the answer, where its type and its value decide alone.

None is the answer wherever we are not sure to decide exactly as the tool does: a wrong verdict would accuse.
"""

import json
import re
from collections.abc import Mapping
from typing import Any, NoReturn

from bot.readiness.rescore import LONGEST
from bot.sources.evals.format import plain

MODEL_GRADED = frozenset(
    (
        "agent-rubric", "answer-relevance", "context-faithfulness", "context-recall", "context-relevance",
        "conversation-relevance", "factuality", "g-eval", "llm-rubric", "model-graded-closedqa",
        "model-graded-factuality", "search-rubric", "select-best",
    )
)  # fmt: skip
KINDS = {"equals": "text", "contains": "text", "starts-with": "text", "regex": "regex", "is-json": "json"}
"""The types that are decided here, and the kind of comparison that they are."""

_CHANGES_THE_VERDICT = ("transform", "normalizeUnicode", "contextTransform", "metricOnly", "config")
_WHOLE = re.compile(r"\{\{-?\s*([A-Za-z_]\w*)\s*-?\}\}")
_ANCHORED = re.compile(
    r"\^(?P<body>(?:(?:[A-Za-z0-9 _,:;<>=!\"'%&@#~/-]|\\[dDwWsS]|\\[.+*?()\[\]{}|^$/\\-]|\[\^?(?:[A-Za-z0-9 _.,:]|-|\\[dws])+\])"
    r"(?:[*+?]|\{\d{1,3}(?:,\d{0,3})?\})?)*)(?P<end>\$?)"
)
_MOST_REPETITIONS = 2  # house: with more, a pattern can take long over an answer
_LONGEST_MATCHED = 500  # house: characters of an answer that a pattern is tried on


def bare(kind: Any) -> str:
    """Name the type of an assertion without its negation."""
    return kind.removeprefix("not-") if isinstance(kind, str) else ""


def named_in(assertion: Mapping[str, Any]) -> str | None:
    """Name the test's variable that is the value of an assertion; None where it is none."""
    value = assertion.get("value")
    found = _WHOLE.fullmatch(value.strip()) if isinstance(value, str) else None
    return found.group(1) if found else None


def value_of(assertion: Mapping[str, Any], given: Mapping[str, Any]) -> str | None:
    """Find the value of an assertion, with the test's variable put in where it is one; None where it is not known."""
    value = assertion.get("value")
    if (name := named_in(assertion)) is not None:
        value = given.get(name)
    if isinstance(value, bool) or not isinstance(value, str | int):
        return None  # how a fraction is written differs between languages
    shown = plain(value)
    templated = "{{" in shown or "{%" in shown or "{#" in shown
    return None if templated or shown.startswith(("file://", "package:")) else shown


def decide(assertion: Mapping[str, Any], output: Any, given: Mapping[str, Any]) -> bool | None:
    """Say whether an answer holds an assertion; None where that cannot be told for certain."""
    kind = bare(assertion.get("type"))
    if not isinstance(output, str) or len(output) > LONGEST or any(key in assertion for key in _CHANGES_THE_VERDICT):
        return None
    if kind == "is-json":
        held = _is_json(output) if assertion.get("value") in (None, "") else None
    elif kind not in KINDS or (value := value_of(assertion, given)) is None:
        held = None
    elif kind == "regex":
        held = _matches(value, output)
    else:
        held = {"equals": output == value, "contains": value in output, "starts-with": output.startswith(value)}[kind]
    return held if held is None else held is not (assertion.get("type") != kind)


def _is_json(output: str) -> bool | None:
    try:
        json.loads(output, parse_constant=_refuse)
    except json.JSONDecodeError:
        return False
    except (ValueError, RecursionError) as error:
        return False if isinstance(error, _NoJson) else None
    return True


class _NoJson(ValueError):
    pass


def _refuse(constant: str) -> NoReturn:
    raise _NoJson(constant)


def _matches(pattern: str, output: str) -> bool | None:
    """Match in the common subset of both languages: anchored, no groups, few repetitions, ASCII on both sides."""
    known = _ANCHORED.fullmatch(pattern) if len(pattern) <= 200 else None
    if known is None or len(output) > _LONGEST_MATCHED or not output.isascii() or not pattern.isascii():
        return None
    body = known.group("body")
    if len(re.findall(r"(?<!\\)[*+{]", body)) > _MOST_REPETITIONS or "--" in body:  # a set of its own in Python
        return None
    try:
        return re.match(body + (r"\Z" if known.group("end") else ""), output, re.ASCII) is not None
    except re.error:
        return None
