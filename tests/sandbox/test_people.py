"""Who is there, and what ties them to a repository?"""

import pytest

from tests.sandbox.town import Refusal, Town


@pytest.mark.parametrize(
    ("login", "kind", "status"),
    [
        ("ada", "User", 200),
        ("ADA", "User", 200),
        ("acme", "Organization", 200),
        ("gate[bot]", "Bot", 200),
        ("x", "", 404),
    ],
)
def test_an_account_is_found_by_its_login(town: Town, login: str, kind: str, status: int) -> None:
    answer = town.call("GET", f"/users/{login}", town.token())
    assert (answer.status_code, answer.json().get("type", "")) == (status, kind)


def test_an_account_is_found_by_its_number_whatever_it_is_called_by_now(town: Town) -> None:
    path = f"/user/{town.eve.id}"
    town.world.rename_user(town.eve, "eve-new")
    assert town.call("GET", path, town.token()).json()["login"] == "eve-new"
    assert town.call("GET", "/users/eve", town.token()).status_code == 404
    town.world.suspend(town.eve)
    assert town.call("GET", path, town.token()).status_code == 404


def test_membership_is_told_to_whoever_may_see_it(town: Town) -> None:
    org = town.github(town.token()).get_organization("acme")
    github = town.github(town.token())
    tied = {login: org.has_in_members(github.get_user(login)) for login in ("ada", "ben", "eve")}  # type: ignore[arg-type]
    assert tied == {"ada": True, "ben": True, "eve": False}


def test_an_outsider_is_sent_on_to_the_public_members(town: Town) -> None:
    answer = town.call("GET", "/orgs/acme/members/ben", town.token_of(town.eve))
    assert answer.status_code == 302
    assert answer.headers["location"] == f"{town.api}/orgs/acme/public_members/ben"
    assert town.call("GET", "/orgs/acme/public_members/ben").status_code == 404
    assert town.call("GET", "/orgs/acme/public_members/ada").status_code == 204
    assert [each["login"] for each in town.call("GET", "/orgs/acme/members").json()] == ["ada"]


def test_an_app_that_may_not_see_people_is_forbidden_to(town: Town) -> None:
    token = town.token(permissions={"contents": "read"})
    assert Refusal.of(town.call("GET", "/orgs/acme/members/ada", token)).status == 403


def test_teams_are_shown_to_members(town: Town) -> None:
    github = town.github(town.token())
    team = github.get_organization("acme").get_team_by_slug("ml-platform")
    assert (team.name, sorted(each.login for each in team.get_members())) == ("ML Platform", ["ada", "ben"])
    assert team.get_team_membership(github.get_user("ada")).state == "active"  # type: ignore[arg-type]
    assert town.call("GET", "/orgs/acme/teams", town.token_of(town.eve)).status_code == 404


@pytest.mark.parametrize(
    ("login", "permission", "role"),
    [("ada", "write", "write"), ("ben", "admin", "admin"), ("eve", "none", ""), ("ADA", "write", "write")],
)
def test_a_permission_is_the_highest_of_all_ties(town: Town, login: str, permission: str, role: str) -> None:
    path = f"/repos/acme/models/collaborators/{login}/permission"
    said = town.call("GET", path, town.token()).json()
    assert (said["permission"], said["role_name"]) == (permission, role)


def test_maintainers_and_triagers_have_a_base_role(town: Town) -> None:
    town.world.add_collaborator(town.models, town.eve, "triage")
    town.world.add_team_repo(town.team, town.models, "maintain")
    for login, permission, role in (("eve", "read", "triage"), ("ada", "write", "maintain")):
        said = town.call("GET", f"/repos/acme/models/collaborators/{login}/permission", town.token()).json()
        assert (said["permission"], said["role_name"], said["user"]["role_name"]) == (permission, role, role)


def test_the_permission_of_nobody_is_not_found(town: Town) -> None:
    answer = town.call("GET", "/repos/acme/models/collaborators/nobody/permission", town.token())
    assert Refusal.of(answer) == Refusal(404, "nobody is not a user")
    assert town.call("GET", "/repos/acme/models/collaborators/eve", town.token()).status_code == 404
    assert town.call("GET", "/repos/acme/models/collaborators/ada", town.token()).status_code == 204


def test_what_a_deleted_account_wrote_is_the_ghosts(town: Town) -> None:
    pull = town.open_pull()
    town.world.delete_user(town.ada)
    said = town.call("GET", f"/repos/acme/models/pulls/{pull.number}", town.token()).json()
    assert said["user"]["login"] == "ghost"
    assert town.call("GET", "/users/ada").status_code == 404
