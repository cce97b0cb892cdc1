"""Does evidence in a pull request end a cycle at its merge? With a GitHub over HTTP, its webhooks, and a database."""

import json
import random
from datetime import timedelta
from typing import Any

import pytest

from bot.lifecycle.adapter import Adapter, Particulars
from bot.lifecycle.happening import Happening
from bot.lifecycle.stages import Event, Reason
from bot.sandbox.model import Pull
from bot.storage.adapters import Adapters
from tests.end_to_end.conftest import Team
from tests.test_revalidation_document import DIGEST, TEXT, generator

FOLDER = "revalidations/ticket-router"


@pytest.fixture
def kept(team: Team) -> Adapter:
    """The sample's proposal on the default branch, and its adapter in the registry: it serves since twelve weeks ago."""
    sample, files = team.example("ready")
    repo, author = team.repo(), team.world.account("ana-lopes")
    team.world.commit(repo, repo.default_branch, files, "Approved", author)  # type: ignore[arg-type]
    since = team.world.now().date() - timedelta(days=84)
    path = f"{sample.folder}/finetune-proposal.yaml"
    known = Particulars("acme", "ticket-router", repo.full_name, "ana-lopes", "P3M", path, repo.id, backup="ben-okafor")
    registry = Adapters(team.service.database)
    registry.happen("acme", known.name, Happening(Event.MERGED, since, "lena-brandt", particulars=known))
    artifact = Happening(Event.REGISTERED, since, "ci", artifact="hf://acme/router@v1", digest=DIGEST)
    registry.happen("acme", known.name, artifact)
    return registry.happen("acme", known.name, Happening(Event.SERVED, since, "deployer", since=since))[0]


def evidence(team: Team, tmp_path: Any, baseline: float = 0.83) -> dict[str, object]:
    """Write the files of a cycle as the page has them, dated a few days ago."""
    sample, files = team.example("ready")
    today, module, rng = team.world.now().date(), generator(), random.Random(7)
    module.STARTED = f"{today - timedelta(days=3)}T09:30:00Z"  # type: ignore[attr-defined]
    folder = tmp_path / "2"
    held = [json.loads(line) for line in files[f"{sample.folder}/data/holdout.jsonl"].splitlines()]
    items = [(row["input"], row["target"]) for row in held]
    base = "meta-llama/Llama-3.1-8B-Instruct"
    runs = (("candidate", base, 0.97), ("baseline", "anthropic/claude-sonnet", baseline), ("untuned", base, 0.5))
    for name, model, right in runs:
        module.run(folder, name, model, items, right, rng, "tickets")
    artifact = json.loads((folder / "candidate_results.json").read_text())
    (folder / "candidate_results.json").write_text(json.dumps(artifact | {"adapter": f"ticket-router@{DIGEST}"}))
    module.write(folder / "production_sample.jsonl", [module.chat(*pair) for pair in module.tickets(rng, 300)])
    days = [today - timedelta(days=n) for n in range(28, 0, -1)]
    module.write(folder / "usage.csv", ["date,requests", *(f"{day},9000" for day in days)])
    text = TEXT.replace("/finetune-proposal.yaml", f"/{sample.folder}/finetune-proposal.yaml")
    text = text.replace("2027-02-15/2027-03-14", f"{days[0]}/{days[-1]}").replace("2027-03-15", str(days[-1]))
    found: dict[str, object] = {f"{FOLDER}/2/{path.name}": path.read_text() for path in folder.iterdir()}
    return {**found, f"{FOLDER}/2.yaml": text}


def now(team: Team) -> Adapter:
    found = Adapters(team.service.database).find("acme", "ticket-router")
    assert found is not None
    return found


def cycle(team: Team) -> tuple[int, Reason, int | None]:
    found = now(team).cycle
    assert found is not None
    return found.number, found.reason, found.evidence_pull


def merge(team: Team, pull: Pull) -> None:
    with team.world.lock:
        team.world.merge(pull, team.world.account("lena-brandt"), method="squash")
    team.rest()


