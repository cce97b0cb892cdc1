"""Which policy does a pull request meet: the organisation's and the repository's, from their default branches, and no other?"""

import pytest

from bot.cli import main
from bot.ports import StoredReview
from bot.report.answer import Answer
from bot.report.as_json import as_json
from bot.report.record import restore_policy
from bot.sandbox.model import CheckRun, Pull
from bot.sandbox.server import Sandbox
from bot.sandbox.world import Fault
from bot.storage.audit import AuditLog
from bot.storage.audit_chain import breaks
from bot.wiring import in_force
from bot.wiring.offline import judge_of
from tests.end_to_end.conftest import Team, until
from tests.peers.recorder import GitHubCalls

STRICTER = "version: 1\nname: acme\nchecks:\n  examples-above-minimum:\n    minimum: {value: 600, source: our audit}\n"
ORGANISATION = "tunegate/policy.yaml"
REPOSITORY = ".tunegate.yaml"


def publish(team: Team, text: str, path: str = ORGANISATION) -> None:
    """Commit a policy file to the default branch: the organisation's to its `.github` repository."""
    lead, world = team.world.account("lena-brandt"), team.world
    if path == REPOSITORY:
        world.commit(team.repo(), "main", {path: text}, "Our policy", lead)
    else:
        if not any(repo.name == ".github" for repo in world.repos.values()):
            world.create_repo(world.account("acme"), ".github", {"README.md": "# Acme\n"}, author=lead)
        world.commit(world.repo("acme/.github"), "main", {path: text}, "Our policy", lead)
    team.rest()


def again(team: Team, pull: Pull, number: int) -> CheckRun:
    """Push something that changes no evidence, and wait for the answer."""
    team.push(pull, {"notes.md": f"{number}\n"})
    return team.answer(pull)


def stored(team: Team, pull: Pull) -> StoredReview:
    review = team.service.ledger.latest(pull.repo.id, pull.number)
    assert review is not None
    return review


def judged_again(team: Team, review: StoredReview) -> Answer:
    """Judge a review as `tunegate replay` does, by the policy files of then."""
    policy = in_force(restore_policy(review.dossier["policy"]))
    assert policy.sha256 == review.policy_sha256
    return judge_of(policy, team.service.reviewer.judge.ask).replay(review.dossier["proposals"])


def test_the_organisation_s_policy_is_asked_and_named_with_its_line(team: Team) -> None:
    publish(team, STRICTER)
    pull = team.open(dict(team.example("ready")[1]))
    run = team.answer(pull)
    assert (run.conclusion, run.title) == ("failure", "Not yet: 4 of 5 items hold")
    [told] = [a.message for a in run.annotations if a.title.startswith("examples-above-minimum")]
    assert "600" in told
    assert told.endswith("Asked by the organisation's policy (acme/.github tunegate/policy.yaml line 5).")
    assert "Policy `acme`" in (run.summary or "")
    assert "`acme/.github tunegate/policy.yaml`" in (run.summary or "")


def test_a_stored_review_is_judged_the_same_again_by_the_policy_of_then(team: Team) -> None:
    publish(team, STRICTER)
    publish(team, "version: 1\ntiers:\n  - {name: hosted, when: {training.provider: {in: [together]}}, checks: {eval-fresh: {enforcement: hard}}}\n", REPOSITORY)  # fmt: skip
    pull = team.open(dict(team.example("ready")[1]))
    run = team.answer(pull)
    assert "Tier hosted: training\\.provider is together" in (run.summary or "")
    review = stored(team, pull)
    kept = dict(review.verdict)
    kept.pop("pull_request")
    assert as_json(judged_again(team, review)) == kept
    assert kept["proposals"][0]["tiers"][0]["name"] == "hosted"
    assert review.policy_sha256 == kept["policy"]["sha256"]


def test_a_repository_s_policy_counts_from_its_default_branch_and_never_from_the_head(team: Team) -> None:
    files = dict(team.example("ready")[1])
    looser = "version: 1\nchecks: {examples-above-minimum: {enforcement: off}}\n"
    hard = STRICTER.replace("name: acme\n", "")
    pull = team.open({**files, REPOSITORY: hard, ORGANISATION: hard})
    assert team.answer(pull).conclusion == "success"
    publish(team, STRICTER)
    publish(team, looser, REPOSITORY)
    run = again(team, pull, 1)
    assert run.conclusion == "failure"
    assert "asks for less than the one above it" in (run.summary or "")
    assert "`acme/support-tools .tunegate.yaml:2`" in (run.summary or "")


