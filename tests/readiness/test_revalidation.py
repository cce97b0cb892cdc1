"""What does a revalidation lay over the approved proposal, and what is it never allowed to touch?"""

from dataclasses import replace

import pytest

from bot.readiness import revalidation
from bot.readiness.cases.again import AGAIN
from bot.readiness.cases.case import read_case
from bot.readiness.check import Dossier
from bot.readiness.checks import CHECKS
from bot.readiness.fact import Trouble, Unavailable
from bot.readiness.panel import deliberate
from bot.readiness.policy import Enforcement
from bot.readiness.proposal import Proposal, read
from bot.readiness.registered import Registered
from bot.readiness.revalidation import SAMPLE, Occasion, laid_over, names_digest, other_digests, pins, same_digest
from bot.readiness.schema import at
from bot.readiness.verdict import Decision
from tests.dossiers import POLICY, READY, TODAY

SLICES = """\
  regression:
    - {name: general, baseline: {artifact: evals/general.json}, candidate: {artifact: evals/old_general.json}}
    - {name: sums, baseline: {artifact: evals/sums.json}, candidate: {artifact: evals/old_sums.json}}
"""


def approved(text: str = READY) -> Proposal:
    found = read(text.encode(), opened_on=TODAY, path="tickets/finetune-proposal.yaml")
    assert found.proposal is not None
    assert not found.problems
    return found.proposal


def view(text: str = AGAIN, of: Proposal | None = None, registered: Registered | None = None) -> Proposal:
    found = revalidation.read(text.encode())
    assert found.own is not None
    assert not found.reading.problems
    return laid_over(found.own, f"tickets/{SAMPLE}", of or approved(), registered)


@pytest.mark.parametrize(
    ("path", "is_one"),
    [
        ("revalidations/ticket-router/1.yaml", True),
        ("teams/a/revalidations/ticket-router/12.yml", True),
        ("revalidations/ticket-router/first.yaml", True),  # told that it is called otherwise, never passed over
        ("revalidations/ticket-router/1/rows.yaml", False),
        ("revalidations/1.yaml", False),
        ("revalidations/ticket-router/1.json", False),
        ("old-revalidations/ticket-router/1.yaml", False),
    ],
)
def test_a_revalidation_is_known_by_its_path(path: str, is_one: bool) -> None:
    assert revalidation.is_revalidation(path) is is_one


def test_the_bar_the_metric_and_the_holdout_are_the_approved_ones() -> None:
    laid, before = view(), approved()
    for field in (
        "eval.threshold",
        "eval.metric",
        "eval.holdout",
        "eval.budget",
        "eval.judge",
        "data.train",
        "failure.reason",
    ):
        assert at(laid, field) == at(before, field)


@pytest.mark.parametrize(
    "field", ["threshold: 0.1", "metric: {name: f1}", "holdout: {path: x.jsonl}", "budget: {p95_ms: 1}"]
)
def test_none_of_them_can_be_stated(field: str) -> None:
    found = revalidation.read(AGAIN.replace("eval:\n", f"eval:\n  {field}\n").encode())
    name = field.partition(":")[0]
    assert [problem.at for problem in found.reading.problems] == [f"eval.{name}"]


def test_its_links_are_relative_to_its_own_folder() -> None:
    laid = view()
    assert at(laid, "eval.candidate.artifact").uri == "/tickets/revalidations/ticket-router/candidate_results.json"
    assert at(laid, "eval.holdout.path").uri == "data/holdout.jsonl"  # the proposal's, relative to the proposal


def test_a_run_that_is_not_brought_is_no_run_of_this_cycle() -> None:
    text = "\n".join(line for line in AGAIN.splitlines() if "candidate" not in line and "baseline_results" not in line)
    before = approved(READY.replace("eval:\n", "eval:\n  candidate: {artifact: evals/tuned.json}\n", 1))
    laid = view(text, before)
    assert at(laid, "eval.candidate") is None
    assert at(laid, "eval.baseline") is None


def test_why_a_lever_did_not_apply_still_holds_and_its_runs_do_not() -> None:
    laid = view()
    assert at(laid, "tried.tool_use").not_applicable == "nothing_to_call"
    assert at(laid, "tried.few_shot") is None


