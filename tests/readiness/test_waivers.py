"""Does a waiver let pass what it was asked for, no more, and no longer than it is the same finding under the same policy?"""

import re
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from bot.readiness.check import Check, Dossier
from bot.readiness.checks import CHECKS
from bot.readiness.fact import Known, Trouble, Unavailable
from bot.readiness.finding import Outcome
from bot.readiness.panel import deliberate
from bot.readiness.policy import NOBODY, Enforcement, LayerKind, Place, Policy, Setting
from bot.readiness.policy_file import PolicyText
from bot.readiness.verdict import Decision, Verdict
from bot.readiness.waiver import State, Waiver
from bot.wiring import in_force
from tests.dossiers import POLICY, READY, dossier

CHECK = "retune-planned"  # a soft one by the policy below; what it asks for is easily left out
TEXT = READY.replace("  retune: {cadence: P6M, triggers: [base_model]}\n", "")
SOFT = POLICY.model_copy(
    update={
        "checks": {**POLICY.checks, CHECK: POLICY.checks[CHECK].model_copy(update={"enforcement": Enforcement.SOFT})}
    }
)


def judged(
    *waivers: Waiver, text: str = TEXT, policy: Policy = SOFT, checks: tuple[Check, ...] = CHECKS, **facts: Any
) -> Verdict:
    case = dossier(text, policy=policy)
    return deliberate(replace(case, evidence=replace(case.evidence, **facts)), checks, waivers=waivers)


def waiver(verdict: Verdict, check: str = CHECK, **changes: Any) -> Waiver:
    """Make a waiver of what a verdict says could be waived."""
    one = next(each for each in verdict.waivable if each.check == check)
    made = Waiver(
        12,
        "finetune-proposal.yaml",
        check,
        date(2026, 12, 1),
        "We re-tune with the next base model.",
        one.bound,
        one.asked,
        State.APPROVED,
        "ana",
        "lea",
    )
    return replace(made, **changes)


def remark(verdict: Verdict, check: str = CHECK) -> str | None:
    return next(j.finding.remark for j in verdict.judged if j.finding.check == check)


def test_a_waived_finding_holds_and_the_verdict_says_until_when() -> None:
    before = judged()
    assert (before.decision, before.waivers) == (Decision.NOT_YET, ())
    after = judged(waiver(before))
    assert after.decision is Decision.READY_WITH_WAIVERS
    assert [(w.name, w.until) for w in after.waivers] == [("W12", date(2026, 12, 1))]
    assert all(item.holds for item in after.items)
    assert next(j for j in after.judged if j.finding.check == CHECK).finding.outcome is Outcome.WAIVED
    assert (
        remark(after)
        == "Waived until 2026-12-01 by W12, which ana asked for and lea approved: We re-tune with the next base model."
    )
    assert after.next_step is None
    assert after.way.steps == ()


@pytest.mark.parametrize("state", [State.REQUESTED, State.WITHDRAWN, State.EXPIRED, State.LAPSED])
def test_only_an_approved_waiver_counts(state: State) -> None:
    found = judged(waiver(judged(), state=state, why="It ended."))
    assert (found.decision, found.waivers) == (Decision.NOT_YET, ())


def test_one_that_waits_is_told_and_so_is_one_that_is_over() -> None:
    before = judged()
    asked = judged(waiver(before, state=State.REQUESTED))
    assert remark(asked) == "Waiver W12 is asked for, until 2026-12-01, and waits to be approved."
    over = judged(waiver(before, state=State.EXPIRED, why="it held until 2026-12-01."))
    assert remark(over) == "Waiver W12 is over: it held until 2026-12-01."


def test_edits_elsewhere_keep_it() -> None:
    before = judged()
    text = TEXT.replace("adapter: ticket-router", "adapter: ticket-router\nsummary: Sort tickets.")
    text = text.replace("threshold: 0.9", "threshold: 0.91").replace("primary: first-owner", "primary: second-owner")
    assert [w.name for w in judged(waiver(before), text=text).waivers] == ["W12"]


def test_it_dies_with_the_fields_that_were_waived() -> None:
    before = judged()
    text = TEXT.replace("  drift_checks:", "  retune: {}\n  drift_checks:")
    after = judged(waiver(before), text=text)
    assert CHECK in {j.finding.check for j in after.judged if j.blocks}
    [over] = after.over
    assert (over.name, over.state) == ("W12", State.LAPSED)
    assert over.why == "`owner.retune` has changed since it was asked for."
    assert remark(after) == f"Waiver W12 is over: {over.why}"


def with_file(digest: str, examples: int = 300) -> dict[str, Any]:
    """Say what the training file holds, and which file it is."""
    facts = dossier(READY).evidence.data
    fact = facts["data.train"]
    assert isinstance(fact, Known)
    source = replace(fact.source, sha256=digest, revision=digest)
    return {"data": {**facts, "data.train": Known(replace(fact.value, rows=examples), source)}}


FLOOR = POLICY.model_copy(
    update={
        "checks": {
            **POLICY.checks,
            "enough-examples": POLICY.checks["enough-examples"].model_copy(
                update={
                    "settings": {
                        **POLICY.checks["enough-examples"].settings,
                        **{
                            name: Setting(value=value, source="a test")
                            for name, value in (
                                ("constrained_floor", 5_000),
                                ("floor", {"sft": 5_000, "default": 5_000}),
                            )
                        },
                    }
                }
            ),
        }
    }
)
EXAMPLES = "enough-examples"


def few(*waivers: Waiver, digest: str = "a" * 64, policy: Policy = FLOOR, text: str = READY) -> Verdict:
    return judged(*waivers, text=text, policy=policy, **with_file(digest))


