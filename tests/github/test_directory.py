"""Is a person found with the tie to the repository, and is what we may not see never taken for a no?"""

import json
from datetime import timedelta
from typing import Any

import pytest

from bot.github.directory import PeopleOfTheDay
from bot.github.forge import GitHub
from bot.ports import Directory, ReviewRequested
from bot.readiness.fact import Fact, Known, Trouble, Unavailable
from bot.readiness.ownership import Person, Team
from tests.github.conftest import REQUEST, Bot
from tests.github.memory_ledger import MemoryLedger
from tests.github.shop import Shop, WorldClock, led_to
from tests.github.stand_in import Fault, StandIn


@pytest.fixture
def people(bot: Bot, github: StandIn) -> Directory:
    github.users = {
        "ada": {"login": "Ada", "id": 1, "type": "User"},
        "bob": {"login": "bob", "id": 2, "type": "User"},
        "acme": {"login": "acme", "id": 3, "type": "Organization"},
    }
    forge, _ = bot.pull()
    github.requests.clear()
    return forge.directory()


def _person(found: Fact[Person]) -> Person:
    assert isinstance(found, Known)
    return found.value


def _unavailable(found: Fact[Person]) -> Unavailable:
    assert isinstance(found, Unavailable)
    return found


def test_a_member_of_the_organisation_takes_two_calls(people: Directory, github: StandIn) -> None:
    github.members["ada"] = 204
    person = _person(people.person("ada"))
    assert (person.login, person.id, person.member, person.may_own) == ("Ada", 1, True, True)
    assert len(github.calls) == 2


@pytest.mark.parametrize(("permission", "may_own"), [("write", True), ("admin", True), ("read", False)])
def test_a_collaborator_s_permission_counts(people: Directory, github: StandIn, permission: str, may_own: bool) -> None:
    github.permissions["bob"] = permission
    person = _person(people.person("bob"))
    assert (person.member, person.permission, person.may_own) == (False, permission, may_own)


def test_a_stranger_may_not_own(people: Directory) -> None:
    person = _person(people.person("bob"))
    assert (person.permission, person.may_own) == ("none", False)


def test_an_organisation_may_not_own_and_is_asked_nothing_more(people: Directory, github: StandIn) -> None:
    person = _person(people.person("acme"))
    assert (person.type, person.may_own) == ("Organization", False)
    assert len(github.calls) == 1


def test_an_account_that_is_not_there_is_definitive(people: Directory) -> None:
    found = _unavailable(people.person("nobody"))
    assert found.trouble is Trouble.DEFINITIVE
    assert "no account `nobody`" in found.reason


@pytest.mark.parametrize("login", ["", "../orgs/acme", "a b", "x" * 101, "a\n", "ü"])
def test_what_is_no_login_is_never_asked_for(people: Directory, github: StandIn, login: str) -> None:
    assert _unavailable(people.person(login)).trouble is Trouble.DEFINITIVE
    assert not github.calls


@pytest.mark.parametrize("status", [302, 403])
def test_a_membership_that_we_may_not_see_is_no_no(people: Directory, github: StandIn, status: int) -> None:
    github.members["bob"] = status
    found = _unavailable(people.person("bob"))
    assert found.trouble is Trouble.PASSING
    assert found.fix is not None
    assert "members: read" in found.fix


def test_write_is_enough_where_the_membership_cannot_be_seen(people: Directory, github: StandIn) -> None:
    github.members["bob"] = 403
    github.permissions["bob"] = "write"
    assert _person(people.person("bob")).may_own


def test_a_permission_that_we_may_not_see_is_passing(people: Directory, github: StandIn) -> None:
    refusal = (403, {"message": "Resource not accessible by integration"}, {})
    github.faults.append(Fault("GET", "/permission", refusal))
    found = _unavailable(people.person("bob"))
    assert (found.trouble, found.fix is not None) == (Trouble.PASSING, True)


