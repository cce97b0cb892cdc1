"""Is a rule's answer a finding like any check's, and is a rule without an answer never passed?"""

from dataclasses import replace

import pytest

from bot.readiness.checks import CHECKS
from bot.readiness.fact import Trouble, Unavailable
from bot.readiness.finding import Item, Outcome
from bot.readiness.panel import deliberate
from bot.readiness.policy import Enforcement
from bot.readiness.proposal import read
from bot.readiness.rules import variables
from bot.readiness.rules.language import Truth
from bot.readiness.verdict import Decision
from bot.report.answer import Answer, Answered
from bot.report.as_json import as_json
from bot.report.check_run import check_run
from bot.report.sarif import sarif
from bot.report.terminal import terminal
from bot.report.words import holding
from tests.dossiers import READY, READY_FACTS, TODAY, dossier
from tests.readiness.rules.asked import judged, with_rules

TEN = "[1, 2, 3, 4, 5, 6, 7, 8, 9, 10]"


def test_a_rule_that_holds_passes_with_its_title() -> None:
    own, verdict = judged(require="proposal.training.method == 'sft'")
    assert (own.finding.outcome, own.finding.message) == (Outcome.PASSED, "All is as we want it.")
    assert verdict.decision is Decision.READY


def test_a_rule_that_does_not_hold_stands_against_the_proposal_with_its_words_at_its_field() -> None:
    own, verdict = judged(require="proposal.training.method == 'dpo'")
    assert (own.finding.outcome, own.finding.at) == (Outcome.FAILED, "training.provider")
    assert (own.finding.message, own.finding.fix) == ("Something is not as we want it.", "Change it.")
    assert verdict.decision is Decision.NOT_YET
    assert verdict.next_step is not None
    assert verdict.next_step.check == "a-rule"


def test_a_rule_may_belong_to_one_of_the_five_items() -> None:
    _, verdict = judged(item="data", require="false")
    assert {i.item: i.holds for i in verdict.items} == {
        item: item is not Item.DATA for item in Item if item is not Item.HOUSE
    }


def test_the_house_is_shown_where_it_was_asked_and_counts_as_none_of_the_five() -> None:
    _, verdict = judged(require="false")
    assert [i.item for i in verdict.items if not i.holds] == [Item.HOUSE]
    assert Item.HOUSE not in {i.item for i in deliberate(dossier(), CHECKS).items}


def test_a_rule_that_does_not_apply_says_so() -> None:
    own, verdict = judged(when="proposal.training.method == 'dpo'", require="false")
    assert own.finding.outcome is Outcome.NOT_APPLICABLE
    assert verdict.decision is Decision.READY


@pytest.mark.parametrize("part", ["when", "require"])
def test_a_rule_without_an_answer_is_unverified(part: str) -> None:
    own, verdict = judged(**{part: "proposal.eval.judge.model.startsWith('acme/')"})
    assert own.finding.outcome is Outcome.UNVERIFIED
    assert "not given or could not be read" in own.finding.message
    assert verdict.decision is Decision.CANNOT_TELL


@pytest.mark.parametrize(
    ("require", "said"),
    [
        ("proposal.eval.judge.model.startsWith('acme/')", "Add what is missing"),
        ("facts.evals['eval.nowhere'].value.metrics.size() > 0", "Add what is missing"),
        ("1 / (proposal.data.train.examples - proposal.data.train.examples) > 0", "Nothing to do in the proposal"),
        (
            f"{TEN}.all(a, {TEN}.all(b, {TEN}.all(c, {TEN}.all(d, {TEN}.all(e, a > 0)))))",
            "Nothing to do in the proposal",
        ),
    ],
)
def test_who_can_do_something_about_a_rule_without_an_answer_is_told(require: str, said: str) -> None:
    own, verdict = judged(require=require)
    assert own.finding.outcome is Outcome.UNVERIFIED
    assert said in (own.finding.fix or "")
    assert "a rule of the house could not be verified" in holding(verdict)


def test_a_fact_that_could_not_be_read_lets_no_rule_pass_not_even_one_on_all_of_its_parts() -> None:
    facts = {**READY_FACTS, "evals": {"eval.baseline": {"unavailable": "It timed out."}}}
    own, _ = judged(facts=facts, require="facts.evals['eval.baseline'].value.metrics.all(m, m.n >= 200)")
    assert own.finding.outcome is Outcome.UNVERIFIED