def test_a_push_to_the_policy_is_seen_at_the_next_review(team: Team) -> None:
    pull = team.open(dict(team.example("ready")[1]))
    assert team.answer(pull).conclusion == "success"
    publish(team, STRICTER)
    assert again(team, pull, 1).conclusion == "failure"
    publish(team, STRICTER.replace("600", "300"))
    assert again(team, pull, 2).conclusion == "success"
    publish(team, STRICTER.replace("name: acme\n", ""), REPOSITORY)
    assert again(team, pull, 3).conclusion == "failure"


def test_a_review_costs_no_call_for_policies_once_they_are_known(team: Team, github_calls: GitHubCalls) -> None:
    team.hears_no_comments()
    github_calls.forget()
    team.answer(team.open(dict(team.example("ready")[1])))
    assert len(github_calls.policies()) == 2
    github_calls.forget()
    pull = team.open(dict(team.example("not-yet")[1]), branch="second")
    team.answer(pull)
    again(team, pull, 1)
    assert github_calls.policies() == []


def test_a_policy_that_cannot_be_read_now_is_waited_for(team: Team) -> None:
    publish(team, STRICTER)
    fault = Fault(path=f"/repos/acme/.github/contents/{ORGANISATION}", status=502, times=2)
    team.world.faults.append(fault)
    pull = team.open(dict(team.example("ready")[1]))
    until(lambda: fault.times == 0, "the policy was asked for in vain")
    run = team.answer(pull)
    assert (run.conclusion, run.title) == ("failure", "Not yet: 4 of 5 items hold")


def test_under_a_broken_policy_nothing_is_ready_and_it_is_said_plainly(team: Team) -> None:
    publish(team, "version: 1\nname: acme\nchecks:\n  enough-exmples: {enforcement: soft}\n")
    pull = team.open(dict(team.example("ready")[1]))
    run = team.answer(pull)
    assert run.conclusion == "failure"
    assert run.title == "Could not verify: 5 of 5 items hold; the policy cannot be read in full"
    [told] = [a.message for a in run.annotations if a.title == "policy: unverified"]
    assert "(acme/.github tunegate/policy.yaml line 4): There is no check `enough-exmples`" in told
    assert "Did you mean `enough-examples`?" in told
    other = team.open({"docs/x.md": "# X\n"}, branch="docs")
    assert team.answer(other).conclusion == "success"
    publish(team, "version: 1\nname: acme\n")
    assert again(team, pull, 1).conclusion == "success"


def test_a_policy_that_breaks_leaves_the_version_before_it_in_force_and_says_so(team: Team) -> None:
    publish(team, STRICTER)
    pull = team.open(dict(team.example("ready")[1]))
    assert team.answer(pull).title == "Not yet: 4 of 5 items hold"
    for number, broken in enumerate((STRICTER.replace("examples-above", "examples-abvoe"), "checks: [", "a: {b: c"), 1):
        publish(team, broken)
        run = again(team, pull, number)
        assert run.title == "Not yet: 4 of 5 items hold"
        assert "cannot be read in full \\(line " in (run.summary or "")
        assert "The version before it holds" in (run.summary or "")
    publish(team, STRICTER.replace("600", "300"))
    run = again(team, pull, 9)
    assert run.conclusion == "success"
    assert "cannot be read" not in (run.summary or "")
    told = [(entry.action, entry.detail["trouble"][:48]) for entry in AuditLog(team.service.database).entries()]
    assert [action for action, _ in told] == ["policy.changed", *["policy.broken"] * 3, "policy.changed"]
    assert told[1][1].startswith("The file cannot be read in full (line 4: ")


def test_in_shadow_it_is_said_what_would_be_and_nothing_is_blocked(team: Team) -> None:
    publish(team, "version: 1\nshadow: true\n")
    pull = team.open(dict(team.example("not-yet")[1]))
    run = team.answer(pull)
    assert run.conclusion == "neutral"
    assert (run.title or "").startswith("Shadow policy, would be: Not yet: ")
    assert [(s.state, s.description.startswith("Shadow policy, would be")) for s in team.statuses(pull)] == [
        ("success", True)
    ]
    kept = stored(team, pull)
    assert kept.decision == "not_yet"
    assert kept.verdict["policy"]["would_block"]["failure-is-behavior"] == 1


