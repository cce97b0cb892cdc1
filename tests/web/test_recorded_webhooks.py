"""Does whatever GitHub has ever sent get through? Its 329 recorded webhooks of 58 events, as they are and bent."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import text

from bot.web.signature import signature
from bot.wiring.service import Service
from tests.peers.examples import EXAMPLES, recorded
from tests.peers.npm import need
from tests.web.conftest import SECRET, deliver

need(EXAMPLES)

Payload = dict[str, Any]

REVIEWED = {"opened", "reopened", "synchronize", "edited", "ready_for_review", "closed"}
DECIDED = {"submitted": {"approved", "changes_requested"}, "dismissed": {"dismissed"}}


def asks_for_a_review(event: str, payload: Payload) -> bool:
    decided = event == "pull_request_review" and payload["review"]["state"] in DECIDED.get(payload["action"], ())
    return "installation" in payload and ((event == "pull_request" and payload["action"] in REVIEWED) or decided)


def taken(client: TestClient, bent: Callable[[Payload], Payload] = dict) -> dict[str, str]:
    """Post every recording and return what was said to each; each must be taken."""
    answers = {name: deliver(client, event, bent(payload)) for name, event, payload in recorded()}
    assert {name: answer.text for name, answer in answers.items() if answer.status_code != 202} == {}
    return {name: answer.json()["message"] for name, answer in answers.items()}


def test_every_recording_is_stored_and_those_about_pull_requests_are_put_to_work(
    client: TestClient, service: Service
) -> None:
    said = taken(client)
    expected = {name for name, event, payload in recorded() if asks_for_a_review(event, payload)}
    assert {name for name, message in said.items() if message == "Stored: 1 to review."} == expected
    assert {message for name, message in said.items() if name not in expected} == {"Stored: nothing to do."}
    assert len(expected) >= 3
    with service.database.begin() as connection:
        assert connection.execute(text("SELECT count(*), count(DISTINCT event) FROM deliveries")).one() == (329, 58)
        accounts = set(connection.execute(text("SELECT account FROM installations")).scalars())
    named = {payload["installation"]["account"]["login"] for _, event, payload in recorded() if event == "installation"}
    assert accounts
    assert accounts <= named


def test_a_recording_cut_in_half_is_refused_though_its_signature_fits(client: TestClient, service: Service) -> None:
    answers = {}
    for name, event, payload in recorded():
        body = json.dumps(payload).encode()
        answers[name] = deliver(client, event, body[: len(body) // 2]).status_code
    assert set(answers.values()) == {400}
    with service.database.begin() as connection:
        assert connection.execute(text("SELECT count(*) FROM deliveries")).scalar() == 0


def test_a_recording_that_was_cut_on_the_way_does_not_fit_its_signature(client: TestClient) -> None:
    for _, event, payload in recorded()[::10]:
        body = json.dumps(payload).encode()
        assert deliver(client, event, body[:-1], X_Hub_Signature_256=signature(body, SECRET)).status_code == 401


@pytest.mark.parametrize(
    "bent",
    [
        pytest.param(lambda payload: payload | {"action": "done_with_a_twist"}, id="an unknown action"),
        pytest.param(lambda payload: _without(payload, "installation"), id="no installation"),
    ],
)
def test_a_recording_that_does_not_say_what_about_asks_for_nothing(
    client: TestClient, bent: Callable[[Payload], Payload]
) -> None:
    assert set(taken(client, bent).values()) == {"Stored: nothing to do."}


def test_a_recording_from_a_deleted_account_is_taken_like_any_other(client: TestClient) -> None:
    said = taken(client, lambda payload: payload | {"sender": None})
    expected = {name for name, event, payload in recorded() if asks_for_a_review(event, payload)}
    assert {name for name, message in said.items() if message == "Stored: 1 to review."} == expected


def _without(payload: Payload, key: str) -> Payload:
    return {name: value for name, value in payload.items() if name != key}
