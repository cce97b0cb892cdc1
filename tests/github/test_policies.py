"""Are policy files read from the default branches alone, remembered, there or not, and is trouble never taken for absence?"""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.github.client import Client
from bot.github.policies import MAX_AGE, PolicyFiles, policies_of
from bot.github.trouble import InstallationGone
from bot.ports import ForgeTrouble
from bot.readiness.policy import LayerKind
from bot.readiness.policy_file import PolicyText
from bot.sandbox.faults import Fault
from tests.github.shop import Shop, WorldClock, led_to

OWNERS, OWN = "tunegate/policy.yaml", ".tunegate.yaml"
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


@dataclass
class Memory:
    """What the database keeps, in a dictionary."""

    kept: dict[tuple[int, str, str], Any] = field(default_factory=dict)
    pushes: int = 0

    def find(self, installation_id: int, repository: str, path: str) -> tuple[Any, int]:
        return self.kept.get((installation_id, repository, path)), self.pushes

    def keep(self, installation_id: int, repository: str, path: str, found: Any, pushes: int) -> None:
        self.kept[installation_id, repository, path] = found


@dataclass
class Clock:
    instant: datetime = NOON

    def now(self) -> datetime:
        return self.instant

    def today(self) -> Any:
        return self.instant.date()


class Reading:
    """The shop's policy files, with the requests for them counted."""

    def __init__(self, shop: Shop) -> None:
        self.shop, self.memory, self.clock = shop, Memory(), Clock()
        self.auth = shop.auth
        self.installation = shop.town.installation.id
        self.files = PolicyFiles(self.clock, led_to(self.auth.api_url), self.memory)

    def client(self, repository_id: int | None = None) -> Client:
        return Client(self.auth, self.auth.api_url, self.installation, repository_id, WorldClock(self.shop.world))

    def read(self) -> tuple[PolicyText, ...]:
        one = self.client(self.shop.models.id)
        return self.files.read(self.client(), one, self.installation, self.shop.models.full_name)

    def asked(self) -> int:
        return sum("/contents/" in seen.path for seen in self.shop.world.requests)


@pytest.fixture
def reading(shop: Shop) -> Reading:
    return Reading(shop)


def commit(reading: Reading, files: dict[str, Any], branch: str = "main") -> None:
    world, models = reading.shop.world, reading.shop.models
    world.commit(models, branch, files, "x", models.owner)


def owners(reading: Reading, files: dict[str, Any]) -> None:
    world, models = reading.shop.world, reading.shop.models
    world.create_repo(models.owner, ".github", files, author=models.owner)


def test_both_files_are_read_the_owner_s_first(reading: Reading) -> None:
    owners(reading, {OWNERS: "version: 1\n"})
    commit(reading, {OWN: "version: 1\nshadow: false\n"})
    first, second = reading.read()
    assert (first.place.kind, first.place.path, first.content) == (LayerKind.ORGANISATION, OWNERS, b"version: 1\n")
    assert (second.place.kind, second.content) == (LayerKind.REPOSITORY, b"version: 1\nshadow: false\n")
    assert first.place.repository == f"{reading.shop.models.owner.login}/.github"


def test_a_file_of_another_branch_is_not_read(reading: Reading) -> None:
    commit(reading, {OWN: "version: 1\n"}, branch="tune")
    assert reading.read() == ()


def test_what_is_not_there_costs_no_further_call(reading: Reading) -> None:
    assert reading.read() == ()
    asked = reading.asked()
    assert asked == 2
    assert reading.read() == ()
    assert reading.asked() == asked


def test_what_is_there_is_remembered_as_it_was(reading: Reading) -> None:
    owners(reading, {OWNERS: b"\xff\x00"})
    commit(reading, {f"{OWN}/x": "a folder"})
    first = reading.read()
    assert reading.read() == first
    assert reading.asked() == 2
    assert first[0].content == b"\xff\x00"
    assert first[1].content is None
    assert "is a folder" in first[1].trouble


