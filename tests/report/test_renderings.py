"""Does each rendering of a verdict say what it must, within GitHub's limits, whatever the verdict holds?"""

import json
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from bot.readiness import proposal
from bot.readiness.advice import MOST, advise
from bot.readiness.finding import Finding, Item, Outcome
from bot.readiness.policy import Enforcement
from bot.readiness.verdict import Decision, Judged, conclude
from bot.readiness.way import Fit, Lever, Step, Way
from bot.readiness.working import Entry, Working
from bot.report.answer import Answer, Answered
from bot.report.as_json import as_json
from bot.report.check_run import MAX_ANNOTATIONS, annotations, check_run, is_quiet
from bot.report.comment import MARKER, sticky_comment
from bot.report.inline import MAX_COMMENTS, inline_comments
from bot.report.markdown import text
from bot.report.status import status
from bot.report.terminal import terminal
from bot.report.workflow_commands import workflow_commands

TODAY = date(2026, 1, 1)
LINES = 40
TEXT = "version: 1\nadapter: ticket-router\nowner:\n  primary: ada\n" + "# more\n" * (LINES - 4)
READING = proposal.read(TEXT.encode(), opened_on=TODAY)
PATH = "a/finetune-proposal.yaml"
URL = "https://tunegate.example/reviews/1"


def finding(
    outcome: Outcome = Outcome.FAILED, *, check: str = "enough-examples", line: int = 4, **more: object
) -> Finding:
    base = Finding(
        check=check,
        item=Item.DATA,
        outcome=outcome,
        at="owner.primary",
        message="Counted 320 effective examples, the policy asks for 500.",
        fix="Add 180 examples." if outcome is not Outcome.PASSED else None,
        line=line,
    )
    return replace(base, **more)  # type: ignore[arg-type]


def answer(*findings: Finding, enforcement: Enforcement = Enforcement.SOFT, shadow: bool = False) -> Answer:
    verdict = conclude([Judged(each, enforcement) for each in findings], offline=False)
    verdict = replace(verdict, way=advise(verdict, None))
    return Answer((Answered(PATH, READING, verdict),), "default", "f" * 64, shadow)


def test_the_check_run_names_the_items_first_and_then_what_to_do() -> None:
    run = check_run(answer(finding()), details_url=URL)
    assert (run.conclusion, run.title) == ("failure", "Not yet: 0 of 1 items hold")
    assert run.summary.splitlines() == [
        "`ticket-router`: not yet, 0 of 1 items hold.",
        "",
        "| Item |  | What was seen |",
        "| --- | --- | --- |",
        "| **Eval** | ➖ not asked | not asked of this proposal |",
        "| **Behavior** | ➖ not asked | not asked of this proposal |",
        "| **Data** | ❌ does not hold | Counted 320 effective examples, the policy asks for 500\\. |",
        "| **Owner** | ➖ not asked | not asked of this proposal |",
        "| **Cost** | ➖ not asked | not asked of this proposal |",
        "",
        "**Next step**",
        "",
        "1. Counted 320 effective examples, the policy asks for 500\\. **Add 180 examples\\.** "
        "(`a/finetune-proposal.yaml:4`)",
        "",
        "Policy `default` (digest `ffffffffffff`).",
    ]


@pytest.mark.parametrize(
    ("outcome", "enforcement", "conclusion", "decision"),
    [
        (Outcome.PASSED, Enforcement.HARD, "success", Decision.READY),
        (Outcome.NOT_APPLICABLE, Enforcement.HARD, "success", Decision.READY),
        (Outcome.WAIVED, Enforcement.SOFT, "success", Decision.READY_WITH_WAIVERS),
        (Outcome.FAILED, Enforcement.ADVISORY, "success", Decision.READY),
        (Outcome.UNVERIFIED, Enforcement.SOFT, "failure", Decision.CANNOT_TELL),
        (Outcome.BROKEN, Enforcement.SOFT, "failure", Decision.CANNOT_TELL),
        (Outcome.FAILED, Enforcement.SOFT, "failure", Decision.NOT_YET),
    ],
)
def test_the_conclusion_is_never_neutral_and_success_for_every_kind_of_ready(
    outcome: Outcome, enforcement: Enforcement, conclusion: str, decision: Decision
) -> None:
    told = answer(finding(outcome), enforcement=enforcement)
    assert told.decision is decision
    assert check_run(told, details_url=URL).conclusion == conclusion
    assert status(told).state == conclusion


