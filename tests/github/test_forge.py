"""Is the pull request read as it is, and is every trouble of GitHub's put in our words?"""

from datetime import date, timedelta
from typing import Any

import pytest

from bot.github.client import Client
from bot.ports import ForgeTrouble
from tests.github.answers import PATH, ready
from tests.github.conftest import Bot
from tests.github.stand_in import BASE, HEAD, INSTALLATION, NUMBER, REPOSITORY, Fault, StandIn


def test_a_pull_request_is_read_as_it_is(bot: Bot) -> None:
    _, pull = bot.pull()
    assert (pull.repository, pull.number, pull.title, pull.state) == ("acme/models", NUMBER, "Tune the router", "open")
    assert (pull.head_sha, pull.base_sha, pull.base_ref, pull.default_branch) == (HEAD, BASE, "main", "main")
    assert (pull.author, pull.draft, pull.from_fork) == ("ada", False, False)
    assert pull.opened_on == date(2026, 1, 31)


@pytest.mark.parametrize("head_repo", [None, {"id": 777}])
def test_a_fork_is_told_and_read_through_the_base_repository(bot: Bot, github: StandIn, head_repo: Any) -> None:
    github.pull["head"]["repo"] = head_repo
    forge, pull = bot.pull()
    assert pull.from_fork
    forge.files().read(PATH, max_bytes=100)
    assert github.calls[-1] == ("GET", f"/repos/acme/models/contents/{PATH}")


def test_a_deleted_account_is_a_ghost(bot: Bot, github: StandIn) -> None:
    github.pull["user"] = None
    assert bot.pull()[1].author == "ghost"


def test_a_closed_pull_request_is_still_returned(bot: Bot, github: StandIn) -> None:
    github.pull["state"] = "closed"
    assert bot.pull()[1].state == "closed"


def test_a_pull_request_that_is_gone_is_none(bot: Bot, github: StandIn) -> None:
    github.faults += [Fault("GET", "/pulls/", (404, {"message": "Not Found"}, {})) for _ in range(2)]
    assert bot.open().pull_request() is None


@pytest.mark.parametrize("how", ["uninstalled", "suspended", "repository removed"])
def test_without_the_installation_there_is_no_pull_request(bot: Bot, github: StandIn, how: str) -> None:
    github.installed = how != "uninstalled"
    github.suspended = how == "suspended"
    if how == "repository removed":
        github.faults.append(Fault("POST", "access_tokens", (422, {"message": "not accessible"}, {})))
        github.faults[0].path = "^/app/installations/"
    assert bot.open().pull_request() is None


def test_a_renamed_repository_is_found_under_its_new_name(bot: Bot, github: StandIn) -> None:
    bot.pull()
    github.name = "acme/adapters"
    forge, pull = bot.pull()
    assert pull.repository == "acme/adapters"
    forge.publish(pull, ready(), "review-1", "https://tunegate.example/reviews/1")
    assert github.runs


def test_another_repository_under_the_old_name_is_not_mistaken_for_it(bot: Bot, github: StandIn) -> None:
    github.repository_id = REPOSITORY + 1
    assert bot.open().pull_request() is None


def test_the_name_of_the_repository_is_looked_up_when_the_token_does_not_bring_it(bot: Bot, github: StandIn) -> None:
    github.names_repositories = False
    assert bot.pull()[1].repository == "acme/models"


def test_every_changed_file_is_listed_over_pages(bot: Bot, github: StandIn) -> None:
    github.changed = [{"filename": f"f{n}", "status": "added"} for n in range(230)]
    forge, _ = bot.pull()
    changed = forge.changed_files()
    assert [file.path for file in changed] == [f"f{n}" for n in range(230)]
    assert changed[0].patch is None
    assert forge.changed_files() is changed


