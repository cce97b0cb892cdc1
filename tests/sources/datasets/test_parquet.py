"""Are the rows of a Parquet file those that it would hold as JSONL, however it is written, and whatever set it is?"""

import datetime
import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.cli import main
from bot.sources import datasets
from bot.sources.datasets import parquet
from tests.sources.datasets.parquet_files import CHATS, TWICE, lines, packed, profile, rows, written
from tests.sources.datasets.test_formats import BAD, GOOD

Json = dict[str, Any]
CALL: Json = {"id": "1", "type": "function", "function": {"name": "refund", "arguments": '{"order": 7}'}}


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


def test_a_held_out_set_may_be_parquet() -> None:
    held = [{"input": f"q {n} é", "target": "a", "meta": {"user_id": n}} for n in range(10)]
    keys = datasets.Keys(group="meta.user_id")
    here, there = (profile(lines(CHATS), beside={"holdout": as_(held)}, keys=keys) for as_ in (written, lines))
    assert here == there
    assert (here.leaked, here.held_out) == (10, 10)
    chats = profile(written(CHATS), beside={"holdout": written(CHATS[:5])})
    assert chats == profile(lines(CHATS), beside={"holdout": lines(CHATS[:5])})
    assert chats.leaked == 5


def test_a_held_out_set_that_is_broken_is_told_beside_the_profile() -> None:
    found = profile(lines(CHATS), beside={"holdout": written(CHATS)[:-20]})
    assert found.holdout is not None
    assert "cut short" in found.holdout.reason
    told = profile(lines(CHATS), beside={"holdout": packed(TWICE)}).holdout
    assert told is not None
    assert "names a column twice" in told.reason


def test_a_sample_of_production_may_be_parquet() -> None:
    assert datasets.composition(written(CHATS)) == datasets.composition(lines(CHATS))
    asked = [{"input": f"q {n}", "asked": str(datetime.date(2024, 1, 1 + n))} for n in range(9)]
    assert datasets.composition(written(asked)) == datasets.composition(lines(asked))