@pytest.mark.parametrize("path", ["/users/", "/members/", "/permission"])
@pytest.mark.parametrize("answer", [(500, {}, {}), (429, {}, {}), (200, b"[]", {})])
def test_trouble_on_github_s_side_is_passing(
    people: Directory, github: StandIn, path: str, answer: tuple[int, object, dict[str, str]]
) -> None:
    if path == "/members/" and answer[0] == 200:
        answer = (500, b"", {})  # a membership is told by the status alone
    github.faults.append(Fault("GET", path, answer))
    assert _unavailable(people.person("bob")).trouble is Trouble.PASSING


def test_outside_an_organisation_no_membership_is_asked(bot: Bot, github: StandIn, people: Directory) -> None:
    forge, _ = bot.pull()
    forge._organization = None  # type: ignore[attr-defined]
    github.permissions["bob"] = "admin"
    github.requests.clear()
    assert _person(forge.directory().person("bob")).may_own
    assert len(github.calls) == 2


def test_an_owner_is_asked_for_once_a_day_across_reviews(bot: Bot, people: Directory, github: StandIn) -> None:
    github.members["ada"] = 204
    people.person("ada")
    github.requests.clear()
    again = bot.pull()[0].directory()
    github.requests.clear()
    assert _person(again.person("ADA")).may_own
    assert not github.calls
    bot.clock.ahead = timedelta(days=1)
    assert _person(bot.pull()[0].directory().person("ada")).may_own
    assert ("GET", "/users/ada") in github.calls


def test_who_may_not_own_yet_is_asked_for_again_by_the_next_review(
    bot: Bot, people: Directory, github: StandIn
) -> None:
    assert not _person(people.person("bob")).may_own
    github.members["bob"] = 204
    asked = len(github.calls)
    assert not _person(people.person("Bob")).may_own
    assert len(github.calls) == asked
    assert _person(bot.pull()[0].directory().person("bob")).may_own


class MemoryPeople:
    """The memory that all workers share."""

    def __init__(self) -> None:
        self.kept: dict[tuple[int, str], dict[str, Any]] = {}

    def find(self, repo_id: int, name: str) -> dict[str, Any] | None:
        return self.kept.get((repo_id, name))

    def keep(self, repo_id: int, name: str, found: dict[str, Any]) -> None:
        self.kept[repo_id, name] = json.loads(json.dumps(found))


@pytest.fixture
def memory() -> MemoryPeople:
    return MemoryPeople()


def _worker(bot: Bot, memory: MemoryPeople) -> Directory:
    """Open the directory as another worker does, which shares nothing but the memory."""
    today = PeopleOfTheDay(bot.clock, memory)
    forge = GitHub(bot.auth, bot.github.url, bot.ledger, bot.clock, led_to(bot.github.url), today).open(
        REQUEST, lambda: None
    )
    assert forge.pull_request() is not None
    bot.github.requests.clear()
    return forge.directory()


def test_another_worker_asks_nothing_on_the_same_day(
    bot: Bot, people: Directory, github: StandIn, memory: MemoryPeople
) -> None:
    github.members["ada"] = 204
    found = _worker(bot, memory).person("ada")
    assert _worker(bot, memory).person("Ada") == found
    assert not github.calls
    bot.clock.ahead = timedelta(days=1)
    assert _worker(bot, memory).person("ada") == found
    assert ("GET", "/users/ada") in github.calls


def test_what_another_release_has_kept_is_asked_for_anew(
    bot: Bot, people: Directory, github: StandIn, memory: MemoryPeople
) -> None:
    github.members["ada"] = 204
    _worker(bot, memory).person("ada")
    [kept] = memory.kept.values()
    del kept["value"]["type"]
    assert _person(_worker(bot, memory).person("ada")).type == "User"


def test_a_renamed_account_is_told_with_its_new_name(
    bot: Bot, people: Directory, github: StandIn, memory: MemoryPeople
) -> None:
    github.members["ada"] = 204
    _worker(bot, memory).person("ada")
    github.users = {"ada-l": {"login": "ada-l", "id": 1, "type": "User"}}
    bot.clock.ahead = timedelta(days=3)
    found = _unavailable(_worker(bot, memory).person("ada"))
    assert (found.trouble, found.reason, found.fix) == (
        Trouble.DEFINITIVE,
        "`ada` is called `ada-l` by now.",
        "Write `ada-l`.",
    )