WAITING = finding(Outcome.PASSED, condition="1,500 examples by 2027-02-01")
AUDIT = finding(Outcome.PASSED, check="labels-audited", condition="an audit of their labels")
WAITS = "1,500 examples by 2027-02-01, an audit of their labels; until then it is not registered"


def test_what_a_readiness_waits_for_is_told_everywhere() -> None:
    told = answer(WAITING, AUDIT)
    run = check_run(told, details_url=URL)
    assert told.decision is Decision.READY_ON_CONDITION
    assert (run.conclusion, run.title) == ("success", f"Ready on condition: {WAITS}")
    assert run.summary.splitlines()[:3] == [
        "`ticket-router`: ready on condition, 1 of 1 items hold.",
        "",
        f"**On condition**: {text(WAITS)}.",
    ]
    assert "| **Data** | ✅ holds on condition | Counted 320" in run.summary
    assert "- On condition: an audit of their labels" in run.text
    assert run.annotations == ()
    assert (status(told).state, status(told).description) == ("success", f"Ready on condition: {WAITS}")
    assert f"## Ready on condition: {WAITS}" in sticky_comment(told, head_sha="a" * 40, details_url=URL)
    assert f"  On condition: {WAITS}." in terminal(told).splitlines()
    assert f"::Ready on condition: 1 of 1 items hold; {WAITS}" in workflow_commands(told)
    entry = as_json(told)["proposals"][0]
    assert entry["conditions"] == ["1,500 examples by 2027-02-01", "an audit of their labels"]
    assert [f["condition"] for f in entry["findings"]] == entry["conditions"]


def test_a_condition_of_one_of_two_proposals_is_told_beside_it() -> None:
    both = Answer((*answer(finding(Outcome.PASSED)).proposals, *answer(WAITING).proposals), "default", "f" * 64)
    run = check_run(both, details_url=URL)
    assert run.title == "2 proposals: 1 ready, 1 ready on condition"
    assert run.summary.count("**On condition**") == 1


def test_a_condition_that_something_blocks_is_no_promise() -> None:
    run = check_run(answer(WAITING, finding(check="labels-agree")), details_url=URL)
    assert run.title == "Not yet: 0 of 1 items hold"
    assert "On condition" not in run.summary
    assert "holds on condition" not in run.summary


def test_only_a_readiness_with_nothing_left_to_do_calls_for_no_comment() -> None:
    assert is_quiet(Answer((), "default", "f" * 64))
    assert is_quiet(answer(finding(Outcome.PASSED)))
    assert is_quiet(answer(finding(Outcome.WAIVED)))
    assert not is_quiet(answer(WAITING))
    assert not is_quiet(answer(finding()))


def test_a_shadow_policy_blocks_nothing_and_says_what_it_would_do() -> None:
    told = answer(finding(), shadow=True)
    run = check_run(told, details_url=URL)
    assert (run.conclusion, status(told).state) == ("neutral", "success")
    assert run.title.startswith("Shadow policy, would be: Not yet")


def test_the_worst_of_two_proposals_counts() -> None:
    both = Answer((*answer(finding(Outcome.PASSED)).proposals, *answer(finding()).proposals), "default", "f" * 64)
    assert both.decision is Decision.NOT_YET
    assert check_run(both, details_url=URL).title == "2 proposals: 1 ready, 1 not yet"


