"""Is what was committed before told as git knows it, and is trouble never taken for an absence?"""

from datetime import UTC, datetime
from typing import Any

import pytest

from bot.ports import History
from bot.readiness.evidence import History as Versions
from bot.readiness.fact import Known, Trouble
from tests.github.shop import Shop, known, unavailable
from tests.sandbox.town import PROPOSAL

DATA = "data/rows.jsonl"


@pytest.fixture
def history(shop: Shop) -> History:
    history = shop.forge().history()
    shop.world.requests.clear()
    return history


def _versions(found: object) -> Versions:
    assert isinstance(found, Known), found
    assert isinstance(found.value, Versions)
    return found.value


def _listed(shop: Shop) -> list[str]:
    return [each.query for each in shop.world.requests if each.path.endswith("/commits")]


def test_versions_are_listed_newest_first_up_to_the_head_by_one_call(shop: Shop) -> None:
    first = shop.push({DATA: "1\n"})
    shop.push({"README.md": "other\n"})
    second = shop.push({DATA: "2\n"})
    shop.push({DATA: "elsewhere\n"}, "main")
    history = shop.forge().history()
    found = history.versions(DATA)
    versions = _versions(found)
    assert [each.commit for each in versions.versions][:2] == [second, first]
    assert versions.versions[0].committed_at == "2026-03-02T15:00:00Z"
    assert (len(versions.versions), versions.complete, versions.versions[0].meaning) == (3, True, None)
    assert isinstance(found, Known)
    assert (found.source.uri, found.source.revision) == (DATA, shop.pull.head_sha)
    assert len(_listed(shop)) == 1


def test_that_there_are_more_versions_is_told(shop: Shop, history: History) -> None:
    commits = [shop.push({DATA: f"{n}\n"}) for n in range(3)]
    newer = shop.forge().history()
    found = _versions(newer.versions(DATA, at_most=3))
    assert ([each.commit for each in found.versions], found.complete) == (commits[::-1], False)
    assert _versions(newer.versions(DATA, at_most=4)).complete
    # the one that was opened before still tells of the head that it saw
    assert len(_versions(history.versions(DATA)).versions) == 1


def test_versions_are_listed_since_an_instant(shop: Shop) -> None:
    shop.push({DATA: "1\n"})
    second = shop.push({DATA: "2\n"})
    found = _versions(shop.forge().history().versions(DATA, since=datetime(2026, 3, 2, 14, tzinfo=UTC)))
    assert ([each.commit for each in found.versions], found.complete) == ([second], True)


def test_a_merge_is_no_version_of_what_it_only_brings(shop: Shop) -> None:
    commit = shop.push({DATA: "1\n"})
    shop.world.merge(shop.pull, shop.town.ben)
    second = shop.town.open_pull("second", "version: 2\n")
    shop.pull = second
    assert _versions(shop.forge().history().versions(DATA)).versions[0].commit == commit


def test_a_file_that_was_never_there_has_no_version(history: History) -> None:
    assert _versions(history.versions("nowhere.json")) == Versions(())


@pytest.mark.parametrize("path", ["", "/etc/passwd", "../x", "a//b", "a\nb"])
def test_a_path_that_leaves_the_repository_is_never_asked_for(shop: Shop, history: History, path: str) -> None:
    assert unavailable(history.versions(path)).trouble is Trouble.DEFINITIVE
    assert unavailable(history.read(path, "a" * 40, max_bytes=9)).trouble is Trouble.DEFINITIVE
    assert unavailable(history.on_base(path, max_bytes=9)).trouble is Trouble.DEFINITIVE
    assert not shop.world.requests


SHA = "a" * 40


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (502, None),
        (403, {"message": "Resource not accessible by integration"}),
        (404, {"message": "Not Found"}),
        (200, {"message": "no list"}),
        (200, [{"sha": SHA}]),
        (200, [{"sha": SHA, "commit": {"committer": None}}]),
        (200, [{"sha": "main", "commit": {"committer": {"date": "2026-03-02T12:00:00Z"}}}]),
        (200, [{"sha": SHA, "commit": {"committer": {"date": "yesterday"}}}]),
        (200, [{"sha": SHA, "commit": {"committer": {"date": "2026-03-02T12:00:00"}}}]),
        (200, ["commit"]),
    ],
)
def test_trouble_with_the_list_is_passing(shop: Shop, history: History, status: int, body: Any) -> None:
    shop.fail("/commits$", status, body)
    found = unavailable(history.versions(DATA))
    assert (found.trouble, found.reason.startswith(f"The versions of `{DATA}`")) == (Trouble.PASSING, True)
    assert _versions(history.versions(DATA)).complete


def test_a_file_is_read_as_it_was(shop: Shop, history: History) -> None:
    then = shop.push({DATA: "1\n"})
    shop.push({DATA: "2\n"})
    found = known(history.read(DATA, then, max_bytes=100))
    assert (found.value, found.source.revision) == (b"1\n", then)
    assert unavailable(history.read("nowhere", then, max_bytes=100)).trouble is Trouble.DEFINITIVE
    assert unavailable(history.read(DATA, "f" * 40, max_bytes=100)).trouble is Trouble.PASSING


@pytest.mark.parametrize("commit", ["main", "abc1234", "", "A" * 40])
def test_only_a_whole_digest_names_a_commit(shop: Shop, history: History, commit: str) -> None:
    assert unavailable(history.read(DATA, commit, max_bytes=100)).trouble is Trouble.DEFINITIVE
    assert not shop.world.requests


def test_the_base_is_read_where_the_pull_request_starts_and_none_is_an_absence_alone(shop: Shop) -> None:
    base = shop.pull.base_sha
    shop.push({"README.md": "later\n"}, "main")
    history = shop.forge().history()
    found = history.on_base("README.md", max_bytes=100)
    assert (known(found).value, known(found).source.revision) == (b"# Models\n", base)
    assert history.on_base(PROPOSAL, max_bytes=100) is None
    assert unavailable(history.on_base("docs", max_bytes=100)).trouble is Trouble.DEFINITIVE
    assert unavailable(history.on_base("README.md", max_bytes=2)).trouble is Trouble.DEFINITIVE
    for status, body in ((500, None), (403, {"message": "No"}), (404, {"message": "No commit found for the ref x"})):
        shop.fail("/contents/", status, body)
        assert unavailable(history.on_base("README.md", max_bytes=100)).trouble is Trouble.PASSING


def test_a_fork_s_commits_are_listed_through_the_base_repository(shop: Shop) -> None:
    fork = shop.world.fork(shop.models, shop.town.ada, "models-fork")
    made = shop.world.commit(fork, "from-fork", {DATA: "fork\n"}, "Fork", shop.town.ada)
    shop.pull = shop.world.open_pull(shop.models, "From a fork", "from-fork", shop.town.ada, head_repo=fork)
    history = shop.forge().history()
    assert _versions(history.versions(DATA)).versions[0].commit == made.sha
    assert known(history.read(DATA, made.sha, max_bytes=100)).value == b"fork\n"
