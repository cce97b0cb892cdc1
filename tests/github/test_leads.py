"""Which leads approve a pull request, and whose approval is none of a lead's?"""

from typing import Any

import pytest

from bot.ports import Directory
from bot.readiness.fact import Known, Trouble, Unavailable
from bot.readiness.ownership import Consent
from tests.github.conftest import Bot
from tests.github.stand_in import HEAD, Fault, StandIn

ADA, BOB, CY = ({"login": login, "id": n, "type": "User"} for n, login in enumerate(("ada", "bob", "cy"), 1))
OLD = "e" * 40
TEAM = ("acme/ml-leads",)


def review(user: Any, commit: str = HEAD, state: str = "APPROVED") -> dict[str, Any]:
    return {"id": 1, "user": user, "state": state, "commit_id": commit, "body": ""}


@pytest.fixture
def people(bot: Bot, github: StandIn) -> Directory:
    github.users = {"ada": ADA, "bob": BOB, "cy": CY}
    github.reviews = [review(BOB), review(CY)]
    directory = bot.pull()[0].directory()
    github.requests.clear()
    return directory


def leads(people: Directory, *named: str) -> list[str]:
    found = people.approving_leads(named)
    assert isinstance(found, Known)
    return [consent.login for consent in found.value]


def test_where_the_policy_names_nobody_an_administrator_leads(people: Directory, github: StandIn) -> None:
    github.permissions = {"bob": "write", "cy": "admin"}
    assert leads(people) == ["cy"]


def test_a_list_names_people_in_any_letters(people: Directory, github: StandIn) -> None:
    github.permissions = {"bob": "admin", "cy": "write"}
    assert leads(people, "Cy", "dee") == ["cy"]
    assert len(github.calls) == 1


def test_members_of_a_team_lead(people: Directory, github: StandIn) -> None:
    github.team_members = {("ml-leads", "bob"): "pending", ("ml-leads", "cy"): "active", ("others", "bob"): "active"}
    github.permissions = {"bob": "admin"}
    assert leads(people, *TEAM) == ["cy"]


def test_a_list_may_name_people_and_teams(people: Directory, github: StandIn) -> None:
    github.reviews = [review(BOB, OLD), review(CY, OLD)]
    github.team_members = {("ml-leads", "cy"): "active"}
    assert leads(people, "bob", *TEAM) == ["bob", "cy"]


def test_nobody_approves_their_own_pull_request(people: Directory, github: StandIn) -> None:
    github.reviews = [review(ADA)]
    github.permissions = {"ada": "admin"}
    assert leads(people) == []
    assert leads(people, "ada") == []


@pytest.mark.parametrize("state", ["CHANGES_REQUESTED", "DISMISSED", "COMMENTED"])
def test_only_an_approval_that_stands_counts(people: Directory, github: StandIn, state: str) -> None:
    github.reviews = [review(CY), review(CY, state=state)]
    assert leads(people, "cy") == (["cy"] if state == "COMMENTED" else [])


def test_one_lead_at_the_head_is_enough_and_one_of_an_old_head_is_told(people: Directory, github: StandIn) -> None:
    github.reviews = [review(BOB, OLD), review(CY), review({"login": "dee", "id": 4, "type": "User"})]
    found = people.approving_leads(["bob", "cy", "dee"])
    assert isinstance(found, Known)
    assert found.value == (Consent("bob", 2, "review", OLD), Consent("cy", 3, "review", HEAD))


def test_reviews_are_listed_once_for_consents_and_leads(people: Directory, github: StandIn) -> None:
    people.consents(["bob"])
    github.requests.clear()
    assert leads(people, "cy") == ["cy"]
    assert not github.calls


@pytest.mark.parametrize("team", ["acme/", "acme/..", "acme/a/b", "/x", "acme/ü", "other/ml-leads"])
def test_what_is_no_team_is_never_asked_for(people: Directory, github: StandIn, team: str) -> None:
    assert leads(people, team) == []
    assert len(github.calls) == 1


@pytest.mark.parametrize(
    ("path", "status", "named"),
    [("/reviews", 502, ()), ("/permission", 500, ()), ("/permission", 403, ()), ("/memberships/", 403, TEAM), ("/memberships/", 500, TEAM)],
)  # fmt: skip
def test_what_cannot_be_seen_is_no_no(
    people: Directory, github: StandIn, path: str, status: int, named: tuple[str, ...]
) -> None:
    github.faults.append(Fault("GET", path, (status, {}, {})))
    found = people.approving_leads(named)
    assert isinstance(found, Unavailable)
    assert found.trouble is Trouble.PASSING


def test_a_lead_who_is_seen_is_enough_although_another_cannot_be(people: Directory, github: StandIn) -> None:
    github.team_members = {("ml-leads", "cy"): "active"}
    github.faults.append(Fault("GET", "/memberships/bob", (403, {}, {})))
    assert leads(people, *TEAM) == ["cy"]


def test_of_many_approvals_only_so_many_are_looked_at(people: Directory, github: StandIn) -> None:
    github.reviews = [review({"login": f"p{n}", "id": 100 + n, "type": "User"}) for n in range(40)]
    assert leads(people) == []
    assert len(github.calls) == 21
