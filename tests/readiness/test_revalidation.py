"""What does a revalidation lay over the approved proposal, and what is it never allowed to touch?"""

import pytest

from bot.readiness import revalidation
from bot.readiness.cases.again import AGAIN
from bot.readiness.proposal import Proposal, read
from bot.readiness.registered import Registered
from bot.readiness.revalidation import SAMPLE, laid_over, names_digest, other_digests, pins, same_digest
from bot.readiness.schema import at
from tests.dossiers import READY, TODAY

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
