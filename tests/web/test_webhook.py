"""Is a webhook that is answered 202 stored, and is everything else refused with the service going on?"""

import hmac
from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import text

from bot.ports import Concluded
from bot.storage.database import Database
from bot.storage.inbox import Inbox
from bot.web.app import create_app
from bot.web.signature import is_signed, signature
from bot.web.webhook import MAX_BODY
from bot.wiring.service import Service
from tests.web.conftest import FORMER, SECRET, deliver, pull_request


def rows(service: Service, query: str) -> list[Any]:
    with service.database.begin() as connection:
        return [tuple(row) for row in connection.execute(text(query))]


def test_github_s_own_example_of_a_signature_fits() -> None:
    given = "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"
    assert signature(b"Hello, World!", "It's a Secret to Everybody") == given
    assert is_signed(b"Hello, World!", given, ["It's a Secret to Everybody"])


def test_a_pull_request_is_stored_and_put_to_work(client: TestClient, service: Service) -> None:
    answer = deliver(client, "pull_request", pull_request())
    assert (answer.status_code, answer.json()) == (202, {"message": "Stored: 1 to review."})
    assert rows(service, "SELECT event, action, repo_id, number, state FROM deliveries") == [
        ("pull_request", "opened", 33, 5, "accepted")
    ]
    assert rows(service, "SELECT lock, queueing_lock, status::text FROM procrastinate_jobs") == [
        ("33:5", "33:5", "todo")
    ]


def test_a_burst_about_one_pull_request_is_one_job(client: TestClient, service: Service) -> None:
    for _ in range(5):
        assert deliver(client, "pull_request", pull_request("synchronize")).status_code == 202
    assert rows(service, "SELECT count(*) FROM deliveries") == [(5,)]
    assert rows(service, "SELECT count(*) FROM procrastinate_jobs") == [(1,)]


def test_a_delivery_sent_twice_is_stored_once(client: TestClient, service: Service) -> None:
    guid = str(uuid4())
    answers = [deliver(client, "pull_request", pull_request(), X_GitHub_Delivery=guid) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [202, 202]
    assert answers[1].json() == {"message": "Known already."}
    assert rows(service, "SELECT count(*) FROM deliveries") == [(1,)]


@pytest.mark.parametrize("event", ["ping", "star", "an_event_of_the_future"])
def test_an_event_that_asks_for_nothing_is_taken_and_ignored(client: TestClient, service: Service, event: str) -> None:
    assert deliver(client, event, {"zen": "Keep it logically awesome."}).json() == {"message": "Stored: nothing to do."}
    assert rows(service, "SELECT state FROM deliveries") == [("ignored",)]


def test_both_secrets_are_taken_while_one_is_rotated(client: TestClient) -> None:
    body = b'{"zen": "x"}'
    for secret in (SECRET, FORMER):
        assert deliver(client, "ping", body, X_Hub_Signature_256=signature(body, secret)).status_code == 202


GOOD = signature(b"{}", SECRET)


@pytest.mark.parametrize(
    "header",
    [
        None,
        "",
        "sha256=",
        GOOD[:-1],
        GOOD + "0",
        GOOD.upper(),
        GOOD.replace("sha256", "sha1"),
        signature(b"{} ", SECRET),
    ],
)
def test_a_wrong_missing_or_truncated_signature_is_refused(
    client: TestClient, service: Service, header: str | None
) -> None:
    answer = deliver(client, "ping", b"{}", X_Hub_Signature_256=header)
    assert answer.status_code == 401
    assert "signature" in answer.json()["message"]
    assert rows(service, "SELECT count(*) FROM deliveries") == [(0,)]
    assert deliver(client, "ping", b"{}").status_code == 202


def test_a_signature_that_is_no_text_is_refused() -> None:
    assert not is_signed(b"{}", "sha256=\u00e9\u20ac", [SECRET])


@pytest.mark.parametrize("header", [None, "sha256=00", GOOD])
def test_every_secret_is_compared_in_constant_time(header: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    compared: list[tuple[bytes, bytes]] = []
    real = hmac.compare_digest

    def seen(one: bytes, other: bytes) -> bool:
        compared.append((one, other))
        return real(one, other)

    monkeypatch.setattr("hmac.compare_digest", seen)
    assert is_signed(b"{}", header, [SECRET, FORMER]) is (header == GOOD)
    assert len(compared) == 2  # neither a fitting first secret nor a missing header cuts it short


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"X_GitHub_Delivery": None}, 400),
        ({"X_GitHub_Delivery": "17"}, 400),
        ({"X_GitHub_Delivery": "{" + str(uuid4()) + "}"}, 400),
        ({"X_GitHub_Event": None}, 400),
        ({"X_GitHub_Event": "a b"}, 400),
        ({"X_GitHub_Event": "a" * 101}, 400),
        ({"Content_Type": "application/x-www-form-urlencoded"}, 415),
        ({"Content_Type": None}, 415),
    ],
)
def test_headers_that_github_would_not_send_are_refused(
    client: TestClient, changes: dict[str, str | None], status: int
) -> None:
    answer = deliver(client, "ping", b"{}", **changes)
    assert answer.status_code == status
    assert answer.json()["message"].endswith(".")


