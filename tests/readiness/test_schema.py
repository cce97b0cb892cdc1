"""Does the published JSON Schema say the same as the reader?"""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from bot.docs import proposal_schema
from bot.readiness.proposal import read
from bot.readiness.strict_yaml import load

ROOT = Path(__file__).resolve().parent.parent.parent
SCHEMA = json.loads(proposal_schema())
VALIDATOR = Draft202012Validator(SCHEMA, format_checker=Draft202012Validator.FORMAT_CHECKER)
PROPOSALS = [*sorted((ROOT / "examples").glob("*/finetune-proposal.yaml")), Path(__file__).parent / "every_field.yaml"]


def test_the_schema_is_one_and_names_no_host_of_ours() -> None:
    Draft202012Validator.check_schema(SCHEMA)
    assert "$id" not in SCHEMA


@pytest.mark.parametrize("path", PROPOSALS, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_a_good_proposal_is_valid(path: Path) -> None:
    data = load(path.read_bytes()).data
    assert list(VALIDATOR.iter_errors(data)) == []
    assert read(path.read_bytes(), opened_on=date(2026, 11, 1)).problems == ()


def test_there_are_three_examples() -> None:
    assert len(PROPOSALS) == 4


VALID: list[dict[str, Any]] = [
    {"eval": {"baseline": {"artifact": "a.json"}}},
    {"eval": {"baseline": {"artifact": {"uri": "a.json", "sha256": "0" * 64}}}},
    {"data": {"production_sample": "a.jsonl"}},
    {"data": {"production_sample": {"not_applicable": "not_launched", "why": "Next month."}}},
    {"data": {"production_template": "{{text}}"}},
    {"data": {"production_template": {"uri": "a.json"}}},
    {"training": {"seed": 7}},
    {"training": {"seed": {"not_applicable": "not_offered_by_provider", "why": "It has none."}}},
    {"tried": {"prompt": {"run": "second"}}},
    {"eval": {"regression": [{"name": "a"}]}},
    {"eval": {"holdout": {"sampled": {"from": "production"}}}},
    {"serving": {"rollout": ["shadow"]}},
    {"owner": None},
]
INVALID: list[dict[str, Any]] = [
    {"eval": {"baseline": {"artifact": 5}}},
    {"eval": {"baseline": {"artifact": {"url": "a.json"}}}},
    {"eval": {"threshold": "0.9"}},
    {"eval": {"holdout": {"sampled": {"from_": "production"}}}},
    {"data": {"production_sample": {"not_applicable": "not_launched"}}},
    {"tried": {"prompt": {"not_applicable": "no_users", "why": "x", "artifact": "a"}}},
    {"owner": {"until": "2027-02-30"}},
    {"owner": {"revalidate_every": "quarterly"}},
    {"ops_cost": {"volume": {"requests": -1}}},
    {"ops_cost": {"currency": "usd"}},
    {"failure": {"justification": "  "}},
    {"failure": {"modes": [{"share": 0.5}]}},
    {"onwer": {}},
    {"version": 2},
    {"adapter": None},
]


@pytest.mark.parametrize("data", VALID, ids=json.dumps)
def test_both_take_it(data: dict[str, Any]) -> None:
    whole = {"version": 1, "adapter": "a", **data}
    assert list(VALIDATOR.iter_errors(whole)) == []
    assert read(json.dumps(whole).encode(), opened_on=date(2026, 11, 1)).problems == ()


@pytest.mark.parametrize("data", INVALID, ids=json.dumps)
def test_both_refuse_it(data: dict[str, Any]) -> None:
    whole = {"version": 1, "adapter": "a", **data}
    assert list(VALIDATOR.iter_errors(whole))
    assert read(json.dumps(whole).encode(), opened_on=date(2026, 11, 1)).problems


def test_a_section_is_described_and_a_field_is_not_titled() -> None:
    assert SCHEMA["$defs"]["Owner"]["description"]
    assert "title" not in json.dumps(SCHEMA["$defs"])
