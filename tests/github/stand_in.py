"""What would GitHub answer? A stand-in over HTTP for one repository, with GitHub's refusals and with faults on demand.

It keeps only what these tests look at: the JWT and token are checked, annotations append, a review with a comment off
the diff is refused whole, an unknown commit is refused.
"""

import base64
import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from bot.github.diff import shown_lines
from tests.github.answers import PATH

KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
PEM = KEY.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption()).decode()
APP_ID, INSTALLATION, REPOSITORY, NUMBER = 11, 22, 33, 5
HEAD, BASE = "a" * 40, "b" * 40
PATCH = "@@ -0,0 +1,12 @@\n" + "\n".join(f"+line {n}" for n in range(1, 13))
BOT = {"login": "tunegate-test[bot]", "id": 900, "type": "Bot"}

Answer = tuple[int, Any, dict[str, str]]


class No(Exception):
    """An answer that is no success."""

    def __init__(self, status: int, message: str, **more: Any) -> None:
        super().__init__(message)
        self.answer: Answer = (status, {"message": message, **more}, {})


@dataclass
class Fault:
    """What goes wrong at the next request that matches: `lost` after it was applied, or an answer instead of it."""

    method: str
    path: str
    answer: Answer | None = None
    lost: bool = False
    skip: int = 0  # matching requests that go well before


