"""Adapters as the tests of the registry need them."""

from dataclasses import replace
from datetime import date
from typing import Any

from bot.lifecycle.adapter import Adapter, Particulars
from bot.lifecycle.happening import Happening
from bot.lifecycle.stages import Event
from bot.storage.adapters import Adapters

SINCE = date(2026, 8, 25)
DUE = date(2026, 11, 25)
ROUTER = Particulars(
    account="Acme",
    name="ticket-router",
    repository="Acme/support",
    owner="first-owner",
    every="P3M",
    path="finetune-proposal.yaml",
    repo_id=11,
    installation_id=3,
    number=5,
    merge_sha="c" * 40,
    owner_id=101,
    backup="second-owner",
    backup_id=102,
    team="acme/ml-platform",
    leads=("acme/ml-leads",),
    base_model="meta-llama/Llama-3.1-8B-Instruct",
    provider="together",
    until=date(2028, 6, 30),
    evidence={"decision": "ready"},
)


def merged(on: date = date(2026, 8, 1), **changed: Any) -> Happening:
    """The merge of the router's proposal, with these particulars changed."""
    return Happening(
        Event.MERGED, on, "lead", 103, particulars=replace(ROUTER, **changed), proof={"merge_sha": "c" * 40}
    )


def serving(registry: Adapters, since: date = SINCE, **changed: Any) -> Adapter:
    """Let an adapter be merged, registered and served since a day."""
    account, name = changed.get("account", ROUTER.account), changed.get("name", ROUTER.name)
    registry.happen(account, name, merged(**changed))
    artifact = Happening(Event.REGISTERED, since, "ci", artifact="hf://acme/router@v1", digest="ab" * 32)
    registry.happen(account, name, artifact)
    return registry.happen(account, name, Happening(Event.SERVED, since, "deployer", since=since))[0]
