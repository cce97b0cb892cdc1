"""Does each rendering say by which policy a proposal was judged, who asked for what, and what a policy asks in vain?"""

from dataclasses import replace

from bot.readiness.finding import Outcome
from bot.readiness.layers import InTier
from bot.readiness.panel import POLICY
from bot.readiness.policy import Complaint, Enforcement, LayerKind, Place
from bot.readiness.verdict import Judged, conclude
from bot.report.as_json import as_json
from bot.report.check_run import MAX_REMARKS, check_run
from bot.report.terminal import terminal
from tests.report.test_renderings import URL, answer, finding

PLACE = Place(LayerKind.REPOSITORY, "acme/models", ".tunegate.yaml")
ASKED = "the organisation's policy (acme/.github tunegate/policy.yaml line 12)"


def remark(line: int) -> Complaint:
    return Complaint(PLACE, line, f"It asks for less at {line}: `@mallory` <b>.", "Remove it.", grave=False)


def test_a_check_that_a_policy_changed_says_whose() -> None:
    judged = Judged(finding(), Enforcement.SOFT, ASKED)
    one = answer(finding()).proposals[0]
    told = replace(answer(), proposals=(replace(one, verdict=conclude([judged], offline=False)),))
    run = check_run(told, details_url=URL)
    assert run.annotations[0].message.endswith(f"\nAsked by {ASKED}.")
    assert "line 12" in run.text
    assert f"Asked by {ASKED}." in terminal(told)
    assert as_json(told)["proposals"][0]["findings"][0]["asked_by"] == ASKED
    assert "Asked by" not in check_run(answer(finding()), details_url=URL).text


def test_what_a_policy_asks_in_vain_is_told_and_not_at_length() -> None:
    told = replace(answer(finding()), policy_files=(PLACE.where,), complaints=tuple(map(remark, range(1, 9))))
    summary = check_run(told, details_url=URL).summary
    assert "by `acme/models .tunegate.yaml`." in summary
    assert summary.count("asks for less at") == MAX_REMARKS
    assert "and 5 more" in summary
    assert "@mallory" not in summary.replace("`@mallory`", "")
    assert "<b>" not in summary
    assert [each["line"] for each in as_json(told)["policy"]["complaints"]] == list(range(1, 9))


def test_a_tier_is_shown_with_its_reasons() -> None:
    one = answer(finding()).proposals[0]
    tier = InTier("high-volume", ("requests_per_day is 10,000, at least 5,000", "scope is adapter"), "Many are reached")
    told = replace(answer(), proposals=(replace(one, tiers=(tier,)),))
    line = "Tier high-volume: requests_per_day is 10,000, at least 5,000; scope is adapter. Many are reached."
    assert line in terminal(told)
    assert "Tier high\\-volume" in check_run(told, details_url=URL).summary
    assert as_json(told)["proposals"][0]["tiers"] == [
        {"name": "high-volume", "reasons": list(tier.reasons), "why": "Many are reached"}
    ]


def test_a_policy_that_cannot_be_read_is_no_problem_of_the_file() -> None:
    found = finding(Outcome.UNVERIFIED, check=POLICY, item=None, at="", line=None, fix="Correct it.")
    told = answer(finding(Outcome.PASSED), found, enforcement=Enforcement.HARD)
    run = check_run(told, details_url=URL)
    assert run.title == "Could not verify: 1 of 1 items hold; the policy cannot be read in full"
    assert "<summary>The policy" in run.text
    assert "The file itself" not in run.text


def test_a_shadow_policy_counts_what_it_would_block() -> None:
    assert as_json(answer(finding(), finding(line=5), shadow=True))["policy"]["would_block"] == {"enough-examples": 2}
    assert as_json(answer(finding()))["policy"]["would_block"] is None
