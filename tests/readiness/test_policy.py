"""Is a policy read strictly, with the line of its first problem, and does every number say where it comes from?"""

import re
from decimal import Decimal

import pytest

from bot.readiness.fact import Grade
from bot.readiness.policy import BadPolicy, Enforcement, merge, read
from tests.dossiers import POLICY

BASE = b"version: 1\nname: mine\nchecks:\n  a-check:\n    enforcement: soft\n    floor: {value: {sft: 500, dpo: 1000}, source: S0}\n"


def test_eval_and_data_ask_for_rows_that_were_recomputed() -> None:
    for check in ("eval-readable", "pass-criteria-written", "baseline-falls-short", "holdout-large-enough"):
        assert POLICY.least_grade(check) is Grade.B
    for check in ("enough-examples", "examples-above-minimum", "examples-well-formed"):
        assert POLICY.least_grade(check) is Grade.B
    assert POLICY.least_grade("owner-exists") is Grade.D


def test_every_number_says_where_it_comes_from() -> None:
    known = re.compile(r"S[0-3]|house|READINESS")
    for entry in POLICY.checks.values():
        for setting in entry.settings.values():
            assert known.match(setting.source), setting


def test_a_number_is_exact() -> None:
    assert POLICY.number("baseline-falls-short", "max_error_share") == Decimal("0.05")
    assert POLICY.number("enough-examples", "floor", "dpo") == 1000


def test_a_layer_on_top_changes_what_it_says_and_no_more() -> None:
    policy = read([BASE, b"checks: {a-check: {floor: {value: {sft: 800}, source: house}}}\n"])
    assert policy.number("a-check", "floor", "sft") == 800
    assert policy.number("a-check", "floor", "dpo") == 1000
    assert policy.enforcement("a-check") is Enforcement.SOFT
    assert policy.sha256 != read([BASE]).sha256


def test_the_digest_does_not_hang_on_the_order_of_keys() -> None:
    other = b"name: mine\nchecks:\n  a-check:\n    floor: {source: S0, value: {dpo: 1000, sft: 500}}\n    enforcement: soft\nversion: 1\n"
    assert read([BASE]).sha256 == read([other]).sha256


def test_merging_leaves_its_layers_alone() -> None:
    lower, upper = {"a": {"b": 1}}, {"a": {"c": 2}}
    assert merge([lower, upper]) == {"a": {"b": 1, "c": 2}}
    assert (lower, upper) == ({"a": {"b": 1}}, {"a": {"c": 2}})


def test_a_check_that_the_policy_does_not_name_is_advisory() -> None:
    assert read([BASE]).enforcement("another-check") is Enforcement.ADVISORY


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("- a list\n", 1),
        ("version: 2\nname: x\nchecks: {}\n", 1),
        ("version: 1\nname: x\nchecks: {}\ncheks: {}\n", 4),
        ("version: 1\nname: x\nchecks:\n  a-check:\n    enforcement: hrd\n", 5),
        ("version: 1\nname: x\nchecks:\n  a-check:\n    enforcement: hard\n    floor: 5\n", 6),
        ("version: 1\nname: x\nchecks:\n  a-check:\n    enforcement: hard\n    least_grade: E\n", 6),
        ("version: 1\nname: x\nchecks:\n  a-check: hard\n", 4),
        ("version: 1\nname: x\nchecks:\n  - a-check\n", 3),
        ("version: 1\nname: x\nchecks:\n  a-check:\n", 4),
        ("version: 1\nname: x\nchecks: {}\nname: y\n", 4),
        ("version: 1\nname: x\nchecks: {a: !!x b}\n", 3),
    ],
)
def test_a_policy_that_cannot_be_read_names_the_line(text: str, line: int) -> None:
    with pytest.raises(BadPolicy, match=rf"^line {line}: "):
        read([text.encode()])