def test_one_cause_gives_one_annotation() -> None:
    cause, effect = finding(check="eval-readable"), finding(check="holdout-large-enough", because="eval-readable")
    alone = finding(check="holdout-large-enough", because="eval-readable")
    assert [a.title for a in annotations(answer(cause, effect).proposals[0])] == ["eval-readable: failed"]
    assert len(annotations(answer(alone).proposals[0])) == 1  # its cause is not shown, so it speaks for itself


def test_annotations_tell_failures_before_warnings_and_passes_not_at_all() -> None:
    remark = finding(Outcome.PASSED, check="b", line=1, remark="Within noise.")
    told = annotations(answer(remark, finding(line=9), finding(line=3), finding(Outcome.PASSED)).proposals[0])
    assert [(a.level, a.line) for a in told] == [("failure", 3), ("failure", 9), ("warning", 1)]
    assert told[0].message == "Counted 320 effective examples, the policy asks for 500.\nTo do: Add 180 examples."


def test_a_verdict_of_any_size_stays_within_github_s_limits() -> None:
    many = answer(*(finding(line=n % LINES + 1, message=f"{n} " + "w" * 5_000) for n in range(400)))
    run = check_run(many, details_url=URL)
    assert max(len(run.summary), len(run.text)) <= 65_535
    assert URL in run.text
    assert run.summary.count("\n1. ") == 1
    assert f"\n{MOST + 1}. " not in run.summary
    assert "And 397 more, at their lines." in run.summary
    assert len(sticky_comment(many, head_sha="a" * 40, details_url=URL)) <= 65_536
    assert len(status(many).description) <= 140
    assert len(run.annotations) == MAX_ANNOTATIONS
    assert run.annotations[-1].title == f"and {400 - MAX_ANNOTATIONS + 1} more"
    assert all(len(a.message.encode()) <= 64 * 1024 and len(a.title) <= 255 for a in run.annotations)


def test_remarks_stand_on_changed_lines_only_one_a_line_and_ten_at_most() -> None:
    told = answer(*(finding(line=n, check=f"check-{n}") for n in range(1, 31)), finding(line=12, check="another"))
    shown = inline_comments(told, {PATH: frozenset(range(5, 25))})
    assert len(shown) == MAX_COMMENTS
    assert {c.line for c in shown} <= set(range(5, 25))
    assert len({c.line for c in shown}) == len(shown)
    both = next(c for c in inline_comments(told, {PATH: frozenset([12])}))
    assert "check-12" in both.body
    assert "another" in both.body
    assert inline_comments(told, {}) == ()


def test_the_comment_begins_with_its_marker_and_links_to_the_review() -> None:
    body = sticky_comment(answer(finding()), head_sha="a" * 40, details_url=URL)
    assert body.startswith(MARKER + "\n## Not yet")
    assert f"]({URL})" in body


def test_the_terminal_holds_no_control_characters() -> None:
    hostile = finding(message="\x1b[31mred\x1b[0m \u202eback\u202c \x07")
    out = terminal(answer(hostile))
    assert all(character.isprintable() or character == "\n" for character in out)


def test_no_proposal_is_a_success_that_says_how_to_begin() -> None:
    run = check_run(Answer((), "default", "f" * 64), details_url=URL)
    assert run.conclusion == "success"
    assert "tunegate init" in run.summary
    assert run.annotations == ()


def test_the_json_form_can_be_written_and_read() -> None:
    told = json.loads(json.dumps(as_json(answer(finding()))))
    assert told["proposals"][0]["next_step"] == {
        "check": "enough-examples",
        "message": "Counted 320 effective examples, the policy asks for 500.",
        "fix": "Add 180 examples.",
        "lever": None,
    }


def advised(*steps: Step, left: int = 0, fit: Fit | None = None) -> Answer:
    told = answer(finding(Outcome.PASSED) if fit else finding())
    (one,) = told.proposals
    return replace(told, proposals=(replace(one, verdict=replace(one.verdict, way=Way(steps, left, fit))),))