@pytest.mark.parametrize("body", [b"", b"{", b"\xff\xfe{}", b"[1]", b"7", b"null", b"[" * 200_000, b'{"a":' * 100_000])
def test_a_body_that_is_no_json_object_is_refused(client: TestClient, body: bytes) -> None:
    answer = deliver(client, "ping", body)
    assert answer.status_code == 400
    assert "JSON" in answer.json()["message"]
    assert deliver(client, "ping", b"{}").status_code == 202


def test_a_body_of_30_mb_is_refused_and_the_service_goes_on(client: TestClient) -> None:
    assert deliver(client, "ping", b'"' + b"x" * 30_000_000 + b'"').status_code == 413
    assert deliver(client, "ping", b"{}").status_code == 202


def test_a_body_that_does_not_say_its_length_is_stopped_at_the_cap(client: TestClient) -> None:
    sent = []

    def endless() -> Any:
        for _ in range(64):
            sent.append(1)
            yield b"x" * 1_000_000

    answer = client.post("/github/webhook", content=endless(), headers={"Content-Type": "application/json"})
    assert answer.status_code == 413
    assert str(f"{MAX_BODY:,}") in answer.json()["message"]


@pytest.mark.parametrize("value", ["\x00", "\ud800", "' OR 1=1 --", "x" * 10_000, {"a": 1}, [1], True, 2**70, -1, 1.5])
def test_a_strange_value_in_any_field_is_no_trouble(client: TestClient, value: Any) -> None:
    for field in ("action", "number", "pull_request", "repository", "installation", "sender"):
        payload = {**pull_request(), field: value}
        assert deliver(client, "pull_request", payload).status_code == 202, field


def test_what_cannot_be_stored_is_answered_503_so_that_it_can_be_redelivered(service: Service) -> None:
    away = Database("postgresql://x@/x?host=/nonexistent")
    lost = replace(service, inbox=Inbox(away, service.engine.enqueue))
    with TestClient(create_app(lost)) as client:
        answer = deliver(client, "pull_request", pull_request())
        assert answer.status_code == 503
        assert int(answer.headers["retry-after"]) > 0
        assert "redeliver" in answer.json()["message"]
    away.close()


def test_a_re_run_of_a_fork_s_commit_reviews_the_pull_request_that_we_saw_there(
    client: TestClient, service: Service
) -> None:
    sha = "a" * 40
    service.ledger.record(
        Concluded(
            repo_id=33,
            number=9,
            head_sha=sha,
            base_sha="b" * 40,
            policy_sha256="p",
            bot_version="1",
            format=1,
            decision="ready",
            dossier={},
            verdict={},
        )
    )
    run = {"head_sha": sha, "pull_requests": [], "app": {"id": 11}}
    payload = {**pull_request("rerequested"), "check_run": run}
    del payload["number"], payload["pull_request"]
    assert deliver(client, "check_run", payload).json() == {"message": "Stored: 1 to review."}
    assert rows(service, "SELECT lock FROM procrastinate_jobs") == [("33:9",)]


def test_other_methods_are_refused(client: TestClient) -> None:
    assert client.get("/github/webhook").status_code == 405
