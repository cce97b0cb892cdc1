"""Does the verdict follow from the findings: a block beats a doubt, a doubt beats a pass, and silence is no pass?"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.readiness.finding import Finding, Item, Outcome
from bot.readiness.policy import Enforcement
from bot.readiness.verdict import Decision, Judged, Level, conclude

BEST_FIRST = [
    Decision.READY,
    Decision.READY_WITH_WAIVERS,
    Decision.READY_ON_CONDITION,
    Decision.CANNOT_TELL,
    Decision.NOT_YET,
]


def judged(
    outcome: str,
    enforcement: str = "hard",
    *,
    check: str = "a-check",
    item: Item | None = Item.EVAL,
    lever: str | None = None,
    because: str | None = None,
    service_only: bool = False,
    remark: str | None = None,
    condition: str | None = None,
) -> Judged:
    finding = Finding(
        check,
        item,
        Outcome(outcome),
        "eval",
        f"{check} says",
        remark,
        "do it",
        lever=lever,
        because=because,
        condition=condition,
    )
    return Judged(
        finding if not service_only else Finding(check, item, Outcome(outcome), "eval", "says", service_only=True),
        Enforcement(enforcement),
    )


@pytest.mark.parametrize(
    ("outcomes", "decision"),
    [
        (["passed"], "ready"),
        (["passed", "not_applicable"], "ready"),
        (["passed", "waived"], "ready_with_waivers"),
        (["waived", "unverified"], "cannot_tell"),
        (["passed", "broken"], "cannot_tell"),
        (["passed", "unverified"], "cannot_tell"),
        (["unverified", "broken", "failed"], "not_yet"),
    ],
)
def test_a_block_beats_a_doubt_and_a_doubt_beats_a_pass(outcomes: list[str], decision: str) -> None:
    for enforcement in ("hard", "soft"):
        assert conclude([judged(o, enforcement) for o in outcomes], offline=False).decision == decision


@pytest.mark.parametrize("enforcement", ["hard", "soft", "advisory"])
def test_a_pass_on_condition_makes_a_readiness_conditional_and_says_what_it_waits_for(enforcement: str) -> None:
    data = judged("passed", enforcement, condition="1,500 examples by 2027-02-01")
    verdict = conclude([judged("passed"), data, data, judged("passed", condition="an audit")], offline=False)
    assert verdict.decision is Decision.READY_ON_CONDITION
    assert verdict.conditions == ("1,500 examples by 2027-02-01", "an audit")
    assert all(item.holds for item in verdict.items if item.item is Item.EVAL)
    assert verdict.next_step is None
    waived = conclude([data, judged("waived")], offline=False)
    assert waived.decision is Decision.READY_ON_CONDITION  # a waiver takes no condition away


@pytest.mark.parametrize(("outcome", "decision"), [("failed", "not_yet"), ("unverified", "cannot_tell")])
def test_a_condition_opens_nothing_where_something_blocks(outcome: str, decision: str) -> None:
    verdict = conclude([judged("passed", condition="1,500 examples"), judged(outcome)], offline=False)
    assert (verdict.decision, verdict.conditions) == (decision, ())


@pytest.mark.parametrize("outcome", ["not_applicable", "waived"])
def test_only_a_pass_opens_a_condition(outcome: str) -> None:
    verdict = conclude([judged("passed"), judged(outcome, condition="1,500 examples")], offline=False)
    assert verdict.decision is not Decision.READY_ON_CONDITION
    assert verdict.conditions == ()


@pytest.mark.parametrize("outcome", ["failed", "unverified", "broken"])
def test_what_is_only_advisory_does_not_block(outcome: str) -> None:
    verdict = conclude([judged("passed"), judged(outcome, "advisory")], offline=False)
    assert verdict.decision is Decision.READY
    assert verdict.judged[1].level is Level.WARNING


def test_over_nothing_nobody_can_tell() -> None:
    verdict = conclude([], offline=False)
    assert verdict.decision is Decision.CANNOT_TELL
    assert not any(item.holds for item in verdict.items)


def test_an_item_that_nobody_judged_does_not_hold() -> None:
    verdict = conclude([judged("failed", item=None)], offline=False)
    assert verdict.decision is Decision.NOT_YET
    assert not any(item.holds for item in verdict.items)


def test_an_item_holds_when_nothing_of_it_blocks() -> None:
    verdict = conclude(
        [
            judged("passed"),
            judged("failed", "advisory"),
            judged("waived", item=Item.DATA),
            judged("unverified", item=Item.COST),
            judged("not_applicable", item=Item.OWNER),
        ],
        offline=False,
    )
    holds = {item.item.value: item.holds for item in verdict.items}
    assert holds == {"eval": True, "behavior": False, "data": True, "owner": True, "cost": False}


def test_offline_what_only_the_service_sees_is_left_to_it() -> None:
    findings = [judged("passed"), judged("unverified", check="owner-exists", item=Item.OWNER, service_only=True)]
    offline = conclude(findings, offline=True)
    assert offline.decision is Decision.READY
    assert offline.left_to_the_service == ("owner-exists",)
    assert conclude(findings, offline=False).decision is Decision.CANNOT_TELL
    assert conclude(findings[1:], offline=True).decision is Decision.CANNOT_TELL


def next_check(*findings: Judged) -> str | None:
    step = conclude(findings, offline=False).next_step
    return step.check if step else None


def test_the_next_step_goes_back_to_prompt_then_retrieval_then_evals() -> None:
    prompt = judged("failed", check="prompt", lever="prompt")
    retrieval = judged("failed", check="retrieval", lever="retrieval", item=Item.BEHAVIOR)
    evals = judged("failed", check="evals", lever="evals")
    plain = judged("failed", check="plain")
    assert next_check(plain, evals, retrieval, prompt) == "prompt"
    assert next_check(plain, evals, retrieval) == "retrieval"
    assert next_check(plain, evals) == "evals"
    assert next_check(plain) == "plain"


def test_what_answers_the_failure_comes_before_what_wants_for_material() -> None:
    few_examples = judged("failed", check="few", lever="prompt", item=Item.DATA)
    knowledge = judged("failed", check="knowledge", lever="retrieval", item=Item.BEHAVIOR)
    small_holdout = judged("failed", check="holdout", lever="evals")
    assert next_check(few_examples, knowledge, small_holdout) == "knowledge"
    assert next_check(few_examples, small_holdout) == "few"


def test_the_form_of_the_file_comes_first_and_a_consequence_never_before_its_cause() -> None:
    form = judged("failed", check="proposal", item=None)
    cause, consequence = (
        judged("failed", check="cause"),
        judged("failed", check="consequence", lever="prompt", because="cause"),
    )
    assert next_check(consequence, cause, form) == "proposal"
    assert next_check(consequence, cause) == "cause"
    assert next_check(consequence) == "consequence"


def test_a_doubt_is_no_next_step_while_something_failed() -> None:
    assert next_check(judged("unverified", check="doubt", lever="prompt"), judged("failed", check="block")) == "block"
    assert next_check(judged("unverified", check="doubt")) == "doubt"
    assert next_check(judged("passed")) is None


def test_a_remark_is_a_warning_and_a_pass_a_notice() -> None:
    assert judged("passed").level is Level.NOTICE
    assert judged("passed", remark="but").level is Level.WARNING
    assert judged("failed", "soft").level is Level.FAILURE


FINDINGS = st.lists(
    st.builds(
        judged,
        st.sampled_from([o.value for o in Outcome]),
        st.sampled_from(["hard", "soft", "advisory"]),
        item=st.sampled_from([*Item, None]),
        lever=st.sampled_from([None, "prompt", "retrieval", "evals"]),
        because=st.sampled_from([None, "a-check"]),
        condition=st.sampled_from([None, "more examples"]),
    ),
    max_size=8,
)


@given(FINDINGS, st.sampled_from(["failed", "unverified", "broken"]), st.sampled_from(["hard", "soft"]))
def test_more_evidence_of_failure_never_betters_a_verdict(
    findings: list[Judged], outcome: str, enforcement: str
) -> None:
    before = conclude(findings, offline=False)
    after = conclude([*findings, judged(outcome, enforcement)], offline=False)
    assert BEST_FIRST.index(after.decision) >= BEST_FIRST.index(before.decision) or not findings
    assert not after.decision.is_ready
    assert after.next_step is not None


@given(FINDINGS)
def test_unverified_is_never_green(findings: list[Judged]) -> None:
    verdict = conclude(findings, offline=False)
    blocking = {j.finding.outcome for j in findings if j.blocks}
    if Outcome.FAILED in blocking:
        assert verdict.decision is Decision.NOT_YET
    elif blocking or not findings:
        assert verdict.decision is Decision.CANNOT_TELL
    else:
        assert verdict.decision.is_ready
    assert bool(verdict.conditions) == (verdict.decision is Decision.READY_ON_CONDITION)
    assert (verdict.next_step is None) == (not blocking)
