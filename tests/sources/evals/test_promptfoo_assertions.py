"""Does an assertion get a verdict only where we are sure to decide as promptfoo does?"""

from typing import Any

import pytest

from bot.sources.evals.promptfoo_assertions import decide, value_of


@pytest.mark.parametrize(
    ("assertion", "output", "verdict"),
    [
        ({"type": "equals", "value": "4"}, "4", True),
        ({"type": "equals", "value": "4"}, "4 ", False),
        ({"type": "equals", "value": 4}, "4", True),
        ({"type": "equals", "value": 0.1}, "0.1", None),
        ({"type": "equals", "value": True}, "true", None),
        ({"type": "equals", "value": {"a": 1}}, '{"a": 1}', None),
        ({"type": "equals", "value": "{{ want }}"}, "yes", True),
        ({"type": "equals", "value": "{{ want }}!"}, "yes!", None),
        ({"type": "equals", "value": "{{ other }}"}, "yes", None),
        ({"type": "equals", "value": "file://x.txt"}, "yes", None),
        ({"type": "equals", "value": "4", "normalizeUnicode": True}, "4", None),
        ({"type": "equals", "value": "4"}, {"a": 1}, None),
        ({"type": "equals", "value": "4"}, "x" * 20_001, None),
        ({"type": "not-equals", "value": "4"}, "5", True),
        ({"type": "contains", "value": "es"}, "yes", True),
        ({"type": "not-contains", "value": "es"}, "yes", False),
        ({"type": "starts-with", "value": "y"}, "yes", True),
        ({"type": "icontains", "value": "ES"}, "yes", None),
        ({"type": "is-json"}, "[1, 2]", True),
        ({"type": "is-json"}, "NaN", False),
        ({"type": "is-json"}, "", False),
        ({"type": "is-json"}, "1" * 5_000, None),
        ({"type": "is-json"}, "[" * 15_000, None),
        ({"type": "not-is-json"}, "{", True),
        ({"type": "regex", "value": r"^[A-Z]{2}-\d+$"}, "AB-12", True),
        ({"type": "regex", "value": r"^[A-Z]{2}-\d+$"}, "AB-12\n", False),
        ({"type": "regex", "value": r"^\w+"}, "ab cd", True),
        ({"type": "regex", "value": r"^\s"}, "a", False),
        ({"type": "regex", "value": r"^a{2,1}$"}, "aa", None),
        ({"type": "regex", "value": r"^\d+$"}, "\u0661", None),
        ({"type": "regex", "value": r"\d"}, "1", None),
        ({"type": "regex", "value": r"^(a|b)$"}, "a", None),
        ({"type": "regex", "value": r"^a*a*a*$"}, "a", None),
        ({"type": "regex", "value": r"^[a--b]$"}, "a", None),
        ({"type": "regex", "value": r"^\d+$"}, "1" * 501, None),
        ({"type": ["equals"], "value": "4"}, "4", None),
        ({}, "4", None),
    ],
)
def test_a_verdict_is_given_or_withheld(assertion: dict[str, Any], output: Any, verdict: bool | None) -> None:
    assert decide(assertion, output, {"want": "yes"}) is verdict


def test_the_value_of_an_assertion_is_the_variable_that_it_names() -> None:
    assert value_of({"value": "{{- want -}}"}, {"want": 7}) == "7"
    assert value_of({"value": "{{want}}"}, {"want": "{{again}}"}) is None
    assert value_of({"value": None}, {}) is None