def test_what_only_the_service_sees_is_left_to_it() -> None:
    whole = dossier(policy=with_rules(a_rule={"require": "facts.people['first-owner'].value.member"}))
    unseen = Unavailable("only the service", Trouble.SERVICE_ONLY)
    people = dict.fromkeys(whole.evidence.people, unseen)
    verdict = deliberate(replace(whole, evidence=replace(whole.evidence, people=people)), CHECKS, offline=True)
    assert "a-rule" in verdict.left_to_the_service


@pytest.mark.parametrize(("enforcement", "decision"), [("advisory", Decision.READY), ("hard", Decision.NOT_YET)])
def test_the_policy_says_how_much_a_rule_weighs(enforcement: str, decision: Decision) -> None:
    own, verdict = judged(enforcement=enforcement, require="false")
    assert own.enforcement == enforcement
    assert verdict.decision is decision


def test_a_rule_that_is_off_is_not_asked() -> None:
    verdict = deliberate(dossier(policy=with_rules(a_rule={"enforcement": Enforcement.OFF})), CHECKS)
    assert not [j for j in verdict.judged if j.finding.check == "a-rule"]


def test_an_experiment_is_asked_the_house_but_not_the_items_that_it_need_not_answer() -> None:
    text = READY.replace("task:", "scope: experiment\nexperiment: {budget: 100, ends: 2026-01-20}\ntask:", 1)
    policy = with_rules(a_rule={"require": "false"}, of_cost={"item": "cost", "require": "false"})
    asked = {j.finding.check for j in deliberate(dossier(text, policy=policy), CHECKS).judged}
    assert "a-rule" in asked
    assert "of-cost" not in asked


def test_a_rule_sees_what_the_checks_say_with_their_weight() -> None:
    own, _ = judged(
        facts=READY_FACTS | {"data": {"data.train": {"rows": 300, "split": {}}}},
        require="!findings.exists(f, f.item == 'data' && f.outcome == 'failed' && f.enforcement == 'soft')",
    )
    assert own.finding.outcome is Outcome.FAILED


def test_trouble_of_our_own_is_broken_so_that_it_is_tried_again() -> None:
    own, verdict = judged(ask=lambda *_: Truth(None, "no process could be started", ours=True))
    assert own.finding.outcome is Outcome.BROKEN
    assert "no process could be started" in own.finding.message
    assert verdict.decision is Decision.CANNOT_TELL


def test_a_defect_lets_no_rule_pass_and_hides_no_check(monkeypatch: pytest.MonkeyPatch) -> None:
    def stops(*_: object) -> Truth:
        raise ZeroDivisionError

    own, verdict = judged(ask=stops)
    assert own.finding.outcome is Outcome.BROKEN
    assert len(verdict.judged) > 40
    monkeypatch.setattr(variables, "plain", stops)
    assert judged()[0].finding.outcome is Outcome.BROKEN


def test_a_rule_of_the_house_is_shown_beside_the_five_items_and_annotated_at_its_field() -> None:
    policy = with_rules(a_rule={"require": "false", "message": "Not <b>so</b>, @team"}, b_rule={"require": "true"})
    reading = read(READY.encode(), opened_on=TODAY)
    verdict = deliberate(dossier(policy=policy), CHECKS)
    answer = Answer((Answered("finetune-proposal.yaml", reading, verdict),), "acme", policy.sha256)
    posted = check_run(answer, details_url="https://tunegate.example/r/1")
    assert posted.title == "Not yet: 5 of 5 items hold; a rule of the house is not met"
    assert "**House** | ❌ does not hold" in posted.summary
    assert "<b>" not in posted.summary
    assert "@team" not in posted.summary
    (note,) = (each for each in posted.annotations if each.title == "a-rule: failed")
    assert note.line == reading.line("training")
    assert "House     does not hold" in terminal(answer)
    told = as_json(answer)["proposals"][0]
    assert told["items"]["house"] == {"outcome": "failed", "holds": False}
    rules = sarif(answer, CHECKS, "1")["runs"][0]["tool"]["driver"]["rules"]
    assert {"a-rule", "b-rule"} <= {rule["id"] for rule in rules}
    assert len(rules) == len({rule["id"] for rule in rules})


def test_a_verdict_without_rules_says_nothing_of_a_house() -> None:
    verdict = deliberate(dossier(), CHECKS)
    answer = Answer((Answered("p", read(READY.encode(), opened_on=TODAY), verdict),), "default", "0" * 64)
    assert "house" not in as_json(answer)["proposals"][0]["items"]
    assert "house" not in check_run(answer, details_url="https://tunegate.example").text.lower()