def test_a_rebase_keeps_it_and_another_file_ends_it() -> None:
    given = waiver(few(), EXAMPLES)
    assert "file data.train" in given.bound
    assert [w.check for w in few(given).waivers] == [EXAMPLES]
    [over] = few(given, digest="b" * 64).over
    assert over.why == "what is linked at `data.train` has changed since it was asked for."


def test_another_figure_ends_it_even_where_no_field_of_the_check_has_changed() -> None:
    given = waiver(few(), EXAMPLES)
    higher = {"value": {"sft": 6_000, "default": 6_000}, "source": "a test"}
    assert few(replace(given, asked={}), policy=asking(FLOOR, floor=higher)).over[0].why == (
        "what was found has changed since it was asked for."
    )


def asking(policy: Policy, **settings: Any) -> Policy:
    entry = policy.checks[EXAMPLES]
    made = {name: Setting(**each) for name, each in settings.items()}
    entry = entry.model_copy(update={"settings": {**entry.settings, **made}})
    return policy.model_copy(update={"checks": {**policy.checks, EXAMPLES: entry}})


def test_a_policy_that_asks_for_more_ends_it_and_one_that_asks_for_less_does_not() -> None:
    given = waiver(few(), EXAMPLES)
    harder = asking(FLOOR, per_label={"value": 11, "source": "a test"})
    [over] = few(given, policy=harder).over
    assert over.why == "the policy asks for more by now (checks.enough-examples.per_label)."
    looser = asking(FLOOR, per_label={"value": 9, "source": "a test"})
    assert few(given, policy=looser).waivers


@pytest.mark.parametrize("change", [{"enforcement": Enforcement.HARD}, {"waived_by": NOBODY}])
def test_what_may_not_be_waived_is_not(change: dict[str, Any]) -> None:
    before = judged()
    policy = SOFT.model_copy(update={"checks": {**SOFT.checks, CHECK: SOFT.checks[CHECK].model_copy(update=change)}})
    after = judged(waiver(before), policy=policy)
    assert (after.decision, after.waivable) == (Decision.NOT_YET, ())
    assert after.over[0].why == "the policy lets `retune-planned` not be waived any more."


def test_a_fault_of_ours_is_nobody_s_to_waive() -> None:
    def stops(_: Dossier) -> Any:
        raise ValueError

    before = judged()
    checks = tuple(replace(check, run=stops) if check.id == CHECK else check for check in CHECKS)
    after = judged(waiver(before), checks=checks)
    assert after.decision is Decision.CANNOT_TELL
    assert (after.waivable, after.over) == ((), ())  # and it holds again once the check runs
    assert remark(after) == "Waiver W12 does not count now: the check stopped, which is our fault."


def test_an_outage_does_not_end_it_and_is_not_covered_by_it() -> None:
    given = waiver(few(), EXAMPLES)
    data = {"data.train": Unavailable("GitHub answers 502", Trouble.PASSING)}
    after = judged(given, text=READY, policy=FLOOR, data=data)
    assert after.decision is Decision.CANNOT_TELL
    assert after.over == ()
    assert "does not count now" in (remark(after, EXAMPLES) or "")


def test_what_could_not_be_verified_is_waived_whatever_the_reason_and_not_what_then_fails() -> None:
    def out(reason: str) -> dict[str, Any]:
        return {"data": {"data.train": Unavailable(reason, Trouble.PASSING)}}

    given = waiver(judged(text=READY, policy=FLOOR, **out("it answers 502")), EXAMPLES)
    held = judged(given, text=READY, policy=FLOOR, **out("it answers 503"))
    assert EXAMPLES in {w.check for w in held.waivers}
    assert few(given).over[0].check == EXAMPLES


def test_the_longer_of_two_counts() -> None:
    before = judged()
    first, second = waiver(before), waiver(before, id=13, until=date(2027, 1, 1))
    assert [w.name for w in judged(first, second).waivers] == ["W13"]


def test_a_role_is_named_where_the_policy_asks_for_one() -> None:
    assert POLICY.waived_by("no-secrets") == "security"
    assert POLICY.approvers("security") is None
    assert POLICY.approvers() == ()
    named = POLICY.model_copy(update={"leads": "acme/ml-leads"})
    assert named.approvers() == ("acme/ml-leads",)


def test_what_a_waived_check_explained_speaks_for_itself() -> None:
    """A cause that is waived no longer hides what follows from it."""
    verdict = few(waiver(few(), EXAMPLES))
    assert all(j.finding.because != EXAMPLES for j in verdict.judged if j.blocks)


def test_the_policy_of_the_page_can_be_used() -> None:
    page = (Path(__file__).parents[2] / "docs" / "waivers.md").read_text()
    [text] = re.findall(r"```yaml\n(.*?)```", page, re.DOTALL)
    policy = in_force((PolicyText(Place(LayerKind.ORGANISATION, "acme/.github", "policy.yaml"), text.encode()),))
    assert policy.complaints == ()
    assert (policy.waivers.max_days.value, policy.waivers.most_at_once.value) == (30, 5)
    assert policy.approvers() == ("acme/ml-leads",)
    assert policy.approvers(policy.waived_by("no-secrets")) == ("acme/product-security",)
    assert policy.waived_by("labels-agree") == NOBODY


def test_a_repository_names_nobody_and_allows_no_more() -> None:
    text = b"version: 1\nwaivers: {max_days: {value: 300}, approvers: eve, roles: {security: eve}}\nchecks: {no-secrets: {waived_by: approvers}}"
    policy = in_force((PolicyText(Place(LayerKind.REPOSITORY, "acme/models", ".tunegate.yaml"), text),))
    assert policy.waivers == POLICY.waivers
    assert policy.waived_by("no-secrets") == "security"
    assert len([each for each in policy.complaints if not each.grave]) == 4
