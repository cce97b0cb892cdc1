"""What do all answers have in common? ETags, pages, limits, headers, redirects, faults, and the log."""

import http.client
import threading
import time
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from github import GithubException

from bot.sandbox.world import Fault
from tests.sandbox.town import PROPOSAL, Refusal, Town

MODELS = "/repos/acme/models"


def test_what_is_known_already_is_not_sent_again_and_costs_nothing(town: Town) -> None:
    pull = town.open_pull()
    token, path = town.token(), f"{MODELS}/pulls/{pull.number}"
    first = town.call("GET", path, token)
    again = town.call("GET", path, token, headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", first.headers["etag"])
    assert again.headers["x-ratelimit-used"] == first.headers["x-ratelimit-used"]
    town.world.comment(pull, town.ada, "News")
    changed = town.call("GET", path, token, headers={"If-None-Match": first.headers["etag"]})
    assert (changed.status_code, changed.json()["comments"]) == (200, 1)
    assert changed.headers["etag"] != first.headers["etag"]


def test_every_answer_bears_githubs_headers(town: Town) -> None:
    answers = [
        town.call("GET", MODELS, town.token()),
        town.call("GET", MODELS),
        town.call("GET", MODELS, "unknown"),
        town.call("GET", "/no/such/thing"),
        town.call("POST", f"{MODELS}/statuses/{town.models.branches['main']}", town.token(), json={}),
    ]
    assert [each.status_code for each in answers] == [200, 404, 401, 404, 422]
    for each in answers:
        assert each.headers["x-github-media-type"] == "github.v3; format=json"
        assert {"x-ratelimit-limit", "x-ratelimit-remaining", "x-ratelimit-used", "x-ratelimit-reset"} <= {
            name.lower() for name in each.headers
        }
    assert len({each.headers["x-github-request-id"] for each in answers}) == len(answers)
    assert {each.json()["status"] for each in answers[1:]} == {"404", "401", "422"}
    assert all(each.json()["documentation_url"] for each in answers[1:])


def test_a_long_list_comes_in_pages_that_lead_to_each_other(town: Town) -> None:
    pull = town.open_pull()
    for n in range(7):
        town.world.comment(pull, town.ada, f"{n}")
    token, path = town.token(), f"{MODELS}/issues/{pull.number}/comments"
    pages = []
    url = f"{path}?per_page=3"
    while url:
        answer = town.call("GET", url, token)
        pages.append([each["body"] for each in answer.json()])
        links = {name: link["url"].removeprefix(town.api) for name, link in answer.links.items()}
        url = links.get("next", "")
    assert pages == [["0", "1", "2"], ["3", "4", "5"], ["6"]]
    assert links == {"prev": f"{path}?per_page=3&page=2", "first": f"{path}?per_page=3&page=1"}
    assert len(town.call("GET", f"{path}?per_page=1000&page=nonsense", token).json()) == 7
    assert town.call("GET", f"{path}?page=9", token).json() == []
    assert "link" not in town.call("GET", path, token).headers


def test_no_page_holds_more_than_a_hundred(town: Town) -> None:
    pull = town.open_pull()
    for n in range(101):
        town.world.comment(pull, town.ada, f"{n}")
    listed = town.github(town.token()).get_repo("acme/models").get_issue(pull.number).get_comments()
    assert len(list(listed)) == 101
    asked = [parse_qs(each.query) for each in town.world.requests if each.path.endswith("/comments")]
    assert asked == [{"per_page": ["100"]}, {"per_page": ["100"], "page": ["2"]}]
    comments = f"{MODELS}/issues/{pull.number}/comments"
    assert len(town.call("GET", f"{comments}?per_page=1000", town.token()).json()) == 100
    assert len(town.call("GET", comments, town.token()).json()) == 30


def test_the_limit_is_kept_for_each_caller_and_ends_with_the_hour(town: Town) -> None:
    town.world.rate_limit = 3
    token = town.token()
    left = [town.call("GET", MODELS, token).headers["x-ratelimit-remaining"] for _ in range(3)]
    assert left == ["2", "1", "0"]
    spent = town.call("GET", MODELS, token)
    assert (spent.status_code, spent.headers["x-ratelimit-remaining"]) == (403, "0")
    assert spent.json()["message"] == f"API rate limit exceeded for installation ID {town.installation.id}."
    assert int(spent.headers["x-ratelimit-reset"]) > town.world.now().timestamp()
    told = town.call("GET", "/rate_limit", token).json()["rate"]
    assert (told["limit"], told["remaining"], told["used"]) == (3, 0, 3)
    assert town.call("GET", MODELS, town.token_of(town.ada)).status_code == 200
    town.pass_time(hours=1, seconds=1)
    assert town.call("GET", MODELS, town.token()).status_code == 200


def test_a_renamed_repository_is_found_under_its_former_name(town: Town) -> None:
    pull = town.open_pull()
    town.world.rename_repo(town.models, "adapters")
    moved = town.call("GET", f"{MODELS}/pulls/{pull.number}", town.token())
    where = f"{town.api}/repositories/{town.models.id}/pulls/{pull.number}"
    assert (moved.status_code, moved.headers["location"], moved.json()["url"]) == (301, where, where)
    assert town.call("GET", f"{MODELS}/pulls/{pull.number}").status_code == 404
    found = town.github(town.token()).get_repo("acme/models").get_pull(pull.number)
    assert (found.title, found.base.repo.full_name) == (pull.issue.title, "acme/adapters")
    followed = town.call("GET", f"{MODELS}/contents/README.md", town.token(), follow=True)
    assert followed.status_code == 200
    body = {"body": "Hello"}
    comments = f"{MODELS}/issues/{pull.number}/comments"
    assert town.call("POST", comments, town.token(), json=body).status_code == 307


@pytest.mark.parametrize(
    ("body", "refusal"),
    [
        (b"{", Refusal(400, "Problems parsing JSON")),
        (b'{"body": NaN}', Refusal(400, "Problems parsing JSON")),
        (b'{"body": "\\ud800"}', Refusal(400, "Problems parsing JSON")),
        (b"[" * 100_000, Refusal(400, "Problems parsing JSON")),
        (b"[1]", Refusal(400, "Body should be a JSON object")),
        (b'{"body": 7}', Refusal(422, "Invalid request.\n\nFor 'body', 7 is not a string.")),
    ],
)
def test_a_body_that_cannot_be_read_is_refused(town: Town, body: bytes, refusal: Refusal) -> None:
    pull = town.open_pull()
    answer = town.call("POST", f"{MODELS}/issues/{pull.number}/comments", town.token(), data=body)
    assert Refusal.of(answer) == refusal


def test_a_number_beyond_all_bounds_is_no_trouble(town: Town) -> None:
    endless, token = "9" * 5000, town.token()
    assert town.call("GET", f"{MODELS}/pulls/{endless}", token).status_code == 404
    assert town.call("GET", f"/repositories/{endless}/pulls", token).status_code == 404
    assert town.call("GET", f"{MODELS}/pulls?page={endless}&per_page={endless}", token).status_code == 200
    assert town.call("GET", f"/app/hook/deliveries?cursor={endless}", town.jwt()).status_code == 400


def test_a_request_without_a_user_agent_is_turned_away(town: Town) -> None:
    connection = http.client.HTTPConnection(urlsplit(town.api).netloc, timeout=10)
    connection.request("GET", "/api/v3/rate_limit")  # this client names itself only when it is told to
    answer = connection.getresponse()
    assert (answer.status, b"User-Agent" in answer.read()) == (403, True)
    connection.close()


def test_an_archived_repository_is_only_read(town: Town) -> None:
    town.site.archived = True
    assert town.call("GET", "/repos/acme/site", town.token()).json()["archived"] is True
    path = f"/repos/acme/site/statuses/{town.site.branches['main']}"
    answer = town.call("POST", path, town.token(), json={"state": "success"})
    assert Refusal.of(answer) == Refusal(403, "Repository was archived so is read-only.")


def test_a_fault_answers_in_githubs_place_as_often_as_it_is_told(town: Town) -> None:
    limited = {"message": "You have exceeded a secondary rate limit"}
    town.world.faults.append(Fault("GET", r"/pulls$", times=2, status=429, headers={"Retry-After": "60"}, body=limited))
    token = town.token()
    answers = [town.call("GET", f"{MODELS}/pulls", token) for _ in range(3)]
    assert [each.status_code for each in answers] == [429, 429, 200]
    assert (answers[0].headers["retry-after"], answers[0].json()) == ("60", limited)
    assert "x-github-request-id" not in answers[0].headers  # GitHub itself has not spoken
    town.world.faults.append(Fault(status=502))
    with pytest.raises(GithubException) as failed:
        town.github(token).get_repo("acme/models").get_pull(1).update()
    assert failed.value.status == 502


def test_a_dropped_request_was_carried_out_or_not(town: Town) -> None:
    pull = town.open_pull()
    token, path = town.token(), f"{MODELS}/issues/{pull.number}/comments"
    for after, left in ((False, []), (True, ["Hello"])):
        town.world.faults.append(Fault("POST", r"/comments$", action="drop", after=after))
        with pytest.raises(requests.ConnectionError):
            town.call("POST", path, token, json={"body": "Hello"})
        assert [each.body for each in town.world.comments(pull)] == left
    assert [each.status for each in town.world.requests if each.path.endswith("/comments")] == [0, 0]


def test_a_failure_may_come_after_the_deed(town: Town) -> None:
    pull = town.open_pull()
    town.world.faults.append(Fault("POST", r"/comments$", status=502, after=True))
    answer = town.call("POST", f"{MODELS}/issues/{pull.number}/comments", town.token(), json={"body": "Hello"})
    assert (answer.status_code, [each.body for each in town.world.comments(pull)]) == (502, ["Hello"])


def test_a_slow_answer_holds_nobody_else_up(town: Town) -> None:
    slow = Fault("GET", r"/pulls$", action="delay", seconds=60.0)
    town.world.faults.append(slow)
    waiting = http.client.HTTPConnection(urlsplit(town.api).netloc)
    waiting.request("GET", f"/api/v3{MODELS}/pulls", headers={"User-Agent": "tests"})
    end = time.monotonic() + 20
    while slow.times and time.monotonic() < end:
        time.sleep(0.005)  # until the sandbox has it
    assert town.call("GET", f"{MODELS}/pulls", town.token()).status_code == 200
    waiting.close()


def test_every_request_is_logged_with_whoever_asked(town: Town) -> None:
    town.open_pull()
    bot, ada = town.token(), town.token_of(town.ada)
    town.call("GET", f"{MODELS}/contents/README.md?ref=main", bot)
    town.call("GET", "/users/ada", ada)
    town.call("GET", "/nowhere")
    seen = [(each.method, each.path, each.query, each.status, each.actor, each.kind) for each in town.world.requests]
    tokens = f"/app/installations/{town.installation.id}/access_tokens"
    assert seen == [
        ("POST", tokens, "", 201, "app/gate", "token"),
        ("GET", f"{MODELS}/contents/README.md", "ref=main", 200, "gate[bot]", "file"),
        ("GET", "/users/ada", "", 200, "ada", "person"),
        ("GET", "/nowhere", "", 404, "", "other"),
    ]
    assert all(each.bytes > 0 for each in town.world.requests)


def test_many_may_ask_and_push_at_once(town: Town) -> None:
    pull = town.open_pull()
    token, failures = town.token(), []

    def ask(n: int) -> None:
        for step in range(5):
            town.world.commit(town.models, f"branch-{n}", {f"{n}.txt": f"{step}"}, "C", town.ada)
            body: dict[str, Any] = {"name": f"run {n}", "head_sha": pull.head_sha, "conclusion": "success"}
            answers = [
                town.call("POST", f"{MODELS}/check-runs", token, json=body),
                town.call("GET", f"{MODELS}/contents/{PROPOSAL}?ref=tune", token),
                town.call("GET", f"{MODELS}/pulls/{pull.number}", token),
            ]
            failures.extend(each.text for each in answers if not each.ok)

    threads = [threading.Thread(target=ask, args=(n,)) for n in range(6)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert (failures, len(town.models.runs)) == ([], 30)
