"""Which ids does a file hold, and what is none?"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.sources import row_ids
from bot.sources.strict_json import printable
from bot.sources.trouble import Unreadable


@pytest.mark.parametrize(
    ("raw", "ids"),
    [
        (b"1\n2\n3\n", ("1", "2", "3")),
        (b"1\r\n2", ("1", "2")),
        (b"\xef\xbb\xbfa-1\n", ("a-1",)),
        (b"#7\n// x\na, b\n", ("#7", "// x", "a, b")),  # an id may look like anything
        (b" 2 \n1\n2\n", ("2", "1")),
        ("ticket-\u00e9\n".encode(), ("ticket-\u00e9",)),
    ],
)
def test_one_id_a_line(raw: bytes, ids: tuple[str, ...]) -> None:
    assert row_ids.read(raw) == ids


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (b"", "is empty"),
        (b"1\n\n2\n", "Line 2 of the ids is blank"),
        (b"1\n \t\n", "Line 2 of the ids is blank"),
        (b"1\n\xff\xfe\n", "Line 2 of the ids is not UTF-8"),
        (b"1\n" + b"x" * 301, "Line 2 has 301 characters"),
        (b"1\x002\n", "control character"),
        ("a\u202eb\n".encode(), "control character"),
        (b"1\r2\n", "control character"),
        (b"".join(b"%d\n" % n for n in range(row_ids.MAX_IDS + 1)), "more than 200,000"),
        (b"1\n" * (row_ids.MAX_IDS + 1), "more than 200,000"),
        (b"x" * (row_ids.MAX_BYTES + 1), "at most 20,000,000"),
    ],
)
def test_what_is_no_list_of_ids_is_said(raw: bytes, said: str) -> None:
    with pytest.raises(Unreadable) as caught:
        row_ids.read(raw)
    assert said in caught.value.fact.reason
    assert caught.value.fact.fix


@pytest.mark.parametrize("name", ["a`b<c>", "case-" + "0123456789" * 12, "x" * 60, "x" * 61, "größe|@me #1"])
def test_an_id_is_read_as_the_rows_of_an_eval_hold_it(name: str) -> None:
    assert row_ids.read(f"{name}\n".encode()) == (printable(name),)


@given(st.binary(max_size=300))
def test_whatever_the_bytes_ids_or_a_reason(raw: bytes) -> None:
    try:
        ids = row_ids.read(raw)
    except Unreadable:
        return
    assert ids
    assert len(set(ids)) == len(ids)
    assert all(name.isprintable() and name == name.strip() for name in ids)
