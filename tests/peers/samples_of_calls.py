"""Which calls should make a test fail? Run by `test_recorder` in a process of its own: the names say what has to come out."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
import requests

from bot.github.app_auth import USER_AGENT
from tests.peers.recorder import GitHubCalls

PATH = "/api/v3/orgs/acme/teams/ml"
BY_GITHUB = {"X-GitHub-Request-Id": "A1:B2", "Content-Type": "application/json; charset=utf-8"}
NO_TEAM = {"slug": "ml"}
SHA = "0123456789abcdef0123456789abcdef01234567"
TREE = {"sha": SHA, "url": "https://a.example/t", "tree": [], "truncated": False}


class GitHub:
    """A server that answers whatever it is told to, to be asked as the bot asks."""

    def __init__(self, root: str) -> None:
        self.root = root
        self.answer: tuple[int, dict[str, str], Any] = (200, {}, {})

    def ask(self, method: str, path: str, **settings: Any) -> requests.Response:
        return requests.request(method, self.root + path, headers={"User-Agent": USER_AGENT}, timeout=10, **settings)


@pytest.fixture
def github() -> Iterator[GitHub]:
    class Handler(BaseHTTPRequestHandler):
        def _do(self) -> None:
            self.rfile.read(int(self.headers.get("content-length") or 0))
            status, headers, body = asked.answer
            if self.path.endswith("/moved"):
                status, headers, body = 301, {"Location": self.path.removesuffix("/moved")}, None
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(b"" if body is None else json.dumps(body).encode())

        do_GET = do_POST = _do  # the names that the standard library calls

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    asked = GitHub(f"http://127.0.0.1:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield asked
    server.shutdown()
    server.server_close()
    thread.join()


def test_right_call(github: GitHub) -> None:
    github.ask("GET", "/repos/acme/models/pulls", params={"state": "open"})


def test_wrong_name_of_a_parameter(github: GitHub) -> None:
    github.ask("GET", "/repos/acme/models/pulls", params={"states": "open"})


def test_wrong_body(github: GitHub) -> None:
    github.ask("POST", "/repos/acme/models/issues/5/comments", json={"text": "hello"})


def test_wrong_call_below_the_root_of_an_enterprise_server(github: GitHub) -> None:
    github.ask("POST", "/api/v3/repos/acme/models/issues/5/comments", json={"text": "hello"})


def test_wrong_call_from_another_thread(github: GitHub) -> None:
    thread = threading.Thread(target=github.ask, args=("GET", "/nowhere"))
    thread.start()
    thread.join()


def test_wrong_call_that_nobody_answered() -> None:
    with pytest.raises(requests.ConnectionError):
        GitHub("http://127.0.0.1:9").ask("GET", "/nowhere")


def test_wrong_call_that_was_forgotten(github: GitHub, github_calls: GitHubCalls) -> None:
    github.ask("GET", "/nowhere")
    github_calls.forget()
    assert github_calls() == []


def test_wrong_call_in_a_hop(github: GitHub) -> None:
    github.ask("GET", "/repos/acme/models/pulls/moved")  # the first asks for pull request "moved"


def test_right_request_of_somebody_else(github: GitHub) -> None:
    requests.get(f"{github.root}/nowhere", timeout=10)


def test_wrong_answer_that_claims_to_be_github_s(github: GitHub) -> None:
    github.answer = (200, BY_GITHUB, NO_TEAM)
    github.ask("GET", PATH)


def test_wrong_answer_to_somebody_else(github: GitHub) -> None:
    github.answer = (200, BY_GITHUB, NO_TEAM)
    requests.get(github.root + PATH, timeout=10)


def test_wrong_answer_read_as_a_stream(github: GitHub) -> None:
    github.answer = (200, BY_GITHUB, NO_TEAM)
    with github.ask("GET", PATH, stream=True) as answer:
        assert b"".join(answer.iter_content(5)) == json.dumps(NO_TEAM).encode()


def test_right_answer_of_which_only_the_begin_was_read(github: GitHub) -> None:
    github.answer = (200, BY_GITHUB, NO_TEAM)
    with github.ask("GET", PATH, stream=True) as answer:
        assert next(answer.iter_content(5)) == b'{"slu'


def test_right_answer(github: GitHub) -> None:
    github.answer = (200, BY_GITHUB, TREE)
    assert github.ask("GET", f"/api/v3/repos/acme/models/git/trees/{SHA}").json() == TREE


def test_right_answer_that_a_test_made_up(github: GitHub) -> None:
    github.answer = (200, {"Content-Type": "application/json"}, NO_TEAM)
    github.ask("GET", PATH)


def test_right_fault(github: GitHub) -> None:
    github.answer = (502, BY_GITHUB, ["<html>"])
    github.ask("GET", PATH)


def send_webhook(github: GitHub, payload: Any) -> None:
    names = ("Event", "Delivery", "Hook-ID", "Hook-Installation-Target-ID", "Hook-Installation-Target-Type")
    headers = {f"X-GitHub-{name}": "ping" for name in names} | {"X-Hub-Signature-256": "sha256=0"}
    requests.post(github.root, json=payload, headers=headers, timeout=10)


def test_right_webhook(github: GitHub) -> None:
    send_webhook(github, {"zen": "Keep it logically awesome.", "hook_id": 5})


def test_wrong_webhook(github: GitHub) -> None:
    send_webhook(github, {"zen": "Keep it logically awesome.", "hook_id": "five"})


def test_right_calls_are_counted_without_tokens_people_and_evidence(github: GitHub, github_calls: GitHubCalls) -> None:
    repository = "/repos/acme/models"
    github.ask("POST", "/app/installations/9/access_tokens", json={"repository_ids": [3]})
    github.ask("GET", "/users/ada")
    github.ask("GET", "/orgs/acme/members/ada")
    github.ask("GET", f"{repository}/collaborators/ada/permission")
    github.ask("GET", f"{repository}/contents/adapters/evals/results.json", params={"ref": SHA})
    github.ask("GET", f"{repository}/contents/adapters/finetune-proposal.yaml", params={"ref": SHA})
    github.ask("GET", f"/api/v3{repository}/contents/router.finetune-proposal.yml", params={"ref": SHA})
    github.ask("GET", f"{repository}/git/trees/{SHA}")
    github.ask("GET", f"{repository}/pulls/5")
    requests.get(f"{github.root}{repository}/pulls/5", timeout=10)
    assert [call.path.removeprefix(repository) for call in github_calls()] == [
        "/contents/adapters/finetune-proposal.yaml",
        "/contents/router.finetune-proposal.yml",
        f"/git/trees/{SHA}",
        "/pulls/5",
    ]
    github_calls.forget()
    github.ask("GET", f"{repository}/pulls/5")
    assert len(github_calls()) == 1
