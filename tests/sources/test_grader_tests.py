"""When does a grader grade as expected, which answers was it tested on, and what is no test?"""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.readiness.evidence import GraderTests
from bot.sources import grader_tests
from bot.sources.strict_json import printable
from bot.sources.trouble import Unreadable


def rows(*pairs: tuple[Any, Any]) -> bytes:
    tests = [{"id": n, "expected": expected, "graded": graded} for n, (expected, graded) in enumerate(pairs)]
    return "\n".join(json.dumps(test) for test in tests).encode()


@pytest.mark.parametrize(
    "raw",
    [
        b"id,expected,graded\na,1,1\nb,0,1\nc,0.5,0.5\n",
        b"\xef\xbb\xbfID, Expected ,graded,by\r\na,right,Pass,x\r\nb,wrong,correct,y\r\nc,0.5,.50,z\r\n",
        b'{"id": "a", "expected": true, "graded": 1}\n\n{"id": "b", "expected": "fail", "graded": "yes"}\n'
        b'{"id": "c", "expected": 0.5, "graded": 0.5}',
        b' [{"id": "a", "expected": 1.0, "graded": "1"}, {"id": "b", "expected": -1, "graded": 1},'
        b' {"id": "c", "expected": 0.5, "graded": 0.5}]',
    ],
)
def test_the_same_tests_in_each_form(raw: bytes) -> None:
    assert grader_tests.read(raw) == GraderTests(rows=3, right=1, wrong=1, equal=2, ids=("a", "b", "c"))


@pytest.mark.parametrize("graded", [None, "", "error: timed out", "nan", [1], {"score": 1}, 10**400, 0.999])
def test_without_a_grade_or_with_another_it_is_not_graded_as_expected(graded: Any) -> None:
    assert grader_tests.read(rows((1, graded))) == GraderTests(1, 1, 0, 0, ("0",))


def test_an_id_that_stands_twice_counts_once_and_only_as_equal_when_each_row_is() -> None:
    raw = b"id,expected,graded\na,1,1\na,1,0\nb,1,1\nb,1,1\nc,1,1\nc,0,0\n"
    assert grader_tests.read(raw) == GraderTests(rows=3, right=3, wrong=0, equal=1, ids=("a", "b", "c"))


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (b"", "no columns"),
        (b"id,expected,graded\n", "holds no test"),
        (b"id,expected\na,1\n", "no columns"),
        (b"id,expected,graded,graded\na,1,0,1\n", "each once"),
        (b"id,expected,graded\n ,1,1\n", "Line 2 of the grader's tests has no `id`"),
        (b"id,expected,graded\na\n", "`expected` is no score"),
        (b"id,expected,graded\na,maybe,maybe\n", "`expected` is no score"),
        (b"id,expected,graded\na,inf,inf\n", "`expected` is no score"),
        (b'id,expected,graded\n"a,1,1\n', "neither JSON nor CSV"),
        (b"id,expected,graded\n" + b"x" * 200_000 + b",1,1\n", "neither JSON nor CSV"),
        (b"id,expected,graded\n\xff,1,1\n", "neither JSON nor CSV"),
        (b"\xff\xfe{}", "neither JSON nor CSV"),
        (b"[]", "holds no test"),
        (b"[1]", "Row 1 of the grader's tests is no JSON object"),
        (b"[" * 2_000, "The file of the grader's tests"),
        (b'{"id": 1, "expected": 1, "graded": 0, "graded": 1}', "twice"),
        (b'{"id": 1, "expected": NaN, "graded": 1}', "holds NaN"),
        (b'{"id": true, "expected": 1, "graded": 1}', "has no `id`"),
        (b'{"expected": 1, "graded": 1}', "has no `id`"),
        (b'{"id": 1, "expected": null, "graded": 1}', "`expected` is no score"),
        (b'{"id": 1, "expected": 1, "graded": 1}\n[]', "Line 2 of the grader's tests is no JSON object"),
        (b'{"id": "' + b"x" * 301 + b'", "expected": 1, "graded": 1}', "more than 300 characters"),
        (b"id,expected,graded\n" + b"a,1,1\n" * (grader_tests.MAX_ROWS + 1), "more than 200,000"),
        (b" " * (grader_tests.MAX_BYTES + 1), "at most 20,000,000"),
    ],
)
def test_what_is_no_test_is_said(raw: bytes, said: str) -> None:
    with pytest.raises(Unreadable) as caught:
        grader_tests.read(raw)
    assert said in caught.value.fact.reason
    assert caught.value.fact.fix


GRADE = st.one_of(st.text(max_size=20), st.booleans(), st.integers(), st.floats(), st.none(), st.lists(st.integers()))


@given(st.lists(st.tuples(GRADE, GRADE), max_size=8))
def test_whatever_the_grades_counts_or_a_reason(pairs: list[tuple[Any, Any]]) -> None:
    try:
        found = grader_tests.read(rows(*pairs))
    except Unreadable:
        return
    assert 0 <= found.equal <= found.rows == len(found.ids) == len(pairs)
    assert found.right + found.wrong <= found.rows
    assert grader_tests.read(rows(*[(expected, expected) for expected, _ in pairs])).equal == len(pairs)


@given(st.binary(max_size=300), st.sampled_from([b"", b"id,expected,graded\n", b"[", b"{"]))
def test_whatever_the_bytes(raw: bytes, begun: bytes) -> None:
    try:
        found = grader_tests.read(begun + raw)
    except Unreadable:
        return
    assert 0 <= found.equal <= found.rows == len(found.ids)


def test_a_long_or_odd_id_is_the_one_that_the_rows_hold() -> None:
    odd = "case `7` <b> " + "x" * 100
    raw = json.dumps({"id": odd, "expected": 1, "graded": 1}).encode()
    assert grader_tests.read(raw).ids == (printable(odd),)
