"""When do people and a judge agree, and what is no check?"""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.readiness.evidence import HumanChecks
from bot.sources import human_checks
from bot.sources.strict_json import printable
from bot.sources.trouble import Unreadable


def rows(*pairs: tuple[Any, Any]) -> bytes:
    checks = [{"id": n, "human": human, "judge": judge} for n, (human, judge) in enumerate(pairs)]
    return "\n".join(json.dumps(check) for check in checks).encode()


@pytest.mark.parametrize(
    ("human", "judge"),
    [
        ("right", "Right."),
        ("right", " RIGHT "),
        (1, 1.0),
        (1, True),
        ("1", 1),
        ("true", 1),
        (0.3, 0.1 + 0.2),
        ("4.0", "4"),
        ("...", "..."),
        ("\u00e9t\u00e9", "e\u0301te\u0301"),
    ],
)
def test_form_is_no_disagreement(human: Any, judge: Any) -> None:
    assert human_checks.read(rows((human, judge))) == HumanChecks(1, 1, ("0",))


@pytest.mark.parametrize(
    ("human", "judge"),
    [
        ("right", "wrong"),
        (1, 0),
        (True, False),
        ("-1", "1"),
        ("> 5", "< 5"),
        (4, 5),
        ("+", "-"),
        ("...", "!!!"),
        ("yes", 1),
        (10**400, 1),
    ],
)
def test_content_is(human: Any, judge: Any) -> None:
    assert human_checks.read(rows((human, judge))) == HumanChecks(1, 0, ("0",))


def test_a_row_that_two_people_checked_counts_once_and_only_as_agreed_when_both_agree() -> None:
    raw = b"""{"id": "a", "human": 1, "judge": 1}
{"id": "a", "human": 0, "judge": 1}

{"id": "b", "human": 1, "judge": 1, "by": "x"}
{"id": "b", "human": 1, "judge": 1, "by": "y"}
"""
    assert human_checks.read(raw) == HumanChecks(2, 1, ("a", "b"))


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (b"", "holds no check"),
        (b"\n \n", "holds no check"),
        (b"id,human,judge\n", "Line 1 of the checks is no JSON"),
        (b"[]", "Line 1 of the checks is no JSON object"),
        (b'{"human": 1, "judge": 1}', "has no `id`"),
        (b'{"id": true, "human": 1, "judge": 1}', "has no `id`"),
        (b'{"id": " ", "human": 1, "judge": 1}', "has no `id`"),
        (b'{"id": 1, "judge": 1}', "`human` is no label"),
        (b'{"id": 1, "human": 1, "judge": null}', "`judge` is no label"),
        (b'{"id": 1, "human": "", "judge": ""}', "`human` is no label"),
        (b'{"id": 1, "human": [1], "judge": [1]}', "`human` is no label"),
        (b'{"id": 1, "human": NaN, "judge": NaN}', "holds NaN"),
        (b'{"id": 1, "human": 1, "judge": 0, "judge": 1}', "twice"),
        (b'{"id": "' + b"x" * 301 + b'", "human": 1, "judge": 1}', "more than 300 characters"),
        (b"\xff\xfe{}", "UTF-8"),
        (b"[" * 2_000, "Line 1"),
        (b"\n" * (human_checks.MAX_ROWS + 1), "more than 200,000"),
        (b" " * (human_checks.MAX_BYTES + 1), "at most 20,000,000"),
    ],
)
def test_what_is_no_check_is_said(raw: bytes, said: str) -> None:
    with pytest.raises(Unreadable) as caught:
        human_checks.read(raw)
    assert said in caught.value.fact.reason
    assert caught.value.fact.fix


LABEL = st.one_of(st.text(max_size=20), st.booleans(), st.integers(), st.floats(), st.none(), st.lists(st.integers()))


@given(st.lists(st.tuples(LABEL, LABEL), max_size=8))
def test_whatever_the_labels_counts_or_a_reason(pairs: list[tuple[Any, Any]]) -> None:
    try:
        found = human_checks.read(rows(*pairs))
    except Unreadable:
        return
    assert 0 <= found.agreed <= found.rows == len(found.ids) == len(pairs)
    assert human_checks.read(rows(*[(human, human) for human, _ in pairs])).agreed == len(pairs)


@given(st.binary(max_size=300))
def test_whatever_the_bytes(raw: bytes) -> None:
    try:
        found = human_checks.read(raw)
    except Unreadable:
        return
    assert 0 <= found.agreed <= found.rows == len(found.ids)


def test_a_long_or_odd_id_is_the_one_that_the_rows_hold() -> None:
    odd = "case `7` <b> " + "x" * 100
    raw = json.dumps({"id": odd, "human": "good", "judge": "good"}).encode()
    assert human_checks.read(raw).ids == (printable(odd),)