@pytest.mark.parametrize("later", [MAX_AGE + timedelta(seconds=1), -MAX_AGE - timedelta(seconds=1)])
def test_it_is_asked_for_again_after_a_while_whichever_way_the_clock_went(reading: Reading, later: timedelta) -> None:
    assert reading.read() == ()
    commit(reading, {OWN: "version: 1\n"})
    reading.clock.instant += MAX_AGE
    assert reading.read() == ()
    reading.clock.instant = NOON + later
    assert len(reading.read()) == 1


@pytest.mark.parametrize("status", [403, 429, 500, 503])
def test_trouble_is_not_absence_and_is_not_remembered(reading: Reading, status: int) -> None:
    owners(reading, {OWNERS: "version: 1\n"})
    reading.shop.world.faults.append(Fault("GET", f"/contents/{OWNERS}", status=status))
    with pytest.raises(ForgeTrouble):
        reading.read()
    assert len(reading.read()) == 1


def test_a_file_that_is_too_large_is_there_and_cannot_be_read(reading: Reading) -> None:
    commit(reading, {OWN: "#" * 70_000})
    [text] = reading.read()
    assert (text.content, "65,536" in text.trouble) == (None, True)


def test_the_policy_of_a_repository_is_found_by_its_name(reading: Reading) -> None:
    commit(reading, {OWN: "version: 1\n"})
    found = policies_of(reading.shop.models.full_name, reading.auth, reading.clock, led_to(reading.auth.api_url))
    assert [text.place.path for text in found] == [OWN]
    with pytest.raises(InstallationGone):
        policies_of("acme/no-such", reading.auth, reading.clock, led_to(reading.auth.api_url))


@pytest.mark.parametrize("gone", ["out of the installation", "deleted"])
def test_a_repository_out_of_sight_takes_no_policy_away(reading: Reading, gone: str) -> None:
    """GitHub says the same 404 of a file that is not there and of a repository that the App may not see."""
    world, installation = reading.shop.world, reading.shop.town.installation
    owners(reading, {OWNERS: "version: 1\nname: acme\n"})
    dot = world.repo(f"{reading.shop.models.owner.login}/.github")
    dot.private = True
    [known] = reading.read()
    if gone == "deleted":
        del world.repos[dot.id]
    else:
        world.select_repositories(installation, [reading.shop.models])
    reading.clock.instant += MAX_AGE + timedelta(seconds=1)
    for _ in range(2):
        [held] = reading.read()
        assert (held.place, held.content) == (known.place, known.content)
        assert "out of sight" in held.trouble
        reading.clock.instant += MAX_AGE + timedelta(seconds=1)
    if gone != "deleted":
        world.select_repositories(installation, None)
        assert reading.read() == (known,)


def test_a_file_that_was_removed_is_gone(reading: Reading) -> None:
    owners(reading, {OWNERS: "version: 1\n", "README.md": "x"})
    dot = reading.shop.world.repo(f"{reading.shop.models.owner.login}/.github")
    assert len(reading.read()) == 1
    reading.shop.world.commit(dot, "main", {OWNERS: None}, "Give it up", dot.owner)
    reading.clock.instant += MAX_AGE + timedelta(seconds=1)
    assert reading.read() == ()


def test_while_github_cannot_say_whether_it_is_in_sight_the_review_waits(reading: Reading) -> None:
    owners(reading, {OWNERS: "version: 1\n"})
    dot = reading.shop.world.repo(f"{reading.shop.models.owner.login}/.github")
    reading.read()
    del reading.shop.world.repos[dot.id]
    reading.clock.instant += MAX_AGE + timedelta(seconds=1)
    reading.shop.world.faults.append(Fault("GET", r"/\.github$", status=502))
    with pytest.raises(ForgeTrouble):
        reading.read()
