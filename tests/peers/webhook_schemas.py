"""Is this a webhook that GitHub sends? Held against its own webhook schemas, each compiled when it is first needed."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from jsonschema import Draft202012Validator

from tests.peers.description import EDITION, Schemas, problems, trimmed
from tests.peers.npm import Extract, Package, load

WEBHOOKS = Package(
    "@octokit/openapi-webhooks",
    "12.1.0",
    "Z5eDsLCUNbx1zHpZb1LNQirADqdMTvWJQ/deahi0ws+tWWnwHXB+Pr4jfmM9OrETS9Y5iW8ZRu1fdbudObhLrg==",
)
DESCRIPTION = Extract(WEBHOOKS, "package/generated/api.github.com.json", EDITION, trimmed)


def check_webhook(event: str, payload: Any, headers: Mapping[str, str] | None = None) -> list[str]:
    """Say where a webhook differs from what GitHub sends, its headers too where they are given; raises PeerLacking."""
    action = payload.get("action") if isinstance(payload, dict) else None
    name = _name(event, action)
    if name is None:
        return [f"{event}.{action}: GitHub sends no such event"]
    found = problems(_validator(name), payload, name)
    if headers is not None:
        there = {each.lower() for each in headers}
        needed = (each["name"] for each in _said(name)["parameters"] if each["in"] == "header" and each["required"])
        found += [f"{name}: the header {each} is missing" for each in needed if each.lower() not in there]
    return found


def _name(event: str, action: object) -> str | None:
    known = load(DESCRIPTION)["webhooks"]
    dashed = event.replace("_", "-")
    with_action = f"{dashed}-{action.replace('_', '-')}" if isinstance(action, str) else dashed
    return next((name for name in (with_action, dashed) if name in known), None)


def _said(name: str) -> Any:
    return load(DESCRIPTION)["webhooks"][name]["post"]


@cache
def _schemas() -> Schemas:
    return Schemas(load(DESCRIPTION))


@cache
def _validator(name: str) -> Draft202012Validator:
    return _schemas().validator(_said(name)["requestBody"]["content"]["application/json"]["schema"])
