"""Does the published schema of a policy file take what the reader takes, and refuse what it refuses?"""

from typing import Any

import jsonschema
import pytest
import yaml
from hypothesis import given, settings

from bot.readiness.policy import LayerKind, Place
from bot.readiness.policy_file import PolicyText, read_file
from bot.report.policy_schema import policy_schema
from bot.settings import shipped
from bot.wiring import policy
from tests.readiness.test_layers import layers

SCHEMA = policy_schema(policy(), {})
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)
TIER = "tiers: [{name: x, when: {requests_per_day: {at_least: 5}}, checks: {eval-fresh: {enforcement: soft}}}]"
MODEL = "models: [{provider: a, match: gpt-4o, per_million: {input: 1}, servable_until: '2027-01-01', source: x}]"
RULE = "rules: {a-rule: {item: house, enforcement: soft, title: x, message: x, fix: y, require: 'true'}}"


def test_it_is_a_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize("name", ["starter", "strict", "default"])
def test_it_takes_the_built_in_policies(name: str) -> None:
    VALIDATOR.validate(yaml.safe_load((shipped("policies") / f"{name}.yaml").read_text().replace(": off", ": 'off'")))


@settings(max_examples=40, deadline=None)
@given(layers())
def test_it_takes_whatever_the_reader_takes(raw: bytes) -> None:
    VALIDATOR.validate(yaml.safe_load(raw))


@pytest.mark.parametrize(
    ("text", "well_formed"),
    [
        (TIER, True),
        (TIER.replace("at_least: 5", "in: [5]"), True),  # which words a field knows only the reader can say
        ("may_loosen: [checks.enough-examples.floor]", True),
        ("accepted_codes: {tried.tool_use: {nothing_to_call: false}}", True),
        ("checks: {cheaper-levers-tried: {asked: {value: {style: [prompt]}}}}", True),
        ("checks: {gain-is-real: {bound_above: {value: null}}}", True),
        (RULE, True),
        (MODEL, True),
        (MODEL.replace("gpt-4o", "[gpt-4o, gpt-4o-mini]"), True),
        (MODEL.replace("gpt-4o", "[]"), False),
        (MODEL.replace(", source: x", ""), False),
        (MODEL.replace("input", "inptu"), False),
        (MODEL.replace("servable_until", "servable"), False),
        (RULE.replace("house", "hous"), False),
        (RULE.replace("a-rule", "A rule"), False),
        (RULE.replace("fix: y, ", ""), False),
        (RULE.replace("fix:", "fixx:"), False),
        (RULE.replace("'true'", "true"), False),
        ("rules: []", False),
        ("chekcs: {}", False),
        ("checks: {no-such: {}}", False),
        ("checks: {eval-fresh: {enforcement: hrd}}", False),
        ("checks: {enough-examples: {floor: 500}}", False),
        ("checks: {enough-examples: {floor: {value: {stf: 1}}}}", False),
        ("checks: {enough-examples: {overclaim: {value: 2}}}", False),
        ("accepted_codes: {owner.primary: {}}", False),
        ("extends: lenient", False),
        (TIER.replace("when: {requests_per_day: {at_least: 5}}, ", ""), False),
        (TIER.replace("at_least", "above"), False),
    ],
)
def test_reader_and_schema_agree(text: str, well_formed: bool) -> None:
    data: Any = yaml.safe_load(f"version: 1\n{text}")
    place = Place(LayerKind.ORGANISATION, "acme/.github", "tunegate/policy.yaml")
    read = not read_file(PolicyText(place, f"version: 1\n{text}".encode()), policy()).complaints
    assert VALIDATOR.is_valid(data) is well_formed
    assert read is (well_formed and "in: [5]" not in text)
