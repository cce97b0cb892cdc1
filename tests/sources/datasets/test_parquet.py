"""Are the rows of a Parquet file those that it would hold as JSONL, whatever its columns, and is what cannot be read told?"""

import datetime
import hashlib
import json
import math
from pathlib import Path
from typing import Any

import pytest
from arro3.core import Array, DataType, Field, Table, struct_array
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.cli import main
from bot.readiness.evidence import DataProfile, Trouble, Unavailable
from bot.sources import datasets
from bot.sources.datasets import containers, parquet
from tests.sources.datasets.parquet_files import lines, packed, table, written
from tests.sources.datasets.test_formats import BAD, GOOD

Json = dict[str, Any]
CPT = "continued_pretraining"
CALL: Json = {"id": "1", "type": "function", "function": {"name": "refund", "arguments": '{"order": 7}'}}
CHATS: list[Json] = [
    {"messages": [{"role": "user", "content": f"q {n} é"}, {"role": "assistant", "content": f"a {n % 3}"}]}
    for n in range(150)
]


def profile(raw: bytes, form: str = "auto", method: str | None = None, **beside: Any) -> DataProfile:
    found = datasets.profile(raw, form, method, **beside)
    assert isinstance(found, DataProfile), found
    return found


def refused(raw: bytes) -> Unavailable:
    found = datasets.profile(raw, "auto", CPT)
    assert isinstance(found, Unavailable), found
    assert found.fix
    return found


def rows(raw: bytes) -> list[Json]:
    return [json.loads(line) for _, line in parquet.rows(raw, 10**9)]


def one(values: list[Any], kind: DataType, **options: Any) -> bytes:
    """Write a column `a` of a type."""
    return written([{} if value is None else {"a": value} for value in values], {"a": kind}, **options)


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"compression": "snappy"},
        {"compression": "gzip(6)"},
        {"compression": "zstd(3)"},
        {"compression": "brotli(3)"},
        {"compression": "lz4_raw"},
        {"max_row_group_size": 7},
        {"writer_version": "parquet_2_0"},
        {"dictionary_enabled": False},
        {"skip_arrow_metadata": True},
        {"data_page_size_limit": 64, "write_batch_size": 8},
    ],
    ids=str,
)
def test_rows_are_the_same_however_they_are_written(options: Json) -> None:
    assert profile(written(CHATS, **options)) == profile(lines(CHATS))


def test_rows_have_their_numbers_across_groups_and_batches() -> None:
    raw = written(CHATS, max_row_group_size=40)
    assert [number for number, _ in parquet.rows(raw, 10**9)] == list(range(1, 151))
    assert rows(raw) == CHATS


def test_a_faulty_row_is_found_at_its_number() -> None:
    broken = [*CHATS[:99], {"messages": CHATS[0]["messages"][:1]}, *CHATS[100:]]
    found = profile(written(broken))
    assert [(fault.code, fault.line) for fault in found.faults] == [("no_assistant", 100)]


def alike(form: str, method: str, given: list[Json]) -> None:
    assert profile(written(given), form, method) == profile(lines(given), form, method)


@pytest.mark.parametrize(("form", "method", "row"), GOOD)
def test_a_clean_row_of_every_format_is_clean_here_too(form: str, method: str, row: Json) -> None:
    alike(form, method, [row, row])


# which no table of columns holds: an object without fields, a field that is a number here and a text there
UNLIKE = [row for *_, row, _ in BAD if '{"image": {}}' in json.dumps(row) or '"value": 7' in json.dumps(row)]


@pytest.mark.parametrize(
    ("form", "method", "row"),
    [(form, method, row) for form, method, row, _ in BAD if isinstance(row, dict) and row not in UNLIKE],
)
def test_a_faulty_row_of_every_format_has_the_same_fault_here(form: str, method: str, row: Json) -> None:
    alike(form, method, [row])


TEXT = st.text(st.characters(codec="utf-8"), max_size=12)
MESSAGE = st.fixed_dictionaries(
    {"role": st.sampled_from(["system", "user", "assistant", "tool", "who"])},
    optional={
        "content": TEXT,
        "name": TEXT,
        "weight": st.integers(0, 2),
        "tool_call_id": st.just("1"),
        "tool_calls": st.lists(st.just(CALL), max_size=2),
    },
)
CHAT = st.fixed_dictionaries(
    {},
    optional={
        "messages": st.lists(MESSAGE, max_size=4),
        "meta": st.fixed_dictionaries(
            {},
            optional={"user_id": st.integers(-(2**63), 2**63 - 1), "score": st.floats(-1e9, 1e9), "on": st.booleans()},
        ).filter(bool),
        "tools": st.lists(st.just({"type": "function", "function": {"name": "refund"}}), max_size=2),
        "text": TEXT,
        "prompt": TEXT,
        "completion": TEXT,
        "label": st.booleans(),
        "instruction": TEXT,
        "output": TEXT,
    },
).filter(bool)
ANY_FORM = st.sampled_from(sorted({(form, method) for form, method, _ in GOOD} | {("openai-chat", "rft")}))


