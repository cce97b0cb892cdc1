"""Does a training that nobody proposed show on its pull request, and stop it where the organisation says so?"""

import re
from urllib.parse import parse_qs, urlsplit

from bot.review.replaying import replay
from tests.end_to_end.conftest import Team
from tests.end_to_end.test_stores import ready

CONFIG = "base_model: acme/m\nadapter: lora\ndatasets:\n  - {path: data/train.jsonl, type: chat_template}\n"


def test_it_is_shown_with_a_form_that_begins_a_proposal_and_blocks_nothing(team: Team) -> None:
    pull = team.open({"models/tone/job.yaml": CONFIG, "models/tone/out/adapter_config.json": "{}"}, owned=False)
    answer = team.answer(pull)
    assert (answer.conclusion, answer.title) == ("success", "Training without a proposal")
    [comment] = team.comments(pull)
    for path in ("models/tone/out/adapter_config.json", "models/tone/job.yaml"):
        assert f"`{path}`" in comment.body
    assert "a config for Axolotl" in comment.body
    assert "This does not block the pull request" in comment.body
    [address] = re.findall(r"\[Begin a proposal\]\((.*?)\)", comment.body)
    form = urlsplit(address)
    assert form.path == f"/{pull.head_repo.full_name}/new/tune/models/tone/out"
    asked = parse_qs(form.query)
    assert asked["filename"] == ["finetune-proposal.yaml"]
    assert "adapter: out\n" in asked["value"][0]


def test_a_policy_can_make_it_block_and_the_review_replays(team: Team) -> None:
    own = team.repo()
    team.world.commit(  # a repository may tighten
        own,
        own.default_branch,
        {".tunegate.yaml": "version: 1\nchecks: {training-has-proposal: {enforcement: hard}}\n"},
        "Ask for proposals",
        team.world.account("ana-lopes"),
    )
    team.rest()
    pull = team.open({"models/tone/adapter.yaml": "base: m\n"}, owned=False)
    answer = team.answer(pull)
    assert (answer.conclusion, answer.title) == ("failure", "Training without a proposal")
    assert "The policy asks for one before this is merged" in (answer.summary or "")
    review = team.service.ledger.latest(pull.repo.id, pull.number)
    assert review is not None
    assert review.decision == "not_yet"
    judge = team.service.reviewer.judge
    assert replay(judge, review).before == {"": "not_yet"}
    path, _, files = ready(team)
    team.push(pull, {"models/tone/finetune-proposal.yaml": files[path]})
    assert team.answer(pull).title != "Training without a proposal"


def test_a_proposal_elsewhere_in_the_pull_request_covers_no_other_training(team: Team) -> None:
    _, _, files = ready(team)
    pull = team.open({**files, "models/tone/adapter.yaml": "base: m\n"})
    answer = team.answer(pull)
    assert answer.conclusion == "success"
    assert "### Training without a proposal" in (answer.summary or "")
    assert [a.message for a in answer.annotations if "No proposal covers `models/tone/adapter.yaml`" in a.message]


def test_the_same_training_file_under_another_name_leads_to_the_earlier_answer(team: Team) -> None:
    sample, files = team.example("false-claim")
    first = team.open(dict(files))
    assert team.answer(first).conclusion == "failure"
    path = f"{sample.folder}/finetune-proposal.yaml"
    [name] = re.findall(r"^adapter: ([a-z0-9-]+)", files[path], re.MULTILINE)
    renamed = files[path].replace(f"adapter: {name}", "adapter: quite-another")
    second = team.open({**files, path: renamed}, branch="again")
    told = [a.message for a in team.answer(second).annotations if "The same rows were proposed" in a.message]
    assert told
    assert f"as `{name}` in pull request #{first.number}" in told[0]
    assert not [a for a in team.runs(first)[0].annotations if "The same rows were" in a.message]