def test_a_step_names_its_lever_everywhere() -> None:
    step = Step(Lever.RETRIEVAL, "failure-is-behavior", "owner.primary", "It lacks *facts*.", "look `them` up.")
    told = advised(step, left=2)
    summary = check_run(told, details_url=URL).summary
    assert "1. It lacks \\*facts\\*\\. **Retrieval: look `them` up\\.** (`a/finetune-proposal.yaml:4`)" in summary
    assert "And 2 more, at their lines." in summary
    assert "**Retrieval: look `them` up" in sticky_comment(told, head_sha="a" * 40, details_url=URL)
    assert "  1. line 4: Retrieval: look `them` up." in terminal(told)
    advice = json.loads(json.dumps(as_json(told)))["proposals"][0]["advice"]
    assert advice["left"] == 2
    assert advice["steps"] == [
        {
            "lever": "retrieval",
            "check": "failure-is-behavior",
            "field": "owner.primary",
            "line": 4,
            "seen": "It lacks *facts*.",
            "do": "look `them` up.",
        }
    ]


def test_what_the_rows_call_for_is_told_everywhere_with_the_method_that_is_named_instead() -> None:
    told = advised(fit=Fit("orpo", "LoRA", "320 pairs, fewer than 1,000", named="dpo"))
    said = "Tuning and preference in one step (`orpo`) with LoRA fits: 320 pairs, fewer than 1,000. The proposal names `dpo`."
    assert f"**What the rows call for**: {text(said)}" in check_run(told, details_url=URL).summary
    assert f"  What the rows call for: {said}" in terminal(told)
    assert as_json(told)["proposals"][0]["advice"]["technique"]["named"] == "dpo"


def test_the_working_is_a_table_under_its_item_and_plain_figures_in_json() -> None:
    entries = (
        Entry("hourly_rate", "an hour", Decimal(100), "money", "policy"),
        Entry("unit_cost_tuned", "a request to the tuned model", Decimal("0.0000000003"), "price", "proposal"),
        Entry("net12", "net of 12 months", Decimal("-4284.005"), "money"),
        Entry("payback_loaded", "payback with labour and ownership", None, "days"),
    )
    told = answer(finding(Outcome.PASSED, item=Item.COST, working=Working("USD", entries)))
    text = check_run(told, details_url=URL).text
    assert text.index("Cost: ") < text.index("| Worked out |")
    assert "| an hour | 100 USD | the policy |" in text
    assert "| a request to the tuned model | 0\\.0000000003 USD | the proposal |" in text
    assert "| payback with labour and ownership | never | computed |" in text
    kept = json.loads(json.dumps(as_json(told)))["proposals"][0]["findings"][0]["working"]
    assert kept["currency"] == "USD"
    assert [entry["value"] for entry in kept["entries"]] == ["100.00", "0.0000000003", "-4284.00", None]
    assert [entry["from"] for entry in kept["entries"]] == ["policy", "proposal", "computed", "computed"]


def test_the_terminal_tells_a_cause_once_and_names_what_follows_from_it() -> None:
    cause = finding(check="cost-estimated", message="The volume is not stated.")
    follows = [
        finding(check=check, message=f"{check} lacks it.", because="cost-estimated")
        for check in ("volume-evidenced", "totals-add-up")
    ]
    out = terminal(answer(cause, *follows))
    assert "  x a/finetune-proposal.yaml:4  cost-estimated: failed (soft)\n" in out
    assert "  From these follow 2 others: volume-evidenced, totals-add-up.\n" in out
    assert "totals-add-up lacks it." not in out
    assert "From these" not in terminal(answer(cause))
    # told as a finding where its cause is not
    assert "totals-add-up lacks it." in terminal(answer(follows[1]))


def test_the_terminal_says_what_a_problem_of_form_is_beside_what_to_write() -> None:
    form = Step(Lever.FORM, "proposal", "owner.primary", "`owner.primary` is not of the expected form.", "A login.", 4)
    told = answer(finding())
    (answered,) = told.proposals
    told = replace(told, proposals=(replace(answered, verdict=replace(answered.verdict, way=Way((form,)))),))
    assert "  1. line 4: `owner.primary` is not of the expected form. A login." in terminal(told)