def test_evidence_that_holds_ends_the_cycle_at_the_merge(team: Team, kept: Adapter, tmp_path: Any) -> None:
    assert cycle(team) == (2, Reason.SCHEDULED, None)
    pull = team.open(evidence(team, tmp_path))
    run = team.answer(pull)
    assert (run.conclusion, [a.message for a in run.annotations if a.level == "failure"]) == ("success", [])
    assert run.title.startswith("Revalidation passes: ")
    assert cycle(team) == (2, Reason.SCHEDULED, pull.number)
    merge(team, pull)
    assert cycle(team) == (3, Reason.SCHEDULED, None)
    event = Adapters(team.service.database).history(now(team).id)[0]
    assert (event["event"], event["by"]) == ("passed", "lena-brandt")
    assert event["proof"]["merge_sha"] == pull.merge_sha
    [reply] = [comment.body for comment in team.comments(pull) if "reply to" in comment.body]
    due_on = now(team).cycle
    assert due_on is not None
    assert f"Cycle 2 of `ticket-router` has passed. The next revalidation is due on {due_on.due_on}." in reply
    assert now(team).particulars == kept.particulars  # nothing is registered anew


def test_a_prompted_model_that_is_good_enough_is_told_and_ends_the_cycle_as_failed(
    team: Team, kept: Adapter, tmp_path: Any
) -> None:
    pull = team.open(evidence(team, tmp_path, baseline=0.96))
    run = team.answer(pull)
    assert run.conclusion == "failure"
    assert run.title.startswith("Recommend retiring: ")
    assert any("the adapter is needed no more" in a.message and a.path == f"{FOLDER}/2.yaml" for a in run.annotations)
    pull.repo.required_checks = ()  # where nothing is required, or a lead goes past it
    merge(team, pull)
    assert cycle(team)[:2] == (3, Reason.REMEDY)
    assert any("`ticket-router` is needed no more" in comment.body for comment in team.comments(pull))


def test_a_bar_that_is_lowered_beside_it_is_not_the_one_that_counts(team: Team, kept: Adapter, tmp_path: Any) -> None:
    sample, files = team.example("ready")
    path = f"{sample.folder}/finetune-proposal.yaml"
    lowered = files[path].replace("threshold: 0.92", "threshold: 0.99")
    assert lowered != files[path]
    pull = team.open({**evidence(team, tmp_path), path: lowered})
    run = team.answer(pull)
    told = " ".join(a.message for a in run.annotations if a.path == f"{FOLDER}/2.yaml" and a.level == "failure")
    assert told == ""  # the run reaches 0.97: enough for the bar that was approved
    assert "1 proposal and 1 revalidation" in run.title


def test_what_is_closed_unmerged_ends_nothing(team: Team, kept: Adapter, tmp_path: Any) -> None:
    pull = team.open(evidence(team, tmp_path))
    team.answer(pull)
    with team.world.lock:
        team.world.close(pull, team.world.account("ana-lopes"))
    team.rest()
    assert cycle(team) == (2, Reason.SCHEDULED, None)


def lowered(team: Team) -> None:
    """Put another bar on a branch that nobody looks at."""
    sample, files = team.example("ready")
    path, repo = f"{sample.folder}/finetune-proposal.yaml", team.repo()
    text = files[path].replace("threshold: 0.92", "threshold: 0.99")
    assert text != files[path]
    team.world.commit(repo, "mine", {path: text}, "Another bar", team.world.account("ana-lopes"))


def test_a_merge_into_a_branch_of_one_s_own_ends_no_cycle(team: Team, kept: Adapter, tmp_path: Any) -> None:
    lowered(team)
    pull = team.open(evidence(team, tmp_path), base="mine")
    team.answer(pull)
    assert cycle(team) == (2, Reason.SCHEDULED, None)  # nor does it keep the reminders quiet
    merge(team, pull)
    assert cycle(team) == (2, Reason.SCHEDULED, None)


def test_evidence_that_was_judged_by_another_branch_s_bar_ends_no_cycle(
    team: Team, kept: Adapter, tmp_path: Any
) -> None:
    lowered(team)
    pull = team.open(evidence(team, tmp_path), base="mine")
    team.answer(pull)
    with team.world.lock:  # at once, before anybody could look again
        team.world.edit_pull(pull, team.world.account("ana-lopes"), base=pull.repo.default_branch)
        pull.repo.required_checks = ()
        team.world.merge(pull, team.world.account("lena-brandt"), method="squash")
    team.rest()
    assert cycle(team) == (2, Reason.SCHEDULED, None)
    [reply] = [comment.body for comment in team.comments(pull) if "reply to" in comment.body]
    assert "has not ended: it was judged against another branch" in reply
