"""Which edits of a schema or a prompt change what it says?"""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.sources.meaning import MAX_BYTES, meaning
from bot.sources.trouble import Unreadable

SCHEMA = {"type": "object", "required": ["a"], "properties": {"a": {"enum": ["x", "y"]}, "b": {"maximum": 1}}}


@pytest.mark.parametrize(
    ("one", "other", "path"),
    [
        (json.dumps(SCHEMA), json.dumps(SCHEMA, indent=4), "s.json"),
        (json.dumps(SCHEMA), json.dumps(SCHEMA, sort_keys=True) + "\n\n", "s.json"),
        (json.dumps(SCHEMA), "\ufeff" + json.dumps(SCHEMA), "s.schema"),
        ('{"maximum": 1}', '{"maximum": 1.0}', "s.json"),
        ("a: 1\nb: [x, y]\n", "# why\nb:\n  - x\n  - y\na: 1.0\n", "s.yaml"),
        ("a: 1\n", '{"a": 1}', "s.YML"),
        ("Sort the ticket.\nAnswer with JSON.", "  Sort the ticket.\r\n\r\n  Answer with JSON.\n", "p.md"),
        ("Sort the ticket", "# Sort the *ticket*!", "p.md"),
    ],
)
def test_form_does_not_change_what_a_file_says(one: str, other: str, path: str) -> None:
    assert meaning(one.encode(), path) == meaning(other.encode(), path)


@pytest.mark.parametrize(
    ("one", "other", "path"),
    [
        ('{"enum": ["x", "y"]}', '{"enum": ["y", "x"]}', "s.json"),
        ('{"pattern": "^a$"}', '{"pattern": "^A$"}', "s.json"),
        ('{"maximum": 1}', '{"maximum": 2}', "s.json"),
        ('{"a": true}', '{"a": 1}', "s.json"),
        ('{"a": "1"}', '{"a": 1}', "s.json"),
        ("a: yes\n", "a: true\n", "s.yaml"),
        ("Sort the ticket.", "Sort the tickets.", "p.md"),
        ("{{ticket}} sort it", "{{ticket}} drop it", "p.md"),
    ],
)
def test_content_does(one: str, other: str, path: str) -> None:
    assert meaning(one.encode(), path) != meaning(other.encode(), path)


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\x00\xff\xfe",
        b"{",
        b"[" * 5_000,
        b'{"a": 1, "a": 2}',
        b'{"a": NaN}',
        b"a: &x [*x]\n",
        b"a: 1e999\n",
        b"!!python/object/apply:os.system [ls]\n",
        b"a: " + b"9" * 5_000,
        b'{"a": ' + b"9" * 5_000 + b"}",
        b'{"a": 1e300}',
    ],
)
def test_hostile_files_count_as_words(raw: bytes) -> None:
    for path in ("s.json", "s.yaml", "p.md"):
        assert len(meaning(raw, path)) == 64


def test_a_file_that_is_too_large_is_not_compared() -> None:
    with pytest.raises(Unreadable) as caught:
        meaning(b"a" * (MAX_BYTES + 1))
    assert "1,000,001 bytes" in caught.value.fact.reason


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@given(st.dictionaries(st.text(), JSON, max_size=4))
def test_indentation_and_order_of_keys_never_count(value: dict[str, object]) -> None:
    turned = dict(reversed(value.items()))
    assert meaning(json.dumps(value).encode(), "a.json") == meaning(json.dumps(turned, indent=2).encode(), "a.json")


@given(st.binary(max_size=200), st.sampled_from(["a.json", "a.yaml", "a.md"]))
def test_whatever_the_bytes(raw: bytes, path: str) -> None:
    assert meaning(raw, path) == meaning(raw, path)
