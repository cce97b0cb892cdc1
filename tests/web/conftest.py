"""What do the tests of the web share? A service on an empty database whose GitHub is out of reach, and its HTTP client."""

import json
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import httpx2
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from fastapi.testclient import TestClient

from bot.settings import GitHubApp, Settings
from bot.web.app import create_app
from bot.web.signature import signature
from bot.wiring.service import Service, open_service

SECRET, FORMER = "the present secret", "the former secret"
APP_ID = 11
HERE = "http://127.0.0.1:8000"
NOWHERE = "http://127.0.0.1:9"  # the discard port: nobody answers


@pytest.fixture(scope="session")
def private_key() -> str:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return key.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption()).decode()


@pytest.fixture
def service(database_url: str, private_key: str) -> Iterator[Service]:
    app = GitHubApp(APP_ID, private_key, (SECRET, FORMER), NOWHERE)
    with open_service(Settings(app, database_url=database_url)) as opened:
        yield opened


@pytest.fixture
def client(service: Service) -> Iterator[TestClient]:
    """A client on this machine."""
    with TestClient(create_app(service), HERE, client=("127.0.0.1", 50_000), raise_server_exceptions=False) as opened:
        yield opened


def deliver(client: TestClient, event: str, payload: Any, **changes: str | None) -> httpx2.Response:
    """Post a webhook as GitHub does; `changes` replace headers (with _ for -), None leaves one out."""
    body = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "GitHub-Hookshot/044aadd",
        "X-GitHub-Delivery": str(uuid4()),
        "X-GitHub-Event": event,
        "X-GitHub-Hook-ID": "292430182",
        "X-Hub-Signature-256": signature(body, SECRET),
    }
    headers |= {name.replace("_", "-"): value for name, value in changes.items()}  # type: ignore[misc]
    kept = {name: value for name, value in headers.items() if value is not None}
    return client.post("/github/webhook", content=body, headers=kept)


def pull_request(action: str = "opened", number: int = 5) -> dict[str, Any]:
    """The part of GitHub's payload that we read."""
    return {
        "action": action,
        "number": number,
        "pull_request": {"number": number},
        "repository": {"id": 33, "full_name": "acme/models"},
        "installation": {"id": 22},
        "sender": {"login": "ada", "type": "User"},
    }