def test_a_private_policy_repository_is_read_where_the_app_is_installed_on_it(team: Team) -> None:
    world = team.world
    world.create_repo(
        world.account("acme"), ".github", {ORGANISATION: STRICTER}, private=True, author=world.account("lena-brandt")
    )
    assert team.answer(team.open(dict(team.example("ready")[1]))).conclusion == "failure"


def test_the_command_line_explains_what_holds_for_a_repository(
    team: Team, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    publish(team, STRICTER)
    monkeypatch.setenv("TUNEGATE_GITHUB_APP_ID", str(team.app.id))
    monkeypatch.setenv("TUNEGATE_GITHUB_PRIVATE_KEY", team.app.private_key_pem or "")
    monkeypatch.setenv("TUNEGATE_GITHUB_WEBHOOK_SECRET", "x")
    monkeypatch.setenv("TUNEGATE_GITHUB_API_URL", sandbox.api_url)
    asked = ["policy", "explain", "--check", "examples-above-minimum", "--repo"]
    assert main([*asked, "acme/support-tools"]) == 0
    said = capsys.readouterr().out
    assert "  minimum: 600 <- organisation acme/.github tunegate/policy.yaml:5 (our audit), built in: 200" in said
    assert main([*asked, "acme/no-such"]) == 2
    assert "acme/no-such: the App is not installed there." in capsys.readouterr().err


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
    require: proposal.training.provider in ['openai']
"""


def test_a_rule_of_the_organisation_is_asked_and_told_at_its_field_with_its_line(team: Team) -> None:
    publish(team, RULE)
    pull = team.open(dict(team.example("ready")[1]))
    run = team.answer(pull)
    assert (run.conclusion, run.title) == ("failure", "Not yet: 5 of 5 items hold; a rule of the house is not met")
    [told] = [a for a in run.annotations if a.title == "approved-providers: failed"]
    assert told.message.startswith("We have no contract with this provider.")
    assert told.message.endswith("Asked by the organisation's policy (acme/.github tunegate/policy.yaml line 3).")
    assert told.start_line > 1
    review = stored(team, pull)
    kept = {key: value for key, value in review.verdict.items() if key != "pull_request"}
    assert as_json(judged_again(team, review)) == kept


def test_a_hostile_rule_is_unverified_and_the_other_findings_stand(team: Team) -> None:
    hostile = f'"[[1]]{".map(a, a + a)" * 27}[0] == [2]"'
    publish(team, RULE.replace("proposal.training.provider in ['openai']", hostile))
    run = team.answer(team.open(dict(team.example("ready")[1])))
    assert (run.conclusion, run.title) == (
        "failure",
        "Could not verify: 5 of 5 items hold; a rule of the house could not be verified",
    )
    [told] = [a.message for a in run.annotations if a.title == "approved-providers: unverified"]
    assert "takes more than 2 seconds or too much memory" in told


def test_a_rule_that_does_not_fit_keeps_a_proposal_from_being_ready_and_names_its_line(team: Team) -> None:
    publish(team, RULE.replace("training.provider in", "training.provder in"))
    run = team.answer(team.open(dict(team.example("ready")[1])))
    assert run.conclusion == "failure"
    assert "line 10" in (run.summary or "")
    assert "Did you mean" in (run.summary or "")


def test_what_came_into_force_and_what_is_broken_stands_in_the_log_of_decisions(team: Team) -> None:
    publish(team, STRICTER)
    pull = team.open(dict(team.example("ready")[1]))
    team.answer(pull)
    publish(team, STRICTER.replace("minimum", "minimun"))
    again(team, pull, 1)
    entries = list(AuditLog(team.service.database).entries())
    assert list(breaks(entries)) == []
    told = [(entry.action, entry.subject, entry.detail["trouble"]) for entry in entries]
    where = f"acme/.github {ORGANISATION}"
    assert told[0] == ("policy.changed", where, "")
    [(action, subject, trouble)] = told[1:]
    assert (action, subject) == ("policy.broken", where)
    assert "(line 4: " in trouble