@dataclass
class StandIn:
    """The state of GitHub, to be set and looked at by tests."""

    files: dict[str, Any] = field(default_factory=dict)  # bytes, or a description as an object or a list
    changed: list[dict[str, Any]] = field(default_factory=list)
    runs: list[dict[str, Any]] = field(default_factory=list)
    statuses: list[dict[str, Any]] = field(default_factory=list)
    comments: list[dict[str, Any]] = field(default_factory=list)
    reviews: list[dict[str, Any]] = field(default_factory=list)
    commits: list[dict[str, Any]] = field(default_factory=list)  # of the pull request
    remarks: list[dict[str, Any]] = field(default_factory=list)
    users: dict[str, dict[str, Any]] = field(default_factory=dict)
    teams: dict[str, dict[str, Any]] = field(default_factory=dict)
    team_members: dict[tuple[str, str], str] = field(default_factory=dict)  # slug, login -> state
    members: dict[str, int] = field(default_factory=dict)  # login -> status
    permissions: dict[str, Any] = field(default_factory=dict)
    tree: list[dict[str, Any]] = field(default_factory=list)
    tree_truncated: bool = False
    names_repositories: bool = True  # in the answer that brings a token
    name: str = "acme/models"
    repository_id: int = REPOSITORY
    installed: bool = True
    suspended: bool = False
    token_life: timedelta = timedelta(hours=1)
    tokens: list[str] = field(default_factory=list)
    valid: set[str] = field(default_factory=set)
    faults: list[Fault] = field(default_factory=list)
    requests: list[tuple[str, str]] = field(default_factory=list)
    pull: dict[str, Any] = field(default_factory=dict)
    lock: Any = field(default_factory=Lock)
    url: str = ""
    _ids: int = 1000

    def __post_init__(self) -> None:
        self.changed = [{"filename": PATH, "status": "added", "patch": PATCH, "sha": "c" * 40}]
        self.pull = {
            "number": NUMBER,
            "title": "Tune the router",
            "state": "open",
            "draft": False,
            "created_at": "2026-01-31T23:30:00Z",
            "user": {"login": "ada", "id": 1, "type": "User"},
            "head": {"sha": HEAD, "ref": "tune", "repo": {"id": REPOSITORY}},
            "base": {"sha": BASE, "ref": "main", "repo": None},
        }

    @property
    def calls(self) -> list[tuple[str, str]]:
        """The requests so far, without those for tokens."""
        return [call for call in self.requests if "access_tokens" not in call[1]]

    @property
    def writes(self) -> list[tuple[str, str]]:
        return [call for call in self.calls if call[0] != "GET"]

    def next_id(self) -> int:
        self._ids += 1
        return self._ids

    def answer(self, method: str, target: str, headers: dict[str, str], body: Any) -> Answer:
        """Answer one request; raises No."""
        parts = urlsplit(target)
        path, query = unquote(parts.path), {key: values[0] for key, values in parse_qs(parts.query).items()}
        self.requests.append((method, path))
        self._authorize(path, headers.get("authorization", ""))
        fault = self._fault(method, path)
        if fault is not None and not fault.lost:
            assert fault.answer is not None
            return fault.answer
        for wanted, pattern, action in self._routes():
            match = re.fullmatch(pattern, path)
            if match and wanted == method:
                answer = action(*match.groups(), query=query, body=body or {}, accept=headers.get("accept", ""))
                if fault is not None:
                    raise ConnectionAbortedError
                return answer
        raise No(404, "Not Found")

    def _fault(self, method: str, path: str) -> Fault | None:
        for fault in self.faults:
            if fault.method in (method, "*") and re.search(fault.path, path):
                if fault.skip:
                    fault.skip -= 1
                    return None
                self.faults.remove(fault)
                return fault
        return None

    def _authorize(self, path: str, said: str) -> None:
        scheme, _, token = said.partition(" ")
        if path == "/app" or path.startswith("/app/"):
            try:
                claims = jwt.decode(
                    token,
                    KEY.public_key(),
                    algorithms=["RS256"],
                    options={"require": ["iat", "exp"], "verify_iat": False},
                )  # tests turn the bot's clock
            except jwt.PyJWTError as error:
                raise No(401, f"A JSON web token could not be decoded: {type(error).__name__}") from error
            if claims["iss"] != str(APP_ID) or claims["exp"] - claims["iat"] > 600:
                raise No(401, "'Expiration time' claim ('exp') is too far in the future")
        elif scheme.lower() not in ("bearer", "token") or token not in self.valid:
            raise No(401, "Bad credentials")

    def _routes(self) -> list[tuple[str, str, Callable[..., Answer]]]:
        repo = f"/repos/{re.escape(self.name)}"
        return [
            ("GET", "/app", lambda **_: (200, {"slug": "tunegate-test", "id": APP_ID}, {})),
            ("POST", r"/app/installations/(\d+)/access_tokens", self._token),
            ("GET", "/installation/repositories", self._installed),
            ("GET", rf"{repo}/pulls/(\d+)", self._get_pull),
            ("GET", rf"{repo}/pulls/{NUMBER}/files", lambda query, **_: _page(self.changed, query)),
            ("GET", rf"{repo}/pulls/{NUMBER}/comments", lambda query, **_: _page(self.remarks, query)),
            ("POST", rf"{repo}/pulls/{NUMBER}/reviews", self._review),
            ("GET", rf"{repo}/contents/(.+)", self._contents),
            ("GET", rf"{repo}/git/trees/{HEAD}", self._tree),
            ("POST", rf"{repo}/check-runs", self._create_run),
            ("PATCH", rf"{repo}/check-runs/(\d+)", self._update_run),
            ("GET", rf"{repo}/check-runs/(\d+)", lambda n, **_: (200, _found(self.runs, n), {})),
            ("GET", rf"{repo}/commits/(\w+)/check-runs", self._list_runs),
            ("POST", rf"{repo}/statuses/(\w+)", self._status),
            ("GET", rf"{repo}/commits/\w+/statuses", lambda query, **_: _page(self.statuses[::-1], query)),
            ("POST", rf"{repo}/issues/{NUMBER}/comments", self._comment),
            ("GET", rf"{repo}/issues/{NUMBER}/comments", lambda query, **_: _page(self.comments, query)),
            ("PATCH", rf"{repo}/issues/comments/(\d+)", self._edit),
            ("GET", rf"{repo}/pulls/{NUMBER}/commits", lambda query, **_: _page(self.commits, query)),
            ("GET", rf"{repo}/pulls/{NUMBER}/reviews", lambda query, **_: _page(self.reviews, query)),
            ("GET", r"/users/([^/]+)", self._user),
            ("GET", r"/user/(\d+)", lambda n, **_: (200, _found(list(self.users.values()), n), {})),
            ("GET", r"/orgs/acme/teams/([^/]+)", self._team),
            ("GET", r"/orgs/acme/teams/([^/]+)/memberships/([^/]+)", self._team_member),
            ("GET", r"/orgs/acme/members/([^/]+)", self._member),
            ("GET", r"/orgs/acme/public_members/([^/]+)", lambda _, **__: (404, {"message": "Not Found"}, {})),
            ("GET", rf"{repo}/collaborators/([^/]+)/permission", self._permission),
        ]

    def _token(self, installation: str, body: dict[str, Any], **_: Any) -> Answer:
        if int(installation) != INSTALLATION or not self.installed:
            raise No(404, "Not Found")
        if self.suspended:
            raise No(403, "This installation has been suspended")
        if body.get("repository_ids") not in (None, [REPOSITORY]):
            raise No(422, "There is at least one repository that does not exist or is not accessible")
        token = f"ghs_{len(self.tokens)}_{'x' * 40}"
        self.tokens.append(token)
        self.valid.add(token)
        end = (datetime.now(UTC) + self.token_life).strftime("%Y-%m-%dT%H:%M:%SZ")
        answer: dict[str, Any] = {"token": token, "expires_at": end}
        if self.names_repositories and "repository_ids" in body:
            answer["repositories"] = [{"id": REPOSITORY, "full_name": self.name}]
        return 201, answer, {}

    def _installed(self, query: dict[str, str], **_: Any) -> Answer:
        others = [{"id": 5000 + n, "full_name": f"acme/r{n}"} for n in range(100)]
        listed = [*others, {"id": REPOSITORY, "full_name": self.name}]
        page = int(query["page"])
        return 200, {"total_count": len(listed), "repositories": listed[100 * (page - 1) : 100 * page]}, {}

    def _get_pull(self, number: str, **_: Any) -> Answer:
        if int(number) != NUMBER:
            raise No(404, "Not Found")
        owner, _slash, name = self.name.partition("/")
        repo = {
            "id": self.repository_id,
            "name": name,
            "full_name": self.name,
            "default_branch": "main",
            "owner": {"login": owner, "type": "Organization"},
        }
        return 200, {**self.pull, "base": {**self.pull["base"], "repo": repo}}, {}

    def _contents(self, path: str, query: dict[str, str], accept: str, **_: Any) -> Answer:
        if query["ref"] not in (HEAD, self.pull["head"]["sha"]):
            raise No(404, f"No commit found for the ref {query['ref']}")
        if path not in self.files:
            raise No(404, "Not Found")
        content = self.files[path]
        if not isinstance(content, bytes):
            return 200, content, {}
        if "raw" in accept:
            return 200, content, {}
        described = {"type": "file", "size": len(content), "path": path, "encoding": "none", "content": ""}
        if len(content) <= 1024 * 1024:
            described |= {"encoding": "base64", "content": base64.encodebytes(content).decode()}
        return 200, described, {}

    def _tree(self, query: dict[str, str], **_: Any) -> Answer:
        assert query == {"recursive": "1"}
        return 200, {"sha": HEAD, "tree": self.tree, "truncated": self.tree_truncated}, {}

    def _create_run(self, body: dict[str, Any], **_: Any) -> Answer:
        if body["head_sha"] != self.pull["head"]["sha"]:
            raise No(422, f"No commit found for SHA: {body['head_sha']}")
        run = {
            "id": self.next_id(),
            "app": {"id": APP_ID},
            "conclusion": None,
            "output": {"annotations_count": 0},
            "annotations": [],
            "url": "",
        }
        _apply(run, body)
        self.runs.append(run)
        return 201, run, {}

    def _update_run(self, run_id: str, body: dict[str, Any], **_: Any) -> Answer:
        run = _found(self.runs, run_id)
        _apply(run, body)
        return 200, run, {}

    def _list_runs(self, sha: str, query: dict[str, str], **_: Any) -> Answer:
        assert query["filter"] == "all"
        own = [r for r in self.runs if r["head_sha"] == sha and r["name"] == query["check_name"]]
        own = [r for r in own if str(r["app"]["id"]) == query["app_id"]]
        _, part, _ = _page(own[::-1], query)
        return 200, {"total_count": len(own), "check_runs": part}, {}

    def _status(self, sha: str, body: dict[str, Any], **_: Any) -> Answer:
        if sha != self.pull["head"]["sha"]:
            raise No(422, f"No commit found for SHA: {sha}")
        assert len(body["description"]) <= 140
        self.statuses.append({"id": self.next_id(), "creator": BOT, "sha": sha, **body})
        return 201, self.statuses[-1], {}

    def _comment(self, body: dict[str, Any], **_: Any) -> Answer:
        self.comments.append({"id": self.next_id(), "user": BOT, "body": body["body"]})
        return 201, self.comments[-1], {}

    def _edit(self, comment_id: str, body: dict[str, Any], **_: Any) -> Answer:
        comment = _found(self.comments, comment_id)
        comment["body"] = body["body"]
        return 200, comment, {}

    def _review(self, body: dict[str, Any], **_: Any) -> Answer:
        assert body["commit_id"] == self.pull["head"]["sha"]
        assert body["event"] == "COMMENT"
        assert body["body"]
        shown = {entry["filename"]: shown_lines(entry.get("patch")) for entry in self.changed}
        if any(c["side"] != "RIGHT" or c["line"] not in shown.get(c["path"], ()) for c in body["comments"]):
            raise No(422, "Unprocessable Entity", errors=["Line must be part of the diff"])
        review = {"id": self.next_id(), "user": BOT, **body}
        self.reviews.append(review)
        for comment in body["comments"]:
            self.remarks.append({"id": self.next_id(), "pull_request_review_id": review["id"], "user": BOT, **comment})
        return 200, review, {}

    def _user(self, login: str, **_: Any) -> Answer:
        if login.lower() not in self.users:
            raise No(404, "Not Found")
        return 200, self.users[login.lower()], {}

    def _team(self, slug: str, **_: Any) -> Answer:
        if slug not in self.teams:
            raise No(404, "Not Found")
        return 200, self.teams[slug], {}

    def _team_member(self, slug: str, login: str, **_: Any) -> Answer:
        if (slug, login) not in self.team_members:
            raise No(404, "Not Found")
        return 200, {"state": self.team_members[slug, login], "role": "member"}, {}

    def _member(self, login: str, **_: Any) -> Answer:
        status = self.members.get(login.lower(), 404)
        where = {"location": f"{self.url}/orgs/acme/public_members/{login}"} if status == 302 else {}
        return status, None if status in (204, 302) else {"message": "Resource not accessible by integration"}, where

    def _permission(self, login: str, **_: Any) -> Answer:
        if login.lower() not in self.permissions:
            raise No(404, "Not Found")
        return 200, {"permission": self.permissions[login.lower()]}, {}


