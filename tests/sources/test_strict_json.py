"""Is JSON read strictly, and refused with a sentence that a team understands?"""

import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.sources import strict_json
from bot.sources.strict_json import BadJson, loads

LIMIT = 100_000


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (b"", "is empty"),
        (b"  \n", "is empty"),
        (b'{"acc": NaN}', "holds NaN, which is no JSON"),
        (b"[Infinity]", "holds Infinity, which is no JSON"),
        (b"[-Infinity]", "holds -Infinity, which is no JSON"),
        (b"[1e999]", "holds the number 1e999, which is out of range"),
        (b"[" + b"9" * 5000 + b"]", "holds a number with too many digits"),
        (b'{"acc": 0.3, "acc": 0.9}', "has the key `acc` twice in one object"),
        (b'{"a": {"b": 1, "\\u0062": 2}}', "has the key `b` twice in one object"),
        (b'{"`<b>\\n": 1, "`<b>\\n": 2}', "has the key `??b??` twice in one object"),
        (b'{"a": 1', "is no JSON: Expecting ',' delimiter, line 1, column 8"),
        (b'{"a": 1} {}', "is no JSON: Extra data, line 1, column 10"),
        (b"\xff\xfe", "is not UTF-8 text"),
        (b"[" * 100_000, "is nested deeper than 64 levels"),
        (b"[" * 65 + b"]" * 65, "is nested deeper than 64 levels"),
        (b'{"a":' * 65 + b"1" + b"}" * 65, "is nested deeper than 64 levels"),
        (b'"' + b"x" * LIMIT + b'"', "has 100,002 bytes, at most 100,000 are read"),
    ],
)
def test_what_is_ambiguous_or_beyond_a_bound_is_refused(text: bytes, message: str) -> None:
    with pytest.raises(BadJson) as refused:
        loads(text, max_bytes=LIMIT)
    assert str(refused.value) == message


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (b"\xef\xbb\xbf[1]", [1]),
        (b"[" * 64 + b"]" * 64, None),
        (b'{"a": [{"a": 1}, {"a": 1}]}', {"a": [{"a": 1}, {"a": 1}]}),
        (b'["' + b"[{" * 60 + b'"]', ["[{" * 60]),  # brackets in a text are no depth
        (b'["\\ud83d\\ude00 \\ud83d", {"\\udc00": 1}]', ["\U0001f600 ?", {"?": 1}]),
        (b"[1.5, -0.0, 1e3, 12345678901234567890]", [1.5, -0.0, 1000.0, 12345678901234567890]),
    ],
)
def test_what_is_well_formed_is_read(text: bytes, value: Any) -> None:
    found = loads(text, max_bytes=LIMIT)
    assert value is None or found == value


@given(st.binary(max_size=200))
@settings(deadline=None)
def test_any_bytes_are_read_or_refused(raw: bytes) -> None:
    with suppress(BadJson):
        loads(raw, max_bytes=100)


VALUES = st.recursive(
    st.none() | st.booleans() | st.floats(allow_nan=False, allow_infinity=False) | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


@pytest.mark.parametrize(
    "text",
    [
        b'{"a": {"b:": 1, "b\\u003a": 2}}',
        b'{"a": 1, "\\u0061": 2}',
        b'[{"a": ":"}, {"a": {"x": 1}, "a": {"x": 1}}]',
        b'{"a": ":", "a": ""}',
    ],
)
def test_a_key_given_twice_is_found_however_it_is_written(text: bytes) -> None:
    with pytest.raises(strict_json.TwiceTheKey):
        loads(text, max_bytes=LIMIT)


@given(st.binary(max_size=60) | st.text('{}[]":,ab01.eE-\\u ', max_size=40).map(str.encode))
@settings(deadline=None, max_examples=500)
def test_the_fast_way_reads_what_the_slow_way_reads(raw: bytes) -> None:
    with suppress(ValueError):
        assert repr(strict_json.quickly(raw)) == repr(json.loads(raw, object_pairs_hook=_pairs))


def _pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    assert len(dict(pairs)) == len(pairs)
    return dict(pairs)


@given(VALUES, st.booleans())
@settings(deadline=None)
def test_what_is_written_is_what_is_read(value: Any, ascii_only: bool) -> None:
    written = json.dumps(value, ensure_ascii=ascii_only).encode()
    assert loads(written, max_bytes=LIMIT) == value


@given(st.text())
def test_a_foreign_text_stays_on_one_line_and_quotes_nothing(text: str) -> None:
    shown = strict_json.printable(text, 10)
    assert len(shown) <= 10
    assert not set(shown) & set("`<>\n\r\x00\x1b")
