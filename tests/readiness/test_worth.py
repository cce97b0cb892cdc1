"""Is another gain than saved money held to what the policy asks for: either way, or both, by whom?"""

from typing import Any

import pytest

from bot.readiness.checks.cost import gain_justifies_cost
from bot.readiness.finding import Finding
from bot.readiness.policy import Policy, read
from bot.settings import shipped
from tests.dossiers import READY, READY_FACTS, dossier

BENEFIT = "benefit: {kind: quality, value_12_months: 48000, artifact: docs/value.csv}"
VALUE = {"ops_cost.benefit.artifact": {"per_month": 4_000}}
SHORT = {"ops_cost.benefit.artifact": {"per_month": 3_999}}
LEAD = {"pull_request": {"by": [["a-lead", "review"]]}}
NOBODY: dict[str, Any] = {"pull_request": {"by": []}}
DOWN = {"pull_request": {"unavailable": "GitHub answered 502."}}
OFFLINE = {"pull_request": {"unavailable": "Seen on GitHub only.", "trouble": "service_only"}}


def policy(proof: str = "either", leads: str = "null") -> Policy:
    house = f"checks: {{gain-justifies-cost: {{proof: {{value: {proof}, source: house}}}}}}\nleads: {leads}\n"
    return read([(shipped("policies") / "default.yaml").read_bytes(), house.encode()])


def judged(asked: Policy, values: dict[str, Any], leads: dict[str, Any], benefit: str = BENEFIT) -> Finding:
    facts = READY_FACTS | {"values": values, "leads": leads}
    case = dossier(READY.replace("benefit: {kind: cost}", benefit), facts, policy=asked)
    (found,) = gain_justifies_cost.run(case)
    return found


@pytest.mark.parametrize(
    ("values", "leads", "either", "both"),
    [
        (VALUE, LEAD, "passed", "passed"),
        (VALUE, NOBODY, "passed", "failed"),
        (VALUE, DOWN, "passed", "unverified"),
        (VALUE, OFFLINE, "passed", "unverified"),
        (SHORT, LEAD, "failed", "failed"),
        (SHORT, DOWN, "failed", "failed"),
        (SHORT, OFFLINE, "failed", "failed"),
    ],
)
def test_a_value_and_a_lead(values: dict[str, Any], leads: dict[str, Any], either: str, both: str) -> None:
    assert judged(policy(), values, leads).outcome == either
    assert judged(policy("both"), values, leads).outcome == both


@pytest.mark.parametrize(
    ("leads", "either", "both"),
    [
        (LEAD, "passed", "failed"),
        (NOBODY, "failed", "failed"),
        (DOWN, "unverified", "failed"),
        (OFFLINE, "unverified", "failed"),
    ],
)
def test_without_a_value_a_lead_alone(leads: dict[str, Any], either: str, both: str) -> None:
    word = "benefit: {kind: quality, value_12_months: 48000}"
    assert judged(policy(), {}, leads, word).outcome == either
    found = judged(policy("both"), {}, leads, word)
    assert found.outcome == both
    assert "a typed value counts for nothing" in found.message


def test_only_the_service_sees_a_lead_and_says_so() -> None:
    assert judged(policy(), {}, OFFLINE, "benefit: {kind: quality}").service_only


@pytest.mark.parametrize(
    ("leads", "said"),
    [
        ("null", "let an administrator of the repository approve"),
        ("acme/ml-leads", "let somebody of `acme/ml-leads` approve"),
        ("[ada, acme/ml-leads]", "let one of `ada`, `acme/ml-leads` approve"),
    ],
)
def test_whose_approval_counts_is_told(leads: str, said: str) -> None:
    fix = judged(policy(leads=leads), {}, NOBODY, "benefit: {kind: quality}").fix
    assert fix is not None
    assert said in fix
    assert "or write `kind: cost`, as the saving alone pays" in fix


def test_both_ways_are_joined_by_what_the_policy_asks() -> None:
    either, both = (judged(policy(proof), {}, NOBODY, "benefit: {kind: quality}").fix for proof in ("either", "both"))
    assert ", or let an administrator" in (either or "")
    assert " and let an administrator" in (both or "")


def test_the_value_is_shown_apart_from_the_net() -> None:
    found = judged(policy(), VALUE, NOBODY)
    assert "worth 48,000 USD in 12 months by evidence (3 months from 2025-09 to 2025-11)" in found.message
    assert "with the net of 12,355 USD that is 60,355 USD" in found.message
    assert found.working is not None
    shown = {entry.name: entry.value for entry in found.working.entries}
    assert (shown["net12"], shown["value12"], shown["net12_with_value"]) == (12_355, 48_000, 60_355)


def test_a_value_that_is_corrected_as_told_is_borne_out() -> None:
    uneven = {"ops_cost.benefit.artifact": {"per_month": 3_999.98}}  # 47,999.76 in twelve months
    told = judged(policy(), uneven, NOBODY)
    assert "`value_12_months: 47999`" in (told.fix or "")
    assert judged(policy(), uneven, NOBODY, BENEFIT.replace("48000", "47999")).outcome == "passed"
