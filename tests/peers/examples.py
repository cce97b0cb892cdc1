"""What has GitHub sent? The webhooks that were recorded by its friends: 329 of 58 events, old ones among them."""

from typing import Any

from tests.peers.npm import Extract, Package, load

WEBHOOKS_EXAMPLES = Package(
    "@octokit/webhooks-examples",
    "7.6.1",
    "De6U3XB6O3DtCa7bKgCMzTHdeopqqZ6SNivMYJnK65ierKL1AnNIA0tkRYCRS7lwGT792d+Ps1WbfHlso6MynQ==",
)


def _payloads(events: Any) -> dict[str, Any]:
    return {event["name"]: event["examples"] for event in events}


EXAMPLES = Extract(WEBHOOKS_EXAMPLES, "package/api.github.com/index.json", "1", _payloads)


def recorded() -> list[tuple[str, str, dict[str, Any]]]:
    """List the recordings as (name to show, event, payload); raises PeerLacking."""
    return [
        (f"{event}[{n}]", event, payload)
        for event, payloads in load(EXAMPLES).items()
        for n, payload in enumerate(payloads)
    ]