def _page(entries: list[Any], query: dict[str, str]) -> Answer:
    size, page = int(query.get("per_page", 30)), int(query.get("page", 1))
    return 200, entries[size * (page - 1) : size * page], {"x-more": str(len(entries) > size * page)}


def _found(entries: list[dict[str, Any]], wanted: str) -> dict[str, Any]:
    for entry in entries:
        if entry["id"] == int(wanted):
            return entry
    raise No(404, "Not Found")


def _apply(run: dict[str, Any], body: dict[str, Any]) -> None:
    output = dict(body.get("output") or {})
    new = output.pop("annotations", [])
    if len(new) > 50:
        raise No(422, "Invalid request. No more than 50 items are allowed", errors=[{"field": "annotations"}])
    if (body.get("status") == "completed") is not ("conclusion" in body) or not {"title", "summary"} <= set(output):
        raise No(422, "Invalid request.")
    run["annotations"] += new
    run.update({key: value for key, value in body.items() if key != "output"})
    run["output"] = {**run["output"], **output, "annotations_count": len(run["annotations"])}


class Server:
    """The stand-in on a port of its own; a context manager."""

    def __init__(self) -> None:
        state = self.state = StandIn()

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True  # head and body leave apart: the second would wait for the peer's ACK

            def _do(self) -> None:
                raw = self.rfile.read(int(self.headers.get("content-length") or 0))
                headers = {name.lower(): value for name, value in self.headers.items()}
                try:
                    with state.lock:
                        status, data, more = state.answer(
                            self.command, self.path, headers, json.loads(raw) if raw else None
                        )
                except No as no:
                    status, data, more = no.answer
                except ConnectionAbortedError:
                    self.close_connection = True  # applied, but nobody hears of it
                    return
                if "x-more" in more and more.pop("x-more") == "True":
                    page = int(parse_qs(urlsplit(self.path).query).get("page", ["1"])[0])
                    path = urlsplit(self.path).path
                    more["link"] = f'<{state.url}{path}?per_page=100&page={page + 1}>; rel="next"'
                body = data if isinstance(data, bytes) else b"" if data is None else json.dumps(data).encode()
                self.send_response(status)
                for name, value in more.items():
                    self.send_header(name, value)
                self.send_header("content-length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            do_GET = do_POST = do_PATCH = _do  # the names that the standard library calls

            def log_message(self, format: str, *args: object) -> None:
                pass

        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._http.daemon_threads = True
        state.url = f"http://127.0.0.1:{self._http.server_port}"
        self._thread = Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)

    def __enter__(self) -> StandIn:
        self._thread.start()
        return self.state

    def __exit__(self, *_: object) -> None:
        self._http.shutdown()
        self._http.server_close()
        self._thread.join(5)