@settings(max_examples=200, deadline=None)
@given(st.lists(CHAT, min_size=1, max_size=5), ANY_FORM)
def test_any_rows_have_the_profile_that_they_have_as_jsonl(given: list[Json], way: tuple[str, str]) -> None:
    alike(*way, given)


def test_what_is_null_is_not_there() -> None:
    calls = {
        "messages": [
            {"role": "user", "content": "q"},
            {"role": "assistant", "content": None, "tool_calls": [CALL]},
            {"role": "tool", "content": "done", "tool_call_id": "1"},
            {"role": "assistant", "content": "yes"},
        ],
        "meta": {"user_id": None},
    }
    raw = written([calls, *CHATS[:2]])
    assert profile(raw) == profile(lines([calls, *CHATS[:2]]))
    assert profile(raw).valid == 3
    assert rows(raw)[0]["messages"][1] == {"role": "assistant", "tool_calls": [CALL]}
    silent = {"messages": [{"role": "user", "content": "q"}, {"role": "assistant", "content": None}]}
    assert [fault.line for fault in profile(written([CHATS[0], silent])).faults] == [2]
    assert [fault.line for fault in profile(lines([CHATS[0], silent])).faults] == [2]


TEXTS, NUMBERS = DataType.utf8(), DataType.int32()
TWICE = Table.from_arrays([Array(["q"], TEXTS), Array(["q"], TEXTS)], names=["a", "a"])
DIGITS = "12345678901234567890123.45"


@pytest.mark.parametrize(
    ("kind", "given", "read"),
    [
        (DataType.timestamp("us"), "2024-01-02T03:04:05.000006", "2024-01-02T03:04:05.000006"),
        (DataType.timestamp("ms", tz="UTC"), "2024-01-02T03:04:05Z", "2024-01-02T03:04:05Z"),
        (DataType.timestamp("ns", tz="+01:00"), "2024-01-02T03:04:05Z", "2024-01-02T04:04:05+01:00"),
        (DataType.date32(), "2024-01-02", "2024-01-02"),
        (DataType.time64("us"), "01:02:03", "01:02:03"),
        (DataType.decimal128(38, 2), DIGITS, DIGITS),
        (DataType.decimal256(50, 2), DIGITS, DIGITS),
        (DataType.list(Field("item", DataType.decimal128(38, 2))), [DIGITS, None], [DIGITS, None]),
        (DataType.large_list(Field("item", DataType.decimal128(38, 2))), [DIGITS], [DIGITS]),
        (DataType.list(Field("item", DataType.decimal128(38, 2)), 2), [DIGITS, "1.00"], [DIGITS, "1.00"]),
        (DataType.struct([Field("d", DataType.decimal128(4, 1)), Field("t", TEXTS)]), {"d": 1, "t": "x"}, {"d": "1.0", "t": "x"}),
        (DataType.float32(), 0.1, 0.1),
        (DataType.float64(), 1e300, 1e300),
        (DataType.uint64(), 2**64 - 1, 2**64 - 1),
        (DataType.bool(), True, True),
        (DataType.large_utf8(), "é\n\u2028", "é\n\u2028"),
        (DataType.string_view(), "x" * 40, "x" * 40),
        (DataType.large_list(Field("item", DataType.list(Field("item", NUMBERS)))), [[1], None, []], [[1], None, []]),
        (DataType.list(Field("item", NUMBERS), 2), [1, 2], [1, 2]),
        (DataType.struct([Field("x", TEXTS), Field("y", NUMBERS)]), {"y": 1}, {"y": 1}),
        (
            DataType.map(Field("key", TEXTS, nullable=False), Field("value", NUMBERS), keys_sorted=False),
            {"k": 1},
            {"k": 1},
        ),
        (DataType.binary(), "c3a9", "é"),
        (DataType.large_binary(), "616263", "abc"),
        (DataType.binary_view(), "616263", "abc"),
        (DataType.binary(3), "616263", "abc"),
        (DataType.list(Field("item", DataType.binary())), ["61", None, ""], ["a", None, ""]),
        (
            DataType.struct([Field("x", DataType.list(Field("item", DataType.struct([Field("b", DataType.binary())]))))]),
            {"x": [{"b": "61"}, {"b": None}]},
            {"x": [{"b": "a"}, {}]},
        ),
    ],
    ids=repr,
)  # fmt: skip
def test_every_type_becomes_plain_json(kind: DataType, given: Any, read: Any) -> None:
    assert rows(one([given, None, given], kind)) == [{"a": read}, {}, {"a": read}]


