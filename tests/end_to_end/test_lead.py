"""Does a lead's approval let a gain through that is no saved money, and nobody else's?"""

import pytest

from bot.sandbox.model import Pull
from tests.end_to_end.conftest import Team

READY, NOT_YET = "success", "failure"
CLAIMED = "  claimed: {savings_12_months: 17155, payback_days: 33}\n"


@pytest.fixture
def changed(team: Team) -> dict[str, str]:
    """The files of a proposal that is ready but for what its gain in quality is worth."""
    sample, files = team.example("ready")
    path = f"{sample.folder}/finetune-proposal.yaml"
    text = files[path].replace("benefit: {kind: cost}", "benefit: {kind: quality}").replace(CLAIMED, "")
    assert text != files[path]
    return {**files, path: text}


@pytest.fixture
def pull(team: Team, changed: dict[str, str]) -> Pull:
    pull = team.open(changed)
    assert conclusion(team, pull) == NOT_YET
    return pull


def conclusion(team: Team, pull: Pull) -> str | None:
    return team.answer(pull).conclusion


def approve(team: Team, pull: Pull, login: str) -> None:
    team.world.review(pull, team.world.account(login), "APPROVE")
    team.rest()


def test_what_is_lacking_is_told_and_an_administrator_s_approval_mends_it(team: Team, pull: Pull) -> None:
    [said] = [a.message for a in team.answer(pull).annotations if a.level == "failure"]
    assert "What the quality is worth is not shown" in said
    assert "let an administrator of the repository approve the pull request" in said
    approve(team, pull, "lena-brandt")
    assert conclusion(team, pull) == READY
    assert "lena\\-brandt, a lead, approves the quality at its cost" in team.answer(pull).text


def test_the_approval_of_somebody_who_may_only_write_changes_nothing(team: Team, pull: Pull) -> None:
    approve(team, pull, "ben-okafor")
    assert conclusion(team, pull) == NOT_YET


def test_an_approval_lasts_until_cost_or_gain_are_another(team: Team, pull: Pull, changed: dict[str, str]) -> None:
    approve(team, pull, "lena-brandt")
    assert conclusion(team, pull) == READY
    [path] = [name for name in changed if name.endswith("finetune-proposal.yaml")]
    team.push(pull, {path: changed[path] + "# a word more\n"})
    assert conclusion(team, pull) == READY
    team.push(pull, {path: changed[path].replace("training: 200", "training: 900")})
    assert conclusion(team, pull) == NOT_YET
    assert any("approved an earlier commit" in a.message for a in team.answer(pull).annotations)


def test_evidence_of_the_value_needs_no_lead(team: Team, pull: Pull, changed: dict[str, str]) -> None:
    [path] = [name for name in changed if name.endswith("finetune-proposal.yaml")]
    folder = path.rpartition("/")[0]
    benefit = "benefit: {kind: quality, value_12_months: 12000, artifact: docs/value.csv}"
    months = "\n".join(["month,value", "2026-08,1000", "2026-09,1100", "2026-10,1200"])
    team.push(
        pull, {path: changed[path].replace("benefit: {kind: quality}", benefit), f"{folder}/docs/value.csv": months}
    )
    assert conclusion(team, pull) == READY
