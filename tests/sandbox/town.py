"""What stands in the sandbox of these tests? One organisation, its people, two repositories, and an App that is installed."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import jwt
import requests
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from github import Auth, Github

from bot.sandbox.git_objects import Submodule, Symlink
from bot.sandbox.model import Account, App, Pull
from bot.sandbox.server import Sandbox
from tests.sandbox.receiver import Receiver

PERMISSIONS = {
    "metadata": "read",
    "contents": "read",
    "checks": "write",
    "statuses": "write",
    "pull_requests": "write",
    "issues": "write",
    "members": "read",
    "actions": "read",
}
EVENTS = ("pull_request", "push", "issue_comment", "pull_request_review", "status", "check_run", "check_suite")
FILES: dict[str, Any] = {
    "README.md": "# Models\n",
    "docs/guide.md": "one\ntwo\nthree\n",
    "data/rows.jsonl": "".join(f'{{"n":{n}}}\n' for n in range(40)),
    "link": Symlink("docs/guide.md"),
    "astray": Symlink("../elsewhere"),
    "vendor/tool": Submodule("1" * 40, "https://example.test/tool.git"),
}
PROPOSAL = "adapters/router/finetune-proposal.yaml"


_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
PRIVATE = _KEY.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption())
PUBLIC = _KEY.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


class Town:
    """A sandbox with people, and ways to speak to it."""

    def __init__(self, sandbox: Sandbox, receiver: Receiver) -> None:
        self.sandbox, self.receiver = sandbox, receiver
        world = self.world = sandbox.world
        self.acme = world.create_org("acme", default_permission="none")
        self.ada, self.ben, self.eve = (world.create_user(login) for login in ("ada", "ben", "eve"))
        world.add_member(self.acme, self.ada, public=True)
        world.add_member(self.acme, self.ben, "admin")
        self.team = world.create_team(self.acme, "ML Platform", self.ada, self.ben)
        self.models = world.create_repo(self.acme, "models", FILES, private=True, author=self.ben)
        self.site = world.create_repo(self.acme, "site", {"index.html": "<p>\n"}, author=self.ben)
        world.add_collaborator(self.models, self.ada, "write")
        self.app = world.create_app(
            "Gate", self.acme, permissions=PERMISSIONS, events=EVENTS, public_key_pem=PUBLIC.decode()
        )
        self.installation = world.install(self.app, self.acme)

    @property
    def api(self) -> str:
        return self.sandbox.api_url

    def listen(self) -> None:
        """Send the App's webhooks to the receiver, and forget the ping."""
        self.world.set_webhook(self.app, self.receiver.url)
        self.settle()
        self.receiver.forget()

    def settle(self) -> None:
        self.sandbox.webhooks.settle()

    def jwt(self, *, app: App | None = None, key: str | None = None, **changed: Any) -> str:
        """Sign the App's JWT; `changed` claims replace the good ones, None takes one away."""
        app = app or self.app
        now = int(self.world.now().timestamp())
        claims = {"iss": str(app.id), "iat": now - 60, "exp": now + 300} | changed
        pem = key or app.private_key_pem or PRIVATE.decode()
        return jwt.encode({name: value for name, value in claims.items() if value is not None}, pem, algorithm="RS256")

    def token(self, **narrowed: Any) -> str:
        """Get a token of the installation over HTTP."""
        answer = self.call(
            "POST", f"/app/installations/{self.installation.id}/access_tokens", self.jwt(), json=narrowed
        )
        assert answer.status_code == 201, answer.text
        return str(answer.json()["token"])

    def token_of(self, user: Account) -> str:
        return self.world.token_for(user)

    def call(self, method: str, path: str, token: str | None = None, **more: Any) -> requests.Response:
        """Send one request to the API; without a token as nobody."""
        headers = {"User-Agent": "tests", **more.pop("headers", {})}
        if token is not None:
            headers["Authorization"] = f"Bearer {token}"
        return requests.request(
            method, self.api + path, headers=headers, timeout=10, allow_redirects=more.pop("follow", False), **more
        )

    def github(self, token: str) -> Github:
        """Make a client as the bot makes it."""
        return Github(
            auth=Auth.Token(token),
            base_url=self.api,
            lazy=True,
            per_page=100,
            retry=None,
            timeout=10,
            seconds_between_requests=0,
            seconds_between_writes=0,
        )

    def open_pull(self, branch: str = "tune", text: str = "version: 1\n", **more: Any) -> Pull:
        """Let Ada open a pull request with a proposal."""
        self.world.commit(self.models, branch, {PROPOSAL: text}, f"Propose on {branch}", self.ada)
        return self.world.open_pull(self.models, f"Tune by {branch}", branch, self.ada, **more)

    def pass_time(self, **by: float) -> None:
        self.world.advance(timedelta(**by))


@dataclass(frozen=True)
class Refusal:
    """What an answer that is no success says."""

    status: int
    message: str

    @classmethod
    def of(cls, answer: requests.Response) -> "Refusal":
        return cls(answer.status_code, str(answer.json()["message"]))