def test_of_what_the_baseline_is_made_is_as_approved_unless_it_says_otherwise() -> None:
    before = approved(READY.replace("baseline: {artifact", "baseline: {subject: prompt+tools, artifact"))
    assert at(view(AGAIN.replace(", subject: prompt+retrieval", ""), before), "eval.baseline.subject") == "prompt+tools"
    assert at(view(of=before), "eval.baseline.subject") == "prompt+retrieval"


def test_slices_are_taken_by_their_names_and_old_runs_after_tuning_never_stand() -> None:
    before = approved(
        READY.replace(
            "  regression: {not_applicable: closed_set_behind_router, why: It answers with one of two labels.}\n",
            SLICES,
        )
    )
    text = AGAIN.replace("eval:\n", "eval:\n  regression: [{name: sums, candidate: {artifact: sums.json}}]\n")
    laid = view(text, before).eval.regression
    assert isinstance(laid, tuple)
    assert [each.name for each in laid] == ["sums", "general"]
    assert laid[0].candidate is not None
    assert laid[0].baseline is not None
    assert laid[0].baseline.artifact is not None
    assert laid[0].baseline.artifact.uri == "evals/sums.json"
    assert laid[1].candidate is None


def test_costs_are_laid_one_by_one_and_figures_that_belong_together_whole() -> None:
    laid = view()
    assert str(at(laid, "ops_cost.tuned.unit_cost")) == "0.0003"
    assert at(laid, "ops_cost.tuned.hosting").kind == "per_token"  # the proposal's
    assert at(laid, "ops_cost.volume.source").uri == "/tickets/revalidations/ticket-router/usage.csv"
    assert at(laid, "ops_cost.one_time.training") == 200
    assert at(laid, "ops_cost.claimed") is None


def test_the_owner_is_the_registered_one() -> None:
    known = Registered("ticket-router", "serving", "acme/support", "new-owner", "P3M")
    laid = view(registered=known)
    assert (laid.owner.primary, laid.owner.backup) == ("new-owner", None)
    assert view().owner.primary == "first-owner"


def whole(facts: str = "{}") -> Dossier:
    return read_case(f"# revalidates: ready\ncycle: 1\n---\n{facts}", POLICY).dossier


def test_one_that_is_borne_out_passes_and_asks_only_what_belongs_to_it() -> None:
    verdict = deliberate(whole(), CHECKS)
    assert [(j.finding.check, j.finding.message) for j in verdict.judged if j.blocks] == []
    assert verdict.decision is Decision.READY
    assert {j.finding.check for j in verdict.judged} == {c.id for c in CHECKS if Occasion.REVALIDATION in c.asked_at}
    assert verdict.way.fit is None  # nothing is to be trained


@pytest.mark.parametrize("kind", ["evals", "samples", "consents", "usage", "histories", "data"])
def test_one_of_which_a_kind_of_fact_was_not_looked_at_never_passes(kind: str) -> None:
    case = whole()
    assert not deliberate(replace(case, evidence=replace(case.evidence, **{kind: {}})), CHECKS).decision.is_ready


@pytest.mark.parametrize("trouble", list(Trouble))
def test_one_whose_adapter_cannot_be_looked_up_never_passes(trouble: Trouble) -> None:
    case = whole()
    assert case.revalidation is not None
    lost = replace(case.revalidation, registered=Unavailable("gone", trouble))
    assert not deliberate(replace(case, revalidation=lost), CHECKS).decision.is_ready


def test_eval_fresh_blocks_once_there_is_a_tuned_run() -> None:
    stale = whole("evals: {eval.baseline: {right: 150, wrong: 50, started_at: '2025-06-01T12:00:00+00:00'}}")
    told = {j.finding.check: j for j in deliberate(stale, CHECKS).judged if j.finding.outcome == "failed"}
    assert told["eval-fresh"].enforcement is Enforcement.SOFT
    assert POLICY.enforcement("eval-fresh") is Enforcement.ADVISORY


def test_digests_are_compared_by_what_they_say() -> None:
    digest = "ab" * 32
    assert same_digest(f"sha256:{digest}", digest)
    assert not same_digest(digest, "ac" * 32)
    assert names_digest("models/router@abababababab", digest)
    assert not names_digest("models/router@ababababab", digest)  # ten digits are anybody's
    assert not names_digest("models/router", digest)
    assert other_digests(f"router@{'cd' * 32}", digest) == ("cd" * 32,)
    assert other_digests(f"router@{digest}", digest) == ()
    assert pins(f"hf://acme/router@{'a' * 40}")
    assert pins("ft:small:acme::1")
    assert not pins("hf://acme/router@v1")