@pytest.mark.parametrize(
    ("kind", "values", "read"),
    [(TEXTS, ["x", "y"], ["x", "y"]), (DataType.binary(), [b"x", b"y"], ["x", "y"]), (NUMBERS, [7, 8], [7, 8])],
    ids=repr,
)
def test_a_column_of_few_values_may_be_a_dictionary(kind: DataType, values: list[Any], read: list[Any]) -> None:
    column = Array([*values, None, values[0]], kind).cast(DataType.dictionary(NUMBERS, kind))
    first, second = read
    assert rows(packed(table({"a": column}))) == [{"a": first}, {"a": second}, {}, {"a": first}]


def test_a_number_that_json_has_not_is_null() -> None:
    column = Array([math.nan, math.inf, 0.5], DataType.float64())
    assert rows(packed(table({"a": column}))) == [{"a": None}, {"a": None}, {"a": 0.5}]


def test_a_column_without_any_value_is_not_there() -> None:
    assert rows(written([{"a": None, "b": 1}, {"a": None, "b": 2}])) == [{"b": 1}, {"b": 2}]


def test_bytes_that_are_no_text_are_told_with_their_column_and_row() -> None:
    fact = refused(one([["61"], None, ["61", "ff00"]], DataType.list(Field("item", DataType.binary()))))
    assert "column `a`" in fact.reason
    fact = refused(one(["61", "ff00"], DataType.binary()))
    assert fact.trouble is Trouble.DEFINITIVE
    assert fact.reason == "The column `a` holds bytes that are no UTF-8 text, first in row 2."


def test_text_that_is_not_utf_8_is_told() -> None:
    raw = one(["abcdefgh"], TEXTS, compression="uncompressed", dictionary_enabled=False, max_statistics_size=1)
    fact = refused(raw.replace(b"abcdefgh", b"abcd\xff\xfegh"))
    assert "not UTF-8" in fact.reason


def test_no_rows_are_no_rows() -> None:
    assert profile(packed(table({"messages": Array([], TEXTS)}))) == profile(b"")


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (TWICE, "names a column twice: `a`"),
        (table({}), "has no columns"),
    ],
)
def test_columns_that_are_no_row_are_told(data: Table, said: str) -> None:
    fact = refused(packed(data))
    assert fact.trouble is Trouble.DEFINITIVE
    assert said in fact.reason


def test_a_field_that_stands_twice_in_one_object_is_a_fault_of_its_row() -> None:
    meta = struct_array([Array([1], NUMBERS), Array([2], NUMBERS)], fields=[Field("n", NUMBERS), Field("n", NUMBERS)])
    [fault] = profile(packed(table({"text": Array(["a"], TEXTS), "meta": meta})), "text", CPT).faults
    assert (fault.line, fault.code) == (1, "duplicate_key")


def test_the_numbers_that_pandas_gives_its_rows_are_no_part_of_them() -> None:
    numbered = [row | {"__index_level_0__": n} for n, row in enumerate(CHATS)]
    assert profile(written(numbered)) == profile(lines(CHATS))
    assert "has no columns" in refused(written([{"__index_level_0__": 1}])).reason
    assert rows(written([{"a": 1, "__index_level_0__": 1, "b": "x"}, {"__index_level_0__": 2}])) == [
        {"a": 1, "b": "x"},
        {},
    ]