@pytest.mark.parametrize(
    ("status", "headers", "message", "wait"),
    [
        (403, {"retry-after": "17"}, "You have exceeded a secondary rate limit", 17),
        (429, {"retry-after": "5"}, "slow down", 5),
        (429, {}, "slow down", 60),
        (403, {}, "You have exceeded a secondary rate limit. Please wait a few minutes before you try again.", 60),
        (403, {"retry-after": "soon"}, "x", 60),
        (403, {"retry-after": "99999999"}, "x", 86400),
        (403, {}, "Resource not accessible by integration", None),
        (500, {}, "boom", None),
        (502, {"retry-after": "5"}, "boom", None),
        (400, {}, "Problems parsing JSON", None),
    ],
)
def test_trouble_says_when_to_try_again(
    bot: Bot, github: StandIn, status: int, headers: dict[str, str], message: str, wait: float | None
) -> None:
    github.faults.append(Fault("GET", "/pulls/", (status, {"message": message}, headers)))
    with pytest.raises(ForgeTrouble) as caught:
        bot.open().pull_request()
    assert caught.value.retry_after == wait


def test_an_exhausted_limit_says_when_it_is_reset(bot: Bot, github: StandIn) -> None:
    reset = int((bot.clock.now() + timedelta(minutes=20)).timestamp())
    headers = {"x-ratelimit-remaining": "0", "x-ratelimit-reset": str(reset), "x-ratelimit-limit": "5000"}
    github.faults.append(Fault("GET", "/pulls/", (403, {"message": "API rate limit exceeded"}, headers)))
    with pytest.raises(ForgeTrouble) as caught:
        bot.open().pull_request()
    assert caught.value.retry_after == pytest.approx(1200, abs=30)


def test_a_limit_on_writing_is_told_too(bot: Bot, github: StandIn) -> None:
    limit = (403, {"message": "You have exceeded a secondary rate limit"}, {"Retry-After": "90"})
    github.faults.append(Fault("POST", "/check-runs", limit))
    with pytest.raises(ForgeTrouble) as caught:
        bot.review(ready())
    assert caught.value.retry_after == 90


@pytest.mark.parametrize("answer", [b"<html>proxy</html>", b"{half", b"[]", b"", b'"text"', b"null", b"{}"])
def test_an_answer_that_is_no_pull_request_is_trouble(bot: Bot, github: StandIn, answer: bytes) -> None:
    github.faults += [Fault("GET", "/pulls/", (200, answer, {})) for _ in range(2)]
    try:
        found = bot.open().pull_request()
    except ForgeTrouble:
        found = None
    assert found is None


@pytest.mark.parametrize("answer", [b"<html>proxy</html>", b"[]", b"", b'"text"', b"null"])
def test_an_error_without_github_s_words_is_trouble(bot: Bot, github: StandIn, answer: bytes) -> None:
    github.faults.append(Fault("GET", "/pulls/", (503, answer, {})))
    with pytest.raises(ForgeTrouble):
        bot.open().pull_request()


def test_a_lost_connection_is_trouble(bot: Bot, github: StandIn) -> None:
    github.faults.append(Fault("GET", "/pulls/", lost=True))
    with pytest.raises(ForgeTrouble, match="could not be reached") as caught:
        bot.open().pull_request()
    assert caught.value.retry_after is None


def test_a_refused_token_is_replaced_once(bot: Bot, github: StandIn) -> None:
    bot.pull()
    github.valid.clear()
    bot.pull()
    assert len(github.tokens) == 2
    github.faults += [Fault("GET", "/pulls/", (401, {"message": "Bad credentials"}, {})) for _ in range(2)]
    with pytest.raises(ForgeTrouble, match="401"):
        bot.open().pull_request()


def test_a_refused_token_is_replaced_while_writing_and_the_guard_is_asked_again(bot: Bot, github: StandIn) -> None:
    asked: list[int] = []
    forge, pull = bot.pull()
    bot.guard = lambda: asked.append(1)
    github.valid.clear()
    forge.begin(pull, "https://tunegate.example/")
    assert len(github.runs) == 1
    assert asked == [1, 1]


def test_a_file_is_streamed_with_a_new_token_when_the_old_one_is_refused(bot: Bot, github: StandIn) -> None:
    client = Client(bot.auth, github.url, INSTALLATION, REPOSITORY, bot.clock)
    client.repository()
    github.valid.clear()
    body = client.stream(f"/repos/acme/models/contents/{PATH}", {"ref": HEAD}, accept="raw", max_bytes=100)
    assert body.content == github.files[PATH]
