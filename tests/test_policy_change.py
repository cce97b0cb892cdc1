"""What does another policy change? Problems, tests of its own, and stored verdicts judged again, as data."""

import json
from collections.abc import Mapping
from dataclasses import asdict, replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from bot.ports import StoredReview
from bot.readiness.checks import CHECKS
from bot.readiness.policy import LayerKind, Place, Policy
from bot.readiness.policy_file import PolicyText
from bot.report.as_json import as_json
from bot.report.policy_impact import PolicyReport
from bot.report.record import record_policy
from bot.review import Judge
from bot.review.policy_change import Change, impacts, report
from bot.settings import shipped
from bot.sources.gather import Gatherer
from bot.wiring import in_force, policy
from bot.wiring.offline import working_tree

RULE = """\
version: 1
rules:
  approved-providers:
    item: house
    enforcement: soft
    title: The training runs where we have a contract
    message: We have no contract with this provider.
    fix: Train elsewhere.
    at: training.provider
    require: "!has(proposal.training.provider) || proposal.training.provider in ['openai']"
"""


def judge(of: Policy) -> Judge:
    return Judge(Gatherer(), CHECKS, of, offline=True)


def stored(example: str, *, verdict: Mapping[str, Any] | None = None, dossier: Any = None) -> StoredReview:
    """Review an example as the service would have stored it."""
    answer, dossiers = judge(policy()).answer(
        ["finetune-proposal.yaml"], working_tree(shipped("examples") / example), date(2026, 11, 24)
    )
    told = {**as_json(answer), "pull_request": {"repository": "acme/router", "number": 7}}
    kept = {"proposals": json.loads(json.dumps(dossiers))} if dossier is None else dossier
    return StoredReview(
        1, 7, "a" * 40, "b" * 40, answer.policy_sha256, "0.1.0", 1, "ready", kept, verdict or told,
        "00000000-0000-0000-0000-000000000000", datetime(2026, 11, 24, tzinfo=UTC), "given",
    )  # fmt: skip


@pytest.fixture(scope="module")
def ready() -> StoredReview:
    return stored("ready")


def examined(text: str, *reviews: StoredReview, cases: Mapping[str, str] | None = None) -> PolicyReport:
    return report(change(text), cases or {}, reviews, judge(policy()), in_force)


def change(text: str) -> Change:
    return Change(text_of(text).place, text_of(text))


def text_of(text: str) -> PolicyText:
    return PolicyText(Place(LayerKind.ORGANISATION, "acme/.github", "tunegate/policy.yaml"), text.encode())


def test_a_policy_that_asks_nothing_more_changes_nothing(ready: StoredReview) -> None:
    found = examined("version: 1\nname: acme\n", ready)
    assert found.holds
    assert [(i.before, i.after, i.deciding) for i in found.impacts] == [("ready", "ready", ())]


def test_a_rule_that_a_proposal_breaks_changes_its_verdict_and_is_named(ready: StoredReview) -> None:
    (impact,) = examined(RULE, ready).impacts
    assert impact.changes
    assert (impact.repository, impact.number, impact.path) == ("acme/router", 7, "finetune-proposal.yaml")
    assert (impact.before, impact.after) == ("ready", "not_yet")
    assert [(d.check, d.before, d.after) for d in impact.deciding] == [("approved-providers", "", "failed (soft)")]


def test_a_check_that_is_turned_down_is_named_with_what_it_said_before() -> None:
    review = stored("false-claim")
    before = {f["check"] for f in review.verdict["proposals"][0]["findings"] if f["level"] == "failure"}
    check = sorted(before)[0]
    (impact,) = examined(f"version: 1\nchecks:\n  {check}: {{enforcement: advisory}}\n", review).impacts
    assert check in {d.check for d in impact.deciding if d.before and not d.after}


def test_the_cases_of_a_policy_are_run_and_what_differs_is_told(ready: StoredReview) -> None:
    case = (
        "# like: ready\n# expect-verdict: {}\ntraining: {{provider: together}}  # expect: approved-providers failed\n"
    )
    found = examined(RULE, ready, cases={"right": case.format("not_yet"), "wrong": case.format("ready")})
    assert {c.name: c.holds for c in found.cases} == {"right": True, "wrong": False}
    assert not found.holds


def test_a_policy_with_problems_judges_nothing(ready: StoredReview) -> None:
    found = examined(
        RULE.replace("proposal.training.provider in", "proposal.training.provder in"), ready, cases={"a": ""}
    )
    assert [p.line for p in found.complaints] == [10]
    assert (found.cases, found.impacts, found.holds) == ((), (), False)


@pytest.mark.parametrize(
    "dossier", [{}, {"proposals": {"finetune-proposal.yaml": {"evidence": {}}}}], ids=["none", "other"]
)
def test_a_review_that_cannot_be_judged_again_is_told_as_such(dossier: dict[str, Any]) -> None:
    (impact,) = impacts(judge(policy()), stored("ready", dossier=dossier), change("version: 1"), in_force)
    assert (impact.before, impact.after, impact.changes) == ("ready", None, False)


def test_it_is_plain_data(ready: StoredReview) -> None:
    assert json.loads(json.dumps(asdict(examined(RULE, ready)), default=str))["impacts"][0]["after"] == "not_yet"


def test_a_dossier_with_rules_replays_to_the_same_verdict() -> None:
    own = judge(in_force((text_of(RULE),)))
    answer, dossiers = own.answer(
        ["finetune-proposal.yaml"], working_tree(shipped("examples") / "ready"), date(2026, 11, 24)
    )
    told = as_json(answer)
    assert as_json(own.replay(json.loads(json.dumps(dossiers)))) == told
    (finding,) = (f for f in told["proposals"][0]["findings"] if f["check"] == "approved-providers")
    assert (finding["item"], finding["outcome"], finding["field"]) == ("house", "failed", "training.provider")
    assert finding["line"] > 1
    assert told["proposals"][0]["items"]["house"] == {"outcome": "failed", "holds": False}


def test_the_file_takes_the_place_of_its_own_layer_and_the_other_one_stays(ready: StoredReview) -> None:
    theirs = PolicyText(Place(LayerKind.REPOSITORY, "acme/router", ".tunegate.yaml"), RULE.encode())
    layered = replace(ready, dossier={**ready.dossier, "policy": record_policy([text_of("nothing: of this"), theirs])})
    (impact,) = examined("version: 1\n", layered).impacts
    assert impact.after == "not_yet"
    assert [each.check for each in impact.deciding] == ["approved-providers"]