def test_the_command_line_says_of_it_what_it_says_of_jsonl(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    given = [*CHATS, CHATS[3], {"messages": CHATS[0]["messages"][:1]}]
    said = []
    for name, raw in (("train.jsonl", lines(given)), ("train.parquet", written(given))):
        path = tmp_path / name
        path.write_bytes(raw)
        assert main(["evidence", "data", str(path), "--json"]) == 0
        document = json.loads(capsys.readouterr().out)
        assert document.pop("digest") == hashlib.sha256(raw).hexdigest()
        said.append({key: value for key, value in document.items() if key != "seconds"})
    assert said[0] == said[1]
    assert said[0]["rows"] == 152


def test_tokenised_data_is_told_as_such() -> None:
    numbers = {"input_ids": [1, 2], "attention_mask": [1, 1], "labels": [-100, 2]}
    fact = refused(written([numbers]))
    assert "tokenised data (`input_ids`)" in fact.reason
    assert "before the tokenizer" in (fact.fix or "")
    assert profile(written([{"text": "a text", "input_ids": [1]}]), "text", CPT).valid == 1


@pytest.mark.parametrize(
    ("form", "key"),
    [("openai-chat", "messages"), ("sharegpt", "conversations"), ("vertex", "contents"), ("bedrock", "messages")],
)
@pytest.mark.parametrize("as_table", [True, False])
def test_a_list_that_is_a_text_of_json_is_told_with_its_cure(form: str, key: str, as_table: bool) -> None:
    row = {key: json.dumps(CHATS[0]["messages"]), "schemaVersion": "bedrock-conversation-2024"}
    if form != "bedrock":
        del row["schemaVersion"]
    [fault] = profile(written([row]) if as_table else lines([row]), form).faults
    assert (fault.line, fault.code) == (1, "messages_type")
    assert "is a text that holds JSON" in fault.message
    assert "json.loads" in fault.message


def test_tools_as_a_text_of_json_are_told_with_their_cure() -> None:
    [fault] = profile(written([CHATS[0] | {"tools": "[]"}])).faults
    assert fault.code == "field_type"
    assert "`tools` is a text that holds JSON, and no list: undo" in fault.message


def test_a_map_that_json_cannot_hold_is_told() -> None:
    keys = DataType.map(Field("key", NUMBERS, nullable=False), Field("value", TEXTS), keys_sorted=False)
    values = DataType.map(Field("key", TEXTS, nullable=False), Field("value", DataType.binary()), keys_sorted=False)
    assert "a map whose keys are no texts" in refused(one([{"1": "x"}], keys)).reason
    assert "`a` holds a map of bytes or decimals" in refused(one([{"k": "61"}], values)).reason


def test_a_row_that_is_too_long_is_a_fault_of_that_row() -> None:
    long = {"text": "x" * 1_000_001}
    found = profile(written([{"text": "a"}, long, {"text": "b"}]), "text", CPT)
    assert [(fault.line, fault.code) for fault in found.faults] == [(2, "too_long")]


def test_ten_thousand_columns_are_read() -> None:
    wide = {f"c{n}": n for n in range(10_000)}
    raw = written([wide | {"text": "a"}, {"text": "b"}])
    assert rows(raw)[0] == wide | {"text": "a"}
    assert profile(raw, "text", CPT).valid == 2


@pytest.mark.parametrize("lying", [False, True])
def test_a_bomb_is_stopped_at_the_cap(lying: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(containers, "MAX_UNPACKED", 5_000_000)
    raw = written([{"text": "x" * 100_000 + (str(n) if not lying else "")} for n in range(200)], compression="zstd(3)")
    assert len(raw) < 200_000  # of equal values only one is stored, and that is all that the footer knows of
    fact = refused(raw)
    assert fact.trouble is Trouble.DEFINITIVE
    assert "more than 5,000,000 bytes" in fact.reason


def test_a_held_out_set_may_be_parquet() -> None:
    held = [{"input": f"q {n} é", "target": "a", "meta": {"user_id": n}} for n in range(10)]
    keys = datasets.Keys(group="meta.user_id")
    here, there = (profile(lines(CHATS), holdout=as_(held), keys=keys) for as_ in (written, lines))
    assert here == there
    assert (here.leaked, here.held_out) == (10, 10)
    chats = profile(written(CHATS), holdout=written(CHATS[:5]))
    assert chats == profile(lines(CHATS), holdout=lines(CHATS[:5]))
    assert chats.leaked == 5


def test_a_held_out_set_that_is_broken_is_told_beside_the_profile() -> None:
    found = profile(lines(CHATS), holdout=written(CHATS)[:-20])
    assert found.holdout is not None
    assert "cut short" in found.holdout.reason
    told = profile(lines(CHATS), holdout=packed(TWICE)).holdout
    assert told is not None
    assert "names a column twice" in told.reason


def test_a_sample_of_production_may_be_parquet() -> None:
    assert datasets.composition(written(CHATS)) == datasets.composition(lines(CHATS))
    asked = [{"input": f"q {n}", "asked": str(datetime.date(2024, 1, 1 + n))} for n in range(9)]
    assert datasets.composition(written(asked)) == datasets.composition(lines(asked))
