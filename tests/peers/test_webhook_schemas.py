"""Does the validator of webhooks know GitHub's from others? Its recordings are the proof, as far as they are of today."""

from collections import Counter
from copy import deepcopy
from typing import Any

import pytest

from tests.peers.examples import EXAMPLES, recorded
from tests.peers.npm import need
from tests.peers.webhook_schemas import DESCRIPTION, check_webhook

need(DESCRIPTION, EXAMPLES)

HEADERS = {
    "User-Agent": "GitHub-Hookshot/1",
    "X-GitHub-Hook-ID": "1",
    "X-GitHub-Event": "ping",
    "X-GitHub-Hook-Installation-Target-ID": "2",
    "X-GitHub-Hook-Installation-Target-Type": "integration",
    "X-GitHub-Delivery": "0b989ba4-242f-11e5-81e1-c7b6966d2516",
    "X-Hub-Signature-256": "sha256=0",
}


def example(event: str, action: str | None = None) -> dict[str, Any]:
    found = [payload for _, name, payload in recorded() if name == event and action in (None, payload.get("action"))]
    return deepcopy(next(payload for payload in found if check_webhook(event, payload) == []))


def test_recordings_of_today_s_form_are_valid() -> None:
    # the others lack what GitHub has added since (`has_discussions`, `state_reason`), or are of events that are no more
    valid = Counter(event for _, event, payload in recorded() if check_webhook(event, payload) == [])
    every = Counter(event for _, event, _ in recorded())
    assert (valid.total(), every.total(), len(every)) == (215, 329, 58)
    for event in ("check_suite", "membership", "merge_group", "organization", "ping", "repository"):
        assert valid[event] == every[event]
    for event in ("check_run", "installation", "issue_comment", "issues", "pull_request"):
        assert valid[event]


@pytest.mark.parametrize(
    ("event", "lacking"),
    [
        ("check_suite", ("action", "check_suite", "repository", "sender")),
        ("check_run", ("check_run", "repository", "sender")),
        ("issue_comment", ("action", "issue", "comment", "repository", "sender")),
        ("merge_group", ("action", "merge_group")),
        ("pull_request", ("action", "number", "pull_request", "repository", "sender")),
    ],
)
def test_a_payload_that_lacks_something_is_refused(event: str, lacking: tuple[str, ...]) -> None:
    payload = example(event)
    for key in lacking:
        assert check_webhook(event, {name: value for name, value in payload.items() if name != key}), key


def test_a_wrong_value_is_refused_at_its_place() -> None:
    payload = example("check_suite", "requested")
    payload["check_suite"]["head_sha"] = 5
    (problem,) = check_webhook("check_suite", payload)
    assert problem == "check-suite-requested.check_suite.head_sha: 5 is not of type 'string'"


def test_a_payload_of_another_event_is_refused() -> None:
    assert check_webhook("merge_group", example("check_suite"))


def test_an_event_or_action_that_github_does_not_send_is_refused() -> None:
    payload = example("check_suite", "requested")
    assert check_webhook("check_sweet", payload) == ["check_sweet.requested: GitHub sends no such event"]
    assert check_webhook("check_suite", payload | {"action": "requestd"})


def test_a_header_that_is_missing_is_named() -> None:
    payload = example("ping")
    assert check_webhook("ping", payload, HEADERS) == []
    without = {name: value for name, value in HEADERS.items() if name != "X-Hub-Signature-256"}
    assert check_webhook("ping", payload, without) == ["ping: the header X-Hub-Signature-256 is missing"]
