"""Is hostile YAML refused at its line, quickly, and without a crash?"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.readiness.strict_yaml import MAX_ALIASES, MAX_BYTES, MAX_DEPTH, MAX_KEY, MAX_VALUES, load
from bot.settings import shipped


def problems(text: str | bytes) -> list[tuple[int, str]]:
    raw = text.encode() if isinstance(text, str) else text
    return [(problem.line, problem.message) for problem in load(raw).problems]


def test_plain_values_are_read_as_yaml_1_2_reads_them() -> None:
    text = "a: yes\nb: 2027-02-30\nc: 0x10\nd: 1_000\ne: null\nf: True\ng: -1.5e3\nh: 007\ni: '5'\nj: ~\nk: .inf\nl: 1:30\n"
    assert load(text.encode()).data == {
        "a": "yes",
        "b": "2027-02-30",
        "c": "0x10",
        "d": "1_000",
        "e": None,
        "f": True,
        "g": -1500.0,
        "h": 7,
        "i": "5",
        "j": None,
        "k": ".inf",
        "l": "1:30",
    }


def test_every_field_has_its_line() -> None:
    lines = load(b"# first\na:\n  - x\n  - {b: 1,\n     c: 2}\nd: |\n  text\n").lines
    assert (lines["a"], lines["a[0]"], lines["a[1].b"], lines["a[1].c"], lines["d"]) == (2, 3, 4, 5, 6)


def test_a_key_that_looks_like_a_path_does_not_take_a_fields_line() -> None:
    lines = load(b'owner:\n  primary: a\n"owner.primary": b\n"a[0]": c\n"": d\n').lines
    assert lines["owner.primary"] == 2
    assert lines['"owner.primary"'] == 3
    assert lines['"a[0]"'] == 4
    assert lines['""'] == 5


def test_a_file_of_256_kib_is_read_and_a_byte_more_is_not() -> None:
    text = b"a: " + b"x" * (MAX_BYTES - 3)
    assert load(text).data == {"a": "x" * (MAX_BYTES - 3)}
    assert problems(text + b"x") == [(1, "The file has 262,145 bytes, 262,144 is the most.")]


def test_twenty_levels_are_read_and_one_more_is_refused_at_its_line() -> None:
    def nested(levels: int) -> str:
        return "".join(f"{' ' * n}a:\n" for n in range(levels))

    assert problems(nested(MAX_DEPTH)) == []
    assert problems(nested(MAX_DEPTH + 1)) == [(MAX_DEPTH + 1, "Nested deeper than 20 levels.")]
    assert problems("a: 1\nb: " + "[" * 200_000) == [(2, "Nested deeper than 20 levels.")]


def test_a_hundred_aliases_are_read_and_one_more_is_refused_at_its_line() -> None:
    text = "a: &a 1\n" + "".join(f"b{n}: *a\n" for n in range(MAX_ALIASES))
    assert problems(text) == []
    assert problems(text + "c: *a\n") == [(102, "More than 100 aliases (*name).")]


def test_aliases_that_multiply_are_refused() -> None:
    levels = [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 10)]
    (problem,) = problems("\n".join(["a0: &a0 [x, x, x, x, x, x, x, x, x]", *levels]))
    assert problem[1] == "More than 5,000 values in one file."


def test_an_alias_that_holds_itself_is_refused_at_its_line() -> None:
    assert problems("a: 1\nb: &b\n  c: *b\n") == [(3, "This alias contains itself.")]


def test_an_unknown_alias_and_an_anchor_given_twice_are_refused_at_their_lines() -> None:
    assert [line for line, _ in problems("a: 1\nb: *nowhere\n")] == [2]
    assert [line for line, _ in problems("a: &x 1\nb: &x 2\n")] == [2]


@pytest.mark.parametrize(
    "value",
    ["!!python/object/apply:os.system [id]", "!!binary aGk=", "!own x", "! x", "!!timestamp 2026-01-01", "!!set {a}"],
)
def test_a_tag_is_refused_at_its_line(value: str) -> None:
    found = problems(f"a: 1\nb: {value}\n")
    assert [line for line, _ in found] == [2]
    assert found[0][1].startswith("The tag `")


def test_every_tag_is_told_at_once() -> None:
    assert [line for line, _ in problems("a: !x 1\nb: 2\nc: !y [1]\n")] == [1, 3]


def test_a_key_that_stands_twice_is_told_with_both_lines() -> None:
    document = load(b"a: 1\nb:\n  c: 1\n  d: 2\n  c: 3\na: 4\n")
    assert [(p.line, p.at) for p in document.problems] == [(5, "b.c"), (6, "a")]
    assert document.problems[0].message == "The key `c` stands twice (first on line 3)."
    assert document.data == {"a": 1, "b": {"c": 1, "d": 2}}


def test_a_key_that_is_no_word_is_refused_at_its_line() -> None:
    assert problems("a: 1\n? [b, c]\n: 2\n") == [(2, "A key must be a word.")]


def test_a_key_of_200_characters_is_read_and_a_longer_one_is_refused() -> None:
    assert problems(f"{'k' * MAX_KEY}: 1\n") == []
    assert problems(f"a: 1\n{'k' * (MAX_KEY + 1)}: 1\n") == [(2, "A key has at most 200 characters.")]
    assert problems(f"? {'k' * 200_000}\n: [{'1, ' * 2_000}1]\n") == [(1, "A key has at most 200 characters.")]


def test_a_tab_as_indentation_is_named_as_one() -> None:
    assert problems("a:\n\tb: 1\n") == [(2, "This line is indented with a tab; YAML allows blanks only.")]


def test_broken_syntax_is_refused_at_its_line() -> None:
    assert [line for line, _ in problems("a: 1\nb: [1, 2\nc: 3\n")] == [3]
    assert [line for line, _ in problems('a: 1\nb: "open\n')] == [3]
    assert [line for line, _ in problems("a: b: c\n")] == [1]


def test_a_second_document_is_refused_at_its_line() -> None:
    assert problems("a: 1\n---\nb: 2\n") == [(2, "A second document begins here (---).")]


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_utf_16_is_named_as_such(encoding: str) -> None:
    assert problems("version: 1\n".encode(encoding)) == [(1, "The file is encoded as UTF-16 (or is binary).")]


def test_a_byte_order_mark_is_passed_over() -> None:
    assert load(b"\xef\xbb\xbfa: 1\n").data == {"a": 1}


def test_bytes_that_are_no_utf_8_are_refused_at_their_line() -> None:
    assert problems(b"a: 1\nb: \xff\n") == [(2, "This line is not valid UTF-8.")]
    assert problems(b"a: 1\n\nb: \xed\xa0\x80\n") == [(3, "This line is not valid UTF-8.")]


@pytest.mark.parametrize("character", ["\x00", "\x07", "\x1b", "\x7f", "\ufffe"])
def test_a_control_character_is_refused_at_its_line(character: str) -> None:
    text = f"a: {'x' * 70}\nb: '{character}'\n"
    assert problems(text) == [(2, "This line holds a control character.")]


@pytest.mark.parametrize("ending", ["\r", "\x85", "\u2028", "\u2029"])
def test_a_line_break_that_only_yaml_knows_is_refused_at_its_line(ending: str) -> None:
    text = f"a: 1\nb: 2{ending}c: 3\n"
    assert problems(text) == [(2, f"This line holds a line break of another kind (U+{ord(ending):04X}).")]


def test_windows_line_ends_are_read() -> None:
    document = load(b"a: 1\r\nb:\r\n  c: 2\r\n")
    assert document.data == {"a": 1, "b": {"c": 2}}
    assert document.lines["b.c"] == 3


def test_ten_thousand_keys_are_refused_where_they_pass_the_cap() -> None:
    assert problems("".join(f"k{n}: v\n" for n in range(10_000))) == [
        (MAX_VALUES, "More than 5,000 values in one file.")
    ]
    assert len(load("".join(f"k{n}: v\n" for n in range(MAX_VALUES - 1)).encode()).data) == MAX_VALUES - 1


def test_what_was_typed_is_shown_cut_and_without_backticks() -> None:
    (_, message), *_ = problems(f"a: !{'t' * 500} x\n")
    assert len(message) < 100
    (_, message), *_ = problems(f'"{"`k" * 50}": 1\n"{"`k" * 50}": 2\n')
    assert message.count("`") == 2
    assert len(message) < 120
    (_, message), *_ = problems(f"a: *{'n' * 5_000}\n")
    assert len(message) < 200


N = MAX_BYTES
HOSTILE = {
    "keys": "".join(f"k{n}: v\n" for n in range(N // 10)),
    "a flow list": f"a: [{'1,' * (N // 2 - 10)}1]",
    "a block list": "- a\n" * (N // 4 - 1),
    "anchors": "".join(f"k{n}: &a{n} v\n" for n in range(N // 18)),
    "one long word": f"a: {'x' * (N - 10)}",
    "many words": f"a: {'x ' * (N // 2 - 10)}",
    "many lines": "a:\n" + "  xx yy\n" * (N // 8 - 10),
    "a block of text": "a: |\n" + "  xx\n" * (N // 5 - 10),
    "escapes": 'a: "' + "\\n" * (N // 2 - 10) + '"',
    "quotes": "a: '" + "''" * (N // 2 - 10) + "'",
    "comments": "a: 1\n" + "#\n" * (N // 2 - 10),
    "blank lines": "a: 1\n" + "\n" * (N - 10),
    "colons": ":" * (N - 10),
    "brackets": "[" * (N - 10),
    "dashes": "- " * (N // 2 - 10),
    "question marks": "? " * (N // 2 - 10),
    "an error at the end": "".join(f"k{n}: '{'v' * 40}'\n" for n in range(4_500)) + "\tx: [",
}


@pytest.mark.timeout(30)  # each takes well below a second; without the caps some took minutes
@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_a_quarter_of_a_mebibyte_of_malice_is_read_or_refused(text: str) -> None:
    document = load(text[:N].encode())
    assert (document.data is None) == bool(document.problems)
    assert len(document.problems) <= 1


@given(
    st.binary(max_size=300)
    | st.text(st.sampled_from("ab:-?[]{}&*!|>'\"%@`#, \n\t\r\u2028~<1."), max_size=60).map(str.encode)
)
def test_no_bytes_raise_and_every_problem_has_a_line_of_the_file(raw: bytes) -> None:
    document = load(raw)
    for problem in document.problems:
        assert 1 <= problem.line <= raw.count(b"\n") + 1
        assert problem.fix


def test_a_shipped_file_is_read_the_same_by_the_fast_parser() -> None:
    raw = (shipped("policies") / "default.yaml").read_bytes()
    assert load(raw, ours=True) == load(raw)
    assert load(raw.replace(b"checks:", b"checks: {", 1), ours=True).problems
