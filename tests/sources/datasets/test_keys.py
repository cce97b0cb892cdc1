"""Are groups, times and sources of rows found under the keys that the proposal names, and compared with the held-out set?"""

import json
from typing import Any

import pytest

from bot.readiness import grader
from bot.readiness.data_profile import DataProfile, Split
from bot.sources import datasets
from bot.sources.datasets.keys import Keys, value_at

KEYS = Keys("meta.user_id", "meta.at", "meta.source")


def chat(n: int, **meta: Any) -> str:
    roles = (("user", f"question {n}"), ("assistant", "answer"))
    return json.dumps({"messages": [{"role": role, "content": content} for role, content in roles], "meta": meta})


def held(n: int, **meta: Any) -> str:
    return json.dumps({"input": f"item {n}", "target": "answer", "meta": meta})


def profile(rows: list[str], items: list[str], keys: Keys = KEYS) -> DataProfile:
    found = datasets.profile(
        "\n".join(rows).encode(), "openai-chat", "sft", {"holdout": "\n".join(items).encode()}, keys
    )
    assert isinstance(found, DataProfile)
    return found


def test_groups_are_counted_on_both_sides_and_those_in_both() -> None:
    rows = [chat(n, user_id=n % 10, at=f"2026-09-{n % 28 + 1:02}", source="tickets") for n in range(60)]
    items = [held(n, user_id=n + 8, at="2026-10-01") for n in range(5)]
    found = profile(rows, items)
    assert found.split == Split(60, 10, 5, 5, 2, "2026-09-28", "2026-10-01")
    assert found.sources == {"tickets": 60}


def test_a_number_and_its_text_are_one_group() -> None:
    assert profile([chat(1, user_id=7)], [held(1, user_id="7")]).split == Split(1, 1, 1, 1, 1)


def test_rows_without_the_key_are_not_counted_and_have_no_source() -> None:
    found = profile([chat(1), chat(2, user_id="a", source="mail")], [held(1)])
    assert found.split is not None
    assert (found.split.rows, found.split.groups, found.split.held_rows) == (1, 1, 0)
    assert found.sources == {"(none)": 1, "mail": 1}


def test_without_keys_there_is_no_split() -> None:
    found = profile([chat(1, user_id=1)], [held(1)], Keys())
    assert (found.split, found.sources) == (None, {})


def test_no_value_of_a_group_is_in_the_profile() -> None:
    assert "anna@costa" not in repr(profile([chat(1, user_id="anna@costa")], [held(1, user_id="anna@costa")]))


@pytest.mark.parametrize(
    ("row", "path", "value"),
    [
        ({"meta": {"user_id": 7}}, "meta.user_id", "7"),
        ({"user": " a "}, "user", "a"),
        ({"meta": {"user_id": None}}, "meta.user_id", None),
        ({"meta": {"user_id": {"a": 1}}}, "meta.user_id", None),
        ({"meta": ["a"]}, "meta.user_id", None),
        ({"meta": {"user_id": True}}, "meta.user_id", None),
        ({}, "meta.user_id", None),
        ({"a": "b"}, None, None),
        ({"a": ""}, "a", None),
    ],
)
def test_a_value_is_found_under_its_path_or_not(row: dict[str, Any], path: str | None, value: str | None) -> None:
    assert value_at(row, path) == value


def test_rows_without_what_the_grader_reads_are_counted_by_key() -> None:
    rows = [chat(n, unit="EUR", tests=[1], strict=False) for n in range(3)] + [chat(3, unit=" ", tests=[]), chat(4)]
    found = profile(
        rows, [held(1)], Keys(grader=("meta.unit", "item.meta.tests", "meta.strict", "messages", "meta.unit.x"))
    )
    assert found.keys_missing == {
        "meta.unit": 2,
        "item.meta.tests": 2,
        "meta.strict": 2,
        "messages": 0,
        "meta.unit.x": 5,
    }
    assert found.keys_missing_first == {"meta.unit": 4, "item.meta.tests": 4, "meta.strict": 4, "meta.unit.x": 1}


def test_a_key_with_a_dot_in_its_name_and_zero_are_there() -> None:
    row = json.dumps({**json.loads(chat(1)), "a.b": 0, "item": {"c": "x"}})
    assert profile([row], [held(1)], Keys(grader=("a.b", "item.c"))).keys_missing == {"a.b": 0, "item.c": 0}


def test_no_more_keys_are_looked_up_than_are_judged() -> None:
    found = profile([chat(1)], [held(1)], Keys(grader=tuple(f"k{n}" for n in range(30))))
    assert len(found.keys_missing) == grader.MOST_KEYS