def test_an_account_that_is_gone_is_told_as_deleted_or_suspended(
    bot: Bot, people: Directory, github: StandIn, memory: MemoryPeople
) -> None:
    github.members["ada"] = 204
    _worker(bot, memory).person("ada")
    del github.users["ada"]
    bot.clock.ahead = timedelta(days=3)
    found = _unavailable(_worker(bot, memory).person("ada"))
    assert found.trouble is Trouble.DEFINITIVE
    assert "deleted, or is suspended" in found.reason
    github.faults.append(Fault("GET", "/user/1", (502, {}, {})))
    assert _unavailable(_worker(bot, memory).person("ada")).trouble is Trouble.PASSING


def test_a_suspended_account_of_an_enterprise_server_is_told(people: Directory, github: StandIn) -> None:
    github.users["ada"]["suspended_at"] = "2026-01-01T00:00:00Z"
    github.members["ada"] = 204
    assert "suspended" in _unavailable(people.person("ada")).reason


def test_a_team_is_found_with_its_number_once_a_day(people: Directory, github: StandIn) -> None:
    github.teams["ml"] = {"id": 77, "slug": "ml", "members_count": 4}
    assert people.team("acme/ml") == people.team("Acme/ML")
    found = people.team("acme/ml")
    assert isinstance(found, Known)
    assert found.value == Team("ml", 77, 4)
    assert github.calls == [("GET", "/orgs/acme/teams/ml")]


@pytest.mark.parametrize("name", ["acme/nobody", "other/ml", "acme/..", "acme/a b", "acme/x/y"])
def test_a_team_that_is_not_there_is_definitive(people: Directory, name: str) -> None:
    found = people.team(name)
    assert isinstance(found, Unavailable)
    assert (found.trouble, bool(found.fix)) == (Trouble.DEFINITIVE, True)


@pytest.mark.parametrize("answer", [(403, {"message": "no"}, {}), (500, {}, {}), (200, b"[]", {})])
def test_a_team_that_cannot_be_seen_is_passing(
    people: Directory, github: StandIn, answer: tuple[int, object, dict[str, str]]
) -> None:
    github.faults.append(Fault("GET", "/teams/", answer))
    found = people.team("acme/ml")
    assert isinstance(found, Unavailable)
    assert found.trouble is Trouble.PASSING


def test_a_person_s_repository_has_no_teams(bot: Bot, github: StandIn) -> None:
    forge, _ = bot.pull()
    forge._organization = None  # type: ignore[attr-defined]
    found = forge.directory().team("acme/ml")
    assert isinstance(found, Unavailable)
    assert found.trouble is Trouble.DEFINITIVE


def test_in_the_sandbox_too_a_person_is_followed_by_number(shop: Shop, memory: MemoryPeople) -> None:
    def directory() -> Directory:
        today = PeopleOfTheDay(WorldClock(shop.world), memory)
        github = GitHub(shop.auth, shop.town.api, MemoryLedger(), WorldClock(shop.world), led_to(shop.town.api), today)
        asked = ReviewRequested(shop.town.installation.id, shop.models.id, shop.pull.number, "pull_request.opened")
        forge = github.open(asked, lambda: None)
        assert forge.pull_request() is not None
        return forge.directory()

    found = _person(directory().person("ben"))
    assert isinstance(directory().team("acme/ml-platform"), Known)
    shop.world.rename_user(shop.town.ben, "benjamin")
    assert _person(directory().person("ben")).id == found.id  # it is still the same day
    shop.world.advance(timedelta(days=1))
    assert _unavailable(directory().person("ben")).fix == "Write `benjamin`."
    shop.world.suspend(shop.town.ben)
    assert "suspended" in _unavailable(directory().person("ben")).reason
