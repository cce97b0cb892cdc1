"""What becomes of the columns of a Parquet file that JSON has no type for, and is what makes no rows told with its cure?"""

import json
import math
from typing import Any

import pytest
from arro3.core import Array, DataType, Field, Table, struct_array

from bot.readiness.fact import Trouble
from bot.sources.datasets import containers
from tests.sources.datasets.parquet_files import CHATS, TWICE, lines, packed, profile, refused, rows, table, written

CPT = "continued_pretraining"
TEXTS, NUMBERS = DataType.utf8(), DataType.int32()
DIGITS = "12345678901234567890123.45"


def one(values: list[Any], kind: DataType, **options: Any) -> bytes:
    """Write a column `a` of a type."""
    return written([{} if value is None else {"a": value} for value in values], {"a": kind}, **options)


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
